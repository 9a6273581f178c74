"""The checker of the fault tests sees every single thing that can go wrong; here each is seeded into a run that is right."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from streams.bench.feed import journeys
from streams.model.decision import Alert
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from streams.rules.state import header_of, pack, unpack
from tests.faults.checker import Seen, Sent, differences, verdict_of
from tests.faults.harness import topic_of

JUDGE = Judge(bundled_records())


def a_run() -> tuple[dict[str, list[Sent]], Seen]:
    sent: dict[str, list[Sent]] = {}
    seen = Seen({}, {})
    for event in journeys(60, 360, seed=5):
        ident = event.consignment_id
        sent.setdefault(ident, []).append(Sent(topic_of(event), event))
        outcome = JUDGE.apply(seen.states.get(ident), event)
        seen.states[ident] = outcome.state
        seen.alerts.setdefault(ident, []).extend(outcome.alerts)
    return sent, seen


def busiest(seen: Seen) -> list[Alert]:
    return max(seen.alerts.values(), key=len)


def test_a_run_that_is_right_shows_no_difference() -> None:
    sent, seen = a_run()
    assert len(busiest(seen)) >= 2
    assert differences(JUDGE, sent, seen) == []


def drop(alerts: list[Alert]) -> None:
    del alerts[0]


def double(alerts: list[Alert]) -> None:
    alerts.insert(0, alerts[0])


def swap(alerts: list[Alert]) -> None:
    alerts[0], alerts[1] = alerts[1], alerts[0]


def alter(alerts: list[Alert]) -> None:
    alerts[0] = msgspec.structs.replace(alerts[0], because="otherwise")


def renumber(alerts: list[Alert]) -> None:
    alerts[-1] = msgspec.structs.replace(alerts[-1], version=alerts[-1].version + 1)


@pytest.mark.parametrize("spoil", [drop, double, swap, alter, renumber])
def test_a_spoilt_alert_is_seen(spoil: Callable[[list[Alert]], None]) -> None:
    sent, seen = a_run()
    spoil(busiest(seen))
    assert differences(JUDGE, sent, seen) != []
    assert differences(JUDGE, sent, seen, verdict_of) != []


def test_a_lost_event_is_seen() -> None:
    sent, seen = a_run()
    ident = max(sent, key=lambda i: len(sent[i]))
    state = None
    for each in sent[ident][:-1]:
        state = JUDGE.apply(state, each.event).state
    assert state is not None
    seen.states[ident] = state
    assert any("lost" in line for line in differences(JUDGE, sent, seen))


def test_an_event_that_nobody_sent_is_seen() -> None:
    sent, seen = a_run()
    ident = max(sent, key=lambda i: len(sent[i]))
    del sent[ident][-1]
    assert any("too often" in line for line in differences(JUDGE, sent, seen))


def test_events_taken_out_of_order_are_seen() -> None:
    sent, seen = a_run()
    ident = next(i for i, s in sent.items() if s[-1].topic == s[-2].topic and s[-1].event != s[-2].event)
    sent[ident][-1], sent[ident][-2] = sent[ident][-2], sent[ident][-1]
    assert any("out of order" in line for line in differences(JUDGE, sent, seen))


def test_a_state_that_its_log_does_not_make_is_seen() -> None:
    sent, seen = a_run()
    ident = next(iter(sent))
    held = unpack(seen.states[ident])
    held.header.clock += 1
    seen.states[ident] = pack(held.header, held[1], held[2])
    assert header_of(seen.states[ident]).clock == held.header.clock
    assert any("not what its log makes" in line for line in differences(JUDGE, sent, seen))


def test_a_missing_state_and_a_strange_consignment_are_seen() -> None:
    sent, seen = a_run()
    one, other = list(sent)[:2]
    del seen.states[one]
    del sent[other]
    found = differences(JUDGE, sent, seen)
    assert f"{one}: no state" in found
    assert f"{other}: nobody sent it" in found
