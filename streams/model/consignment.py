"""A consignment: what is known of one movement, folded from the set of its events (contract 1.2, 6).

Which events count (duplicates, replacements, retractions) is in `effective`; `Consignment` holds what they
say together. The result depends on the set of events alone: they are sorted by (`occurred_at`, `recorded_at`,
`source`, `event_id`) before they are folded, and folding one that comes last on is the same as folding anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from streams.model.events import Contract, Document, Event, Goods, Leg, Party, Place

STATES_PARTIES_WHEN_PLANNED = frozenset({"BOOKED", "DECLARED"})
CLOSING = frozenset({"DELIVERED", "CANCELLED", "INVALIDATED"})
ENDS_PLANS = frozenset({"DELIVERED", "CANCELLED"})
CHANGES_GOODS = frozenset({"PROCESSED", "MERGED", "SPLIT"})
_bytes_of = msgspec.msgpack.Encoder(order="deterministic").encode


class Holding(NamedTuple):
    """Who held a role, from the actual event ``start`` on, until before ``end`` (None: still)."""

    role: str
    parties: tuple[Party, ...]
    start: int
    end: int | None
    uid: str


class GoodsStatement(NamedTuple):
    """The goods as stated by the actual event ``at``; ``changed``: the goods themselves were changed there."""

    at: int
    goods: tuple[Goods, ...]
    uid: str
    changed: bool


class Effective(NamedTuple):
    """The events that count, in fold order, the clock (latest `recorded_at` of all) and what was odd."""

    events: list[Event]
    clock: int
    warnings: list[str]
    directed: bool


def preferred(one: Event, other: Event) -> Event:
    """Of two contents under one (source, event_id) the one that counts (contract 6(2))."""
    if one.recorded_at != other.recorded_at:
        return one if one.recorded_at < other.recorded_at else other
    return one if _bytes_of(one) <= _bytes_of(other) else other


class _Directives:
    """Who replaces and who retracts whom, within a source (contract 6(1))."""

    def __init__(self, events: dict[tuple[str, str], Event]) -> None:
        self.replaced: dict[tuple[str, str], list[Event]] = {}
        self.retracted: dict[tuple[str, str], list[Event]] = {}
        self.known = events
        for event in events.values():
            if event.replaces:
                self.replaced.setdefault((event.source, event.replaces), []).append(event)
            if event.retracts:
                self.retracted.setdefault((event.source, event.retracts), []).append(event)

    def alive(self, event: Event, seen: frozenset[tuple[str, str]] = frozenset()) -> bool:
        """Whether the event is known to have a target, if it names one, and is not itself retracted."""
        key = (event.source, event.event_id)
        if key in seen:
            return False
        if event.replaces and (event.source, event.replaces) not in self.known:
            return False
        return not any(self.alive(r, seen | {key}) for r in self.retracted.get(key, ()))

    def displaced(self, event: Event, seen: frozenset[tuple[str, str]] = frozenset()) -> bool:
        """Whether another event stands in the place of this one."""
        key = (event.source, event.event_id)
        if key in seen:
            return False
        rivals = self.replaced.get(key, ())
        return any(self.alive(r) or self.displaced(r, seen | {key}) for r in rivals if r is not event)

    def outrun(self, event: Event) -> bool:
        """Whether a later correction of the same event counts instead of this one."""
        if not event.replaces:
            return False
        mine = (event.recorded_at, event.event_id)
        rivals = self.replaced[(event.source, event.replaces)]
        return any((r.recorded_at, r.event_id) > mine and self.alive(r) for r in rivals if r is not event)


def effective(events: Iterable[Event]) -> Effective:
    """The events that count: each once, without what is replaced or retracted, in fold order."""
    given = list(events)
    if len(given) == 1 and not given[0].replaces and not given[0].retracts:
        return Effective(given, given[0].recorded_at, [], directed=False)
    known: dict[tuple[str, str], Event] = {}
    warnings: list[str] = []
    directed = False
    clock = 0
    for event in given:
        key = (event.source, event.event_id)
        held = known.get(key)
        if held is not None and held != event:
            warnings.append(f"{event.uid}: two contents under one event_id; the one recorded first counts")
            known[key] = preferred(held, event)
            continue
        known[key] = event
    for event in known.values():
        clock = max(clock, event.recorded_at)
        directed = directed or event.replaces is not None or event.retracts is not None
    counted = [e for e in known.values() if e.type != "RETRACTED"]
    if directed:
        directives = _Directives(known)
        for event in known.values():
            target = event.replaces or event.retracts
            if target and (event.source, target) not in known:
                verb = "replaces" if event.replaces else "retracts"
                warnings.append(f"{event.uid}: {verb} {event.source}/{target}, which is not known; it waits")
        counted = [
            e for e in counted if directives.alive(e) and not directives.displaced(e) and not directives.outrun(e)
        ]
    if len(counted) > 1:
        counted.sort(key=lambda e: (e.occurred_at, e.recorded_at, e.source, e.event_id))
    return Effective(counted, clock, sorted(set(warnings)) if warnings else warnings, directed)


class Consignment:
    """What is known of one movement.

    ``actual`` are the actual events in order; indices in holdings and goods statements point into it.
    ``plans`` are the planned and estimated events not yet overtaken, ``legs`` the planned route with the event
    that states it; ``events`` are all that count, overtaken plans too, in order. Times are ms UTC.
    """

    __slots__ = (
        "_roles", "actual", "clock", "closed_by", "contract", "destination_country",
        "directed", "documents", "end_use_country", "events", "export_country", "goods_statements", "holdings", "id",
        "leg_event", "legs", "plans", "references", "waivers", "warnings",
    )  # fmt: skip

    def __init__(self, consignment_id: str) -> None:
        self.id = consignment_id
        self.actual: list[Event] = []
        self.plans: list[Event] = []
        self.events: list[Event] = []
        self.legs: tuple[Leg, ...] = ()
        self.leg_event: Event | None = None
        self.goods_statements: list[GoodsStatement] = []
        self.holdings: list[Holding] = []
        self._roles: dict[str, int] = {}
        self.documents: list[Document] = []
        self.references: list[tuple[str, str]] = []
        self.waivers: list[str] = []
        self.contract: Contract | None = None
        self.export_country: str | None = None
        self.destination_country: str | None = None
        self.end_use_country: str | None = None
        self.closed_by: Event | None = None
        self.clock = 0
        self.warnings: list[str] = []
        self.directed = False
        """Whether any of its events replaces or retracts another."""

    @property
    def is_open(self) -> bool:
        """Open until DELIVERED, CANCELLED or INVALIDATED (contract 6(5))."""
        return self.closed_by is None

    @property
    def goods(self) -> tuple[Goods, ...]:
        """The goods as last stated."""
        return self.goods_statements[-1].goods if self.goods_statements else ()

    def current(self, role: str) -> tuple[Party, ...]:
        """Who holds a role now."""
        at = self._roles.get(role)
        return self.holdings[at].parties if at is not None else ()

    def goods_at(self, index: int) -> GoodsStatement | None:
        """The goods at an actual event: as last stated before the goods are next changed.

        A later statement of the same goods corrects the earlier; PROCESSED, MERGED and SPLIT make other goods.
        """
        found: GoodsStatement | None = None
        for statement in self.goods_statements:
            if statement.at > index and (statement.changed and found is not None):
                break
            found = statement
        return found

    def parties_at(self, index: int) -> list[Party]:
        """All parties in their roles at an actual event."""
        return [p for h in self.holdings if h.start <= index and (h.end is None or index < h.end) for p in h.parties]

    def parties_now(self) -> list[Party]:
        """All parties in the roles they hold now."""
        return [p for h in self.holdings if h.end is None for p in h.parties]


def _states(event: Event) -> bool:
    """Whether what the event says of parties and goods is fact, not plan."""
    return event.classifier == "ACTUAL" or event.type in STATES_PARTIES_WHEN_PLANNED


def _take_parties(c: Consignment, event: Event, index: int, fact: bool) -> None:
    """The parties of an event in their roles; a plan only tells of roles of which nothing is known."""
    by_role: dict[str, tuple[Party, ...]] = {}
    for party in event.parties:
        by_role[party.role] = (*by_role.get(party.role, ()), party)
    roles, holdings, uid = c._roles, c.holdings, event.uid
    for role, parties in by_role.items():
        before = roles.get(role)
        if before is not None:
            if not fact:
                continue
            holdings[before] = holdings[before]._replace(end=index)
        roles[role] = len(holdings)
        holdings.append(Holding(role, parties, index, None, uid))


def _take_statements(c: Consignment, event: Event, index: int) -> None:
    fact = _states(event)
    if event.parties:
        _take_parties(c, event, index, fact)
    if event.goods and (fact or not c.goods_statements):
        changed = event.type in CHANGES_GOODS and event.classifier == "ACTUAL"
        c.goods_statements.append(GoodsStatement(index, event.goods, event.uid, changed))
    if event.route:
        c.legs, c.leg_event = event.route, event
    if event.references:
        c.references.extend((r.type, r.value) for r in event.references)
    if event.documents:
        c.documents.extend(event.documents)
    if event.waivers:
        c.waivers.extend(event.waivers)
    if event.contract is not None:
        c.contract = event.contract
    c.export_country = event.export_country or c.export_country
    c.destination_country = event.destination_country or c.destination_country
    c.end_use_country = event.end_use_country or c.end_use_country


def same_place(one: Place | None, other: Place | None) -> bool:
    """Whether two places are one: by UN/LOCODE, else IATA code, else name and country."""
    if one is None or other is None:
        return False
    if one.unlocode and other.unlocode:
        return one.unlocode == other.unlocode
    if one.iata and other.iata:
        return one.iata == other.iata
    return one.name is not None and one.name == other.name and one.country == other.country


def overtaken(plan: Event, actual: Event) -> bool:
    """Whether an actual event makes a planned one fall away (contract 1.2, 6(9))."""
    if actual.type in ENDS_PLANS:
        return True
    if actual.type == "ROUTE_CHANGED":
        return plan.recorded_at < actual.recorded_at
    return actual.type == plan.type and (same_place(actual.place, plan.place) or actual.occurred_at >= plan.occurred_at)


def fold_on(c: Consignment, event: Event) -> None:
    """Fold an event that comes after all others in order onto the consignment, in place."""
    c.events.append(event)
    if event.classifier != "ACTUAL":
        if not any(overtaken(event, a) for a in c.actual):
            c.plans.append(event)
        _take_statements(c, event, len(c.actual))
        return
    index = len(c.actual)
    c.actual.append(event)
    if event.type == "ROUTE_CHANGED":
        c.legs, c.leg_event = (), None
    _take_statements(c, event, index)
    if event.type in ENDS_PLANS:
        c.legs, c.leg_event = (), None
    if event.type in CLOSING and c.closed_by is None:
        c.closed_by = event
    if c.plans:
        c.plans = [p for p in c.plans if not overtaken(p, event)]


def fold(consignment_id: str, events: Iterable[Event]) -> Consignment:
    """What a set of events, in any order and with repetitions, says of a consignment."""
    counted = effective(events)
    c = Consignment(consignment_id)
    c.clock = counted.clock
    c.warnings = counted.warnings
    c.directed = counted.directed
    for event in counted.events:
        fold_on(c, event)
    return c
