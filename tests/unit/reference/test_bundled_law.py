"""The bundled law says what the acts say: dates, codes and values against the tables they were taken from."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from streams.model.identifiers import is_valid
from streams.model.intake import load_json, record_from_json, record_to_json
from streams.model.moments import iso_day, parse_day
from streams.model.reference import AnyRecord, Cap, GoodsEntry, ListedParty, ListedPlace, Policy, Waiver
from streams.reference.bundled import BUNDLED_DIR, bundled_records, files_of

RECORDS = {record.record_key: record for record in bundled_records()}
PORTS = {
    "RUASF": "2025-02-25", "RUMCX": "2025-02-25", "RUULU": "2025-02-25", "RUPRI": "2025-02-25", "RUNVS": "2025-02-25",
    "RUMMK": "2026-04-24", "RUTUA": "2026-04-24", "RUOYA": "2026-07-24", "RUVYS": "2026-07-24",
}  # fmt: skip
AIRPORTS = {
    "NBC": "2025-02-25", "VKO": "2025-02-25", "ZIA": "2025-02-25", "PEE": "2025-02-25", "SVX": "2025-02-25",
    "PKV": "2025-02-25", "SVO": "2026-07-24", "ULY": "2026-07-24", "ROV": "2026-07-24", "MRV": "2026-07-24",
}  # fmt: skip
CHP = {
    "1": "854231 854232 854233 854239",
    "2": "851762 852691 853221 853224 854800",
    "3A": "847150 850440 851769 852589 852910 852990 853669 853690 854110 854121 854129 854130 854149 854151 854159 "
    "854160",
    "3B": "848210 848220 848230 848250 880730 901310 901380 901420 901480",
    "4A": "847180 848610 848620 848640 853400 854320 902750 903020 903032 903039 903082",
    "4B": "845710 845811 845891 845961 846693",
}
WATCHED = {"KZ", "KG", "UZ", "TJ", "TM", "AM", "GE", "AZ", "TR", "AE", "RS", "CN", "HK", "MN"}


def of(kind: type[AnyRecord]) -> list[AnyRecord]:
    return [record for record in RECORDS.values() if isinstance(record, kind)]


def goods(name: str) -> list[GoodsEntry]:
    return [r for r in RECORDS.values() if isinstance(r, GoodsEntry) and r.list == name]


def policy(key: str) -> Policy:
    found = RECORDS[f"policy:policy:{key}"]
    assert isinstance(found, Policy)
    return found


def test_every_record_names_source_and_confidence_and_reads_back_unchanged() -> None:
    for record in RECORDS.values():
        assert record.source, record.record_key
        assert record.confidence in {"A", "B", "B/C", "C", "?"}, record.record_key
        assert record_from_json(record_to_json(record)) == (record, [])


def test_every_record_of_law_names_its_legal_basis() -> None:
    for record in RECORDS.values():
        if record.kind not in {"policy", "list"}:
            assert record.legal_basis, record.record_key


def test_the_files_hold_no_unknown_field_and_no_id_twice() -> None:
    keys = []
    for file in files_of(BUNDLED_DIR):
        for line in file.read_bytes().splitlines():
            record, warnings = record_from_json(load_json(line))
            assert warnings == []
            keys.append(record.record_key)
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_ports_and_airports_of_annex_xlvii_with_their_dates() -> None:
    places = [r for r in RECORDS.values() if isinstance(r, ListedPlace)]
    assert {p.unlocode: iso_day(p.applies_from or 0) for p in places if p.annex == "XLVII-A"} == PORTS
    assert {p.iata: iso_day(p.applies_from or 0) for p in places if p.annex == "XLVII-B"} == AIRPORTS
    assert {(p.country, iso_day(p.applies_from or 0)) for p in places if p.annex == "XLVII-C"} == {("ID", "2026-04-24")}
    assert {(p.country, iso_day(p.applies_from or 0)) for p in places if p.annex == "XLVII-D"} == {("GE", "2027-01-25")}


def test_novorossiysk_has_both_its_codes_and_no_unlisted_port_is_in() -> None:
    codes = {c for r in of(ListedPlace) if isinstance(r, ListedPlace) for c in (r.unlocode, *r.unlocodes) if c}
    assert {"RUNVS", "RUNOI"} <= codes
    assert codes.isdisjoint({"RUTAM", "RUTMR", "RUTAG", "RUAZO", "RUKGD", "RULED", "RUVYG", "RUKAV"})


def test_a_shared_name_is_known_as_shared() -> None:
    assert "Primorsk" in policy("shared_place_names").value


def test_the_fifty_high_priority_codes_with_their_tiers() -> None:
    expected = {code: tier for tier, codes in CHP.items() for code in codes.split()}
    assert len(expected) == 50
    assert {g.hs: g.tier for g in goods("CHP")} == expected
    assert "848180" not in expected
    assert {iso_day(g.applies_from or 0) for g in goods("DILIGENCE")} == {"2024-12-26"}
    assert {iso_day(g.applies_from or 0) for g in goods("NO_RUSSIA_CLAUSE")} == {"2024-03-20"}


def test_coal_is_hard_coal_only_and_says_that_the_codes_were_not_seen() -> None:
    assert [(g.hs, g.confidence) for g in goods("COAL")] == [("2701", "?")]


def test_no_code_is_invented_where_the_act_was_not_read() -> None:
    assert goods("EXPORT_KG") == []
    assert "EXPORT_KG" in policy("incomplete_goods_lists").value


def test_dual_use_transit_bans_reach_every_category_from_their_dates() -> None:
    for name, day in (("TRANSIT_RU", "2023-02-26"), ("TRANSIT_BY", "2024-07-01")):
        entries = {g.dual_use: iso_day(g.applies_from or 0) for g in goods(name) if g.dual_use and len(g.dual_use) == 1}
        assert entries == dict.fromkeys("0123456789", day)


def test_the_coal_waiver_is_dated_and_asks_what_the_act_is_reported_to_ask() -> None:
    waiver = RECORDS["waiver:coal-5ae"]
    assert isinstance(waiver, Waiver)
    assert (waiver.rule, waiver.answers, waiver.goods, waiver.places, waiver.quota) == (
        "R03",
        "R02",
        ("2701",),
        (),
        None,
    )
    assert (waiver.applies_from, waiver.applies_until) == (parse_day("2025-07-20"), None)
    conditions = {c.type: c for c in waiver.conditions}
    assert conditions["origin_only"].countries == ("KZ",)
    assert conditions["owner_not_from"].countries == ("RU",)
    assert set(conditions["port_use_only"].allowed) == {"LOADING", "TRANSIT", "DEPARTURE", "DISCHARGE"}
    assert "owner_not_listed" in conditions
    assert "[?]" in (waiver.note or "")


def test_russian_oil_is_covered_by_no_bundled_waiver() -> None:
    for record in of(Waiver):
        assert isinstance(record, Waiver)
        if "2709" in record.goods:
            assert all("RU" not in c.countries for c in record.conditions if c.type == "origin_only")
            assert any(c.type == "origin_only" for c in record.conditions)


def test_food_asks_for_nothing_more_and_metals_ask_for_the_destination() -> None:
    food, metals = RECORDS["waiver:exempt-food-5ae"], RECORDS["waiver:exempt-metals-5ae"]
    assert isinstance(food, Waiver) and isinstance(metals, Waiver)
    assert food.conditions == () and food.verify
    (destination,) = metals.conditions
    assert destination.type == "destination_in"
    assert {"DE", "NO", "CH", "RS"} <= set(destination.countries)
    assert set(destination.countries).isdisjoint({"TR", "KZ", "CN", "RU", "GB"})


@pytest.mark.parametrize(
    ("day", "usd", "contract_before", "grace_until"),
    [
        ("2025-09-02", 60.0, None, None),
        ("2025-09-03", 47.6, "2025-07-20", "2025-10-18"),
        ("2026-01-31", 47.6, "2025-07-20", "2025-10-18"),
        ("2026-02-01", 44.1, "2026-02-01", "2026-04-16"),
    ],
)
def test_the_crude_cap_of_a_day(day: str, usd: float, contract_before: str | None, grace_until: str | None) -> None:
    caps = [r for r in RECORDS.values() if isinstance(r, Cap) and r.product == "crude" and r.in_force(parse_day(day))]
    assert [
        (
            c.usd_per_bbl,
            c.contract_before and iso_day(c.contract_before),
            c.contract_grace_until and iso_day(c.contract_grace_until),
        )
        for c in caps
    ] == [(usd, contract_before, grace_until)]


def test_policies_carry_their_key_in_the_id_and_the_values_of_the_contract() -> None:
    for record in of(Policy):
        assert isinstance(record, Policy)
        assert record.id == f"policy:{record.key}"
    values = {
        "transit_grace_days": 3, "transit_extension_days": 7, "r21_weight": 45, "r21_weight_chp": 65, "r13_weight": 40,
        "weight_tolerance_bulk_pct": 2, "weight_tolerance_boxed_pct": 5, "ais_gap_hours": 12, "owner_share_pct": 50,
        "place_radius_km": 10, "origin_residue_tolerance_pct": 0,
    }  # fmt: skip
    assert {key: policy(key).value for key in values} == values
    assert len(policy("eu_members").value) == 27
    assert "HR" in policy("eu_members").value and "GB" not in policy("eu_members").value
    assert set(policy("chp_watch_countries").value) == WATCHED
    assert "KZ" not in policy("partner_countries").value
    assert policy("flag_weights").value["F20"] == 40
    assert len(policy("flag_weights").value) == 22


def test_sample_parties_cover_each_measure_and_cannot_be_taken_for_real_ones() -> None:
    parties = [r for r in RECORDS.values() if isinstance(r, ListedParty) and not r.list.startswith("EXTRACT-")]
    assert {m for p in parties for m in p.measures} == {"FREEZE", "ANNEX_IV", "TRANSACTION_BAN", "VESSEL_BAN"}
    assert all(p.list.startswith("SAMPLE-") and "no such person exists" in (p.source or "") for p in parties)
    assert all(is_valid(kind, value) for p in parties for kind, value in p.identifiers.items())


def test_the_extracts_name_banks_and_end_users_of_the_annexes_with_the_day_from_which_they_count() -> None:
    held = {r.id: r for r in RECORDS.values() if isinstance(r, ListedParty) and r.list.startswith("EXTRACT-")}
    assert iso_day(held["XLIV-VTB-KAZAKHSTAN"].applies_from or 0) == "2025-12-02"
    assert iso_day(held["XLIV-ECO-ISLAMIC-BANK"].applies_from or 0) == "2026-08-13"
    late = [r for r in held.values() if iso_day(r.applies_from or 0) == "2026-07-24"]
    assert len(late) == len(held) - 2
    assert all("at the latest" in (r.note or "") and r.confidence == "B" for r in late)
    assert Counter(m for r in held.values() for m in r.measures) == {"ANNEX_IV": 17, "TRANSACTION_BAN": 7}


def test_the_bundle_is_read_fast_enough_for_the_start_of_a_command() -> None:
    from streams.reference import bundled

    best = 1.0
    for _ in range(5):
        bundled._bundled.cache_clear()
        start = time.process_time()
        bundled_records()
        best = min(best, time.process_time() - start)
    assert best < 0.1  # 8 ms where it was measured; the bound only catches a change of kind
