"""The oracle on R20: a consignee in a special zone of Annex LII (6(30), domain 2.7 and 8 R20)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from streams.feed.oracle_exports import destination, leaves_union, never_went
from streams.feed.oracle_facts import Journey, country_of, law_day, moment
from streams.feed.oracle_law import Law, Record


def _zones(law: Law, day: date) -> list[Record]:
    return [*law.of("place", day, annex="LII-A"), *law.of("place", day, annex="LII-B")]


def _names(zone: Record) -> list[str]:
    return [zone["name"], *(zone.get("aliases") or [])]


def _words(text: str) -> str:
    words = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(words)} "


def _says(text: str, name: str) -> bool:
    return _words(name) in _words(text)


def _held(journey: Journey, now: datetime) -> Iterator[tuple[date, list[dict[str, Any]]]]:
    """The consignees on each day on which they are judged: of the events, and of the clock while it is open (6(5))."""
    for index, event in enumerate(journey.actual):
        yield law_day(moment(event)), [p for p in journey.parties(index) if p["role"] == "CONSIGNEE"]
    if not journey.closed:
        yield law_day(now), [p for p in journey.parties() if p["role"] == "CONSIGNEE"]


def _taken_over(law: Law, journey: Journey) -> Iterator[Record]:
    """The zones at whose name the goods are delivered, or unloaded on their way into its country."""
    for event in (*journey.actual, *journey.plans()):
        spot = event.get("place") or {}
        for zone in _zones(law, law_day(moment(event))):
            named = any(spot.get(k, "").casefold() == n.casefold() for k in ("facility", "name") for n in _names(zone))
            going = event["type"] == "DELIVERED" or destination(journey) in (None, zone["country"])
            if named and country_of(spot) == zone["country"] and event["type"] in ("DELIVERED", "UNLOADED") and going:
                yield zone


def judge_zone(law: Law, journey: Journey, now: datetime) -> str | None:
    """The verdict of R20."""
    if never_went(journey):
        return None
    annexes = {zone["annex"] for zone in _taken_over(law, journey)}
    doubt = False
    for day, consignees in _held(journey, now):
        for zone in _zones(law, day):
            for who in consignees:
                address, country = who.get("address"), who.get("country")
                if address and country in (None, zone["country"]) and any(_says(address, n) for n in _names(zone)):
                    annexes.add(zone["annex"])
                doubt = doubt or (not address and (country or destination(journey)) == zone["country"])
            nobody = not any(p["role"] == "CONSIGNEE" for e in journey.all for p in e.get("parties") or [])
            doubt = doubt or (nobody and journey.last("destination_country") == zone["country"])
    leaves = leaves_union(law, journey)
    if leaves is False or (leaves is None and not annexes) or not (annexes or doubt):
        return None
    if leaves is None or not annexes:
        return "INSUFFICIENT_DATA"
    return "BREACH" if "LII-A" in annexes else "NEEDS_WAIVER"
