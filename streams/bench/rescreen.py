"""`bench rescreen`: a listing comes into force while consignments are open: how soon, whom it touches, whether rightly."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from msgspec import Struct

from streams.bench.prefill import open_states, prefill
from streams.bench.process import BenchFailed
from streams.bench.site import PARTITIONS, Site, sites, tell
from streams.kafka.codec import decode_alert
from streams.kafka.topics import ALERTS
from streams.metrics import Metrics
from streams.model.decision import Alert
from streams.model.intake import record_from_json
from streams.model.reference import AnyRecord
from streams.processors.monitor import Monitor
from streams.reference.bundled import bundled_records
from streams.reference.source import FixedSource, Snapshot
from streams.rules.judge import Judge, events_of
from streams.settings import Settings

LISTING: dict[str, Any] = {
    "kind": "party", "id": "bench-listing-1", "list": "EU-FSF", "schema": "Organization",
    "names": [{"name": "Seller 123 KZ Trade LLP"}], "countries": ["KZ"], "measures": ["FREEZE"],
    "applies_from": "2026-09-01", "source": "a listing of the benchmark",
}  # fmt: skip
_DONE = b"transitwatch_rejudge_seconds_count "
_QUIET_S = 1.0


class RescreenPlan(Struct, frozen=True, kw_only=True):
    """How many consignments are open, of how many events each; seconds that it may take."""

    consignments: int = 50_000
    each: int = 4
    timeout_s: float = 300.0


def expected_alerts(states: Iterable[tuple[str, bytes]], snapshot: Snapshot) -> dict[str, list[Alert]]:
    """The alert versions that judging every consignment again gives, by consignment; those without are left out."""
    judge, name = Judge(snapshot.records), f"reference {snapshot.digest[:12]}"
    found = ((ident, judge.rejudge(state, snapshot.loaded_at, name).alerts) for ident, state in states)
    return {ident: list(alerts) for ident, alerts in found if alerts}


def changed_anew(states: Iterable[tuple[str, bytes]], before: Judge, after: Judge) -> set[str]:
    """The consignments whose findings differ when all their events are folded and judged anew under either law."""
    return {
        ident
        for ident, state in states
        if before.decide(ident, (events := events_of(state))).findings != after.decide(ident, events).findings
    }


def report_of(
    plan: RescreenPlan, seen: Mapping[str, list[Alert]], expected: Mapping[str, list[Alert]], changed: set[str],
    seconds: tuple[float, float],
) -> dict[str, object]:  # fmt: skip
    """The figures; ``seconds``: to the last alert, and until all was judged through."""
    equal = dict(seen) == dict(expected) and set(seen) == changed
    return {
        "consignments": plan.consignments, "touched": len(seen), "alerts": sum(map(len, seen.values())),
        "last_alert_s": round(seconds[0], 3), "judged_through_s": round(seconds[1], 3),
        "equal_to_judging_anew": equal,
        "differences": sorted({i for i in {*seen, *expected, *changed}
                               if seen.get(i) != expected.get(i) or (i in seen) != (i in changed)})[:10],
    }  # fmt: skip


def run_rescreen(settings: Settings, plan: RescreenPlan) -> dict[str, object]:
    """Measure and report; progress on standard error. Raises BenchFailed, KafkaTrouble, and what the monitor raises."""
    tell(f"judging {plan.consignments} consignments of {plan.each} events")
    states = list(open_states(range(plan.consignments), plan.each, Judge(bundled_records())))
    records = [*bundled_records(), record_from_json(LISTING)[0]]
    source = FixedSource(bundled_records())
    with sites(settings.kafka) as (site,):
        prefill(site, states, len(states))
        running = Running(_settings(settings, site), source)
        try:
            running.wait(lambda: running.ready, plan.timeout_s, "restored")
            restored = time.monotonic()
            running.wait(lambda: not running.reading, plan.timeout_s, "done with reading whom the consignments name")
            tell(f"  read in {time.monotonic() - restored:.1f} s whom they name")
            tell("publishing a listing")
            seen, seconds = _publish(site, running, records, plan)
        finally:
            running.stop()
    tell("judging all anew, for comparison")
    now = source.current()
    assert now is not None
    changed = changed_anew(states, Judge(bundled_records()), Judge(records))
    return report_of(plan, seen, expected_alerts(states, now), changed, seconds)


def _settings(settings: Settings, site: Site) -> Settings:
    replace = msgspec.structs.replace
    return replace(
        settings, kafka=replace(settings.kafka, topic_prefix=site.prefix),
        monitor=replace(settings.monitor, group=site.group("monitor"), clock="event"),
    )  # fmt: skip


class Running:
    """A monitor in a thread of this process, so that its source of records can be given a listing."""

    def __init__(self, settings: Settings, source: FixedSource) -> None:
        self.source, self._metrics, self._stop = source, Metrics("bench"), threading.Event()
        self._monitor = Monitor(settings, source, self._metrics, self._stop)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="monitor", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._monitor.run()
        except BaseException as error:  # raised again by `check`, in the thread that waits
            self._error = error

    @property
    def ready(self) -> bool:
        """Whether it has its partitions restored."""
        return bool(self._monitor.status.ready().ok)

    @property
    def reading(self) -> bool:
        """Whether it is still reading whom the consignments name."""
        return self._monitor.reading

    @property
    def through(self) -> bool:
        """Whether a change of the law was judged through."""
        line = next((x for x in self._metrics.text().splitlines() if x.startswith(_DONE)), _DONE + b"0")
        return float(line.split()[1]) > 0

    def check(self) -> None:
        """Raises what ended the monitor."""
        if self._error is not None:
            raise self._error

    def wait(self, holds: Any, timeout_s: float, what: str) -> None:
        """Wait for a condition. Raises BenchFailed, and what ended the monitor."""
        deadline = time.monotonic() + timeout_s
        while not holds():
            self.check()
            if time.monotonic() > deadline:
                raise BenchFailed(f"the monitor was not {what} within {timeout_s:.0f} s; give it more (--timeout)")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it and wait."""
        self._stop.set()
        self._thread.join(60)


def _publish(
    site: Site, running: Running, records: list[AnyRecord], plan: RescreenPlan
) -> tuple[dict[str, list[Alert]], tuple[float, float]]:
    """Put records in force; alerts by consignment, seconds to the last of them and until all was judged."""
    consumer = Consumer({
        **site.config, "group.id": site.group("reader"), "isolation.level": "read_committed", "enable.auto.commit": False,
        "fetch.wait.max.ms": 20,
    })  # fmt: skip
    consumer.assign([TopicPartition(site.topic(ALERTS), p, OFFSET_BEGINNING) for p in range(PARTITIONS)])
    found: dict[str, list[Alert]] = {}
    started = last = time.monotonic()
    through: float | None = None
    running.source.put(records)
    try:
        while through is None or time.monotonic() < max(last, through) + _QUIET_S:
            messages = [m for m in consumer.consume(1_000, 0.02) if m.error() is None]
            for message in messages:
                last = time.monotonic()
                alert = decode_alert(message.value() or b"")
                found.setdefault(alert.consignment_id, []).append(alert)
            if through is None and running.through:
                through = time.monotonic()
            running.check()
            if time.monotonic() > started + plan.timeout_s:
                raise BenchFailed(f"the listing was not judged through within {plan.timeout_s:.0f} s")
    finally:
        consumer.close()
    return found, (last - started, through - started)
