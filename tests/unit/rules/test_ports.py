"""R02: dealings with listed ports, plans through them, ports nobody names (contract 3.1(6), 6(6)-(9), 6(19))."""

from __future__ import annotations

import pytest

from streams.model.decision import Finding
from streams.model.events import Event, Goods, Leg, Party, Place, Transport
from tests.unit.rules.build import decide, event, findings, verdicts

STEEL = (Goods(1, "720839"),)
PARTIES = (Party("SELLER", "TOO Temirtau Bolat", "KZ"), Party("BUYER", "Cantabria Aceros S.L.", "ES"))
BOOKED = event("BOOKED", "2026-04-01", parties=PARTIES, goods=STEEL, export_country="KZ", destination_country="ES")
ULU = Place("RUULU")


def r02(*told: Event) -> list[Finding]:
    return findings(decide([BOOKED, *told]), "R02")


def test_a_dealing_with_a_listed_port_needs_a_waiver_and_names_who_is_exposed() -> None:
    found = r02(event("LOADED", "2026-04-10", place=ULU))[0]
    assert (found.verdict, found.planned, found.answered_by) == ("NEEDS_WAIVER", False, None)
    assert [e.name for e in found.exposed] == ["Cantabria Aceros S.L."]
    assert found.records == ("place:RUULU@2025-02-25",)


def test_a_dealing_is_judged_with_the_law_of_its_own_day_in_brussels() -> None:
    murmansk = Place("RUMMK")
    assert r02(event("LOADED", "2026-04-23T23:59:59+02:00", place=murmansk)) == []
    assert len(r02(event("LOADED", "2026-04-24T00:00:00+02:00", place=murmansk))) == 1


def test_of_several_dealings_the_worst_is_told_of_with_its_date() -> None:
    murmansk = Place("RUMMK")
    told = (event("ARRIVED", "2026-04-20", place=murmansk), event("DEPARTED", "2026-04-26", place=murmansk))
    assert "DEPARTED at RUMMK on 2026-04-26" in r02(*told)[0].because


@pytest.mark.parametrize("kind", ["WEIGHED", "SEALED", "SEAL_CHECKED", "POSITION", "OWNERSHIP_TRANSFERRED"])
def test_what_is_no_dealing_is_none(kind: str) -> None:
    assert r02(event(kind, "2026-04-10", place=ULU)) == []


def test_a_stated_sale_at_the_port_is_a_dealing() -> None:
    assert len(r02(event("OWNERSHIP_TRANSFERRED", "2026-04-10", place=ULU, port_use="SALE"))) == 1


def test_the_code_decides_over_the_name_with_a_warning() -> None:
    decision = decide([BOOKED, event("LOADED", "2026-04-10", place=Place("RUVYG", name="Ust-Luga", country="RU"))])
    assert findings(decision, "R02") == []
    assert any("the code counts" in w for w in decision.warnings)


def test_without_a_code_the_name_within_its_country_decides() -> None:
    assert len(r02(event("LOADED", "2026-04-10", place=Place(name="УСТЬ-ЛУГА", country="RU")))) == 1
    assert r02(event("LOADED", "2026-04-10", place=Place(name="Ust-Luga", country="KZ"))) == []


def test_a_facility_names_a_port_too() -> None:
    place = Place(name="Leningrad oblast", facility="Ust-Luga", country="RU")
    assert len(r02(event("LOADED", "2026-04-10", place=place))) == 1


def test_a_place_without_a_code_goes_by_name_and_country() -> None:
    told = event("LOADED", "2026-05-10", place=Place(name="Karimun Oil Terminal", country="ID"))
    assert "XLVII-C" in r02(told)[0].because


def test_coordinates_within_ten_kilometres_of_a_listed_port_are_that_port() -> None:
    near, far = Place(latitude=59.72, longitude=28.42), Place(latitude=59.95, longitude=28.42)
    assert len(r02(event("LOADED", "2026-04-10", place=near))) == 1
    assert r02(event("LOADED", "2026-04-10", place=far)) == []


def test_coordinates_tell_a_shared_name_apart() -> None:
    kaliningrad = Place(name="Primorsk", country="RU", latitude=54.73, longitude=20.0)
    sea = Transport("SEA")
    assert r02(event("LOADED", "2026-04-10", place=kaliningrad, transport=sea)) == []


def test_a_shared_name_is_an_unknown_port() -> None:
    told = event("LOADED", "2026-04-10", place=Place(name="Primorsk", country="RU"), transport=Transport("SEA"))
    assert [f.verdict for f in r02(told)] == ["INSUFFICIENT_DATA"]


