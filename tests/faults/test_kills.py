"""Exactly once on a real Kafka: workers and broker are killed at random, and nothing is lost, doubled or reordered."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from streams.bench.feed import journeys
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.faults import harness
from tests.faults.checker import differences
from tests.faults.harness import Site, Worker, drain, kill_at_work, kill_now_and_then, new_site
from tests.servers.kafka import KafkaServer

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
EVENTS = int(os.environ.get("FAULT_EVENTS", "20000"))
KILLS = int(os.environ.get("FAULT_KILLS", "4"))
"""The full run of the acceptance: FAULT_EVENTS=200000 FAULT_KILLS=10."""


def two_workers(site: Site, logs: Path, **settings: object) -> list[Worker]:
    return [Worker(site, slot, logs, **settings).start() for slot in (0, 1)]


def report(found: list[str]) -> str:
    return f"{len(found)} differences, such as:\n" + "\n".join(found[:10])


def test_killed_workers_and_a_killed_broker_leave_exactly_what_the_oracle_says(
    kafka: KafkaServer, tmp_path: Path
) -> None:
    site, rng = new_site(kafka.bootstrap), random.Random(7)
    sent = harness.feed(site, journeys(EVENTS // 6, EVENTS, seed=3))
    workers = two_workers(site, tmp_path, MONITOR_BATCH_EVENTS=500)
    try:
        kill_now_and_then(workers, KILLS // 2, rng, (1.0, 4.0))
        kafka.kill()
        time.sleep(1)
        kafka.start()
        kill_now_and_then(workers, KILLS - KILLS // 2, rng, (1.0, 4.0))
        drain(site, workers, 600)
        assert [w.stop() for w in workers] == [0, 0], workers[0].tail() + workers[1].tail()
    finally:
        for worker in workers:
            worker.stop()
    seen = harness.read_seen(site)
    found = differences(Judge(bundled_records()), sent, seen)
    assert not found, report(found)
    print(f"{EVENTS} events, {KILLS} kills, {sum(map(len, seen.alerts.values()))} alert versions: no difference")


def test_the_checker_catches_a_run_that_is_only_at_least_once(kafka: KafkaServer, tmp_path: Path) -> None:
    rng = random.Random(11)
    for attempt in range(5):
        site = new_site(kafka.bootstrap)
        sent = harness.feed(site, journeys(EVENTS // 6, EVENTS, seed=30 + attempt))
        workers = two_workers(site, tmp_path, MONITOR_BATCH_EVENTS=1000, MONITOR_PROCESSING_GUARANTEE="at_least_once")
        try:
            kill_at_work(site, workers, KILLS, rng)
            drain(site, workers, 600)
        finally:
            for worker in workers:
                worker.stop()
        if differences(Judge(bundled_records()), sent, harness.read_seen(site)):
            return
    pytest.fail("five runs at least once, with kills, showed no difference: the checker sees nothing")
