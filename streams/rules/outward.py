"""Goods on their way out of the Union: who of it takes part, where they go, what they are, whether they went at all.

What the rules on exports (R11 to R13, R20; contract 6(30)) and the flags of high priority goods ask for alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streams.model.decision import Condition, Exposed, State
from streams.model.events import Event, Goods
from streams.model.moments import brussels_day
from streams.model.reference import GoodsEntry
from streams.rules.case import FOREVER, PAPER, Case
from streams.rules.law import record_ref
from streams.rules.nexus import exposed_parties
from streams.rules.state import CAPPED, TRANSIT
from streams.rules.transit import export_of


class Outward(NamedTuple):
    """Whether the goods are exported from the Union or a party of it takes part, why, who, and what is not known."""

    state: State
    because: str
    exposed: tuple[Exposed, ...] = ()
    missing: tuple[str, ...] = ()

    def binds(self, listed: Listed) -> bool:
        """Whether goods are worth a question at all: not where neither they nor who exports them is known."""
        return self.state == "MET" or (self.state == "NOT_KNOWN" and listed.named)

    def condition(self) -> Condition:
        """The condition `eu_export` of a rule."""
        return Condition("eu_export", self.state, self.because)


class Listed(NamedTuple):
    """Whether goods are on a goods list on a day: the entry, why, what is missing to tell; the code where no entry holds it."""

    state: State
    because: str
    entry: GoodsEntry | None = None
    missing: tuple[str, ...] = ()
    code: str | None = None

    @property
    def named(self) -> bool:
        """Whether a code points to the list, be it too short or the list not loaded."""
        return self.entry is not None or self.code is not None

    def condition(self) -> Condition:
        """The condition `goods_listed` of a rule."""
        return Condition("goods_listed", self.state, self.because)

    @property
    def records(self) -> tuple[str, ...]:
        """The entry by name."""
        return (record_ref(self.entry),) if self.entry is not None else ()


def outward_of(case: Case) -> Outward:
    """Whether the rules on exports bind anybody (contract 6(30)): export from the EU, or any party of it, ever named.

    The words never change with an event that states nothing: a departure is asked only where no country of export
    is stated and nobody of the EU.
    """
    known: Outward | None = case.outward
    if known is None:
        known = case.outward = _outward_of(case)
    return known


def _outward_of(case: Case) -> Outward:
    exposed = exposed_parties((p for h in case.c.holdings for p in h.parties), case.law.eu_members(case.today))
    if exposed:
        who = exposed[0]
        return Outward("MET", f"{who.name} ({who.role}) is of {who.country or 'a member state'}", exposed)
    if case.c.export_country is None:
        case.marks |= TRANSIT
    export = export_of(case)
    missing = ("export_country",) if export.state == "NOT_KNOWN" else ()
    return Outward(export.state, export.because, (), missing)


def moved(case: Case) -> bool:
    """Whether anything shows that the goods are under way, not only their papers."""
    return any(e.type not in PAPER or e.type == "EXPORT_CONFIRMED" for e in case.c.actual)


def called_off(case: Case) -> bool:
    """Whether the consignment was cancelled or its declaration invalidated before the goods moved."""
    closed = case.c.closed_by
    if closed is None or closed.type == "DELIVERED" or moved(case):
        return False
    case.marks |= CAPPED
    return True


def on_list(case: Case, name: str, lines: tuple[Goods, ...], day: int) -> Listed:
    """Whether a line is on a goods list on a Brussels day; one that surely is before one that may be, by its code or for want of one."""
    if not lines:
        return Listed("NOT_KNOWN", "the goods are not stated", None, ("goods",))
    short: Listed | None = None
    uncoded: Listed | None = None
    for line in lines:
        hit = case.law.goods.match(name, line, day)
        if hit.entry is not None:
            return Listed("MET", f"goods of {line.hs or line.dual_use} on {name}", hit.entry)
        if short is None and hit.short is not None:
            because = f"the code {line.hs} is too short to tell whether the goods are on {name}"
            short = Listed("NOT_KNOWN", because, hit.short, ("goods code in full (goods.hs)",))
        elif not line.hs:
            uncoded = Listed("NOT_KNOWN", "a line of goods has no code", None, ("goods code (goods.hs)",))
    return short or uncoded or Listed("NOT_MET", f"no line is on {name}")


def outside_partners(case: Case, country: str, day: int) -> bool:
    """Whether a country is neither of the EU nor a partner of Annex VIII on a day."""
    return country not in case.law.eu_members(day) and country not in case.law.policy("partner_countries", day)


def occasions(case: Case) -> Iterator[tuple[Event, int, tuple[Goods, ...], bool]]:
    """Each event with its Brussels day, the goods there, and whether it is only planned: actual ones first."""
    c = case.c
    for n, event in enumerate(c.actual):
        statement = c.goods_at(n)
        yield event, brussels_day(event.occurred_at), statement.goods if statement is not None else (), False
    for event in c.plans:
        yield event, brussels_day(event.occurred_at), c.goods, True


def hold_steady(case: Case, name: str, days: Iterable[int] = ()) -> None:
    """Have an event judged that is the first beyond a day of change: one given, or one of the list for a line.

    The events judged so far end with the last actual one, so the stretch of days that changes nothing is about that.
    """
    match = case.law.goods.candidates
    entries = (entry for s in case.c.goods_statements for line in s.goods for entry in match(name, line))
    changes = [*days, *(d for entry in entries for d in (entry.applies_from, entry.applies_until) if d is not None)]
    last = case.day_at(len(case.c.actual) - 1 if case.c.actual else None)
    for day in changes:
        case.steady_within(*((0, day) if day > last else (day, FOREVER)))
