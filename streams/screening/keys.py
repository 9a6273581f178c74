"""By which words the matching engine finds a name, for whoever looks the other way round (`streams.screening.known`).

The promise that the engine keeps: a party has a hit on a record only when they share a unique identifier, or when
for one of the record's `Wanted` enough of its groups hold a word that shares a key (`keys_of`) with a word of the
party (`query_words`). More sharing than hits is fine, less is not. Words and keys are those of the engine's own index
(`streams.screening.index`, `streams.screening.word_keys`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from streams.model.reference import ListedParty, Ownership
from streams.screening.index import full_words, initials_of, runs, words_of
from streams.screening.likeness import run_key
from streams.screening.names import Name, Token, name_of, syllabic, token_of
from streams.screening.word_keys import cross_keys, word_keys

OWN_KEY = "="
"""First letter of a word that is its own only key."""
ONE_LESS = ""
"""A word of parties that need one group less than others: an initial stands for a word that shares no key with it."""


class Wanted(NamedTuple):
    """A listed name as it is found: for each of its words the forms of it, and how many of the words it takes."""

    groups: tuple[frozenset[str], ...]
    needed: int


def query_words(name: str) -> set[str]:
    """The words by which a party of that name can find a listed one."""
    taken = name_of(name)
    words: set[str] = set()
    for tokens in _forms(taken):
        words.update([_word(token) for token in tokens])
        for parts in runs(tokens):
            words.update(_as_one(parts))
    if any(len(token.text) == 1 for token in taken.whole):
        words.add(ONE_LESS)
    for letters in initials_of(taken.core):
        words.add(OWN_KEY + ("#" + letters if letters.isdigit() else token_of(letters).sounds[0]))
    return words | _whole(taken)


def entry_words(record: ListedParty | Ownership) -> list[Wanted]:
    """How each name of a listed party, or of the owned of an ownership record, is found."""
    if isinstance(record, ListedParty):
        person, names = record.schema == "Person", [n.name for n in record.names]
    else:
        person, names = False, [record.owned.name] if record.owned.name else []
    return [wanted for name in names for wanted in (_of_person(name) if person else _of_firm(name))]


def _of_person(text: str) -> list[Wanted]:
    tokens = words_of(name_of(text), business=False)
    groups = [frozenset([_word(token)]) for token in full_words(tokens, business=False)]
    needed = 1 if any(len(token.text) == 1 for token in tokens) else min(2, len(groups))
    together = _together(tokens)
    found = [Wanted((*groups, *together), max(1, needed))]
    return [*found, Wanted(together, 1)] if len(groups) <= 2 else found


def _of_firm(text: str) -> list[Wanted]:
    name = name_of(text)
    chosen = full_words(name.core, business=True) or name.core
    groups = [frozenset([_word(token)]) for token in chosen]
    return [Wanted((*groups, *_together(name.core), frozenset(_whole(name)), frozenset(initials_of(name.core))), 1)]


def _forms(name: Name) -> tuple[tuple[Token, ...], ...]:
    """The words by which it is looked up: as the name of a firm, and where it may be one, as that of a person."""
    if name.firm:
        return (name.core,)
    return (name.whole,) if len(name.core) == len(name.whole) else (name.whole, name.core)


def _together(tokens: tuple[Token, ...]) -> tuple[frozenset[str], ...]:
    """Neighbouring words written as one."""
    return tuple([frozenset(_as_one(parts)) for parts in runs(tokens)])


def _as_one(parts: tuple[Token, ...]) -> tuple[str, ...]:
    """Neighbours written as one: by their sound, and by their consonants where they have no vowels."""
    key = OWN_KEY + run_key(parts)
    return (key, _word(token_of("".join([t.text for t in parts]), abjad=True))) if parts[0].abjad else (key,)


def _word(token: Token) -> str:
    return token.text + ("~" if token.abjad else "^" if token.syllabic else "")


def _whole(name: Name) -> set[str]:
    return {OWN_KEY + "&" + joined for joined in name.joined} if name.core else set()


@lru_cache(maxsize=50_000)
def keys_of(word: str) -> tuple[str, ...]:
    """The keys of a word of a party or of a list entry, as persons and as firms are looked up."""
    if word[:1] == OWN_KEY or not word:
        return (word[1:],)
    token = syllabic(word[:-1]) if word[-1] == "^" else token_of(word.removesuffix("~"), word[-1] == "~")
    return tuple({*word_keys(token, business=False), *word_keys(token, business=True), *cross_keys(token)})
