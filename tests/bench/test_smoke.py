"""Each bench once on a real Kafka, small: it runs to its end and reports in its form. Speeds are not judged."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from streams.bench.throughput import QUIX_PYTHON
from streams.cli import cli
from tests.servers.kafka import KafkaServer

pytestmark = pytest.mark.kafka


def bench(kafka: KafkaServer, *arguments: str) -> dict[str, object]:
    done = CliRunner().invoke(cli, ["bench", *arguments, "--bootstrap", kafka.bootstrap, "--json", "--timeout", "90"])
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", ["limit", "monitor", "faust"])
def test_a_contender_commits_the_whole_feed(kafka: KafkaServer, name: str) -> None:
    report = bench(kafka, "throughput", "--events", "12000", "--consignments", "3000", "--only", name)
    assert name in report


def test_quix_commits_the_whole_feed(kafka: KafkaServer) -> None:
    if not QUIX_PYTHON.exists():
        pytest.skip("no .venv-quix; `make bench-setup` makes it")
    report = bench(kafka, "throughput", "--events", "12000", "--consignments", "3000", "--only", "quix")
    assert "quix" in report


def test_latency_is_measured_on_alerts_of_events(kafka: KafkaServer) -> None:
    report = bench(kafka, "latency", "--rate", "400", "--seconds", "6")
    assert report["events"] == 2400
    assert isinstance(report["alerts"], int)
    assert report["alerts"] > 0


def test_restore_finds_every_consignment_again(kafka: KafkaServer) -> None:
    report = bench(
        kafka, "restore", "--consignments", "400", "--few", "40", "--events", "9000", "--rounds", "1", "--each", "5"
    )
    assert report["consignments"] == 400


def test_a_listing_touches_the_right_consignments(kafka: KafkaServer) -> None:
    report = bench(kafka, "rescreen", "--consignments", "2000")
    assert report["equal_to_judging_anew"] is True
    assert report["touched"] != 0
