"""R24: quotas of waivers (domain 8, contract 6(18)): what a consignment claims of one, and what is over it.

Acceptance is the first event by which goods of the waiver are named and it fits, or is relied on: by a stated
`waivers`, by a dealing with a listed place, by a plan or a route that leads there. The mass is that declared of the lines
of the waiver, then the last weighed; goods made into others after a dealing leave it as it was. What other consignments
leave of a quota comes with the case (`Case.grants`, from `streams.rules.ledger`); without it the consignment is judged alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from streams.model.consignment import CHANGES_GOODS
from streams.model.decision import Condition, Finding
from streams.model.events import Event, Goods, Weight
from streams.model.moments import brussels_day, iso_day
from streams.model.reference import Quota, Waiver
from streams.rules.case import Case
from streams.rules.fitting import covers, held
from streams.rules.law import record_ref
from streams.rules.ledger import GRAMS, Claim, Move, MoveKind, cap_of
from streams.rules.masses import weighings_of
from streams.rules.nexus import nexus_of
from streams.rules.ports import Dealing
from streams.rules.state import QUOTED

RULE = "R24"


class Standing(NamedTuple):
    """A claim and what is granted of it (grams); ``over`` is the rest, None when the mass is not stated."""

    waiver: Waiver
    claim: Claim
    granted: int
    over: int | None

    @property
    def covered(self) -> bool:
        """Whether the quota covers the whole of it."""
        return self.over == 0


def standing_of(case: Case, waiver: Waiver, fitting: Sequence[Dealing]) -> Standing | None:
    """How a consignment stands with the quota of a waiver that fits these dealings; None when it claims nothing."""
    claim = _Reading(case, waiver, fitting).claim()
    if claim is None:
        return None
    case.marks |= QUOTED
    case.claims[waiver.id] = claim
    alone = min(claim.grams, cap_of(waiver)) if claim.within else 0
    granted = min(case.grants.get(waiver.id, alone), claim.grams)
    return Standing(waiver, claim, granted, claim.grams - granted if claim.known else None)


def short_of_quota(case: Case, options: Iterable[tuple[Dealing, Sequence[Waiver]]]) -> dict[str, Standing]:
    """The waivers with a quota among those that fit dealings, by id, whose quota does not cover the consignment."""
    by_waiver: dict[str, tuple[Waiver, list[Dealing]]] = {}
    for dealing, fitting in options:
        for waiver in fitting:
            if waiver.quota is not None:
                by_waiver.setdefault(waiver.id, (waiver, []))[1].append(dealing)
    standings = [standing_of(case, waiver, found) for waiver, found in by_waiver.values()]
    return {s.waiver.id: s for s in standings if s is not None and not s.covered}


def relied_on(case: Case) -> list[Finding]:
    """R24 for waivers that the sender relies on and that fit none of its dealings so far."""
    case.marks |= QUOTED
    found = []
    for ident in dict.fromkeys(case.c.waivers):
        waiver = case.law.capped.get(ident)
        if waiver is not None and ident not in case.claims:
            standing = standing_of(case, waiver, ())
            if standing is not None and not standing.covered:
                found.append(over_quota(case, standing, None))
    return found


def over_quota(case: Case, standing: Standing, dealing: Dealing | None) -> Finding:
    """The finding for what a quota does not cover, spoken of one dealing."""
    waiver, claim = standing.waiver, standing.claim
    because = _because(standing)
    nexus = dealing.nexus if dealing is not None else nexus_of(case, None)
    return Finding(
        rule=RULE,
        subject=waiver.id,
        verdict="NEEDS_WAIVER",
        planned=dealing.planned if dealing is not None else case.c.is_open,
        legal_basis=waiver.legal_basis or f"waiver {waiver.id}",
        because=f"{because}.",
        conditions=(
            Condition(
                "quota",
                "NOT_MET" if claim.known else "NOT_KNOWN",
                because,
                tuple(dict.fromkeys((claim.accepted.uid, claim.moves[-1].uid))),
            ),
        ),
        missing=() if claim.known else ("mass of the goods (goods.net_kg)",),
        exposed=nexus.exposed,
        clocks=case.clocks(dealing.event.occurred_at if dealing is not None else None),
        records=(record_ref(waiver),),
    )


def _because(standing: Standing) -> str:
    waiver, claim, over = standing.waiver, standing.claim, standing.over
    quota = waiver.quota or Quota(0)
    accepted = f"accepted by {claim.accepted.uid} on {iso_day(brussels_day(claim.accepted.at[0]))}"
    named = f"the quota of {waiver.id} ({kilograms(cap_of(waiver))}{period(quota)})"
    if over is None:
        return f"The mass of the goods is not stated, so whether they are within {named} cannot be told; {accepted}"
    if not claim.within:
        return f"None of the {kilograms(claim.grams)} are within the period of {named}; {accepted}"
    return f"{kilograms(over)} of {kilograms(claim.grams)} are over {named}; {accepted}"


def kilograms(grams: int) -> str:
    """A mass in words."""
    whole, rest = divmod(grams, GRAMS)
    return f"{whole:,}{f'.{rest:03}'.rstrip('0') if rest else ''} kg"


def period(quota: Quota) -> str:
    """The period of a quota in words, with a blank before; empty when it has none."""
    start, end = quota.period_from, quota.period_until
    return (f" from {iso_day(start)}" if start is not None else "") + (
        f" until {iso_day(end)}" if end is not None else ""
    )


def _within(quota: Quota, time: int) -> bool:
    """Whether a moment is in the period of a quota, whose last day is exclusive."""
    day = brussels_day(time)
    return (quota.period_from is None or quota.period_from <= day) and (
        quota.period_until is None or day < quota.period_until
    )


def may_claim(events: Iterable[Event], capped: Sequence[Waiver]) -> bool:
    """Whether events of a consignment may claim of one of the waivers: quick, and never wrongly no."""
    idents = {w.id for w in capped}
    return any(
        not idents.isdisjoint(e.waivers) or any(covers(w, line) for line in e.goods for w in capped) for e in events
    )


class _Reading:
    """Goes through the events of a consignment in order and notes what they make of its claim on one waiver."""

    def __init__(self, case: Case, waiver: Waiver, fitting: Sequence[Dealing]) -> None:
        c = case.c
        self.case, self.waiver = case, waiver
        self.stated = {s.uid: s.goods for s in c.goods_statements}
        self.weighed_by = {e.uid: weight for _, e, weight in weighings_of(c.actual)}
        self.dealt = {d.event.uid for d in fitting if not d.planned}
        self.planned = {d.event.uid for d in fitting if d.planned}
        self.places = {d.place.id for d in fitting}
        self.lines: tuple[Goods, ...] = ()
        self.weight: Weight | None = None
        self.passed = 0
        self.asked = self.cancelled = self.live = self.drawn = self.frozen = self.settled = False
        self.moves: list[Move] = []

    def claim(self) -> Claim | None:
        """The claim that the events amount to."""
        for event in self.case.c.events:
            self._take(event)
        if not self.moves:
            return None
        waiver, quota = self.waiver, self.waiver.quota or Quota(0)
        claim = Claim(waiver.id, self.case.c.id, tuple(self.moves), self._mass() is not None or not self.live, True)
        return claim._replace(within=_within(quota, claim.accepted.at[0]))

    def _take(self, event: Event) -> None:
        actual, uid = event.classifier == "ACTUAL", event.uid
        self.passed += actual
        mass = self._mass()
        self.frozen = self.frozen or (self.drawn and actual and event.type in CHANGES_GOODS)
        if not self.frozen:
            self._take_goods(event, uid, actual)
        dealt = uid in self.dealt
        self.asked = self.asked or self.waiver.id in event.waivers or self._fits(event, uid, actual)
        if not self.live:
            named = any(covers(self.waiver, line) for line in self.lines)
            if named and (dealt or (self.asked and not self.cancelled)):
                self.live = True
                self._move(event, "RESERVED")
        elif self._mass() != mass:
            self._move(event, "WEIGHED" if uid in self.weighed_by else "RESTATED")
        if dealt and self.live and not self.drawn:
            self.drawn = True
            self._move(event, "DRAWN")
        if actual:
            self._close(event)

    def _take_goods(self, event: Event, uid: str, actual: bool) -> None:
        goods = self.stated.get(uid)
        if goods is not None and actual and event.type in CHANGES_GOODS:
            self.weight = None
        if goods is not None:
            self.lines = goods
        weight = self.weighed_by.get(uid)
        if weight is not None and (weight.net_kg is not None or weight.gross_kg is not None):
            self.weight = weight

    def _fits(self, event: Event, uid: str, actual: bool) -> bool:
        """Whether by this event the waiver fits: a dealing, or a plan or route to where there is or will be one."""
        if uid in self.dealt or uid in self.planned:
            return True
        if not self.places or not self._leads_there(event, actual):
            return False
        holder = self.waiver.holder
        return holder is None or held(holder, self.case.c.parties_at(max(self.passed - 1, 0)))

    def _leads_there(self, event: Event, actual: bool) -> bool:
        """Whether it is a plan or states a route, overtaken by now, to a place of the dealings."""
        listed = list(self.case.place_of(event).listed) if not actual else []
        for leg in event.route:
            listed += self.case.law.places.by_code.get(leg.unlocode or "", ())
        return any(record.id in self.places for record in listed)

    def _close(self, event: Event) -> None:
        if event.type == "DELIVERED" and self.live and not self.settled:
            self.settled = True
            self._move(event, "SETTLED")
        elif event.type == "CANCELLED" and not self.settled:
            self.cancelled = True
            if self.live:
                self.live = self.drawn = False
                self._move(event, "RELEASED")

    def _move(self, event: Event, kind: MoveKind) -> None:
        self.moves.append(Move(event.order, kind, (self._mass() or 0) if self.live else 0))

    def _mass(self) -> int | None:
        """The mass of the waiver's lines in grams: as weighed, else as declared; None when neither is stated."""
        own = [line for line in self.lines if covers(self.waiver, line)]
        declared = _declared(own)
        if self.weight is None:
            return round(declared * GRAMS) if declared is not None else None
        weighed, whole = _net_weighed(self.weight, self.lines), _declared(self.lines)
        if len(own) != len(self.lines) and declared is not None and whole:
            weighed *= declared / whole
        return round(weighed * GRAMS) if own else 0


def _declared(lines: Sequence[Goods]) -> float | None:
    """The net mass declared of lines (kg), the gross mass where no net is stated; None when one states neither."""
    total = 0.0
    for line in lines:
        mass = line.net_kg if line.net_kg is not None else line.gross_kg
        if mass is None:
            return None
        total += mass
    return total


def _net_weighed(weight: Weight, lines: Sequence[Goods]) -> float:
    """The net mass weighed (kg); of a gross mass the declared tare is taken off where it is known."""
    if weight.net_kg is not None:
        return weight.net_kg
    gross, tare = weight.gross_kg or 0.0, 0.0
    for line in lines:
        if line.gross_kg is None or line.net_kg is None:
            return gross
        tare += line.gross_kg - line.net_kg
    return max(gross - tare, 0.0)
