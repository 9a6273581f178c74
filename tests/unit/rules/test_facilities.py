"""R07 and R08: listed refineries and airports by date, notice before it, plans, overflight, waivers (domain 1.2, 8)."""

from __future__ import annotations

from typing import Any

import pytest

from streams.model.decision import Decision, Finding
from streams.model.events import Document, Event, Goods, Leg, Origin, Party, Place, Transport
from streams.model.moments import parse_day, parse_time
from streams.model.reference import ListedPlace, Waiver, WaiverCondition
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import decide, event, findings, verdicts

KULEVI = Place(name="Kulevi", country="GE", facility="Kulevi Oil Refinery")
SELLER, BUYER = Party("SELLER", "TOO Teniz Munai", "KZ"), Party("BUYER", "Dobrogea Rafinare SRL", "RO")
ABROAD = (
    SELLER, Party("BUYER", "Helvetia AG", "CH"), Party("CARRIER", "Denizcilik A.S.", "TR"),
    Party("INSURER", "Mutual Ltd", "GB"),
)  # fmt: skip
CRUDE = (Goods(1, "270900", origin=(Origin("KZ"),)),)
AIR = Transport("AIR")


def booked(**fields: Any) -> Event:
    fields.setdefault("parties", (SELLER, BUYER))
    return event("BOOKED", "2026-11-02", goods=fields.pop("goods", CRUDE), **fields)


def planned(day: str, place: Place = KULEVI, **fields: Any) -> Event:
    return event("UNLOADED", day, place=place, classifier="PLANNED", recorded_at="2026-11-12", **fields)


def only(decision: Decision, rule: str) -> Finding:
    (found,) = findings(decision, rule)
    return found


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2027-01-25T02:59:59+04:00", "RED_FLAG"), ("2027-01-25T03:00:00+04:00", "NEEDS_WAIVER"),
        ("2026-11-20T12:00:00+04:00", "RED_FLAG"),
    ],
)  # fmt: skip
def test_a_refinery_needs_a_waiver_from_midnight_of_its_day_in_brussels_and_a_notice_before(
    at: str, expected: str
) -> None:
    for classifier in ("ACTUAL", "PLANNED"):
        told = event("UNLOADED", at, place=KULEVI, classifier=classifier, recorded_at="2026-11-12")
        found = only(decide([booked(), told]), "R07")
        assert (found.verdict, found.planned) == (expected, classifier == "PLANNED")
        assert found.weight == (10 if expected == "RED_FLAG" else 0)
        assert [e.name for e in found.exposed] == ["Dobrogea Rafinare SRL"]
        assert found.records == ("place:GE-KULEVI@2027-01-25",)


def test_the_notice_says_from_when_a_waiver_is_needed() -> None:
    found = only(decide([booked(), planned("2026-12-20")]), "R07")
    assert "from 2027-01-25 on" in found.because
    assert {c.name: c.state for c in found.conditions} == {"listed_refinery": "NOT_MET", "eu_nexus": "MET"}


def test_a_plan_that_still_stands_when_the_date_comes_needs_a_waiver_by_the_passing_of_time_alone() -> None:
    told = [booked(), planned("2027-01-24")]
    before = decide(told, now="2027-01-24")
    midnight = parse_time("2027-01-25T00:00:00+01:00")
    assert (verdicts(before, "R07"), before.due) == (["RED_FLAG"], midnight)
    after = Judge(bundled_records()).decide("C-1", told, midnight)
    found = only(after, "R07")
    assert (found.verdict, found.planned) == ("NEEDS_WAIVER", True)
    assert "planned at Kulevi on 2027-01-24 and still to come on 2027-01-25" in found.because
    assert found == only(decide(told, now="2027-03-01"), "R07")


def test_the_timer_updates_the_alert_by_itself() -> None:
    judge = Judge(bundled_records())
    state = judge.apply(None, booked()).state
    opened = judge.apply(state, planned("2027-01-24"))
    assert [(a.rule, a.status, a.verdict) for a in opened.alerts] == [("R07", "OPEN", "RED_FLAG")]
    assert opened.due is not None
    ticked = judge.tick(opened.state, opened.due)
    assert [(a.rule, a.status, a.verdict) for a in ticked.alerts] == [("R07", "UPDATED", "NEEDS_WAIVER")]
    assert ticked.alerts[0].trigger.kind == "TIMER"
    assert ticked.due is None


def test_what_was_done_before_the_date_stays_a_notice_after_it() -> None:
    done = event("UNLOADED", "2027-01-24", place=KULEVI)
    assert verdicts(decide([booked(), done], now="2027-02-10"), "R07") == ["RED_FLAG"]
    again = event("DEPARTED", "2027-01-26", place=KULEVI)
    found = only(decide([booked(), done, again]), "R07")
    assert (found.verdict, found.planned) == ("NEEDS_WAIVER", False)
    assert "DEPARTED at Kulevi on 2027-01-26" in found.because


