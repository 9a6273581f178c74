"""What befalls messages: they come twice, late, out of order, wrong and corrected, or are taken back.

None of it changes what happened in the end, only how it is told: the oracle judges what was written. Plans and
bookings are left alone, since there the moment of knowing has a meaning of its own (a changed route removes the
plans recorded before it).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from streams.feed import cast
from streams.feed.geography import place
from streams.feed.story import JsonEvent, Story

_MOVEMENTS = ("LOADED", "UNLOADED", "DEPARTED", "ARRIVED", "BORDER_CROSSED", "WEIGHED")
_WRONG_PLACES = ("RUULU", "RUNVS", "RUMOW", "LVRIX", "BYMSQ", "KZALA")


class Arrival(NamedTuple):
    """An event as it comes in: when (ms UTC), and the event."""

    at: int
    event: JsonEvent


def _moment(event: JsonEvent, field: str = "recorded_at") -> datetime:
    return datetime.fromisoformat(event[field])


def _shift(event: JsonEvent, field: str, hours: float) -> None:
    event[field] = (_moment(event, field) + timedelta(hours=hours)).isoformat(timespec="seconds")


def _spoil(s: Story, event: JsonEvent) -> None:
    """Make an event wrong: another place, another time, another train, another weight."""
    kind = s.rng.choice(("place", "time", "transport"))
    if "weight" in event:
        event["weight"] = {k: v * 10 if k.endswith("_kg") else v for k, v in event["weight"].items()}
    elif kind == "place":
        event["place"] = place(s.rng.choice(_WRONG_PLACES))
    elif kind == "time" or "transport" not in event:
        _shift(event, "occurred_at", s.rng.randrange(-30, 0))
    else:
        event["transport"] = cast.gondolas(s.rng, 6)


def _add(s: Story, event: JsonEvent, hours: float, **changes: object) -> JsonEvent:
    """A copy of an event under a number of its own, known that many hours later."""
    new = {**copy.deepcopy(event), **changes, "event_id": f"{s.id}-{len(s.events) + 1:02d}"}
    _shift(new, "recorded_at", hours)
    s.events.append(new)
    return new


def late(s: Story, event: JsonEvent) -> None:
    """The report comes one to five days late."""
    _shift(event, "recorded_at", s.rng.randrange(24, 120))


def corrected(s: Story, event: JsonEvent) -> None:
    """First reported wrong, once or twice, then right: the event itself becomes the last correction."""
    before = _add(s, event, 0)
    _spoil(s, before)
    hours = s.rng.randrange(2, 40)
    if s.rng.random() < 0.4:
        again = _add(s, event, hours, replaces=before["event_id"])
        _spoil(s, again)
        before, hours = again, hours + s.rng.randrange(1, 30)
    event["replaces"] = before["event_id"]
    _shift(event, "recorded_at", hours)


def correction_retracted(s: Story, event: JsonEvent) -> None:
    """A wrong correction is taken back: what it replaced stands again."""
    wrong = _add(s, event, s.rng.randrange(2, 30), replaces=event["event_id"])
    _spoil(s, wrong)
    s.retract(wrong, s.rng.randrange(1, 30))


def invented(s: Story, event: JsonEvent) -> None:
    """An event that never happened is reported and taken back."""
    wrong = _add(s, event, s.rng.randrange(1, 10))
    _spoil(s, wrong)
    s.retract(wrong, s.rng.randrange(1, 60))


def retraction_retracted(s: Story, event: JsonEvent) -> None:
    """An event is taken back by mistake, and the taking back is taken back."""
    s.retract(s.retract(event, s.rng.randrange(1, 20)), s.rng.randrange(1, 20))


def same_number(s: Story, event: JsonEvent) -> None:
    """Another content is sent later under the number of an event: the one known first counts."""
    other = copy.deepcopy(event)
    _spoil(s, other)
    _shift(other, "recorded_at", s.rng.randrange(1, 50))
    s.events.append(other)


def number_of_another_source(s: Story, event: JsonEvent) -> None:
    """Two sources count alike: an event bears the number that an event of another source has."""
    taken = {e["event_id"] for e in s.events if e["source"] == event["source"]}
    taken |= {e.get(field) for e in s.events for field in ("replaces", "retracts")}
    numbers = [e["event_id"] for e in s.events if e["event_id"] not in taken]
    if numbers:
        event["event_id"] = s.rng.choice(numbers)


_TROUBLES: tuple[tuple[float, Callable[[Story, JsonEvent], None]], ...] = (
    (0.10, late), (0.08, corrected), (0.04, correction_retracted), (0.05, invented), (0.02, retraction_retracted),
    (0.03, number_of_another_source), (0.02, same_number),
)  # fmt: skip
"""What may befall a consignment and how often; the last one is last, since it makes a number ambiguous."""


def _untouched(s: Story) -> list[JsonEvent]:
    named = {e.get("replaces") or e.get("retracts") for e in s.events}
    return [
        e for e in s.events
        if e["type"] in _MOVEMENTS and "classifier" not in e and "replaces" not in e and e["event_id"] not in named
    ]  # fmt: skip


def disturb(s: Story) -> None:
    """Let some of the troubles befall a consignment whose story is told."""
    for chance, trouble in _TROUBLES:
        candidates = _untouched(s)
        if candidates and s.rng.random() < chance:
            trouble(s, s.rng.choice(candidates))


def arrivals(s: Story) -> list[Arrival]:
    """The events as they come in: mostly when recorded, a few held up for up to two days, a few once more."""
    found = []
    for event in s.events:
        at = round(_moment(event).timestamp() * 1000)
        if s.rng.random() < 0.03:
            at += s.rng.randrange(3_600_000, 172_800_000)
        found.append(Arrival(at, event))
        if s.rng.random() < 0.03:
            found.append(Arrival(at + s.rng.randrange(1_000, 172_800_000), event))
    return found
