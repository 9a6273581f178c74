"""Where a benchmark takes place: topics of its own on a broker, filled with the feed, removed afterwards."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streams.bench.feed import Record
from streams.bench.process import BenchFailed, Process, cpu_seconds
from streams.bench.stats import Sample
from streams.kafka.client import base_config, kafka_trouble, producer_config
from streams.kafka.topics import BY_NAME, EVENT_TOPICS, STATE, create_topics, topic_name
from streams.setting_defs import PREFIX
from streams.settings import KafkaSettings

PARTITIONS = 2
"""Of each topic: one monitor on a core needs no more, and every transaction pays for each that it touches."""
_LOOK_S = 0.02
_FULL_S = 0.2


class Site(NamedTuple):
    """A broker, and the prefix that gives a run topics and groups of its own."""

    kafka: KafkaSettings
    prefix: str

    @property
    def config(self) -> dict[str, Any]:
        """What a client connects with."""
        return base_config(self.kafka)

    def topic(self, name: str) -> str:
        """The name of a topic on the broker."""
        return topic_name(self.prefix, name)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The event topics on the broker."""
        return tuple(map(self.topic, EVENT_TOPICS))

    def group(self, name: str) -> str:
        """A consumer group of this run."""
        return f"{self.prefix}{name}"

    def environ(self, **settings: object) -> dict[str, str]:
        """The environment of a process of ours at this site, with these settings and no others but Kafka's."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX) or k.startswith(f"{PREFIX}KAFKA_")}
        given = {"KAFKA_BOOTSTRAP": self.kafka.bootstrap, "KAFKA_TOPIC_PREFIX": self.prefix, **settings}
        return kept | {f"{PREFIX}{k}": str(v) for k, v in given.items()}


def tell(text: str) -> None:
    """Progress, on standard error."""
    click.echo(text, err=True)


@contextlib.contextmanager
def sites(kafka: KafkaSettings, count: int = 1, partitions: int = PARTITIONS) -> Iterator[list[Site]]:
    """Sites with fresh topics; all topics whose names hold their prefixes are removed at the end.

    Raises KafkaTrouble.
    """
    found = [Site(kafka, f"bench-{uuid.uuid4().hex[:8]}.") for _ in range(count)]
    try:
        for site in found:
            create_topics(site.config, site.prefix, partitions)
        yield found
    finally:
        remove([site.prefix for site in found], base_config(kafka))


def add_changelogs(site: Site, names: Iterable[str]) -> None:
    """Further topics that are kept as the monitor's own changelog is, so that no contender reads another's states.

    Raises KafkaTrouble.
    """
    config = BY_NAME[STATE].settings()
    admin = AdminClient(site.config)
    try:
        wanted = [NewTopic(site.topic(name), PARTITIONS, 1, config=config) for name in names]
        for future in admin.create_topics(wanted, operation_timeout=10).values() if wanted else ():
            future.result(15)
    except KafkaException as error:
        raise kafka_trouble(error, servers=site.config) from error


def remove(prefixes: Iterable[str], config: Mapping[str, Any]) -> None:
    """Delete the topics whose names hold one of the prefixes, as far as the broker lets us."""
    admin = AdminClient(dict(config))
    with contextlib.suppress(KafkaException):
        names = [name for name in admin.list_topics(timeout=10).topics if any(p in name for p in prefixes)]
        for future in admin.delete_topics(names, operation_timeout=10).values() if names else ():
            with contextlib.suppress(KafkaException):
                future.result(15)


def feed_producer(kafka: KafkaSettings, linger_ms: int = 20) -> Producer:
    """The producer of the feed: each record stored once, in the order of production.

    Without compression, as Faust's driver reads none but gzip unless further packages are installed.
    """
    return Producer(producer_config(kafka, {
        "linger.ms": linger_ms, "queue.buffering.max.messages": 500_000, "batch.num.messages": 10_000,
    }))  # fmt: skip


def send(producer: Producer, topic: str, key: bytes, value: bytes, partition: int = -1) -> None:
    """Produce, waiting while the queue is full."""
    while True:
        try:
            producer.produce(topic, value, key, partition)
        except BufferError:
            producer.poll(_FULL_S)
        else:
            return


def load(site: Site, records: Iterable[Record], timeout_s: float = 120.0) -> int:
    """Put the feed onto the event topics; how many records. Raises BenchFailed when they are not stored in time."""
    producer, count = feed_producer(site.kafka), 0
    names = {name: site.topic(name) for name in EVENT_TOPICS}
    for topic, key, value in records:
        send(producer, names[topic], key, value)
        count += 1
    finish(producer, timeout_s)
    return count


def finish(producer: Producer, timeout_s: float = 120.0) -> None:
    """Wait until all is stored. Raises BenchFailed."""
    left = producer.flush(timeout_s)
    if left:
        raise BenchFailed(f"{left} records were not stored within {timeout_s:.0f} s; is the broker well?")


class Observer:
    """Reads what a group has committed, from outside and without joining it."""

    def __init__(self, site: Site, group: str) -> None:
        self._consumer = Consumer({
            **site.config, "group.id": group, "enable.auto.commit": False, "isolation.level": "read_uncommitted",
        })  # fmt: skip
        try:
            known = self._consumer.list_topics(timeout=20).topics
        except KafkaException as error:
            raise kafka_trouble(error, servers=site.config) from error
        self._wanted = [TopicPartition(topic, p) for topic in site.inputs for p in known[topic].partitions]

    def committed(self) -> int:
        """Events that the group has committed; 0 while it has none, or the coordinator does not answer."""
        try:
            found = self._consumer.committed(self._wanted, timeout=5)
        except KafkaException:
            return 0
        return sum(tp.offset for tp in found if tp.error is None and tp.offset > 0)

    def close(self) -> None:
        """Let go of the client."""
        self._consumer.close()


def watch(site: Site, group: str, process: Process, events: int, timeout_s: float) -> list[Sample]:
    """Look at a process until its group has committed ``events`` events in all.

    Raises BenchFailed when it ends before, or is not done in ``timeout_s``.
    """
    observer, samples = Observer(site, group), []
    deadline = time.monotonic() + timeout_s
    progress = Progress(process.name, events)
    try:
        while True:
            cpu_s, committed = cpu_seconds(process.pid), observer.committed()
            samples.append(Sample(time.monotonic(), committed, cpu_s))
            if committed >= events:
                return samples
            progress.at(committed)
            process.check()
            if time.monotonic() > deadline:
                raise BenchFailed(
                    f"{process.name} had committed {committed} of {events} events after {timeout_s:.0f} s; "
                    f"give it more time (--timeout) or fewer events (--events). Its log ends: {process.tail()}"
                )
            time.sleep(_LOOK_S)
    finally:
        observer.close()


class Progress:
    """Tells every few seconds how far something is, on standard error."""

    def __init__(self, name: str, total: int, every_s: float = 5.0, out: Callable[[str], None] = tell) -> None:
        self._name, self._total, self._every_s, self._out = name, total, every_s, out
        self._next = time.monotonic() + every_s

    def at(self, done: int) -> None:
        """So many are done."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self._every_s
            self._out(f"  {self._name}: {done} of {self._total}")


def monitor_line() -> list[str]:
    """The command line of a production monitor."""
    return [sys.executable, "-m", "streams.cli", "monitor", "--reference", "bundled", "--slot", "0"]


def start_monitor(site: Site, log: Path, http_port: int = 0, **more: object) -> Process:
    """A production monitor at a site: bundled records, timers on the clock of the events, everything else as shipped."""
    environ = site.environ(
        MONITOR_GROUP=site.group("monitor"), MONITOR_CLOCK="event", HTTP_PORT=http_port, LOG_LEVEL="info", **more
    )
    return Process("monitor", monitor_line(), environ, log)
