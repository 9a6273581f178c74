"""The compiled records: places, goods, policies by date, and one version for the same law."""

from __future__ import annotations

import pytest

from streams.model.events import Goods, Place
from streams.model.moments import parse_day
from streams.model.reference import AnyRecord, GoodsEntry, ListedPlace, Policy
from streams.reference.bundled import bundled_records
from streams.rules.law import NOWHERE, Law, kilometres, record_ref

LAW = Law(bundled_records())
DAY = parse_day("2026-09-01")


def test_the_same_records_in_any_order_are_the_same_version() -> None:
    assert Law(reversed(bundled_records())).version == LAW.version


def test_another_record_is_another_version() -> None:
    extra: AnyRecord = Policy(id="policy:x", key="x", value=1)
    assert Law([*bundled_records(), extra]).version != LAW.version


def test_a_later_record_with_the_same_kind_and_id_replaces_the_earlier() -> None:
    newer = Policy(id="policy:transit_grace_days", key="transit_grace_days", value=9)
    assert Law([*bundled_records(), newer]).policy("transit_grace_days", DAY) == 9


def test_of_policies_in_force_the_one_that_began_last_wins() -> None:
    rows = [
        Policy(id="a", key="k", value=1), Policy(id="b", key="k", value=2, applies_from=DAY),
        Policy(id="c", key="k", value=3, applies_from=DAY + 5),
    ]  # fmt: skip
    law = Law(rows)
    assert [law.policy("k", day) for day in (DAY - 1, DAY, DAY + 4, DAY + 5)] == [1, 2, 2, 3]
    assert law.policies_steady(DAY + 1) == (DAY, DAY + 5)


def test_a_missing_policy_is_never_guessed() -> None:
    with pytest.raises(KeyError, match="policy:nothing"):
        LAW.policy("nothing", DAY)


def test_no_place_is_nowhere() -> None:
    assert LAW.places.find(None) is NOWHERE


@pytest.mark.parametrize(
    ("place", "listed"),
    [
        (Place("RUULU"), "RUULU"), (Place("ru ulu"), "RUULU"), (Place("RUNOI"), "RUNVS"), (Place(iata="svo"), "SVO"),
        (Place(name="Новороссийск", country="RU"), "RUNVS"), (Place(name="kulevi", country="GE"), "GE-KULEVI"),
        (Place("RUKAV", name="Port Kavkaz"), None), (Place("RUTAM"), None), (Place(name="Kulevi", country="RU"), None),
    ],
)  # fmt: skip
def test_places_are_found_by_code_and_by_name_within_their_country(place: Place, listed: str | None) -> None:
    found = LAW.places.find(place)
    assert [r.id for r in found.listed] == ([listed] if listed else [])


def test_a_listed_name_without_a_country_is_doubtful() -> None:
    assert LAW.places.find(Place(name="Novorossiysk")).doubtful


def test_a_shared_name_in_another_country_is_not_doubtful() -> None:
    assert not LAW.places.find(Place(name="Primorsk", country="UA")).doubtful


def test_what_is_no_code_is_not_used_and_said() -> None:
    found = LAW.places.find(Place("RU?", country="RU"))
    assert (found.known, found.warning) == (False, "'RU?' is no UN/LOCODE and is not used")


def test_the_country_of_a_code_counts_before_the_stated_one_with_a_warning() -> None:
    found = LAW.places.find(Place("BYMSQ", country="LT"))
    assert (found.country, found.warning) == ("BY", "BYMSQ does not lie in LT: the code counts")


def test_the_country_of_a_code_stands_in_for_one_not_stated() -> None:
    assert LAW.places.find(Place("KZALA")).country == "KZ"


def test_the_radius_of_a_position_is_a_policy() -> None:
    port = ListedPlace(id="P", annex="XLVII-A", name="P", latitude=60.0, longitude=30.0)
    wide = Law([port, Policy(id="policy:place_radius_km", key="place_radius_km", value=50)])
    spot = Place(latitude=60.3, longitude=30.0)
    assert kilometres(60.0, 30.0, 60.3, 30.0) == pytest.approx(33.4, abs=0.1)
    assert [r.id for r in wide.places.find(spot).listed] == ["P"]


def _hit(entry: GoodsEntry, line: Goods) -> str:
    hit = Law([entry]).goods.match("CHP", line, DAY)
    return "on" if hit.entry else "short" if hit.short else "off"


@pytest.mark.parametrize(
    ("entry", "line", "answer"),
    [
        ({"hs": "8542"}, {"hs": "854231"}, "on"), ({"hs": "8542"}, {"hs": "8543.10"}, "off"),
        ({"hs": "85423110"}, {"hs": "854231"}, "short"), ({"hs": "85423110"}, {"hs": "8542319000"}, "off"),
        ({"hs": "88", "excluding": ("8801",)}, {"hs": "880100"}, "off"),
        ({"dual_use": "3A001"}, {"dual_use": "3a001.a.2"}, "on"), ({"dual_use": "3A001"}, {"dual_use": ""}, "off"),
        ({"hs": "8542"}, {"dual_use": "3A001"}, "off"), ({"hs": "854142"}, {"hs": "854140"}, "on"),
        ({"hs": "8542", "applies_from": DAY + 1}, {"hs": "854231"}, "off"),
        ({"hs": "8542", "applies_until": DAY}, {"hs": "854231"}, "off"),
    ],
)  # fmt: skip
def test_goods_match_by_prefix_within_the_dates(entry: dict[str, object], line: dict[str, object], answer: str) -> None:
    assert _hit(GoodsEntry(id="g", list="CHP", **entry), Goods(**line)) == answer  # type: ignore[arg-type]


def test_a_record_is_named_with_the_day_it_began() -> None:
    assert record_ref(LAW.records["place:RUULU"]) == "place:RUULU@2025-02-25"
    assert record_ref(Policy(id="policy:x", key="x")) == "policy:policy:x"
