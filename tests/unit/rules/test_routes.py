"""F05 and F17: unloaded in Russia on the way elsewhere, and ways off every corridor (domain 4.3, contract 6(32))."""

from __future__ import annotations

from typing import Any

import pytest

from streams.model.decision import Decision, Finding
from streams.model.events import Event, Goods, Leg, Origin, Party, Place, Transport
from streams.model.reference import Policy
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import decide, event, findings

GOODS = (Goods(1, "18063290", "", origin=(Origin("DE"),)),)
PARTIES = (Party("SELLER", "Emsland Kontor GmbH", "DE"), Party("BUYER", "TOO Nauryz", "KZ"))
ROAD = Transport("ROAD")


def booked(**fields: Any) -> Event:
    fields = {"destination_country": "KZ", "export_country": "DE", **fields}
    return event("BOOKED", "2026-06-01", parties=PARTIES, goods=GOODS, **fields)


def at(kind: str, day: str, code: str, **fields: Any) -> Event:
    return event(kind, f"2026-06-{day}", place=Place(code), transport=ROAD, **fields)


START = at("DEPARTED", "03", "DEHAM")


def only(decision: Decision, flag: str) -> Finding:
    (found,) = findings(decision, flag)
    return found


def weights(decision: Decision, flag: str) -> list[int]:
    return [f.weight for f in findings(decision, flag)]


@pytest.mark.parametrize("destination", ["KZ", "UZ", "KG"])
@pytest.mark.parametrize("kind", ["UNLOADED", "DELIVERED"])
def test_goods_for_central_asia_that_are_unloaded_in_russia_are_flagged(destination: str, kind: str) -> None:
    decision = decide([booked(destination_country=destination), START, at(kind, "08", "RUMOW")])
    found = only(decision, "F05")
    assert (found.verdict, found.weight, found.planned) == ("RED_FLAG", 40, False)
    assert f"bound for {destination}" in found.because and "RUMOW on 2026-06-08" in found.because
    assert (decision.verdict, decision.weight) == ("RED_FLAG", 40)


@pytest.mark.parametrize(
    "told",
    [
        at("ARRIVED", "08", "RUMOW"), at("BORDER_CROSSED", "08", "RUMOW"), at("UNLOADED", "08", "KZURA"),
        at("TRANSSHIPPED", "08", "RUMOW"),
    ],
)  # fmt: skip
def test_passing_through_russia_or_unloading_elsewhere_is_not_flagged(told: Event) -> None:
    assert weights(decide([booked(), START, told]), "F05") == []


@pytest.mark.parametrize("destination", [None, "RU", "AZ"])
def test_unloading_in_russia_is_no_flag_for_other_destinations_nor_for_none(destination: str | None) -> None:
    assert weights(decide([booked(destination_country=destination), at("UNLOADED", "08", "RUMOW")]), "F05") == []


def test_a_stated_discharge_counts_as_unloading() -> None:
    assert weights(decide([booked(), at("STORED", "08", "RUMOW", port_use="DISCHARGE")]), "F05") == [40]


def test_an_unloading_planned_in_russia_is_flagged_as_planned_until_it_is_done_elsewhere() -> None:
    plan = at("UNLOADED", "08", "RUMOW", classifier="PLANNED", recorded_at="2026-06-02")
    assert only(decide([booked(), plan]), "F05").planned
    assert weights(decide([booked(), plan, at("UNLOADED", "09", "KZURA")]), "F05") == []
    assert not only(decide([booked(), plan, at("UNLOADED", "07", "RUMOW")]), "F05").planned


def test_several_unloadings_are_one_flag() -> None:
    decision = decide([booked(), at("UNLOADED", "08", "RUMOW"), at("UNLOADED", "09", "RUKUF")])
    assert weights(decision, "F05") == [40]


def test_a_correction_of_the_place_or_of_the_destination_takes_the_flag_away() -> None:
    wrong = at("UNLOADED", "08", "RUMOW")
    right = at("UNLOADED", "08", "KZURA", event_id="r", replaces=wrong.event_id, recorded_at="2026-06-09")
    assert weights(decide([booked(), wrong, right]), "F05") == []
    changed = event("ROUTE_CHANGED", "2026-06-10", destination_country="RU")
    assert weights(decide([booked(), wrong, changed]), "F05") == []


def test_which_destinations_are_watched_is_a_policy() -> None:
    policy = Policy(id="policy:f05_destinations", key="f05_destinations", value=["TJ"])
    assert weights(decide([booked(), at("UNLOADED", "08", "RUMOW")], policy), "F05") == []
    assert weights(decide([booked(destination_country="TJ"), at("UNLOADED", "08", "RUMOW")], policy), "F05") == [40]


def test_an_unloading_in_russia_is_never_neutral() -> None:
    judge = Judge(bundled_records())
    state = judge.apply(None, booked()).state
    state = judge.apply(state, START).state
    assert judge.apply(state, at("ARRIVED", "05", "RUMOW")).kind == "neutral"
    assert judge.apply(state, at("UNLOADED", "05", "RUMOW")).kind == "folded"


