"""A monitor in a thread of this process, for tests on a real Kafka that change its law under way."""

from __future__ import annotations

import threading
from typing import Any

import msgspec

from streams.metrics import Metrics
from streams.processors.monitor import Monitor
from streams.reference.source import FixedSource
from streams.settings import load_settings
from tests.integration.operating import Installation
from tests.servers.kafka import KafkaServer


def booked(number: int, *names: str) -> str:
    """A booking of consignment C-<number> with buyers of KZ, as a line of a file."""
    event = {
        "event_id": f"e{number}", "source": "t", "type": "BOOKED", "consignment_id": f"C-{number}",
        "occurred_at": "2026-07-06T10:00:00Z", "recorded_at": "2026-07-06T10:00:00Z", "goods": [{"hs": "080810"}],
        "parties": [{"role": "BUYER", "name": name, "country": "KZ"} for name in names],
    }  # fmt: skip
    return msgspec.json.encode(event).decode() + "\n"


class Running:
    """A monitor in a thread of this process."""

    def __init__(self, here: Installation, server: KafkaServer, source: FixedSource, **options: Any) -> None:
        values = {
            "kafka.bootstrap": server.bootstrap, "kafka.topic_prefix": here.prefix, "monitor.group": f"{here.prefix}m",
            "monitor.clock": "event", **options,
        }  # fmt: skip
        self._stop = threading.Event()
        monitor = Monitor(load_settings({}, None, values), source, Metrics("test"), self._stop)
        self._thread = threading.Thread(target=monitor.run, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)
        assert not self._thread.is_alive()


def ingest(here: Installation, *lines: str) -> None:
    """Bring lines onto the event topics."""
    done = here.run("ingest", "canonical", "-", input="".join(lines).encode())
    assert done.exit_code == 0, done.output
