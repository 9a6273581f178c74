"""The reference records on their compacted topics: read whole, compared, published.

The topics are the truth, Redis is a cache of them. A record's key is ``kind:id``; nothing is ever deleted: what is no
longer listed gets an ``applies_until``, because old dealings are still judged by it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from msgspec import Struct

from streams.errors import InvalidInput, ReferenceUnavailable
from streams.kafka.codec import decode_record, encode_record
from streams.model.reference import TOPIC_OF_KIND, AnyRecord, GoodsEntry, ListedParty, ListedPlace, ListState

REFERENCE_TOPICS = tuple(dict.fromkeys(TOPIC_OF_KIND.values()))
_NO_SUCH_TOPIC = (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC)


class Unreadable(Struct, frozen=True):
    """A message of a reference topic that holds no record: where, and why."""

    topic: str
    partition: int
    offset: int
    because: str


class TopicState(Struct, frozen=True):
    """What the topics hold: the last record per key, the offsets read up to, and what could not be read."""

    records: dict[str, AnyRecord]
    offsets: dict[str, int]
    unreadable: tuple[Unreadable, ...]


def partition_key(topic: str, partition: int) -> str:
    """How offsets are named: ``topic:partition``."""
    return f"{topic}:{partition}"


def _partitions(consumer: Consumer, prefix: str, timeout_s: float) -> list[TopicPartition]:
    found = []
    for base in REFERENCE_TOPICS:
        topic = prefix + base
        known = consumer.list_topics(topic, timeout=timeout_s).topics[topic]
        if known.error is not None and known.error.code() not in _NO_SUCH_TOPIC:
            raise KafkaException(known.error)
        found += [TopicPartition(topic, number, OFFSET_BEGINNING) for number in known.partitions]
    return found


class _Fold:
    """The last record per key, while the topics are read from the beginning to the end."""

    def __init__(self, partitions: Iterable[TopicPartition]) -> None:
        self.records: dict[str, AnyRecord] = {}
        self.offsets = {partition_key(p.topic, p.partition): 0 for p in partitions}
        self.unreadable: list[Unreadable] = []
        self.open = set(self.offsets)

    def take(self, message: Message) -> None:
        topic, partition, offset = message.topic(), message.partition(), message.offset()
        assert topic is not None
        assert partition is not None
        assert offset is not None
        where = partition_key(topic, partition)
        error = message.error()
        if error is not None:
            if error.code() != KafkaError._PARTITION_EOF:
                raise KafkaException(error)
            self.open.discard(where)
            self.offsets[where] = max(self.offsets[where], offset)
            return
        self.offsets[where] = offset + 1
        value = message.value()
        if value is None:
            self.records.pop((message.key() or b"").decode(errors="replace"), None)
            return
        try:
            record = decode_record(value)
        except InvalidInput as refused:
            self.unreadable.append(Unreadable(topic, partition, offset, str(refused)))
        else:
            self.records[record.record_key] = record


def read_topics(config: Mapping[str, Any], timeout_s: float = 60.0, prefix: str = "") -> TopicState:
    """Read all reference topics from the beginning to their present end; topics that are not there are empty.

    ``config`` is what a Kafka client needs to connect, ``prefix`` stands before every topic name. Raises ReferenceUnavailable when the end was not
    reached in ``timeout_s`` seconds or Kafka refused.
    """
    deadline = time.monotonic() + timeout_s
    consumer = Consumer({
        **config, "group.id": "transitwatch-reference-reader", "enable.auto.commit": False,
        "enable.partition.eof": True, "isolation.level": "read_committed", "auto.offset.reset": "earliest",
    })  # fmt: skip
    try:
        partitions = _partitions(consumer, prefix, min(10.0, timeout_s))
        fold = _Fold(partitions)
        consumer.assign(partitions)
        while fold.open:
            if time.monotonic() > deadline:
                raise ReferenceUnavailable(f"reference topics not read to their end in {timeout_s:.0f} s")
            for message in consumer.consume(1000, timeout=0.5):
                fold.take(message)
        return TopicState(fold.records, fold.offsets, tuple(fold.unreadable))
    except KafkaException as error:
        raise ReferenceUnavailable(f"reference topics cannot be read: {error.args[0]}") from error
    finally:
        consumer.close()


class Changes(Struct, frozen=True):
    """What a publication changes: records new on the topics, other than there, ended, and how many stay."""

    added: tuple[AnyRecord, ...]
    changed: tuple[AnyRecord, ...]
    ended: tuple[AnyRecord, ...]
    same: int

    @property
    def all(self) -> tuple[AnyRecord, ...]:
        """All records to write; the states of lists last, so that a list is said to be loaded when it is."""
        every = (*self.added, *self.changed, *self.ended)
        return tuple(sorted(every, key=lambda r: isinstance(r, ListState)))


def list_of(record: AnyRecord) -> str | None:
    """The list or annex a record stands on; None for kinds that form no list."""
    if isinstance(record, ListedParty | GoodsEntry):
        return record.list
    return record.annex if isinstance(record, ListedPlace) else None


def _open_on(record: AnyRecord, day: int) -> bool:
    return record.applies_until is None or record.applies_until > day


def compare(present: Mapping[str, AnyRecord], wanted: Iterable[AnyRecord], ended_on: int | None = None) -> Changes:
    """What to write so that the topics hold ``wanted``.

    With ``ended_on`` (a Brussels day) the wanted records are the whole of each list they name: what the topics hold
    of these lists beyond them gets that day as `applies_until`. A record that begins later ends as it begins.
    """
    by_key = {record.record_key: record for record in wanted}
    added = tuple(r for key, r in by_key.items() if key not in present)
    changed = tuple(r for key, r in by_key.items() if key in present and present[key] != r)
    ended: list[AnyRecord] = []
    if ended_on is not None:
        lists = {list_of(r) for r in by_key.values()} - {None}
        for key, record in present.items():
            if key not in by_key and list_of(record) in lists and _open_on(record, ended_on):
                ends = max(ended_on, record.applies_from or ended_on)
                ended.append(msgspec.structs.replace(record, applies_until=ends))
    return Changes(added, changed, tuple(ended), len(by_key) - len(added) - len(changed))


def _ends(before: AnyRecord, after: AnyRecord) -> bool:
    """Whether a record differs only by the end that it now has."""
    return before.applies_until is None and before == msgspec.structs.replace(after, applies_until=None)


def counts(present: Mapping[str, AnyRecord], changes: Changes) -> dict[str, int]:
    """How many records of each sort a publication writes; the states of lists, which change by their date, apart.

    What ended in the file itself, and differs in nothing else, counts as ended.
    """
    added = [r for r in changes.added if not isinstance(r, ListState)]
    changed = [r for r in changes.changed if not isinstance(r, ListState)]
    ended = sum(_ends(present[r.record_key], r) for r in changed)
    states = len(changes.added) + len(changes.changed) - len(added) - len(changed)
    return {
        "added": len(added), "changed": len(changed) - ended, "ended": len(changes.ended) + ended,
        "same": changes.same, "lists": states,
    }  # fmt: skip


def shrinking(present: Mapping[str, AnyRecord], changes: Changes, limit_pct: float = 10.0) -> list[str]:
    """The lists of which more than ``limit_pct`` per cent would end: most likely a cut file."""
    ending: dict[str, int] = {}
    for record in changes.ended:
        name = list_of(record)
        if name is not None:
            ending[name] = ending.get(name, 0) + 1
    ended = {record.record_key for record in changes.ended}
    found = []
    for name, count in ending.items():
        total = sum(
            1 for r in present.values() if list_of(r) == name and (r.applies_until is None or r.record_key in ended)
        )
        if count * 100 > limit_pct * total:
            found.append(f"{name}: {count} of {total} records would end")
    return found


def publish(config: Mapping[str, Any], records: Iterable[AnyRecord], timeout_s: float = 60.0, prefix: str = "") -> int:
    """Write records to their topics and wait until they are stored; the number written.

    Raises ReferenceUnavailable when one was not stored: publish again, what is there already is left out.
    """
    failed: list[str] = []

    def stored(error: KafkaError | None, message: Message) -> None:
        if error is not None:
            failed.append(f"{message.topic()}: {error}")

    producer = Producer({
        **config, "enable.idempotence": True, "acks": "all", "partitioner": "murmur2_random",
        "linger.ms": 20, "message.timeout.ms": int(timeout_s * 1000),
    })  # fmt: skip
    count = _send(producer, records, stored, prefix)
    if producer.flush(timeout_s) or failed:
        reason = failed[0] if failed else "the broker did not answer in time"
        raise ReferenceUnavailable(
            f"{len(failed) or 'some'} of {count} records were not stored ({reason}); publish again"
        )
    return count


def _send(producer: Producer, records: Iterable[AnyRecord], stored: Callable[..., None], prefix: str) -> int:
    count = 0
    for record in records:
        topic = prefix + TOPIC_OF_KIND[record.kind]
        while True:
            try:
                producer.produce(topic, key=record.record_key, value=encode_record(record), on_delivery=stored)
                break
            except BufferError:
                producer.poll(0.5)
        count += 1
        producer.poll(0)
    return count
