"""The checks of `transitwatch doctor`: each says how things are and, when they are wrong, what to do."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import redis
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from msgspec import Struct

from streams.errors import KafkaTrouble, ReferenceUnavailable, RegistryTrouble
from streams.kafka import schemas
from streams.kafka.client import base_config, kafka_trouble
from streams.kafka.registry import registry_of
from streams.kafka.topics import check_topics
from streams.model.moments import iso_time
from streams.model.reference import AnyRecord, ListState, Policy
from streams.processors.sources import redis_options
from streams.reference.connection import connect
from streams.reference.store import RedisStore, VersionGone, digest_of
from streams.reference.topics import read_topics
from streams.settings import Settings

_ANSWER_S = 5.0
_DAY_MS = 86_400_000


class Check(Struct, frozen=True, kw_only=True):
    """One thing looked at. ``do`` says what to do where ``ok`` is False; a note has ``ok`` True and may have it too."""

    name: str
    ok: bool
    told: str
    do: str = ""


def check_kafka(settings: Settings) -> Iterator[Check]:
    """Whether a broker answers and the topics are as they should be."""
    config = base_config(settings.kafka)
    try:
        try:
            cluster = AdminClient(config).list_topics(timeout=_ANSWER_S)
        except KafkaException as error:
            raise kafka_trouble(error, servers=config) from error
        told = f"{len(cluster.brokers)} brokers answer at {settings.kafka.bootstrap}, cluster {cluster.cluster_id}"
        yield Check(name="kafka", ok=True, told=told)
        problems = check_topics(config, settings.kafka.topic_prefix, _ANSWER_S)
    except KafkaTrouble as error:
        yield Check(name="kafka", ok=False, told=str(error), do="start Kafka, or correct the settings kafka.*")
        return
    if not problems:
        yield Check(name="topics", ok=True, told="all are there and kept as they should be")
    for problem in problems:
        told, _, do = problem.partition("; ")
        yield Check(name="topics", ok=False, told=told, do=do)


def check_registry(settings: Settings) -> Iterator[Check]:
    """Whether the schema registry answers, if there is one."""
    registry = registry_of(settings.registry)
    if registry is None:
        yield Check(name="registry", ok=True, told="none set: Avro single-object encoding")
        return
    try:
        yield Check(name="registry", ok=True, told=f"answers; compatibility {registry.compatibility()}")
    except RegistryTrouble as error:
        yield Check(name="registry", ok=False, told=str(error), do="start it, or correct the settings registry.*")


def check_redis(settings: Settings, now_ms: int) -> Iterator[Check]:
    """Whether Redis answers, holds reference records, holds those of the topics, and how old the lists are."""
    if settings.reference.source != "redis":
        told = f"not asked, as reference.source is {settings.reference.source}"
        yield Check(name="redis", ok=True, told=told)
        return
    options = redis_options(settings.redis)
    client = connect(options)
    try:
        store = RedisStore(client)
        pointer = store.pointer()
        if pointer is None:
            yield Check(name="redis", ok=False, told=f"answers at {settings.redis.url} and holds no reference records",
                        do="run `transitwatch agents`, and `transitwatch reference publish --bundled` once")  # fmt: skip
            return
        records = store.read(pointer)
    except (redis.RedisError, VersionGone) as error:
        yield Check(name="redis", ok=False, told=f"{settings.redis.url}: {type(error).__name__}: {error}",
                    do="start Redis, or correct the settings redis.*; monitors go on with what they hold for "
                    "reference.max_staleness_s")  # fmt: skip
        return
    finally:
        client.close()
    told = f"version {pointer.version} of {iso_time(pointer.built_at)}, {pointer.records} records, digest {pointer.digest[:12]}"
    yield Check(name="redis", ok=True, told=told)
    yield from check_lists(records, now_ms)
    yield _in_step(settings, pointer.digest)


def _in_step(settings: Settings, digest: str) -> Check:
    """Whether Redis holds what the topics hold."""
    try:
        topics = read_topics(base_config(settings.kafka), 4 * _ANSWER_S, settings.kafka.topic_prefix)
    except ReferenceUnavailable as error:
        return Check(name="reference", ok=False, told=str(error), do="see kafka above")
    if digest_of(topics.records.values()) == digest:
        return Check(name="reference", ok=True, told="Redis holds what the reference topics hold")
    return Check(name="reference", ok=False, told="Redis and the reference topics differ",
                 do="look whether `transitwatch agents` runs; it brings Redis up to date within seconds")  # fmt: skip


def check_lists(records: list[AnyRecord], now_ms: int) -> Iterator[Check]:
    """How old each list is, against policy `list_max_age_days` where there is one."""
    limits = [r.value for r in records if isinstance(r, Policy) and r.key == "list_max_age_days"]
    limit = float(limits[-1]) if limits else None
    for state in sorted((r for r in records if isinstance(r, ListState)), key=lambda r: r.list):
        if state.fetched_at is None:
            yield Check(name="lists", ok=False, told=f"{state.list}: of unknown age", do="publish it with its time")
            continue
        days = (now_ms - state.fetched_at) / _DAY_MS
        old = limit is not None and days > limit
        yield Check(name="lists", ok=not old, told=f"{state.list}: {days:.1f} days old",
                    do=f"fetch it anew and publish it; beyond {limit:g} days its rules give INSUFFICIENT_DATA" if old
                    else "")  # fmt: skip


def check_schemas() -> Iterator[Check]:
    """Whether each schema in force is among the released ones, so that other versions of the program can read it."""
    for name in schemas.RECORD_NAMES:
        ours = schemas.fingerprint_by_name(name)
        released = [schemas.fingerprint_of(schemas.load_schema(path)) for path in schemas.released_files(name)]
        known = ours in released
        told = f"{name}: fingerprint {ours.hex()}, {len(released)} released"
        yield Check(name="schemas", ok=known, told=told,
                    do="" if known else "this is no released build: install one before it writes to shared topics")  # fmt: skip


def check_live(url: str) -> Iterator[Check]:
    """How a running process answers at its health address."""
    base = url.rstrip("/")
    for path, do in (("/health/live", "its loop stands still: restart it and keep its log"),
                     ("/health/ready", "the body says what is missing; see MonitorNotReady in docs/operations.md")):  # fmt: skip
        status, body = _get(base + path)
        yield Check(name="live", ok=status == 200, told=f"{path}: {status or 'no answer'} {body}",
                    do="" if status == 200 else do if status else "is it running, and is this its http.port?")  # fmt: skip


def _get(url: str) -> tuple[int, str]:
    """Status and body; 0 and the reason when there is no answer."""
    try:
        with urllib.request.urlopen(url, timeout=_ANSWER_S) as answer:  # noqa: S310  # the command checks the scheme
            return answer.status, _compact(answer.read(10_000))
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _compact(error.read(10_000))
    except OSError as error:
        return 0, str(getattr(error, "reason", None) or error)


def _compact(body: bytes) -> str:
    try:
        found: Any = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body[:200].decode("utf-8", "replace")
    return msgspec.json.encode(found).decode()


def all_checks(settings: Settings, live: str | None, now: Callable[[], int] | None = None) -> Iterator[Check]:
    """Every check in turn; each catches what it looks for, so that one trouble does not hide another."""
    now_ms = now() if now is not None else time.time_ns() // 1_000_000
    yield from (Check(name="settings", ok=True, told=f"unsafe: {text}") for text in settings.unsafe())
    yield from check_schemas()
    yield from check_kafka(settings)
    yield from check_registry(settings)
    yield from check_redis(settings, now_ms)
    if live is not None:
        yield from check_live(live)