@pytest.mark.parametrize("end", ["DELIVERED", "CANCELLED"])
def test_a_plan_at_the_refinery_falls_away_with_the_consignment(end: str) -> None:
    over = event(end, "2026-11-20", place=Place("ROCND") if end == "DELIVERED" else None)
    decision = decide([booked(), planned("2027-01-24"), over])
    assert (verdicts(decision, "R07"), decision.due) == ([], None)


def test_a_changed_route_and_a_correction_take_the_finding_away() -> None:
    plan = planned("2027-02-01")
    assert verdicts(decide([booked(), plan, event("ROUTE_CHANGED", "2026-11-20")]), "R07") == []
    done = event("UNLOADED", "2027-02-01", place=KULEVI)
    right = event(
        "UNLOADED", "2027-02-01", place=Place("GEBUS"), event_id="r", replaces=done.event_id, recorded_at="2027-02-03"
    )
    assert verdicts(decide([booked(), done]), "R07") == ["NEEDS_WAIVER"]
    assert verdicts(decide([booked(), done, right]), "R07") == []


def test_the_refinery_goes_by_name_and_country() -> None:
    def at(place: Place) -> list[str]:
        return verdicts(decide([booked(), event("UNLOADED", "2027-02-01", place=place)]), "R07")

    assert at(Place(name="Кулеви", country="GE")) == ["NEEDS_WAIVER"]
    assert at(Place(name="Kulevi", country="FI")) == []
    assert at(Place(name="Batumi", country="GE")) == []
    assert at(Place(name="Kulevi")) == ["INSUFFICIENT_DATA"]


def test_a_name_without_a_country_is_a_question_of_the_rule_whose_place_bears_it() -> None:
    decision = decide([booked(), event("LOADED", "2026-11-20", place=Place(name="Vnukovo"), transport=AIR)])
    found = only(decision, "R08")
    assert found.verdict == "INSUFFICIENT_DATA"
    assert found.missing[0] == "country of LOADED (place.country)"
    assert verdicts(decision, "R02") == []
    ust_luga = decide([booked(), event("LOADED", "2026-11-20", place=Place(name="Ust-Luga"))])
    assert (verdicts(ust_luga, "R02"), verdicts(ust_luga, "R08")) == (["INSUFFICIENT_DATA"], [])


@pytest.mark.parametrize("rule", ["R07", "R08"])
def test_without_anybody_of_the_eu_neither_ban_nor_notice_binds_anybody(rule: str) -> None:
    place = KULEVI if rule == "R07" else Place(iata="SVO", country="RU")
    for day in ("2026-11-20", "2027-02-01"):
        decision = decide([booked(parties=ABROAD), event("UNLOADED", day, place=place)])
        assert (verdicts(decision, rule), verdicts(decision, "R01")) == ([], ["CLEAR"])


@pytest.mark.parametrize("rule", ["R07", "R08"])
def test_an_unknown_nexus_keeps_the_verdict_and_says_who_is_missing(rule: str) -> None:
    place = KULEVI if rule == "R07" else Place(iata="SVO", country="RU")
    found = only(decide([booked(parties=(SELLER,)), event("UNLOADED", "2027-02-01", place=place)]), rule)
    assert (found.verdict, found.exposed) == ("NEEDS_WAIVER", ())
    assert "insurer" in found.missing


@pytest.mark.parametrize(
    ("iata", "at", "expected"),
    [
        ("VKO", "2025-02-24T23:59:59+01:00", False), ("VKO", "2025-02-25T00:00:00+01:00", True),
        ("SVO", "2026-07-23T23:59:59+02:00", False), ("SVO", "2026-07-24T00:00:00+02:00", True), ("DME", "2026-08-01", False),
    ],
)  # fmt: skip
def test_each_airport_is_listed_from_its_own_day(iata: str, at: str, expected: bool) -> None:
    decision = decide([booked(), event("ARRIVED", at, place=Place(iata=iata, country="RU"), transport=AIR)])
    assert verdicts(decision, "R08") == (["NEEDS_WAIVER"] if expected else [])
    assert verdicts(decision, "R02") == []


def test_an_airport_goes_by_its_code_by_its_name_and_never_by_its_town() -> None:
    def at(place: Place, mode: str = "AIR") -> list[str]:
        transport = Transport(mode)  # type: ignore[arg-type]
        return verdicts(decide([booked(), event("ARRIVED", "2026-08-01", place=place, transport=transport)]), "R08")

    assert at(Place(name="Шереметьево", country="RU")) == ["NEEDS_WAIVER"]
    assert at(Place(iata="svo")) == ["NEEDS_WAIVER"]
    assert at(Place("RUMOW", iata="SVO")) == ["NEEDS_WAIVER"]
    assert at(Place("RUPKV", name="Pskov", country="RU"), "ROAD") == []
    assert at(Place(iata="SVO"), "ROAD") == ["NEEDS_WAIVER"]


