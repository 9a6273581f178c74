"""R09 and R10: goods exported from the Union in transit through Russia or Belarus.

R09: 833/2014 Arts 2(1a), 2aa(1a), 2a(1a), 3c(1a), 3k(1a). R10: 765/2006 as amended by 2024/1865. The trigger is the
export from the Union; a leg through the country is enough, planned or actual (domain 2.1, 2.2; contract 6(28)).
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.decision import Condition, Finding, State, Verdict
from streams.model.events import Event, Goods
from streams.model.moments import brussels_day, iso_day
from streams.model.reference import GoodsEntry
from streams.rules.case import PAPER, Case
from streams.rules.goods import UNCODED, GoodsHit
from streams.rules.law import record_ref
from streams.rules.nexus import exposed_parties


class Ban(NamedTuple):
    """One transit ban: its rule, country, goods list and which day decides the list."""

    rule: str
    country: str
    name: str
    goods_list: str
    legal_basis: str
    by_export_date: bool


BANS = (
    Ban("R09", "RU", "Russia", "TRANSIT_RU", "833/2014 Arts 2(1a), 2a(1a), 3c(1a), 3k(1a)", True),
    Ban("R10", "BY", "Belarus", "TRANSIT_BY", "765/2006 as amended by 2024/1865", False),
)
DESTINATIONS_OUTSIDE = frozenset({"RU", "BY"})
EXPORT_PROCEDURES = ("EX", "10", "11", "21", "22", "23", "31")
"""How a declaration says that it is one of export: in words, or by the procedure requested (first two digits)."""
_TRANSIT_WORDS = ("transit", "tranzit", "транзит")


class Leg(NamedTuple):
    """A leg through the country: the event that shows or states it, its day; ``at`` is None for a plan."""

    event: Event
    day: int
    at: int | None
    label: str

    @property
    def planned(self) -> bool:
        """Whether it is only planned."""
        return self.at is None


class Export(NamedTuple):
    """Whether the goods were exported from the Union, why, and on which Brussels day.

    ``at`` is the actual event that tells the day, None where a plan or no event of the export does.
    """

    state: State
    because: str
    day: int
    at: int | None


def _declares_export(event: Event) -> bool:
    """Whether an event is of an export declaration: EXPORT_CONFIRMED, or DECLARED under an export procedure."""
    if event.type == "EXPORT_CONFIRMED":
        return True
    procedure = (event.customs.procedure or "") if event.customs else ""
    return event.type == "DECLARED" and procedure.upper().startswith(EXPORT_PROCEDURES)


def _customs_country(case: Case, n: int) -> str | None:
    """The country of a declaration: of its place, of its MRN, of its office."""
    customs = case.c.actual[n].customs
    if case.place(n).country is not None or customs is None:
        return case.place(n).country
    return customs.mrn[2:4] if customs.mrn else customs.office[:2] if customs.office else None


def export_of(case: Case) -> Export:
    """Whether, and when, the goods left the Union (contract 6(28))."""
    if case.export is None:
        case.export = _export_of(case)
    known: Export = case.export
    return known


def _export_of(case: Case) -> Export:
    c = case.c
    members = case.law.eu_members(case.today)
    day, at = _export_day(case, members)
    if c.export_country is not None:
        inside = c.export_country in members
        return Export("MET" if inside else "NOT_MET", f"exported from {c.export_country}", day, at)
    for n, event in enumerate(c.actual):
        if _declares_export(event) and (country := _customs_country(case, n)) in members:
            return Export("MET", f"export declared in {country}", day, at)
    for n, event in enumerate(c.actual):
        if event.type == "DEPARTED" and case.place(n).country is not None:
            country = case.place(n).country
            return Export("MET" if country in members else "NOT_MET", f"first departed in {country}", day, at)
    for event in c.plans:
        country = case.place_of(event).country
        if event.type == "DEPARTED" and country is not None:
            return Export("MET" if country in members else "NOT_MET", f"first departure planned in {country}", day, at)
    return Export("NOT_KNOWN", "from where the goods are exported is not stated", day, at)


def _export_day(case: Case, members: frozenset[str]) -> tuple[int, int | None]:
    c = case.c
    for wanted in ("EXPORT_CONFIRMED", "DECLARED"):
        for n, event in enumerate(c.actual):
            if event.type == wanted and _declares_export(event):
                return brussels_day(event.occurred_at), n
    for n, event in enumerate(c.actual):
        if event.type == "DEPARTED" and case.place(n).country in members:
            return brussels_day(event.occurred_at), n
    for event in c.plans:
        if event.type == "DEPARTED" and case.place_of(event).country in members:
            return brussels_day(event.occurred_at), None
    first = c.actual[0] if c.actual else c.plans[0] if c.plans else None
    return (brussels_day(first.occurred_at) if first is not None else case.today), None


def legs_through(case: Case, country: str) -> list[Leg]:
    """The legs through a country: actual ones in order, then planned ones."""
    c = case.c
    found = [
        Leg(c.actual[n], brussels_day(c.actual[n].occurred_at), n, case.place(n).label) for n in case.presence(country)
    ]
    for event in c.plans:
        facts = case.place_of(event)
        if facts.country == country and event.type not in PAPER:
            found.append(Leg(event, brussels_day(event.occurred_at), None, facts.label))
    if c.leg_event is not None:
        for leg in c.legs:
            if (leg.country or (leg.unlocode or "")[:2]) == country:
                day = brussels_day(c.leg_event.occurred_at)
                found.append(Leg(c.leg_event, day, None, leg.unlocode or country))
                break
    return found


def _derogation(case: Case, day: int) -> str | None:
    """A declared derogation, or an authorisation whose scope names the transit, not run out (contract 6(28))."""
    for document in case.c.documents:
        scope = (document.scope or "").casefold()
        named = document.type == "AUTHORISATION" and any(word in scope for word in _TRANSIT_WORDS)
        if (document.type == "DEROGATION" or named) and (document.valid_until is None or day <= document.valid_until):
            return f"{document.type} {document.number or ''}".strip()
    return None


def _all_lines(case: Case) -> tuple[Goods, ...]:
    """Every goods line ever stated: what was moved before it was processed counts for the legs before."""
    statements = case.c.goods_statements
    if len(statements) < 2:
        return case.c.goods
    return tuple(dict.fromkeys(line for s in statements for line in s.goods))


def _lines_at(case: Case, leg: Leg) -> tuple[Goods, ...]:
    if leg.at is None:
        return case.c.goods
    statement = case.c.goods_at(leg.at)
    return statement.goods if statement is not None else ()


def destination_of(case: Case) -> str | None:
    """Where the goods go: as stated, else where the consignee or buyer is, else where they were delivered."""
    c = case.c
    if c.destination_country is not None:
        return c.destination_country
    for role in ("CONSIGNEE", "BUYER"):
        for party in c.current(role):
            if party.country is not None:
                return party.country
    return next((case.place(n).country for n, e in enumerate(c.actual) if e.type == "DELIVERED"), None)


class _Listed(NamedTuple):
    entry: GoodsEntry | None
    line: Goods | None
    leg: Leg | None
    short: bool


def _listed(case: Case, ban: Ban, legs: list[Leg], export_day: int) -> _Listed:
    """The first goods line on the ban's list, with the first leg on whose day it is; else one that may be on it."""
    short: _Listed | None = None
    for leg in legs:
        day = export_day if ban.by_export_date else leg.day
        for line in _lines_at(case, leg):
            hit: GoodsHit = case.law.goods.match(ban.goods_list, line, day)
            if hit.entry is not None:
                return _Listed(hit.entry, line, leg, False)
            if short is None and (hit.short is not None or not line.hs):
                short = _Listed(hit.short, line, leg, True)
    return short or _Listed(None, None, None, False)


