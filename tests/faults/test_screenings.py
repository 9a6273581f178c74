"""Workers are killed at random, and still every party that a consignment names has the record of its screening."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from streams.bench.feed import journeys
from streams.kafka.codec import decode_screening
from streams.kafka.topics import SCREENINGS
from streams.rules.clearances import party_key
from streams.rules.naming import described
from tests.faults import harness
from tests.faults.checker import Sent
from tests.faults.harness import Site, Worker, drain, kill_now_and_then, new_site
from tests.servers.kafka import KafkaServer

EVENTS, KILLS = 6_000, 3


def unrecorded(sent: Mapping[str, Sequence[Sent]], subjects: Iterable[str]) -> set[str]:
    """The parties that events name and of which there is no record."""
    named = {party_key(described(p)) for rows in sent.values() for row in rows for p in row.event.parties}
    return named - set(subjects)


def recorded(site: Site) -> list[str]:
    """The subjects on the topic."""
    return [decode_screening(message.value()).subject for message in harness.read_all(site, SCREENINGS)]


def test_a_record_that_is_missing_is_noticed() -> None:
    event = next(journeys(1, 2, seed=3))
    sent = {event.consignment_id: [Sent("shipments", event)]}
    keys = [party_key(described(p)) for p in event.parties]
    assert unrecorded(sent, keys) == set()
    assert unrecorded(sent, keys[1:] if keys[0] not in keys[1:] else ()) != set()


@pytest.mark.kafka
@pytest.mark.slow
def test_killed_workers_leave_a_record_of_every_party_that_was_screened(kafka: KafkaServer, tmp_path: Path) -> None:
    site = new_site(kafka.bootstrap)
    sent = harness.feed(site, journeys(EVENTS // 6, EVENTS, seed=3))
    workers = [Worker(site, slot, tmp_path, MONITOR_BATCH_EVENTS=200).start() for slot in (0, 1)]
    try:
        kill_now_and_then(workers, KILLS, random.Random(5), (1.0, 2.0))
        drain(site, workers, 300)
        assert [w.stop() for w in workers] == [0, 0], workers[0].tail() + workers[1].tail()
    finally:
        for worker in workers:
            worker.stop()
    assert unrecorded(sent, recorded(site)) == set()