@pytest.mark.parametrize("mode", ["SEA", "INLAND_WATERWAY"])
def test_a_port_is_asked_for_on_water_in_russia_or_nowhere(mode: str) -> None:
    ship = Transport(mode)  # type: ignore[arg-type]
    for place in (None, Place(country="RU"), Place("RU?")):
        found = r02(event("DEPARTED", "2026-04-10", place=place, transport=ship))
        assert [f.verdict for f in found] == ["INSUFFICIENT_DATA"]
        assert any("place.unlocode" in m for m in found[0].missing)
    assert r02(event("DEPARTED", "2026-04-10", place=Place(country="LV"), transport=ship)) == []


def test_a_port_is_not_asked_for_on_land_nor_by_a_weighing() -> None:
    assert r02(event("DEPARTED", "2026-04-10", place=Place(country="RU"), transport=Transport("RAIL"))) == []
    assert r02(event("WEIGHED", "2026-04-10", place=Place(country="RU"), transport=Transport("SEA"))) == []


def test_the_name_of_a_listed_port_without_a_country_is_asked_for_on_land_too() -> None:
    told = event("ARRIVED", "2026-04-10", place=Place(name="Ust-Luga"), transport=Transport("RAIL"))
    assert [f.verdict for f in r02(told)] == ["INSUFFICIENT_DATA"]


def test_goods_not_stated_are_missing_at_a_listed_port() -> None:
    told = [event("BOOKED", "2026-04-01", parties=PARTIES), event("LOADED", "2026-04-10", place=ULU)]
    found = findings(decide(told), "R02")[0]
    assert (found.verdict, found.missing) == ("NEEDS_WAIVER", ("goods",))


def test_a_plan_through_a_listed_port_gives_the_verdict_as_planned() -> None:
    found = r02(event("LOADED", "2026-05-10", place=ULU, classifier="PLANNED", recorded_at="2026-04-02"))
    assert [(f.verdict, f.planned) for f in found] == [("NEEDS_WAIVER", True)]


def test_a_plan_falls_away_by_the_same_act_later_in_the_journey() -> None:
    plan = event("LOADED", "2026-05-10", place=ULU, classifier="PLANNED", recorded_at="2026-04-02")
    assert r02(plan, event("LOADED", "2026-05-12", place=Place("LVRIX"))) == []
    assert len(r02(plan, event("LOADED", "2026-05-01", place=Place("KZEKB")))) == 1


def test_the_act_at_the_planned_place_is_no_plan_any_more() -> None:
    plan = event("LOADED", "2026-05-10", place=ULU, classifier="PLANNED", recorded_at="2026-04-02")
    assert [f.planned for f in r02(plan, event("LOADED", "2026-05-08", place=ULU))] == [False]


@pytest.mark.parametrize("kind", ["DELIVERED", "CANCELLED", "ROUTE_CHANGED"])
def test_a_plan_falls_away_by_delivery_cancellation_and_a_changed_route(kind: str) -> None:
    plan = event("LOADED", "2026-05-10", place=ULU, classifier="PLANNED", recorded_at="2026-04-02")
    assert r02(plan, event(kind, "2026-04-20")) == []


def test_a_passed_date_alone_removes_no_plan() -> None:
    plan = event("LOADED", "2026-04-10", place=ULU, classifier="ESTIMATED", recorded_at="2026-04-02")
    assert len(findings(decide([BOOKED, plan], now="2026-08-01"), "R02")) == 1


def test_a_planned_leg_is_judged_by_the_date_of_the_event_that_states_it() -> None:
    leg = (Leg("RU", "RUMMK", "SEA"),)
    assert r02(event("ROUTE_CHANGED", "2026-04-20", route=leg)) == []
    assert [f.planned for f in r02(event("ROUTE_CHANGED", "2026-04-25", route=leg))] == [True]


def test_a_changed_route_removes_the_legs_before_it() -> None:
    through = event("ROUTE_CHANGED", "2026-04-20", route=(Leg("RU", "RUULU", "SEA"),))
    assert r02(through, event("ROUTE_CHANGED", "2026-04-21", route=(Leg("LV", "LVRIX", "SEA"),))) == []


def test_a_retracted_dealing_never_was() -> None:
    told = (event("LOADED", "2026-04-10", place=ULU, event_id="x"), event("RETRACTED", "2026-04-11", retracts="x"))
    assert r02(*told) == []


def test_without_an_eu_nexus_the_rule_is_silent_and_r01_says_so() -> None:
    parties = tuple(Party(r, f"Firm {r}", "KZ") for r in ("SELLER", "BUYER", "CARRIER", "INSURER"))
    decision = decide([
        event("BOOKED", "2026-04-01", parties=parties, goods=STEEL), event("LOADED", "2026-04-10", place=ULU),
    ])  # fmt: skip
    assert verdicts(decision, "R02") == []
    assert verdicts(decision, "R01") == ["CLEAR"]
    assert decision.verdict == "CLEAR"
