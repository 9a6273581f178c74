"""R17: a listed ship is used (833/2014 Art. 3s, Annex XLII; domain 2.5 and 8 R17, contract 6(24), 6(27)).

Ships change names, so the IMO number alone joins ship and list; a number that fails its check, or none, leaves only the
name, and a name alone is a question (INSUFFICIENT_DATA), never a breach. A ship is in use at every actual event that names
it and, once goods are aboard, on the day of the clock until they leave it: a listing reaches a ship that is at sea. A
booking that names a ship, and a planned event, are plans to use it. The ban binds only where there is an EU nexus.
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.consignment import ENDS_PLANS
from streams.model.decision import Condition, Finding, Verdict
from streams.model.events import Event, Transport
from streams.model.identifiers import is_valid, normal
from streams.model.moments import brussels_day, brussels_midnight
from streams.model.reference import ListedParty
from streams.rules.case import FOREVER, PAPER, Case
from streams.rules.law import Law
from streams.rules.listing import RANK, Listing, Screened
from streams.rules.lists import SHIPS, bound_gaps
from streams.rules.nexus import BOUND, Nexus, nexus_of, no_nexus
from streams.rules.state import LISTED, SHIP
from streams.screening.match import Hit

_PROHIBITION = "the ban on services for listed ships"
_LEFT = frozenset({"UNLOADED", "DELIVERED", "STORED"})
"""Events after which the goods are no longer aboard."""
_BY_LAND_OR_AIR = frozenset({"RAIL", "ROAD", "AIR", "PIPELINE"})
_UNKNOWN = object()


def names_ship(transport: Transport | None) -> bool:
    """Whether a ship is named, by number or name."""
    return transport is not None and bool(transport.vessel_imo or transport.vessel_name)


def listing_of_ship(law: Law, transport: Transport) -> Listing | None:
    """What the lists say of a ship, for any day; None when no list of any date may mean it."""
    key = ("ship", transport.vessel_imo, transport.vessel_name)
    found = law.dossiers.get(key, _UNKNOWN)
    if found is _UNKNOWN:
        found = _listing(law, transport.vessel_imo, transport.vessel_name)
        law.remember(key, found)
    assert found is None or isinstance(found, Listing)
    return found


def records_of_ship(law: Law, transport: Transport) -> tuple[Hit, ...]:
    """The listings of whatever date that may mean a ship, and why."""
    listing = listing_of_ship(law, transport)
    return listing.hits if listing is not None else ()


def _listing(law: Law, imo: str | None, name: str | None) -> Listing | None:
    number = normal("imo", imo) if imo else ""
    sound = is_valid("imo", number) is True
    hits = [
        hit
        for hit in law.screener.screen(name, None, None, {"imo": number} if sound else None, "Vessel")
        if isinstance(hit.record, ListedParty) and SHIPS.measure in hit.record.measures
    ]
    if number and not sound:
        held = {hit.record.record_key for hit in hits}
        hits += [
            Hit(record, 1.0, f"the list has the same number {number}, which fails its check")
            for record in law.parties_under(SHIPS.measure)
            if record.record_key not in held and normal("imo", record.identifiers.get("imo", "")) == number
        ]
    review = 1 if number and not sound else 0
    return Listing(law, ship_label(imo, name), tuple(hits), match=1, review=review) if hits else None


def ship_label(imo: str | None, name: str | None) -> str:
    """A ship in words."""
    if not imo:
        return f"{name} (IMO number not stated)"
    wrong = "" if is_valid("imo", normal("imo", imo)) else ", which fails its check"
    return f"{name or 'not named'} (IMO {normal('imo', imo)}{wrong})"


class _Use(NamedTuple):
    """A use of a ship on a Brussels day: ``at`` is the actual event by which the nexus is judged, None for now."""

    transport: Transport
    event: Event
    day: int
    at: int | None
    planned: bool


class _Hit(NamedTuple):
    """What a list says of a ship on a day of use, and the nexus there."""

    use: _Use
    answer: Screened
    nexus: Nexus

    @property
    def rank(self) -> tuple[int, int, bool]:
        return RANK[self.answer.state], BOUND[self.nexus.state], not self.use.planned


def r17(case: Case) -> list[Finding]:
    """A finding for every ship that is or may be listed, and for a list missing or stale; R01 CLEAR without nexus."""
    named = _named(case)
    if not named:
        return []
    case.marks |= SHIP
    found, unbound = bound_gaps(case, SHIPS)
    worst: dict[str, _Hit] = {}
    watched = any(listing_of_ship(case.law, transport) is not None for transport in named.values())
    for use in _uses(case) if watched else ():
        hit = _hit(case, use)
        if hit is None:
            continue
        key = normal("imo", use.transport.vessel_imo or "") or (use.transport.vessel_name or "").casefold()
        if hit.nexus.state == "NOT_MET":
            unbound.append(hit.nexus)
        elif key not in worst or hit.rank > worst[key].rank:
            worst[key] = hit
    found += [_finding(case, key, hit) for key, hit in worst.items()]
    return found if found or not unbound else [no_nexus(unbound[0], _PROHIBITION)]


def _named(case: Case) -> dict[tuple[str | None, str | None], Transport]:
    """A transport of each ship that an event names, actual or planned."""
    found = {}
    for events in (case.c.actual, case.c.plans):
        for event in events:
            transport = event.transport
            if transport is not None and (transport.vessel_imo or transport.vessel_name):
                found[transport.vessel_imo, transport.vessel_name] = transport
    return found


def _hit(case: Case, use: _Use) -> _Hit | None:
    listing = listing_of_ship(case.law, use.transport)
    if listing is None:
        return None
    case.marks |= LISTED
    if use.at is None and use.event.classifier == "ACTUAL" and case.c.is_open:
        until = listing.steady(case.today)[1]
        if until < FOREVER:
            case.wake_at(brussels_midnight(until))
    answer = listing.at(use.day)
    return None if answer.state == "clear" else _Hit(use, answer, nexus_of(case, use.at))


def _uses(case: Case) -> list[_Use]:
    """The uses of ships: actual ones in order, then that of now, then planned ones."""
    c = case.c
    found: list[_Use] = []
    booked: _Use | None = None
    aboard: _Use | None = None
    for n, event in enumerate(c.actual):
        transport = event.transport
        ship = transport if transport is not None and (transport.vessel_imo or transport.vessel_name) else None
        if event.type in PAPER:
            if ship is not None:
                booked = _Use(ship, event, brussels_day(event.occurred_at), n, False)
            continue
        if ship is not None:
            aboard = _Use(ship, event, brussels_day(event.occurred_at), n, False)
            found.append(aboard)
        if event.type in _LEFT or (transport is not None and transport.mode in _BY_LAND_OR_AIR):
            aboard = None
    if c.is_open and aboard is not None:
        found.append(aboard._replace(day=case.today, at=None))
    if c.plans:
        found += [
            _Use(e.transport, e, brussels_day(e.occurred_at), None, True)
            for e in c.plans
            if e.transport is not None and names_ship(e.transport)
        ]
    return [*found, *_booked(case, booked)] if booked is not None else found


def _booked(case: Case, booked: _Use) -> list[_Use]:
    """A booked ship counts as planned, on the day of the booking and now, until some ship is used or all is over."""
    c = case.c
    if any(e.type in ENDS_PLANS or (e.type not in PAPER and names_ship(e.transport)) for e in c.actual):
        return []
    plan = booked._replace(planned=True, at=None)
    return [plan, plan._replace(day=case.today)] if c.is_open else [plan]


def _finding(case: Case, key: str, hit: _Hit) -> Finding:
    use, answer, nexus = hit.use, hit.answer, hit.nexus
    listed = answer.state == "listed"
    verdict: Verdict = "BREACH" if listed else "INSUFFICIENT_DATA"
    name = ship_label(use.transport.vessel_imo, use.transport.vessel_name)
    what = "planned to be used" if use.planned else "in use" if use.at is None else f"used ({use.event.type})"
    state = "listed" if listed else "perhaps listed"
    ship = Condition(
        SHIPS.condition, "MET" if listed else "NOT_KNOWN", f"ship {name}: {answer.because}", (use.event.uid,)
    )
    missing = () if listed else ("IMO number of the ship (transport.vessel_imo)", *answer.missing)
    return Finding(
        rule=SHIPS.rule,
        subject=key,
        verdict=verdict,
        planned=use.planned,
        legal_basis=answer.legal_basis or SHIPS.legal_basis,
        because=f"Ship {name}, {what}, is {state}: {answer.because}.",
        conditions=(ship, nexus.condition()),
        missing=(*missing, *nexus.missing),
        exposed=nexus.exposed,
        clocks=case.clocks(None if use.at is None else use.event.occurred_at),
        records=answer.records,
    )
