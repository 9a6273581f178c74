"""The table of topics, and what is said of topics that are not as it says."""

from __future__ import annotations

from streams.kafka.client import LARGEST_RECORD
from streams.kafka.topics import (
    ALERTS,
    BY_NAME,
    CUSTOMS,
    DEAD,
    REFERENCE_TOPICS,
    SCREENINGS,
    SHIPMENTS,
    STATE,
    TOPICS,
    Found,
    problems_of,
    topic_name,
)

WELL = {
    spec.name: Found(f"x.{spec.name}", 6 if spec.partitions == "events" else spec.partitions, 1, spec.cleanup)
    for spec in TOPICS
}


def test_the_topics_of_a_consignment_have_one_number_of_partitions() -> None:
    assert [s.name for s in TOPICS if s.partitions == "events"] == [SHIPMENTS, CUSTOMS, STATE, ALERTS]


def test_what_is_the_last_word_on_a_key_is_compacted() -> None:
    assert {s.name for s in TOPICS if s.cleanup == "compact"} == {STATE, SCREENINGS, *REFERENCE_TOPICS}


def test_a_dead_letter_has_room_for_the_largest_event_and_its_headers() -> None:
    largest = {s.name: int(s.config["max.message.bytes"]) for s in TOPICS}
    assert largest[SHIPMENTS] == largest[CUSTOMS] > 10 * 1024 * 1024
    assert largest[DEAD] - largest[SHIPMENTS] >= 1024 * 1024
    assert max(largest.values()) == LARGEST_RECORD


def test_alerts_are_kept_for_ever_as_they_are_evidence() -> None:
    assert BY_NAME[ALERTS].settings()["retention.ms"] == "-1"


def test_topics_as_they_should_be_are_no_problem() -> None:
    assert problems_of(WELL, "x.") == []


def test_a_policy_that_the_broker_does_not_tell_is_no_problem() -> None:
    silent = {name: Found(f.name, f.partitions, f.replication) for name, f in WELL.items()}
    assert problems_of(silent, "x.") == []


def test_a_missing_topic_is_named_with_its_prefix_and_what_to_do() -> None:
    found = {name: f for name, f in WELL.items() if name != DEAD}
    assert problems_of(found, "x.") == ["x.deadletters: missing; `transitwatch topics create`"]


def test_a_state_that_is_not_compacted_is_a_problem() -> None:
    (problem,) = problems_of({**WELL, STATE: Found("x." + STATE, 6, 1, "delete")}, "x.")
    assert problem.startswith("x.consignments.state: cleanup.policy is delete, expected compact")


def test_unequal_partitions_are_a_problem_told_with_the_numbers() -> None:
    (problem,) = problems_of({**WELL, ALERTS: Found("x." + ALERTS, 5, 1, "delete")}, "x.")
    assert "x.shipments.events 6" in problem
    assert "x.alerts 5" in problem


def test_a_prefix_stands_before_the_name() -> None:
    assert (topic_name("", ALERTS), topic_name("test.", ALERTS)) == ("alerts", "test.alerts")
