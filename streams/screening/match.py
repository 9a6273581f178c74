"""Screening one party against listed parties (contract 6(20)).

`Screener.screen` is the one function that callers know. A hit says how alike party and record are at any
time: whether the record applies on a day is asked by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from streams.model.identifiers import UNIQUE_KINDS
from streams.model.reference import ListedParty, Ownership
from streams.screening.explain import story
from streams.screening.facts import (
    EQUAL_IDENTIFIER,
    OTHER_COUNTRY,
    Facts,
    birth_likeness,
    excluded,
    facts_of,
    schema_fits,
    sound,
)  # fmt: skip
from streams.screening.index import NameIndex
from streams.screening.names import Name, name_of
from streams.screening.score import (
    MATCH_THRESHOLD,
    REVIEW_THRESHOLD,
    organisation_alignment,
    organisation_score,
    person_alignment,
    person_score,
)

__all__ = ["MATCH_THRESHOLD", "REVIEW_THRESHOLD", "Hit", "Screener", "similarity"]

_KEPT = 200_000
_NONE: Mapping[str, str] = {}


class Hit(Struct, frozen=True):
    """A record that a party resembles: score 0-1, and why. `certain` when equal unique identifiers decided."""

    record: ListedParty | Ownership
    score: float
    because: str
    certain: bool = False


_Holders = list[list[tuple[int, bool, str]]]
"""By number of a name in the index: the records that bear it, whether weakly, and how they write it."""


class _Party(Struct, frozen=True):
    """What is asked."""

    name: Name | None
    country: str | None
    birth_date: str | None
    identifiers: dict[str, str]
    schema: str | None


class Screener:
    """An index over listed parties and over the owned of ownership records; immutable once built.

    ``floor`` is the lowest score of a hit (the lowest review threshold that is ever in force). Repeated
    questions are answered from memory.
    """

    def __init__(self, records: Iterable[ListedParty | Ownership], floor: float = REVIEW_THRESHOLD) -> None:
        self._records: tuple[ListedParty | Ownership, ...] = tuple(sorted(records, key=lambda r: r.record_key))
        self._floor = floor
        self._facts = [facts_of(record) for record in self._records]
        self._identifiers: dict[tuple[str, str], list[int]] = {}
        self._persons, self._others = NameIndex(business=False), NameIndex(business=True)
        self._holders: tuple[_Holders, _Holders] = ([], [])
        self._memo: dict[object, tuple[Hit, ...]] = {}
        for position, facts in enumerate(self._facts):
            self._take_in(position, facts)

    def _take_in(self, position: int, facts: Facts) -> None:
        for kind, value in facts.identifiers.items():
            if kind in UNIQUE_KINDS:
                self._identifiers.setdefault((kind, value), []).append(position)
        index, holders = (self._persons, self._holders[0]) if facts.person else (self._others, self._holders[1])
        for text, weak in facts.names:
            name = name_of(text)
            if name.whole:
                number = index.add(name)
                if number == len(holders):
                    holders.append([])
                holders[number].append((position, weak, text))

    @property
    def listed_names(self) -> int:
        """How many different names are in the index."""
        return len(self._persons.names) + len(self._others.names)

    def screen(
        self,
        name: str | None,
        country: str | None = None,
        birth_date: str | None = None,
        identifiers: Mapping[str, str] | None = None,
        schema: str | None = None,
    ) -> tuple[Hit, ...]:
        """All records that the party resembles, best first, whatever their dates and measures.

        Equal valid unique identifiers match whatever the name; different valid ones of one type exclude
        a match by name. ``schema`` narrows to that kind of record when it is known.
        """
        key = (name, country, birth_date, tuple(sorted(identifiers.items())) if identifiers else None, schema)
        hits = self._memo.get(key)
        if hits is None:
            if len(self._memo) >= _KEPT:
                self._memo.clear()
            party = _Party(name_of(name) if name else None, country, birth_date, sound(identifiers or _NONE), schema)
            hits = self._memo[key] = self._search(party)
        return hits

    def _search(self, party: _Party) -> tuple[Hit, ...]:
        best: dict[int, Hit] = {}
        for kind, value in party.identifiers.items():
            for position in self._identifiers.get((kind, value), ()):
                best[position] = Hit(self._records[position], 1.0, f"equal {kind} {value}", True)
        name = party.name
        if name is not None and name.whole:
            if party.schema in (None, "Person", "LegalEntity") and not name.firm:
                self._by_name(party, name, True, best)
            if party.schema != "Person":
                self._by_name(party, name, False, best)
        if not best:
            return ()
        return tuple(sorted(best.values(), key=lambda hit: (-hit.score, hit.record.record_key)))

    def _by_name(self, party: _Party, name: Name, person: bool, best: dict[int, Hit]) -> None:
        index, holders = (self._persons, self._holders[0]) if person else (self._others, self._holders[1])
        numbers = index.candidates(name)
        if not numbers:
            return
        compare = person_alignment if person else organisation_alignment
        for number in numbers:
            listed = index.names[number]
            score, found = compare(name, listed)
            if score < self._floor:
                continue
            for position, weak, text in holders[number]:
                facts = self._facts[position]
                known = best.get(position)
                if (known is not None and known.certain) or not schema_fits(party.schema, facts, name.firm):
                    continue
                qualified = _qualified(party, score, facts, weak)
                if qualified is None or qualified[0] < self._floor:
                    continue
                record, (score_here, reasons) = self._records[position], qualified
                because = story(name, listed, text, found, score_here, reasons, record)
                hit = Hit(record, score_here, because)
                if known is None or (-hit.score, hit.because) < (-known.score, known.because):
                    best[position] = hit


def _qualified(party: _Party, score: float, facts: Facts, weak: bool) -> tuple[float, list[str]] | None:
    """The score after what qualifies it, and the qualifiers in words; None for what cannot be the party."""
    if excluded(party.identifiers, facts.identifiers):
        return None
    shared = [kind for kind, value in party.identifiers.items() if facts.identifiers.get(kind) == value]
    same_country = party.country is not None and party.country in facts.countries
    birth = birth_likeness(party.birth_date, facts.birth_date)
    if weak and not shared and not (same_country and birth > 0):
        return None
    reasons = []
    if shared:
        score += EQUAL_IDENTIFIER
        reasons.append(f"equal {shared[0]}")
    if birth:
        score += birth
        reasons.append("equal birth date" if birth > 0 else "another birth date")
    if party.country is not None and facts.countries and not same_country:
        score += OTHER_COUNTRY
        reasons.append("another country")
    return round(min(score, 1.0), 4), reasons


def similarity(query: str, candidate: str, schema: str | None = None) -> float:
    """How alike two names of parties of that schema are, 0-1, on names alone.

    Without a schema, or for a legal entity of an unknown kind, the better of both ways of comparing counts.
    """
    a, b = name_of(query), name_of(candidate)
    if schema == "Person":
        return person_score(a, b)
    if schema in ("LegalEntity", None):
        return max(person_score(a, b), organisation_score(a, b))
    return organisation_score(a, b)
