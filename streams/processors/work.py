"""One batch of the monitor: inputs become staged states, alert versions and dead letters.

Inputs are events, timers that are due, and consignments that a change of the law touches. Nothing here waits or commits: the
caller begins and ends the transaction around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from streams.errors import StateError
from streams.kafka.changelog import LAW_KEY, PartitionStore
from streams.kafka.codec import Refused, Registry, decode_event, encode_alert, encode_state
from streams.kafka.deadletters import headers_of
from streams.kafka.transaction import Writer
from streams.logs import get_logger
from streams.metrics import Batch
from streams.model.decision import Alert
from streams.model.events import Event
from streams.processors.screening_log import ScreeningLog
from streams.rules.judge import Judge, Outcome
from streams.rules.mentions import names_somebody

log = get_logger(__name__)


class OutTopics(Struct, frozen=True):
    """Where a batch writes."""

    state: str
    alerts: str
    dead: str


class LawInForce(Struct, frozen=True):
    """A judge, when its law came to be (ms UTC; the time of what it makes judge anew), its name and its digest."""

    judge: Judge
    since: int
    name: str
    digest: str


STATE_LIMIT = 15 * 1024 * 1024
"""Bytes; a state beyond it would not fit on its topic, so the event that would make it so is refused."""


class Work:
    """Collects what one transaction writes."""

    def __init__(
        self, law: LawInForce, stores: Mapping[int, PartitionStore], writer: Writer, topics: OutTopics, counts: Batch,
        registry: Registry | None = None, screenings: ScreeningLog | None = None,
    ) -> None:  # fmt: skip
        self._law, self._judge = law, law.judge
        self._screenings = screenings
        if screenings is not None:
            screenings.watch(law.judge.law)
        self._fresh = law.judge.law.fresh if screenings is not None else None
        """What the law works out while it judges, to be recorded; None: nobody asks for it."""
        self._stores, self._writer, self._topics, self._counts = stores, writer, topics, counts
        self._registry = registry
        self.timers: list[tuple[PartitionStore, list[tuple[int, str]]]] = []
        """What was taken off the timers for this batch."""

    def events(self, messages: Iterable[Any]) -> dict[tuple[str, int], int]:
        """Judge event messages; the next offset per topic and partition."""
        upto: dict[tuple[str, int], int] = {}
        counts, registry, judge, fresh = self._counts, self._registry, self._judge, self._fresh
        for message in messages:
            topic, partition = message.topic(), message.partition()
            upto[topic, partition] = message.offset() + 1
            time = message.timestamp()[1]
            value = message.value()
            try:
                event = decode_event(value if value is not None else b"", time, registry)
                ident = event.consignment_id
                if message.key() != ident.encode():
                    raise _wrong_key(message.key(), ident)
                store = self._stores[partition]
                due = store.due(ident)
                if due is not None and due <= event.recorded_at:
                    self._tick_upto(store, ident, event.recorded_at)
                outcome = _apply(judge, store.get(ident), event)
                if fresh:
                    self._record(ident, time)
            except Refused as refused:
                self._refuse(message, time, refused)
                continue
            counts.event(event.type, outcome.kind)
            if outcome.kind != "duplicate":
                store.staged[ident] = (outcome.state, outcome.due, outcome.open)
                if names_somebody(event):
                    store.unread.add(ident)
                if outcome.alerts or outcome.found:
                    self._tell(outcome, time)
        return upto

    def _refuse(self, message: Any, time: int, refused: Refused) -> None:
        own = message.headers() or ()
        headers = headers_of(message.topic(), message.partition(), message.offset(), time, refused, own)
        self._writer.produce_dead(self._topics.dead, message.key(), message.value(), headers)
        self._counts.dead_letter(refused.reason)

    def _tick_upto(self, store: PartitionStore, ident: str, now: int) -> None:
        """Let the timers of a consignment fire that lie before its next event."""
        while (due := store.due(ident)) is not None and due <= now:
            self._tick(store, ident, due)

    def _tick(self, store: PartitionStore, ident: str, due: int) -> None:
        state = store.get(ident)
        if state is None:
            raise StateError(f"{ident}: a timer of a consignment that is not in the store")
        outcome = self._judge.tick(state, due)
        if outcome.due is not None and outcome.due <= due:
            raise StateError(f"{ident}: judged at {due}, due again at {outcome.due}")
        if self._fresh:
            self._record(ident, due)
        store.stage(ident, outcome.state, outcome.due, outcome.open)
        self._tell(outcome, None)

    def due(self, now: int, most: int) -> int:
        """Fire up to ``most`` timers due by ``now`` (ms UTC); how many did."""
        fired = 0
        for store in self._stores.values():
            popped = store.pop_due(now, most - fired)
            if popped:
                self.timers.append((store, popped))
            for due, ident in popped:
                if store.due(ident) == due:
                    self._tick(store, ident, due)
                    fired += 1
        return fired

    def rejudge(self, store: PartitionStore, idents: Iterable[str]) -> int:
        """Judge consignments again under the law in force; how many were."""
        count = 0
        for ident in idents:
            state = store.get(ident)
            if state is None:
                continue
            outcome = self._judge.rejudge(state, self._law.since, self._law.name)
            if self._fresh:
                self._record(ident, self._law.since)
            count += 1
            if outcome.kind != "neutral":
                store.stage(ident, outcome.state, outcome.due, outcome.open)
                self._tell(outcome, None)
        return count

    def mark_law(self, store: PartitionStore) -> None:
        """Write that every consignment of the partition is judged under the law in force."""
        value = encode_state(self._law.digest.encode())
        self._writer.produce(self._topics.state, LAW_KEY, value, store.partition)
        if self._screenings is not None:
            law = self._law
            self._screenings.judged_through(law.judge.law, law.digest, store.partition, law.since)

    def _record(self, ident: str, at: int) -> None:
        """Note who was screened for a consignment."""
        if self._screenings is not None:
            self._screenings.take(self._judge.law, self._law.digest, ident, at)

    def states(self) -> None:
        """Write what the batch made of each consignment, once, and who was screened."""
        if self._screenings is not None:
            self._screenings.write(self._writer)
        produce, topic = self._writer.produce, self._topics.state
        for partition, store in self._stores.items():
            for ident, staged in store.staged.items():
                produce(topic, ident.encode(), encode_state(staged[0]), partition)

    def _tell(self, outcome: Outcome, caused: int | None) -> None:
        for rule, verdict in outcome.found:
            self._counts.finding(rule, verdict)
        for alert in outcome.alerts:
            self._announce(alert, caused)

    def _announce(self, alert: Alert, caused: int | None) -> None:
        value = encode_alert(alert, self._registry)
        self._writer.produce(self._topics.alerts, alert.consignment_id.encode(), value)
        self._counts.alert(alert.rule, alert.verdict, alert.status, caused)


def _apply(judge: Judge, state: bytes | None, event: Event) -> Outcome:
    """`Judge.apply`; a fault of ours in it must not stop what is behind this event: the event becomes a dead letter."""
    try:
        outcome = judge.apply(state, event)
    except Exception as error:
        log.exception("an event could not be judged", event=event.uid, consignment=event.consignment_id)
        raise Refused("other", f"could not be judged ({type(error).__name__}: {error})", "$", event.uid,
                      "an event that the rules can judge; report this") from error  # fmt: skip
    if len(outcome.state) > STATE_LIMIT:
        raise Refused("too_large", "the consignment's state would not fit", "$", str(len(outcome.state)),
                      f"at most {STATE_LIMIT} bytes for all events of a consignment")  # fmt: skip
    return outcome


def _wrong_key(key: bytes | None, ident: str) -> Refused:
    shown = repr(key if key is None or len(key) <= 80 else key[:77] + b"...")
    return Refused("wrong_key", "key is not the consignment id", "key", shown, repr(ident))
