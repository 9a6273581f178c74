"""`transitwatch demo` as a user runs it: its account, its figures, and the one that keeps running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from streams.commands.demo_account import HEROES, STORIES, Account
from streams.model.intake import event_from_json, load_json
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge

NOW = 1_790_000_000_000
DEMO = (sys.executable, "-m", "streams.cli", "demo", "--consignments", "60")


def environment() -> dict[str, str]:
    """A machine with Python and nothing else on PATH; settings of another installation must not matter."""
    return {**os.environ, "PATH": "/nonexistent", "TRANSITWATCH_KAFKA_BOOTSTRAP": "192.0.2.1:9092"}


@pytest.fixture(scope="module")
def account() -> subprocess.CompletedProcess[str]:
    return subprocess.run(DEMO, capture_output=True, text=True, check=False, env=environment(), timeout=300)


def test_the_demo_ends_well(account: subprocess.CompletedProcess[str]) -> None:
    assert account.returncode == 0, account.stdout + account.stderr


@pytest.mark.parametrize(
    "told",
    [
        "64 consignments", "What was flagged:", "What an exemption covered:", "✓ origin_only", "✗ owner_not_from",
        "DEMO-TRANSIT-BELARUS      BREACH", "DEMO-GHOST-TRANSIT        RED_FLAG", "Where to look next",
        "transitwatch explain DEMO-TRANSIT-BELARUS --events",
    ],
)  # fmt: skip
def test_its_account_says(account: subprocess.CompletedProcess[str], told: str) -> None:
    assert told in account.stdout


def test_it_says_which_redis_it_runs_on(account: subprocess.CompletedProcess[str]) -> None:
    assert "Redis    a real Redis server" in account.stdout or "Redis    an imitation" in account.stdout


@pytest.fixture(scope="module")
def running() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen((*DEMO, "--serve", "--json"), stdout=subprocess.PIPE, text=True, env=environment())
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def _events(metrics: str) -> float:
    lines = [line for line in metrics.splitlines() if line.startswith("transitwatch_events_total{")]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def test_with_serve_it_goes_on_until_it_is_told_to_stop(running: subprocess.Popen[str]) -> None:
    assert running.stdout is not None
    figures = json.loads(running.stdout.readline())
    assert figures["wrong"] == [] and figures["consignments"] == 64
    url = figures["running"]["http"] + "/metrics"

    def seen() -> float:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # http of this machine
            return _events(answer.read().decode())

    first, deadline = seen(), time.monotonic() + 60
    while seen() <= first:
        assert time.monotonic() < deadline, "no further events"
        time.sleep(0.2)
    running.send_signal(signal.SIGTERM)
    assert running.wait(60) == 0


@pytest.mark.parametrize("hero", HEROES, ids=lambda hero: hero.id)
def test_each_bundled_story_gets_its_verdict_without_any_server(hero: object) -> None:
    assert isinstance(hero, type(HEROES[0]))
    events = [event_from_json(load_json(line), NOW) for line in STORIES.read_bytes().splitlines()]
    assert all(warnings == [] for _, warnings in events)
    told = [event for event, _ in events if event.consignment_id == hero.id]
    decision = Judge(bundled_records()).decide(hero.id, told, NOW)
    assert decision.verdict == hero.verdict
    assert any(f.rule == hero.rule and f.verdict == hero.verdict for f in decision.findings)


def test_a_story_without_its_verdict_is_noticed() -> None:
    assert len(Account({}, 0, {}, {}).wrong()) == len(HEROES)
