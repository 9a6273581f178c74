"""Servers for tests: the real ones where this machine has them, else a skip that says what is missing."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.servers import kafka as kafka_server
from tests.servers.kafka import KafkaServer


def absent(what: str) -> None:
    """Skip, or with REQUIRE_ALL=1 fail, because a server is missing."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"REQUIRE_ALL=1 and missing: {what}")
    pytest.skip(f"missing: {what}")


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """A real Kafka, started once for all tests that share it."""
    because = kafka_server.missing()
    if because is not None:
        absent(because)
    server = KafkaServer(tmp_path_factory.mktemp("kafka")).start()
    yield server
    server.stop()
