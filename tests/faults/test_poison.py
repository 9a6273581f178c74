"""Bad records among good ones: each set aside with its reason, all good ones judged, and nothing lost when that fails."""

from __future__ import annotations

import copy
import os
import random
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # not in its __all__
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)
from fastavro import parse_schema, schemaless_writer

from streams.bench.feed import journeys
from streams.kafka import schemas
from streams.kafka.codec import MARKER, encode_event
from streams.kafka.topics import CUSTOMS, DEAD, SHIPMENTS
from streams.model.events import Event
from streams.model.fields import event_to_fields
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.faults import harness
from tests.faults.checker import Sent, differences
from tests.faults.harness import Site, Worker, drain, new_site, producer_of, send, wait_until
from tests.servers.kafka import KafkaServer

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
GOOD = int(os.environ.get("FAULT_EVENTS", "20000")) // 2
POISON = int(os.environ.get("FAULT_POISON", "100"))
HUGE = 10_000_000


class Bad(NamedTuple):
    """A bad record, and the reason it must be set aside for."""

    key: bytes
    value: bytes
    reason: str


def with_another_type(event: Event) -> bytes:
    """The event with an event type of a number that no schema of ours has."""
    schema = copy.deepcopy(schemas.load_schema(schemas.SCHEMA_DIR / "event.avsc"))
    kind = next(f for f in schema["fields"] if f["name"] == "type")
    kind["type"]["symbols"].append("TELEPORTED")
    out = BytesIO()
    out.write(MARKER + schemas.fingerprint_by_name("event"))
    schemaless_writer(out, parse_schema(schema), event_to_fields(event) | {"type": "TELEPORTED"})
    return out.getvalue()


def poison(count: int, rng: random.Random) -> Iterator[Bad]:
    """Bad records of every kind in turn."""
    good = next(journeys(1, 1, seed=1))
    key = good.consignment_id.encode()
    whole = encode_event(good)
    for n in range(count):
        match n % 7:
            case 0:
                yield Bad(key, rng.randbytes(rng.randrange(1, 400)).lstrip(b"\0\xc3"), "not_avro")
            case 1:
                yield Bad(key, whole[: rng.randrange(11, len(whole) - 1)], "truncated")
            case 2:
                yield Bad(key, MARKER + b"\x07" * 8 + whole[10:], "unknown_schema")
            case 3:
                yield Bad(key, with_another_type(good), "wrong_enum")
            case 4:
                nameless = event_to_fields(good) | {"event_id": ""}
                out = BytesIO()
                schemaless_writer(out, schemas.parsed("event"), nameless)
                yield Bad(key, whole[:10] + out.getvalue(), "missing_field")
            case 5:
                yield Bad(b"somebody-else", whole, "wrong_key")
            case _:
                size = HUGE if n < 30 else 1000
                yield Bad(key, b"x" * size, "not_avro")


def feed_both(site: Site, bad: list[Bad], rng: random.Random) -> dict[str, list[Sent]]:
    """Good events with the bad ones strewn among them."""
    sent = harness.feed(site, [])
    spots = Counter(rng.randrange(GOOD) for _ in bad)
    left, producer = list(bad), producer_of(site.bootstrap)
    for n, event in enumerate(journeys(GOOD // 6, GOOD, seed=5)):
        for _ in range(spots[n]):
            one = left.pop()
            send(producer, site.topic(rng.choice((SHIPMENTS, CUSTOMS))), one.key, one.value)
        topic = harness.topic_of(event)
        send(producer, site.topic(topic), event.consignment_id.encode(), encode_event(event))
        sent.setdefault(event.consignment_id, []).append(Sent(topic, event))
    assert producer.flush(120) == 0
    assert not left
    return sent


def source_of(letter: Any) -> tuple[bytes, ...]:
    """Topic, partition and offset that a dead letter came from."""
    headers = dict(letter.headers())
    return headers["source.topic"], headers["source.partition"], headers["source.offset"]


def test_every_bad_record_is_set_aside_with_its_reason_and_every_good_one_is_judged(
    kafka: KafkaServer, tmp_path: Path
) -> None:
    site, rng = new_site(kafka.bootstrap, 4), random.Random(3)
    bad = list(poison(POISON, rng))
    sent = feed_both(site, bad, rng)
    worker = Worker(site, 0, tmp_path).start()
    try:
        drain(site, [worker])
    finally:
        worker.stop()
    dead = harness.read_dead(site)
    sources = Counter(source_of(m) for m in dead)
    assert [source for source, count in sources.items() if count > 1] == [], "records set aside more than once"
    assert len(dead) == len(bad)
    told = Counter((m.key(), m.value(), dict(m.headers())["reason"].decode()) for m in dead)
    wanted = Counter((b.key, b.value, b.reason) for b in bad)
    assert told.keys() == wanted.keys(), [(k[0], k[2], len(k[1])) for k in told.keys() ^ wanted.keys()][:5]
    assert told == wanted
    found = differences(Judge(bundled_records()), sent, harness.read_seen(site))
    assert not found, found[:10]
    print(
        f"{len(dead)} bad records set aside by reason {dict(Counter(b.reason for b in bad))}, {GOOD} good ones judged"
    )


def limit_dead_letters(site: Site, most: int) -> None:
    """Set the largest record that the dead-letter topic takes."""
    entry = ConfigEntry("max.message.bytes", str(most), incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, site.topic(DEAD), incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": site.bootstrap})
    for future in admin.incremental_alter_configs([resource]).values():
        future.result()


def test_a_dead_letter_that_finds_no_place_stops_the_monitor_and_loses_nothing(
    kafka: KafkaServer, tmp_path: Path
) -> None:
    site, rng = new_site(kafka.bootstrap, 4), random.Random(4)
    limit_dead_letters(site, 100)
    bad = list(poison(7, rng))[:6]
    sent = feed_both(site, bad, rng)
    worker = Worker(site, 0, tmp_path).start()
    wait_until(lambda: not worker.running, 120, "the monitor stops because the dead letters cannot be written")
    assert worker.process is not None
    assert worker.process.returncode == 1
    assert "deadletters cannot be written" in worker.tail()
    assert harness.read_dead(site) == []
    limit_dead_letters(site, 16 * 1024 * 1024)
    worker.start()
    try:
        drain(site, [worker])
    finally:
        worker.stop()
    assert len(harness.read_dead(site)) == len(bad)
    found = differences(Judge(bundled_records()), sent, harness.read_seen(site))
    assert not found, found[:10]