@pytest.mark.parametrize(
    ("way", "weight"),
    [
        (["AEJEA"], 10), (["AEJEA", "AMEVN"], 20), (["AEJEA", "AMEVN", "RSBEG"], 25), (["AEJEA", "AEDXB"], 10),
        (["AEJEA", "HKHKG", "AMEVN", "RSBEG"], 25), (["TRIST", "GEPTI", "AZBAK"], None), (["UZTAS", "KGFRU", "CNMLX"], None),
        (["RUMOW", "BYMSQ"], None),
    ],
)  # fmt: skip
def test_each_watched_country_off_the_corridors_counts_once_up_to_the_cap(way: list[str], weight: int | None) -> None:
    told = [at("ARRIVED", f"{10 + n}", code) for n, code in enumerate(way)]
    assert weights(decide([booked(), START, *told]), "F17") == ([weight] if weight else [])


def test_the_flag_names_the_countries_and_what_shows_them() -> None:
    found = only(decide([booked(), START, at("ARRIVED", "10", "AEJEA"), at("BORDER_CROSSED", "12", "AMEVN")]), "F17")
    assert "AE: ARRIVED at AEJEA on 2026-06-10; AM: BORDER_CROSSED at AMEVN on 2026-06-12" in found.because
    assert [c.because[:2] for c in found.conditions] == ["AE", "AM"]


def test_a_corridor_is_one_to_the_stated_destination() -> None:
    told = [START, at("ARRIVED", "10", "UZTAS")]
    assert weights(decide([booked(destination_country="KZ"), *told]), "F17") == []
    assert weights(decide([booked(destination_country="AZ"), *told]), "F17") == [10]
    assert weights(decide([booked(destination_country="UZ"), *told]), "F17") == []


@pytest.mark.parametrize("destination", [None, "NL", "AF"])
def test_without_a_destination_or_a_corridor_known_to_it_the_flag_is_silent(destination: str | None) -> None:
    assert weights(decide([booked(destination_country=destination), START, at("ARRIVED", "10", "AEJEA")]), "F17") == []


@pytest.mark.parametrize(
    ("export", "kind", "weight"),
    [
        ("AE", "ARRIVED", None), ("DE", "ARRIVED", 10), ("DE", "LOADED", None), ("DE", "DEPARTED", None), (None, "ARRIVED", None),
    ],
)  # fmt: skip
def test_the_start_of_the_journey_is_no_detour(export: str | None, kind: str, weight: int | None) -> None:
    decision = decide([booked(export_country=export), at(kind, "03", "AEJEA"), at("ARRIVED", "10", "KZALA")])
    assert weights(decision, "F17") == ([weight] if weight else [])


def test_china_and_hong_kong_are_one_entry() -> None:
    start = at("LOADED", "03", "CNMLX")
    told = [start, at("ARRIVED", "10", "HKHKG")]
    assert weights(decide([booked(export_country="CN"), *told]), "F17") == []
    both = [START, at("ARRIVED", "08", "CNMLX"), at("ARRIVED", "10", "HKHKG")]
    assert weights(decide([booked(destination_country="GE"), *both]), "F17") == [10]


def test_a_planned_way_is_flagged_as_planned_until_the_route_is_changed() -> None:
    legs = (Leg("DE"), Leg("AE", "AEJEA", "SEA"), Leg("KZ", "KZALA"))
    booking = booked(route=legs)
    found = only(decide([booking]), "F17")
    assert found.planned and "AEJEA on the planned route" in found.because
    assert weights(decide([booking, event("ROUTE_CHANGED", "2026-06-05")]), "F17") == []
    assert not only(decide([booking, START, at("ARRIVED", "10", "AEJEA")]), "F17").planned
    plan = at("ARRIVED", "10", "AEJEA", classifier="ESTIMATED", recorded_at="2026-06-05")
    assert only(decide([booked(), START, plan]), "F17").planned


def test_the_first_leg_is_the_start_only_where_nothing_else_tells_it() -> None:
    legs = (Leg("AE", "AEJEA", "SEA"), Leg("KZ", "KZALA"))
    assert weights(decide([booked(route=legs, export_country=None)]), "F17") == []
    assert weights(decide([booked(route=legs)]), "F17") == [10]
    assert weights(decide([booked(route=legs, export_country=None, place=Place("DEHAM"))]), "F17") == [10]


def test_papers_of_other_countries_do_not_lie_on_the_way() -> None:
    assert weights(decide([booked(), START, event("DECLARED", "2026-06-05", place=Place("AEJEA"))]), "F17") == []


def test_both_flags_combine_as_the_contract_says() -> None:
    decision = decide([booked(), START, at("ARRIVED", "10", "AEJEA"), at("UNLOADED", "12", "RUMOW")])
    assert decision.weight == pytest.approx(46.0)


def test_an_event_in_a_watched_country_is_judged_and_on_any_other_way_it_is_neutral() -> None:
    judge = Judge(bundled_records())
    state = judge.apply(judge.apply(None, booked()).state, START).state
    assert judge.apply(state, at("ARRIVED", "10", "AEJEA")).kind == "folded"
    assert judge.apply(state, at("ARRIVED", "10", "AZBAK")).kind == "neutral"
    state = judge.apply(judge.apply(None, booked(destination_country="AF")).state, START).state
    assert judge.apply(state, at("ARRIVED", "10", "UZTAS")).kind == "neutral"


def test_the_cap_and_the_weights_are_policies() -> None:
    cap = Policy(id="policy:f17_weight_cap", key="f17_weight_cap", value=15)
    told = [booked(), START, at("ARRIVED", "10", "AEJEA"), at("ARRIVED", "11", "AMEVN")]
    assert weights(decide(told, cap), "F17") == [15]
