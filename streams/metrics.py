"""The metrics of one process: bounded families out of `streams.metric_defs`, and a batch for the hot path.

Counters of a transaction are collected in a `Batch` of plain dicts and reach Prometheus after the commit, so
that an aborted transaction counts nothing. Ages are computed when they are scraped: they grow while the
loop hangs, which is when they matter.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Literal

import prometheus_client as prom
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import CollectorRegistry

from streams import metric_defs as defs
from streams.metric_defs import OTHER, Label, Spec

CONTENT_TYPE = CONTENT_TYPE_LATEST
"""The media type of `Metrics.text`."""
_FORM = re.compile(r"[A-Za-z0-9._-]{1,64}")

RedisErrorKind = Literal["connection", "timeout", "authentication", "data"]
ReplacementCause = Literal["fenced", "commit_unknown", "fatal", "timeout"]
TransactionResult = Literal["committed", "aborted", "unknown"]
ReferenceState = Literal["fresh", "held", "missing"]
Seconds = float


class _Bound:
    """Keeps one label to its values."""

    def __init__(self, label: Label) -> None:
        self._closed = frozenset(label.values)
        self._most = label.most
        self._seen: set[str] = set()

    def __call__(self, value: str) -> str:
        if self._closed:
            return value if value in self._closed else OTHER
        if value in self._seen:
            return value
        if len(self._seen) < self._most and _FORM.fullmatch(value):
            self._seen.add(value)
            return value
        return OTHER


class _Bounds:
    """Keeps the labels of one family to their values. Raises ValueError for a wrong number of labels."""

    def __init__(self, spec: Spec) -> None:
        self._name = spec.name
        self._each = tuple(_Bound(label) for label in spec.labels)

    def __call__(self, labels: tuple[str, ...]) -> tuple[str, ...]:
        if len(labels) != len(self._each):
            raise ValueError(f"{self._name} has {len(self._each)} labels, given were {labels}")
        return tuple(bound(value) for bound, value in zip(self._each, labels, strict=True))


def _label_names(spec: Spec) -> tuple[str, ...]:
    return tuple(label.name for label in spec.labels)


class CounterFamily:
    """A counter and its children, each resolved once."""

    def __init__(self, spec: Spec, registry: CollectorRegistry) -> None:
        self.spec = spec
        self._metric = prom.Counter(spec.name, spec.meaning, _label_names(spec), registry=registry)
        self._bounds = _Bounds(spec)
        self._children: dict[tuple[str, ...], prom.Counter] = {}
        if spec.at_zero:
            for value in spec.labels[0].values:
                self._child((value,))

    def _child(self, labels: tuple[str, ...]) -> prom.Counter:
        found = self._children.get(labels)
        if found is None:
            bounded = self._bounds(labels)
            found = self._children.get(bounded)
            if found is None:
                found = self._children[bounded] = self._metric.labels(*bounded) if bounded else self._metric
        return found

    def add(self, amount: float, *labels: str) -> None:
        """Count ``amount`` more."""
        self._child(labels).inc(amount)


class GaugeFamily:
    """A gauge and its children."""

    def __init__(self, spec: Spec, registry: CollectorRegistry) -> None:
        self.spec = spec
        self._metric = prom.Gauge(spec.name, spec.meaning, _label_names(spec), registry=registry)
        self._bounds = _Bounds(spec)
        if spec.at_zero:
            for value in spec.labels[0].values:
                self._metric.labels(value).set(0)

    def _child(self, labels: tuple[str, ...]) -> prom.Gauge:
        bounded = self._bounds(labels)
        return self._metric.labels(*bounded) if bounded else self._metric

    def set(self, value: float, *labels: str) -> None:
        """Set the gauge, in the unit of its spec."""
        self._child(labels).set(value)


class AgeFamily(GaugeFamily):
    """A gauge of seconds since a moment, computed when it is scraped."""

    def __init__(self, spec: Spec, registry: CollectorRegistry, now: Callable[[], Seconds]) -> None:
        super().__init__(spec, registry)
        self._now = now

    def since(self, moment: Seconds | None, *labels: str) -> None:
        """The moment (seconds since 1970) that the age counts from; None: there is none, the age is 0."""
        child, now = self._child(labels), self._now
        if moment is None:
            child.set_function(lambda: 0.0)
        else:
            child.set_function(lambda: max(0.0, now() - moment))


class InfoFamily:
    """A gauge of value 1 with one child at a time, named by a version."""

    def __init__(self, spec: Spec, registry: CollectorRegistry) -> None:
        self.spec = spec
        self._metric = prom.Gauge(spec.name, spec.meaning, _label_names(spec), registry=registry)
        self._shown: str | None = None

    def show(self, version: str) -> None:
        """Show this version (its first 12 characters) in place of the one before."""
        text = version[:12] if _FORM.fullmatch(version[:12]) else OTHER
        if text != self._shown:
            self._metric.labels(text).set(1)
            if self._shown is not None:
                self._metric.remove(self._shown)
            self._shown = text


class HistogramFamily:
    """A histogram of seconds without labels."""

    def __init__(self, spec: Spec, registry: CollectorRegistry) -> None:
        self.spec = spec
        self._metric = prom.Histogram(spec.name, spec.meaning, buckets=spec.buckets, registry=registry)

    def observe(self, seconds: Seconds) -> None:
        """Add one observation."""
        self._metric.observe(seconds)


class ReferenceGauge:
    """State of the reference records and the time it was not ``fresh``; may be told from any thread."""

    def __init__(self, registry: CollectorRegistry, monotonic: Callable[[], Seconds]) -> None:
        self._state_is = GaugeFamily(defs.REFERENCE_STATE, registry)
        self._degraded = CounterFamily(defs.REFERENCE_DEGRADED, registry)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._state: ReferenceState | None = None
        self._counted_to = monotonic()

    def set(self, state: ReferenceState) -> None:
        """Tell the state the records are in now."""
        with self._lock:
            self._count()
            if state != self._state:
                self._state = state
                for each in defs.STATE.values:
                    self._state_is.set(float(each == state), each)

    def bring_up_to_date(self) -> None:
        """Count the degraded time until now."""
        with self._lock:
            self._count()

    def _count(self) -> None:
        now = self._monotonic()
        if self._state in ("held", "missing"):
            self._degraded.add(now - self._counted_to)
        self._counted_to = now


class Batch:
    """What one transaction did; `commit` counts it, `discard` forgets it. For one thread."""

    __slots__ = ("_alerts", "_dead", "_events", "_findings", "_latencies", "_metrics")

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._events: dict[tuple[str, str], int] = {}
        self._findings: dict[tuple[str, str], int] = {}
        self._alerts: dict[tuple[str, str, str], int] = {}
        self._dead: dict[str, int] = {}
        self._latencies: list[int] = []

    def event(self, type_: str, outcome: str, count: int = 1) -> None:
        """An event of this type was judged, with this outcome."""
        key = (type_, outcome)
        self._events[key] = self._events.get(key, 0) + count

    def finding(self, rule: str, verdict: str) -> None:
        """A rule came to this verdict."""
        key = (rule, verdict)
        self._findings[key] = self._findings.get(key, 0) + 1

    def alert(self, rule: str, verdict: str, status: str, caused_ms: int | None = None) -> None:
        """An alert version is published; ``caused_ms``: Kafka timestamp (ms) of the event that caused it."""
        key = (rule, verdict, status)
        self._alerts[key] = self._alerts.get(key, 0) + 1
        if caused_ms is not None:
            self._latencies.append(caused_ms)

    def dead_letter(self, reason: str) -> None:
        """A record goes to the dead letters."""
        self._dead[reason] = self._dead.get(reason, 0) + 1

    def commit(self) -> None:
        """Count all of it; call after the transaction was committed."""
        metrics = self._metrics
        for event, count in self._events.items():
            metrics.events.add(count, *event)
        for finding, count in self._findings.items():
            metrics.findings.add(count, *finding)
        for alert, count in self._alerts.items():
            metrics.alerts.add(count, *alert)
        for reason, count in self._dead.items():
            metrics.dead_letters.add(count, reason)
        now_ms = metrics.now() * 1000
        for caused in self._latencies:
            metrics.event_to_alert.observe(max(0.0, now_ms - caused) / 1000)
        self.discard()

    def discard(self) -> None:
        """Forget all of it; call after the transaction was aborted."""
        self._events, self._findings, self._alerts, self._dead, self._latencies = {}, {}, {}, {}, []


class Metrics:
    """All metrics of one process on a registry of their own.

    ``now`` gives seconds since 1970, ``monotonic`` seconds of any origin; tests put in their own.
    """

    def __init__(
        self, version: str = "unknown", *, now: Callable[[], Seconds] = time.time,
        monotonic: Callable[[], Seconds] = time.monotonic,
    ) -> None:  # fmt: skip
        registry = self.registry = CollectorRegistry()
        self.now = now
        self.events = CounterFamily(defs.EVENTS, registry)
        self.findings = CounterFamily(defs.FINDINGS, registry)
        self.alerts = CounterFamily(defs.ALERTS, registry)
        self.dead_letters = CounterFamily(defs.DEAD_LETTERS, registry)
        self.oldest_event_age = AgeFamily(defs.OLDEST_EVENT_AGE, registry, now)
        self.event_to_alert = HistogramFamily(defs.EVENT_TO_ALERT, registry)
        self.transaction = HistogramFamily(defs.TRANSACTION, registry)
        self.transactions = CounterFamily(defs.TRANSACTIONS, registry)
        self.producer_replacements = CounterFamily(defs.PRODUCER_REPLACEMENTS, registry)
        self.consignments_open = GaugeFamily(defs.CONSIGNMENTS_OPEN, registry)
        self.state_bytes = GaugeFamily(defs.STATE_BYTES, registry)
        self.timers_due = GaugeFamily(defs.TIMERS_DUE, registry)
        self.timers_waiting = GaugeFamily(defs.TIMERS_WAITING, registry)
        self.restore_progress = GaugeFamily(defs.RESTORE_PROGRESS, registry)
        self.restore_seconds = GaugeFamily(defs.RESTORE_SECONDS, registry)
        self.ready = GaugeFamily(defs.READY, registry)
        self.loop_progress = GaugeFamily(defs.LOOP_PROGRESS, registry)
        self.assigned = GaugeFamily(defs.ASSIGNED, registry)
        self.lag = GaugeFamily(defs.LAG, registry)
        self.list_age = AgeFamily(defs.LIST_AGE, registry, now)
        self.reference = ReferenceGauge(registry, monotonic)
        self.reference_confirmed_age = AgeFamily(defs.REFERENCE_CONFIRMED_AGE, registry, now)
        self.reference_info = InfoFamily(defs.REFERENCE_INFO, registry)
        self.rejudged = CounterFamily(defs.REJUDGED, registry)
        self.rejudge_seconds = HistogramFamily(defs.REJUDGE_SECONDS, registry)
        self.redis_errors = CounterFamily(defs.REDIS_ERRORS, registry)
        InfoFamily(defs.BUILD, registry).show(version)
        prom.ProcessCollector(registry=registry)

    def batch(self) -> Batch:
        """An empty batch for one transaction after another."""
        return Batch(self)

    def loop_turned(self) -> None:
        """The loop came round."""
        self.loop_progress.set(self.now())

    def lists(self, fetched_ms: Mapping[str, int]) -> None:
        """When each list was fetched (ms since 1970, by list name)."""
        for name, moment in fetched_ms.items():
            self.list_age.since(moment / 1000, name)

    def transaction_ended(self, result: TransactionResult, seconds: Seconds) -> None:
        """A transaction ended after ``seconds``."""
        self.transactions.add(1, result)
        self.transaction.observe(seconds)

    def producer_replaced(self, cause: ReplacementCause) -> None:
        """A transactional producer was thrown away and replaced."""
        self.producer_replacements.add(1, cause)

    def redis_failed(self, kind: RedisErrorKind) -> None:
        """Redis answered with an error or not at all."""
        self.redis_errors.add(1, kind)

    def text(self) -> bytes:
        """All metrics in the Prometheus text form, for `/metrics` with `CONTENT_TYPE`."""
        self.reference.bring_up_to_date()
        return generate_latest(self.registry)
