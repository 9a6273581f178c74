"""The oracle's view of one consignment: which events stand, in which order, and what was known after each.

Written from the contract alone (sections 1 and 6), slow and plain on JSON objects: it shares no code with the
product's folding, so that a mistake there shows as a difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

Event = dict[str, Any]
BRUSSELS = ZoneInfo("Europe/Brussels")
CLOSING = ("DELIVERED", "CANCELLED", "INVALIDATED")


def moment(event: Event, field: str = "occurred_at") -> datetime:
    """A time of an event."""
    return datetime.fromisoformat(event[field])


def law_day(when: datetime) -> date:
    """The calendar day in Brussels."""
    return when.astimezone(BRUSSELS).date()


def country_of(place: dict[str, Any] | None) -> str | None:
    """The country of a place: stated, else the first two letters of its code."""
    if not place:
        return None
    code: str = place.get("country") or (place.get("unlocode") or "")[:2]
    return code or None


def _first_of_each(events: Iterable[Event]) -> list[Event]:
    """One content per (source, event_id): the earlier recorded, then the smaller bytes (6(2))."""
    kept: dict[tuple[str, str], Event] = {}
    for event in events:
        key = (event["source"], event["event_id"])
        rank = (moment(event, "recorded_at"), json.dumps(event, sort_keys=True))
        if key not in kept or rank < (moment(kept[key], "recorded_at"), json.dumps(kept[key], sort_keys=True)):
            kept[key] = event
    return list(kept.values())


def standing(events: Iterable[Event]) -> list[Event]:
    """The events that are neither retracted nor replaced, in the order of 1.2."""
    known = _first_of_each(events)

    def pointing(event: Event, field: str) -> list[Event]:
        return [o for o in known if o.get(field) == event["event_id"] and o["source"] == event["source"]]

    def retracted(event: Event) -> bool:
        return any(not retracted(other) for other in pointing(event, "retracts"))

    def replaced(event: Event) -> bool:
        return any(not retracted(other) for other in pointing(event, "replaces"))

    left = [e for e in known if e["type"] != "RETRACTED" and not retracted(e) and not replaced(e)]
    return sorted(left, key=lambda e: (moment(e), moment(e, "recorded_at"), e["source"], e["event_id"]))


class Journey:
    """The standing events of a consignment and what follows from them."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.all = standing(events)
        self.actual = [e for e in self.all if e.get("classifier", "ACTUAL") == "ACTUAL"]
        self.closed = any(e["type"] in CLOSING for e in self.actual)

    def _upto(self, index: int | None) -> list[Event]:
        return self.actual if index is None else self.actual[: index + 1]

    def parties(self, index: int | None = None) -> list[dict[str, Any]]:
        """The parties known after the actual event of that index (None: now): per role, the last ones stated."""
        roles: dict[str, list[dict[str, Any]]] = {}
        for event in self._upto(index):
            stated = event.get("parties") or []
            for role in {p["role"] for p in stated}:
                roles[role] = [p for p in stated if p["role"] == role]
        return [p for entries in roles.values() for p in entries]

    def goods(self, index: int | None = None) -> list[dict[str, Any]]:
        """The goods known after the actual event of that index (None: now): the list stated last."""
        stated = [e["goods"] for e in self._upto(index) if e.get("goods")]
        return stated[-1] if stated else []

    def last(self, field: str) -> Any:
        """What was stated last for a field of the event."""
        stated = [e[field] for e in self.actual if e.get(field) is not None]
        return stated[-1] if stated else None

    def countries(self) -> list[str]:
        """The countries in which actual events lie, in order."""
        found = [country_of(e.get("place")) for e in self.actual]
        return [c for c in found if c]

    def _over(self) -> bool:
        return any(e["type"] in ("DELIVERED", "CANCELLED") for e in self.actual)

    def plans(self) -> list[Event]:
        """The planned and estimated events that nothing has overtaken (1.2, 6(9))."""
        if self._over():
            return []
        return [p for p in self.all if p not in self.actual and not self._overtaken(p)]

    def _overtaken(self, plan: Event) -> bool:
        for event in self.actual:
            if event["type"] == "ROUTE_CHANGED" and moment(plan, "recorded_at") < moment(event, "recorded_at"):
                return True
            if event["type"] == plan["type"] and (same_place(event, plan) or moment(event) > moment(plan)):
                return True
        return False

    def legs(self) -> list[tuple[dict[str, Any], Event]]:
        """The planned legs still ahead, each with the event that states them."""
        stating = [e for e in self.actual if e.get("route") or e["type"] == "ROUTE_CHANGED"]
        if not stating or self._over():
            return []
        source = stating[-1]
        legs = source.get("route") or []
        seen = {(e.get("place") or {}).get("unlocode") for e in self.actual if moment(e) > moment(source)} - {None}
        passed = max((n for n, leg in enumerate(legs) if leg.get("unlocode") in seen), default=-1)
        return [(leg, source) for leg in legs[passed + 1 :]]

    def documents(self) -> list[dict[str, Any]]:
        """All documents; they add up."""
        return [d for e in self.all for d in e.get("documents") or []]


def same_place(one: Event, other: Event) -> bool:
    """Whether two events name the same place."""
    first, second = one.get("place") or {}, other.get("place") or {}
    return any(first.get(k) and first.get(k) == second.get(k) for k in ("unlocode", "name"))
