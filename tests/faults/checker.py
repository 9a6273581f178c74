"""Holds what a run left on the topics against a single-threaded oracle; every difference becomes a sentence.

The oracle judges each consignment alone, in one thread, input by input in the order in which the state's log says they
came in. That log is itself held against the feed: every event once, nothing else, each topic's order kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from streams.kafka.codec import encode_alert
from streams.model.decision import ALERTING, Alert
from streams.model.events import Event
from streams.rules.judge import Judge
from streams.rules.state import EventEntry, ReferenceEntry, TimerEntry, entries_of


class Sent(Struct, frozen=True):
    """An event as it was sent, and to which topic."""

    topic: str
    event: Event


class Seen(Struct):
    """What a run left: alert versions per consignment in order, as read committed, and the states."""

    alerts: dict[str, list[Alert]]
    states: dict[str, bytes]


def replay(judge: Judge, state: bytes) -> tuple[list[Alert], bytes]:
    """The alerts and the state that the oracle makes of a log. Reference changes are judged under ``judge`` alone."""
    alerts: list[Alert] = []
    now: bytes | None = None
    for entry in entries_of(state):
        if isinstance(entry, EventEntry):
            outcome = judge.apply(now, entry.event)
        elif isinstance(entry, TimerEntry):
            assert now is not None, "a timer before the first event"
            outcome = judge.tick(now, entry.at)
        else:
            assert isinstance(entry, ReferenceEntry)
            assert now is not None, "a change of law before the first event"
            outcome = judge.rejudge(now, entry.at, entry.record)
        alerts.extend(outcome.alerts)
        now = outcome.state
    return alerts, now or b""


def _log_differs(ident: str, sent: Sequence[Sent], state: bytes) -> Iterable[str]:
    logged = [e.event for e in entries_of(state) if isinstance(e, EventEntry)]
    wanted = list(dict.fromkeys(s.event for s in sent))
    lost = Counter(wanted) - Counter(logged)
    extra = Counter(logged) - Counter(wanted)
    for event, count in lost.items():
        yield f"{ident}: event {event.uid} lost {count} times"
    for event, count in extra.items():
        yield f"{ident}: event {event.uid} {count} times too often in the state"
    if lost or extra:
        return
    place = {event: n for n, event in enumerate(logged)}
    for topic in {s.topic for s in sent}:
        order = [place[e] for e in dict.fromkeys(s.event for s in sent if s.topic == topic)]
        if order != sorted(order):
            yield f"{ident}: events of {topic} were taken out of order"


def verdict_of(alert: Alert) -> object:
    """What an alert says, without the notices it was made under and the hashes that cover them."""
    return (alert.alert_id, alert.version, alert.status, alert.verdict, alert.weight, alert.because, alert.conditions)


def _alerts_differ(
    ident: str, expected: Sequence[Alert], seen: Sequence[Alert], essence: Callable[[Alert], object]
) -> Iterable[str]:
    for n, (want, got) in enumerate(zip(expected, seen, strict=False)):
        if essence(want) != essence(got):
            yield (f"{ident}: alert {n} is {got.rule} v{got.version} {got.status} {got.verdict}, "
                   f"expected {want.rule} v{want.version} {want.status} {want.verdict}")  # fmt: skip
            return
    if len(expected) != len(seen):
        word = "lost" if len(seen) < len(expected) else "too many"
        yield f"{ident}: {len(seen)} alert versions, expected {len(expected)}: {word}"


def _live(alerts: Iterable[Alert]) -> dict[str, str]:
    last = {a.alert_id: a for a in alerts}
    return {ident: f"{a.rule} {a.verdict} {a.because}" for ident, a in last.items() if a.status != "WITHDRAWN"}


def live_differ(ident: str, judge: Judge, state: bytes, seen: Sequence[Alert]) -> Iterable[str]:
    """The live alerts against the findings of judging the set of events anew, without any log."""
    decision = judge.decision_of(state)
    wanted = sorted(
        f"{f.rule} {f.verdict} {f.because}"
        for f in decision.findings
        if f.verdict in ALERTING and f.answered_by is None
    )
    if sorted(_live(seen).values()) != wanted:
        yield f"{ident}: live alerts {sorted(_live(seen).values())}, judging anew finds {wanted}"


def differences(
    judge: Judge, sent: Mapping[str, Sequence[Sent]], seen: Seen, essence: Callable[[Alert], object] = encode_alert
) -> list[str]:
    """Every way in which a run differs from the oracle; empty when it is exact.

    ``essence`` is what must be equal of two alerts: by default every byte.
    """
    found: list[str] = []
    for ident, events in sent.items():
        state = seen.states.get(ident)
        if state is None:
            found.append(f"{ident}: no state")
            continue
        alerts = seen.alerts.get(ident, [])
        found.extend(_log_differs(ident, events, state))
        expected, rebuilt = replay(judge, state)
        if essence is encode_alert and rebuilt != state:
            found.append(f"{ident}: the state is not what its log makes")
        found.extend(_alerts_differ(ident, expected, alerts, essence))
        found.extend(live_differ(ident, judge, state, alerts))
    strange = (seen.states.keys() | seen.alerts.keys()) - sent.keys()
    found.extend(f"{ident}: nobody sent it" for ident in strange)
    return found
