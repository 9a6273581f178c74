"""Two-time replay: what is judged again as of a time is what was published until then."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, strategies as st

from streams.errors import StateError
from streams.feed.traffic import feed
from streams.model.decision import Alert
from streams.model.events import Customs, Event, Party
from streams.model.intake import event_from_json, load_json
from streams.model.moments import DAY_MS, parse_day, parse_time
from streams.rules.evidence import canonical
from streams.rules.judge import Judge, Outcome
from streams.rules.replaying import Run, fire, run_events, run_log
from streams.rules.state import Entry, EventEntry, ReferenceEntry, TimerEntry, entries_of
from tests.unit.rules.build import event, listed
from tests.unit.rules.chains import JUDGE, history, told
from tests.unit.rules.strategies import QUICK, Journey, journeys, records

STRICT = Judge(records())


def online(judge: Judge, events: list[Event], until: int) -> Run:
    """What a monitor makes of events as they come, with the timers between and after them: written without `replaying`."""
    run = Run()
    for each in [*events, None]:
        now = each.recorded_at if each is not None else until
        while run.state is not None and run.due is not None and run.due <= now:
            run.take(judge.tick(run.state, run.due))
        if each is not None:
            run.take(judge.apply(run.state, each))
    return run


def published_by(run: Run, at: int) -> list[bytes]:
    return [canonical(a) for a in run.alerts if parse_time(a.decided_at) <= at]


def as_bytes(alerts: list[Alert]) -> list[bytes]:
    return [canonical(a) for a in alerts]


def holds_at(judge: Judge, run: Run, at: int) -> None:
    assert run.state is not None
    again = run_log(judge, entries_of(run.state), at)
    made = as_bytes(again.alerts[: again.on_time])
    assert made == as_bytes(run.alerts)[: again.on_time]
    if not again.late:  # a late event may set the clock back: then `decided_at` does not tell what came first
        assert made == published_by(run, at)


@QUICK
@given(journeys(), st.integers(0, 2**32))
def test_at_any_time_the_replayed_versions_are_those_published_until_then(journey: Journey, seed: int) -> None:
    chance = random.Random(seed)
    arrived = [*journey.events, *journey.events[:2]]
    if chance.random() < 0.5:
        chance.shuffle(arrived)
    else:
        arrived.sort(key=lambda e: e.recorded_at)
    times = [e.recorded_at for e in arrived]
    end = max(times) + 90 * DAY_MS
    run = online(STRICT, arrived, end)
    for at in (chance.randint(min(times) - DAY_MS, end), chance.choice(times), chance.choice(times) - 1, end):
        holds_at(STRICT, run, at)


def test_at_any_time_the_stories_of_the_feed_are_replayed_as_they_were_published() -> None:
    arrived: dict[str, list[Event]] = {}
    for line in feed(60, 11, lambda _: None):
        each = event_from_json(load_json(line), 0)[0]
        arrived.setdefault(each.consignment_id, []).append(each)
    chance, versions = random.Random(3), 0
    for events in arrived.values():
        end = max(e.recorded_at for e in events) + 60 * DAY_MS
        run = online(JUDGE, events, end)
        versions += len(run.alerts)
        for _ in range(3):
            holds_at(JUDGE, run, chance.randint(min(e.recorded_at for e in events), end))
    assert versions > 50


@QUICK
@given(journeys())
def test_with_timers_of_its_own_a_history_leads_to_what_its_log_leads_to(journey: Journey) -> None:
    run = run_events(STRICT, journey.events)
    assert run.state is not None
    entries = entries_of(run.state)
    again = run_log(STRICT, [e for e in entries if isinstance(e, EventEntry)], own_timers=True)
    assert (again.state, as_bytes(again.alerts)) == (run.state, as_bytes(run.alerts))
    logged = run_log(STRICT, entries)
    assert (logged.state, as_bytes(logged.alerts)) == (run.state, as_bytes(run.alerts))


def test_before_anything_was_known_there_is_nothing() -> None:
    run = run_log(JUDGE, [EventEntry(e) for e in history()], history()[0].recorded_at - 1)
    assert (run.state, run.alerts, run.late) == (None, [], [])


def test_an_event_recorded_in_time_that_arrived_too_late_is_told_apart() -> None:
    events = history()
    swapped = [EventEntry(e) for e in (*events[:3], events[4], events[3])]
    run = run_log(JUDGE, swapped, events[3].recorded_at)
    assert run.late == [events[3].uid]
    in_time = run_log(JUDGE, swapped[:3])
    assert as_bytes(run.alerts[: run.on_time]) == as_bytes(in_time.alerts)
    assert as_bytes(run.alerts) == as_bytes(run_events(JUDGE, events[:4]).alerts)


def test_a_deadline_that_passed_by_the_time_has_fired_and_one_ahead_has_not() -> None:
    released = event(
        "RELEASED_FOR_TRANSIT", "2026-09-01", parties=(Party("CONSIGNEE", "TOO Nauryz Dala", "KZ"),),
        customs=Customs(mrn="21DE27364916384836", limit_date=parse_day("2026-09-09")),
    )  # fmt: skip
    entries = [EventEntry(released)]
    before = run_log(JUDGE, entries, parse_time("2026-09-12T12:00:00+02:00"), own_timers=True)
    after = run_log(JUDGE, entries, parse_time("2026-09-14T12:00:00+02:00"), own_timers=True)
    assert "R21" not in {a.rule for a in before.alerts}
    (ghost,) = [a for a in after.alerts if a.rule == "R21"]
    assert (ghost.trigger.kind, ghost.decided_at) == ("TIMER", "2026-09-12T22:00:00Z")
    assert (after.logged, after.on_time) == (before.on_time, before.on_time + 1)


def test_a_change_of_law_in_the_log_is_named_and_judged_under_the_law_given() -> None:
    firm = listed("X1", "Maasdok Brandstoffen B.V.")
    other = Judge([*JUDGE.law.records.values(), firm])
    run = run_events(JUDGE, history()[:2])
    assert run.state is not None
    at = history()[1].recorded_at + 1000
    changed = other.rejudge(run.state, at, "reference abc")
    published = [*run.alerts, *changed.alerts]
    assert "R15" in {a.rule for a in changed.alerts}
    again = run_log(JUDGE, entries_of(changed.state))
    assert again.laws == ["reference abc"]
    assert as_bytes(again.alerts) != as_bytes(published)
    assert as_bytes(again.alerts) == as_bytes(published)[: len(run.alerts)]
    assert run_log(JUDGE, entries_of(changed.state), at - 1).laws == []


class Stuck(Judge):
    """A judge whose timers come back at their own time."""

    def tick(self, state: bytes, now: int) -> Outcome:
        return msgspec.structs.replace(super().tick(state, now), due=now)


def test_a_timer_that_does_not_move_on_is_an_error_and_no_endless_loop() -> None:
    run = Run(state=run_events(JUDGE, history()[:1]).state, due=5)
    with pytest.raises(StateError, match="due again at 5"):
        fire(Stuck(JUDGE.law.records.values()), run, 10)


def test_timers_and_changes_of_law_of_events_that_are_left_out_are_passed_over() -> None:
    entries: list[Entry] = [TimerEntry(5), ReferenceEntry(6, "x")]
    assert run_log(JUDGE, entries).state is None


def test_the_alerts_that_are_live_are_the_last_versions_not_withdrawn() -> None:
    assert sorted((a.rule, a.version) for a in told().live.values()) == [("R02", 3), ("R03", 4), ("R06", 4)]
    assert msgspec.structs.replace(told(), alerts=[]).live == {}
