"""What `transitwatch explain` takes from a running system: a consignment's state, and the records on the topics."""

from __future__ import annotations

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from streams.errors import TopicMissing
from streams.kafka.client import base_config, kafka_trouble
from streams.kafka.codec import decode_state
from streams.kafka.partitioner import partition_of
from streams.kafka.reading import scan
from streams.kafka.topics import STATE, topic_name
from streams.model.events import Event
from streams.model.reference import AnyRecord, ListedParty
from streams.reference.topics import read_topics
from streams.rules.state import events_of
from streams.settings import Settings

_ANSWER_S = 10.0


def _partition_count(settings: Settings, topic: str) -> int:
    config = base_config(settings.kafka)
    try:
        known = AdminClient(config).list_topics(topic, timeout=_ANSWER_S).topics[topic]
    except KafkaException as error:
        raise kafka_trouble(error, servers=config) from error
    if known.error is not None:
        raise kafka_trouble(known.error, topic=topic)
    if not known.partitions:
        raise TopicMissing("has no partitions yet", topic=topic)
    return len(known.partitions)


def _last_state(settings: Settings, topic: str, key: bytes, partitions: list[int]) -> bytes | None:
    last: bytes | None = None
    for message in scan(settings.kafka, topic, partitions=partitions):
        if message.key() == key:
            last = message.value()
    return last


def state_of(settings: Settings, consignment: str) -> bytes | None:
    """The state of a consignment as the monitors hold it (`streams.rules.state`); None when they hold none.

    Looks in the partition that the key belongs to, then in the others (a sender may have put them elsewhere).
    Raises KafkaTrouble, InvalidInput for a state of another version.
    """
    topic, key = topic_name(settings.kafka.topic_prefix, STATE), consignment.encode()
    count = _partition_count(settings, topic)
    home = partition_of(key, count)
    others = [number for number in range(count) if number != home]
    state = _last_state(settings, topic, key, [home])
    if state is None and others:
        state = _last_state(settings, topic, key, others)
    return None if state is None else decode_state(state)


def history_of(settings: Settings, consignment: str) -> list[Event] | None:
    """The events of a consignment in order of arrival; None when the monitors hold none. Raises as `state_of` does."""
    state = state_of(settings, consignment)
    return None if state is None else events_of(state)


def records_in_force(settings: Settings) -> tuple[list[AnyRecord], list[str]]:
    """The records on the reference topics, and warnings; no records when the topics hold none.

    Raises ReferenceUnavailable when the topics cannot be read.
    """
    state = read_topics(base_config(settings.kafka), prefix=settings.kafka.topic_prefix)
    warnings = [f"{u.topic}[{u.partition}]@{u.offset} cannot be read: {u.because}" for u in state.unreadable]
    if not state.records:
        warnings.append("The reference topics are empty; judged by the bundled records.")
    elif not any(isinstance(r, ListedParty) for r in state.records.values()):
        warnings.append("The reference topics hold no party; nobody was screened.")
    return list(state.records.values()), warnings
