"""Two topics read in order of time: a consignment's papers must not overtake its goods only because a topic is shorter.

After a pause both topics hold a backlog, and the shorter one would be read to its end first: every consignment would be
judged on half of what was sent about it, and alerts would be opened only to be withdrawn. So of two co-partitioned topics
the message with the earlier timestamp goes first, as Kafka Streams does it. A message waits only while its
counterpart may still hold an earlier one: not read to its end, nothing of it at hand; and no longer than `patience_s`.
The order within each partition stays as it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

Key = tuple[str, int]


class Interleaver:
    """Buffers messages of several topics and hands them out in order of time, partition number by partition number."""

    def __init__(self, topics: tuple[str, ...], patience_s: float, monotonic: Callable[[], float]) -> None:
        self._topics, self._patience_s, self._monotonic = topics, patience_s, monotonic
        self._turn = 0
        self._held: dict[Key, deque[Any]] = {}
        self._upto: dict[Key, int] = {}
        """First offset per topic and partition that was not taken yet."""
        self._at_end: set[Key] = set()
        self._waiting_since: dict[int, float] = {}

    def clear(self) -> None:
        """Forget everything, because it will be read again."""
        self._held.clear()
        self._upto.clear()
        self._at_end.clear()
        self._waiting_since.clear()

    def add(self, messages: Iterable[Any]) -> None:
        """Take messages, those that tell the end of a partition among them (others with an error are not for here).

        A partition that was paused and resumed gives again what it gave already: that is left out.
        """
        held, at_end, upto = self._held, self._at_end, self._upto
        for message in messages:
            key = (message.topic(), message.partition())
            if message.error() is not None:
                at_end.add(key)
                continue
            offset = message.offset()
            if offset < upto.get(key, 0):
                continue
            upto[key] = offset + 1
            queue = held.get(key)
            if queue is None:
                queue = held[key] = deque()
            queue.append(message)
            at_end.discard(key)

    def more_is_at_hand(self) -> None:
        """The client holds more than it gave: what is waited for may be among it, so the wait begins anew."""
        self._waiting_since.clear()

    def size(self, key: Key) -> int:
        """How many messages of a topic and partition are at hand."""
        queue = self._held.get(key)
        return len(queue) if queue is not None else 0

    @property
    def empty(self) -> bool:
        """Whether nothing is at hand."""
        return not any(self._held.values())

    def take(self, most: int) -> list[Any]:
        """Up to ``most`` messages that may go now."""
        found: list[Any] = []
        partitions = sorted({partition for (_, partition), queue in self._held.items() if queue})
        if partitions:
            self._turn += 1
            first = self._turn % len(partitions)
            for partition in (*partitions[first:], *partitions[:first]):  # each partition is first in turn
                self._take(partition, most - len(found), found)
        return found

    def _take(self, partition: int, most: int, found: list[Any]) -> None:
        queues = [self._held.get((topic, partition)) for topic in self._topics]
        while most > 0:
            heads = [queue for queue in queues if queue]
            if not heads:
                break
            if len(heads) < len(queues) and not self._may_go(partition):
                return
            queue = min(heads, key=_time_of_head) if len(heads) > 1 else heads[0]
            found.append(queue.popleft())
            most -= 1
        self._waiting_since.pop(partition, None)

    def _may_go(self, partition: int) -> bool:
        """Whether no earlier message can come any more, or was waited for long enough."""
        if all((t, partition) in self._at_end or self._held.get((t, partition)) for t in self._topics):
            return True
        now = self._monotonic()
        return now - self._waiting_since.setdefault(partition, now) >= self._patience_s


def _time_of_head(queue: deque[Any]) -> int:
    time: int = queue[0].timestamp()[1]
    return time
