from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from confluent_kafka import Producer, TopicPartition

from streams.embedded.broker import EmbeddedBroker
from streams.kafka.assignment import Assignment

TOPICS = ("shipments.events", "customs.events")
MANY = 600


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as found:
        found.touch(TOPICS)
        producer = Producer({"bootstrap.servers": found.bootstrap})
        for number in range(MANY):
            producer.produce(TOPICS[0], str(number).encode(), b"KTZ-1", partition=1)
        assert producer.flush(20) == 0
        yield found


@pytest.fixture
def assignment(broker: EmbeddedBroker, request: pytest.FixtureRequest) -> Iterator[Assignment]:
    config = {"bootstrap.servers": broker.bootstrap, "group.id": request.node.name}
    found = Assignment(config, TOPICS, lambda _: None)
    found.join()
    yield found
    found.close()


def collected(assignment: Assignment, count: int, most: int, limit_s: float = 30.0) -> list[bytes]:
    values: list[bytes] = []
    deadline = time.monotonic() + limit_s
    while len(values) < count:
        assert time.monotonic() < deadline, f"{len(values)} of {count} after {limit_s:.0f} s"
        values += [m.value() or b"" for m in assignment.collect(most, 0.1)]
    return values


def test_every_message_is_collected_once_in_order(assignment: Assignment) -> None:
    assert collected(assignment, MANY, 50) == [str(number).encode() for number in range(MANY)]


def test_after_a_rewind_partitions_that_were_held_back_are_read_again(assignment: Assignment) -> None:
    collected(assignment, 1, 20)
    assignment._paused.add((TOPICS[0], 1))
    assignment.consumer.pause([TopicPartition(TOPICS[0], 1)])
    assignment.rewind()
    assert collected(assignment, MANY, 50) == [str(number).encode() for number in range(MANY)]
