"""The monitor: decode, fold, judge, announce, and commit it all with the consumed offsets in one Kafka transaction.

One turn of the loop, in order, and what holds if the process dies after each step:

=====================================  =================================================================================
step                                   if it dies here, then
=====================================  =================================================================================
1 collect messages                     nothing was written; the next owner reads them
2 begin, judge, produce                the transaction is aborted (by the restarted slot at once, else by its timeout);
                                       readers of committed records see nothing of it
3 send offsets, commit                 either all of it counts or nothing: the coordinator's log decides
4 keep states in memory                memory is a cache: restored from the changelog up to its end
=====================================  =================================================================================

A transaction that was aborted is read again from the committed positions. One whose result is unknown replaces
the producer (which settles it), restores the states and the positions, and goes on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaException, TopicPartition

from streams.errors import ProducerLost, SlotTaken, TransactionAborted
from streams.kafka.assignment import Assignment
from streams.kafka.changelog import PartitionStore, Restorer
from streams.kafka.client import consumer_config, producer_config
from streams.kafka.codec import Registry
from streams.kafka.topics import ALERTS, DEAD, EVENT_TOPICS, SCREENINGS, STATE, topic_name
from streams.kafka.transaction import AtLeastOnceWriter, TransactionalWriter, TransactionPolicy, Writer
from streams.logs import get_logger
from streams.metrics import Metrics
from streams.processors.collecting import Collecting
from streams.processors.law import LawKeeper, Switch
from streams.processors.party_index import PartyIndex
from streams.processors.screening_log import ScreeningLog
from streams.processors.status import Status
from streams.processors.work import LawInForce, OutTopics, Work
from streams.reference.source import ReferenceSource
from streams.rules.state import header_of
from streams.settings import Settings

log = get_logger(__name__)
_REJUDGE_AT_ONCE = 2_000
_TIMERS_AT_ONCE = 4_000
_READ_S = 0.002
"""Time of each turn in which it is read whom consignments name."""
_FENCED_AGAIN_S = 30.0
_PAUSES_S = (0.1, 0.5, 1.0, 2.0, 5.0)


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _peek(state: bytes) -> tuple[int | None, bool]:
    header = header_of(state)
    return header.due, header.open


class Monitor:
    """One worker. `run` returns when ``stop`` is set; it raises what makes going on impossible."""

    def __init__(
        self, settings: Settings, source: ReferenceSource, metrics: Metrics, stop: threading.Event,
        *, registry: Registry | None = None, wall_ms: Callable[[], int] = _wall_ms,
    ) -> None:  # fmt: skip
        self._settings, self._metrics, self._stop = settings, metrics, stop
        self._registry, self._wall_ms = registry, wall_ms
        self.status = Status(metrics, settings.http.stalled_after_s)
        self._law = LawKeeper(source)
        prefix = settings.kafka.topic_prefix
        recorded = settings.monitor.screenings == "recorded"
        self._screenings = ScreeningLog(topic_name(prefix, SCREENINGS)) if recorded else None
        self._topics = OutTopics(topic_name(prefix, STATE), topic_name(prefix, ALERTS), topic_name(prefix, DEAD))
        self._inputs = tuple(topic_name(prefix, name) for name in EVENT_TOPICS)
        self._kept: dict[int, PartitionStore] = {}
        """Stores of all partitions ever held here: a partition that comes back only reads what it missed."""
        self._stores: dict[int, PartitionStore] = {}
        self._parties = PartyIndex()
        self._collecting = Collecting()
        self._unread = False
        self._reading_since: float | None = None
        self._counts = metrics.batch()
        self._rejudging_since: float | None = None
        self._fenced_at = -1e9
        self._aborts = 0
        self.left_behind: list[Writer] = []
        """Writers whose client hangs: with one of them the process cannot end in the ordinary way."""

    @property
    def reading(self) -> bool:
        """Whether it must still be read whom some of the consignments name: until then a changed list takes longer."""
        return self._unread or any(store.unread for store in list(self._stores.values()))

    def run(self) -> None:
        """Judge until stopped.

        Raises ReferenceUnavailable, ReferenceStale, DeadLetterUnwritable, EventsLost, SlotTaken, KafkaException.
        """
        law = self._law.first(self._stop, self._settings.reference.max_staleness_s)
        if law is None:
            return
        self.status.law(law, self._law.source.state)
        config = consumer_config(self._settings.kafka, self._settings.monitor.group)
        timeout_s = self._settings.monitor.transaction_timeout_s
        self._restorer = Restorer(config, self._topics.state, _peek)
        self._assignment = Assignment(config, self._inputs, self._bring, timeout_s + 30)
        try:
            self._writer = self._new_writer()
            self._assignment.join()
            while not self._stop.is_set():
                self._turn()
        finally:
            self._close()

    def _new_writer(self) -> Writer:
        monitor = self._settings.monitor
        config = producer_config(self._settings.kafka)
        if monitor.processing_guarantee == "at_least_once":
            return AtLeastOnceWriter(config, self._assignment.consumer)
        policy = TransactionPolicy(timeout_s=monitor.transaction_timeout_s)
        writer = TransactionalWriter(config, monitor.transactional_id, policy, self.status.turned)
        writer.start()
        return writer

    def _leave(self) -> None:
        """Let go of the writer; one that hangs is only kept from being collected, as that would wait for it."""
        self._writer.close()
        if self._writer.hangs:
            self.left_behind.append(self._writer)

    def _close(self) -> None:
        self.status.stopping()
        if hasattr(self, "_writer"):
            self._leave()
        self._assignment.close()
        self._restorer.close()
        self._law.close()

    def _bring(self, partitions: set[int]) -> None:
        """Restore the stores of partitions that are given to this worker."""
        started = time.monotonic()
        for partition in partitions:
            self._kept.setdefault(partition, PartitionStore(partition))
        wanted = {p: self._kept[p] for p in partitions}
        self.status.restoring(0, 1)
        timeout_s = self._settings.monitor.transaction_timeout_s + 60
        self._restorer.restore(wanted, timeout_s, self.status.restoring)
        self._stores = {p: self._kept[p] for p in self._kept if p in partitions or p in self._assignment.partitions}
        law = self._law.now
        for store in wanted.values():
            if law is not None and store.law != law.digest:
                store.todo = list(store.states)
                self._rejudging_since = time.monotonic()
        self._reading_since = time.monotonic()
        self.status.restored(time.monotonic() - started)
        count = sum(len(s.states) for s in wanted.values())
        log.info("partitions restored", partitions=sorted(partitions), consignments=count,
                 seconds=round(time.monotonic() - started, 3))  # fmt: skip

    def _turn(self) -> None:
        """One turn of the loop."""
        self.status.turned()
        self._follow_law()
        monitor = self._settings.monitor
        busy = self._unread or any(store.todo for store in self._stores.values())
        messages = self._assignment.collect(monitor.batch_events, 0.0 if busy else monitor.batch_wait_s)
        held = self._assignment.partitions
        if self._stores.keys() != held:
            self._stores = {p: self._kept[p] for p in held}
        self.status.assigned(self._stores, self._assignment.lag, messages)
        law = self._law.now
        assert law is not None
        now = self._wall_ms() if monitor.clock == "wall" else None
        if messages or self._todo(law) or (now is not None and self._timer_due(now)):
            self._transact(law, messages, now)
        self._read_on()
        self._collecting.turn()

    def _read_on(self) -> None:
        """Read a little of whom consignments name."""
        self._unread = self._parties.read_on(self._stores, _READ_S)
        if self._reading_since is not None and not self._unread:
            seconds = round(time.monotonic() - self._reading_since, 3)
            log.info("parties read", parties=len(self._parties.known), seconds=seconds)
            self._reading_since = None

    def _timer_due(self, now: int) -> bool:
        return any((due := s.next_due()) is not None and due <= now for s in self._stores.values())

    def _todo(self, law: LawInForce) -> bool:
        return any(store.todo or store.law != law.digest for store in self._stores.values())

    def _follow_law(self) -> None:
        """Take what the reference source tells; list what it touches."""
        switch = self._law.poll()
        source = self._law.source
        snapshot = source.current()
        self.status.reference(source.state, snapshot.lists if snapshot is not None else {}, source.age_s)
        if switch is None:
            return
        self.status.law(switch.now, self._law.source.state)
        if not switch.same:
            self._list_touched(switch)

    def _list_touched(self, switch: Switch) -> None:
        started = time.monotonic()
        self._rejudging_since = started
        old = switch.before
        before = old.judge.law if old is not None else None
        found = self._parties.touched(
            before, switch.now.judge.law, self._stores,
            lambda store: old is not None and (store.law == old.digest or bool(store.todo)), self.status.turned,
        )  # fmt: skip
        for store, idents in found:
            store.todo = list(dict.fromkeys([*store.todo, *idents]))
        log.info("law changed", touched=sum(len(s.todo) for s in self._stores.values()),
                 of=sum(len(s.states) for s in self._stores.values()), seconds=round(time.monotonic() - started, 3))  # fmt: skip

    def _transact(self, law: LawInForce, messages: list[Any], now: int | None) -> None:
        """One transaction."""
        started = time.monotonic()
        work = Work(
            law, self._stores, self._writer, self._topics, self._counts, self._registry, self._screenings
        )  # fmt: skip
        rejudged: dict[int, int] = {}
        marked: list[PartitionStore] = []
        try:
            self._writer.begin()
            upto = work.events(messages)
            if now is not None:
                work.due(now, _TIMERS_AT_ONCE)
            for store in self._stores.values():
                rejudged[store.partition] = self._rejudge(work, store, _REJUDGE_AT_ONCE - sum(rejudged.values()))
                if rejudged[store.partition] == len(store.todo) and store.law != law.digest:
                    work.mark_law(store)
                    marked.append(store)
            work.states()
            offsets = [TopicPartition(topic, partition, offset) for (topic, partition), offset in upto.items()]
            self._writer.commit(offsets, self._assignment.group)
        except TransactionAborted as error:
            self._undo(work, "aborted", started)
            self._again(error)
        except ProducerLost as error:
            self._undo(work, "unknown" if error.cause == "commit_unknown" else "aborted", started)
            self._replace(error)
        except BaseException:
            self._undo(work, "aborted", started)
            raise
        else:
            self._keep(law, rejudged, marked, offsets, started)

    def _rejudge(self, work: Work, store: PartitionStore, most: int) -> int:
        chunk = store.todo[:most] if most > 0 else []
        work.rejudge(store, chunk)
        return len(chunk)

    def _keep(
        self, law: LawInForce, rejudged: dict[int, int], marked: list[PartitionStore], offsets: list[TopicPartition],
        started: float,
    ) -> None:  # fmt: skip
        """The transaction counts: so does what is in memory."""
        for store in self._stores.values():
            store.keep()
            del store.todo[: rejudged.get(store.partition, 0)]
        for store in marked:
            store.law = law.digest
        if self._screenings is not None:
            self._screenings.keep()
        self._assignment.advance(offsets)
        self._aborts = 0
        self._counts.commit()
        self._metrics.transaction_ended("committed", time.monotonic() - started)
        done = sum(rejudged.values())
        if done:
            self._metrics.rejudged.add(done)
        if self._rejudging_since is not None and not self._todo(law):
            seconds = time.monotonic() - self._rejudging_since
            self._metrics.rejudge_seconds.observe(seconds)
            self._rejudging_since = None
            log.info("law change judged through", seconds=round(seconds, 3))
        self.status.committed()

    def _undo(self, work: Work, result: str, started: float) -> None:
        """The transaction does not count: forget what it made."""
        for store, timers in work.timers:
            store.unpop(timers)
        for store in self._stores.values():
            store.drop()
        self._counts.discard()
        self._metrics.transaction_ended(result, time.monotonic() - started)  # type: ignore[arg-type]  # one of its values

    def _again(self, error: TransactionAborted) -> None:
        pause = _PAUSES_S[min(self._aborts, len(_PAUSES_S) - 1)]
        self._aborts += 1
        log.warning("transaction aborted, reading again", because=str(error), pause_s=pause)
        self._stop.wait(pause)
        self._assignment.rewind()

    def _replace(self, error: ProducerLost) -> None:
        """A new producer of the same id settles the old one's transaction; then see what counts.

        Raises SlotTaken when this happens again at once: then another process uses the id.
        """
        log.warning("replacing the transactional producer", cause=error.cause, because=error.because)
        self._metrics.producer_replaced(error.cause)  # type: ignore[arg-type]  # one of its values
        if error.cause == "fenced":
            if time.monotonic() - self._fenced_at < _FENCED_AGAIN_S:
                raise SlotTaken(self._settings.monitor.transactional_id) from error
            self._fenced_at = time.monotonic()
        self._leave()
        tries = 0
        while not self._stop.is_set():
            self.status.turned()
            try:
                self._writer = self._new_writer()
                self._assignment.resync()
            except (ProducerLost, KafkaException, TimeoutError) as trouble:
                pause = _PAUSES_S[min(tries, len(_PAUSES_S) - 1)]
                tries += 1
                log.warning("Kafka does not answer yet", because=str(trouble), pause_s=pause)
                self._stop.wait(pause)
            else:
                return
