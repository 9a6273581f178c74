"""What every rule looks at: one consignment, the law, the clock, and the facts they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from streams.model.consignment import Consignment
from streams.model.decision import Clocks
from streams.model.events import Event, Goods
from streams.model.moments import brussels_day, brussels_midnight, iso_day, iso_time
from streams.rules.goods import UNCODED
from streams.rules.law import NOWHERE, Law, PlaceFacts
from streams.rules.ledger import Claim
from streams.rules.state import CUSTOMS, DIRECTED, PLANS, PORTS, TRANSIT, UNROUTED

PAPER = frozenset({
    "BOOKED", "OWNERSHIP_TRANSFERRED", "ROUTE_CHANGED", "PARTIES_CHANGED", "CANCELLED", "RETRACTED", "DECLARED",
    "RELEASED_FOR_TRANSIT", "DISCHARGED", "ENQUIRY_OPENED", "EXPORT_CONFIRMED", "INVALIDATED", "CERTIFIED",
})  # fmt: skip
"""Types that say nothing of where the goods are: papers move, not goods."""
TRANSIT_LISTS = ("TRANSIT_RU", "TRANSIT_BY")
TRANSIT_TYPES = frozenset({
    "RELEASED_FOR_TRANSIT", "ARRIVED_AT_DESTINATION", "ENQUIRY_OPENED", "DISCHARGED", "INVALIDATED",
})  # fmt: skip
"""Types that open a customs transit or say something of one."""
_WATCHED = frozenset({*TRANSIT_LISTS, UNCODED})
_UNKNOWN_GOODS = frozenset({UNCODED})
FOREVER = 1 << 40
"""A Brussels day that never comes."""
ALONE: Mapping[str, int] = {}
"""The grants of a consignment that is judged without knowing of others."""
_ARRIVALS = frozenset({"ARRIVED", "UNLOADED", "DELIVERED"})


def _lists_of(c: Consignment, law: Law) -> frozenset[str]:
    statements = c.goods_statements
    if not statements:
        return _UNKNOWN_GOODS
    on = law.goods.lists_with
    if len(statements) == 1 and len(statements[0].goods) == 1:
        return on(statements[0].goods[0])
    return frozenset().union(*(on(line) for statement in statements for line in statement.goods))


class Case:
    """One consignment under one law at one moment (``now``, ms UTC).

    ``grants`` are the grams of each waiver's quota, by id, that other consignments leave to it; a waiver that is not in it
    is left to it alone. ``due`` collects the earliest time at which the clock alone may change a finding.
    """

    __slots__ = (
        "_clocks", "_countries", "_places", "_route_known", "_shown", "c", "claims", "doubtful", "due", "export", "goods_lists", "grants", "law", "marks", "nexuses", "now", "outward", "owners", "ownerships", "ports",
        "sails", "seal_numbers", "steady", "suspects", "today", "visits", "warnings", "weighable",
    )  # fmt: skip

    def __init__(self, consignment: Consignment, law: Law, now: int, grants: Mapping[str, int] = ALONE) -> None:
        self.c = consignment
        self.law = law
        self.now = now
        self.grants = grants
        self.claims: dict[str, Claim] = {}
        """What it claims of quotas, by waiver (kept by `streams.rules.quotas`)."""
        self.today = brussels_day(now)
        self.due: int | None = None
        self.warnings: list[str] = []
        self.ports = False
        """Set by R02, R07 and R08: a place is in it that is listed, will be, or may be."""
        self.marks = 0
        """Bits of `Header.flags` that the rules set: a bank, a ship, a party or ship on a list."""
        self.sails = 0
        """`Header.sails`, set by R18."""
        self.suspects: Any = None
        """The parties of which some list of any date speaks (kept by `streams.rules.parties`)."""
        self.weighable: Any = None
        """What the next weighing is compared with (kept by `streams.rules.mismatch`)."""
        self.seal_numbers: tuple[str, ...] | None = ()
        """The seal numbers told so far, None when there are too many (kept by `streams.rules.mismatch`)."""
        self._clocks: tuple[str | None, str | None, str | None] | None = None
        self._countries: frozenset[str | None] | None = None
        self._route_known: bool | None = None
        self._shown: tuple[tuple[str, ...], ...] = ()
        self.export: Any = None
        """Whether and when the goods left the Union (kept by `streams.rules.transit`)."""
        self.outward: Any = None
        """Whether the goods are exported from the Union or by a party of it (kept by `streams.rules.outward`)."""
        self.visits: Any = None
        """The events at places that are listed at some time (kept by `streams.rules.ports`)."""
        self.nexuses: dict[int | None, Any] = {}
        """The EU nexus at each dealing asked for so far (kept by `streams.rules.nexus`)."""
        self.ownerships: dict[tuple[int | None, int], Any] = {}
        """Who owned the goods at each dealing asked for so far (kept by `streams.rules.waivers`)."""
        self.owners: Any = None
        """What the events say of owners (kept by `streams.rules.parties`)."""
        self.goods_lists = _lists_of(consignment, law)
        """The goods lists on which a line ever stated is or may be, whatever the day; `UNCODED` among them for no code."""
        self.steady = law.policies_steady(self.today)
        """The Brussels days (until exclusive) around today on which policies and parties stay as they are."""
        find = law.places.find
        self._places = [find(e.place) if e.place is not None else NOWHERE for e in consignment.actual]
        self.doubtful = False
        """Whether the name of a place of an actual event may mean a listed place, and nothing tells."""
        for facts in self._places:
            if facts.doubtful:
                self.doubtful = True
            if facts.warning:
                self.warnings.append(facts.warning)

    def day_at(self, index: int | None) -> int:
        """The Brussels day of an actual event, that of the clock for None."""
        return self.today if index is None else brussels_day(self.c.actual[index].occurred_at)

    def place(self, index: int) -> PlaceFacts:
        """What is known of the place of an actual event."""
        return self._places[index]

    @property
    def countries(self) -> frozenset[str | None]:
        """The countries in which actual events lie; None among them where that is not known."""
        if self._countries is None:
            self._countries = frozenset([facts.country for facts in self._places])
        return self._countries

    def place_of(self, event: Event) -> PlaceFacts:
        """What is known of the place of any event."""
        return self.law.places.find(event.place)

    def wake_at(self, time: int) -> None:
        """Ask to be judged again at a time (ms UTC) that lies ahead."""
        if time > self.now and (self.due is None or time < self.due):
            self.due = time

    def steady_within(self, start: int, end: int) -> None:
        """A result holds from Brussels day ``start`` until before ``end``."""
        self.steady = (max(self.steady[0], start), min(self.steady[1], end))

    def watch_list(self, name: str, lines: Iterable[Goods]) -> None:
        """The day of the clock decides whether lines are on a list: judge again when an entry of it begins or ends."""
        for line in lines:
            for entry in self.law.goods.candidates(name, line):
                for day in (entry.applies_from, entry.applies_until):
                    if day is not None and day > self.today:
                        self.steady_within(0, day)
                        self.wake_at(brussels_midnight(day))
                    elif day is not None:
                        self.steady_within(day, FOREVER)

    def flags(self) -> int:
        """What makes further events matter, as bits of `Header.flags`."""
        c = self.c
        watched = not _WATCHED.isdisjoint(self.goods_lists)
        customs = not TRANSIT_TYPES.isdisjoint([e.type for e in c.actual])
        return (
            (DIRECTED if c.directed else 0)
            | (PLANS if c.plans or c.legs else 0)
            | (PORTS if self.ports else 0)
            | (CUSTOMS if customs else 0)
            | (TRANSIT if watched else 0)
            | (UNROUTED if watched and not self.route_known() else 0)
            | self.marks
        )

    def route_known(self) -> bool:
        """Whether anything tells where the goods go once they have left the Union."""
        if self._route_known is None:
            self._route_known = self._knows_route()
        return self._route_known

    def _knows_route(self) -> bool:
        c = self.c
        if c.legs or c.plans or any(e.type == "DELIVERED" for e in c.actual):
            return True
        members = self.law.eu_members(self.today)
        return any(
            e.type not in PAPER and self._places[n].country is not None and self._places[n].country not in members
            for n, e in enumerate(c.actual)
        )

    def shown(self) -> tuple[tuple[str, ...], ...]:
        """What every alert tells of the consignment: references, goods codes, places, parties in their roles now."""
        if not self._shown:
            c = self.c
            self._shown = (
                tuple(dict.fromkeys(f"{kind}:{value}" for kind, value in c.references)),
                tuple(dict.fromkeys(g.hs for g in c.goods if g.hs)),
                tuple(dict.fromkeys(self._places[n].label for n, e in enumerate(c.actual) if e.place is not None)),
                tuple(dict.fromkeys(f"{p.role}:{p.name}" for p in c.parties_now() if p.name)),
            )
        return self._shown

    def presence(self, country: str) -> list[int]:
        """The actual events that show the goods in a country, by index."""
        return [n for n, e in enumerate(self.c.actual) if self._places[n].country == country and e.type not in PAPER]

    def clocks(self, dealing: int | None) -> Clocks:
        """The four clocks of a finding: contract, loading, dealing (ms UTC), arrival."""
        if self._clocks is None:
            self._clocks = self._fixed_clocks()
        contract, loading, arrival = self._clocks
        return Clocks(contract, loading, iso_time(dealing) if dealing is not None else None, arrival)

    def _fixed_clocks(self) -> tuple[str | None, str | None, str | None]:
        c = self.c
        loading = next((e.occurred_at for e in c.actual if e.type == "LOADED"), None)
        arrival = next(
            (
                e.occurred_at
                for n, e in enumerate(c.actual)
                if e.type in _ARRIVALS and c.destination_country and self._places[n].country == c.destination_country
            ),
            None,
        )
        day = c.contract.date if c.contract else None
        return (
            iso_day(day) if day is not None else None,
            iso_time(loading) if loading is not None else None,
            iso_time(arrival) if arrival is not None else None,
        )
