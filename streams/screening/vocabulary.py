"""The words of the listed names, and which of them a word of a question may stand for.

A word is looked up once: found by its keys (`word_keys`), held against what is found by the number of edits alone, and the
answer kept. The listed words that may be alike are summed up in a few *codes* (the consonants of a word in sound classes),
under which names are entered in the index.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from streams.screening.likeness import JOINED, MOST_EDITED, run_key, written_as_one
from streams.screening.names import Token, token_of
from streams.screening.postings import Held, enter, numbers
from streams.screening.word_keys import MOST_IN_LONG, cross_keys, word_keys

_MOST_KEPT = 150_000
_FEW = 4
"""So many words are compared one by one, more in one call."""
_distance = OSA.distance
Likeness = Callable[[Token, Token], float]
Table = dict[str, Held]


class Found(Struct, frozen=True):
    """What a word may stand for: the codes of listed words, the words themselves, how many names; and the names that write it apart."""

    codes: frozenset[int]
    alike: frozenset[int]
    names: int
    apart: tuple[int, ...] = ()


NOTHING = Found(frozenset(), frozenset(), 0)


class Vocabulary:
    """Listed words by number, equal ones once. ``runs`` and ``abjad_runs`` tell which names write a word as neighbours."""

    def __init__(
        self, likeness: Likeness, business: bool, runs: Table | None = None, abjad_runs: Table | None = None
    ) -> None:
        self._likeness = likeness
        self._business = business
        self._runs = runs if runs is not None else {}
        self._abjad_runs = abjad_runs if abjad_runs is not None else {}
        self._tokens: list[Token] = []
        self._readings: list[str] = []
        self._read: list[int] = []
        self._codes: list[int] = []
        self._uses: list[int] = []
        self._numbers: dict[str, int] = {}
        self._code_numbers: dict[str, int] = {}
        self._keys: Table = {}
        self._cross: tuple[Table, Table] = ({}, {})
        self._kept: dict[str, Found] = {}

    def __len__(self) -> int:
        return len(self._tokens)

    def add(self, token: Token) -> int:
        """Take in a word of a name and give its number."""
        number = self._numbers.get(token.key)
        if number is None:
            number = self._numbers[token.key] = len(self._tokens)
            self._tokens.append(token)
            self._codes.append(self._code_numbers.setdefault(_code(token), len(self._code_numbers)))
            self._uses.append(0)
            for sound in token.sounds:
                for key in set(word_keys(token, self._business)):
                    enter(self._keys, key, len(self._readings))
                self._readings.append(sound)
                self._read.append(number)
            for key in set(cross_keys(token)):
                enter(self._cross[token.abjad], key, number)
        self._uses[number] += 1
        return number

    def code(self, number: int) -> int:
        """The code of a listed word."""
        return self._codes[number]

    def code_of_run(self, words: Sequence[Token]) -> frozenset[int]:
        """The codes that a listed word made of these neighbours may have; none when there is no such word."""
        if words[0].abjad:
            return self.find(token_of("".join([t.text for t in words]), True)).codes
        held = self._keys.get(run_key(words))
        if held is None:
            return NOTHING.codes
        return frozenset([self._codes[self._read[r]] for r in numbers(held)])

    def written_as_one(self, words: Sequence[Token]) -> Found:
        """The listed words that neighbouring words make up together."""
        held = self._keys.get(run_key(words))
        if held is None:
            return NOTHING
        words_held = {self._read[r] for r in numbers(held)}
        return self._found({n for n in words_held if written_as_one(words, self._tokens[n]) >= JOINED}, ())

    def _found(self, alike: set[int], apart: tuple[int, ...]) -> Found:
        if not alike and not apart:
            return NOTHING
        codes = self._codes
        return Found(frozenset([codes[n] for n in alike]), frozenset(alike), sum([self._uses[n] for n in alike]), apart)

    def find(self, token: Token) -> Found:
        """The listed words that a word may stand for."""
        found = self._kept.get(token.key)
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._kept[token.key] = self._found(self._look_up(token), self._apart(token))
        return found

    def _apart(self, token: Token) -> tuple[int, ...]:
        """The names in which the word is two neighbours or three."""
        found: set[int] = set()
        if self._runs:
            for key in (*token.sounds, *[";" + bones for bones in token.skeletons]):
                found.update(numbers(self._runs.get(key)))
        if self._abjad_runs and not token.abjad:
            for bare in token.consonants:
                found.update(numbers(self._abjad_runs.get(bare)))
        return tuple(found)

    def _look_up(self, token: Token) -> set[int]:
        """The words that share a key and are as near as that key asks; what edits cannot tell is compared in full."""
        near: set[int] = set()
        bones: set[int] = set()
        long: set[int] = set()
        same: set[int] = set()
        kept: set[int] = set()
        get = self._keys.get
        for key in word_keys(token, self._business):
            some = get(key)
            if some is not None:
                sign = key[0]
                into = (
                    kept if sign == "~" else near if sign > "@" else bones if sign == ";" else long if sign == "." else same if sign in "=*#" else kept
                )  # fmt: skip
                if type(some) is int:
                    into.add(some)
                else:
                    into.update(some)  # type: ignore[arg-type]  # a list: told apart by the fastest test there is
        for sound in token.sounds:
            most = int(len(sound) * MOST_EDITED / (1 - MOST_EDITED))
            for text, edits, reading in self._within(sound, bones - same, most):
                if edits <= int(max(len(text), len(sound)) * MOST_EDITED):
                    same.add(reading)
            same.update([reading for _, _, reading in self._within(sound, near - same, 1)])
            same.update([reading for _, _, reading in self._within(sound, long - same, MOST_IN_LONG)])
        read, likeness, tokens = self._read, self._likeness, self._tokens
        alike = {read[reading] for reading in same}
        if kept:
            alike.update([n for n in {read[r] for r in kept} - alike if likeness(token, tokens[n]) > 0])
        other = self._cross[not token.abjad]
        if other:
            for key in cross_keys(token):
                alike.update(numbers(other.get(key)))
        return alike

    def _within(self, sound: str, readings: set[int], most: int) -> list[tuple[str, int, int]]:
        """Those of the readings that are within so many edits, with their number."""
        if not readings:
            return []
        texts = self._readings
        if len(readings) > _FEW:
            choices = dict(zip(readings, [texts[r] for r in readings], strict=True))
            return extract(sound, choices, scorer=_distance, processor=None, limit=None, score_cutoff=most)
        return [(texts[r], d, r) for r in readings if (d := _distance(sound, texts[r], score_cutoff=most)) <= most]


def _code(token: Token) -> str:
    bones = token.skeletons[0]
    return bones if len(bones) > 2 else "/" + token.classes[0]
