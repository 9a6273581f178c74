"""The parties that a process has seen, found by the listed names that they may resemble.

When a list changes, its few changed names are looked up among the many known parties, not the other way round. The
index only tells who *may* resemble a name: it shares a word with it, or a number, as the matching engine sees words.
Whoever is found is then screened by the engine itself, so that the answer is that of screening everybody.

A known party takes about 450 bytes: parties are kept encoded, and what leads to them as pairs of numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

import msgspec

from streams.model.addresses import address_key
from streams.model.identifiers import normal
from streams.model.reference import ListedParty, Ownership
from streams.screening.keys import ONE_LESS, OWN_KEY, entry_words, keys_of, query_words
from streams.screening.match import Screener
from streams.screening.pairs import Pairs

_LOW = (1 << 32) - 1
_PER_NAME = 8
"""Looking up one changed name costs about as much as screening so many parties."""
_PAUSE_EVERY = 1_000


ADDRESS = "address"
"""The kind under which an address stands among the identifiers: who shares one with a listed party is found by it."""


class Asked(NamedTuple):
    """What `Screener.screen` is asked about a party; equal ones are one party."""

    name: str | None
    country: str | None = None
    birth_date: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    schema: str | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Asked).decode


class KnownParties:
    """Parties by number, in the order in which they were first seen. They are never forgotten."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._encoded: list[bytes] = []
        self._words: dict[str, int] = {}
        self._words_by_key = Pairs()
        self._by_word = Pairs()
        self._by_key = Pairs()
        """By identifier, and by words that are their own only key: to number these would cost more than their pairs."""

    def __len__(self) -> int:
        return len(self._encoded)

    def number(self, party: Asked) -> int:
        """The number of a party, which is known from now on."""
        encoded = _encode(party)
        number = self._numbers.get(encoded)
        if number is None:
            number = self._numbers[encoded] = len(self._encoded)
            self._encoded.append(encoded)
            for word in query_words(party.name) if party.name else ():
                self._add_word(word, number)
            for kind, value in party.identifiers:
                if value:
                    self._by_key.add(_hash_of((kind, normal(kind, value))), number)
        return number

    def party(self, number: int) -> Asked:
        """The party of a number. Raises IndexError when there is none."""
        return _decode(self._encoded[number])

    def resembling(
        self, records: Iterable[ListedParty | Ownership], floor: float, pause: Callable[[], None] = lambda: None
    ) -> set[int]:
        """The parties that share a number with one of the records, or for which a screener of them alone has a hit.

        ``floor`` is the lowest score of a hit. Numbers count even where their check digit is wrong. ``pause`` is
        called now and then, as many records may take seconds.
        """
        rows = list(records)
        if not rows or not self._encoded:
            return set()
        identifiers = {pair for row in rows for pair in _identifiers_of(row)}
        found = {number for pair in identifiers for number in self._by_key.get(_hash_of(pair))}
        screener = Screener(rows, floor)
        for count, number in enumerate(self._sharing(rows)):
            if number not in found:
                party = self.party(number)
                stated = dict(party.identifiers) or None
                if screener.screen(party.name, party.country, party.birth_date, stated, party.schema):
                    found.add(number)
            if count % _PAUSE_EVERY == 0:
                pause()
        return found

    def _sharing(self, rows: list[ListedParty | Ownership]) -> Iterable[int]:
        """The parties that share enough words with a name of the records; all where there are many names."""
        if sum(map(_names_in, rows)) * _PER_NAME > len(self._encoded):
            return range(len(self._encoded))
        parties_of = cache(self._parties_near)
        one_less = frozenset(self._by_key.get(_hash_of(ONE_LESS)))
        found: set[int] = set()
        for wanted in (wanted for row in rows for wanted in entry_words(row)):
            groups = [frozenset[int]().union(*map(parties_of, group)) for group in wanted.groups]
            if wanted.needed <= 1:
                found.update(*groups)
                continue
            counts = Counter(party for group in groups for party in group)
            for party, count in counts.items():
                if count >= wanted.needed or (party in one_less and count >= wanted.needed - 1):
                    found.add(party)
        return found

    def _add_word(self, word: str, party: int) -> None:
        if word[:1] == OWN_KEY or word == ONE_LESS:
            self._by_key.add(_hash_of(word[1:]), party)
            return
        number = self._words.get(word)
        if number is None:
            number = self._words[word] = len(self._words)
            for key in keys_of(word):
                self._words_by_key.add(_hash_of(key), number)
        self._by_word.add(number, party)

    def _parties_near(self, word: str) -> frozenset[int]:
        """The parties with a word that shares a key with this one, and a few without (equal hashes)."""
        hashes = {_hash_of(key) for key in keys_of(word)}
        near = {number for key in hashes for number in self._words_by_key.get(key)}
        found = {party for key in hashes for party in self._by_key.get(key)}
        return frozenset(found.union(*map(self._by_word.get, near)))


def _hash_of(key: object) -> int:
    return hash(key) & _LOW


def _names_in(row: ListedParty | Ownership) -> int:
    return len(row.names) if isinstance(row, ListedParty) else 1


def _identifiers_of(row: ListedParty | Ownership) -> list[tuple[str, str]]:
    stated = row.identifiers if isinstance(row, ListedParty) else row.owned.identifiers
    found = [(kind, normal(kind, value)) for kind, value in stated.items() if value]
    houses = map(address_key, row.addresses if isinstance(row, ListedParty) else ())
    return found + [(ADDRESS, normal(ADDRESS, house)) for house in houses if house]
