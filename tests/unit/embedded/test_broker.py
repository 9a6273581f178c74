from __future__ import annotations

import uuid

import pytest
from confluent_kafka import Consumer, Producer

from streams.embedded.broker import PARTITIONS, EmbeddedBroker
from streams.errors import KafkaUnavailable


def test_what_one_client_writes_another_reads() -> None:
    with EmbeddedBroker() as broker:
        broker.touch(["events"])
        producer = Producer({"bootstrap.servers": broker.bootstrap})
        producer.produce("events", b"value", b"key")
        assert producer.flush(20) == 0
        consumer = Consumer({
            "bootstrap.servers": broker.bootstrap, "group.id": uuid.uuid4().hex, "auto.offset.reset": "earliest",
        })  # fmt: skip
        consumer.subscribe(["events"])
        try:
            found = next(m for m in iter(lambda: consumer.poll(20), None) if m.error() is None)
            assert (found.key(), found.value()) == (b"key", b"value")
        finally:
            consumer.close()


def test_a_touched_topic_is_there_with_its_partitions() -> None:
    with EmbeddedBroker() as broker:
        broker.touch(["alerts", "deadletters"])
        topics = Producer({"bootstrap.servers": broker.bootstrap}).list_topics(timeout=20).topics
        assert {name: len(topics[name].partitions) for name in ("alerts", "deadletters")} == {
            "alerts": PARTITIONS,
            "deadletters": PARTITIONS,
        }


def test_two_brokers_do_not_share_topics() -> None:
    with EmbeddedBroker() as one, EmbeddedBroker() as other:
        one.touch(["alerts"])
        assert one.bootstrap != other.bootstrap
        assert "alerts" not in Producer({"bootstrap.servers": other.bootstrap}).list_topics(timeout=20).topics


def test_outside_of_its_context_it_says_so() -> None:
    broker = EmbeddedBroker()
    with broker:
        pass
    with pytest.raises(KafkaUnavailable, match="not running"):
        broker.touch(["alerts"])
