"""`transitwatch alerts tail` and `explain --bootstrap` on a real Kafka."""

from __future__ import annotations

import threading

import pytest
from click.testing import Result
from confluent_kafka import Producer

from streams.kafka.client import producer_config
from streams.kafka.codec import encode_alert, encode_record, encode_state
from streams.kafka.partitioner import partition_of
from streams.kafka.topics import ALERTS, STATE
from streams.model.decision import Alert, Trigger, Verdict
from streams.model.intake import event_from_json
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.integration.operating import PARTITIONS, Installation, event_json
from tests.servers.kafka import KafkaServer

pytestmark = pytest.mark.kafka


def alert(consignment: str, *, rule: str = "R02", verdict: Verdict = "BREACH", place: str = "RUULU") -> Alert:
    return Alert(
        alert_id=f"{consignment}-{rule}", version=1, status="OPEN", consignment_id=consignment, rule=rule,
        verdict=verdict, weight=0, title="t", because="LOADED at\x1b[31m RUULU.", legal_basis="b", conditions=(),
        missing=(), exposed=(), references=(), goods_hs=(), places=(place,), parties=(), occurred_at=None,
        decided_at="2026-10-02T02:15:00Z", trigger=Trigger("EVENT", "ktz/e1"), records=(), previous_version=None,
        evidence_hash="",
    )  # fmt: skip


def publish(here: Installation, *alerts: Alert | bytes, commit: bool = True) -> None:
    producer = Producer(producer_config(here.kafka, {"transactional.id": f"{here.prefix}alerts"}))
    producer.init_transactions(30)
    producer.begin_transaction()
    for each in alerts:
        producer.produce(here.prefix + ALERTS, each if isinstance(each, bytes) else encode_alert(each), b"k")
    producer.flush(30)
    if commit:
        producer.commit_transaction(30)
    else:
        producer.abort_transaction(30)


@pytest.fixture
def here(kafka: KafkaServer) -> Installation:
    found = Installation(kafka)
    publish(found, alert("A"), alert("B", rule="R09", verdict="NEEDS_WAIVER", place="KZALA"))
    return found


def tail(here: Installation, *options: str) -> list[str]:
    rows = here.lines("alerts", "tail", "--from-beginning", "--timeout", "2", "--json", *options)
    return [row["consignment_id"] for row in rows]


def test_tail_from_the_beginning_shows_alerts_in_order(here: Installation) -> None:
    assert tail(here) == ["A", "B"]


@pytest.mark.parametrize(("options", "found"), [
    (("--rule", "R09"), ["B"]), (("--rule", "R09", "--rule", "R02"), ["A", "B"]), (("--verdict", "BREACH"), ["A"]),
    (("--country", "ru"), ["A"]), (("--country", "EE"), []), (("--limit", "1"), ["A"]),
])  # fmt: skip
def test_tail_shows_only_what_is_asked_for(here: Installation, options: tuple[str, ...], found: list[str]) -> None:
    assert tail(here, *options) == found


def test_alerts_of_an_aborted_transaction_are_not_shown(here: Installation) -> None:
    publish(here, alert("never"), commit=False)
    publish(here, alert("C"))
    assert tail(here) == ["A", "B", "C"]


def test_tail_shows_only_what_comes_after_it_began(here: Installation) -> None:
    results: list[Result] = []
    arguments = ("alerts", "tail", "--limit", "1", "--timeout", "20")
    thread = threading.Thread(target=lambda: results.append(here.run(*arguments)))
    thread.start()
    for number in range(100):
        publish(here, alert(f"later-{number}"))
        if not thread.is_alive():
            break
    thread.join()
    assert results[0].exit_code == 0
    assert "later-" in results[0].stdout


def test_a_line_for_reading_cannot_command_the_terminal(here: Installation) -> None:
    result = here.run("alerts", "tail", "--from-beginning", "--limit", "1")
    assert result.stdout == "2026-10-02T02:15:00Z  A  BREACH  R02 OPEN v1  LOADED at\\x1b[31m RUULU.\n"


def test_an_unreadable_alert_is_told_and_the_rest_is_shown(here: Installation) -> None:
    publish(here, b"nonsense", alert("C"))
    result = here.run("alerts", "tail", "--from-beginning", "--limit", "3", "--timeout", "5", "--json")
    assert len(result.stdout.splitlines()) == 3
    assert result.stderr.startswith(f"unreadable: {here.prefix}alerts[")


@pytest.mark.parametrize("option", [("--country", "EST"), ("--verdict", "GUILTY"), ("--limit", "0")])
def test_a_wrong_filter_is_wrong_use(here: Installation, option: tuple[str, str]) -> None:
    assert here.run("alerts", "tail", *option).exit_code == 2


def _state(consignment: str) -> bytes:
    event, _ = event_from_json(event_json("e1", consignment, place={"unlocode": "RUULU", "country": "RU"}), 1)
    return encode_state(Judge(bundled_records()).apply(None, event).state)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["in its partition", "where another partitioner put it"])
def test_explain_finds_a_consignment_of_the_running_system(kafka: KafkaServer, elsewhere: bool) -> None:
    here = Installation(kafka)
    producer = Producer(producer_config(here.kafka))
    partition = (partition_of(b"KTZ-7", PARTITIONS) + elsewhere) % PARTITIONS
    producer.produce(here.prefix + STATE, _state("KTZ-7"), b"KTZ-7", partition)
    for record in bundled_records():
        if record.kind in ("place", "policy", "waiver"):
            topic = here.prefix + ("reference.places" if record.kind == "place" else "reference.waivers")
            producer.produce(topic, encode_record(record), record.record_key)
    producer.flush(30)
    result = here.run("explain", "KTZ-7", "--bootstrap", kafka.bootstrap)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("KTZ-7: ")
    assert "[ktz/e1]" in result.stdout
    assert "The reference topics hold no party; nobody was screened." in result.stdout


def test_explain_says_when_the_system_knows_no_such_consignment(here: Installation, kafka: KafkaServer) -> None:
    result = here.run("explain", "NOPE", "--bootstrap", kafka.bootstrap)
    assert (result.exit_code, "no event of this consignment" in result.stderr) == (1, True)