def transit_ban(case: Case, ban: Ban) -> list[Finding]:
    """The finding of one transit ban, if any."""
    if case.goods_lists.isdisjoint((ban.goods_list, UNCODED)):
        return []
    c = case.c
    lines = _all_lines(case)
    legs = legs_through(case, ban.country)
    if not legs and (case.route_known() or not lines):
        return []
    destination = destination_of(case)
    if destination in DESTINATIONS_OUTSIDE:
        return []
    export = export_of(case)
    if export.state == "NOT_MET":
        return []
    if not legs:
        return [] if c.closed_by is not None else _without_route(case, ban, c.goods, export)
    listed = _listed(case, ban, legs, export.day)
    if lines and listed.line is None:
        return []
    missing = _missing(case, export, listed, destination, bool(lines))
    verdict: Verdict = "INSUFFICIENT_DATA" if missing else "BREACH"
    leg = legs[0] if listed.leg is None else listed.leg
    derogation = _derogation(case, leg.day)
    if verdict == "BREACH" and derogation is not None:
        verdict = "NEEDS_WAIVER"
    return [_finding(case, ban, verdict, listed, leg, export, missing, derogation)]


def _missing(case: Case, export: Export, listed: _Listed, destination: str | None, stated: bool) -> tuple[str, ...]:
    missing = []
    if export.state == "NOT_KNOWN":
        missing.append("export_country")
    if not stated:
        missing.append("goods")
    if listed.short:
        missing.append("goods code in full (goods.hs)")
    if destination is None:
        missing.append("destination_country")
    return tuple(missing)


