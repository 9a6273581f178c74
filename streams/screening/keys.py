"""By which words the matching engine finds a name, for whoever looks the other way round (`streams.screening.known`).

The promise that the engine keeps: a party has a hit on a record only when their unique identifiers agree, or when some word
of `query_words` and some word of `entry_words` share a key of `keys_of`. More sharing than hits is fine, less is not.
"""

from __future__ import annotations

from functools import lru_cache

from streams.model.reference import ListedParty, Ownership
from streams.screening.names import VARIANT_OF, name_of

_SHORTEST, _LONGEST = 4, 40


def query_words(name: str) -> set[str]:
    """The words by which a party of that name can find a listed one."""
    taken = name_of(name)
    words = {fold for token in (*taken.whole, *taken.core) for fold in token.folds}
    return words | {"=" + joined for joined in taken.joined}


def entry_words(record: ListedParty | Ownership) -> set[str]:
    """The words by which a listed party, or the owned of an ownership record, is found."""
    if isinstance(record, ListedParty):
        person, names = record.schema == "Person", [n.name for n in record.names]
    else:
        person, names = False, [record.owned.name] if record.owned.name else []
    words: set[str] = set()
    for name in map(name_of, names):
        tokens = name.whole if person else name.core
        chosen = [t for t in tokens if t.weight >= 0.9] or list(tokens)
        words.update(fold for token in chosen for fold in token.folds)
        if not person:
            words.update("=" + joined for joined in name.joined)
    return words


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
