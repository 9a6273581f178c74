"""A clearance over the topics: published, kept in Redis, and told by the monitor that withdraws the alert."""

from __future__ import annotations

import msgspec
import pytest

from streams.kafka.client import base_config
from streams.kafka.codec import decode_alert
from streams.kafka.topics import ALERTS
from streams.model.decision import Alert
from streams.model.intake import record_from_json, record_to_json
from streams.model.reference import AnyRecord, Clearance, ListedName, ListedParty
from streams.reference.bundled import bundled_records
from streams.reference.connection import connect
from streams.reference.source import FixedSource
from streams.reference.store import RedisStore
from streams.reference.topics import read_topics
from tests.integration.operating import Installation, until
from tests.integration.watching import Running, booked, ingest
from tests.servers.kafka import KafkaServer
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.kafka
NAME = "TOO Zerde Agro Bau"
LISTED = ListedParty(id="X1", list="TEST", names=(ListedName(NAME),), countries=("KZ",), measures=("FREEZE",))
WHY = ("--by", "A. Officer", "--because", "other seat", "--from", "2026-01-01", "--until", "2030-01-01")


def alerts(here: Installation) -> list[Alert]:
    found = [decode_alert(value) for _, _, value in here.values(ALERTS) if value is not None]
    return [alert for alert in found if alert.rule == "R15"]


def ndjson(*records: AnyRecord) -> str:
    return "".join(msgspec.json.encode(record_to_json(r)).decode() + "\n" for r in records)


def clearance(here: Installation, tmp_path_factory: pytest.TempPathFactory, *more: str) -> Clearance:
    listed = tmp_path_factory.mktemp("lists") / "lists.ndjson"
    listed.write_text(ndjson(LISTED))
    (line,) = here.lines("reference", "clearance", *more, *WHY, "--reference", str(listed))
    record = record_from_json(line)[0]
    assert isinstance(record, Clearance)
    return record


def test_a_clearance_made_from_a_consignment_withdraws_its_alert_and_no_other(
    kafka: KafkaServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here = Installation(kafka)
    with Running(here, kafka, FixedSource([*bundled_records(), LISTED])):
        ingest(here, booked(1, NAME), booked(2, NAME + " Trade"), booked(3, NAME))
        until(lambda: len(alerts(here)) == 3, "three alerts")
    of = ("--of", "C-1/BUYER", "--bootstrap", kafka.bootstrap, "--consignment", "C-1")
    record = clearance(here, tmp_path_factory, *of)
    source = FixedSource([*bundled_records(), LISTED])
    with Running(here, kafka, source):
        ingest(here, booked(4, NAME))
        until(lambda: len(alerts(here)) == 4, "the monitor at work again")
        source.put([*bundled_records(), LISTED, record])
        until(lambda: len(alerts(here)) == 5, "one withdrawn while it runs")
    last = next(alert for alert in alerts(here) if alert.version == 2)
    assert (last.consignment_id, last.status, last.verdict) == ("C-1", "WITHDRAWN", "CLEAR")
    assert "cleared for this consignment by A. Officer until 2030-01-01 because: other seat" in last.because


@pytest.mark.redis
def test_a_published_clearance_is_on_its_topic_and_in_redis(
    kafka: KafkaServer, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here = Installation(kafka)
    record = clearance(here, tmp_path_factory, NAME, "--country", "KZ")
    file = tmp_path_factory.mktemp("cleared") / "cleared.ndjson"
    file.write_text(ndjson(record))
    for written in (1, 0):
        (told,) = here.lines("reference", "publish", str(file), "--json")
        assert (told["added"], told["changed"]) == (written, 0)
    held = read_topics(base_config(here.kafka), prefix=here.prefix).records
    assert held == {record.record_key: record}
    redis_server.start()
    store = RedisStore(connect(redis_server.options()))
    pointer = store.replace(held.values(), {}, 1)
    assert store.read(pointer) == [record]
