"""R02: dealings with a listed port or lock (833/2014 Art. 5ae(1), Annex XLVII Parts A and C).

Every dealing is judged with the law of its own Brussels day; a plan through a listed port counts as planned until
an actual event or a changed route overtakes it (contract 3.1(6), 6(6)-(9)).
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.decision import Condition, Finding
from streams.model.events import Event, PortUse
from streams.model.moments import brussels_day, iso_day, iso_time
from streams.model.reference import ListedPlace
from streams.rules.case import Case
from streams.rules.law import PlaceFacts, record_ref
from streams.rules.nexus import Nexus, nexus_of, no_nexus

LEGAL_BASIS = "833/2014 Art. 5ae(1)"
ANNEXES = frozenset({"XLVII-A", "XLVII-C"})
USE_OF_TYPE: dict[str, PortUse] = {
    "LOADED": "LOADING", "TRANSSHIPPED": "LOADING", "STS_TRANSFER": "LOADING", "UNLOADED": "DISCHARGE",
    "ARRIVED": "TRANSIT", "BORDER_CROSSED": "TRANSIT", "PORT_CALL": "TRANSIT", "DEPARTED": "DEPARTURE",
    "STORED": "STORAGE", "PROCESSED": "PROCESSING", "DELIVERED": "DISCHARGE", "SPLIT": "TRANSIT",
    "MERGED": "TRANSIT", "CONTROLLED": "TRANSIT", "ARRIVED_AT_DESTINATION": "TRANSIT",
}  # fmt: skip
NO_DEALING = frozenset({"WEIGHED", "SEALED", "SEAL_CHECKED", "POSITION", "POSITION_GAP"})
PORT_ASKED = frozenset({"LOADED", "UNLOADED", "DEPARTED", "ARRIVED", "PORT_CALL", "STORED", "STS_TRANSFER"})
WATER = frozenset({"SEA", "INLAND_WATERWAY"})


class Dealing(NamedTuple):
    """An event at a listed place: ``at`` is its index in the actual events, None for a plan.

    ``day`` is the Brussels day whose law counts: that of the event, or a later one by which a plan is not carried out yet.
    """

    event: Event
    at: int | None
    place: ListedPlace
    facts: PlaceFacts
    use: PortUse | None
    day: int
    nexus: Nexus

    @property
    def planned(self) -> bool:
        """Whether it is only planned."""
        return self.at is None

    def text(self) -> str:
        """The dealing in words."""
        verb = f"{self.event.type} planned" if self.planned else self.event.type
        own = brussels_day(self.event.occurred_at)
        still = f" and still to come on {iso_day(self.day)}" if own != self.day else ""
        return f"{verb} at {self.facts.label} on {iso_day(own)}{still}"


def use_of(event: Event) -> PortUse | None:
    """What the port is used for, stated or by the type of the event (contract 1, `port_use`)."""
    return event.port_use or USE_OF_TYPE.get(event.type)


class Visit(NamedTuple):
    """An event at a place that is listed at some time: its index in the actual events, None for a plan or a leg."""

    event: Event
    at: int | None
    facts: PlaceFacts
    use: PortUse
    day: int
    leg: bool = False


def listed_on(facts: PlaceFacts, annexes: frozenset[str], day: int) -> ListedPlace | None:
    """The listing of a place in force on a day."""
    return next((r for r in facts.listed if r.annex in annexes and r.in_force(day)), None)


def visits(case: Case) -> list[Visit]:
    """Actual visits of places that are listed at some time in order, then planned ones, then legs of the route."""
    if case.visits is None:
        case.visits = _visits(case)
    known: list[Visit] = case.visits
    return known


def _visits(case: Case) -> list[Visit]:
    found = []
    for n, event in enumerate(case.c.actual):
        facts = case.place(n)
        if facts.listed and event.type not in NO_DEALING and (use := use_of(event)) is not None:
            found.append(Visit(event, n, facts, use, brussels_day(event.occurred_at)))
    for event in case.c.plans:
        facts = case.place_of(event)
        if facts.listed and event.type not in NO_DEALING and (use := use_of(event)) is not None:
            found.append(Visit(event, None, facts, use, brussels_day(event.occurred_at)))
    return found + _on_route(case) if case.c.legs else found


def _on_route(case: Case) -> list[Visit]:
    """Legs of the planned route through a listed place, judged by the date of the event that states them."""
    event = case.c.leg_event
    if event is None:
        return []
    visited = {case.place(n).label for n in range(len(case.c.actual))}
    day, found = brussels_day(event.occurred_at), []
    for leg in case.c.legs:
        if leg.unlocode and leg.unlocode not in visited and (records := case.law.places.by_code.get(leg.unlocode)):
            country = leg.country or leg.unlocode[:2]
            facts = PlaceFacts(country, tuple(records), True, False, None, leg.unlocode)
            found.append(Visit(event, None, facts, "TRANSIT", day, leg=True))
    return found


def dealings(case: Case, annexes: frozenset[str] = ANNEXES) -> list[Dealing]:
    """Actual dealings in order, then planned ones, with places listed on their day."""
    found = []
    for event, at, facts, use, day, _ in visits(case):
        listing = listed_on(facts, annexes, day)
        if listing is not None:
            found.append(Dealing(event, at, listing, facts, use, day, nexus_of(case, at)))
    return found


class Ban(NamedTuple):
    """The ban on dealings with one kind of listed place."""

    rule: str
    annexes: frozenset[str]
    what: str
    legal_basis: str
    condition: str

    @property
    def prohibition(self) -> str:
        """The ban in words."""
        return f"the ban on dealings with listed {self.what}s"


PORTS = Ban("R02", ANNEXES, "port", LEGAL_BASIS, "listed_port")


def article(what: str) -> str:
    """A noun with its indefinite article."""
    return f"{'an' if what[0] in 'aeiou' else 'a'} {what}"


def finding_of(case: Case, ban: Ban, found: list[Dealing], answered_by: str | None) -> list[Finding]:
    """The finding of a ban for the dealings that an EU nexus reaches; R01 CLEAR when none does."""
    if not found:
        return []
    bound = [d for d in found if d.nexus.state != "NOT_MET"]
    if not bound:
        return [no_nexus(found[0].nexus, ban.prohibition)]
    worst = worst_of(bound)
    goods = case.c.goods
    uncoded = goods and not all(line.hs for line in goods)
    missing = worst.nexus.missing + (("goods",) if not goods else ("goods code (goods.hs)",) if uncoded else ())
    since = f" since {iso_day(worst.place.applies_from)}" if worst.place.applies_from is not None else ""
    listed = Condition(ban.condition, "MET", f"{worst.facts.label} on {worst.place.annex}{since}", (worst.event.uid,))
    tail = f"; answered by {answered_by}" if answered_by else ""
    return [
        Finding(
            rule=ban.rule,
            verdict="NEEDS_WAIVER",
            answered_by=answered_by,
            planned=worst.planned,
            legal_basis=ban.legal_basis,
            because=f"{worst.text()}: {article(ban.what)} of Annex {worst.place.annex}{since}{tail}.",
            conditions=(listed, worst.nexus.condition()),
            missing=missing,
            exposed=worst.nexus.exposed,
            clocks=case.clocks(worst.event.occurred_at),
            records=(record_ref(worst.place),),
        )
    ]


def worst_of(found: list[Dealing]) -> Dealing:
    """The dealing to speak of: actual before planned, nexus met before not known, then the earliest."""
    return min(
        found,
        key=lambda d: (d.planned, d.nexus.state != "MET", d.event.occurred_at, d.event.uid),
    )


def unknown_port(case: Case) -> list[Finding]:
    """R02 INSUFFICIENT_DATA for the first call at a port that nobody names (contract 6(7)).

    Without an EU nexus, R01 CLEAR.
    """
    clear: Finding | None = None
    for n, event in enumerate(case.c.actual):
        if event.type in PORT_ASKED:
            facts = case.place(n)
            if _asked(event, facts):
                nexus = nexus_of(case, n)
                if nexus.state != "NOT_MET":
                    return [_unknown(case, event, facts, nexus, planned=False)]
                clear = clear or no_nexus(nexus, PORTS.prohibition)
    for event in case.c.plans:
        if event.type in PORT_ASKED and event.place is not None:
            facts = case.place_of(event)
            if _asked(event, facts):
                nexus = nexus_of(case, None)
                if nexus.state != "NOT_MET":
                    return [_unknown(case, event, facts, nexus, planned=True)]
    return [clear] if clear is not None else []


def _asked(event: Event, facts: PlaceFacts) -> bool:
    """On water, a port in Russia or nowhere that is not named; by any means, a listed port's name without a country."""
    if facts.known or facts.listed or facts.country not in {None, "RU"}:
        return False
    water = event.transport is not None and event.transport.mode in WATER
    port = not facts.perhaps or any(r.annex in ANNEXES for r in facts.perhaps)
    return water or (facts.doubtful and facts.country is None and port)


def _unknown(case: Case, event: Event, facts: PlaceFacts, nexus: Nexus, *, planned: bool) -> Finding:
    where = f"{facts.label!r}, a name that several ports share" if facts.doubtful else facts.label
    verb = f"{event.type} planned" if planned else event.type
    return Finding(
        rule="R02",
        subject="unknown port",
        verdict="INSUFFICIENT_DATA",
        planned=planned,
        legal_basis=LEGAL_BASIS,
        because=f"{verb} on {iso_time(event.occurred_at)} at {where}: which port it is, is not stated.",
        conditions=(
            Condition("listed_port", "NOT_KNOWN", "the port is not known", (event.uid,)),
            nexus.condition(),
        ),
        missing=(f"port of {event.type} (place.unlocode)", *nexus.missing),
        exposed=nexus.exposed,
        clocks=case.clocks(event.occurred_at),
    )
