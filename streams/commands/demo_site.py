"""The servers and processes of the demo: an embedded broker and Redis, agents and monitor as they run in production."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from streams.embedded.broker import EmbeddedBroker
from streams.embedded.redis import MEANINGS, EmbeddedRedis, free_port
from streams.errors import TransitwatchError
from streams.kafka.codec import encode_event
from streams.kafka.sender import Sender
from streams.kafka.topics import CUSTOMS, SHIPMENTS, TOPICS
from streams.model.events import CUSTOMS_TYPES, Event
from streams.reference.bundled import bundled_records
from streams.reference.topics import publish
from streams.setting_defs import PREFIX
from streams.settings import KafkaSettings, load_settings

_END_S = 15.0
_LOG_SHOWN = 1500


class DemoFailed(TransitwatchError):
    """The demo did not come to where it should; says how far it came and what the processes said."""


class Site:
    """One installation on this machine, alive between entering and leaving the context; logs go to ``folder``.

    ``tell`` is given a line at each step. Raises DemoFailed when a process ends or is not ready in time.
    """

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self._folder, self._tell = folder, tell
        self._open = contextlib.ExitStack()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._environment: dict[str, str] = {}
        self._redis_url = ""
        self.http_port = free_port()
        """Port of `/health/*` and `/metrics` of the monitor."""
        self.kafka: KafkaSettings

    def __enter__(self) -> Site:
        try:
            self._start()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.close()

    def _start(self) -> None:
        broker = self._open.enter_context(EmbeddedBroker())
        self._tell(f"Kafka    a broker inside this process, {broker.bootstrap}")
        redis = self._open.enter_context(EmbeddedRedis())
        self._redis_url = redis.url
        self._tell(f"Redis    {MEANINGS[redis.kind]}, {redis.url}")
        values = {"kafka.bootstrap": broker.bootstrap, "redis.url": redis.url, "http.port": self.http_port}
        self.kafka = load_settings({}, None, values).kafka
        clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        told = {PREFIX + key.upper().replace(".", "_"): str(value) for key, value in values.items()}
        self._environment = {**clean, **told, "PYTHONUNBUFFERED": "1"}
        broker.touch(spec.name for spec in TOPICS)
        count = publish(self.kafka.client_config(), bundled_records())
        self._tell(f"law      {count} dated records published to the reference topics")
        self._run("agents", "agents")
        self._run("monitor", "monitor", "--slot", "0")
        self.wait_for(lambda: self.health().get("ready") is True, "the monitor ready", 40.0)
        self._tell(f"monitor  ready; http://127.0.0.1:{self.http_port}/health/ready and /metrics")

    def _run(self, name: str, *arguments: str) -> None:
        log = self._open.enter_context((self._folder / f"{name}.log").open("wb"))
        process = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", *arguments],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment,
        )  # fmt: skip
        self._processes[name] = process
        self._open.callback(_end, process)

    def addresses(self) -> dict[str, str]:
        """Where it can be looked at from outside: `bootstrap`, `redis`, `http`."""
        http = f"http://127.0.0.1:{self.http_port}"
        return {"bootstrap": self.kafka.bootstrap, "redis": self._redis_url, "http": http}

    def check(self) -> None:
        """Raise DemoFailed when a process ended by itself."""
        for name, process in self._processes.items():
            if process.poll() is not None:
                raise DemoFailed(f"`{name}` ended with {process.returncode}; its log ends: {self._tail(name)}")

    def _tail(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text("utf-8", "replace")[-_LOG_SHOWN:]

    def wait_for(self, holds: Callable[[], bool], what: str, timeout_s: float) -> None:
        """Look until ``holds()``. Raises DemoFailed."""
        deadline = time.monotonic() + timeout_s
        while not holds():
            self.check()
            if time.monotonic() > deadline:
                raise DemoFailed(f"not within {timeout_s:.0f} s: {what}; log of the monitor: {self._tail('monitor')}")
            time.sleep(0.1)

    def health(self) -> dict[str, Any]:
        """The body of `/health/ready`, with ``ready`` true or false; empty while nothing answers."""
        url = f"http://127.0.0.1:{self.http_port}/health/ready"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return {**msgspec.json.decode(answer.read()), "ready": True}
        except urllib.error.HTTPError as error:
            return {**msgspec.json.decode(error.read()), "ready": False}
        except OSError:
            return {}

    def feed(self, events: Iterable[Event]) -> int:
        """Write events to their topics; how many. Raises KafkaTrouble."""
        with Sender(self.kafka) as sender:
            for event in events:
                topic = CUSTOMS if event.type in CUSTOMS_TYPES else SHIPMENTS
                sender.send(topic, event.consignment_id.encode(), encode_event(event))
        return sender.count


def _end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and SIGKILL for one that does not obey."""
    process.terminate()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
