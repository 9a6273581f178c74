"""The reference keeper: brings what is published on the reference topics into Redis (Faust agents).

Faust marks a message done when its agent raised, and its committed offsets say nothing sure about what was done. So
the truth about progress lies beside the data: each version in Redis carries the topic offsets that it holds, in the same
atomic switch. At start, and whenever Redis holds less than was put there (emptied, restarted from an old
dump), everything is built anew from the topics; messages already held are left out.

==============================  ==========================================================================
if it dies or fails             then
==============================  ==========================================================================
before the switch               the unfinished version expires; the start builds from the topics
after the switch                the messages come again and are left out by their offsets
Redis away                      tried again with a growing pause; after `patience_s` the worker stops
a message that is no record     logged and counted, kept on the topic; everything around it goes on
==============================  ==========================================================================
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import redis
import structlog
from msgspec import Struct

from streams.errors import InvalidInput, ReferenceUnavailable
from streams.kafka.codec import decode_record
from streams.model.reference import AnyRecord, ListState
from streams.reference.store import Pointer, RedisStore, VersionGone
from streams.reference.topics import TopicState, partition_key

log = structlog.get_logger(__name__)
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 10.0


class KeeperPolicy(Struct, frozen=True, kw_only=True):
    """How a burst becomes one version and how long trouble is borne; all times in seconds.

    A version is made when nothing came for `quiet_s`, or `max_wait_s` after the first change, or at `max_batch` changes.
    `check_s`: how often Redis is asked whether it still holds what it should.
    """

    quiet_s: float = 0.2
    max_wait_s: float = 2.0
    max_batch: int = 1000
    check_s: float = 2.0
    patience_s: float = 300.0


class KeeperState(Struct):
    """Counts for metrics and tests: versions made, builds from the topics, messages left out and not readable."""

    versions: int = 0
    rebuilds: int = 0
    repeated: int = 0
    unreadable: int = 0
    pointer: Pointer | None = None
    lists: dict[str, int] = {}
    in_step_at: float = 0.0


class _Waiting(Struct, frozen=True):
    """A record not yet in Redis, and where it came from."""

    record: AnyRecord
    where: str
    offset: int


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


class Keeper:
    """Collects messages and keeps Redis in step. Not bound to Faust; one task calls `run`, others `take`."""

    def __init__(
        self,
        store: RedisStore,
        read_topics: Callable[[], TopicState],
        policy: KeeperPolicy | None = None,
        *,
        wall_ms: Callable[[], int] = _wall_ms,
        monotonic: Callable[[], float] = time.monotonic,
        on_change: Callable[[KeeperState], None] | None = None,
    ) -> None:
        self.policy = policy or KeeperPolicy()
        self.state = KeeperState()
        self._store, self._read_topics = store, read_topics
        self._wall_ms, self._monotonic = wall_ms, monotonic
        self._on_change = on_change
        self._waiting: dict[str, _Waiting] = {}
        self._offsets: dict[str, int] = {}
        self._held: dict[str, int] = {}
        self._came = asyncio.Event()

    def take(self, topic: str, partition: int, offset: int, value: bytes | None) -> None:
        """Note one message; what Redis holds already is left out. Never raises for the message's content."""
        where = partition_key(topic, partition)
        if offset < self._held.get(where, 0):
            self.state.repeated += 1
            return
        self._offsets[where] = max(self._offsets.get(where, 0), offset + 1)
        if value is not None:
            try:
                record = decode_record(value)
            except InvalidInput as refused:
                self.state.unreadable += 1
                log.error("reference message is no record", at=f"{where}@{offset}", because=str(refused))  # noqa: TRY400  # its reason says all
            else:
                self._waiting[record.record_key] = _Waiting(record, where, offset)
        self._came.set()

    async def run(self) -> None:
        """Keep Redis in step until cancelled. Raises ReferenceUnavailable when trouble outlasts `patience_s`."""
        await self._patiently(self._rebuild, "start")
        while True:
            try:
                await asyncio.wait_for(self._came.wait(), self.policy.check_s)
            except TimeoutError:
                await self._patiently(self._check, "check")
                continue
            await self._collect()
            await self._patiently(self._flush, "changes")

    async def _collect(self) -> None:
        """Wait until a burst of messages is over."""
        start = self._monotonic()
        while len(self._waiting) < self.policy.max_batch and self._monotonic() - start < self.policy.max_wait_s:
            self._came.clear()
            try:
                await asyncio.wait_for(self._came.wait(), self.policy.quiet_s)
            except TimeoutError:
                return
        self._came.clear()

    async def _patiently(self, step: Callable[[], None], what: str) -> None:
        """Do a step in a thread; when Redis or Kafka is away, again with a growing pause."""
        start, pause = self._monotonic(), _FIRST_PAUSE_S
        while True:
            try:
                await asyncio.to_thread(step)
            except (redis.RedisError, OSError, VersionGone, ReferenceUnavailable) as error:
                if self._monotonic() - start > self.policy.patience_s:
                    raise ReferenceUnavailable(
                        f"Redis could not be kept for {self.policy.patience_s:.0f} s: {error}"
                    ) from error
                log.warning(
                    "reference keeper tries again", step=what, because=f"{type(error).__name__}: {error}", pause_s=pause
                )
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)
            else:
                break
        self.state.in_step_at = self._monotonic()
        if self._on_change is not None:
            self._on_change(self.state)

    def _rebuild(self) -> None:
        """Read the topics whole and put that in force."""
        found = self._read_topics()
        for bad in found.unreadable:
            log.error(
                "reference message is no record", at=f"{bad.topic}:{bad.partition}@{bad.offset}", because=bad.because
            )
        pointer = self._store.replace(found.records.values(), found.offsets, self._wall_ms())
        self.state.rebuilds += 1
        self._held = dict(found.offsets)
        self._moved(pointer, found.records.values())

    def _check(self) -> None:
        """Build anew when Redis does not hold what was put there."""
        pointer = self._store.pointer()
        if pointer != self.state.pointer or not self._store.complete(pointer):
            log.warning("Redis does not hold the reference records as they were put; building anew", found=pointer)
            self._rebuild()

    def _flush(self) -> None:
        """Put what was collected in force as one version."""
        waiting, offsets = dict(self._waiting), dict(self._offsets)
        changes = {key: w.record for key, w in waiting.items() if w.offset >= self._held.get(w.where, 0)}
        if self._store.pointer() != self.state.pointer:
            self._rebuild()
        else:
            try:
                pointer = self._store.apply(changes, offsets, self._wall_ms())
            except VersionGone:
                self._rebuild()
            else:
                self._held.update(offsets)
                self._moved(pointer, changes.values())
        for key, taken in waiting.items():  # what came meanwhile stays for the next version
            if self._waiting.get(key) is taken:
                del self._waiting[key]

    def _moved(self, pointer: Pointer, records: Any) -> None:
        self.state.versions += pointer != self.state.pointer
        self.state.pointer = pointer
        for record in records:
            if isinstance(record, ListState) and record.fetched_at is not None:
                self.state.lists[record.list] = record.fetched_at
        log.info("reference records in force", version=pointer.version, records=pointer.records, digest=pointer.digest)
