"""The ledger of waivers with a quota: who has how much of it (domain 8 R24, contract 6(18)).

A consignment claims a mass of a waiver's quota from its acceptance on. Claims are served in the order of acceptance, the
order in which events fold, each with what those before it leave: so what is granted depends on the set of events alone,
not on the order in which they came, and never adds up to more than the cap. A claim that is cancelled claims nothing;
one that is weighed claims what was weighed, at the place in the order that it has.

Masses are whole grams, so that sums are exact in any order. Times are ms UTC.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from streams.model.reference import Waiver

GRAMS = 1000
"""In a kilogram."""
Order = tuple[int, int, str, str]
"""Where an event comes: `streams.model.events.Event.order`."""
MoveKind = Literal["RESERVED", "RESTATED", "WEIGHED", "DRAWN", "RELEASED", "SETTLED"]
EntryKind = Literal[MoveKind, "ADVANCED", "DISPLACED"]
Status = Literal["RESERVED", "DRAWN", "SETTLED", "RELEASED"]


class Move(NamedTuple):
    """What an event makes of a claim: from then on it is for ``grams``.

    RESERVED: accepted; RESTATED, WEIGHED: of another mass; DRAWN: the first dealing for which the waiver is needed took
    place; SETTLED: delivered; RELEASED: cancelled.
    """

    at: Order
    kind: MoveKind
    grams: int

    @property
    def uid(self) -> str:
        """The event, as findings name it."""
        return f"{self.at[2]}/{self.at[3]}"


class Claim(NamedTuple):
    """What a consignment wants of the quota of one waiver: its moves in order, at least one.

    ``known``: whether the mass is stated; ``within``: whether it was accepted in the period of the quota.
    """

    waiver_id: str
    consignment_id: str
    moves: tuple[Move, ...]
    known: bool
    within: bool

    @property
    def accepted(self) -> Move:
        """The acceptance that gives the claim its place in the order."""
        return next(m for m in reversed(self.moves) if m.kind == "RESERVED")

    @property
    def grams(self) -> int:
        """The mass claimed now."""
        return self.moves[-1].grams

    @property
    def status(self) -> Status:
        """How far the claim has come."""
        kinds = {m.kind for m in self.moves[self.moves.index(self.accepted) :]}
        return next((s for s in _STATUSES if s in kinds), "RESERVED")


_STATUSES: tuple[Status, ...] = ("RELEASED", "SETTLED", "DRAWN")


def cap_of(waiver: Waiver) -> int:
    """The cap of a waiver's quota in grams; 0 for a waiver without one."""
    return round(waiver.quota.kg * GRAMS) if waiver.quota is not None else 0


class Account:
    """A cap and the masses (grams) that are served from it in order, changed one by one.

    The first ``_full`` rows are granted whole, ``_filled`` grams together; the next one what is left; the others nothing.
    """

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self._rows: list[tuple[Order, str]] = []
        self._grams: dict[str, int] = {}
        self._places: dict[str, Order] = {}
        self._granted: dict[str, int] = {}
        self._full = 0
        self._filled = 0

    @property
    def total(self) -> int:
        """What is granted to all together."""
        at_edge = self._grams[self._rows[self._full][1]] if self._full < len(self._rows) else 0
        return self._filled + min(self.cap - self._filled, at_edge)

    def granted(self, who: str) -> int:
        """What is granted to one."""
        return self._granted.get(who, 0)

    def put(self, who: str, place: Order | None, grams: int = 0) -> dict[str, int]:
        """A new place and mass of one (``place`` None: it is gone). Returns by how much grants changed, by whom."""
        touched = {who, *self._edge()}
        old = self._places.pop(who, None)
        if old is not None:
            at, had = bisect_left(self._rows, (old, who)), self._grams.pop(who)
            del self._rows[at]
            if at < self._full:
                self._full, self._filled = self._full - 1, self._filled - had
        if place is not None:
            at = bisect_left(self._rows, (place, who))
            self._rows.insert(at, (place, who))
            self._places[who], self._grams[who] = place, grams
            if at < self._full:
                self._full, self._filled = self._full + 1, self._filled + grams
        touched.update(self._fill())
        return self._changes(touched)

    def _edge(self) -> list[str]:
        return [self._rows[self._full][1]] if self._full < len(self._rows) else []

    def _fill(self) -> list[str]:
        """Move the edge to where the cap is reached; who was passed and who is at the edge then."""
        passed = []
        while self._filled > self.cap:
            self._full -= 1
            passed.append(self._rows[self._full][1])
            self._filled -= self._grams[passed[-1]]
        while self._full < len(self._rows):
            who = self._rows[self._full][1]
            if self._filled + self._grams[who] > self.cap:
                break
            passed.append(who)
            self._filled += self._grams[who]
            self._full += 1
        return passed + self._edge()

    def _changes(self, touched: Iterable[str]) -> dict[str, int]:
        changes = {}
        for who in sorted(touched):
            now = self._now(who)
            if now != self._granted.get(who, 0):
                changes[who] = now - self._granted.get(who, 0)
                self._granted[who] = now
            if who not in self._places:
                self._granted.pop(who, None)
        return changes

    def _now(self, who: str) -> int:
        place = self._places.get(who)
        if place is None:
            return 0
        at = bisect_left(self._rows, (place, who))
        if at < self._full:
            return self._grams[who]
        return min(self.cap - self._filled, self._grams[who]) if at == self._full else 0


