"""F05 and F17: a way that does not fit its destination (domain 4.3, contract 6(32)).

F05: goods for a country of `policy:f05_destinations` are unloaded in Russia. That they linger there is told by nothing yet, for
want of a baseline. F17: the way leads through a country of `policy:route_watch_countries` that is neither its start nor its
destination and lies on no corridor to it (`policy:corridors`). Where that policy knows nothing of the destination, or nobody
states one, the flag is silent: what is a detour cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from streams.model.decision import Condition, Finding
from streams.model.events import Event
from streams.model.moments import brussels_day, iso_day
from streams.rules.case import PAPER, Case
from streams.rules.law import Law
from streams.rules.russia import COUNTRY
from streams.rules.state import ROUTED

LEGAL_BASIS = "833/2014 Art. 12 (circumvention)"
_BEGINNINGS = frozenset({"LOADED", "DEPARTED"})
"""Types with which a journey begins: their country is its start whatever country the goods are exported from."""
_UNLOADINGS = frozenset({"UNLOADED", "DELIVERED"})


class _Stop(NamedTuple):
    """A country of the way, and what shows or plans it."""

    country: str
    event: Event
    planned: bool
    label: str
    leg: bool = False

    def text(self) -> str:
        """The stop in words; of a leg only the place is known."""
        if self.leg:
            return f"{self.label} on the planned route"
        verb = f"{self.event.type} planned" if self.planned else self.event.type
        return f"{verb} at {self.label} on {iso_day(brussels_day(self.event.occurred_at))}"


def f05(case: Case) -> list[Finding]:
    """A red flag when goods for a watched destination are, or are to be, unloaded in Russia."""
    destination = case.c.destination_country
    if destination is None or (COUNTRY not in case.countries and not case.c.plans):
        return []
    if destination not in case.law.policy("f05_destinations", case.today):
        return []
    stop = next((s for s in _unloadings(case) if s.country == COUNTRY), None)
    if stop is None:
        return []
    why = f"bound for {destination}, but {stop.text()} in Russia"
    return [
        Finding(
            rule="F05",
            verdict="RED_FLAG",
            weight=int(case.law.policy("flag_weights", case.today)["F05"]),
            planned=stop.planned,
            legal_basis=LEGAL_BASIS,
            because=f"The goods are {why}.",
            conditions=(Condition("unloaded_in_RU", "MET", why, (stop.event.uid,)),),
            clocks=case.clocks(None if stop.planned else stop.event.occurred_at),
        )
    ]


def _unloadings(case: Case) -> Iterator[_Stop]:
    for n, event in enumerate(case.c.actual):
        if event.type in _UNLOADINGS or event.port_use == "DISCHARGE":
            yield _Stop(case.place(n).country or "", event, False, case.place(n).label)
    for event in case.c.plans:
        if event.type in _UNLOADINGS or event.port_use == "DISCHARGE":
            facts = case.place_of(event)
            yield _Stop(facts.country or "", event, True, facts.label)


def f17(case: Case) -> list[Finding]:
    """One red flag for all countries of the way that lie on no corridor to the destination, capped."""
    destination = case.c.destination_country
    detours = _detours(case.law, destination, case.today) if destination is not None else {}
    if not detours:
        return []
    case.marks |= ROUTED
    if case.countries.isdisjoint(detours) and not case.c.plans and not case.c.legs:
        return []
    stops: dict[str, _Stop] = {}
    for stop in _stops(case):
        entry = detours.get(stop.country)
        if entry is not None:
            stops.setdefault(entry, stop)
    if not stops:
        return []
    start = _start(case)
    found = {entry: stop for entry, stop in stops.items() if not start.intersection(entry.split("/"))}
    return [_finding(case, str(destination), found)] if found else []


def _detours(law: Law, destination: str, day: int) -> dict[str, str]:
    """The watched countries off every corridor to a destination, each with the entry of the policy that names it.

    An entry may name several countries (CN/HK): they count once, and not at all where one of them is start or destination.
    """
    known = law.detours.get((destination, day))
    if known is None:
        corridor = law.policy("corridors", day).get(destination)
        known = {}
        for entry in law.policy("route_watch_countries", day) if corridor is not None else ():
            countries = entry.split("/")
            if destination not in countries:
                known |= {country: entry for country in countries if country not in corridor}
        law.detours[destination, day] = known
    return known


def _stops(case: Case) -> Iterator[_Stop]:
    """The countries of the way: as it was, as it is planned, as its legs are stated."""
    c = case.c
    for n, event in enumerate(c.actual):
        facts = case.place(n)
        if facts.country is not None and event.type not in PAPER:
            yield _Stop(facts.country, event, False, facts.label)
    for event in c.plans:
        facts = case.place_of(event)
        if facts.country is not None and event.type not in PAPER:
            yield _Stop(facts.country, event, True, facts.label)
    if c.leg_event is not None:
        for leg in c.legs:
            country = leg.country or (leg.unlocode or "")[:2]
            if country:
                yield _Stop(country, c.leg_event, True, leg.unlocode or country, leg=True)


def _start(case: Case) -> set[str | None]:
    """Where the journey starts: where it is first loaded or departs, where the goods are exported, else where first seen."""
    first = next(_stops(case), None)
    begins = {first.country} if first is not None and not first.planned and first.event.type in _BEGINNINGS else set()
    if case.c.export_country is not None or begins:
        return {case.c.export_country, *begins}
    if first is not None and not first.planned:
        return {first.country}
    booked = next((country for n in range(len(case.c.actual)) if (country := case.place(n).country) is not None), None)
    return {booked if booked is not None or first is None else first.country}


def _finding(case: Case, destination: str, found: dict[str, _Stop]) -> Finding:
    law, day = case.law, case.today
    weight = min(len(found) * int(law.policy("flag_weights", day)["F17"]), int(law.policy("f17_weight_cap", day)))
    stops = list(found.values())
    way = "; ".join(f"{stop.country}: {stop.text()}" for stop in stops)
    actual = [stop for stop in stops if not stop.planned]
    return Finding(
        rule="F17",
        verdict="RED_FLAG",
        weight=weight,
        planned=not actual,
        legal_basis=LEGAL_BASIS,
        because=f"The way leads off every corridor to {destination}: {way}.",
        conditions=tuple(
            Condition(
                "off_corridor",
                "MET",
                f"{stop.country} lies on no corridor to {destination}",
                (stop.event.uid,),
            )
            for stop in stops
        ),
        clocks=case.clocks(actual[0].event.occurred_at if actual else None),
    )
