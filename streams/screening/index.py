"""Which listed names may resemble a name: few of very many, found without comparing.

Two names are alike only when all carrying words of the shorter one are found in the other (`score`). So a listed name
is entered under *pairs* of its carrying words, and cost hardly grows with the list, as few names share two words:

* under one pair, its two most telling words, for questions with as many words or more (*narrow*);
* under all its pairs, for questions with fewer words, which look under one pair of theirs (*wide*);
* under its one word when it has no more, and where initials stand for the others (*single*, *holding*).

Neighbouring words that others write as one, names made of common words only, and initials have entries of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from math import ceil

from streams.screening.likeness import business_word, run_key, words_of_persons
from streams.screening.names import Name, Token, token_of
from streams.screening.postings import Held, enter, numbers as postings
from streams.screening.score import LEAST_LOST, MOST_LEFT, carries
from streams.screening.vocabulary import Found, Vocabulary

MOST_WORDS = 9
"""Carrying words of a question that are looked up."""
FREQUENT_LEAST = 0.7
"""Least weight of a carrying word."""
MORE_MATCHED = 2.0
"""Weight of patronymics, titles and particles that two names may share besides."""
SMALL_WORD = 3
"""Letters of a particle that may be taken for a name when it is misspelt."""
_SHIFT = 24
Table = dict[int, Held]


class NameIndex:
    """An index over the names of persons, or over all others; names are known by number, equal ones once."""

    def __init__(self, business: bool) -> None:
        self.names: list[Name] = []
        self._business = business
        self._numbers: dict[tuple[tuple[str, ...], str | None], int] = {}
        self._words: list[tuple[int, ...]] = []
        self._initials: list[bool] = []
        self._narrow: dict[int, Table] = {}
        self._wide: Table = {}
        self._single: Table = {}
        self._holding: Table = {}
        self._runs: dict[str, Held] = {}
        self._abjad_runs: dict[str, Held] = {}
        self._joined: dict[str, Held] = {}
        self._common: dict[str, Held] = {}
        self._acronyms: dict[str, Held] = {}
        self._spelled: dict[str, Held] = {}
        self._common_words = Vocabulary(business_word, business)
        self.vocabulary = Vocabulary(
            business_word if business else words_of_persons, business, self._runs, self._abjad_runs
        )

    def add(self, name: Name) -> int:
        """Take in a name and give its number; the same name again gives the same number."""
        tokens = words_of(name, self._business)
        key = (tuple([t.key for t in tokens]), name.form)
        number = self._numbers.get(key)
        if number is not None:
            return number
        number = self._numbers[key] = len(self.names)
        self.names.append(name)
        carrying = full_words(tokens, self._business)
        self._words.append(tuple([self.vocabulary.add(t) for t in carrying]))
        if self._business:
            for token in tokens:
                if token.meaning is not None:
                    self._common_words.add(token)
        self._initials.append(any(len(t.text) == 1 for t in tokens))
        self._enter_words(carrying, number)
        if len(carrying) == 1 and not self._business:
            self._enter_small_words(tokens, number)
        self._enter_runs(tokens, number)
        if self._business:
            self._enter_whole(name, tokens, carrying, number)
        return number

    def _enter_words(self, carrying: list[Token], number: int) -> None:
        vocabulary = self.vocabulary
        codes = [vocabulary.code(n) for n in self._words[number]]
        for code in set(codes):
            enter(self._single if len(codes) == 1 else self._holding, code, number)
        if len(codes) < 2:
            return
        telling = sorted(
            range(len(codes)), key=lambda i: (-carrying[i].weight, -len(carrying[i].text), carrying[i].key)
        )
        self._enter_pair(codes[telling[0]], codes[telling[1]], number)
        if len(codes) > 2:
            for pair in {_pair(a, b) for a, b in combinations(codes, 2)}:
                enter(self._wide, pair, number)

    def _enter_pair(self, first: int, second: int, number: int) -> None:
        enter(self._narrow.setdefault(first, {}), second, number)
        if first != second:
            enter(self._narrow.setdefault(second, {}), first, number)

    def _enter_small_words(self, tokens: tuple[Token, ...], number: int) -> None:
        """Enter a name of one carrying word under it and a particle or title as well: misspelt, those carry."""
        vocabulary = self.vocabulary
        for token in tokens:
            if token.weight < LEAST_LOST and len(token.text) >= SMALL_WORD:
                self._enter_pair(
                    vocabulary.code(vocabulary.add(token)), vocabulary.code(self._words[number][0]), number
                )

    def _enter_runs(self, tokens: tuple[Token, ...], number: int) -> None:
        for parts in runs(tokens):
            enter(self._runs, run_key(parts), number)
            if parts[0].abjad:
                for bare in token_of("".join([t.text for t in parts]), True).consonants:
                    enter(self._abjad_runs, bare, number)

    def _enter_whole(self, name: Name, tokens: tuple[Token, ...], carrying: list[Token], number: int) -> None:
        for joined in name.joined if name.core else ():
            enter(self._joined, joined, number)
        if not carrying:
            enter(self._common, common_key(tokens), number)
        for letters in initials_of(tokens):
            enter(self._acronyms, letters, number)
        if len(tokens) == 1:
            enter(self._spelled, tokens[0].text, number)

    def candidates(self, query: Name) -> set[int]:
        """Numbers of the names that may resemble."""
        tokens = words_of(query, self._business)
        words = full_words(tokens, self._business)[:MOST_WORDS]
        numbers: set[int] = set()
        if words:
            find = self.vocabulary.find
            found = [find(token) for token in words]
            if self._business:
                words, found = self._without_misspelt(words, found)
            self._by_words(found, any(len(t.text) == 1 for t in tokens), numbers)
            self._written_as_one(tokens, words, found, numbers)
            for at, f in enumerate(found):
                if f.apart:
                    self._with_another(f.apart, at, found, numbers)
        if self._business:
            self._by_whole(query, tokens, words, numbers)
        return numbers

    def _without_misspelt(self, words: list[Token], found: list[Found]) -> tuple[list[Token], list[Found]]:
        """The words less those that are unknown but resemble a common word: such a word carries no name."""
        find = self._common_words.find
        kept = [i for i, token in enumerate(words) if found[i].codes or not find(token).codes]
        return [words[i] for i in kept], [found[i] for i in kept]

    def _by_words(self, found: list[Found], initial: bool, numbers: set[int]) -> None:
        alive = [f for f in found if f.codes]
        wanted = len(found)
        if not alive:
            return
        if self._business or wanted == 1 or initial:
            self._by_one(alive, wanted, initial, numbers)
        for f in alive if not self._business and wanted > 1 else ():
            for number in _under(self._single, f.codes):
                if self._initials[number]:
                    numbers.add(number)
        if len(alive) < 2:
            return
        candidates: set[int] = set()
        narrow = self._narrow
        for f, g in combinations(alive, 2):
            few, many = (f.codes, g.codes) if len(f.codes) <= len(g.codes) else (g.codes, f.codes)
            for code in few:
                inner = narrow.get(code)
                if inner is not None:
                    candidates |= _under(inner, inner.keys() & many)
        if candidates:
            words = self._words
            least = 0 if self._business else least_words(wanted)
            alike: frozenset[int] = frozenset().union(*[f.alike for f in alive])
            for number in candidates:
                if least <= len(words[number]) <= wanted and alike.issuperset(words[number]):
                    numbers.add(number)
        if len(alive) == wanted:
            self._by_rarest(alive, wanted, numbers)

    def _by_rarest(self, alive: list[Found], wanted: int, numbers: set[int]) -> None:
        """Names of more words that have all words of the question."""
        first, second = sorted(alive, key=lambda f: f.names)[:2]
        candidates = _under(self._wide, (_pair(a, b) for a in first.codes for b in second.codes))
        words = self._words
        for number in candidates:
            held = words[number]
            if len(held) > wanted and not any(f.alike.isdisjoint(held) for f in alive):
                numbers.add(number)

    def _by_one(self, alive: list[Found], wanted: int, initial: bool, numbers: set[int]) -> None:
        """Names of one carrying word; and those that have the one word of the question."""
        words = self._words
        for f in alive:
            for number in _under(self._single, f.codes):
                if words[number][0] in f.alike:
                    numbers.add(number)
        if wanted == 1 and (self._business or initial):
            for number in _under(self._holding, alive[0].codes):
                held = words[number]
                if any(word in alive[0].alike for word in held) and (initial or len(held) <= 3):
                    numbers.add(number)

    def _written_as_one(
        self, tokens: tuple[Token, ...], words: list[Token], found: list[Found], numbers: set[int]
    ) -> None:
        """Names in which two neighbouring words of the question are one word."""
        for parts in runs(tokens):
            codes = self.vocabulary.code_of_run(parts)
            if not codes:
                continue
            rest = [f for token, f in zip(words, found, strict=True) if all(token is not part for part in parts)]
            if rest and not self._business and not self._share_a_name(codes, rest):
                continue
            if parts[0].abjad:
                joined = self.vocabulary.find(token_of("".join([t.text for t in parts]), True))
            else:
                joined = self.vocabulary.written_as_one(parts)
            if joined.codes:
                self._by_words([*rest, joined], False, numbers)

    def _share_a_name(self, codes: frozenset[int], rest: list[Found]) -> bool:
        """Whether some listed name has a word of one of these codes and one that a word of the question may stand for."""
        for code in codes:
            inner = self._narrow.get(code)
            for f in rest:
                if inner is not None and not inner.keys().isdisjoint(f.codes):
                    return True
                if any(_pair(code, b) in self._wide for b in f.codes):
                    return True
        return False

    def _with_another(self, held: tuple[int, ...], at: int, found: list[Found], numbers: set[int]) -> None:
        """Names in which one word of the question is two neighbours: all, if another word is found there as well."""
        others: frozenset[int] = frozenset().union(*[f.alike for i, f in enumerate(found) if i != at])
        alone = len(found) == 1 or self._business
        if not (others or alone):
            return
        words = self._words
        for number in held:
            if not others.isdisjoint(words[number]) or (alone and len(words[number]) <= 2):
                numbers.add(number)

    def _by_whole(self, query: Name, tokens: tuple[Token, ...], words: list[Token], numbers: set[int]) -> None:
        for joined in query.joined if query.core else ():
            numbers.update(postings(self._joined.get(joined)))
        if not words:
            numbers.update(postings(self._common.get(common_key(tokens))))
        if len(tokens) == 1 and len(tokens[0].text) > 2:
            numbers.update(postings(self._acronyms.get(tokens[0].text)))
        for letters in initials_of(tokens):
            numbers.update(postings(self._spelled.get(letters)))


def words_of(name: Name, business: bool) -> tuple[Token, ...]:
    """The words by which a name is compared."""
    return name.core if business or name.form == "SOLE" else name.whole


def least_words(wanted: int) -> int:
    """Carrying words that the name of a person has at least to be that of one with so many (`score.MOST_LEFT`)."""
    return ceil((FREQUENT_LEAST * wanted - MOST_LEFT * MORE_MATCHED) / (MOST_LEFT + FREQUENT_LEAST))


def full_words(tokens: Iterable[Token], business: bool) -> list[Token]:
    """The carrying words that are no initials, each once; of a person with none, all words."""
    found = {t.key: t for t in tokens if len(t.text) > 1 and carries(t, business)}
    if not found and not business:
        found = {t.key: t for t in tokens if len(t.text) > 1}
    return list(found.values())


def runs(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """Each two and each three neighbouring words."""
    return [tokens[at : at + size] for size in (2, 3) for at in range(len(tokens) - size + 1)]


def initials_of(words: tuple[Token, ...]) -> set[str]:
    """The letters under which a name of three words or more may be known."""
    if len(words) < 3:
        return set()
    return {"".join([t.text[0] for t in words]), "".join([t.text[0] for t in words if t.business_weight > 0.1])}


def common_key(words: tuple[Token, ...]) -> str:
    """The words of a name without carrying ones, in one order."""
    return " ".join(
        sorted(str(t.meaning) if t.meaning is not None else t.sounds[0] for t in words if t.business_weight > 0.1)
    )


def _pair(a: int, b: int) -> int:
    """The key of two codes, in any order."""
    return a << _SHIFT | b if a <= b else b << _SHIFT | a


def _under(table: Table, codes: Iterable[int]) -> set[int]:
    """What is entered under any of the codes."""
    found: set[int] = set()
    for code in codes:
        held = table.get(code)
        if held is not None:
            if isinstance(held, int):
                found.add(held)
            else:
                found.update(held)
    return found
