"""Evidence and replay against a running monitor on a real Kafka: what was published is what is exported and replayed."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from streams.feed.traffic import feed
from streams.kafka.codec import decode_alert
from streams.kafka.topics import ALERTS, STATE
from streams.reference.bundled import bundled_records
from streams.reference.source import FixedSource
from tests.integration.operating import Installation, until
from tests.integration.watching import Running, booked, ingest
from tests.servers.kafka import KafkaServer
from tests.unit.rules.build import listed

pytestmark = pytest.mark.kafka


def told(here: Installation, consignment: str, rule: str) -> bool:
    alerts = [decode_alert(value) for _, _, value in here.values(ALERTS) if value is not None]
    return any(alert.consignment_id == consignment and alert.rule == rule for alert in alerts)


def test_what_a_monitor_published_is_exported_verified_and_replayed_byte_for_byte(
    kafka: KafkaServer, tmp_path: Path
) -> None:
    here = Installation(kafka)
    expected: list[str] = []
    lines = [line.decode() + "\n" for line in feed(40, 5, lambda row: expected.append(row["consignment_id"]))]
    with Running(here, kafka, FixedSource(bundled_records())):
        ingest(here, *lines)
        until(lambda: len({key for _, key, _ in here.values(STATE)} - {b"\x00law"}) == 40, "40 states")
    alerts = here.values(ALERTS)
    assert len(alerts) > 20
    accounts = here.lines("replay", "--all", "--bootstrap", here.kafka.bootstrap, "--json")
    assert {a["consignment_id"] for a in accounts} == set(expected)
    assert [a["consignment_id"] for a in accounts if a["exact"] is not True] == []
    times = sorted(v["decided_at"] for a in accounts for v in a["alerts"])
    for at in (times[0], times[len(times) // 2], times[-1]):
        then = here.lines("replay", "--all", "--bootstrap", here.kafka.bootstrap, "--json", "--known-at", at)
        assert {a["exact"] for a in then} == {True}
    one = next(a["consignment_id"] for a in accounts if len(a["alerts"]) > 1)
    package = tmp_path / "package"
    made = here.run("evidence", "export", one, "--bootstrap", here.kafka.bootstrap, "--to", str(package))
    assert made.exit_code == 0, made.output
    heads = tmp_path / "alerts.ndjson"
    rows = here.lines("alerts", "tail", "--from-beginning", "--timeout", "2", "--json")
    heads.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    verified = here.run("evidence", "verify", str(package), "--heads", str(heads), "--json")
    assert verified.exit_code == 0, verified.output
    assert json.loads(verified.stdout)["not_vouched"] == []


def test_what_was_judged_under_a_law_that_is_not_held_is_shown_and_never_called_reproduced(
    kafka: KafkaServer, tmp_path: Path
) -> None:
    here = Installation(kafka)
    source = FixedSource(bundled_records())
    with Running(here, kafka, source):
        ingest(here, booked(1, "TOO Zerde Agro Bau"))
        until(lambda: any(key == b"C-1" for _, key, _ in here.values(STATE)), "judged")
        source.put([*bundled_records(), listed("X1", "TOO Zerde Agro Bau")])
        until(lambda: told(here, "C-1", "R15"), "the listing reached it")
    result = here.run("replay", "--consignment", "C-1", "--bootstrap", here.kafka.bootstrap)
    assert result.exit_code == 1
    assert "not reproduced: the law changed within this history" in result.stdout
    assert "published: " in result.stdout and "R15 v1 OPEN BREACH" in result.stdout
    package = tmp_path / "package"
    exported = here.run("evidence", "export", "C-1", "--bootstrap", here.kafka.bootstrap, "--to", str(package))
    assert exported.exit_code == 0, exported.output
    assert "not held any more, so not in the package: party:X1" in exported.stderr
    assert here.run("evidence", "verify", str(package)).exit_code == 0