class Entry(NamedTuple):
    """A line of the ledger: an event changed what is granted to a consignment, or what it claims or is.

    ``grams`` is the change of what is granted, ``claimed`` what the consignment claims from then on, ``granted`` what it
    is granted of that, ``total`` what is granted to all. ADVANCED and DISPLACED: the event is another consignment's.
    """

    at: Order
    kind: EntryKind
    consignment_id: str
    grams: int
    claimed: int
    granted: int
    total: int

    @property
    def uid(self) -> str:
        """The event, as findings name it."""
        return f"{self.at[2]}/{self.at[3]}"


class Ledger:
    """The claims on waivers with a quota, settled anew with each change of a consignment's claims."""

    def __init__(self, waivers: Iterable[Waiver]) -> None:
        self.waivers = {w.id: w for w in waivers if w.quota is not None}
        self._accounts = {ident: Account(cap_of(w)) for ident, w in self.waivers.items()}
        self._claims: dict[str, dict[str, Claim]] = {}

    def apply(self, consignment_id: str, claims: Iterable[Claim]) -> set[str]:
        """The claims of a consignment as they are now. Returns the consignments whose answers changed.

        Only the waivers of the consignment's claims, old and new, are settled. Raises KeyError for a claim on a waiver
        without a quota.
        """
        new = {claim.waiver_id: claim for claim in claims}
        old = self._claims.get(consignment_id, {})
        changed: set[str] = set()
        for ident in sorted(old.keys() | new.keys()):
            claim = new.get(ident)
            if claim == old.get(ident):
                continue
            served = claim is not None and claim.within
            place = claim.accepted.at if claim is not None and served else None
            changed.update(self._accounts[ident].put(consignment_id, place, claim.grams if claim is not None else 0))
            changed.add(consignment_id)
        if new:
            self._claims[consignment_id] = new
        else:
            self._claims.pop(consignment_id, None)
        return changed

    def grants(self, consignment_id: str) -> Mapping[str, int]:
        """What is granted to a consignment of each waiver it claims, grams by waiver id."""
        return {i: self._accounts[i].granted(consignment_id) for i in self._claims.get(consignment_id, ())}

    def total(self, waiver_id: str) -> int:
        """What is granted of a waiver to all consignments together, grams."""
        return self._accounts[waiver_id].total

    def claims(self, waiver_id: str) -> list[tuple[Claim, int]]:
        """The claims on a waiver with what is granted of each, in order of acceptance."""
        found = [held[waiver_id] for held in self._claims.values() if waiver_id in held]
        found.sort(key=lambda c: (c.accepted.at, c.consignment_id))
        return [(claim, self._accounts[waiver_id].granted(claim.consignment_id)) for claim in found]

    def entries(self, waiver_id: str) -> list[Entry]:
        """How the quota of a waiver went, event by event in their order: every change of a claim or of a grant."""
        account = Account(cap_of(self.waivers[waiver_id]))
        claimed: dict[str, int] = {}
        moves = [(move, claim) for claim, _ in self.claims(waiver_id) for move in claim.moves]
        moves.sort(key=lambda pair: (pair[0].at, pair[1].consignment_id, pair[1].moves.index(pair[0])))
        entries: list[Entry] = []
        places: dict[str, Order] = {}
        for move, claim in moves:
            own = claim.consignment_id
            if move.kind == "RESERVED":
                places[own] = move.at
            claimed[own] = move.grams
            changes = account.put(own, places[own], move.grams) if claim.within else {}
            for who in [own, *(w for w in changes if w != own)]:
                grams = changes.get(who, 0)
                kind: EntryKind = move.kind if who == own else "ADVANCED" if grams > 0 else "DISPLACED"
                entries.append(Entry(move.at, kind, who, grams, claimed[who], account.granted(who), account.total))
        return entries
