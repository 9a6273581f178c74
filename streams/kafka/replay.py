"""Dead letters looked through and sent back to where they came from, each once.

The order that makes it once: begin as the one replayer (which ends a replay that hangs elsewhere), then read which
letters were replayed, then send. A replayed record and its marker are committed in one transaction.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator

import msgspec
from confluent_kafka import KafkaException, Producer
from msgspec import Struct

from streams.errors import KafkaTrouble, TopicMissing
from streams.kafka.client import MIB, kafka_trouble, producer_config
from streams.kafka.deadletters import DeadLetter, Marker, marker_headers, read_letter
from streams.kafka.reading import scan
from streams.kafka.topics import DEAD, EVENT_TOPICS, topic_name
from streams.settings import KafkaSettings

Place = tuple[int, int]
"""Partition and offset of a letter."""
_TRANSACTION_RECORDS, _TRANSACTION_BYTES = 500, 32 * MIB


class Seen(Struct):
    """The letters that were looked for, values left out, oldest first; and when each replayed one was (ms UTC)."""

    letters: list[DeadLetter]
    replayed: dict[Place, int]
    total: int


class Sent(Struct):
    """What a replay did: the letters sent, skipped as replayed before, and refused with the reason."""

    sent: list[DeadLetter]
    before: list[DeadLetter]
    refused: list[tuple[DeadLetter, str]]


def _letters(kafka: KafkaSettings, since_ms: int | None = None) -> Iterator[DeadLetter | Marker]:
    for message in scan(kafka, topic_name(kafka.topic_prefix, DEAD), since_ms=since_ms):
        yield read_letter(message)


def look_through(
    kafka: KafkaSettings, wanted: Callable[[DeadLetter], bool], *, since_ms: int | None = None, last: int | None = None
) -> Seen:
    """The letters that are ``wanted``, the ``last`` so many of them. Raises KafkaTrouble."""
    found: deque[DeadLetter] = deque(maxlen=last)
    seen = Seen([], {}, 0)
    for each in _letters(kafka, since_ms):
        if isinstance(each, Marker):
            seen.replayed[each.partition, each.letter_offset] = each.at
        elif wanted(each):
            seen.total += 1
            found.append(msgspec.structs.replace(each, value=None))
    seen.letters = sorted(found, key=lambda letter: (letter.timestamp, letter.partition, letter.offset))
    return seen


def one_letter(kafka: KafkaSettings, partition: int, offset: int) -> DeadLetter | None:
    """The letter at a place, whole; None when there is none. Raises KafkaTrouble."""
    try:
        for message in scan(kafka, topic_name(kafka.topic_prefix, DEAD), partitions=[partition], offset=offset):
            found = read_letter(message)
            return found if isinstance(found, DeadLetter) and found.offset == offset else None
    except TopicMissing:
        raise
    except KafkaTrouble as error:
        if error.code != "_AUTO_OFFSET_RESET":
            raise
    return None


class Replayer:
    """The one replayer of a cluster and prefix; begins by ending another that hangs. Raises KafkaTrouble."""

    def __init__(self, kafka: KafkaSettings, timeout_s: float = 30.0) -> None:
        self._kafka, self._timeout_s = kafka, timeout_s
        more = {"transactional.id": f"{kafka.topic_prefix}transitwatch-deadletters-replay"}
        try:
            self._producer = Producer(producer_config(kafka, more))
            self._producer.init_transactions(timeout_s)
            self._targets = self._partitions()
        except KafkaException as error:
            raise kafka_trouble(error, servers=kafka.client_config()) from error

    def _partitions(self) -> dict[str, int]:
        """How many partitions each event topic has."""
        known = self._producer.list_topics(timeout=self._timeout_s).topics
        names = [topic_name(self._kafka.topic_prefix, base) for base in EVENT_TOPICS]
        return {name: len(known[name].partitions) for name in names if name in known}

    def _objection(self, letter: DeadLetter) -> str | None:
        """Why a letter cannot be sent back, or None."""
        count = self._targets.get(letter.source_topic)
        if count is None:
            return f"came from {letter.source_topic or 'nowhere'}, which is none of {', '.join(self._targets)}"
        if not 0 <= letter.source_partition < count:
            return f"came from partition {letter.source_partition}; {letter.source_topic} has {count}"
        return None

    def replay(self, places: Container[Place], skip: Container[Place], now_ms: int) -> Sent:
        """Send back the letters at ``places`` but those in ``skip``. Raises KafkaTrouble; what was sent then is marked."""
        done = Sent([], [], [])
        batch: list[DeadLetter] = []
        size = 0
        for each in _letters(self._kafka):
            if isinstance(each, Marker) or (each.partition, each.offset) not in places:
                continue
            light = msgspec.structs.replace(each, value=None)
            objection = self._objection(each)
            if (each.partition, each.offset) in skip:
                done.before.append(light)
            elif objection is not None:
                done.refused.append((light, objection))
            else:
                batch.append(each)
                done.sent.append(light)
                size += each.size
                if len(batch) >= _TRANSACTION_RECORDS or size >= _TRANSACTION_BYTES:
                    self._commit(batch, now_ms)
                    batch, size = [], 0
        if batch:
            self._commit(batch, now_ms)
        return done

    def _commit(self, letters: Iterable[DeadLetter], now_ms: int) -> None:
        """The records and their markers in one transaction. Raises KafkaTrouble."""
        try:
            self._producer.begin_transaction()
            for letter in letters:
                self._produce(letter.source_topic, letter.source_partition, letter.key, letter.value, letter.originals)
                marker = marker_headers(letter, letter.source_topic, now_ms)
                self._produce(topic_name(self._kafka.topic_prefix, DEAD), letter.partition, letter.key, None, marker)
            self._producer.commit_transaction(self._timeout_s)
        except KafkaException as error:
            with contextlib.suppress(KafkaException):  # the broker ends it by itself when this fails too
                self._producer.abort_transaction(self._timeout_s)
            raise kafka_trouble(error, servers=self._kafka.client_config()) from error

    def _produce(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None,
        headers: Iterable[tuple[str, bytes | None]],
    ) -> None:  # fmt: skip
        stored = False
        while not stored:
            try:
                self._producer.produce(topic, value, key, partition, headers=list(headers))
                stored = True
            except BufferError:
                self._producer.poll(0.5)


def now_ms() -> int:
    """The wall clock, ms UTC."""
    return time.time_ns() // 1_000_000
