"""Runs monitors as processes on a real Kafka, feeds them, kills them, and reads what they left."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Producer, TopicPartition

from streams.kafka.changelog import LAW_KEY
from streams.kafka.codec import decode_alert, decode_state, encode_event
from streams.kafka.topics import ALERTS, CUSTOMS, DEAD, SHIPMENTS, STATE, create_topics, topic_name
from streams.model.events import Event, topic_kind
from tests.faults.checker import Seen, Sent

TOPIC_OF = {"shipments": SHIPMENTS, "customs": CUSTOMS}
GROUP = "monitors"


class Site(NamedTuple):
    """Where a run takes place: the broker, and the prefix that gives it topics and a group of its own."""

    bootstrap: str
    prefix: str = ""

    @property
    def group(self) -> str:
        """The consumer group of the monitors."""
        return f"{self.prefix}{GROUP}"

    def topic(self, name: str) -> str:
        """The name of a topic on the broker."""
        return topic_name(self.prefix, name)


def new_site(bootstrap: str, partitions: int = 8) -> Site:
    """A site with fresh topics on a broker."""
    site = Site(bootstrap, f"t{uuid.uuid4().hex[:8]}.")
    create_topics({"bootstrap.servers": bootstrap}, site.prefix, partitions)
    return site


def topic_of(event: Event) -> str:
    """The event topic of an event, without prefix."""
    return TOPIC_OF[topic_kind(event)]


def producer_of(bootstrap: str) -> Producer:
    """A producer for feeds and poison."""
    return Producer({
        "bootstrap.servers": bootstrap, "linger.ms": 20, "partitioner": "murmur2_random", "enable.idempotence": True,
        "message.max.bytes": 16 * 1024 * 1024, "queue.buffering.max.messages": 1_000_000, "compression.type": "lz4",
    })  # fmt: skip


def send(producer: Producer, topic: str, key: bytes | None, value: bytes) -> None:
    """Produce, waiting while the queue is full."""
    while True:
        try:
            producer.produce(topic, value, key)
        except BufferError:
            producer.poll(0.2)
        else:
            return


def feed(site: Site, events: Iterable[Event]) -> dict[str, list[Sent]]:
    """Send events to their topics; what was sent, per consignment in order."""
    producer, sent = producer_of(site.bootstrap), defaultdict(list)
    for event in events:
        topic = topic_of(event)
        send(producer, site.topic(topic), event.consignment_id.encode(), encode_event(event))
        sent[event.consignment_id].append(Sent(topic, event))
    assert producer.flush(120) == 0, "the feed was not stored"
    return dict(sent)


def read_all(site: Site, topic: str, timeout_s: float = 120.0) -> list[Any]:
    """Every committed message of a topic, partition by partition in order."""
    topic = site.topic(topic)
    consumer = Consumer({
        "bootstrap.servers": site.bootstrap, "group.id": "reader", "isolation.level": "read_committed",
        "enable.auto.commit": False, "enable.partition.eof": True, "fetch.message.max.bytes": 16 * 1024 * 1024,
    })  # fmt: skip
    try:
        left = set(consumer.list_topics(topic, timeout=20).topics[topic].partitions)
        consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in left])
        found, deadline = [], time.monotonic() + timeout_s
        while left:
            assert time.monotonic() < deadline, f"{topic} not read to the end"
            for message in consumer.consume(10_000, 0.5):
                error = message.error()
                if error is None:
                    found.append(message)
                else:
                    assert error.code() == KafkaError._PARTITION_EOF, error
                    left.discard(message.partition())
        return found
    finally:
        consumer.close()


def read_seen(site: Site) -> Seen:
    """Alerts and last states as a reader of committed records sees them."""
    alerts = defaultdict(list)
    for message in read_all(site, ALERTS):
        alerts[message.key().decode()].append(decode_alert(message.value()))
    states: dict[str, bytes] = {}
    for message in read_all(site, STATE):
        if message.key() != LAW_KEY:
            states[message.key().decode()] = decode_state(message.value())
    return Seen(dict(alerts), states)


def read_dead(site: Site) -> list[Any]:
    """All dead letters."""
    return read_all(site, DEAD)


def backlog(site: Site) -> int:
    """Events of both topics that the group has not committed. Raises KafkaException while nobody can tell.

    That is so while the coordinator is not there, and while a transaction that holds offsets is open. Each look has a client of
    its own, so that no client's idea of a broker that was killed stays.
    """
    consumer = Consumer({"bootstrap.servers": site.bootstrap, "group.id": site.group, "enable.auto.commit": False})
    try:
        left = 0
        for topic in (SHIPMENTS, CUSTOMS):
            known = consumer.list_topics(site.topic(topic), timeout=20).topics[site.topic(topic)].partitions
            partitions = [TopicPartition(site.topic(topic), p) for p in known]
            for tp in consumer.committed(partitions, timeout=20):
                low, high = consumer.get_watermark_offsets(tp, timeout=20)
                left += high - (tp.offset if tp.offset >= 0 else low)
        return left
    finally:
        consumer.close()


def environment(**settings: object) -> dict[str, str]:
    """The environment of a process of ours: that of this one, with exactly these settings."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("TRANSITWATCH_")}
    return environ | {f"TRANSITWATCH_{k}": str(v) for k, v in settings.items()}


