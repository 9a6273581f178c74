"""What a monitor says of itself: whether it lives, whether it is ready and what is missing, and its gauges."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from streams.kafka.changelog import PartitionStore
from streams.metrics import Metrics, ReferenceState
from streams.processors.health import Health
from streams.processors.work import LawInForce

_GAUGES_EVERY_S = 0.5


class Status:
    """Told by the loop, asked by the health server from another thread."""

    def __init__(self, metrics: Metrics, stalled_after_s: float) -> None:
        self._metrics, self._stalled_after_s = metrics, stalled_after_s
        self._lock = threading.Lock()
        self._turned = time.monotonic()
        self._missing = {"reference": "no reference records yet", "assigned": "no partitions yet",
                         "restored": "states not restored yet"}  # fmt: skip
        self._facts: dict[str, Any] = {}
        self._gauged = 0.0
        self._oldest: int | None = None
        metrics.ready.set(0)
        metrics.restore_progress.set(0)

    def turned(self) -> None:
        """The loop made progress."""
        with self._lock:
            self._turned = time.monotonic()
        self._metrics.loop_turned()

    def stopping(self) -> None:
        """The monitor is about to end: no longer ready."""
        self._lacks("running", "stopping")

    def _lacks(self, what: str, because: str | None) -> None:
        with self._lock:
            if because is None:
                self._missing.pop(what, None)
            else:
                self._missing[what] = because
            ready = not self._missing
        self._metrics.ready.set(float(ready))

    def law(self, law: LawInForce, state: ReferenceState) -> None:
        """A law is in force."""
        self._lacks("reference", None)
        with self._lock:
            self._facts |= {"reference": law.name, "notices": list(law.judge.notices)}
        self._metrics.reference_info.show(law.digest)
        self._metrics.reference.set(state)

    def reference(self, state: ReferenceState, lists: Mapping[str, int], age_s: float) -> None:
        """How the reference source is; the time each list was fetched (ms UTC)."""
        self._metrics.reference.set(state)
        self._metrics.lists(lists)
        self._metrics.reference_confirmed_age.since(self._metrics.now() - age_s)

    def restoring(self, done: int, total: int) -> None:
        """States are being read back: ``done`` of ``total`` records."""
        self.turned()
        self._lacks("restored", f"{done} of {total} records read")
        self._metrics.restore_progress.set(done / total if total else 1.0)

    def restored(self, seconds: float) -> None:
        """All states of the partitions given are there."""
        self._lacks("restored", None)
        self._metrics.restore_progress.set(1)
        self._metrics.restore_seconds.set(seconds)

    def assigned(
        self, stores: Mapping[int, PartitionStore], lag: Callable[[], dict[str, int]], messages: list[Any]
    ) -> None:
        """Which partitions are held, and what was just read."""
        self._lacks(
            "assigned", None if stores else "no partitions; more monitors than partitions, or a rebalance goes on"
        )
        if messages and self._oldest is None:
            self._oldest = min(m.timestamp()[1] for m in messages[:1] + messages[-1:])
            self._metrics.oldest_event_age.since(self._oldest / 1000)
        now = time.monotonic()
        if now - self._gauged >= _GAUGES_EVERY_S:
            self._gauged = now
            self._gauge(stores, lag())

    def _gauge(self, stores: Mapping[int, PartitionStore], lag: dict[str, int]) -> None:
        metrics = self._metrics
        metrics.assigned.set(len(stores))
        metrics.consignments_open.set(sum(s.open_count for s in stores.values()))
        metrics.state_bytes.set(sum(s.bytes for s in stores.values()))
        metrics.timers_waiting.set(sum(s.waiting for s in stores.values()))
        now = metrics.now() * 1000
        metrics.timers_due.set(sum(1 for s in stores.values() if (due := s.next_due()) is not None and due <= now))
        for topic, behind in lag.items():
            metrics.lag.set(behind, topic)
        with self._lock:
            self._facts |= {"partitions": sorted(stores), "consignments": sum(len(s.states) for s in stores.values()),
                            "lag": sum(lag.values())}  # fmt: skip
        if not sum(lag.values()) and self._oldest is not None:
            self._oldest = None
            metrics.oldest_event_age.since(None)

    def committed(self) -> None:
        """A transaction was committed: what it read is done."""
        self._oldest = None
        self._metrics.oldest_event_age.since(None)

    def live(self) -> Health:
        """Whether the loop turns."""
        with self._lock:
            since = time.monotonic() - self._turned
        return Health(since < self._stalled_after_s, {"seconds_since_progress": round(since, 3)})

    def ready(self) -> Health:
        """Whether reference records are loaded, partitions held and states restored; the body names what is missing."""
        with self._lock:
            return Health(not self._missing, {"missing": dict(self._missing), **self._facts})
