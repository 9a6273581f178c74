"""The decision core behind one class: an input onto the encoded state of a consignment gives state and alerts.

The state of a consignment is one bytes value: a header (what is announced, when to look again) and the log of
its inputs (events, timers, reference changes) in order of arrival. Every input is judged once; so versions and order
of alerts depend on the log alone, never on batches, workers or restarts. Nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import Raw, Struct

from streams.model.consignment import fold
from streams.model.decision import Alert, Decision, Trigger
from streams.model.events import Event
from streams.model.reference import AnyRecord
from streams.rules.announce import Announced, announce
from streams.rules.evaluate import evaluate
from streams.rules.law import Law

OutcomeKind = Literal["folded", "refolded", "duplicate", "conflict", "neutral"]
STATE_FORMAT = 1


class Header(Struct, array_like=True):
    """What must be known without unpacking the log. Times are ms UTC."""

    format: int
    consignment_id: str
    open: bool
    due: int | None
    clock: int
    last: tuple[int, int, str, str]
    uids: list[str]
    announced: list[Announced]


class EventEntry(Struct, array_like=True, tag=0):
    """An event as it arrived."""

    event: Event


class TimerEntry(Struct, array_like=True, tag=1):
    """A timer that fired, with its due time."""

    at: int


class ReferenceEntry(Struct, array_like=True, tag=2):
    """A reference change that reached the consignment."""

    at: int
    record: str


Entry = EventEntry | TimerEntry | ReferenceEntry


class State(Struct, array_like=True):
    """The whole state: header and log."""

    header: Header
    log: list[Raw]


class _Peek(Struct, array_like=True):
    header: Header
    log: Raw


class Outcome(Struct, frozen=True):
    """What an input led to. ``due``: when `Judge.tick` must be called (ms UTC), None for never."""

    state: bytes
    alerts: tuple[Alert, ...]
    due: int | None
    open: bool
    kind: OutcomeKind


_encode = msgspec.msgpack.Encoder().encode
_decode_state = msgspec.msgpack.Decoder(State).decode
_decode_peek = msgspec.msgpack.Decoder(_Peek).decode
_decode_entry = msgspec.msgpack.Decoder(Entry).decode


def due_of(state: bytes) -> int | None:
    """When the consignment must be looked at again (ms UTC), or None."""
    return _decode_peek(state).header.due


def is_open(state: bytes) -> bool:
    """Whether the consignment is open (contract 6(5))."""
    return _decode_peek(state).header.open


def entries_of(state: bytes) -> list[Entry]:
    """The log of a state, in order of arrival."""
    return [_decode_entry(raw) for raw in _decode_state(state).log]


def events_of(state: bytes) -> list[Event]:
    """The events of a state, in order of arrival."""
    return [entry.event for entry in entries_of(state) if isinstance(entry, EventEntry)]


class Judge:
    """The decision core under one set of reference records. Immutable but for its memos.

    ``notices`` are put on the decisions and alerts made meanwhile (a stale list, a cache out of reach).
    """

    def __init__(self, records: Iterable[AnyRecord], notices: tuple[str, ...] = ()) -> None:
        self.law = Law(records)
        self.notices = notices

    @property
    def version(self) -> str:
        """A hash over the records, the same for the same law."""
        return self.law.version

    def apply(self, state: bytes | None, event: Event) -> Outcome:
        """An event onto a consignment's state (None: the first of its consignment)."""
        uid = event.uid
        if state is None:
            header = Header(STATE_FORMAT, event.consignment_id, True, None, 0, (0, 0, "", ""), [], [])
            held = State(header, [])
        else:
            held = _decode_state(state)
        kind: OutcomeKind = "folded"
        if uid in held.header.uids:
            if any(e == event for e in (self._events(held)) if e.uid == uid):
                return Outcome(state or b"", (), held.header.due, held.header.open, "duplicate")
            kind = "conflict"
        elif event.order < tuple(held.header.last) or event.replaces or event.retracts:
            kind = "refolded"
        held.header.uids.append(uid)
        held.log.append(Raw(_encode(EventEntry(event))))
        return self._judge(held, Trigger("EVENT", uid), kind)

    def tick(self, state: bytes, now: int) -> Outcome:
        """A timer of the consignment fired at its due time ``now`` (ms UTC)."""
        held = _decode_state(state)
        held.log.append(Raw(_encode(TimerEntry(now))))
        return self._judge(held, Trigger("TIMER", f"{held.header.consignment_id}@{now}"), "folded")

    def rejudge(self, state: bytes, at: int, record: str) -> Outcome:
        """A reference change of time ``at`` (ms UTC) reached the consignment; ``record`` names it."""
        held = _decode_state(state)
        held.log.append(Raw(_encode(ReferenceEntry(at, record))))
        return self._judge(held, Trigger("REFERENCE", record), "folded")

    def _events(self, held: State) -> list[Event]:
        found = []
        for raw in held.log:
            entry = _decode_entry(raw)
            if isinstance(entry, EventEntry):
                found.append(entry.event)
        return found

    def _clock(self, held: State) -> int:
        """The latest time of all inputs: `recorded_at` of events, due times, list times."""
        clock = 0
        for raw in held.log:
            entry = _decode_entry(raw)
            clock = max(clock, entry.event.recorded_at if isinstance(entry, EventEntry) else entry.at)
        return clock

    def _judge(self, held: State, trigger: Trigger, kind: OutcomeKind) -> Outcome:
        header = held.header
        consignment = fold(header.consignment_id, self._events(held))
        header.clock = self._clock(held)
        decision, case = evaluate(consignment, self.law, header.clock)
        alerts, header.announced = announce(decision, case, header.announced, trigger, self.notices)
        last = consignment.actual[-1] if consignment.actual else None
        for event in (last, *consignment.plans):
            if event is not None and event.order > tuple(header.last):
                header.last = event.order
        header.open, header.due = consignment.is_open, decision.due
        return Outcome(_encode(held), tuple(alerts), header.due, header.open, kind)

    def decision_of(self, state: bytes) -> Decision:
        """The decision on the state as it stands, anew under this law."""
        held = _decode_state(state)
        return self.decide(held.header.consignment_id, self._events(held), self._clock(held))

    def decide(self, consignment_id: str, events: Iterable[Event], now: int | None = None) -> Decision:
        """The decision on a set of events; ``now`` defaults to their latest `recorded_at` (contract 3)."""
        consignment = fold(consignment_id, events)
        decision, _ = evaluate(consignment, self.law, consignment.clock if now is None else now)
        if self.notices:
            decision = msgspec.structs.replace(decision, warnings=(*decision.warnings, *self.notices))
        return decision

    def touched_by(self, state: bytes, previous: Judge) -> bool:
        """Whether the difference between the previous law and this one may change the consignment."""
        held = _decode_state(state)
        consignment = fold(held.header.consignment_id, self._events(held))
        now = self._clock(held)
        return evaluate(consignment, self.law, now)[0] != evaluate(consignment, previous.law, now)[0]
