"""What clients are configured with, and the client library's errors as ours."""

from __future__ import annotations

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams.errors import KafkaTrouble, KafkaUnavailable, NotAuthorised, RecordTooLarge, TopicMissing
from streams.kafka.client import consumer_config, kafka_trouble, producer_config
from streams.settings import load_settings

KAFKA = load_settings({"TRANSITWATCH_KAFKA_BOOTSTRAP": "kafka-1:9092"}).kafka


@pytest.mark.parametrize(("code", "kind"), [
    (KafkaError._TRANSPORT, KafkaUnavailable), (KafkaError._ALL_BROKERS_DOWN, KafkaUnavailable),
    (KafkaError._MSG_TIMED_OUT, KafkaUnavailable), (KafkaError.UNKNOWN_TOPIC_OR_PART, TopicMissing),
    (KafkaError._UNKNOWN_PARTITION, TopicMissing), (KafkaError._AUTHENTICATION, NotAuthorised),
    (KafkaError.TOPIC_AUTHORIZATION_FAILED, NotAuthorised), (KafkaError.MSG_SIZE_TOO_LARGE, RecordTooLarge),
    (KafkaError.INVALID_CONFIG, KafkaTrouble),
])  # fmt: skip
def test_an_error_of_the_client_becomes_ours_with_place_code_and_advice(code: int, kind: type[KafkaTrouble]) -> None:
    error = kafka_trouble(KafkaException(KafkaError(code)), topic="alerts", partition=3, offset=17)
    assert type(error) is kind
    assert (error.topic, error.partition, error.offset) == ("alerts", 3, 17)
    assert str(error).startswith("alerts[3]@17: ")
    assert error.code
    assert error.code in str(error)
    assert (kind is KafkaTrouble) == ("; " not in str(error))


def test_the_address_is_told_only_when_nobody_answered() -> None:
    servers = {"bootstrap.servers": "kafka-1:9092", "sasl.password": "hunter2"}
    away = str(kafka_trouble(KafkaError(KafkaError._TRANSPORT), servers=servers))
    refused = str(kafka_trouble(KafkaError(KafkaError._AUTHENTICATION), servers=servers))
    assert "at kafka-1:9092" in away
    assert "kafka-1" not in refused
    assert "hunter2" not in away + refused


def test_an_exception_without_a_kafka_error_is_told_as_it_is() -> None:
    assert str(kafka_trouble(KafkaException("odd"))) == "odd"


def test_consumers_read_what_is_committed_and_commit_nothing_by_themselves() -> None:
    config = consumer_config(KAFKA, "g", {"fetch.wait.max.ms": 5})
    assert config["isolation.level"] == "read_committed"
    assert config["enable.auto.commit"] is False
    assert (config["group.id"], config["fetch.wait.max.ms"], config["bootstrap.servers"]) == ("g", 5, "kafka-1:9092")


def test_producers_store_once_on_all_replicas_by_the_partitioner_of_the_java_clients() -> None:
    config = producer_config(KAFKA)
    assert config["enable.idempotence"] is True
    assert (config["acks"], config["partitioner"]) == ("all", "murmur2_random")
