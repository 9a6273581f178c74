"""Which partitions this worker holds, and from where it reads them.

Both event topics are subscribed with the range assignor, which gives the same partition numbers of both topics to the same
worker. When the group gives or takes partitions while messages are being collected, what was collected is thrown away
(`turn` tells): a message read under an earlier generation must not be written under a later one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.errors import EventsLost
from streams.kafka.interleave import Interleaver

Bring = Callable[[set[int]], None]
"""Called with partition numbers before they are read: restores their stores."""


_AGAIN_S = 0.2
_PATIENCE_S = 1.0
"""Longest time that a message waits for an earlier one of the other topic, seconds."""
_WORTH_A_BATCH = 64
"""With so many messages at hand nobody waits for more: `consume` comes back only with all it may take, or when time is over."""
_COORDINATOR = frozenset({
    KafkaError.NOT_COORDINATOR, KafkaError.COORDINATOR_NOT_AVAILABLE, KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.UNSTABLE_OFFSET_COMMIT, KafkaError._TIMED_OUT, KafkaError._TRANSPORT, KafkaError._WAIT_COORD,
})  # fmt: skip


def _passes(error: KafkaError) -> bool:
    """Whether the same question may be answered a moment later."""
    return error.retriable() or error.code() in _COORDINATOR


class Assignment:
    """The consumer of the event topics with the positions that were committed."""

    def __init__(
        self, config: Mapping[str, Any], topics: tuple[str, ...], bring: Bring, timeout_s: float = 60.0,
    ) -> None:  # fmt: skip
        self.topics = topics
        self._bring, self._timeout_s = bring, timeout_s
        self.positions: dict[tuple[str, int], int] = {}
        """First offset per topic and partition that is not committed as done."""
        self.turns = 0
        """Counts the rebalances."""
        self._buffer = Interleaver(topics, _PATIENCE_S, time.monotonic)
        self._paused: set[tuple[str, int]] = set()
        self.group: object = None
        """Membership under which the positions are read; what a transaction is fenced by."""
        self.consumer = Consumer({
            "fetch.wait.max.ms": 10, "fetch.min.bytes": 65_536, "queued.max.messages.kbytes": 65_536, "session.timeout.ms": 6_000, **config,
            "enable.auto.commit": False, "isolation.level": "read_committed", "auto.offset.reset": "error", "enable.partition.eof": True,
            "partition.assignment.strategy": "range",
        })  # fmt: skip

    def join(self) -> None:
        """Join the group; partitions come while `collect` is called."""
        self.consumer.subscribe(list(self.topics), on_assign=self._given, on_revoke=self._taken, on_lost=self._taken)

    @property
    def partitions(self) -> set[int]:
        """The partition numbers held."""
        return {partition for _, partition in self.positions}

    def collect(self, most: int, wait_s: float) -> list[Message]:
        """Up to ``most`` messages; none when the group was rebalanced meanwhile.

        Raises EventsLost, and KafkaException for what cannot heal by itself.
        """
        turns, buffer = self.turns, self._buffer
        ready = buffer.take(most)
        messages = self.consumer.consume(most, 0.0)
        if wait_s and len(ready) + len(messages) < _WORTH_A_BATCH:
            messages += self.consumer.consume(most, wait_s)
        if self.turns != turns:
            self.rewind()
            return []
        buffer.add(m for m in messages if m.error() is None or self._is_end(m))
        if messages and len(messages) >= most // 2:
            buffer.more_is_at_hand()
        if len(ready) < most:
            ready += buffer.take(most - len(ready))
        self._hold_back(most)
        return ready

    def _hold_back(self, most: int) -> None:
        """Stop reading partitions of which too much waits, and go on with those that were used up."""
        for key in self.positions:
            size = self._buffer.size(key)
            if size > 2 * most and key not in self._paused:
                self._paused.add(key)
                self.consumer.pause([TopicPartition(*key)])
            elif size < most // 2 and key in self._paused:
                self._paused.discard(key)
                self.consumer.resume([TopicPartition(*key)])

    def _is_end(self, message: Message) -> bool:
        """Whether it tells the end of a partition; what else is told heals by itself, or is raised."""
        error = message.error()
        assert error is not None
        if error.code() == KafkaError._AUTO_OFFSET_RESET:
            raise EventsLost(str(message.topic()), message.partition() or 0, error.str())
        if error.fatal():
            raise KafkaException(error)
        return error.code() == KafkaError._PARTITION_EOF

    def _given(self, consumer: Consumer, given: list[TopicPartition]) -> None:
        """Restore first, then read from where the group has committed."""
        self.turns += 1
        self._read_from(self._committed(consumer, given))
        self.group = consumer.consumer_group_metadata()

    def _taken(self, _: Consumer, taken: Iterable[TopicPartition]) -> None:
        self.turns += 1
        self._let_go()
        for tp in taken:
            self.positions.pop((tp.topic, tp.partition), None)

    def _committed(self, consumer: Consumer, wanted: Iterable[TopicPartition]) -> list[TopicPartition]:
        """The committed offsets; waits while a transaction that commits them is open."""
        deadline = time.monotonic() + self._timeout_s
        while True:
            try:
                found = consumer.committed(list(wanted), timeout=max(1.0, deadline - time.monotonic()))
                trouble = next((KafkaException(tp.error) for tp in found if tp.error is not None), None)
            except KafkaException as error:
                trouble = error
            if trouble is None:
                return found
            if time.monotonic() > deadline or not _passes(trouble.args[0]):
                raise trouble
            time.sleep(_AGAIN_S)

    def _read_from(self, committed: list[TopicPartition]) -> None:
        self._bring({tp.partition for tp in committed})
        for tp in committed:
            self.positions[tp.topic, tp.partition] = tp.offset if tp.offset >= 0 else OFFSET_BEGINNING
        self.rewind()

    def rewind(self) -> None:
        """Read again from the positions."""
        self._buffer.clear()
        self._let_go()
        if not self.positions:
            return
        self.consumer.assign([TopicPartition(t, p, offset) for (t, p), offset in self.positions.items()])

    def _let_go(self) -> None:
        """Hold no partition back: librdkafka keeps one paused though it is assigned anew, and would read it never again."""
        if self._paused:
            self.consumer.resume([TopicPartition(*key) for key in self._paused])
            self._paused.clear()

    def resync(self) -> None:
        """After a commit of unknown result: take stores and positions from what Kafka says."""
        self._read_from(self._committed(self.consumer, [TopicPartition(t, p) for t, p in self.positions]))

    def advance(self, offsets: Iterable[TopicPartition]) -> None:
        """These offsets were committed."""
        for tp in offsets:
            self.positions[tp.topic, tp.partition] = tp.offset

    def lag(self) -> dict[str, int]:
        """Records not yet read per topic, from what the client knows without asking."""
        behind = dict.fromkeys(self.topics, 0)
        for (topic, partition), offset in self.positions.items():
            try:
                low, high = self.consumer.get_watermark_offsets(TopicPartition(topic, partition), cached=True)
            except KafkaException:
                continue
            if high > 0:
                behind[topic] += max(0, high - max(offset, low))
        return behind

    def close(self) -> None:
        """Leave the group."""
        self.consumer.close()
