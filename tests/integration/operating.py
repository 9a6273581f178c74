"""The commands against a real Kafka: each test has topics of its own under a prefix of its own."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from click.testing import CliRunner, Result
from confluent_kafka import Producer

from streams.cli import cli
from streams.kafka.client import base_config, producer_config
from streams.kafka.codec import Refused, decode_event, encode_event
from streams.kafka.deadletters import headers_of
from streams.kafka.reading import scan
from streams.kafka.topics import DEAD, SHIPMENTS, create_topics
from streams.model.intake import event_from_json
from streams.settings import KafkaSettings, load_settings
from tests.servers.kafka import KafkaServer

_numbers = itertools.count(1)
PARTITIONS = 3


class Installation:
    """Topics under a prefix, and the commands run on them."""

    def __init__(self, server: KafkaServer, *, topics: bool = True) -> None:
        self.prefix = f"ops{next(_numbers)}."
        self._server = server
        self.kafka: KafkaSettings = load_settings(
            {}, None, {"kafka.bootstrap": server.bootstrap, "kafka.topic_prefix": self.prefix}
        ).kafka
        if topics:
            create_topics(base_config(self.kafka), self.prefix, PARTITIONS)

    def run(self, *arguments: str, input: bytes | None = None) -> Result:
        """The command line, as a user would call it."""
        env = {
            "TRANSITWATCH_KAFKA_BOOTSTRAP": self._server.bootstrap, "TRANSITWATCH_KAFKA_TOPIC_PREFIX": self.prefix,
        }  # fmt: skip
        return CliRunner().invoke(cli, arguments, input=input, env=env, prog_name="transitwatch")

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        """What a command prints as JSON lines; it must end with 0."""
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    def values(self, topic: str) -> list[tuple[int, bytes | None, bytes | None]]:
        """Partition, key and value of every committed record of a topic."""
        return [(m.partition() or 0, _bytes(m.key()), _bytes(m.value())) for m in scan(self.kafka, self.prefix + topic)]

    def refuse(self, values: Sequence[bytes], *, key: bytes = b"KTZ-1", partition: int = 1) -> None:
        """Put values that cannot be decoded on the dead letters, in one transaction, as a monitor does."""
        producer = Producer(producer_config(self.kafka, {"transactional.id": f"{self.prefix}refuser"}))
        producer.init_transactions(30)
        producer.begin_transaction()
        for offset, value in enumerate(values):
            try:
                decode_event(value, 1)
            except Refused as refused:
                headers = headers_of(
                    self.prefix + SHIPMENTS, partition, offset, 1_790_000_000_000 + offset, refused, [("trace", b"t1")]
                )
                producer.produce(self.prefix + DEAD, value, key, headers=list(headers))
        producer.commit_transaction(30)


def until(holds: Callable[[], bool], what: str, limit_s: float = 30.0) -> None:
    """Wait until something holds; fails with ``what`` after the limit."""
    end = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end, f"not within {limit_s} s: {what}"
        time.sleep(0.05)


def _bytes(value: str | bytes | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value


def event_json(ident: str = "e1", consignment: str = "KTZ-1", **more: Any) -> dict[str, Any]:
    """A small event of the contract."""
    return {
        "event_id": ident, "source": "ktz", "type": "LOADED", "consignment_id": consignment,
        "occurred_at": "2026-10-02T07:15:00+05:00", "recorded_at": "2026-10-02T07:20:00+05:00", **more,
    }  # fmt: skip


def event_bytes(ident: str = "e1", consignment: str = "KTZ-1", **more: Any) -> bytes:
    """The same as it goes onto a topic."""
    event, warnings = event_from_json(event_json(ident, consignment, **more), 1)
    assert warnings == []
    return encode_event(event)
