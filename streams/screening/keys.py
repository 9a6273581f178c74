"""By which words the matching engine finds a name, for whoever looks the other way round (`streams.screening.known`).

The promise that the engine keeps: a party has a hit on a record only when they share a unique identifier, or when
for one of the record's `Wanted` enough of its groups hold a word that shares a key (`keys_of`) with a word of the
party (`query_words`). More sharing than hits is fine, less is not.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from streams.model.reference import ListedParty, Ownership
from streams.screening.names import VARIANT_OF, name_of

_SHORTEST, _LONGEST = 4, 40


ONE_LESS = ""
"""A word of parties that need one group less than others: an initial stands for a word that shares no key with it."""


class Wanted(NamedTuple):
    """A listed name as it is found: for each of its words the forms of it, and how many of the words it takes."""

    groups: tuple[frozenset[str], ...]
    needed: int


def query_words(name: str) -> set[str]:
    """The words by which a party of that name can find a listed one."""
    taken = name_of(name)
    words = {fold for token in (*taken.whole, *taken.core) for fold in token.folds}
    if any(len(token.text) == 1 for token in taken.whole):
        words.add(ONE_LESS)
    return words | {"=" + joined for joined in taken.joined}


def entry_words(record: ListedParty | Ownership) -> list[Wanted]:
    """How each name of a listed party, or of the owned of an ownership record, is found."""
    if isinstance(record, ListedParty):
        person, names = record.schema == "Person", [n.name for n in record.names]
    else:
        person, names = False, [record.owned.name] if record.owned.name else []
    return [wanted for name in names for wanted in (_of_person(name) if person else _of_firm(name))]


def _of_person(text: str) -> list[Wanted]:
    tokens = name_of(text).whole
    needed = 1 if any(len(token.text) == 1 for token in tokens) else 2
    return [Wanted(tuple(frozenset(token.folds) for token in tokens), needed)]


def _of_firm(text: str) -> list[Wanted]:
    name = name_of(text)
    chosen = [t for t in name.core if t.weight >= 0.9] or name.core
    groups = [frozenset(token.folds) for token in chosen]
    return [Wanted((*groups, frozenset("=" + joined for joined in name.joined)), 1)]


@lru_cache(maxsize=50_000)
def keys_of(word: str) -> tuple[str, ...]:
    """The word itself, its family of name variants, and the word with any one letter left out."""
    if word[:1] == "=":
        return (word,)
    variant = VARIANT_OF.get(word)
    keys = {word} if variant is None else {word, variant}
    if _SHORTEST <= len(word) <= _LONGEST:
        keys.update(word[:at] + word[at + 1 :] for at in range(len(word)))
    return tuple(keys)
