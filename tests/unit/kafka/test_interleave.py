"""Two topics come out in order of time; nothing is lost, and nothing waits for ever."""

from __future__ import annotations

import itertools
import random
from typing import NamedTuple

from streams.kafka.interleave import Interleaver

TOPICS = ("goods", "papers")


COUNTER = itertools.count()


class Message(NamedTuple):
    """As much of a Kafka message as the interleaver looks at."""

    where: tuple[str, int]
    time: int
    end: bool = False
    place: int | None = None

    def offset(self) -> int:
        return next(COUNTER) if self.place is None else self.place

    def topic(self) -> str:
        return self.where[0]

    def partition(self) -> int:
        return self.where[1]

    def timestamp(self) -> tuple[int, int]:
        return (1, self.time)

    def error(self) -> object:
        return "end" if self.end else None


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def goods(time: int, partition: int = 0) -> Message:
    return Message(("goods", partition), time)


def papers(time: int, partition: int = 0) -> Message:
    return Message(("papers", partition), time)


def end(topic: str, partition: int = 0) -> Message:
    return Message((topic, partition), 0, end=True)


def test_the_earlier_of_both_topics_goes_first() -> None:
    buffer = Interleaver(TOPICS, 1.0, Clock())
    buffer.add([papers(2), papers(4), end("papers"), goods(1), goods(3), end("goods")])
    assert [m.time for m in buffer.take(10)] == [1, 2, 3, 4]


def test_a_message_waits_while_the_other_topic_may_hold_an_earlier_one() -> None:
    buffer = Interleaver(TOPICS, 1.0, Clock())
    buffer.add([papers(2), end("papers")])
    assert buffer.take(10) == []
    buffer.add([goods(1)])
    assert [m.time for m in buffer.take(10)] == [1]
    buffer.add([end("goods")])
    assert [m.time for m in buffer.take(10)] == [2]


def test_nobody_waits_longer_than_the_patience() -> None:
    clock = Clock()
    buffer = Interleaver(TOPICS, 1.0, clock)
    buffer.add([papers(2)])
    assert buffer.take(10) == []
    clock.now = 1.0
    assert [m.time for m in buffer.take(10)] == [2]


def test_the_patience_begins_anew_while_the_client_has_more_to_give() -> None:
    clock = Clock()
    buffer = Interleaver(TOPICS, 1.0, clock)
    buffer.add([papers(2)])
    assert buffer.take(10) == []
    clock.now = 0.9
    buffer.more_is_at_hand()
    assert buffer.take(10) == []
    clock.now = 1.8
    assert buffer.take(10) == []
    clock.now = 2.0
    assert [m.time for m in buffer.take(10)] == [2]


def test_partitions_do_not_wait_for_each_other_and_take_turns() -> None:
    buffer = Interleaver(TOPICS, 1.0, Clock())
    for partition in (0, 1):
        buffer.add([goods(n, partition) for n in range(5)])
        buffer.add([end("papers", partition)])
    assert {m.partition() for _ in range(2) for m in buffer.take(5)} == {0, 1}
    assert buffer.empty


def test_order_within_a_partition_is_kept_even_when_its_times_are_not_in_order() -> None:
    rng = random.Random(4)
    buffer = Interleaver(TOPICS, 1.0, Clock())
    sent = [Message((rng.choice(TOPICS), rng.randrange(3)), rng.randrange(100)) for _ in range(500)]
    buffer.add(sent)
    buffer.add([end(topic, partition) for topic in TOPICS for partition in range(3)])
    got = [m for _ in range(100) for m in buffer.take(7)]
    for where in {m.where for m in sent}:
        assert [m.time for m in got if m.where == where] == [m.time for m in sent if m.where == where]
    assert len(got) == len(sent)


def test_what_a_resumed_partition_gives_again_is_left_out() -> None:
    buffer = Interleaver(TOPICS, 1.0, Clock())
    given = [Message(("goods", 0), time=n, place=n) for n in range(5)]
    buffer.add([*given, *given[2:], Message(("goods", 0), time=5, place=5), end("papers")])
    assert [m.time for m in buffer.take(20)] == [0, 1, 2, 3, 4, 5]
    buffer.clear()
    buffer.add([*given, end("papers")])
    assert [m.time for m in buffer.take(20)] == [0, 1, 2, 3, 4]
