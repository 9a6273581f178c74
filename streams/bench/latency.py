"""`bench latency`: from the sending of an event to the alert that it leads to, read committed, at a steady rate."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from msgspec import Struct

from streams.bench.feed import TOPICS, records, steady_journeys
from streams.bench.process import BenchFailed, Process
from streams.bench.site import (
    PARTITIONS,
    Observer,
    Progress,
    Site,
    feed_producer,
    load,
    send,
    sites,
    start_monitor,
    tell,
)
from streams.bench.stats import percentile
from streams.bench.throughput import Contest, measure
from streams.kafka.codec import decode_alert, encode_event
from streams.kafka.topics import ALERTS
from streams.model.events import topic_kind
from streams.settings import KafkaSettings

TARGET_P99_MS = 200.0
_SLACK_S = 10.0
_EACH = 4
"""Events of a journey."""
_APART = 200
"""Journeys that begin between two events of one; fewer where the run is short."""


class LatencyPlan(Struct, frozen=True, kw_only=True):
    """What is measured: for how many seconds at ``rate`` events/s; rate None: half of a maximum measured before.

    The first ``warm_up_s`` (at most half of the time) are reported apart: a monitor that was just started sees every
    party for the first time.
    """

    seconds: float = 60.0
    rate: float | None = None
    events: int = 100_000
    warm_up_s: float = 20.0
    timeout_s: float = 300.0


class Timed(NamedTuple):
    """A record of the feed with the uid of its event."""

    uid: str
    topic: str
    key: bytes
    value: bytes


def latencies_ms(sent: Mapping[str, float], seen: Iterable[tuple[float, str]], not_before: float) -> list[float]:
    """Milliseconds from sending to seeing, for each alert whose event was sent at or after ``not_before`` (s)."""
    return [(at - sent[uid]) * 1000 for at, uid in seen if uid in sent and sent[uid] >= not_before]


def _warm_up_s(plan: LatencyPlan) -> float:
    return min(plan.warm_up_s, plan.seconds / 2)


def maximum(kafka: KafkaSettings, plan: LatencyPlan) -> float:
    """The monitor's rate on a backlog, events/s. Raises BenchFailed."""
    contest = Contest(events=plan.events, consignments=max(1, plan.events // 4), timeout_s=plan.timeout_s)
    with sites(kafka) as (site,), tempfile.TemporaryDirectory(prefix="bench-") as folder:
        load(site, records(contest.consignments, contest.events))
        return measure(site, "monitor", contest, Path(folder)).per_s


def run_latency(kafka: KafkaSettings, plan: LatencyPlan) -> dict[str, object]:
    """Measure and report; progress on standard error. Raises BenchFailed, KafkaTrouble."""
    top = None
    if plan.rate is None:
        tell("measuring the maximum")
        top = maximum(kafka, plan)
    rate = plan.rate or (top or 0.0) / 2
    consignments = max(1, round(rate * plan.seconds / _EACH))
    feed = [
        Timed(e.uid, TOPICS[topic_kind(e)], e.consignment_id.encode(), encode_event(e))
        for e in steady_journeys(consignments, _EACH, seed=7, apart=min(_APART, max(1, consignments // 20)))
    ]
    count = len(feed)
    tell(f"{count} events at {rate:.0f} a second")
    with (
        sites(kafka) as (site,),
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        start_monitor(site, Path(folder) / "monitor.log") as process,
    ):
        process.wait_for("partitions restored", plan.timeout_s)
        gc.collect()
        gc.freeze()  # the feed is large: a search through it for garbage would hold up sender and reader
        try:
            before, found, late_s = _flow(site, feed, rate, plan, process)
        finally:
            gc.unfreeze()
    if not found:
        raise BenchFailed("no alert came of an event after the warm-up; run it for longer (--seconds)")
    p99 = percentile(found, 99)
    p99_before = round(percentile(before, 99), 1) if before else None
    return {
        "p50_ms": round(percentile(found, 50), 1), "p99_ms": round(p99, 1), "max_ms": round(max(found), 1),
        "alerts": len(found), "events": count, "rate_per_s": round(rate, 1), "max_per_s": top, "feeder_late_s": round(late_s, 3),
        "warm_up_s": _warm_up_s(plan), "warm_up_p99_ms": p99_before, "target_p99_ms": TARGET_P99_MS, "met": p99 < TARGET_P99_MS,
    }  # fmt: skip


def _flow(
    site: Site, feed: Sequence[Timed], rate: float, plan: LatencyPlan, process: Process
) -> tuple[list[float], list[float], float]:
    """Send at the rate and read alerts; latencies in ms during and after the warm-up; how late the sending was, s."""
    consumer, producer = _reader(site), feed_producer(site.kafka, linger_ms=5)
    sent: dict[str, float] = {}
    seen: list[tuple[float, Any]] = []
    names = {name: site.topic(name) for name in TOPICS.values()}
    progress, late_s = Progress("sent", len(feed)), 0.0
    try:
        start, done = time.monotonic(), 0
        while done < len(feed):
            due = min(len(feed), int((time.monotonic() - start) * rate) + 1)
            late_s = max(late_s, time.monotonic() - start - done / rate)
            for record in feed[done:due]:
                sent[record.uid] = time.monotonic()
                send(producer, names[record.topic], record.key, record.value)
            done = due
            progress.at(done)
            _read(consumer, producer, seen)
            process.check()
        _rest(site, consumer, producer, seen, len(feed))
    finally:
        consumer.close()
        producer.flush(10)
    told = [(at, decode_alert(value).trigger.id) for at, value in seen]
    warm = start + _warm_up_s(plan)
    early = {uid: at for uid, at in sent.items() if at < warm}
    return latencies_ms(early, told, start), latencies_ms(sent, told, warm), late_s


def _reader(site: Site) -> Consumer:
    consumer = Consumer({
        **site.config, "group.id": site.group("reader"), "isolation.level": "read_committed", "enable.auto.commit": False,
        "fetch.wait.max.ms": 20,
    })  # fmt: skip
    consumer.assign([TopicPartition(site.topic(ALERTS), p, OFFSET_BEGINNING) for p in range(PARTITIONS)])
    return consumer


def _read(consumer: Consumer, producer: Producer, seen: list[tuple[float, Any]]) -> None:
    producer.poll(0)
    messages = consumer.consume(1_000, 0.002)
    now = time.monotonic()
    seen.extend((now, m.value()) for m in messages if m.error() is None)


def _rest(site: Site, consumer: Consumer, producer: Producer, seen: list[tuple[float, Any]], events: int) -> None:
    """Read until all events are committed and alerts have stopped coming; bounded."""
    observer, deadline = Observer(site, site.group("monitor")), time.monotonic() + _SLACK_S
    try:
        while observer.committed() < events and time.monotonic() < deadline:
            _read(consumer, producer, seen)
        quiet = time.monotonic() + 1.0
        while time.monotonic() < quiet:
            _read(consumer, producer, seen)
    finally:
        observer.close()
