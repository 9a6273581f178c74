"""What every Kafka client of ours is configured with, and the one place where its errors become ours."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException

from streams.errors import KafkaTrouble, KafkaUnavailable, NotAuthorised, RecordTooLarge, TopicMissing
from streams.settings import KafkaSettings

MIB = 1024 * 1024
LARGEST_RECORD = 16 * MIB
"""What clients and the widest topics take, bytes: a dead letter is a whole record of an event topic and headers."""

AWAY = frozenset({
    KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._TIMED_OUT, KafkaError._RESOLVE,
    KafkaError._SSL, KafkaError._MSG_TIMED_OUT, KafkaError._TIMED_OUT_QUEUE, KafkaError.REQUEST_TIMED_OUT,
    KafkaError.BROKER_NOT_AVAILABLE, KafkaError.NETWORK_EXCEPTION, KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.LEADER_NOT_AVAILABLE, KafkaError.NOT_ENOUGH_REPLICAS,
})  # fmt: skip
"""Codes that say: no broker answers now; it may come back."""
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
    if code in AWAY:
        return KafkaUnavailable, "; is Kafka up, and kafka.bootstrap right?"
    if code in _MISSING:
        return TopicMissing, "; `transitwatch topics create` makes the topics"
    if code in _REFUSED:
        return NotAuthorised, "; look at kafka.username and its rights on the brokers"
    if code in _LARGE:
        return RecordTooLarge, "; `max.message.bytes` of the topic is the limit"
    return KafkaTrouble, ""
