"""Flag F04: a seal broken, missing or taken off, a number that is another one, a tracker silent in Russia or Belarus.

Contract 6(32): what customs or the receiver did is no trouble, that is a removal or a new number at the place of a
control or delivery within `policy:seal_removal_hours` of it. Seals are compared within their kind, and only where they
may be of the same wagon or container.
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.consignment import same_place
from streams.model.events import Event, Place, Seal, Transport
from streams.model.moments import HOUR_MS, brussels_day
from streams.rules.case import PAPER, Case
from streams.rules.flagging import Trouble, on, weight_of

FLAG = "F04"
MOST_NUMBERS = 16
"""Of a consignment with more seals the header does not keep the numbers: every word of its seals is judged."""
QUIET = frozenset({None, "AFFIXED", "INTACT"})
"""What may be said of a seal whose number is known without anything being wrong."""
_EXCUSING = frozenset({"CONTROLLED", "DELIVERED"})
_FOUND = {"BROKEN": "was found broken", "MISSING": "was missing"}


class _Sight(NamedTuple):
    """A seal as it was told of once."""

    number: str
    kind: str | None
    equipment: frozenset[str]
    place: Place | None


def seal_number(seal: Seal) -> str:
    """The number of a seal without what is written differently from one report to the next; empty without one."""
    return "".join(ch for ch in seal.number.upper() if ch.isalnum()) if seal.number else ""


def numbers_known(case: Case) -> tuple[str, ...] | None:
    """The seal numbers told so far; None when they are too many to keep."""
    known = dict.fromkeys(seal_number(s) for e in case.c.actual for s in e.seals if s.number)
    return tuple(known) if len(known) <= MOST_NUMBERS else None


def f04(case: Case) -> list[Trouble]:
    """What is wrong with the seals, in order of time."""
    sights: list[_Sight] = []
    found: list[Trouble] = []
    for n, event in enumerate(case.c.actual):
        if not event.seals:
            continue
        for seal in event.seals:
            because = _wrong(case, n, seal, sights)
            if because:
                weight = weight_of(case, FLAG, brussels_day(event.occurred_at))
                found.append(Trouble(f"{because} at {_where(case, n)} on {on(event)}", event, weight))
        equipment = _equipment(event.transport)
        sights += [_Sight(seal_number(s), s.kind, equipment, event.place) for s in event.seals if s.number]
    return found


def _wrong(case: Case, n: int, seal: Seal, sights: list[_Sight]) -> str | None:
    """What is wrong with a seal as an actual event tells of it."""
    event, name = case.c.actual[n], f"seal {seal.number or 'without number'}"
    if seal.status in _FOUND:
        return f"{name} {_FOUND[seal.status]}"
    if seal.status == "SILENT":
        watched = case.law.policy("seal_silence_countries", brussels_day(event.occurred_at))
        return f"the tracker of {name} was silent" if _way(case, n) & set(watched) else None
    if seal.status == "REMOVED":
        return None if _excused(case, event) else f"{name} was removed without control or delivery"
    others = _replaced(event, seal, sights)
    if not others or _excused(case, event):
        return None
    return f"{name} was there in place of {', '.join(others)}"


def _replaced(event: Event, seal: Seal, sights: list[_Sight]) -> list[str]:
    """The numbers in whose place the number of a seal stands; none when it is known, the first, or one more at the start."""
    number = seal_number(seal)
    if not number or any(s.number == number for s in sights):
        return []
    affixed = seal.status == "AFFIXED" or (seal.status is None and event.type == "SEALED")
    if affixed and all(same_place(s.place, event.place) for s in sights):
        return []
    equipment = _equipment(event.transport)
    return list(
        dict.fromkeys(
            s.number
            for s in sights
            if (s.kind is None or seal.kind is None or s.kind == seal.kind)
            and (not s.equipment or not equipment or s.equipment & equipment)
        )
    )


def _equipment(transport: Transport | None) -> frozenset[str]:
    return frozenset((*transport.wagons, *transport.containers)) if transport is not None else frozenset()


def _excused(case: Case, event: Event) -> bool:
    """Whether a control or delivery at the same place, not longer ago than the policy says, explains it."""
    hours = float(case.law.policy("seal_removal_hours", brussels_day(event.occurred_at)))
    return any(
        e.type in _EXCUSING
        and 0 <= event.occurred_at - e.occurred_at <= hours * HOUR_MS
        and same_place(e.place, event.place)
        for e in case.c.actual
    )


def _way(case: Case, n: int) -> set[str]:
    """The countries in which the goods may be at an actual event: of its place, else where they were last and what leg follows."""
    here = case.place(n).country
    if here is not None:
        return {here}
    shown = [k for k in range(n) if case.place(k).country is not None and case.c.actual[k].type not in PAPER]
    legs: list[str] = []
    for event in case.c.actual[: n + 1]:
        if event.route or event.type == "ROUTE_CHANGED":
            legs = [leg.country or (leg.unlocode or "")[:2] for leg in event.route]
    if not shown:
        return set(legs)
    last = case.place(shown[-1]).country or ""
    ahead = len(legs) - legs[::-1].index(last) if last in legs else len(legs)
    return {last, *legs[ahead : ahead + 1]}


def _where(case: Case, n: int) -> str:
    return case.place(n).label if case.c.actual[n].place is not None else "a place not stated"
