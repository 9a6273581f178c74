"""Dead letters on a real Kafka: listed, shown, sent back once."""

from __future__ import annotations

import json
import os

import pytest
from confluent_kafka import Producer

from streams.errors import KafkaTrouble
from streams.kafka.client import producer_config
from streams.kafka.replay import Replayer, look_through
from streams.kafka.topics import CUSTOMS, DEAD, SHIPMENTS
from tests.integration.operating import Installation, event_bytes
from tests.servers.kafka import KafkaServer

pytestmark = pytest.mark.kafka
GOOD = event_bytes(place={"unlocode": "RUULU", "country": "RU"})
CUT = GOOD[:-3]
NO_AVRO = b"\xff" * 20
UNKNOWN = b"\xc3\x01" + b"12345678" + b"abc"


@pytest.fixture
def here(kafka: KafkaServer) -> Installation:
    found = Installation(kafka)
    found.refuse([NO_AVRO, CUT, UNKNOWN])
    return found


def test_list_tells_where_letters_came_from_and_what_was_wrong(here: Installation) -> None:
    rows = here.lines("deadletters", "list", "--json")
    assert [row["reason"] for row in rows] == ["not_avro", "truncated", "unknown_schema"]
    assert rows[1] | {"at": "", "version": ""} == {
        "letter": "0:1", "at": "", "reason": "truncated", "what": "ends in the middle of a record", "field": "waivers",
        "value": f"{len(CUT)} bytes", "expected": "a whole record", "topic": here.prefix + SHIPMENTS, "partition": 1,
        "offset": 1, "timestamp": "2026-09-21T14:13:20.001Z", "key": "KTZ-1", "bytes": len(CUT), "version": "",
        "replayed_at": None,
    }  # fmt: skip


@pytest.mark.parametrize(("options", "found"), [
    (("--reason", "truncated"), ["0:1"]), (("--limit", "2"), ["0:1", "0:2"]), (("--topic", CUSTOMS), []),
    (("--topic", SHIPMENTS, "--limit", "1"), ["0:2"]), (("--since", "1h"), ["0:0", "0:1", "0:2"]),
    (("--since", "2999-01-01T00:00:00Z"), []),
])  # fmt: skip
def test_list_takes_only_what_is_asked_for(here: Installation, options: tuple[str, ...], found: list[str]) -> None:
    assert [row["letter"] for row in here.lines("deadletters", "list", "--json", *options)] == found


def test_letters_of_an_aborted_transaction_are_not_listed(here: Installation) -> None:
    producer = Producer(producer_config(here.kafka, {"transactional.id": f"{here.prefix}aborted"}))
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(here.prefix + DEAD, NO_AVRO)
    producer.flush(30)
    producer.abort_transaction(30)
    assert len(here.lines("deadletters", "list", "--json")) == 3


def test_a_moment_that_is_none_is_wrong_use(here: Installation) -> None:
    result = here.run("deadletters", "list", "--since", "yesterday")
    assert (result.exit_code, "or a span such as 90s" in result.stderr) == (2, True)


def test_show_decodes_as_far_as_the_record_goes(here: Installation) -> None:
    result = here.run("deadletters", "show", "0:1")
    assert result.exit_code == 0
    assert "consignment_id               'KTZ-1'" in result.stdout
    assert "place.unlocode               'RUULU'" in result.stdout
    assert "breaks at" in result.stdout
    assert "header     trace: t1" in result.stdout
    assert "00000000  c3 01" in result.stdout


def test_show_raw_gives_the_original_bytes(here: Installation) -> None:
    assert here.run("deadletters", "show", "0:1", "--raw").stdout_bytes == CUT


@pytest.mark.parametrize("place", ["0:99", "0:3"])
def test_show_says_when_there_is_no_such_letter(here: Installation, place: str) -> None:
    result = here.run("deadletters", "show", place)
    assert (result.exit_code, f"no dead letter at {place}" in result.stderr) == (1, True)


def test_replay_sends_the_original_bytes_key_and_headers_to_where_they_came_from(here: Installation) -> None:
    result = here.run("deadletters", "replay", "0:1")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "sent 1 dead letters")
    assert here.values(SHIPMENTS) == [(1, b"KTZ-1", CUT)]
    assert here.values(CUSTOMS) == []


def test_a_letter_is_replayed_once_unless_asked_for_again(here: Installation) -> None:
    first = json.loads(here.run("deadletters", "replay", "--reason", "truncated", "--json").stdout)
    second = json.loads(here.run("deadletters", "replay", "--all", "--json").stdout)
    third = json.loads(here.run("deadletters", "replay", "0:1", "--again", "--json").stdout)
    assert (first["sent"], first["replayed_before"]) == (["0:1"], [])
    assert (second["sent"], second["replayed_before"]) == (["0:0", "0:2"], ["0:1"])
    assert (third["sent"], third["replayed_before"]) == (["0:1"], [])
    assert sorted(value or b"" for _, _, value in here.values(SHIPMENTS)) == sorted([CUT, CUT, NO_AVRO, UNKNOWN])
    rows = here.lines("deadletters", "list", "--json")
    assert all(row["replayed_at"] is not None for row in rows)


def test_a_dry_run_sends_and_marks_nothing(here: Installation) -> None:
    before = here.values(DEAD)
    result = here.run("deadletters", "replay", "--all", "--dry-run")
    assert result.stdout.splitlines()[-1] == "would send 3 dead letters"
    assert (here.values(SHIPMENTS), here.values(DEAD)) == ([], before)


def test_what_cannot_be_sent_is_told_and_the_rest_is_sent(here: Installation) -> None:
    here.refuse([CUT], partition=77)
    result = here.run("deadletters", "replay", "0:0", "0:4", "0:55", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["sent"]) == (3, ["0:0"])
    assert [row["letter"] for row in told["refused"]] == ["0:4", "0:55"]
    assert "not sent: 0:55: no dead letter there" in result.stderr


@pytest.mark.parametrize("arguments", [(), ("0:1", "--all"), ("1",), ("x:y",), ("--reason", "bad_luck")])
def test_replay_of_nothing_or_of_too_much_is_wrong_use(here: Installation, arguments: tuple[str, ...]) -> None:
    assert here.run("deadletters", "replay", *arguments).exit_code == 2


@pytest.mark.logs_errors
def test_a_second_replayer_ends_the_first_so_that_both_cannot_send(here: Installation) -> None:
    first = Replayer(here.kafka)
    seen = look_through(here.kafka, lambda _: True)
    places = {(each.partition, each.offset) for each in seen.letters}
    second = Replayer(here.kafka)
    with pytest.raises(KafkaTrouble):
        first.replay(places, (), 0)
    assert here.values(SHIPMENTS) == []
    assert len(second.replay(places, (), 0).sent) == 3
    assert len(here.values(SHIPMENTS)) == 3


def test_a_letter_of_ten_megabytes_is_listed_shown_and_replayed(kafka: KafkaServer) -> None:
    here = Installation(kafka)
    large = b"\xfe" + os.urandom(10 * 1024 * 1024)
    here.refuse([large])
    assert here.lines("deadletters", "list", "--json")[0]["bytes"] == len(large)
    assert here.run("deadletters", "show", "0:0", "--raw").stdout_bytes == large
    assert here.run("deadletters", "replay", "--all").exit_code == 0
    assert here.values(SHIPMENTS)[0][2] == large
