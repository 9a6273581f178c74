"""A listing published while consignments are open: exactly the touched ones are announced, as judging all anew would."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from streams.bench.feed import journeys
from streams.kafka.topics import ALERTS
from streams.model.intake import record_from_json
from streams.reference.bundled import bundled_records
from streams.reference.connection import connect
from streams.rules.judge import Judge
from tests.faults import harness
from tests.faults.checker import live_differ
from tests.faults.harness import Agents, Worker, command, drain, new_site, wait_until
from tests.servers.kafka import KafkaServer
from tests.servers.redis import RedisServer

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]
OPEN = int(os.environ.get("FAULT_OPEN", "4000"))
"""The full run of the acceptance: FAULT_OPEN=50000."""
LISTING = {
    "kind": "party", "id": "test-listing-1", "list": "EU-FSF", "schema": "Organization",
    "names": [{"name": "Seller 123 KZ Trade LLP"}], "countries": ["KZ"], "measures": ["FREEZE"],
    "applies_from": "2026-09-01", "source": "a listing of the test",
}  # fmt: skip


def test_exactly_the_touched_consignments_get_a_new_version(
    kafka: KafkaServer, redis_server: RedisServer, tmp_path: Path
) -> None:
    site = new_site(kafka.bootstrap, 4)
    redis_server.start()
    command(site, "reference", "publish", "--bundled")
    agents = Agents(site, redis_server.url, tmp_path / "agents.log")
    wait_until(lambda: bool(connect(redis_server.options()).keys("tw:ref:current")), 60, "Redis is filled")
    workers = [Worker(site, n, tmp_path, REFERENCE_SOURCE="redis", REDIS_URL=redis_server.url).start() for n in (0, 1)]
    try:
        sent = harness.feed(site, journeys(OPEN, OPEN * 2, seed=21))
        drain(site, workers)
        before = {ident: len(alerts) for ident, alerts in harness.read_seen(site).alerts.items()}
        listing = tmp_path / "listing.ndjson"
        listing.write_text(json.dumps(LISTING) + "\n")
        records = [*bundled_records(), record_from_json(LISTING)[0]]
        old, new = Judge(bundled_records()), Judge(records)
        wanted = {
            ident
            for ident, events in sent.items()
            if old.decide(ident, [s.event for s in events]).findings
            != new.decide(ident, [s.event for s in events]).findings
        }
        assert wanted, "the listing touches nobody: the test shows nothing"
        started = time.time()
        command(site, "reference", "publish", str(listing))
        wait_until(lambda: _versions(site) >= sum(before.values()) + len(wanted), 120, "the touched are announced", 0.3)
        time.sleep(3)
    finally:
        codes = [worker.stop() for worker in workers]
        agents.stop()
    assert codes == [0, 0], workers[0].tail() + workers[1].tail()
    seen = harness.read_seen(site)
    moved = {ident for ident, alerts in seen.alerts.items() if len(alerts) > before.get(ident, 0)}
    assert moved == wanted
    found = [
        x for ident, state in seen.states.items() for x in live_differ(ident, new, state, seen.alerts.get(ident, []))
    ]
    assert not found, found[:10]
    last = max(m.timestamp()[1] for m in harness.read_all(site, ALERTS))
    print(
        f"{OPEN} open consignments, {len(wanted)} touched, last new version {last / 1000 - started:.2f} s after `publish` began"
    )


def _versions(site: harness.Site) -> int:
    return sum(map(len, harness.read_seen(site).alerts.values()))
