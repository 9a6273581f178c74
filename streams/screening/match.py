"""Screening one party against listed parties (contract 6(20)).

`Screener.screen` is the one function that callers know; the full matching engine replaces what is
behind it. A hit says how alike party and record are at any time: whether the record applies on a day
is asked by the caller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from streams.model.identifiers import UNIQUE_KINDS, is_branch_bin, is_valid, normal
from streams.model.reference import ListedParty, Ownership
from streams.screening.names import VARIANT_OF, Name, name_of
from streams.screening.score import organisation_score, person_score

MATCH_THRESHOLD = 0.85
"""Default of policy `match_threshold`: best over the name sets of official lists (persons and firms)."""
REVIEW_THRESHOLD = 0.75
"""Default of policy `review_threshold`: below it precision falls faster than recall rises."""
_KEPT = 200_000
_NONE: Mapping[str, str] = {}


class Hit(Struct, frozen=True):
    """A record that a party resembles: score 0-1, and why. `certain` when equal unique identifiers decided."""

    record: ListedParty | Ownership
    score: float
    because: str
    certain: bool = False


class _Entry(Struct, frozen=True):
    name: Name
    weak: bool
    position: int


class Screener:
    """An index over listed parties and over the owned of ownership records; immutable once built.

    ``floor`` is the lowest score of a hit (the lowest review threshold that is ever in force). Repeated
    questions are answered from memory.
    """

    def __init__(self, records: Iterable[ListedParty | Ownership], floor: float = REVIEW_THRESHOLD) -> None:
        self._records: tuple[ListedParty | Ownership, ...] = tuple(sorted(records, key=lambda r: r.record_key))
        self._floor = floor
        self._facts = [_facts(record) for record in self._records]
        self._identifiers: dict[tuple[str, str], list[int]] = {}
        self._entries: list[_Entry] = []
        self._postings: dict[str, list[int]] = {}
        self._neighbours: dict[str, list[str]] = {}
        self._memo: dict[object, tuple[Hit, ...]] = {}
        self._nearby: dict[str, tuple[str, ...]] = {}
        for position, facts in enumerate(self._facts):
            for kind, value in facts.identifiers.items():
                if kind in UNIQUE_KINDS:
                    self._identifiers.setdefault((kind, value), []).append(position)
            for text, weak in facts.names:
                self._index(name_of(text), weak, position, facts.person)

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
            hits = self._memo[key] = self._search(name, country, birth_date, identifiers or _NONE, schema)
        return hits

    def _index(self, name: Name, weak: bool, position: int, person: bool) -> None:
        tokens = name.whole if person else name.core
        chosen = [t for t in tokens if t.weight >= 0.9] or list(tokens)
        number = len(self._entries)
        self._entries.append(_Entry(name, weak, position))
        keys = {fold for token in chosen for fold in token.folds}
        keys |= {VARIANT_OF[fold] for fold in keys if fold in VARIANT_OF}
        if not person:
            keys |= set(name.joined)
        for key in keys:
            posting = self._postings.get(key)
            if posting is None:
                posting = self._postings[key] = []
                for shorter in _deletions(key):
                    self._neighbours.setdefault(shorter, []).append(key)
            posting.append(number)

    def _search(
        self, name: str | None, country: str | None, birth_date: str | None, raw: Mapping[str, str], schema: str | None
    ) -> tuple[Hit, ...]:
        identifiers = _sound(raw)
        best: dict[int, Hit] = {}
        for kind, value in identifiers.items():
            for position in self._identifiers.get((kind, value), ()):
                best[position] = Hit(self._records[position], 1.0, f"equal {kind} {value}", True)
        query = name_of(name) if name else None
        if query is not None and query.whole:
            for number in self._candidates(query):
                entry = self._entries[number]
                facts = self._facts[entry.position]
                if (entry.position in best and best[entry.position].certain) or not _schema_fits(schema, facts, query):
                    continue
                found = self._judge(query, entry, facts, country, birth_date, identifiers)
                if found is not None and (entry.position not in best or found.score > best[entry.position].score):
                    best[entry.position] = found
        return tuple(sorted(best.values(), key=lambda hit: (-hit.score, hit.record.record_key)))

    def _candidates(self, query: Name) -> list[int]:
        """Entries that share enough words: two for a person, one for others, the joined name, or a variant."""
        counts: Counter[int] = Counter()
        for token in {t.text: t for t in (*query.whole, *query.core)}.values():
            numbers: set[int] = set()
            for fold in token.folds:
                for key in self._near(fold):
                    numbers.update(self._postings[key])
            counts.update(numbers)
        for joined in query.joined:
            for key in self._near(joined):
                counts.update(self._postings[key])
        needed = 1 if any(len(t.text) == 1 for t in query.whole) else 2
        return sorted(n for n, count in counts.items() if count >= needed or not self._needs_two(n))

    def _needs_two(self, number: int) -> bool:
        entry = self._entries[number]
        return self._facts[entry.position].person and all(len(t.text) > 1 for t in entry.name.whole)

    def _near(self, fold: str) -> tuple[str, ...]:
        """The keys of the index that a folded word finds; kept, because words come again in other names."""
        found = self._nearby.get(fold)
        if found is None:
            if len(self._nearby) >= _KEPT:
                self._nearby.clear()
            found = self._nearby[fold] = tuple(self._search_near(fold))
        return found

    def _search_near(self, fold: str) -> set[str]:
        keys = {fold} if fold in self._postings else set()
        variant = VARIANT_OF.get(fold)
        if variant in self._postings:
            keys.add(str(variant))
        for shorter in (fold, *_deletions(fold)):
            keys.update(self._neighbours.get(shorter, ()))
            if shorter in self._postings and len(shorter) > 3:
                keys.add(shorter)
        return keys

    def _judge(
        self,
        query: Name,
        entry: _Entry,
        facts: _Facts,
        country: str | None,
        birth_date: str | None,
        identifiers: Mapping[str, str],
    ) -> Hit | None:
        score = person_score(query, entry.name) if facts.person else organisation_score(query, entry.name)
        if score < self._floor or _excluded(identifiers, facts.identifiers):
            return None
        shared = [kind for kind, value in identifiers.items() if facts.identifiers.get(kind) == value]
        same_country = country is not None and country in facts.countries
        birth = _birth_likeness(birth_date, facts.birth_date)
        if entry.weak and not shared and not (same_country and birth > 0):
            return None
        reasons = [f'"{query.text}" resembles "{entry.name.text}" {score:.2f}']
        if shared:
            score += 0.05
            reasons.append(f"equal {shared[0]}")
        if birth:
            score += birth
            reasons.append("equal birth date" if birth > 0 else "another birth date")
        if country is not None and facts.countries and not same_country:
            score -= 0.05
            reasons.append("another country")
        score = round(min(score, 1.0), 4)
        return Hit(self._records[entry.position], score, ", ".join(reasons)) if score >= self._floor else None


class _Facts(Struct, frozen=True):
    names: tuple[tuple[str, bool], ...]
    countries: tuple[str, ...]
    birth_date: str | None
    identifiers: dict[str, str]
    person: bool
    schema: str


def _facts(record: ListedParty | Ownership) -> _Facts:
    if isinstance(record, ListedParty):
        return _Facts(
            tuple((n.name, n.weak) for n in record.names), record.countries, record.birth_date,
            _sound(record.identifiers), record.schema == "Person", record.schema,
        )  # fmt: skip
    owned = record.owned
    countries = (owned.country,) if owned.country else ()
    names = ((owned.name, False),) if owned.name else ()
    return _Facts(names, countries, None, _sound(owned.identifiers), False, "Organization")


def _sound(identifiers: Mapping[str, str]) -> dict[str, str]:
    """Identifiers in normal form without those whose check digit is wrong."""
    return {
        kind: normal(kind, value) for kind, value in identifiers.items() if value and is_valid(kind, value) is not False
    }


def _excluded(ours: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    """Whether one type holds two different valid numbers and none is shared; branches keep their head office."""
    for kind in UNIQUE_KINDS:
        a, b = ours.get(kind), theirs.get(kind)
        if a and b and a != b and not (kind == "bin" and (is_branch_bin(a) or is_branch_bin(b))):
            return True
    return False


def _schema_fits(schema: str | None, facts: _Facts, query: Name) -> bool:
    if facts.schema in ("Vessel", "Aircraft"):
        return schema == facts.schema
    if facts.person:
        return schema in (None, "Person") and not (query.certain_form and query.form != "SOLE")
    return schema in (None, "Organization", "Company", "LegalEntity")


def _birth_likeness(ours: str | None, theirs: str | None) -> float:
    """+0.05 for equal dates (to the common precision), -0.1 within a year (day and month swapped), else -0.3."""
    if not ours or not theirs:
        return 0.0
    length = min(len(ours), len(theirs), 10)
    if ours[:length] == theirs[:length]:
        return 0.05
    if not (ours[:4].isdigit() and theirs[:4].isdigit()):
        return 0.0
    return -0.1 if ours[:4] == theirs[:4] else -0.3


def _deletions(word: str) -> Sequence[str]:
    if not 4 <= len(word) <= 40 or word[0] == "~":
        return ()
    return tuple({word[:i] + word[i + 1 :] for i in range(len(word))})


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
