"""Cleared hits: somebody found that a party is not the list entry that it resembles, and says so for a time.

A clearance is a record of a party key, a list entry, who, why, until when, and for which consignment. It is pinned to
the material content of the entry and counts no longer when that changes. What it takes away is told on the decision
(`streams.rules.cleared`). An equal identifier is overruled only where the record says so.
"""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from streams.model.identifiers import normal
from streams.model.moments import iso_day
from streams.model.reference import Clearance, ListedParty, Ownership
from streams.rules.naming import Described
from streams.screening.match import Hit

_json = msgspec.json.Encoder(order="deterministic").encode


def party_key(party: Described) -> str:
    """What makes a party this party: name, country, birth date, identifiers, each as stated, in normal form.

    A party of which more or less is stated has another key: what was not known when it was cleared is judged anew.

    >>> party_key(Described("ТОО «Зерде-Агро»", "KZ", None, (("bin", "940140000385"),)))
    'тоо зерде агро|KZ||bin:940140000385'
    """
    name = unicodedata.normalize("NFKC", party.name or "").casefold()
    words = " ".join("".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in name).split())
    numbers = sorted(f"{kind}:{normal(kind, value)}" for kind, value in party.identifiers)
    return "|".join((words, party.country or "", party.birth_date or "", ",".join(numbers)))


def material_hash(record: ListedParty | Ownership) -> str:
    """The content of a list entry that a clearance rests on, in 32 hexadecimal digits.

    Names, identifiers, birth date, countries, measures, programme and schema, or who holds how much of whom. Dates,
    addresses, sources and notes are not in it: a re-listing without a change keeps it.
    """
    if isinstance(record, ListedParty):
        content: tuple[object, ...] = (
            record.schema, sorted((n.name, n.weak) for n in record.names), sorted(record.countries),
            sorted(record.identifiers.items()), record.birth_date, sorted(record.measures), record.programme,
        )  # fmt: skip
    else:
        content = (record.owner_id, record.owned, record.share_pct, record.control)
    return hashlib.blake2b(_json((record.kind, content)), digest_size=16).hexdigest()


class Cleared(NamedTuple):
    """A hit and the clearance that speaks of it; ``lapsed`` says why that one does not count (any more)."""

    party: str
    hit: Hit
    clearance: Clearance
    lapsed: str | None = None


class Clearances:
    """All clearances of a law, by party key and list entry."""

    def __init__(self, records: Iterable[Clearance]) -> None:
        self._rows: dict[tuple[str, str], list[Clearance]] = {}
        days: set[int | None] = set()
        self._scoped: set[str] = set()
        for record in sorted(records, key=lambda c: c.id):
            self._rows.setdefault((record.party, record.entry), []).append(record)
            days |= {record.applies_from, record.applies_until}
            if record.consignment_id is not None:
                self._scoped.add(record.consignment_id)
        self._days = sorted(day for day in days if day is not None)

    def __bool__(self) -> bool:
        return bool(self._rows)

    def of(self, party: str, entry: str) -> list[Clearance]:
        """The clearances of a pair, by id."""
        return self._rows.get((party, entry), [])

    def view(self, first: int, today: int, consignment: str | None) -> Clearing:
        """What counts for a consignment between two Brussels days (see `Clearing`)."""
        scope = consignment if consignment in self._scoped else None
        return Clearing(self, first, today, scope)

    def stretch(self, day: int) -> int:
        """The number of the stretch of days, between two on which a clearance begins or ends, that a day lies in."""
        return bisect_right(self._days, day)


class Clearing(NamedTuple):
    """The clearances as one consignment sees them.

    One counts when it is in force on some Brussels day from ``first`` (the clock's, or the one
    on which the consignment closed) to ``today`` (the clock's): it is a finding of those who judge, whenever the
    dealing was, and what was cleared when a consignment closed stays cleared.
    """

    held: Clearances
    first: int
    today: int
    consignment: str | None

    @property
    def era(self) -> tuple[int, int, str | None]:
        """Equal eras of one law, equal answers."""
        return self.held.stretch(self.first), self.held.stretch(self.today), self.consignment

    def lapsed(self, clearance: Clearance, hit: Hit) -> str | None:
        """Why a clearance does not count for a hit; None when it does."""
        until, start = clearance.applies_until, clearance.applies_from
        if until is None:
            return "it states no day on which it ends"
        if until <= self.first:
            return f"it ended on {iso_day(until)}"
        if start is not None and start > self.today:
            return f"it begins on {iso_day(start)}"
        if clearance.entry_hash != material_hash(hit.record):
            return "the list entry has changed since"
        if hit.certain and not clearance.despite_identifiers:
            return f"it does not speak of an identifier that agrees ({hit.because})"
        return None


class Sieve:
    """Takes cleared hits out while a party and its holders are screened, and remembers them."""

    def __init__(self, clearing: Clearing) -> None:
        self.clearing = clearing
        self.found: dict[tuple[str, str], Cleared] = {}
        """By clearance and entry: what was taken out, and what a clearance spoke of without effect."""

    def standing(self, party: Described, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """The hits of a party that nobody cleared."""
        if not hits:
            return hits
        key = party_key(party)
        return tuple(hit for hit in hits if not self._cleared(key, party, hit))

    def _cleared(self, key: str, party: Described, hit: Hit) -> bool:
        clearing = self.clearing
        cleared = False
        for clearance in clearing.held.of(key, hit.record.record_key):
            if clearance.consignment_id not in (None, clearing.consignment):
                continue
            because = clearing.lapsed(clearance, hit)
            cleared = cleared or because is None
            name = party.name or key
            self.found[clearance.id, hit.record.record_key] = Cleared(name, hit, clearance, because)
        return cleared


def changed_keys(records: Iterable[object]) -> frozenset[str]:
    """The party keys of the clearances among records."""
    return frozenset(r.party for r in records if isinstance(r, Clearance))


def told(cleared: Cleared) -> str:
    """A cleared hit in one sentence: who is taken for another than which entry, by whom, until when, and why."""
    c, hit = cleared.clearance, cleared.hit
    listed = f" of list {hit.record.list}" if isinstance(hit.record, ListedParty) else ""
    scope = "this consignment" if c.consignment_id is not None else "this party"
    until = f" until {iso_day(c.applies_until)}" if c.applies_until is not None else ""
    what = f"hit of {cleared.party} on {hit.record.record_key}{listed} ({hit.because})"
    if cleared.lapsed is not None:
        return f"{what} was cleared by {c.cleared_by}; that does not count: {cleared.lapsed}"
    return f"{what} cleared for {scope} by {c.cleared_by}{until} because: {c.reason}"
