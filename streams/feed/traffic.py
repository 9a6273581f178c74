"""The feed itself: so many consignments by a seed, played, disturbed, judged by the oracle, put in order of arrival.

Everything comes from the seed and the number of the consignment: the same call gives the same bytes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

import msgspec

from streams.feed.disturb import arrivals, disturb
from streams.feed.oracle import Oracle
from streams.feed.scenario import FIRST, LAST, Scenario, all_scenarios
from streams.feed.spool import Spool
from streams.feed.story import Story

_DENSITY = (
    (FIRST, 0.0), (datetime(2024, 8, 1, tzinfo=UTC), 0.03), (datetime(2025, 2, 20, tzinfo=UTC), 0.07),
    (datetime(2025, 7, 20, tzinfo=UTC), 0.17), (datetime(2026, 4, 20, tzinfo=UTC), 0.50),
    (datetime(2026, 7, 24, tzinfo=UTC), 0.72), (LAST, 1.0),
)  # fmt: skip
"""How much of the traffic has started by a day: dense where the law changed."""


class Consignment(NamedTuple):
    """One consignment: which story it plays, its events, what the oracle expects, and when it began."""

    scenario: Scenario
    story: Story
    expected: dict[str, Any]
    start: datetime


def _started(moment: datetime) -> float:
    """The share of the traffic that has started by a moment."""
    for (early, low), (late, high) in pairwise(_DENSITY):
        if moment <= late:
            return low + (high - low) * max(0.0, (moment - early) / (late - early))
    return 1.0


def _start(share: float) -> datetime:
    """The moment by which that share of the traffic has started."""
    for (early, low), (late, high) in pairwise(_DENSITY):
        if share <= high:
            return early + (late - early) * ((share - low) / (high - low))
    return LAST


@lru_cache(maxsize=1024)
def _playable(day: datetime) -> tuple[tuple[Scenario, ...], tuple[float, ...]]:
    """The stories that may start on a day, with cumulated weights: a narrow window makes a story the likelier in it."""
    found = [s for s in all_scenarios() if s.first <= day <= s.last]
    total, cumulated = 0.0, []
    for scenario in found:
        total += scenario.share / max(0.002, _started(scenario.last) - _started(scenario.first))
        cumulated.append(total)
    return tuple(found), tuple(cumulated)


def _choose(rng: Random, start: datetime) -> Scenario:
    found, cumulated = _playable(start.replace(hour=0, minute=0, second=0, microsecond=0))
    return found[min(bisect_right(cumulated, rng.random() * cumulated[-1]), len(found) - 1)]


def consignments(count: int, seed: int, oracle: Oracle | None = None) -> Iterator[Consignment]:
    """So many consignments in order of their start, each judged by the oracle."""
    oracle = oracle or Oracle.bundled()
    for number in range(count):
        rng = Random(f"{seed}/{number}")
        start = _start((number + rng.random()) / count)
        scenario = _choose(rng, start)
        story = Story(f"TW-{start:%y%m}-{number:06d}", rng, start)
        scenario.play(story)
        disturb(story)
        yield Consignment(scenario, story, _expected(scenario, story, oracle), start)


def _expected(scenario: Scenario, story: Story, oracle: Oracle) -> dict[str, Any]:
    now = story.clock.astimezone(UTC)
    opinion = oracle.judge(story.events, now)
    return {
        "consignment_id": story.id, "verdict": opinion.verdict, "weight": opinion.weight,
        "findings": dict(sorted(opinion.findings.items())), "story": scenario.label, "scenario": scenario.name,
        "now": now.isoformat(timespec="seconds"),
    }  # fmt: skip


def feed(count: int, seed: int, on_expected: Callable[[dict[str, Any]], None]) -> Iterator[bytes]:
    """The events of so many consignments as lines of JSON in order of arrival; memory does not grow with the count.

    ``on_expected`` is given what the oracle expects of each consignment, when it enters the feed.
    """
    encode = msgspec.json.Encoder().encode
    with Spool() as spool:
        for consignment in consignments(count, seed):
            on_expected(consignment.expected)
            for arrival in arrivals(consignment.story):
                spool.put(arrival.at, encode(arrival.event))
            for _, _, line in spool.take(before=round(consignment.start.timestamp() * 1000)):
                yield line
        for _, _, line in spool.take():
            yield line
