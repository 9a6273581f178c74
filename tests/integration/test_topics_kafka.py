"""`transitwatch topics` and the settings of topics on a real Kafka."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streams.errors import KafkaTrouble, KafkaUnavailable
from streams.kafka.client import base_config, producer_config
from streams.kafka.topics import (
    ALERTS,
    CUSTOMS,
    DEAD,
    SHIPMENTS,
    STATE,
    TOPICS,
    check_topics,
    create_topics,
    find_topics,
)
from streams.reference.connection import RedisOptions, connect
from streams.reference.store import RedisStore
from streams.reference.topics import read_topics
from streams.settings import load_settings
from tests.integration.operating import PARTITIONS, Installation, until
from tests.servers.kafka import KafkaServer
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.kafka
MIB = 1024 * 1024


def test_create_makes_all_topics_once(kafka: KafkaServer) -> None:
    here = Installation(kafka, topics=False)
    names = [here.prefix + spec.name for spec in TOPICS]
    first = here.run("topics", "create", "--partitions", "3", "--json")
    assert (first.exit_code, json.loads(first.stdout)["created"]) == (0, names)
    second = here.run("topics", "create", "--partitions", "5", "--json")
    assert (second.exit_code, json.loads(second.stdout)["present"]) == (0, names)


def test_check_finds_nothing_wrong_with_what_create_made(kafka: KafkaServer) -> None:
    here = Installation(kafka)
    result = here.run("topics", "check")
    assert (result.exit_code, result.stdout) == (0, "all topics are as they should be\n")


def test_list_tells_partitions_and_how_topics_are_kept(kafka: KafkaServer) -> None:
    here = Installation(kafka)
    rows = {row["topic"].removeprefix(here.prefix): row for row in here.lines("topics", "list", "--json")}
    assert [rows[name]["partitions"] for name in (SHIPMENTS, CUSTOMS, STATE, ALERTS)] == [PARTITIONS] * 4
    assert (rows[STATE]["cleanup"], rows[DEAD]["cleanup"]) == ("compact", "delete")


def test_check_names_missing_topics_other_policies_and_unequal_partitions(kafka: KafkaServer) -> None:
    here = Installation(kafka, topics=False)
    admin = AdminClient(base_config(here.kafka))
    wrong = [NewTopic(here.prefix + SHIPMENTS, 2, 1), NewTopic(here.prefix + CUSTOMS, 3, 1),
             NewTopic(here.prefix + STATE, 2, 1, config={"cleanup.policy": "delete"})]  # fmt: skip
    for future in admin.create_topics(wrong).values():
        future.result()
    until(lambda: len(find_topics(base_config(here.kafka), here.prefix)) == len(wrong), "the topics are known")
    result = here.run("topics", "check", "--json")
    problems = json.loads(result.stdout)["problems"]
    assert result.exit_code == 1
    assert any(p.startswith(f"{here.prefix}{ALERTS}: missing") for p in problems)
    assert any("cleanup.policy is delete, expected compact" in p for p in problems)
    assert any("unequal numbers of partitions" in p and f"{here.prefix}{CUSTOMS} 3" in p for p in problems)


def test_more_copies_than_brokers_is_told(kafka: KafkaServer) -> None:
    here = Installation(kafka, topics=False)
    result = here.run("topics", "create", "--replication", "3")
    assert result.exit_code == 1
    assert "INVALID_REPLICATION_FACTOR" in result.stderr


@pytest.mark.parametrize(("topic", "size", "fits"), [
    (SHIPMENTS, 10 * MIB, True), (SHIPMENTS, 13 * MIB, False), (DEAD, 13 * MIB, True),
])  # fmt: skip
def test_what_fits_an_event_topic_fits_the_dead_letters(kafka: KafkaServer, topic: str, size: int, fits: bool) -> None:
    here = Installation(kafka)
    failed: list[object] = []
    producer = Producer(producer_config(here.kafka))
    producer.produce(here.prefix + topic, b"\x01" * size, on_delivery=lambda e, _: failed.append(e) if e else None)
    producer.flush(30)
    assert (failed == []) is fits


def test_a_broker_that_is_away_is_told_with_its_address() -> None:
    kafka = load_settings({}, None, {"kafka.bootstrap": "127.0.0.1:9"}).kafka
    with pytest.raises(KafkaUnavailable, match=r"at 127\.0\.0\.1:9"):
        check_topics(base_config(kafka), timeout_s=1.0)


def test_the_broker_inside_librdkafka_is_told_to_be_no_creator_of_topics() -> None:
    host = Producer({"bootstrap.servers": "", "test.mock.num.brokers": 1, "log_level": 0})
    broker = next(iter(host.list_topics(timeout=10).brokers.values()))
    with pytest.raises(KafkaTrouble, match="appear on first use"):
        create_topics({"bootstrap.servers": f"{broker.host}:{broker.port}"}, timeout_s=2.0)


def test_errors_of_the_client_library_never_reach_the_user(kafka: KafkaServer) -> None:
    here = Installation(kafka, topics=False)
    for arguments in (("deadletters", "list"), ("alerts", "tail", "--timeout", "1"), ("deadletters", "show", "0:0")):
        result = here.run(*arguments)
        assert not isinstance(result.exception, KafkaException)
        assert result.exit_code == 1
        assert "transitwatch topics create" in result.stderr


def test_doctor_finds_nothing_to_do_and_then_what_went_wrong(
    kafka: KafkaServer, redis_server: RedisServer, tmp_path: Path
) -> None:
    here = Installation(kafka)
    redis_server.start()
    records = tmp_path / "r.ndjson"
    records.write_text('{"kind": "place", "id": "RUULU", "annex": "XLVII-A", "unlocode": "RUULU"}\n')
    assert here.run("reference", "publish", str(records)).exit_code == 0
    known = list(read_topics(base_config(here.kafka), prefix=here.prefix).records.values())
    client = connect(RedisOptions(url=redis_server.url))
    RedisStore(client).replace(known, {}, 1_790_000_000_000)
    arguments = ("doctor", "--redis", redis_server.url, "--json")
    well = here.run(*arguments)
    assert (well.exit_code, json.loads(well.stdout)["ok"]) == (0, True), well.output
    RedisStore(client).replace([], {}, 1_790_000_000_001)
    client.close()
    ill = json.loads(here.run(*arguments).stdout)
    assert [check["told"] for check in ill["checks"] if not check["ok"]] == ["Redis and the reference topics differ"]
