"""The ways of ships over a file: silences that are long enough to be told, and leaps that no ship makes.

The limits are policies (`ais_gap_hours`, `ais_most_knots`, `ais_leap_km`) of the day, read from the bundled records.
"""

from __future__ import annotations

import functools
import math

from msgspec import Struct

from streams.ingest.ais_reports import Position
from streams.model.moments import HOUR_MS, brussels_day
from streams.model.reference import Policy
from streams.reference.bundled import bundled_records

_EARTH_KM = 6371.0
_KM_PER_NM = 1.852


class Gap(Struct, frozen=True):
    """A silence: the last position before it and the first after it; None when the file ends in it."""

    before: Position
    after: Position | None


class Leap(Struct, frozen=True):
    """A position that the ship cannot have reached from its last good one."""

    position: Position
    because: str


class Way(Struct, frozen=True):
    """What is told of one ship beside its positions."""

    gaps: tuple[Gap, ...]
    leaps: tuple[Leap, ...]


@functools.cache
def _policies(key: str) -> tuple[Policy, ...]:
    found = [r for r in bundled_records() if isinstance(r, Policy) and r.key == key]
    return tuple(sorted(found, key=lambda p: p.applies_from or 0, reverse=True))


def limit(key: str, time: int) -> float:
    """The value of a policy at a time (ms UTC). Raises KeyError when none is in force: a limit is never guessed."""
    return _on(key, brussels_day(time))


@functools.lru_cache(maxsize=10_000)
def _on(key: str, day: int) -> float:
    for policy in _policies(key):
        if (policy.applies_from or 0) <= day and (policy.applies_until is None or day < policy.applies_until):
            return float(policy.value)
    raise KeyError(f"no policy record `policy:{key}` is in force")


def distance_km(one: Position, other: Position) -> float:
    """The great circle between two positions."""
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    turned = math.radians(other.longitude - one.longitude)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turned / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def leap(one: Position, other: Position) -> str | None:
    """Why a ship cannot have come from one position to the other in the time between; None when it can."""
    assert one.time is not None
    assert other.time is not None
    km, hours = distance_km(one, other), abs(other.time - one.time) / HOUR_MS
    if km <= limit("ais_leap_km", other.time):
        return None
    most = limit("ais_most_knots", other.time)
    if hours and km / _KM_PER_NM / hours <= most:
        return None
    speed = f"{km / _KM_PER_NM / hours:.0f} knots" if hours else "no time"
    return (
        f"{km:.0f} km from the last position in {hours * 60:.0f} minutes ({speed}); expected at most {most:.0f} knots"
    )


def way_of(positions: list[Position], end: int) -> Way:
    """Gaps and leaps of one ship's timed positions; ``end`` is the latest time (ms UTC) that the file reports at all.

    A leap is refused; when the next position agrees with it and not with the way before, the ship is where these two say.
    """
    gaps: list[Gap] = []
    leaps: list[Leap] = []
    good: Position | None = None
    doubted: Position | None = None
    for position in sorted(positions, key=lambda p: (p.time or 0, p.number)):
        if good is not None:
            because = leap(good, position)
            if because is not None and (doubted is None or leap(doubted, position) is not None):
                leaps.append(Leap(position, because))
                doubted = position
                continue
            if because is None and _silent(good, position.time or 0):
                gaps.append(Gap(good, position))
        good, doubted = position, None
    if good is not None and _silent(good, end):
        gaps.append(Gap(good, None))
    return Way(tuple(gaps), tuple(leaps))


def _silent(last: Position, until: int) -> bool:
    assert last.time is not None
    return until - last.time >= limit("ais_gap_hours", last.time) * HOUR_MS
