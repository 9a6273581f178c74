"""The consignments of one partition in memory, and how they come back from the compacted changelog.

A `PartitionStore` holds encoded states, never objects: 200,000 open consignments must fit. What a batch changes lies
beside what is committed until the commit is known (`stage`, `keep`, `drop`).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from heapq import heappop, heappush
from typing import Any

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # not in its __all__

from streams.kafka.codec import decode_state

_LOOK_AGAIN_S = 2.0
_AT_ONCE = 2_000
"""Records taken from the client in one go. What it has fetched ahead stays in the memory of the process, so that is little too."""
LAW_KEY = b"\x00law"
"""Key of the record that says under which law every consignment of the partition was judged."""

_LATEST = OffsetSpec.latest()  # type: ignore[no-untyped-call]  # untyped in confluent_kafka
Peek = Callable[[bytes], tuple[int | None, bool]]
"""From an encoded state: when it must be looked at again (ms UTC or None), and whether it is open."""


class PartitionStore:
    """States of one partition by consignment id; due times; counts. Not thread-safe."""

    __slots__ = (
        "_due", "_heap", "bytes", "closed", "law", "partition", "position", "staged", "states", "todo", "unread",
    )  # fmt: skip

    def __init__(self, partition: int) -> None:
        self.partition = partition
        self.states: dict[str, bytes] = {}
        self.staged: dict[str, tuple[bytes, int | None, bool]] = {}
        """What the running batch changed: state, due time, open."""
        self.closed: set[str] = set()
        self.position = 0
        """First offset of the changelog that is not in here."""
        self.bytes = 0
        self.law = ""
        """Digest of the law under which all consignments of the partition were judged; empty: not known."""
        self.todo: list[str] = []
        """Consignments to judge again because the law changed."""
        self.unread: set[str] = set()
        """Consignments of which it must still be read whom they name (or named since they were read)."""
        self._due: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []

    def get(self, ident: str) -> bytes | None:
        """The state as the running batch sees it."""
        staged = self.staged.get(ident)
        return staged[0] if staged is not None else self.states.get(ident)

    def due(self, ident: str) -> int | None:
        """When the consignment must be looked at again, as the running batch sees it."""
        staged = self.staged.get(ident)
        return staged[1] if staged is not None else self._due.get(ident)

    def stage(self, ident: str, state: bytes, due: int | None, is_open: bool) -> None:
        """Note what the running batch makes of a consignment."""
        self.staged[ident] = (state, due, is_open)

    def keep(self) -> None:
        """The running batch was committed."""
        for ident, (state, due, is_open) in self.staged.items():
            self._put(ident, state, due, is_open)
        self.staged.clear()

    def drop(self) -> None:
        """The running batch was aborted."""
        self.staged.clear()

    def _put(self, ident: str, state: bytes, due: int | None, is_open: bool) -> None:
        before = self.states.get(ident)
        self.bytes += len(state) - (len(before) if before is not None else 0)
        self.states[ident] = state
        if is_open:
            self.closed.discard(ident)
        else:
            self.closed.add(ident)
        if due != self._due.get(ident):
            if due is None:
                del self._due[ident]
            else:
                self._due[ident] = due
                heappush(self._heap, (due, ident))

    def load(self, ident: str, state: bytes | None, peek: Peek) -> None:
        """A record of the changelog: the state, or None where it was deleted."""
        if state is not None:
            self._put(ident, state, *peek(state))
            self.unread.add(ident)
            return
        gone = self.states.pop(ident, None)
        self.bytes -= len(gone) if gone is not None else 0
        self.closed.discard(ident)
        self._due.pop(ident, None)

    def pop_due(self, now: int, most: int) -> list[tuple[int, str]]:
        """Up to ``most`` consignments whose time has come by ``now`` (ms UTC); put back with `unpop` on abort."""
        found: list[tuple[int, str]] = []
        heap = self._heap
        while heap and heap[0][0] <= now and len(found) < most:
            due, ident = heappop(heap)
            if self._due.get(ident) == due:
                found.append((due, ident))
        return found

    def unpop(self, timers: Iterable[tuple[int, str]]) -> None:
        """Timers that were popped for a batch that did not count."""
        for timer in timers:
            heappush(self._heap, timer)

    @property
    def open_count(self) -> int:
        """How many consignments are open."""
        return len(self.states) - len(self.closed)

    @property
    def waiting(self) -> int:
        """How many timers are set."""
        return len(self._due)

    def next_due(self) -> int | None:
        """The earliest due time (ms UTC), if any; may be one that was moved since."""
        return self._heap[0][0] if self._heap else None


class Restorer:
    """Brings partition stores up to the end of the changelog.

    The end is the high watermark, not the last stable offset: markers of a transaction whose offsets are committed may
    still be on their way to this partition, and what they cover must be in the store before its first event.
    """

    def __init__(self, config: Mapping[str, Any], topic: str, peek: Peek) -> None:
        self._topic, self._peek = topic, peek
        self._admin = AdminClient({k: v for k, v in config.items() if k != "group.id"})
        self._consumer = Consumer({
            "queued.max.messages.kbytes": 16_384, "fetch.queue.backoff.ms": 2, "fetch.wait.max.ms": 20, **config,
            "group.id": f"{config.get('group.id', 'transitwatch')}-restore", "enable.auto.commit": False,
            "enable.partition.eof": True, "isolation.level": "read_committed", "auto.offset.reset": "earliest",
        })  # fmt: skip

    def close(self) -> None:
        """Let go of the consumer."""
        self._consumer.close()

    def _ends(self, partitions: Iterable[int], timeout_s: float) -> dict[int, int]:
        """High watermarks, records of open transactions included; asked again while brokers and leaders change."""
        wanted = {TopicPartition(self._topic, p): _LATEST for p in partitions}
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                answers = self._admin.list_offsets(
                    wanted, isolation_level=IsolationLevel.READ_UNCOMMITTED, request_timeout=10.0
                )
                return {tp.partition: future.result().offset for tp, future in answers.items()}
            except KafkaException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
                self._refresh()

    def _refresh(self) -> None:
        """Have the client learn leaders anew; what it cannot learn yet it learns at the next try."""
        with contextlib.suppress(KafkaException):
            self._admin.list_topics(self._topic, timeout=5.0)

    def restore(
        self, stores: Mapping[int, PartitionStore], timeout_s: float, progress: Callable[[int, int], None]
    ) -> None:
        """Read each store's partition from its position to the end.

        ``progress(done, total)`` in records is called now and then. Raises KafkaException, and TimeoutError when the
        end did not become readable in ``timeout_s`` (an open transaction of a worker that hangs).
        """
        ends = {p: end for p, end in self._ends(stores, timeout_s).items() if end > stores[p].position}
        if not ends:
            return
        begin = {p: stores[p].position for p in ends}
        quiet_since = time.monotonic()
        total, deadline = sum(ends[p] - begin[p] for p in ends), time.monotonic() + timeout_s
        self._consumer.assign([TopicPartition(self._topic, p, begin[p]) for p in ends])
        try:
            while ends:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{self._topic}: {sorted(ends)} not readable to the end in {timeout_s:.0f} s")
                messages = self._consumer.consume(_AT_ONCE, 0.1)
                self._load(messages, stores, ends)
                if messages:
                    quiet_since = time.monotonic()
                elif (
                    ends and time.monotonic() - quiet_since > _LOOK_AGAIN_S
                ):  # be told the end anew: markers came since
                    quiet_since = time.monotonic()
                    self._consumer.assign([TopicPartition(self._topic, p, stores[p].position) for p in ends])
                progress(total - sum(max(0, end - stores[p].position) for p, end in ends.items()), total)
        finally:
            self._consumer.unassign()

    def _load(self, messages: list[Any], stores: Mapping[int, PartitionStore], ends: dict[int, int]) -> None:
        for message in messages:
            store, error = stores[message.partition()], message.error()
            if error is not None:
                if error.code() != KafkaError._PARTITION_EOF:
                    raise KafkaException(error)
                store.position = max(store.position, message.offset())
            else:
                key, value = message.key(), message.value()
                if key == LAW_KEY:
                    store.law = decode_state(value).decode()
                else:
                    store.load(key.decode(), decode_state(value) if value is not None else None, self._peek)
                store.position = message.offset() + 1
            if store.position >= ends.get(store.partition, 1 << 62):
                del ends[store.partition]
