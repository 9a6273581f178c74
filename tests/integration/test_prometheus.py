"""A real Prometheus scrapes `/metrics` as the monitor writes it; every query of both dashboards has data."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from streams.metrics import CONTENT_TYPE, Metrics
from tests.integration.prometheus_server import Prometheus, scraping, wait_for
from tests.unit.deploy.promql import DASHBOARDS, queries

pytestmark = pytest.mark.prometheus
WINDOW = "30s"


def concrete(expression: str) -> str:
    """The expression with a fixed window where Grafana puts in one of its own."""
    return expression.replace("$__rate_interval", WINDOW).replace("$__range", WINDOW)


def without_data(server: Prometheus) -> list[str]:
    """The queries of both dashboards to which Prometheus knows no number."""
    empty = []
    for path in DASHBOARDS:
        for title, expression in queries(path):
            samples = server.query(concrete(expression))
            if not any(math.isfinite(float(sample["value"][1])) for sample in samples):
                empty.append(f"{path.stem}: {title}: {expression}")
    return empty


def one_transaction(metrics: Metrics) -> None:
    """Tell the metrics what a monitor tells them of one transaction."""
    batch = metrics.batch()
    for type_, outcome in (("LOADED", "folded"), ("ARRIVED", "refolded"), ("ARRIVED", "duplicate")):
        batch.event(type_, outcome)
    for rule, verdict in (("R03", "WAIVER_MET"), ("R03", "INSUFFICIENT_DATA"), ("R02", "BREACH"), ("R10", "BREACH")):
        batch.finding(rule, verdict)
        if verdict != "WAIVER_MET":
            batch.alert(rule, verdict, "OPEN", caused_ms=int(metrics.now() * 1000) - 40)
    batch.dead_letter("truncated")
    metrics.transaction_ended("committed", 0.02)
    batch.commit()
    metrics.loop_turned()


def told_at_start(metrics: Metrics) -> None:
    """Tell the metrics what a monitor tells them when it has become ready."""
    for gauge, value in (
        (metrics.consignments_open, 12), (metrics.state_bytes, 9000), (metrics.timers_due, 0), (metrics.timers_waiting, 3),
        (metrics.restore_progress, 1), (metrics.restore_seconds, 0.4), (metrics.ready, 1), (metrics.assigned, 4),
    ):  # fmt: skip
        gauge.set(value)
    metrics.lists({"SAMPLE-EU": 0})
    metrics.reference.set("fresh")
    metrics.reference_confirmed_age.since(metrics.now())
    metrics.reference_info.show("0123456789abcdef")
    metrics.oldest_event_age.since(None)


@pytest.fixture
def target() -> Iterator[str]:
    """host:port of a `/metrics` that is told of transactions all the time."""
    metrics = Metrics("1.2.3")

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = metrics.text()
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    told_at_start(metrics)
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.1):
            one_transaction(metrics)

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as page:
        threads = [threading.Thread(target=page.serve_forever), threading.Thread(target=work)]
        for thread in threads:
            thread.start()
        yield f"127.0.0.1:{page.server_port}"
        stop.set()
        page.shutdown()
        for thread in threads:
            thread.join(timeout=10)


def test_every_query_of_both_dashboards_returns_data(tmp_path_factory: pytest.TempPathFactory, target: str) -> None:
    with scraping(tmp_path_factory.mktemp("prometheus"), [target]) as server:
        wait_for(lambda: bool(server.query("rate(transitwatch_events_total[5s]) > 0")), "events in Prometheus")
        wait_for(lambda: without_data(server) == [], "data for every query", 30)
        assert without_data(server) == []


@pytest.fixture
def demo() -> Iterator[str]:
    """host:port of the monitor of a demo that keeps running."""
    command = (sys.executable, "-m", "streams.cli", "demo", "--consignments", "150", "--serve", "--json")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["running"]["http"].removeprefix("http://")
        process.terminate()


def test_every_query_of_both_dashboards_returns_data_from_a_running_demo(
    tmp_path_factory: pytest.TempPathFactory, demo: str
) -> None:
    with scraping(tmp_path_factory.mktemp("prometheus"), [demo]) as server:
        wait_for(lambda: bool(server.query("rate(transitwatch_events_total[5s]) > 0")), "events in Prometheus")
        wait_for(lambda: without_data(server) == [], "data for every query", 60)
        assert without_data(server) == []


def test_a_query_without_data_is_noticed(tmp_path_factory: pytest.TempPathFactory) -> None:
    with scraping(tmp_path_factory.mktemp("prometheus"), []) as server:
        empty = without_data(server)
    assert any("transitwatch_ready" in each for each in empty)


def test_the_alert_rules_load_and_none_of_a_healthy_monitor_fires(
    tmp_path_factory: pytest.TempPathFactory, target: str
) -> None:
    with scraping(tmp_path_factory.mktemp("prometheus"), [target]) as server:
        wait_for(lambda: bool(server.query("transitwatch_ready == 1")), "the monitor in Prometheus")

        def evaluated() -> bool:
            groups = server.ask("rules")["groups"]
            return all(rule["health"] == "ok" for group in groups for rule in group["rules"])

        wait_for(evaluated, "every alert rule evaluated")
        rules = [rule for group in server.ask("rules")["groups"] for rule in group["rules"]]
        critical = [
            rule["name"] for rule in rules if rule["state"] == "firing" and rule["labels"]["severity"] == "critical"
        ]
        assert critical == []
