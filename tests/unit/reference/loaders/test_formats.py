"""Each format gives the records its files state, and refuses the rows that are none."""

from __future__ import annotations

from typing import cast

import pytest

from streams.model.intake import record_from_json, record_to_json
from streams.model.moments import parse_day
from streams.model.reference import GoodsEntry, ListedName, ListedParty, ListedPlace, Ownership
from tests.unit.reference.loaders.loading import SAMPLES, sample


def _party(format_: str, uid: str, *files: str) -> ListedParty:
    return cast("ListedParty", sample(format_, *files)[0][uid])


def test_the_eu_list_gives_names_dates_and_measures_of_a_person() -> None:
    found = _party("eu-fsf", "EU.9001.1")
    assert found.names == (
        ListedName("Vymysel Nesushchestvov"), ListedName("Вымысел Несуществов"), ListedName("Vymka", weak=True),
    )  # fmt: skip
    assert (found.schema, found.measures, found.birth_date) == ("Person", ("FREEZE",), "1960-01-02")
    assert found.applies_from == parse_day("2024-06-24")
    assert found.countries == ("RU",)


def test_an_eu_entry_without_designation_begins_with_its_first_regulation() -> None:
    found = _party("eu-fsf", "EU.9002.2")
    assert found.applies_from == parse_day("2025-02-24")
    assert found.identifiers == {"inn": "7799999997"}


def test_an_entry_without_name_and_number_is_refused_with_its_line() -> None:
    refused = sample("eu-fsf")[1]
    assert [(r.where, r.because) for r in refused] == [("line 21", "neither a name nor an identifier")]


def test_the_uk_list_gives_weak_aliases_other_scripts_and_ships() -> None:
    person, ship = _party("uk", "TST0001"), _party("uk", "TST0002")
    assert person.names[1:] == (ListedName("VYMKA", weak=True), ListedName("Вымысел"))
    assert (person.birth_date, person.countries, person.measures) == ("1960", ("RU",), ("OTHER",))
    assert (ship.schema, ship.identifiers) == ("Vessel", {"imo": "9319466"})


def test_an_approximate_birth_date_of_the_un_list_is_no_birth_date() -> None:
    found = _party("un", "TSi.001")
    assert (found.birth_date, found.note) == (None, "birth date as stated: approximately 1971")
    assert found.names == (ListedName("VYMYSEL PRIMEROV"), ListedName("VYM", weak=True))


def test_the_remarks_of_ofac_give_birth_country_numbers_and_weak_names() -> None:
    found = _party("ofac", "1")
    assert (found.birth_date, found.countries, found.identifiers) == ("1962-05-17", ("RU",), {"passport": "X1234567"})
    assert ListedName("VYM", weak=True) in found.names
    assert ListedName("PRIMEROVICH, Vymysel") in found.names
    assert found.programme == "TEST; TEST2"
    assert _party("ofac", "2").identifiers == {"imo": "9319466"}


def test_an_alias_of_an_entry_that_the_main_file_lacks_is_refused() -> None:
    assert [r.where for r in sample("ofac")[1]] == ["line 2"]


def test_aliases_without_the_main_file_are_loaded_as_parties() -> None:
    assert _party("ofac", "1", "alt.csv").schema == "Person"


def test_simple_and_advanced_xml_of_ofac_say_the_same_of_a_person() -> None:
    simple, advanced = _party("ofac", "1", "sdn.xml"), _party("ofac", "1", "sdn_advanced.xml")
    assert simple.names[0] == advanced.names[0] == ListedName("Vymysel PRIMEROV")
    assert simple.birth_date == advanced.birth_date == "1962-05-17"
    assert (simple.schema, advanced.schema) == ("Person", "Person")
    assert advanced.identifiers == {"passport": "X123"}
    assert advanced.applies_from == parse_day("2024-02-23")
    assert advanced.programme == "TEST-EO1"


def test_opensanctions_cells_of_several_values_are_divided() -> None:
    found = _party("opensanctions", "T-1")
    assert [n.name for n in found.names] == ["Vymysel Primerov", "Vym", "Prim; erov"]
    assert found.countries == ("RU", "KZ")


def test_ftm_gives_holdings_and_no_measure_to_neighbours() -> None:
    records, _ = sample("ftm")
    holding = cast("Ownership", records["T-3"])
    assert (holding.owner_id, holding.owned.id, holding.share_pct) == (
        "OPENSANCTIONS-FTM:T-1",
        "OPENSANCTIONS-FTM:T-2",
        51,
    )
    assert cast("ListedParty", records["T-2"]).measures == ()


def test_the_us_list_gives_numbers_and_dates() -> None:
    records, _ = sample("csl")
    found = cast("ListedParty", next(iter(records.values())))
    assert (found.identifiers, found.applies_from) == ({"inn": "7799999997"}, parse_day("2024-01-02"))


def test_only_ships_on_the_eu_list_are_banned_from_ports() -> None:
    assert _party("vessels-csv", "9319466").measures == ("VESSEL_BAN",)
    assert _party("vessels-csv", "8814275").measures == ("OTHER",)


def test_annex_tables_give_the_measure_of_their_annex() -> None:
    assert _party("annex-csv", "IV-1").measures == ("ANNEX_IV",)
    assert _party("annex-csv", "XLII-2").schema == "Vessel"


def test_goods_and_places_are_checked_field_by_field() -> None:
    goods, bad_goods = sample("goods-csv")
    places, bad_places = sample("places-csv")
    assert [(cast("GoodsEntry", g).tier, cast("GoodsEntry", g).hs) for g in goods.values()] == [
        ("1", "854231"),
        ("3A", "854232"),
    ]
    assert [cast("ListedPlace", p).unlocode for p in places.values()] == ["RUULU"]
    assert [r.where for r in (*bad_goods, *bad_places)] == ["line 4", "line 3"]


@pytest.mark.parametrize("format_", sorted(SAMPLES))
def test_every_record_can_be_read_back(format_: str) -> None:
    for record in sample(format_)[0].values():
        assert record_from_json(record_to_json(record)) == (record, [])