def test_flying_over_an_airport_is_no_dealing() -> None:
    svo = Place(iata="SVO", country="RU")
    for told in (
        event("BORDER_CROSSED", "2026-08-01", place=svo, transport=AIR), event("BORDER_CROSSED", "2026-08-01", place=svo),
        event("POSITION", "2026-08-01", place=svo, transport=AIR),
    ):  # fmt: skip
        assert verdicts(decide([booked(), told]), "R08") == []
    lorry = event("BORDER_CROSSED", "2026-08-01", place=svo, transport=Transport("ROAD"))
    stop = event("BORDER_CROSSED", "2026-08-01", place=svo, transport=AIR, port_use="SUPPLY")
    assert verdicts(decide([booked(), lorry]), "R08") == verdicts(decide([booked(), stop]), "R08") == ["NEEDS_WAIVER"]


def test_a_landing_planned_at_an_airport_counts_as_planned_until_it_is_done() -> None:
    svo = Place(iata="SVO", country="RU")
    plan = planned("2026-11-20", svo, transport=AIR)
    assert only(decide([booked(), plan]), "R08").planned
    assert not only(decide([booked(), plan, event("UNLOADED", "2026-11-21", place=svo, transport=AIR)]), "R08").planned


def test_with_goods_that_nobody_states_the_goods_are_missing() -> None:
    found = only(decide([booked(goods=()), event("ARRIVED", "2026-11-20", place=Place(iata="SVO"))]), "R08")
    assert (found.verdict, found.missing) == ("NEEDS_WAIVER", ("goods",))


def waiver(answers: str, **fields: Any) -> Waiver:
    return Waiver(id="W-1", answers=answers, goods=("2709",), applies_from=parse_day("2026-01-01"), **fields)


@pytest.mark.parametrize(("rule", "where"), [("R07", ("GE-KULEVI",)), ("R08", ("SVO",)), ("R07", ()), ("R08", ())])
def test_a_waiver_against_the_rule_answers_it_when_all_its_conditions_hold(rule: str, where: tuple[str, ...]) -> None:
    place = KULEVI if rule == "R07" else Place(iata="SVO", country="RU")
    told = [booked(), event("UNLOADED", "2027-02-01", place=place)]
    decision = decide(told, waiver(rule, places=where))
    assert decision.verdict == "WAIVER_MET"
    assert (only(decision, rule).answered_by, verdicts(decision, "R25")) == ("R25", ["WAIVER_MET"])
    other = decide(told, waiver("R02", places=where))
    assert (only(other, rule).answered_by, verdicts(other, "R25")) == (None, [])


def test_a_waiver_with_an_unproved_or_failed_condition_answers_nothing() -> None:
    told = [booked(), event("UNLOADED", "2027-02-01", place=KULEVI)]
    paper = (WaiverCondition("document", document_type="AUTHORISATION"),)
    unproved = decide(told, waiver("R07", conditions=paper))
    assert (unproved.verdict, verdicts(unproved, "R25")) == ("NEEDS_WAIVER", ["NEEDS_WAIVER"])
    shown = event("BOOKED", "2026-11-03", documents=(Document("AUTHORISATION", "A-1"),))
    assert decide([*told, shown], waiver("R07", conditions=paper)).verdict == "WAIVER_MET"
    ended = decide(told, waiver("R07", applies_until=parse_day("2027-02-01")))
    assert (ended.verdict, verdicts(ended, "R25")) == ("BREACH", ["BREACH"])
    elsewhere = decide(told, waiver("R07", places=("SVO",)))
    assert (elsewhere.verdict, verdicts(elsewhere, "R25")) == ("NEEDS_WAIVER", [])


def test_a_leg_of_the_route_through_a_listed_place_is_judged_by_the_day_it_was_stated() -> None:
    site = ListedPlace(
        id="GEKUL", annex="XLVII-D", unlocode="GEKUL", country="GE", applies_from=parse_day("2026-12-01")
    )
    route = (Leg("GE", "GEKUL", "RAIL"),)
    early, late = event("ROUTE_CHANGED", "2026-11-20", route=route), event("ROUTE_CHANGED", "2026-12-01", route=route)
    decision = decide([booked(), early], site, now="2026-12-20")
    assert [(f.verdict, f.planned) for f in findings(decision, "R07")] == [("RED_FLAG", True)]
    assert [(f.verdict, f.planned) for f in findings(decide([booked(), late], site), "R07")] == [("NEEDS_WAIVER", True)]


def test_a_listing_that_is_put_off_or_dropped_changes_the_verdict() -> None:
    told = [booked(), planned("2027-02-01")]
    later = next(r for r in bundled_records() if r.id == "GE-KULEVI")
    put_off = ListedPlace(
        id="GE-KULEVI", annex="XLVII-D", name="Kulevi", country="GE", applies_from=parse_day("2027-06-01")
    )
    assert verdicts(decide(told), "R07") == ["NEEDS_WAIVER"]
    assert verdicts(decide(told, put_off), "R07") == ["RED_FLAG"]
    assert verdicts(decide(told, without=[later.record_key]), "R07") == []
