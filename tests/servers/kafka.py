"""A real Apache Kafka without a container: its jars from Maven Central, one process as broker and controller.

``python -m tests.servers.kafka --dir DIR`` starts one by hand, prints its bootstrap and stops on SIGTERM or SIGINT.
``--fetch`` only fetches the jars.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

ROOT = Path(__file__).resolve().parents[2]
POM = ROOT / "deploy" / "kafka" / "jars" / "pom.xml"
_LOG4J = """rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %m %ex (%c)%n
"""


def jars_dir() -> Path:
    """Where the jars lie: TRANSITWATCH_KAFKA_JARS, else `.cache/kafka` of the project."""
    return Path(os.environ.get("TRANSITWATCH_KAFKA_JARS") or ROOT / ".cache" / "kafka")


def missing() -> str | None:
    """What is missing to run a Kafka here; None when nothing is."""
    if shutil.which("java") is None:
        return "java (17 or later) is not on PATH"
    if not (jars_dir() / _pinned()).is_file() and shutil.which("mvn") is None:
        return "mvn is not on PATH and the Kafka jars are not in .cache/kafka"
    return None


def _pinned() -> str:
    """The name of the broker's jar that the project asks for."""
    found = re.search(r"<artifactId>(kafka_[\d.]+)</artifactId>\s*<version>([^<]+)<", POM.read_text("utf-8"))
    assert found is not None, f"{POM} names no Kafka"
    return f"{found[1]}-{found[2]}.jar"


def fetch_jars() -> Path:
    """The folder of the jars, filled anew when it lacks the pinned Kafka. Raises CalledProcessError."""
    target = jars_dir()
    if not (target / _pinned()).is_file():
        with tempfile.TemporaryDirectory(dir=_made(target.parent)) as aside:
            command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime",
                       f"-DoutputDirectory={aside}/jars"]  # fmt: skip
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            shutil.rmtree(target, ignore_errors=True)
            Path(aside, "jars").rename(target)
    return target


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on now."""
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


class KafkaServer:
    """One node. ``config`` goes over the defaults; ``sasl_ssl`` are the lines of a SASL_SSL listener (see `secure`)."""

    def __init__(
        self, directory: Path, config: Mapping[str, str] | None = None, *, port: int = 0, heap: str = "700m"
    ) -> None:
        self.directory = _made(directory)
        self.port, self._controller = (port or free_ports(1)[0]), free_ports(1)[0]
        self._heap = heap
        self._config = dict(config or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.admin_config: dict[str, str | int | float] = {"bootstrap.servers": self.bootstrap}
        """What a client needs to look whether the broker answers."""

    @property
    def bootstrap(self) -> str:
        """HOST:PORT for clients."""
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the process printed."""
        return self.directory / "kafka.log"

    def settings(self) -> dict[str, str]:
        """`server.properties`."""
        return {
            "process.roles": "broker,controller", "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller}",
            "listeners": f"CLIENTS://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self._controller}",
            "advertised.listeners": f"CLIENTS://127.0.0.1:{self.port}",
            "listener.security.protocol.map": "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names": "CONTROLLER", "inter.broker.listener.name": "CLIENTS",
            "log.dirs": str(self.directory / "data"), "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": "1", "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1", "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "4", "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1", "group.initial.rebalance.delay.ms": "0",
            "message.max.bytes": str(16 * 1024 * 1024), "replica.fetch.max.bytes": str(16 * 1024 * 1024),
            **self._config,
        }  # fmt: skip

    def _java(self, *arguments: str) -> list[str]:
        return ["java", f"-Xmx{self._heap}", f"-Dlog4j2.configurationFile={self.directory / 'log4j2.properties'}",
                "-cp", f"{fetch_jars()}/*", *arguments]  # fmt: skip

    def start(self, timeout_s: float = 90.0) -> KafkaServer:
        """Start and wait until it answers; formats its storage the first time."""
        properties = self.directory / "server.properties"
        properties.write_text("".join(f"{k}={v}\n" for k, v in self.settings().items()))
        (self.directory / "log4j2.properties").write_text(_LOG4J)
        if not (self.directory / "data" / "meta.properties").exists():
            made = subprocess.run(
                self._java("kafka.tools.StorageTool", "random-uuid"), check=True, capture_output=True, text=True
            )
            form = ("kafka.tools.StorageTool", "format", "-t", made.stdout.split()[-1], "-c", str(properties))
            subprocess.run(self._java(*form), check=True, capture_output=True)
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(self._java("kafka.Kafka", str(properties)), stdout=out, stderr=out)
        self.wait(timeout_s)
        return self

    def wait(self, timeout_s: float = 90.0) -> None:
        """Wait until the broker answers. Fails with the end of its log."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                AdminClient({**self.admin_config, "log_level": 0}).list_topics(timeout=2)
            except KafkaException:
                assert self._process is not None
                alive = self._process.poll() is None
                assert alive, f"Kafka ended:\n{self._tail()}"
                assert time.monotonic() < deadline, f"Kafka does not answer:\n{self._tail()}"
            else:
                return

    def _tail(self) -> str:
        return self.log.read_text("utf-8", "replace")[-3000:] if self.log.exists() else ""

    def kill(self) -> None:
        """SIGKILL; data and port stay for the next `start`."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL after 30 s."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def main() -> None:
    """Start one by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, help="folder for data and log; kept")
    parser.add_argument("--fetch", action="store_true", help="only fetch the jars, unless they are there")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments = parser.parse_args()
    because = missing()
    if because is not None:
        sys.exit(f"no Kafka here: {because}")
    if arguments.fetch:
        fetch_jars()
        return
    if arguments.dir is None:
        parser.error("say where its data go: --dir DIR, or --fetch")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server = KafkaServer(arguments.dir, port=arguments.port).start()
    print(server.bootstrap, flush=True)
    stop.wait()
    server.stop()


if __name__ == "__main__":
    main()
