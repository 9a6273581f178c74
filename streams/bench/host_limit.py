"""The limit: what Kafka, Avro and memory cost when nothing is decided. Run as a process by `bench throughput`.

Consume, decode with fastavro to a dictionary, add the event to the consignment's bytes, write each changed one to
a changelog once per batch, commit with the offsets in one transaction; batches of up to 4,000.
"""

from __future__ import annotations

import os
from io import BytesIO
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition
from fastavro import schemaless_reader

from streams.kafka import schemas
from streams.kafka.topics import EVENT_TOPICS

BATCH = 4_000
WAIT_S = 0.05
CHANGELOG = "limit.state"
HEAD = 10
"""Bytes before the datum: marker and fingerprint."""


def clients(bootstrap: str, group: str) -> tuple[Consumer, Producer]:
    """A consumer and a transactional producer with the monitor's own settings."""
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": group, "enable.auto.commit": False, "auto.offset.reset": "earliest",
        "isolation.level": "read_committed", "fetch.wait.max.ms": 20, "queued.max.messages.kbytes": 65_536,
        "fetch.message.max.bytes": 4 * 1024 * 1024,
    })  # fmt: skip
    producer = Producer({
        "bootstrap.servers": bootstrap, "transactional.id": group, "linger.ms": 5, "batch.num.messages": 10_000,
        "queue.buffering.max.messages": 1_000_000, "compression.type": "lz4", "partitioner": "murmur2_random",
    })  # fmt: skip
    return consumer, producer


def batch(messages: list[Any], states: dict[str, bytes]) -> tuple[dict[str, int], list[TopicPartition]]:
    """Take messages into the states; the changed consignments with their partition, and the next offsets."""
    schema = schemas.parsed("event")
    changed: dict[str, int] = {}
    upto: dict[tuple[str, int], int] = {}
    for message in messages:
        if message.error() is not None:
            continue
        value = message.value()
        stream = BytesIO(value)
        stream.seek(HEAD)
        ident = schemaless_reader(stream, schema, None)["consignment_id"]
        states[ident] = states.get(ident, b"") + value
        changed[ident] = partition = message.partition()
        upto[message.topic(), partition] = message.offset() + 1
    return changed, [TopicPartition(topic, partition, offset) for (topic, partition), offset in upto.items()]


def main() -> None:
    """Run until ended. Raises KafkaException."""
    prefix, group = os.environ["BENCH_PREFIX"], os.environ["BENCH_GROUP"]
    consumer, producer = clients(os.environ["BENCH_BOOTSTRAP"], group)
    states: dict[str, bytes] = {}
    producer.init_transactions(30)
    consumer.subscribe([prefix + name for name in EVENT_TOPICS])
    while True:
        messages = consumer.consume(BATCH, WAIT_S)
        changed, offsets = batch(messages, states)
        if not offsets:
            continue
        producer.begin_transaction()
        for ident, partition in changed.items():
            _produce(producer, prefix + CHANGELOG, states[ident], ident.encode(), partition)
        producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata(), 30)
        producer.commit_transaction(30)


def _produce(producer: Producer, topic: str, value: bytes, key: bytes, partition: int) -> None:
    while True:
        try:
            producer.produce(topic, value, key, partition)
        except BufferError:
            producer.poll(0.1)
        else:
            return
