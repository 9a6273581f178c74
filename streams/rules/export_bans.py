"""R11: goods that may not be exported to a named third country (833/2014 Art. 12f; domain 2.3, 8 R11; contract 6(30)).

First used for Kyrgyzstan. `policy:export_ban_kg` says from when and to where, the goods list EXPORT_KG which goods. As
long as no entry of that list is loaded, goods under the headings of the policy, among which the goods of the act must
be, are a question. The day that counts is that of the export, as for R09, for goods that nothing shows to have left yet not
before that of the clock; of goods that had left before they were turned to the country, the day on which it was first named.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from streams.model.decision import Condition, Finding, State
from streams.model.events import Event, Goods
from streams.model.moments import brussels_day, brussels_midnight, iso_day, parse_day
from streams.rules.case import Case
from streams.rules.goods import UNCODED
from streams.rules.outward import Listed, Outward, called_off, moved, on_list, outward_of
from streams.rules.state import CAPPED
from streams.rules.transit import destination_of, export_of

LEGAL_BASIS = "833/2014 Art. 12f"
GOODS_LIST = "EXPORT_KG"


class _Toward(NamedTuple):
    """What names the country: in words, from which Brussels day, by which event (None: a plan since overtaken)."""

    because: str
    day: int | None
    event: Event | None


def r11(case: Case, lists: frozenset[str]) -> list[Finding]:
    """A finding for goods that may not be exported to where they go or are used, or of which that cannot be told."""
    ban: dict[str, Any] = case.law.policy("export_ban_kg", case.today)
    countries: list[str] = ban["countries"]
    if _elsewhere(case, countries):
        return []
    toward = _toward(case, countries)
    loaded = GOODS_LIST in case.law.goods.lists
    if toward is None and (GOODS_LIST not in lists or destination_of(case) is not None):
        return []
    if not (lists & {GOODS_LIST, UNCODED} if loaded else _asked(case, tuple(ban["headings"]))):
        return []
    case.marks |= CAPPED
    if called_off(case):
        return []
    export = export_of(case)
    day = export.day if toward is None or toward.day is None else max(export.day, toward.day)
    statement = case.c.goods_at(export.at) if export.at is not None else None
    lines = statement.goods if statement is not None else case.c.goods
    if export.at is None and case.c.is_open and not moved(case):
        day = max(day, case.today)
        _wait(case, lines, parse_day(ban["from"]))
    listed = on_list(case, GOODS_LIST, lines, day) if loaded else _unlisted(lines, tuple(ban["headings"]))
    if listed.state == "NOT_MET" or (listed.entry is None and day < parse_day(ban["from"])):
        return []
    outward = outward_of(case)
    if not outward.binds(listed):
        return []
    return [_finding(case, toward, listed, outward, day)]


def _wait(case: Case, lines: tuple[Goods, ...], start: int) -> None:
    """Have goods that have not left judged again on the day on which the ban or an entry of its list begins or ends."""
    entries = [entry for line in lines for entry in case.law.goods.candidates(GOODS_LIST, line)]
    days = {start, *(d for entry in entries for d in (entry.applies_from, entry.applies_until) if d is not None)}
    for day in days:
        if day > case.today:
            case.wake_at(brussels_midnight(day))


def _elsewhere(case: Case, countries: list[str]) -> bool:
    """Whether all that is stated names other countries: the quick answer for nearly every consignment."""
    c = case.c
    if c.destination_country is None or c.destination_country in countries or c.end_use_country in countries:
        return False
    if c.current("END_USER"):
        return False
    return c.closed_by is None or case.place_of(c.closed_by).country not in countries


def _toward(case: Case, countries: list[str]) -> _Toward | None:
    """What names one of the countries as destination or end use, of several the earliest."""
    c = case.c
    found: list[_Toward] = []
    if c.destination_country in countries:
        event = next((e for e in (*c.actual, *c.plans) if e.destination_country in countries), None)
        found.append(_by(f"destination {c.destination_country}", event))
    if c.end_use_country in countries:
        event = next((e for e in (*c.actual, *c.plans) if e.end_use_country in countries), None)
        found.append(_by(f"for use in {c.end_use_country}", event))
    roles = ("END_USER",) if c.destination_country is not None else ("END_USER", "CONSIGNEE", "BUYER")
    for role in roles:
        party = next((p for p in c.current(role) if p.country in countries), None)
        if party is not None and (role == "END_USER" or destination_of(case) in countries):
            uid = next(h.uid for h in c.holdings if h.role == role and h.end is None)
            event = next((e for e in (*c.actual, *c.plans) if e.uid == uid), None)
            found.append(_by(f"{role} {party.name or 'not named'} of {party.country}", event))
    closed = c.closed_by
    if closed is not None and closed.type == "DELIVERED" and case.place_of(closed).country in countries:
        found.append(_by(f"delivered in {case.place_of(closed).country}", closed))
    return min(found, key=lambda t: t.day or 0, default=None)


def _by(because: str, event: Event | None) -> _Toward:
    return _Toward(because, brussels_day(event.occurred_at) if event is not None else None, event)


def _asked(case: Case, headings: tuple[str, ...]) -> bool:
    """Whether a line ever stated is a question as long as the list is not loaded."""
    lines = tuple(line for statement in case.c.goods_statements for line in statement.goods)
    return _unlisted(lines, headings).state == "NOT_KNOWN"


def _unlisted(lines: tuple[Goods, ...], headings: tuple[str, ...]) -> Listed:
    """The answer without a list: a question for goods under one of the headings, or of which that cannot be told."""
    if not lines:
        return Listed("NOT_KNOWN", "the goods are not stated", None, ("goods",))
    for line in lines:
        code = line.hs
        if code and (code.startswith(headings) or any(heading.startswith(code) for heading in headings)):
            missing = f"codes of the goods of Art. 12f (goods list {GOODS_LIST})"
            return Listed("NOT_KNOWN", f"goods of {code}, and {GOODS_LIST} is not loaded", None, (missing,), code)
    if all(line.hs for line in lines):
        return Listed("NOT_MET", "no line is under a heading of Art. 12f")
    return Listed("NOT_KNOWN", "a line of goods has no code", None, ("goods code (goods.hs)",))


def _finding(case: Case, toward: _Toward | None, listed: Listed, outward: Outward, day: int) -> Finding:
    missing = (*listed.missing, *outward.missing, *(() if toward is not None else ("destination_country",)))
    named = toward.because if toward is not None else "where they go is not stated"
    state: State = "MET" if toward is not None else "NOT_KNOWN"
    event = toward.event if toward is not None else None
    planned = not moved(case)
    when = "To be exported to Kyrgyzstan" if planned else f"Exported to Kyrgyzstan on {iso_day(day)}"
    if missing:
        because = (
            f"Whether goods may be exported to Kyrgyzstan cannot be told: {listed.because}; {named}; {outward.because}."
        )
    else:
        because = f"{when}, {named}: {listed.because}, banned there; {outward.because}."
    return Finding(
        rule="R11",
        verdict="INSUFFICIENT_DATA" if missing else "BREACH",
        planned=planned,
        legal_basis=(listed.entry.legal_basis if listed.entry is not None else None) or LEGAL_BASIS,
        because=because,
        conditions=(
            Condition("banned_destination", state, named, (event.uid,) if event is not None else ()),
            listed.condition(),
            outward.condition(),
        ),
        missing=missing,
        exposed=outward.exposed,
        clocks=case.clocks(None),
        records=listed.records,
    )
