"""A real Prometheus for tests: scrapes given targets every second, answers queries."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.servers.required import absent
from tests.unit.deploy.promql import ROOT

_PAUSE = threading.Event()


def wait_for(wanted: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
    """Look five times a second until ``wanted()`` holds; fails the test when it does not in time."""
    for _ in range(int(timeout_s * 5)):
        if wanted():
            return
        _PAUSE.wait(0.2)
    pytest.fail(f"not within {timeout_s:.0f} s: {what}")


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Prometheus:
    """Asks a running Prometheus at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, **parameters: str) -> Any:
        """The `data` of an answer of the HTTP API."""
        address = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  # http of this machine
            return json.load(answer)["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The samples of an instant query. Raises ValueError with the message of Prometheus when it is wrong."""
        try:
            found: list[dict[str, Any]] = self.ask("query", query=expression)["result"]
        except urllib.error.HTTPError as error:
            raise ValueError(f"{expression}: {json.load(error)['error']}") from error
        return found

    def ready(self) -> bool:
        """Whether it answers queries."""
        try:
            return bool(urllib.request.urlopen(f"{self.url}/-/ready", timeout=5).status == 200)  # noqa: S310  # as above
        except OSError:
            return False


@contextmanager
def scraping(folder: Path, targets: list[str]) -> Iterator[Prometheus]:
    """Prometheus with the project's alert rules, scraping ``targets`` (host:port) each second; data in ``folder``."""
    program = shutil.which("prometheus")
    if program is None:
        absent("prometheus is not on PATH (Debian package `prometheus`)")
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(ROOT / "deploy" / "prometheus" / "rules" / "*.yml")],
        "scrape_configs": [{"job_name": "transitwatch-monitor", "static_configs": [{"targets": targets}]}],
    }
    file = folder / "prometheus.json"  # JSON is YAML
    file.write_text(json.dumps(config), encoding="utf-8")
    port = free_port()
    arguments = [
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen([program, *arguments], stdout=log, stderr=log)
        try:
            server = Prometheus(f"http://127.0.0.1:{port}")
            wait_for(lambda: server.ready() or process.poll() is not None, "Prometheus ready")
            assert process.poll() is None, (folder / "prometheus.log").read_text(encoding="utf-8")
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)
