"""What every Kafka client of ours is configured with, and the one place where its errors become ours."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.errors import KafkaTrouble, KafkaUnavailable, NotAuthorised, RecordTooLarge, TopicMissing
from streams.settings import KafkaSettings

MIB = 1024 * 1024
LARGEST_RECORD = 16 * MIB
"""What clients and the widest topics take, bytes: a dead letter is a whole record of an event topic and headers."""

_AWAY = frozenset({
    KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._TIMED_OUT, KafkaError._RESOLVE,
    KafkaError._SSL, KafkaError._MSG_TIMED_OUT, KafkaError._TIMED_OUT_QUEUE, KafkaError.REQUEST_TIMED_OUT,
    KafkaError.BROKER_NOT_AVAILABLE, KafkaError.NETWORK_EXCEPTION, KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.LEADER_NOT_AVAILABLE, KafkaError.NOT_ENOUGH_REPLICAS,
})  # fmt: skip
_MISSING = frozenset({KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION})
_REFUSED = frozenset({
    KafkaError._AUTHENTICATION, KafkaError.SASL_AUTHENTICATION_FAILED, KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, KafkaError.SECURITY_DISABLED,
})  # fmt: skip
_LARGE = frozenset({KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG_SIZE})


def base_config(kafka: KafkaSettings) -> dict[str, Any]:
    """What any client connects with. Holds secrets in the clear: not for logs.

    librdkafka's own lines go to the logger ``librdkafka``, so that they take the form of all others.
    """
    return {**kafka.client_config(), "logger": logging.getLogger("librdkafka")}


def consumer_config(kafka: KafkaSettings, group: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A consumer that reads what is committed, from the beginning when its group is new, and commits nothing itself."""
    return {
        **base_config(kafka),
        "group.id": group,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
        "message.max.bytes": LARGEST_RECORD,
        "fetch.message.max.bytes": 4 * MIB,
        "fetch.max.bytes": 2 * LARGEST_RECORD,
        **(more or {}),
    }


def producer_config(kafka: KafkaSettings, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A producer that stores each record once on all replicas, partitioned by key as the Java clients do."""
    return {
        **base_config(kafka),
        "enable.idempotence": True,
        "acks": "all",
        "partitioner": "murmur2_random",
        "message.max.bytes": LARGEST_RECORD,
        **(more or {}),
    }


def kafka_trouble(
    error: KafkaError | KafkaException, *, topic: str | None = None, partition: int | None = None,
    offset: int | None = None, servers: Mapping[str, Any] | None = None,
) -> KafkaTrouble:  # fmt: skip
    """Our error for one of confluent_kafka's; to be raised ``from`` it.

    ``servers`` is the configuration of the client: when no broker answered, the message names its bootstrap.
    """
    inner = error.args[0] if isinstance(error, KafkaException) and error.args else error
    if not isinstance(inner, KafkaError):
        return KafkaTrouble(str(inner), topic=topic, partition=partition, offset=offset)
    kind, advice = _kind_of(inner)
    at = f" at {servers.get('bootstrap.servers')}" if servers and kind is KafkaUnavailable else ""
    text = f"{inner.str()} ({inner.name()}){at}{advice}"
    return kind(text, code=inner.name(), topic=topic, partition=partition, offset=offset)


def _kind_of(error: KafkaError) -> tuple[type[KafkaTrouble], str]:
    code = error.code()
    if code in _AWAY:
        return KafkaUnavailable, "; is Kafka up, and kafka.bootstrap right?"
    if code in _MISSING:
        return TopicMissing, "; `transitwatch topics create` makes the topics"
    if code in _REFUSED:
        return NotAuthorised, "; look at kafka.username and its rights on the brokers"
    if code in _LARGE:
        return RecordTooLarge, "; `max.message.bytes` of the topic is the limit"
    return KafkaTrouble, ""


def _starts(
    consumer: Consumer, topic: str, partitions: Iterable[int] | None, since_ms: int | None, timeout_s: float
) -> list[TopicPartition]:
    """Where to begin in each partition. Raises KafkaException, TopicMissing."""
    known = consumer.list_topics(topic, timeout=timeout_s).topics[topic]
    if known.error is not None:
        raise kafka_trouble(known.error, topic=topic)
    numbers = sorted(known.partitions) if partitions is None else sorted(partitions)
    for number in numbers:
        if number not in known.partitions:
            raise TopicMissing(f"no such partition; there are {len(known.partitions)}", topic=topic, partition=number)
    if since_ms is None:
        return [TopicPartition(topic, number, OFFSET_BEGINNING) for number in numbers]
    asked = [TopicPartition(topic, number, since_ms) for number in numbers]
    return consumer.offsets_for_times(asked, timeout=timeout_s)


def scan(
    kafka: KafkaSettings, topic: str, *, partitions: Iterable[int] | None = None, since_ms: int | None = None,
    offset: int | None = None, idle_s: float = 30.0,
) -> Iterator[Message]:  # fmt: skip
    """The committed records of a topic up to its present end; of all partitions unless some are named.

    Begins at ``offset`` in each, or at the first record not older than ``since_ms`` (ms UTC), or at the beginning.
    ``idle_s``: seconds without any answer after which Kafka counts as away. Raises KafkaTrouble.
    """
    reset = "earliest" if offset is None else "error"
    more = {"enable.partition.eof": True, "auto.offset.reset": reset}
    consumer = Consumer(consumer_config(kafka, "transitwatch-reader", more))
    try:
        starts = _starts(consumer, topic, partitions, since_ms, min(10.0, idle_s))
        if offset is not None:
            starts = [TopicPartition(topic, s.partition, offset) for s in starts]
        consumer.assign(starts)
        open_ = {start.partition for start in starts}
        heard = time.monotonic()
        while open_:
            messages = consumer.consume(500, timeout=0.5)
            if messages:
                heard = time.monotonic()
            elif time.monotonic() - heard > idle_s:
                raise KafkaUnavailable(f"no answer for {idle_s:.0f} s at {kafka.bootstrap}", topic=topic)
            for message in messages:
                error = message.error()
                if error is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    open_.discard(message.partition() or 0)
                elif error.code() not in _AWAY:  # a broker that is away may come back within idle_s
                    raise kafka_trouble(
                        error, topic=topic, partition=message.partition(), servers=kafka.client_config()
                    )
    except KafkaException as error:
        raise kafka_trouble(error, topic=topic, servers=kafka.client_config()) from error
    finally:
        consumer.close()
