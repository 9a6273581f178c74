"""The broker inside librdkafka as a server for other clients: enough for a demo, never proof of exactly-once.

It shows aborted records to read_committed readers, does not fence a second writer of one transactional id, keeps 5 MB a
partition and forgets all at the end. It cannot be asked to create topics: one appears on first use, with `PARTITIONS`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from types import TracebackType

from confluent_kafka import KafkaException, Producer

from streams.errors import KafkaUnavailable

PARTITIONS = 4
"""Partitions of every topic of this broker; librdkafka's number."""


class EmbeddedBroker:
    """One broker on a free port of this machine, alive between entering and leaving the context.

    Entering raises KafkaUnavailable when it does not answer within ``timeout_s``.
    """

    def __init__(self, timeout_s: float = 10.0) -> None:
        self._timeout_s = timeout_s
        self._host: Producer | None = None
        self.bootstrap = ""
        """HOST:PORT for any client, of this process or another."""

    def __enter__(self) -> EmbeddedBroker:
        # The broker lives as long as the client that asked for it; level 0 keeps its notices off standard error.
        self._host = Producer({"test.mock.num.brokers": 1, "log_level": 0})
        try:
            brokers = self._host.list_topics(timeout=self._timeout_s).brokers.values()
        except KafkaException as error:
            raise KafkaUnavailable(f"the embedded broker does not answer: {error}") from error
        self.bootstrap = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._host = None  # collecting the client ends the broker
        self.bootstrap = ""

    def touch(self, topics: Iterable[str]) -> None:
        """Make the topics appear, so that a consumer that joins finds their partitions.

        Raises KafkaUnavailable when one has no leader in time.
        """
        if self._host is None:
            raise KafkaUnavailable("the embedded broker is not running: use it as a context")
        deadline = time.monotonic() + self._timeout_s
        for topic in topics:
            while True:
                known = self._host.list_topics(topic, timeout=self._timeout_s).topics[topic]
                if known.error is None and len(known.partitions) == PARTITIONS:
                    break
                if time.monotonic() > deadline:
                    raise KafkaUnavailable("did not appear on the embedded broker", topic=topic)
                time.sleep(0.02)