def _without_route(case: Case, ban: Ban, lines: tuple[Goods, ...], export: Export) -> list[Finding]:
    if not ban.by_export_date:
        case.watch_list(ban.goods_list, lines)
    day = export.day if ban.by_export_date else case.today
    hits = [(case.law.goods.match(ban.goods_list, line, day), line) for line in lines]
    sure = next((_Listed(hit.entry, line, None, False) for hit, line in hits if hit.entry is not None), None)
    found = sure or next(
        (_Listed(hit.short, line, None, True) for hit, line in hits if hit.short is not None or not line.hs), None
    )
    if found is None:
        return []
    nowhere = Leg(case.c.actual[0] if case.c.actual else case.c.plans[0], day, None, "route not stated")
    missing = ("goods code in full (goods.hs)", "route") if found.short else ("route",)
    return [_finding(case, ban, "INSUFFICIENT_DATA", found, nowhere, export, missing, None)]


def _finding(
    case: Case, ban: Ban, verdict: Verdict, listed: _Listed, leg: Leg, export: Export,
    missing: tuple[str, ...], derogation: str | None,
) -> Finding:  # fmt: skip
    entry, line = listed.entry, listed.line
    code = (line.hs or line.dual_use or "?") if line is not None else "goods not stated"
    way = "the way is not known"  # without a day: that would be the clock's, and a finding must not change with it
    if "route" not in missing:
        way = f"the way is {'planned' if leg.planned else 'through'} at {leg.label} on {iso_day(leg.day)}"
    through: State = "NOT_KNOWN" if "route" in missing else "MET"
    conditions = [
        Condition("exported_from_eu", export.state, export.because),
        Condition(f"leg_through_{ban.country}", through, way, (leg.event.uid,)),
        Condition("goods_listed", "MET" if entry and not listed.short else "NOT_KNOWN", f"{code} on {ban.goods_list}"),
    ]
    if derogation is not None:
        conditions.append(Condition("derogation", "NOT_KNOWN", f"{derogation} is declared; to be checked"))
    members = case.law.eu_members(case.today)
    parties = case.c.parties_now()
    tail = f"; {derogation} is declared" if derogation else ""
    word = "It is not known whether goods" if verdict == "INSUFFICIENT_DATA" else "Goods"
    return Finding(
        rule=ban.rule,
        verdict=verdict,
        planned=leg.planned and "route" not in missing,
        legal_basis=(entry.legal_basis if entry and entry.legal_basis else ban.legal_basis),
        because=f"{word} of {code} exported from the EU in transit through {ban.name}: {way}{tail}.",
        conditions=tuple(conditions),
        missing=missing,
        exposed=exposed_parties(parties, members),
        clocks=case.clocks(None if leg.planned else leg.event.occurred_at),
        records=(record_ref(entry),) if entry else (),
    )