def command(site: Site, *arguments: str) -> str:
    """Run a command of ours against a site; its standard output."""
    environ = environment(KAFKA_TOPIC_PREFIX=site.prefix, KAFKA_BOOTSTRAP=site.bootstrap)
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli", *arguments], env=environ, capture_output=True, text=True, timeout=180,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return done.stdout


class Agents:
    """The `transitwatch agents` process."""

    def __init__(self, site: Site, redis_url: str, log: Path) -> None:
        environ = environment(KAFKA_TOPIC_PREFIX=site.prefix, KAFKA_BOOTSTRAP=site.bootstrap, REDIS_URL=redis_url)
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streams.cli", "agents"], env=environ, stdout=out, stderr=out
            )

    def stop(self) -> None:
        """SIGTERM, then SIGKILL."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Worker:
    """One `transitwatch monitor` process; started again under the same slot after a kill."""

    def __init__(self, site: Site, slot: int, logs: Path, **settings: object) -> None:
        self.site, self.slot, self.logs = site, slot, logs
        self._settings = {
            "MONITOR_GROUP": site.group, "KAFKA_TOPIC_PREFIX": site.prefix, "MONITOR_CLOCK": "event", "REFERENCE_SOURCE": "bundled", "HTTP_PORT": 0,
            "MONITOR_TRANSACTION_TIMEOUT_S": 20, **settings,
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    @property
    def log(self) -> Path:
        """The log of the running process."""
        return self.logs / f"monitor-{self.slot}-{self.starts}.log"

    def start(self) -> Worker:
        """Start the process."""
        environ = environment(**self._settings)
        line = [
            sys.executable,
            "-m",
            "streams.cli",
            "monitor",
            "--bootstrap",
            self.site.bootstrap,
            "--slot",
            str(self.slot),
        ]
        self.starts += 1
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(line, env=environ, stdout=out, stderr=out)
        return self

    def kill(self) -> None:
        """SIGKILL, now."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout_s: float = 60.0) -> int:
        """SIGTERM, once the process listens to it; the exit code."""
        assert self.process is not None
        try:
            wait_until(lambda: not self.running or self.listens, timeout_s, "a worker that listens to SIGTERM", 0.05)
            if self.running:
                self.process.terminate()
            return self.process.wait(timeout_s)
        finally:
            if self.process.poll() is None:
                self.kill()

    def http(self, path: str) -> tuple[int, str]:
        """An answer of the health server: status and body; status 0 when nobody answers. Needs the setting HTTP_PORT."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._settings['HTTP_PORT']}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def metric(self, name: str) -> float:
        """The value of a metric without labels."""
        _, text = self.http("/metrics")
        return float(next(line.split()[1] for line in text.splitlines() if line.startswith(name + " ")))

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    @property
    def listens(self) -> bool:
        """Whether the running process is past the point from which it obeys SIGTERM; one that still loads dies of the signal."""
        return b'"starting"' in self.log.read_bytes()

    def tail(self) -> str:
        """The end of the log, for messages."""
        return self.log.read_text("utf-8", "replace")[-3000:]


def wait_until(holds: Callable[[], bool], timeout_s: float, what: str, pause_s: float = 0.2) -> None:
    """Wait for a condition. Fails with ``what`` when it does not come to hold."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {timeout_s:.0f} s: {what}"
        time.sleep(pause_s)


def drain(site: Site, workers: Iterable[Worker], timeout_s: float = 300.0) -> None:
    """Wait until the workers have committed every event."""
    held = list(workers)
    untold: list[str] = []

    def done() -> bool:
        for worker in held:
            assert worker.running, f"monitor {worker.slot} ended:\n{worker.tail()}"
        try:
            return backlog(site) == 0
        except KafkaException as error:
            untold.append(f"{time.monotonic() - began:.0f} s: {error}")
            return False

    began = time.monotonic()
    try:
        wait_until(done, timeout_s, "all events committed", 0.5)
    except AssertionError as error:
        raise AssertionError(f"{error}; not told: {untold}; " + "\n".join(w.tail() for w in held)) from error
    if untold:
        print(f"committed offsets were not told at {untold}")


def kill_now_and_then(workers: list[Worker], times: int, rng: random.Random, within_s: tuple[float, float]) -> None:
    """SIGKILL a random worker ``times`` times, each started again at once."""
    for _ in range(times):
        time.sleep(rng.uniform(*within_s))
        victim = rng.choice(workers)
        victim.kill()
        victim.start()


def kill_at_work(site: Site, workers: list[Worker], times: int, rng: random.Random) -> None:
    """SIGKILL a random worker up to ``times`` times, each time once some events were committed since the last, while any are left."""
    for _ in range(times):
        before = backlog(site)

        def moved(before: int = before) -> bool:
            return backlog(site) < before

        if before:
            wait_until(moved, 60, "events committed after a start", 0.02)
            time.sleep(rng.uniform(0.0, 0.2))
            victim = rng.choice(workers)
            victim.kill()
            victim.start()


def merge(sent: dict[str, list[Sent]], more: dict[str, list[Sent]]) -> None:
    """Add what was sent later."""
    for ident, events in more.items():
        sent.setdefault(ident, []).extend(events)
