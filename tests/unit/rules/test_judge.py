"""The one entry of the core: states as bytes, alert versions, timers and changes of the records."""

from __future__ import annotations

import pytest

from streams.errors import StateError
from streams.model.events import Event, Goods, Party, Place
from streams.model.moments import DAY_MS, parse_time
from streams.reference.bundled import bundled_records
from streams.rules.announce import alert_id
from streams.rules.judge import Judge, due_of, events_of, is_open
from streams.rules.state import header_of, unpack
from tests.unit.rules.build import buyer, event, listed

JUDGE = Judge(bundled_records())
STEEL = (Goods(1, "720839"),)
BOOKED = event("BOOKED", "2026-04-01", parties=(Party("BUYER", "Cantabria S.L.", "ES"),), goods=STEEL)
LOADED = event("LOADED", "2026-04-10", place=Place("RUULU"), event_id="x")
TAKEN_BACK = event("RETRACTED", "2026-04-11", retracts="x")


def chain(judge: Judge, *told: Event) -> list[tuple[str, int, str, int | None]]:
    state: bytes | None = None
    found: list[tuple[str, int, str, int | None]] = []
    for one in told:
        outcome = judge.apply(state, one)
        state = outcome.state
        found += [(a.rule, a.version, a.status, a.previous_version) for a in outcome.alerts if a.rule == "R02"]
    return found


def test_a_finding_that_comes_goes_and_comes_back_is_one_chain_of_versions() -> None:
    again = event("LOADED", "2026-04-12", place=Place("RUULU"))
    assert chain(JUDGE, BOOKED, LOADED, TAKEN_BACK, again) == [
        ("R02", 1, "OPEN", None), ("R02", 2, "WITHDRAWN", 1), ("R02", 3, "OPEN", 2),
    ]  # fmt: skip


def test_a_finding_that_changes_is_updated() -> None:
    known = event("PARTIES_CHANGED", "2026-04-09", parties=(Party("BANK", "Donau AG", "AT"),), recorded_at="2026-04-20")
    assert chain(JUDGE, BOOKED, LOADED, known) == [("R02", 1, "OPEN", None), ("R02", 2, "UPDATED", 1)]


def test_a_withdrawn_alert_names_what_led_to_it_and_when() -> None:
    state = JUDGE.apply(JUDGE.apply(None, BOOKED).state, LOADED).state
    alert = next(a for a in JUDGE.apply(state, TAKEN_BACK).alerts if a.rule == "R02")
    assert (alert.trigger.kind, alert.trigger.id, alert.verdict) == ("EVENT", "t/RETRACTED-2026-04-11", "CLEAR")
    assert alert.decided_at == "2026-04-11T12:00:00Z"


def test_alerts_are_the_same_bytes_in_every_replay() -> None:
    first = [JUDGE.apply(JUDGE.apply(None, BOOKED).state, LOADED).alerts for _ in range(2)]
    assert first[0] == first[1]
    assert first[0][0].alert_id == alert_id("C-1", "R02")
    assert len(first[0][0].evidence_hash) == 64


def test_a_duplicate_leaves_the_state_as_it_was() -> None:
    state = JUDGE.apply(None, BOOKED).state
    outcome = JUDGE.apply(state, BOOKED)
    assert (outcome.kind, outcome.state, outcome.alerts) == ("duplicate", state, ())


def test_another_content_under_one_id_is_a_conflict_and_kept() -> None:
    state = JUDGE.apply(None, BOOKED).state
    other = event("BOOKED", "2026-04-01", goods=STEEL)
    outcome = JUDGE.apply(state, other)
    assert outcome.kind == "conflict"
    assert events_of(outcome.state) == [BOOKED, other]


def test_a_late_event_is_folded_anew() -> None:
    state = JUDGE.apply(None, LOADED).state
    assert JUDGE.apply(state, BOOKED).kind == "refolded"


def test_a_state_tells_open_due_and_events_without_judging() -> None:
    state = JUDGE.apply(JUDGE.apply(None, BOOKED).state, event("DELIVERED", "2026-04-20")).state
    assert (is_open(state), due_of(state), len(events_of(state))) == (False, None, 2)


def test_a_state_of_another_format_is_refused() -> None:
    state = JUDGE.apply(None, BOOKED).state
    for read in (header_of, unpack):
        with pytest.raises(StateError, match="format 9"):
            read(b"\x09" + state[1:])


def _frozen(since: str) -> Judge:
    return Judge([*bundled_records(), listed("X", "TOO Zerde Agro Bau", since)])


DEAL = event("BOOKED", "2026-07-06", parties=(buyer("TOO Zerde Agro Bau"),), goods=STEEL)


def test_a_change_of_the_records_opens_an_alert_that_names_the_record() -> None:
    state = JUDGE.apply(None, DEAL).state
    outcome = _frozen("2023-06-23").rejudge(state, parse_time("2026-07-08T00:00:00Z"), "party:X")
    assert [(a.rule, a.status, a.trigger.kind, a.trigger.id) for a in outcome.alerts] == [
        ("R15", "OPEN", "REFERENCE", "party:X"),
    ]  # fmt: skip
    assert outcome.alerts[0].decided_at == "2026-07-08T00:00:00Z"


def test_a_change_that_alters_nothing_leaves_the_state_as_it_was() -> None:
    state = JUDGE.apply(None, BOOKED).state
    outcome = _frozen("2023-06-23").rejudge(state, parse_time("2026-07-08T00:00:00Z"), "party:X")
    assert (outcome.kind, outcome.state, outcome.alerts) == ("neutral", state, ())


def test_a_change_that_only_moves_a_timer_is_kept() -> None:
    state = JUDGE.apply(None, DEAL).state
    outcome = _frozen("2026-09-01").rejudge(state, parse_time("2026-07-08T00:00:00Z"), "party:X")
    assert (outcome.kind, outcome.alerts) == ("folded", ())
    assert outcome.due == parse_time("2026-09-01T00:00:00+02:00")


def test_touched_by_says_whether_the_new_law_changes_anything() -> None:
    deal, other = JUDGE.apply(None, DEAL).state, JUDGE.apply(None, BOOKED).state
    after = _frozen("2023-06-23")
    assert after.touched_by(deal, JUDGE)
    assert not after.touched_by(other, JUDGE)
    assert not JUDGE.touched_by(deal, JUDGE)


def test_notices_stand_on_alerts_and_decisions_made_meanwhile() -> None:
    judge = Judge(bundled_records(), ("Redis is away.",))
    state = judge.apply(None, BOOKED).state
    assert judge.apply(state, LOADED).alerts[0].warnings == ("Redis is away.",)
    assert "Redis is away." in judge.decide("C-1", [BOOKED]).warnings


def test_the_clock_of_the_timer_counts_on() -> None:
    state = JUDGE.apply(None, BOOKED).state
    later = header_of(state).clock + 400 * DAY_MS
    assert header_of(JUDGE.tick(state, later).state).clock == later


def test_six_events_of_a_journey_take_less_than_two_kilobytes() -> None:
    from streams.bench.feed import journeys

    states: dict[str, bytes] = {}
    for one in journeys(200, 1200, 3):
        states[one.consignment_id] = JUDGE.apply(states.get(one.consignment_id), one).state
    assert sum(map(len, states.values())) / len(states) < 2048
