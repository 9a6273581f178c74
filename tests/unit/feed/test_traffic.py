"""The feed is the same for the same seed, in order of arrival, well formed, and plays every story."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from streams.feed.disturb import arrivals
from streams.feed.oracle import RULES
from streams.feed.scenario import Scenario, all_scenarios, story
from streams.feed.traffic import Consignment, consignments, feed
from streams.model.intake import event_from_json


def _written(count: int, seed: int) -> tuple[bytes, list[dict[str, Any]]]:
    expected: list[dict[str, Any]] = []
    return b"\n".join(feed(count, seed, expected.append)), expected


@pytest.fixture(scope="module")
def many() -> list[Consignment]:
    return list(consignments(2000, 11))


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert _written(150, 7) == _written(150, 7)


def test_another_seed_gives_another_feed() -> None:
    assert _written(50, 7)[0] != _written(50, 8)[0]


def test_every_story_is_played_in_two_thousand_consignments(many: list[Consignment]) -> None:
    played = Counter(c.scenario.name for c in many)
    assert [s.name for s in all_scenarios() if not played[s.name]] == []


def test_every_rule_and_every_verdict_occurs(many: list[Consignment]) -> None:
    assert {rule for c in many for rule in c.expected["findings"]} == RULES
    verdicts = {"BREACH", "NEEDS_WAIVER", "INSUFFICIENT_DATA", "WAIVER_MET", "RED_FLAG", "CLEAR"}
    assert {c.expected["verdict"] for c in many} == verdicts


def test_every_event_is_accepted_without_a_warning(many: list[Consignment]) -> None:
    warnings = [w for c in many for e in c.story.events for w in event_from_json(e, 0)[1]]
    assert warnings == []


def test_few_numbers_are_used_twice_and_never_at_the_same_time(many: list[Consignment]) -> None:
    numbers = Counter((c.story.id, e["source"], e["event_id"]) for c in many for e in c.story.events)
    contents = {(c.story.id, e["source"], e["event_id"], e["recorded_at"]) for c in many for e in c.story.events}
    assert len(contents) == numbers.total()
    assert 0 < sum(1 for count in numbers.values() if count > 1) < 0.01 * len(numbers)


def test_corrections_and_retractions_name_an_event_of_the_same_source(many: list[Consignment]) -> None:
    for c in many:
        known = {(e["source"], e["event_id"]) for e in c.story.events}
        named = [(e["source"], e.get("replaces") or e.get("retracts")) for e in c.story.events]
        assert all(n in known for n in named if n[1])


def test_corrections_occur_at_depth(many: list[Consignment]) -> None:
    depths: Counter[int] = Counter()
    for c in many:
        answers = {e["event_id"]: e.get("replaces") or e.get("retracts") for e in c.story.events}
        for named in answers.values():
            depth, at = 0, named
            while at:
                depth, at = depth + 1, answers.get(at)
            depths[depth] += 1
    assert depths[1] and depths[2]


def test_an_actual_event_is_not_known_before_it_occurred(many: list[Consignment]) -> None:
    actual = [e for c in many for e in c.story.events if "classifier" not in e]
    early = [e for e in actual if datetime.fromisoformat(e["recorded_at"]) < datetime.fromisoformat(e["occurred_at"])]
    assert early == []


def test_nothing_arrives_before_the_consignment_began(many: list[Consignment]) -> None:
    early = [c.story.id for c in many if min(a.at for a in arrivals(c.story)) < c.start.timestamp() * 1000 - 1000]
    assert early == []


def test_events_come_by_the_time_they_were_recorded_but_for_few() -> None:
    lines, _ = _written(300, 3)
    recorded = [datetime.fromisoformat(json.loads(line)["recorded_at"]) for line in lines.splitlines()]
    behind = sum(1 for a, b in pairwise(recorded) if b < a)
    assert 0 < behind < 0.15 * len(recorded)


def test_every_written_event_belongs_to_an_expected_consignment_and_some_come_twice() -> None:
    lines, expected = _written(300, 3)
    events = lines.splitlines()
    assert {json.loads(e)["consignment_id"] for e in events} == {row["consignment_id"] for row in expected}
    assert len(set(events)) < len(events)


def test_expectations_carry_the_story_in_a_line_and_a_clock(many: list[Consignment]) -> None:
    for c in many:
        assert "\n" not in c.expected["story"]
        assert datetime.fromisoformat(c.expected["now"]).tzinfo is not None


def test_a_new_story_needs_one_function_and_two_of_one_name_are_refused() -> None:
    found: list[Scenario] = [s for s in all_scenarios() if s.name == "coal_good"]
    assert found[0].first == datetime(2025, 7, 26, tzinfo=UTC)
    with pytest.raises(ValueError, match="two stories are called coal_good"):
        story()(found[0].play)
