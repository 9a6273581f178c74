"""Sending records with an idempotent producer: each stored once on all replicas, or an error that names it."""

from __future__ import annotations

from types import TracebackType

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from streams.errors import KafkaTrouble, KafkaUnavailable
from streams.kafka.client import kafka_trouble, producer_config
from streams.settings import KafkaSettings


class Sender:
    """Use as a context: leaving it waits until all is stored. Every method raises KafkaTrouble when something was not.

    ``patience_s``: seconds a record may take.
    """

    def __init__(self, kafka: KafkaSettings, patience_s: float = 60.0) -> None:
        self._kafka, self._patience_s = kafka, patience_s
        self.count = 0
        self._failed: KafkaTrouble | None = None
        self._failures = 0
        # a topic that is not there is told after 3 s instead of 30
        more = {
            "topic.metadata.propagation.max.ms": 3000,
            "linger.ms": 20,
            "compression.type": "lz4",
            "message.timeout.ms": int(patience_s * 1000),
        }
        self._producer = Producer(producer_config(kafka, more))

    def __enter__(self) -> Sender:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self._producer.purge()
        left = self._producer.flush(self._patience_s)
        if error is None:
            self._check()
            if left:
                raise KafkaUnavailable(
                    f"{left} records not stored in {self._patience_s:.0f} s at {self._kafka.bootstrap}"
                )

    def _stored(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._failures += 1
            if self._failed is None:
                self._failed = kafka_trouble(error, topic=message.topic(), servers=self._kafka.client_config())

    def _check(self) -> None:
        if self._failed is not None:
            raise self._failed

    def send(self, topic: str, key: bytes, value: bytes) -> None:
        """Send a record; raises when an earlier one was not stored."""
        self._check()
        taken = False
        while not taken:
            try:
                self._producer.produce(topic, value, key, on_delivery=self._stored)
                taken = True
            except BufferError:
                self._producer.poll(0.5)
                self._check()
            except KafkaException as error:
                raise kafka_trouble(error, topic=topic) from error
        self.count += 1
        self._producer.poll(0)
