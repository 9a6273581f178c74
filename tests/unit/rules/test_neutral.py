"""Events that are said to change nothing change nothing: the short cut against judging everything."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from streams.model.events import Customs, Event, Goods, Party, Place, Transport
from streams.model.moments import brussels_day
from streams.rules import judge as judging
from streams.rules.judge import Judge, due_of
from tests.unit.rules.strategies import (
    QUICK,
    START,
    Journey,
    carriages,
    cruises,
    journeys,
    plain_journeys,
    records,
    voyages,
)
from tests.unit.rules.strategies_customs import transits
from tests.unit.rules.test_properties import run

JUDGE = Judge(records())


def _judged_in_full(events: tuple[Event, ...]) -> tuple[object, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "is_neutral", lambda *_: False)
        state, alerts = run(JUDGE, events)
    return alerts, JUDGE.decision_of(state)


@settings(QUICK, max_examples=300)
@given(plain_journeys())
def test_the_short_cut_gives_the_alerts_and_the_decision_of_judging_every_event(journey: Journey) -> None:
    state, alerts = run(JUDGE, journey.events)
    assert (alerts, JUDGE.decision_of(state)) == _judged_in_full(journey.events)


@QUICK
@given(journeys())
def test_the_short_cut_is_right_for_corrected_and_late_events_too(journey: Journey) -> None:
    state, alerts = run(JUDGE, journey.events)
    assert (alerts, JUDGE.decision_of(state)) == _judged_in_full(journey.events)


@settings(QUICK, max_examples=300)
@given(voyages())
def test_the_short_cut_is_right_for_ships_banks_and_end_users(journey: Journey) -> None:
    state, alerts = run(JUDGE, journey.events)
    assert (alerts, JUDGE.decision_of(state)) == _judged_in_full(journey.events)


@settings(QUICK, max_examples=300)
@given(cruises())
def test_the_short_cut_is_right_for_ships_that_fall_silent_or_change_their_flag(journey: Journey) -> None:
    state, alerts = run(JUDGE, journey.events)
    assert (alerts, JUDGE.decision_of(state)) == _judged_in_full(journey.events)


@settings(QUICK, max_examples=600)
@given(carriages())
def test_the_short_cut_is_right_for_what_is_weighed_and_sealed(journey: Journey) -> None:
    state, alerts = run(JUDGE, journey.events)
    assert (alerts, JUDGE.decision_of(state)) == _judged_in_full(journey.events)


def _event(number: int, kind: str, place: str, **fields: object) -> Event:
    at = START + number * 3_600_000
    return Event(f"e{number}", "a", kind, "C-1", at, at, place=Place(place), **fields)  # type: ignore[arg-type]


def test_progress_in_a_country_without_rules_of_its_own_is_neutral() -> None:
    booked = _event(0, "BOOKED", "KZALA", parties=(Party("CONSIGNOR", "TOO Nauryz", "KZ"),))
    state = JUDGE.apply(None, booked).state
    state = JUDGE.apply(state, _event(1, "WEIGHED", "KZALA")).state
    assert JUDGE.apply(state, _event(2, "POSITION", "UZTAS")).kind == "neutral"


def test_a_call_at_a_listed_port_is_never_neutral() -> None:
    state = JUDGE.apply(None, _event(0, "BOOKED", "KZALA", parties=(Party("CONSIGNOR", "TOO Nauryz", "NL"),))).state
    outcome = JUDGE.apply(state, _event(1, "LOADED", "RUULU", transport=Transport("SEA")))
    assert outcome.kind == "folded"
    assert "R02" in [a.rule for a in outcome.alerts]


def _at_sea(number: int, kind: str, **ship: str) -> Event:
    return _event(number, kind, "KZAAU", transport=Transport("SEA", **ship))  # type: ignore[arg-type]


def test_a_second_sight_of_a_ship_that_no_list_means_is_neutral() -> None:
    booked = _event(0, "BOOKED", "KZAAU", parties=(Party("SELLER", "TOO Nauryz", "NL"),), goods=(Goods(1, "080810"),))
    state = JUDGE.apply(None, booked).state
    first = JUDGE.apply(state, _at_sea(1, "LOADED", vessel_imo="9319466"))
    assert first.kind == "folded"
    assert JUDGE.apply(first.state, _at_sea(2, "POSITION", vessel_imo="9319466")).kind == "neutral"
    assert JUDGE.apply(first.state, _at_sea(2, "POSITION", vessel_name="Grey Petrel")).kind == "folded"


def test_with_a_bank_on_a_list_of_some_date_nothing_is_neutral() -> None:
    bank = Party("BANK", "Kedr Zaural Bank", "KG")
    booked = _event(
        0, "BOOKED", "KZALA", parties=(Party("SELLER", "TOO Nauryz", "KZ"), bank), goods=(Goods(1, "080810"),)
    )
    state = JUDGE.apply(None, booked).state
    assert JUDGE.apply(state, _event(1, "POSITION", "UZTAS")).kind == "folded"


def _release(number: int, limit: int | None, mrn: str = "26DE000000000012J6") -> Event:
    at = START + number * 3_600_000
    customs = Customs(mrn, "T1", limit_date=limit)
    return Event(f"e{number}", "a", "RELEASED_FOR_TRANSIT", "C-1", at, at, customs=customs)


def _booked() -> bytes:
    parties, goods = (Party("SELLER", "TOO Nauryz", "KZ"),), (Goods(1, "080810"),)
    return JUDGE.apply(None, _event(0, "BOOKED", "KZALA", parties=parties, goods=goods)).state


def test_the_first_release_of_a_transit_that_runs_in_time_only_sets_the_timer_of_its_limit() -> None:
    limit = brussels_day(START) + 10
    outcome = JUDGE.apply(_booked(), _release(1, limit))
    assert outcome.kind == "neutral"
    due = outcome.due
    assert due is not None
    assert JUDGE.tick(outcome.state, due - 1).alerts == ()
    assert [a.rule for a in JUDGE.tick(outcome.state, due).alerts] == ["R21"]


def test_a_second_release_one_without_a_limit_and_one_past_its_limit_are_judged() -> None:
    day = brussels_day(START)
    first = JUDGE.apply(_booked(), _release(1, day + 10)).state
    assert JUDGE.apply(first, _release(2, day + 20, "26DE000000000022J4")).kind == "folded"
    assert [a.rule for a in JUDGE.apply(_booked(), _release(1, None)).alerts] == ["R21"]
    assert [a.rule for a in JUDGE.apply(_booked(), _release(1, day - 90)).alerts] == ["R21"]


@settings(QUICK, max_examples=400)
@given(transits())
def test_the_short_cut_is_right_for_what_is_said_of_customs_transits_and_sets_the_same_timers(journey: Journey) -> None:
    steps = range(1, len(journey.events) + 1)
    state, alerts = run(JUDGE, journey.events)
    timers = [due_of(run(JUDGE, journey.events[:n])[0]) for n in steps]
    assert (alerts, JUDGE.decision_of(state)) == _judged_in_full(journey.events)
    assert timers == [JUDGE.decide("C-1", journey.events[:n]).due for n in steps]
