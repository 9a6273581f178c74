"""Servers for tests: the real ones where this machine has them, else a skip that says what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import kafka as kafka_server, redis as redis_servers
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.kafka import KafkaServer
from tests.servers.redis import RedisServer
from tests.servers.required import absent

__all__ = ["absent"]

pytest_plugins = ["pytester", "tests.servers.lacks", "tests.servers.logged"]


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """A real Kafka, started once for all tests that share it."""
    because = kafka_server.missing()
    if because is not None:
        absent(because)
    server = KafkaServer(tmp_path_factory.mktemp("kafka")).start()
    yield server
    server.stop()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A real Redis of this test alone, not yet started."""
    because = redis_servers.missing()
    if because is not None:
        absent(because)
    server = RedisServer(tmp_path / "redis")
    yield server
    server.kill()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates of a made-up authority, for servers that speak TLS."""
    try:
        return make_certificates(tmp_path_factory.mktemp("certificates"))
    except FileNotFoundError:
        absent("openssl is not on PATH")


@pytest.fixture
def redis_tls_server(tmp_path: Path, certificates: Certificates) -> Iterator[RedisServer]:
    """A real Redis over TLS that asks for the password `correct horse`, not yet started."""
    because = redis_servers.missing_tls()
    if because is not None:
        absent(because)
    server = RedisServer(tmp_path / "redis-tls", certificates=certificates, password="correct horse")
    yield server
    server.kill()
