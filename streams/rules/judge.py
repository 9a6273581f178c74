"""The decision core behind one class: an input onto the encoded state of a consignment gives state and alerts.

Every input is judged once and by itself; so versions and order of alerts depend on the log of the state alone,
never on batches, workers or restarts. Nothing here reads a clock: times come with the inputs.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from streams.model.consignment import Consignment, fold
from streams.model.decision import Alert, Decision, Trigger
from streams.model.events import Event
from streams.model.reference import AnyRecord
from streams.rules import state as st
from streams.rules.announce import announce
from streams.rules.case import ALONE, Case
from streams.rules.evaluate import evaluate
from streams.rules.law import Law
from streams.rules.ledger import Claim, Ledger
from streams.rules.neutral import RELEASE, is_neutral, note_release
from streams.rules.quotas import may_claim
from streams.rules.state import (
    Entry,
    EventEntry,
    Header,
    ReferenceEntry,
    TimerEntry,
    Weighable,
    due_of,
    events_of,
    is_open,
)

__all__ = ["Judge", "Outcome", "due_of", "events_of", "is_open"]
OutcomeKind = Literal["folded", "refolded", "duplicate", "conflict", "neutral"]


class Outcome(Struct, frozen=True):
    """What an input led to.

    ``due``: when `Judge.tick` must be called (ms UTC), None for never. A ``duplicate`` leaves the state as it was; a
    ``neutral`` input is in the log and changes no finding.
    """

    state: bytes
    alerts: tuple[Alert, ...]
    due: int | None
    open: bool
    kind: OutcomeKind
    found: tuple[tuple[str, str], ...] = ()
    """Rule and verdict of each finding of this judgement; empty when nothing was judged."""


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

    def noticing(self, notices: tuple[str, ...]) -> Judge:
        """The same law, with other notices on the decisions and alerts made from now on."""
        other = copy.copy(self)
        other.notices = notices
        return other

    def apply(self, state: bytes | None, event: Event) -> Outcome:
        """An event onto a consignment's state (None: the first of its consignment). Raises StateError."""
        uid = f"{event.source}/{event.event_id}"
        if state is None:
            header, count, log = Header(event.consignment_id), 0, st.EMPTY_LOG
        else:
            header, count, log = st.unpack(state)
        kind: OutcomeKind = "folded"
        mark = st.mark_of(uid)
        if mark in header.marks and (held := [e for e in _events(st.decode_log(count, log)) if e.uid == uid]):
            if event in held:
                return Outcome(state or b"", (), header.due, header.open, "duplicate")
            kind = "conflict"
        elif event.replaces or event.retracts or (event.occurred_at, event.recorded_at) < header.last:
            kind = "refolded"
        if kind == "folded" and count and is_neutral(event, header, self.law):
            header.marks.append(mark)
            header.last = (event.occurred_at, event.recorded_at)
            header.clock = max(header.clock, event.recorded_at)
            if event.type == RELEASE:
                note_release(event, header, self.law)
            entry = st.encode_entry(EventEntry(event))
            return Outcome(st.pack(header, count + 1, log, entry), (), header.due, header.open, "neutral")
        if kind != "conflict":
            header.marks.append(mark)
        return self._judge(header, (count, log), EventEntry(event), Trigger("EVENT", uid), kind)

    def tick(self, state: bytes, now: int) -> Outcome:
        """A timer of the consignment fired at its due time ``now`` (ms UTC)."""
        header, count, log = st.unpack(state)
        trigger = Trigger("TIMER", f"{header.consignment_id}@{now}")
        return self._judge(header, (count, log), TimerEntry(now), trigger, "folded")

    def rejudge(self, state: bytes, at: int, record: str) -> Outcome:
        """A reference change of time ``at`` (ms UTC) reached the consignment; ``record`` names it.

        Where the change alters nothing that is announced, the state stays as it was and the outcome is ``neutral``:
        its header then still errs on the side of judging the next event.
        """
        header, count, log = st.unpack(state)
        before = _Marks(
            header.due,
            header.open,
            header.flags,
            header.steady_from,
            header.steady_until,
            header.weighable,
            header.seals,
        )
        trigger = Trigger("REFERENCE", record)
        outcome = self._judge(header, (count, log), ReferenceEntry(at, record), trigger, "folded")
        if not outcome.alerts and before.cover(header):
            return Outcome(state, (), header.due, header.open, "neutral")
        return outcome

    def _judge(
        self, header: Header, before: tuple[int, bytes], new: Entry, trigger: Trigger, kind: OutcomeKind
    ) -> Outcome:
        """Judge the log ``before`` (number of entries, the entries encoded) with a new entry at its end."""
        entries = [*st.decode_log(*before), new]
        count, log = before[0] + 1, before[1] + st.encode_entry(new)
        consignment = fold(header.consignment_id, _events(entries))
        header.clock = max([consignment.clock, *(e.at for e in entries if not isinstance(e, EventEntry))])
        decision, case = evaluate(consignment, self.law, header.clock)
        alerts, header.announced = announce(decision, case, header.announced, trigger, self.notices)
        _mark(header, consignment, case, decision)
        found = tuple((f.rule, f.verdict) for f in decision.findings)
        return Outcome(st.pack(header, count, log), tuple(alerts), header.due, header.open, kind, found)

    def decision_of(self, state: bytes) -> Decision:
        """The decision on the state as it stands, anew under this law."""
        held = st.unpack(state)
        return self.decide(held.header.consignment_id, events_of(state), held.header.clock)

    def decide(
        self, consignment_id: str, events: Iterable[Event], now: int | None = None, grants: Mapping[str, int] = ALONE
    ) -> Decision:
        """The decision on a set of events; ``now`` defaults to their latest `recorded_at` (contract 3).

        ``grants``: what it has of quotas, grams by waiver (`settle`); without them it is judged alone.
        """
        consignment = fold(consignment_id, events)
        decision, _ = evaluate(consignment, self.law, consignment.clock if now is None else now, grants)
        if self.notices:
            decision = msgspec.structs.replace(decision, warnings=(*decision.warnings, *self.notices))
        return decision

    def claims(self, consignment_id: str, events: Iterable[Event], now: int | None = None) -> tuple[Claim, ...]:
        """What a set of events claims of the quotas of waivers, for `Ledger.apply`; ``now`` as for `decide`."""
        consignment = fold(consignment_id, events)
        _, case = evaluate(consignment, self.law, consignment.clock if now is None else now)
        return tuple(case.claims.values())

    def settle(self, histories: Mapping[str, Sequence[Event]], now: int | None = None) -> Ledger:
        """The ledger of the quotas that consignments (their events by id) claim of; ``now`` as for `decide`."""
        ledger, capped = Ledger(self.law.waivers), list(self.law.capped.values())
        for ident, events in histories.items() if capped else ():
            if may_claim(events, capped):
                ledger.apply(ident, self.claims(ident, events, now))
        return ledger

    def touched_by(self, state: bytes, previous: Judge) -> bool:
        """Whether the difference between the previous law and this one changes anything announced or due."""
        if self.law.version == previous.law.version:
            return False
        return self.rejudge(state, st.header_of(state).clock, "").kind != "neutral"


