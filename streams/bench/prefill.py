"""Sites that begin with consignments already open: their states on the changelog, as a monitor would have left them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from streams.bench.feed import journey
from streams.bench.site import PARTITIONS, Progress, Site, feed_producer, finish, send
from streams.kafka.changelog import LAW_KEY
from streams.kafka.codec import encode_state
from streams.kafka.partitioner import partition_of
from streams.kafka.topics import STATE
from streams.model.events import Event
from streams.reference.bundled import bundled_records
from streams.reference.source import FixedSource
from streams.rules.judge import Judge

LONGEST = 20
"""Events that each journey has in all; of them the first few are folded before, the others come during a benchmark."""


def journey_of(number: int) -> list[Event]:
    """All events of a journey; the same for the same number."""
    return journey(number, random.Random(number), LONGEST)


def open_states(numbers: Iterable[int], each: int, judge: Judge) -> Iterator[tuple[str, bytes]]:
    """Consignment and state after the first ``each`` events of each journey."""
    for number in numbers:
        state, ident = None, ""
        for event in journey_of(number)[:each]:
            state, ident = judge.apply(state, event).state, event.consignment_id
        if state is not None:
            yield ident, state


def digest_in_force() -> str:
    """The digest by which a monitor with the bundled records knows its law."""
    now = FixedSource(bundled_records()).current()
    assert now is not None
    return now.digest


def prefill(site: Site, states: Iterable[tuple[str, bytes]], count: int) -> None:
    """Write states onto the changelog, and that all of them are judged under the bundled law. Raises BenchFailed."""
    producer, topic = feed_producer(site.kafka), site.topic(STATE)
    progress = Progress("states", count)
    for done, (ident, state) in enumerate(states):
        key = ident.encode()
        send(producer, topic, key, encode_state(state), partition_of(key, PARTITIONS))
        progress.at(done)
    law = encode_state(digest_in_force().encode())
    for partition in range(PARTITIONS):
        send(producer, topic, LAW_KEY, law, partition)
    finish(producer)
