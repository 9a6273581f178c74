"""R20: a consignee in a special economic zone of Russia (833/2014 Annex LII; domain 2.7, 8 R20, contract 6(30)).

A zone of Part A is a BREACH, one of Part B NEEDS_WAIVER. In a zone is who has its name in the address, and who takes the goods
over at a place within it. A consignee is judged on the days of the events at which it holds its role and, while the
consignment is open, on that of the clock, as every party is (6(5)); a place on the day of what happens there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from streams.model.decision import Condition, Finding, State, Verdict
from streams.model.events import Event, Party
from streams.model.moments import brussels_day, brussels_midnight, iso_day
from streams.model.reference import ListedPlace
from streams.rules.case import FOREVER, Case
from streams.rules.law import record_ref
from streams.rules.outward import Outward, called_off, outward_of
from streams.rules.ports import visits
from streams.rules.state import ZONED
from streams.rules.transit import destination_of

LEGAL_BASIS = "833/2014 Annex LII"
_CONSIGNEE = "CONSIGNEE"
_FORBIDDEN = "LII-A"
_TAKES_OVER = frozenset({"DELIVERED", "UNLOADED"})


class _Consignee(NamedTuple):
    """Who holds the role from the actual event ``start`` on, until before ``end`` (None: still); no party: not stated."""

    party: Party | None
    start: int
    end: int | None
    uid: str


class _Hit(NamedTuple):
    """A zone in force, who or what lies in it, and by which event; ``zone`` None: it is not known whether in one."""

    zone: ListedPlace | None
    because: str
    uids: tuple[str, ...]
    dealing: Event | None
    planned: bool
    missing: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        """Which of several to speak of: the graver, then the actual."""
        grave = 0 if self.zone is None else 2 if self.zone.annex == _FORBIDDEN else 1
        return 2 * grave + (not self.planned)


def r20(case: Case) -> list[Finding]:
    """A finding for a consignee in a special zone, or of which that cannot be told."""
    concerned = _consignees(case)
    if concerned:
        case.marks |= ZONED
    elif not visits(case):
        return []
    hits = [*(hit for who in concerned for hit in _by_address(case, who)), *_by_place(case)]
    if not hits or called_off(case):
        return []
    outward = outward_of(case)
    hit = max(hits, key=lambda h: h.rank)
    if outward.state == "NOT_MET" or (hit.zone is None and outward.state == "NOT_KNOWN"):
        return []
    return [_finding(case, hit, outward)]


def _consignees(case: Case) -> list[_Consignee]:
    """The consignees that may be in a zone: of a country that has some, or of none that is stated."""
    c, countries = case.c, case.law.zones.countries
    found = []
    nobody = True
    for h in c.holdings:
        if h.role == _CONSIGNEE:
            nobody = False
            for party in h.parties:
                if party.country is None or party.country in countries:
                    found.append(_Consignee(party, h.start, h.end, h.uid))  # noqa: PERF401
    if nobody and c.destination_country in countries:
        found.append(_Consignee(None, 0, None, ""))
    return found


def _days(case: Case, who: _Consignee) -> Iterator[tuple[int, Event | None]]:
    """The Brussels days on which a consignee is judged, each with its event; None for the clock."""
    actual = case.c.actual
    for event in actual[who.start : len(actual) if who.end is None else who.end]:
        yield brussels_day(event.occurred_at), event
    if who.end is None and case.c.is_open:
        yield case.today, None


def _by_address(case: Case, who: _Consignee) -> list[_Hit]:
    party = who.party
    address = party.address if party is not None else None
    country = party.country if party is not None else None
    if country is None and not address:
        country = destination_of(case)
    zones = [
        zone
        for zone in (case.law.zones.named_in(address) if address else case.law.zones.records)
        if country is None or zone.country in (None, country)
    ]
    if not zones or (not address and country is None):
        return []
    _watch(case, who, zones)
    days = list(_days(case, who))
    found = []
    for zone in zones:
        at = next((event for day, event in days if zone.in_force(day)), None)
        if at is None and not any(zone.in_force(day) for day, _ in days):
            continue
        found.append(_told(zone, party, who.uid, at) if address else _not_told(party, who.uid))
    return found


def _told(zone: ListedPlace, party: Party | None, uid: str, at: Event | None) -> _Hit:
    name = party.name if party is not None else None
    because = f"{_CONSIGNEE} {name or 'not named'} has its address in {_name(zone)}"
    return _Hit(zone, because, (uid,), at, planned=False)


def _not_told(party: Party | None, uid: str) -> _Hit:
    if party is None:
        return _Hit(None, "no consignee is stated", (), None, planned=False, missing=("consignee (parties)",))
    because = f"the address of {_CONSIGNEE} {party.name or 'not named'} is not stated"
    return _Hit(None, because, (uid,), None, planned=False, missing=("address of the consignee (parties.address)",))


def _name(zone: ListedPlace) -> str:
    since = f" since {iso_day(zone.applies_from)}" if zone.applies_from is not None else ""
    return f"{zone.name or zone.id}, on {zone.annex}{since}"


def _by_place(case: Case) -> list[_Hit]:
    """The zones in which the goods are taken over: delivered there, or unloaded when they go to its country."""
    found = []
    for visit in visits(case):
        event, planned = visit.event, visit.at is None
        for zone in visit.facts.listed if event.type in _TAKES_OVER and not visit.leg else ():
            going = event.type == "DELIVERED" or destination_of(case) in (None, zone.country)
            if zone in case.law.zones.records and going and zone.in_force(visit.day):
                verb = f"{event.type} planned" if planned else event.type
                because = f"{verb} at {visit.facts.label} in {_name(zone)}"
                found.append(_Hit(zone, because, (event.uid,), event, planned))
    return found


def _watch(case: Case, who: _Consignee, zones: list[ListedPlace]) -> None:
    """Have the case judged again when a zone of the consignee begins or ends to be listed."""
    if who.end is not None:
        return
    last = case.today if case.c.is_open else case.day_at(len(case.c.actual) - 1 if case.c.actual else None)
    for day in {d for zone in zones for d in (zone.applies_from, zone.applies_until) if d is not None}:
        case.steady_within(*((0, day) if day > last else (day, FOREVER)))
        if case.c.is_open and day > case.today:
            case.wake_at(brussels_midnight(day))


def _finding(case: Case, hit: _Hit, outward: Outward) -> Finding:
    zone, missing = hit.zone, (*hit.missing, *outward.missing)
    verdict: Verdict = "INSUFFICIENT_DATA"
    if zone is not None and not missing:
        verdict = "BREACH" if zone.annex == _FORBIDDEN else "NEEDS_WAIVER"
    state: State = "MET" if zone is not None else "NOT_KNOWN"
    told = f"{hit.because[0].upper()}{hit.because[1:]}"
    because = (
        f"{told}; {outward.because}."
        if zone is not None
        else f"Whether goods go to a special zone cannot be told: {hit.because}."
    )
    return Finding(
        rule="R20",
        verdict=verdict,
        planned=hit.planned,
        legal_basis=(zone.legal_basis if zone is not None else None) or LEGAL_BASIS,
        because=because,
        conditions=(Condition("consignee_in_zone", state, hit.because, hit.uids), outward.condition()),
        missing=missing,
        exposed=outward.exposed,
        clocks=case.clocks(hit.dealing.occurred_at if hit.dealing is not None and not hit.planned else None),
        records=(record_ref(zone),) if zone is not None else (),
    )