def _events(entries: list[Entry]) -> list[Event]:
    return [entry.event for entry in entries if isinstance(entry, EventEntry)]


class _Marks(NamedTuple):
    """What a header said before it was judged anew."""

    due: int | None
    open: bool
    flags: int
    steady_from: int
    steady_until: int
    weighable: Weighable | None
    seals: tuple[str, ...] | None

    def cover(self, header: Header) -> bool:
        """Whether the old marks still lead to every judgement that the new ones would lead to."""
        return (
            (header.due, header.open) == (self.due, self.open)
            and (header.weighable, header.seals) == (self.weighable, self.seals)
            and header.flags & ~self.flags == 0
            and header.steady_from <= self.steady_from
            and self.steady_until <= header.steady_until
        )


def _mark(header: Header, consignment: Consignment, case: Case, decision: Decision) -> None:
    """Write into the header what the next input must know without unpacking the log."""
    last = header.last
    for event in consignment.actual[-1:] + consignment.plans[-1:]:
        last = max(last, (event.occurred_at, event.recorded_at))
    header.last = last
    header.open, header.due = consignment.is_open, decision.due
    header.flags, header.sails = case.flags(), case.sails
    header.steady_from, header.steady_until = case.steady
    header.weighable, header.seals = case.weighable, case.seal_numbers
