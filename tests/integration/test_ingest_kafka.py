"""`transitwatch ingest canonical` on a real Kafka."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streams.kafka.codec import decode_event
from streams.kafka.partitioner import partition_of
from streams.kafka.topics import CUSTOMS, SHIPMENTS
from tests.integration.operating import PARTITIONS, Installation, event_json
from tests.servers.kafka import KafkaServer

pytestmark = pytest.mark.kafka


def ndjson(*events: object) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def test_events_go_to_their_topic_and_the_partition_of_their_consignment(kafka: KafkaServer) -> None:
    here = Installation(kafka)
    events = [event_json(f"e{n}", f"C-{n % 5}", type="DECLARED" if n % 2 else "LOADED") for n in range(20)]
    result = here.run("ingest", "canonical", "-", "--json", input=ndjson(*events))
    kinds = {"canonical": {"LOADED": 10, "DECLARED": 10}}
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"sent": 20, "read": 20, "refused": 0, "kinds": kinds})
    for topic, odd in ((SHIPMENTS, 0), (CUSTOMS, 1)):
        stored = here.values(topic)
        assert all(partition == partition_of(key or b"", PARTITIONS) for partition, key, _ in stored)
        found = {decode_event(value or b"", 1).event_id: key for _, key, value in stored}
        assert found == {f"e{n}": f"C-{n % 5}".encode() for n in range(20) if n % 2 == odd}


def test_refused_lines_are_told_with_their_place_and_the_rest_is_sent(kafka: KafkaServer, tmp_path: Path) -> None:
    here = Installation(kafka)
    path = tmp_path / "events.ndjson"
    path.write_bytes(ndjson(event_json("e1")) + b"{broken\n\n" + ndjson({**event_json("e2"), "type": "TELEPORTED"}))
    result = here.run("ingest", "auto", str(path), "--json")
    kinds = {"canonical": {"LOADED": 1, "refused": 2}}
    assert (result.exit_code, json.loads(result.stdout)) == (3, {"sent": 1, "read": 3, "refused": 2, "kinds": kinds})
    told = [json.loads(line) for line in result.stderr.splitlines()]
    assert [(row["at"], set(row)) for row in told] == [(f"{path}:{n}", {"refused", "because", "at"}) for n in (2, 4)]
    assert told[0]["refused"] == "{broken"
    assert told[1]["because"].startswith("type: unknown value: 'TELEPORTED'")
    assert len(here.values(SHIPMENTS)) == 1


def test_a_dry_run_prints_canonical_events_and_writes_nothing(kafka: KafkaServer) -> None:
    here = Installation(kafka)
    result = here.run("ingest", "canonical", "-", "--dry-run", "--json", input=ndjson(event_json("e1")))
    (printed,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (printed["event_id"], printed["occurred_at"]) == ("e1", "2026-10-02T02:15:00Z")
    assert here.values(SHIPMENTS) == []


def test_missing_topics_are_told_and_nothing_counts_as_sent(kafka: KafkaServer) -> None:
    here = Installation(kafka, topics=False)
    result = here.run("ingest", "canonical", "-", input=ndjson(event_json("e1")))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "transitwatch topics create" in result.stderr
