"""What lists say of one party or ship, for any Brussels day: listed, perhaps listed, or neither (contract 6(20)).

Between two days on which a listing or a threshold changes the answer stays, so it is worked out once for each such
stretch. Listings that follow from ownership are in `streams.rules.ownership`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal, NamedTuple

from streams.model.moments import iso_day
from streams.model.reference import ListedParty, Measure
from streams.rules.case import FOREVER
from streams.rules.clearances import Sieve
from streams.rules.law import Law, record_ref
from streams.rules.naming import Described
from streams.screening.match import Hit

MATCHING = ("match_threshold", "review_threshold")
"""The policies that tell a hit from a candidate."""
DIRECT: tuple[Measure, ...] = ("ANNEX_IV", "TRANSACTION_BAN")
"""Measures that reach whom the list names, not whom the listed own (833/2014 Arts 2b, 5ac)."""


class Screened(NamedTuple):
    """The answer for a party on a day: what it is, in words, the records it rests on, and what would settle a doubt."""

    state: Literal["listed", "review", "clear"]
    because: str
    records: tuple[str, ...] = ()
    legal_basis: str | None = None
    missing: tuple[str, ...] = ()


CLEAR = Screened("clear", "")
RANK = {"clear": 0, "review": 1, "listed": 2}


class ByDay(ABC):
    """Answers by Brussels day, from `_judge` of each stretch between two days of change; immutable but for its memo."""

    __slots__ = ("_answers", "_breaks")

    def __init__(self, days: set[int]) -> None:
        self._breaks = sorted(days)
        self._answers: dict[int, Screened] = {}

    def at(self, day: int) -> Screened:
        """The answer for a Brussels day. Raises KeyError when no policy gives the thresholds."""
        return self._answer(bisect_right(self._breaks, day))

    def steady(self, day: int) -> tuple[int, int]:
        """The Brussels days (until exclusive) around ``day`` with the same answer."""
        first = last = bisect_right(self._breaks, day)
        answer = self._answer(first)
        while first and self._answer(first - 1) == answer:
            first -= 1
        while last < len(self._breaks) and self._answer(last + 1) == answer:
            last += 1
        return (self._breaks[first - 1] if first else 0), (self._breaks[last] if last < len(self._breaks) else FOREVER)

    def stretches(self) -> Iterator[tuple[int | None, int | None, Screened]]:
        """Every answer with the Brussels days (until exclusive) between which it holds, in order; None is open."""
        for index in range(len(self._breaks) + 1):
            start = self._breaks[index - 1] if index else None
            yield start, self._breaks[index] if index < len(self._breaks) else None, self._answer(index)

    def day_of(self, index: int) -> int:
        """A day of the stretch of that number."""
        return self._breaks[index - 1] if index else self._breaks[0] - 1 if self._breaks else 0

    def _answer(self, index: int) -> Screened:
        found = self._answers.get(index)
        if found is None:
            found = self._answers[index] = self._judge(index)
        return found

    @abstractmethod
    def _judge(self, index: int) -> Screened:
        """The answer of the stretch of that number."""


class Listing(ByDay):
    """The records of one measure that a party or ship resembles, for any day.

    ``match`` and ``review`` are the levels that a name alone reaches from the policies' thresholds on: 2 listed,
    1 to be reviewed, 0 nothing. Equal identifiers always reach 2.
    """

    __slots__ = ("_hits", "_law", "_levels", "_name")

    def __init__(self, law: Law, name: str, hits: tuple[Hit, ...], match: int = 2, review: int = 1) -> None:
        days = {day for hit in hits for day in (hit.record.applies_from, hit.record.applies_until)}
        super().__init__({d for d in days if d is not None} | {d for key in MATCHING for d in law.policy_days(key)})
        self._law, self._name, self._hits, self._levels = law, name, hits, (match, review)

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What it rests on."""
        return self._hits

    def _judge(self, index: int) -> Screened:
        day = self.day_of(index)
        match, review = (float(self._law.policy(key, day)) for key in MATCHING)
        best: tuple[int, Hit] | None = None
        for hit in self._hits:
            if hit.record.in_force(day):
                score = 2.0 if hit.certain else hit.score
                level = 2 if hit.certain else max(
                    self._levels[0] if score >= match else 0, self._levels[1] if score >= review else 0
                )  # fmt: skip
                if level and (best is None or level > best[0]):
                    best = level, hit
        return CLEAR if best is None else told(best[1], self._name, sure=best[0] == 2)


def told(hit: Hit, name: str | None, *, sure: bool) -> Screened:
    """A hit on a listed party as the answer for somebody called ``name``."""
    record = hit.record
    assert isinstance(record, ListedParty)
    since = f" since {iso_day(record.applies_from)}" if record.applies_from is not None else ""
    listed = record.names[0].name if record.names else record.id
    doubt = f"identity of {name or '?'}: is it {listed} ({record.record_key})?"
    return Screened(
        "listed" if sure else "review",
        f"on list {record.list}{since} as {listed}, {record.record_key}: {hit.because}",
        (record_ref(record),),
        record.legal_basis or record.programme,
        () if sure else (doubt,),
    )


_NONE: dict[Measure, Listing] = {}


def listings(law: Law, party: Described, sieve: Sieve | None = None) -> dict[Measure, Listing]:
    """The listings of a party itself by measure of `DIRECT`; empty when no list of any date names it."""
    hits = law.screener.screen(party.name, party.country, party.birth_date, dict(party.identifiers) or None)
    hits = hits if sieve is None else sieve.standing(party, hits)
    found = {}
    for measure in DIRECT if hits else ():
        under = tuple(h for h in hits if isinstance(h.record, ListedParty) and measure in h.record.measures)
        if under:
            found[measure] = Listing(law, party.name or "?", under)
    return found or _NONE
