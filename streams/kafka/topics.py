"""The topics: their names, how each is kept, and whether the brokers have them so.

Shipments, customs, state and alerts have equal numbers of partitions, so that one number is one share of the
consignments on all of them. An event topic takes records of up to 12 MiB, `deadletters` of 16 MiB: whatever came
in can be set aside whole, with what was wrong in its headers.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import ConfigResource
from confluent_kafka.admin._metadata import TopicMetadata
from confluent_kafka.cimpl import NewTopic
from msgspec import Struct

from streams.errors import KafkaTrouble
from streams.kafka.client import LARGEST_RECORD, MIB, kafka_trouble
from streams.model.reference import TOPIC_OF_KIND

SHIPMENTS = "shipments.events"
CUSTOMS = "customs.events"
STATE = "consignments.state"
ALERTS = "alerts"
DEAD = "deadletters"
SCREENINGS = "screening.decisions"
EVENT_TOPICS = (SHIPMENTS, CUSTOMS)
REFERENCE_TOPICS = tuple(dict.fromkeys(TOPIC_OF_KIND.values()))
DEFAULT_PARTITIONS = 12
"""Most workers that can share the load; cannot be changed later without losing the order by key."""

_YEAR_MS = 366 * 86_400_000
_FOR_EVER = -1
_UNSUPPORTED = (KafkaError._UNSUPPORTED_FEATURE, KafkaError.UNSUPPORTED_VERSION, KafkaError._NOT_IMPLEMENTED)


class TopicSpec(Struct, frozen=True, kw_only=True):
    """How a topic is kept. ``partitions``: ``events`` is the common number of the event path, else a number.

    ``config`` are further topic settings of Kafka, by name.
    """

    name: str
    cleanup: Literal["delete", "compact"]
    partitions: Literal["events"] | int
    config: dict[str, str]
    meaning: str

    def settings(self) -> dict[str, str]:
        """All topic settings of Kafka, by name."""
        return {"cleanup.policy": self.cleanup, **self.config}


def _kept(bytes_: int, retention_ms: int) -> dict[str, str]:
    return {"max.message.bytes": str(bytes_), "retention.ms": str(retention_ms)}


_COMPACTED = {
    "max.message.bytes": str(LARGEST_RECORD), "min.cleanable.dirty.ratio": "0.2", "segment.bytes": str(128 * MIB),
    "max.compaction.lag.ms": "86400000",
}  # fmt: skip

TOPICS: tuple[TopicSpec, ...] = (
    TopicSpec(name=SHIPMENTS, cleanup="delete", partitions="events", config=_kept(12 * MIB, _YEAR_MS),
              meaning="Events of operators, by consignment."),
    TopicSpec(name=CUSTOMS, cleanup="delete", partitions="events", config=_kept(12 * MIB, _YEAR_MS),
              meaning="Events of customs, by consignment."),
    TopicSpec(name=STATE, cleanup="compact", partitions="events", config=_COMPACTED,
              meaning="What is known of each consignment: the monitors' memory."),
    TopicSpec(name=ALERTS, cleanup="delete", partitions="events", config=_kept(LARGEST_RECORD, _FOR_EVER),
              meaning="Alert versions, by consignment; kept for ever, as they are evidence."),
    TopicSpec(name=DEAD, cleanup="delete", partitions=1, config=_kept(LARGEST_RECORD, _YEAR_MS),
              meaning="Records that could not be read, whole, with the reason in their headers."),
    TopicSpec(name=SCREENINGS, cleanup="compact", partitions=3, config=_COMPACTED,
              meaning="Who was screened under which law, also where nothing was found; for audits."),
    *(TopicSpec(name=name, cleanup="compact", partitions=1, config=_COMPACTED,
                meaning="Dated records of law and lists, by record.") for name in REFERENCE_TOPICS),
)  # fmt: skip
BY_NAME: dict[str, TopicSpec] = {spec.name: spec for spec in TOPICS}


class Found(Struct, frozen=True):
    """A topic as the brokers have it; ``cleanup`` None: they do not tell."""

    name: str
    partitions: int
    replication: int
    cleanup: str | None = None


class Created(Struct, frozen=True):
    """What `create_topics` did, topic names with prefix."""

    created: tuple[str, ...]
    present: tuple[str, ...]


def topic_name(prefix: str, base: str) -> str:
    """The name on the brokers of one of our topics (setting kafka.topic_prefix)."""
    return prefix + base


def create_topics(
    config: Mapping[str, Any], prefix: str = "", partitions: int = DEFAULT_PARTITIONS, replication: int = 1,
    timeout_s: float = 10.0,
) -> Created:  # fmt: skip
    """Create the topics that are not there; those that are stay as they are (`check_topics` judges them).

    ``config`` is what a client needs to connect. ``partitions`` is the number of the event path. Raises
    KafkaTrouble: when no broker answers, when it refuses, and when it cannot create topics at all.
    """
    wanted = [
        NewTopic(
            topic_name(prefix, spec.name),
            partitions if spec.partitions == "events" else spec.partitions,
            replication,
            config=spec.settings(),
        )
        for spec in TOPICS
    ]
    admin = AdminClient(dict(config))
    created, present = [], []
    try:
        admin.list_topics(timeout=timeout_s)  # from here on a broker is there
        futures = admin.create_topics(wanted, request_timeout=timeout_s, operation_timeout=timeout_s)
        for name, future in futures.items():
            if _was_created(name, future):
                created.append(name)
            else:
                present.append(name)
        _wait_for(admin, {*created, *present}, timeout_s)
    except KafkaException as error:
        raise kafka_trouble(error, servers=config) from error
    return Created(tuple(created), tuple(present))


def _wait_for(admin: AdminClient, names: set[str], timeout_s: float) -> None:
    """Wait until every broker that answers knows the topics and their leaders. Raises KafkaTrouble, KafkaException."""
    deadline = time.monotonic() + timeout_s
    while True:
        known = admin.list_topics(timeout=timeout_s).topics
        lacking = [name for name in sorted(names) if name not in known or not _led(known[name])]
        if not lacking:
            return
        if time.monotonic() > deadline:
            raise KafkaTrouble(f"created, and without a leader after {timeout_s:.0f} s", topic=lacking[0])
        time.sleep(0.1)


def _led(topic: TopicMetadata) -> bool:
    return topic.error is None and all(p.error is None and p.leader >= 0 for p in topic.partitions.values())


def _cannot_create(code: str) -> KafkaTrouble:
    return KafkaTrouble(
        f"this broker cannot create topics ({code}); the one inside librdkafka cannot: there they appear on first use",
        code=code,
    )


def _was_created(name: str, future: Any) -> bool:
    """Whether the topic is new. Raises KafkaTrouble."""
    try:
        future.result()
    except KafkaException as error:
        inner = error.args[0]
        if inner.code() == KafkaError.TOPIC_ALREADY_EXISTS:
            return False
        if inner.code() in _UNSUPPORTED or "waiting for controller" in inner.str():
            raise _cannot_create(inner.str()) from error
        raise kafka_trouble(error, topic=name) from error
    return True


def find_topics(config: Mapping[str, Any], prefix: str = "", timeout_s: float = 10.0) -> dict[str, Found]:
    """Those of our topics that the brokers have, by base name. Raises KafkaTrouble."""
    admin = AdminClient(dict(config))
    try:
        known = admin.list_topics(timeout=timeout_s).topics
        found = {}
        for spec in TOPICS:
            topic = known.get(topic_name(prefix, spec.name))
            if topic is None or topic.error is not None:
                continue
            replicas = min((len(p.replicas) for p in topic.partitions.values()), default=0)
            found[spec.name] = Found(topic_name(prefix, spec.name), len(topic.partitions), replicas)
        policies = _cleanup_policies(admin, [f.name for f in found.values()], timeout_s)
    except KafkaException as error:
        raise kafka_trouble(error, servers=config) from error
    return {base: Found(f.name, f.partitions, f.replication, policies.get(f.name)) for base, f in found.items()}


def _cleanup_policies(admin: AdminClient, names: Iterable[str], timeout_s: float) -> dict[str, str]:
    """``cleanup.policy`` by topic; empty where the broker does not tell."""
    resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in names]
    if not resources:
        return {}
    policies = {}
    for resource, future in admin.describe_configs(resources, request_timeout=timeout_s).items():
        try:
            policies[resource.name] = str(future.result()["cleanup.policy"].value)
        except KafkaException as error:
            if error.args[0].code() not in _UNSUPPORTED:
                raise
    return policies


def problems_of(found: Mapping[str, Found], prefix: str = "") -> list[str]:
    """What is wrong with the topics as found, in words, each with what to do."""
    out = []
    for spec in TOPICS:
        topic = found.get(spec.name)
        name = topic_name(prefix, spec.name)
        if topic is None:
            out.append(f"{name}: missing; `transitwatch topics create`")
        elif topic.cleanup is not None and topic.cleanup != spec.cleanup:
            out.append(
                f"{name}: cleanup.policy is {topic.cleanup}, expected {spec.cleanup}; alter it before anything is lost: "
                f"kafka-configs.sh --alter --topic {name} --add-config cleanup.policy={spec.cleanup}"
            )
    counts = {
        topic_name(prefix, spec.name): found[spec.name].partitions
        for spec in TOPICS
        if spec.partitions == "events" and spec.name in found
    }
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        out.append(
            f"unequal numbers of partitions ({told}): they must be equal, as a consignment has one number on all; "
            "with the monitors stopped add partitions before the first event, else create the topics anew"
        )
    return out


def check_topics(config: Mapping[str, Any], prefix: str = "", timeout_s: float = 10.0) -> list[str]:
    """What is wrong with the topics on the brokers, in words; empty when all is well. Raises KafkaTrouble."""
    return problems_of(find_topics(config, prefix, timeout_s), prefix)
