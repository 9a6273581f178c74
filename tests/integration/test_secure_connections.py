"""Kafka over SASL_SSL and Redis over TLS with a password: the settings of a user connect every process to both."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from streams.embedded.redis import free_port
from streams.errors import KafkaTrouble
from streams.kafka.client import base_config
from streams.kafka.topics import create_topics
from streams.reference.bundled import bundled_records
from streams.reference.connection import connect
from streams.reference.store import RedisStore
from streams.reference.topics import publish
from streams.settings import KafkaSettings, load_settings
from tests.faults.harness import environment
from tests.servers import kafka as kafka_server
from tests.servers.certificates import Certificates
from tests.servers.kafka import KafkaServer
from tests.servers.kafka_secure import PASSWORD, USER, secure_kafka
from tests.servers.redis import RedisServer
from tests.servers.required import absent

pytestmark = [pytest.mark.kafka, pytest.mark.redis]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[KafkaServer]:
    because = kafka_server.missing()
    if because is not None:
        absent(because)
    server = secure_kafka(tmp_path_factory.mktemp("secure-kafka"), certificates).start()
    yield server
    server.stop()


def variables(broker: KafkaServer, certificates: Certificates, **changed: str) -> dict[str, str]:
    """What a user sets."""
    return {
        "TRANSITWATCH_KAFKA_BOOTSTRAP": broker.bootstrap.replace("127.0.0.1", "localhost"),
        "TRANSITWATCH_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "TRANSITWATCH_KAFKA_SASL_MECHANISM": "PLAIN",
        "TRANSITWATCH_KAFKA_USERNAME": USER, "TRANSITWATCH_KAFKA_PASSWORD": PASSWORD,
        "TRANSITWATCH_KAFKA_CA_FILE": str(certificates.authority), **changed,
    }  # fmt: skip


def settings(broker: KafkaServer, certificates: Certificates, **changed: str) -> KafkaSettings:
    return load_settings(variables(broker, certificates, **changed)).kafka


def test_the_settings_connect_a_client(broker: KafkaServer, certificates: Certificates) -> None:
    assert AdminClient(base_config(settings(broker, certificates))).list_topics(timeout=20).brokers


def test_a_wrong_password_is_refused(broker: KafkaServer, certificates: Certificates) -> None:
    wrong = settings(broker, certificates, TRANSITWATCH_KAFKA_PASSWORD="wrong")
    with pytest.raises(KafkaTrouble):
        create_topics(base_config(wrong), "wrong.", timeout_s=5)


def test_a_certificate_of_an_unknown_authority_is_refused(
    broker: KafkaServer, certificates: Certificates, tmp_path: Path
) -> None:
    stranger = settings(broker, certificates, TRANSITWATCH_KAFKA_CA_FILE=str(certificates.certificate))
    with pytest.raises(KafkaTrouble):
        create_topics(base_config(stranger), "stranger.", timeout_s=5)


def _ready(port: int) -> dict[str, object]:
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/health/ready", timeout=5
        ) as answer:  # http of this machine
            return {"ready": True, **json.load(answer)}
    except urllib.error.HTTPError as error:
        return {"ready": False, **json.load(error)}
    except OSError as error:
        return {"ready": False, "because": str(error)}


def test_agents_and_monitor_work_over_encrypted_connections_alone(
    broker: KafkaServer, redis_tls_server: RedisServer, certificates: Certificates, tmp_path: Path
) -> None:
    redis_tls_server.start()
    told = variables(
        broker, certificates, TRANSITWATCH_REDIS_URL=redis_tls_server.url, TRANSITWATCH_REDIS_PASSWORD="correct horse",
        TRANSITWATCH_REDIS_CA_FILE=str(certificates.authority),
    )  # fmt: skip
    config = base_config(load_settings(told).kafka)
    create_topics(config, "", 2)
    publish(config, bundled_records())
    port = free_port()
    lines = (["agents"], ["monitor", "--http-port", str(port)])
    processes, logs = [], []
    try:
        for line in lines:
            log = tmp_path / f"{line[0]}.log"
            logs.append(log)
            with log.open("wb") as out:
                command = [sys.executable, "-m", "streams.cli", *line]
                processes.append(subprocess.Popen(command, env={**environment(), **told}, stdout=out, stderr=out))
        deadline = time.monotonic() + 90
        while not (found := _ready(port))["ready"]:
            tails = "\n".join(log.read_text()[-1500:] for log in logs)
            assert all(process.poll() is None for process in processes), tails
            assert time.monotonic() < deadline, f"{found}\n{tails}"
            time.sleep(0.2)
        client = connect(redis_tls_server.options(2.0))
        pointer = RedisStore(client).pointer()
        client.close()
        assert pointer is not None and str(pointer.digest)[:12] in str(found["reference"])
        assert PASSWORD not in "".join(log.read_text() for log in logs)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)
