"""`bench restore`: what 200,000 open consignments cost: memory, the time to come back, and each event beside them."""

from __future__ import annotations

import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from streams.bench.feed import TOPICS, Record
from streams.bench.prefill import LONGEST, journey_of, open_states, prefill
from streams.bench.process import BenchFailed, Process, resident_bytes
from streams.bench.site import Site, load, sites, start_monitor, tell, watch
from streams.bench.stats import Figure, NotMeasurable, Sample, figure_of
from streams.kafka.codec import encode_event
from streams.model.events import topic_kind
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from streams.settings import KafkaSettings

TARGET_BYTES, TARGET_S, TARGET_RATIO = 2048, 10.0, 1.15
_RESTORED = "partitions restored"
_READ = "parties read"
_SETTLE_S = 1.0


class RestorePlan(Struct, frozen=True, kw_only=True):
    """How many consignments of how many events; ``events`` of each of ``rounds`` that are then fed to both monitors."""

    consignments: int = 200_000
    few: int = 10_000
    each: int = 6
    events: int = 40_000
    rounds: int = 8
    timeout_s: float = 300.0

    @property
    def step(self) -> int:
        """Every so manieth of the many is one of the few."""
        return max(1, self.consignments // self.few)


def restored(log: str) -> tuple[int, float]:
    """Consignments and seconds that a monitor's log tells of restoring; (0, 0.0) when it tells nothing."""
    lines = [json.loads(line) for line in log.splitlines() if _RESTORED in line and line.startswith("{")]
    return sum(line["consignments"] for line in lines), round(sum(line["seconds"] for line in lines), 3)


def feed_of(plan: RestorePlan, number: int) -> Iterator[Record]:
    """Round ``number`` of the feed, the same for both monitors: new consignments, and the next event of the few."""
    old = min(plan.few, plan.events // 4)
    length = 5
    fresh = max(1, (plan.events - old) // length)
    first = plan.consignments + number * fresh
    for n in range(first, first + fresh):
        for event in journey_of(n)[:length]:
            yield Record(TOPICS[topic_kind(event)], event.consignment_id.encode(), encode_event(event))
    for n in range(old):
        event = journey_of(n * plan.step)[plan.each + number]
        yield Record(TOPICS[topic_kind(event)], event.consignment_id.encode(), encode_event(event))


def run_restore(kafka: KafkaSettings, plan: RestorePlan) -> dict[str, object]:
    """Measure and report; progress on standard error. Raises BenchFailed, KafkaTrouble."""
    if plan.each + plan.rounds > LONGEST:
        raise BenchFailed(f"{plan.each} events and {plan.rounds} rounds: expected together at most {LONGEST}")
    with sites(kafka, 3) as (none, few, many), tempfile.TemporaryDirectory(prefix="bench-") as folder:
        judge = Judge(bundled_records())
        prefill(none, (), 0)
        prefill(few, open_states(_every(plan), plan.each, judge), plan.few)
        tell(f"judging {plan.consignments} consignments of {plan.each} events")
        prefill(many, open_states(range(plan.consignments), plan.each, judge), plan.consignments)
        with contextlib.ExitStack() as stack:
            empty, _, _, _ = _start(stack, none, Path(folder) / "none.log", plan)
            base = resident_bytes(empty.pid)
            empty.stop()
            big, count, seconds, ready_s = _start(stack, many, Path(folder) / "many.log", plan)
            each = (resident_bytes(big.pid) - base) / max(1, count)
            tell(f"  {count} restored in {seconds} s, {each:.0f} bytes each")
            small, _, _, _ = _start(stack, few, Path(folder) / "few.log", plan)
            costs = _costs(plan, ((few, small), (many, big)))
    return report_of(plan, count, seconds, ready_s, each, costs)


def report_of(
    plan: RestorePlan, count: int, seconds: float, ready_s: float, each: float, costs: list[tuple[Figure, Figure]]
) -> dict[str, object]:
    """The figures with their targets; a cost is CPU time per event, its ratio the median over the rounds."""
    ratio = statistics.median(few.per_cpu_s / many.per_cpu_s for few, many in costs)
    cost: dict[str, Any] = {
        f"at_{n}_us": round(statistics.median(1e6 / pair[at].per_cpu_s for pair in costs), 2)
        for at, n in ((0, plan.few), (1, plan.consignments))
    }
    return {
        "consignments": count, "events_each": plan.each, "bytes_each": round(each), "restore_s": seconds,
        "start_to_restored_s": round(ready_s, 2), "cpu_per_event": {**cost, "ratio": round(ratio, 3)},
        "targets": {"bytes_each": TARGET_BYTES, "restore_s": TARGET_S, "ratio": TARGET_RATIO},
        "met": each <= TARGET_BYTES and seconds < TARGET_S and ratio <= TARGET_RATIO,
    }  # fmt: skip


def _every(plan: RestorePlan) -> Iterable[int]:
    return [n * plan.step for n in range(plan.few)]


def _start(stack: contextlib.ExitStack, site: Site, log: Path, plan: RestorePlan) -> tuple[Process, int, float, float]:
    """Start a monitor and wait until it is restored: process, consignments, seconds of restoring, seconds from start."""
    started = time.monotonic()
    process = stack.enter_context(start_monitor(site, log))
    process.wait_for(_RESTORED, plan.timeout_s)
    ready_s = time.monotonic() - started
    process.wait_for(_READ, plan.timeout_s)
    time.sleep(_SETTLE_S)
    return process, *restored(process.log.read_text("utf-8", "replace")), ready_s


def _costs(plan: RestorePlan, pairs: tuple[tuple[Site, Process], ...]) -> list[tuple[Figure, Figure]]:
    """Feed both in turns, round by round; (few, many) of each round."""
    out, total = [], 0
    for number in range(plan.rounds):
        feed = list(feed_of(plan, number))
        figures = []
        for site, process in pairs:
            load(site, feed)
            samples = watch(site, site.group("monitor"), process, total + len(feed), plan.timeout_s)
            try:
                figures.append(figure_of(Sample(s.at, max(0, s.committed - total), s.cpu_s) for s in samples))
            except NotMeasurable as error:
                raise BenchFailed(str(error)) from None
        total += len(feed)
        out.append((figures[0], figures[1]))
        tell(f"  round {number + 1}: {1e6 / figures[0].per_cpu_s:.1f} and {1e6 / figures[1].per_cpu_s:.1f} us an event")
    return out
