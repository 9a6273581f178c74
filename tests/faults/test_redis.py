"""Redis late, emptied, restarted and away while a monitor runs: verdicts stay right, and the degraded time is told."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from streams.bench.feed import journeys
from streams.reference.bundled import bundled_records
from streams.reference.connection import connect
from streams.rules.judge import Judge
from tests.faults import harness
from tests.faults.checker import differences, verdict_of
from tests.faults.harness import Agents, Worker, command, drain, new_site, wait_until
from tests.servers.kafka import KafkaServer, free_ports
from tests.servers.redis import RedisServer

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]
EVENTS = int(os.environ.get("FAULT_EVENTS", "20000")) // 4
AWAY_S = float(os.environ.get("FAULT_REDIS_AWAY_S", "4"))
"""The full run of the acceptance: FAULT_REDIS_AWAY_S=30."""


def test_verdicts_end_right_whatever_redis_does_and_the_degraded_time_is_told(
    kafka: KafkaServer, redis_server: RedisServer, tmp_path: Path
) -> None:
    site = new_site(kafka.bootstrap, 4)
    port = free_ports(1)[0]
    worker = Worker(site, 0, tmp_path, REFERENCE_SOURCE="redis", REDIS_URL=redis_server.url, HTTP_PORT=port).start()
    wait_until(lambda: worker.http("/health/ready")[0] == 503, 60, "the monitor answers before Redis is there")
    assert "reference" in worker.http("/health/ready")[1]
    redis_server.start()
    command(site, "reference", "publish", "--bundled")
    agents = Agents(site, redis_server.url, tmp_path / "agents.log")
    events = list(journeys(EVENTS // 6, EVENTS, seed=9))
    try:
        wait_until(lambda: worker.http("/health/ready")[0] == 200, 90, "the monitor is ready once Redis is filled")
        sent = harness.feed(site, events[: EVENTS // 4])
        connect(redis_server.options()).flushall()
        harness.merge(sent, harness.feed(site, events[EVENTS // 4 : EVENTS // 2]))
        redis_server.restart()
        drain(site, [worker])
        redis_server.stop()
        wait_until(lambda: "held" in worker.http("/health/ready")[1], 30, "the monitor says that it holds old records")
        harness.merge(sent, harness.feed(site, events[EVENTS // 2 : 3 * EVENTS // 4]))
        time.sleep(AWAY_S)
        drain(site, [worker])
        redis_server.start()
        wait_until(lambda: worker.metric('transitwatch_reference_state{state="fresh"}') == 1, 60, "in step again")
        harness.merge(sent, harness.feed(site, events[3 * EVENTS // 4 :]))
        drain(site, [worker])
        degraded = worker.metric("transitwatch_reference_degraded_seconds_total")
        assert degraded >= AWAY_S, f"{degraded} s degraded are told, Redis was away for {AWAY_S} s"
    finally:
        assert worker.stop() == 0, worker.tail()
        agents.stop()
    seen = harness.read_seen(site)
    found = differences(Judge(bundled_records()), sent, seen, verdict_of)
    assert not found, found[:10]
    marked = [a for alerts in seen.alerts.values() for a in alerts if any("unconfirmed" in w for w in a.warnings)]
    plain = [a for alerts in seen.alerts.values() for a in alerts if not a.warnings]
    assert marked, "no decision of the degraded time says so"
    assert plain, "decisions of the good time say nothing of the sort"
    print(
        f"{degraded:.1f} s degraded, {len(marked)} alert versions say so, {len(plain)} were made on confirmed records"
    )


def test_a_monitor_stops_before_it_judges_by_records_older_than_the_limit(
    kafka: KafkaServer, redis_server: RedisServer, tmp_path: Path
) -> None:
    site = new_site(kafka.bootstrap, 4)
    redis_server.start()
    command(site, "reference", "publish", "--bundled")
    agents = Agents(site, redis_server.url, tmp_path / "agents.log")
    port = free_ports(1)[0]
    worker = Worker(
        site, 0, tmp_path, REFERENCE_SOURCE="redis", REDIS_URL=redis_server.url, HTTP_PORT=port,
        REFERENCE_MAX_STALENESS_S=3,
    )  # fmt: skip
    try:
        wait_until(lambda: bool(connect(redis_server.options()).keys("tw:ref:current")), 60, "Redis is filled")
        worker.start()
        wait_until(lambda: worker.http("/health/ready")[0] == 200, 60, "ready")
        redis_server.stop()
        wait_until(lambda: not worker.running, 60, "the monitor stops")
    finally:
        agents.stop()
        worker.stop()
    assert worker.process is not None
    assert worker.process.returncode == 1
    assert "the limit is 3 s" in worker.tail()
