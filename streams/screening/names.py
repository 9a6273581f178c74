"""A name taken apart for comparison: words in plain ASCII with their sounds, weights and roles."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from streams.screening.business_words import MEANINGS, PLACES
from streams.screening.frequent_names import FREQUENT_WEIGHT, VERY_FREQUENT_WEIGHT, frequency_weight
from streams.screening.given_names import FAMILIES, FAMILIES_BY_CLASSES, PARTICLES, TITLES, patronymic_stem
from streams.screening.legal_forms import split_legal_form
from streams.screening.letters import plain
from streams.screening.sounds import classes, consonants, once, readings, skeleton

LONGEST = 400
"""Characters of a name that are read; no name is longer, and hostile input stays cheap."""
LONGEST_WORD = 40
MOST_WORDS = 20
_NO_FAMILIES: frozenset[int] = frozenset()
_SYLLABIC = re.compile("[\u3400-\u9fff\uac00-\ud7a3]")
_ABJAD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SERVANT = re.compile(r"^(abd)[aeou]?(?:l|([rnszdt])(?=\2))?[aeou]?([^aeou].{3,}|[aeou].{4,})$")
_OF_GOD = re.compile(r"[aeou]l{1,2}ah$")
_NUMERALS = {word: str(n) for n, word in enumerate(
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"])}  # fmt: skip
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
_PLACE = 10_000
"""Meanings from here on are places."""


class Token(Struct, frozen=True):
    """A word of a name.

    ``key`` names it among all words; ``sounds`` are its readings in phonemes, ``classes`` the same in sound
    classes, ``skeletons`` their consonants (``consonants`` the same in phonemes); ``families`` the given names it is a form of; ``meaning`` that of a
    common business word. ``weight`` (0-1) is what the word says in the name of a person, ``business_weight`` in
    that of a firm. ``abjad`` marks a word from a script that leaves out vowels, ``syllabic`` one from Chinese or Korean script.
    """

    text: str
    key: str
    sounds: tuple[str, ...]
    classes: tuple[str, ...]
    skeletons: tuple[str, ...]
    consonants: tuple[str, ...]
    families: frozenset[int]
    patronymic: str | None
    meaning: int | None
    weight: float
    business_weight: float
    abjad: bool = False
    syllabic: bool = False

    @property
    def frequent(self) -> bool:
        """Whether it is a name that very many people bear."""
        return VERY_FREQUENT_WEIGHT <= self.weight <= FREQUENT_WEIGHT


class Name(Struct, frozen=True):
    """A name ready for comparison.

    ``whole`` are all words (how a person is compared), ``core`` those without legal forms, ``form`` the class of
    the legal form, ``certain_form`` whether it can be nothing else.
    """

    text: str
    whole: tuple[Token, ...]
    core: tuple[Token, ...]
    form: str | None
    certain_form: bool

    @property
    def firm(self) -> bool:
        """Whether its legal form shows beyond doubt that it is no person's."""
        return self.certain_form and self.form != "SOLE"

    @property
    def distinctive(self) -> bool:
        """Whether there is a word in it that is neither common nor geographic."""
        return any(token.business_weight >= 0.9 for token in self.core)

    @property
    def joined(self) -> set[str]:
        """The core written as one word, in phonemes; and with the legal form, which some write without a space."""
        found = {_joined(self.core)}
        if len(self.core) != len(self.whole):
            found.add(_joined(self.whole))
        return found - {""}


@lru_cache(maxsize=100_000)
def name_of(text: str) -> Name:
    """Take a name apart; never raises, a name without letters has no words."""
    text = text[:LONGEST]
    script = "" if text.isascii() else "~" if _ABJAD.search(text) else "^" if _SYLLABIC.search(text) else ""
    words = tuple(_words(plain(text))[:MOST_WORDS])
    core, form, certain = split_legal_form(words)
    whole = _tokens(words, script)
    tokens = whole if len(core) == len(words) else _tokens(core, script)
    return Name(text, _with_roles(whole), tokens, form, certain)


def _tokens(words: tuple[str, ...], script: str) -> tuple[Token, ...]:
    found: list[Token] = []
    abjad = script == "~"
    for word in words:
        if script == "^":
            found.append(syllabic(word))
        elif abjad or word[:3] == "abd":
            found += [token_of(part, abjad) for part in _parts(word, abjad)]
        else:
            found.append(token_of(word))
    return tuple(found)


@lru_cache(maxsize=50_000)
def syllabic(word: str) -> Token:
    """A word from Chinese or Korean script: whatever it looks like in Latin letters, it is no article and no initial."""
    token = token_of(word)
    if word.isdigit():
        return token
    weight = frequency_weight(word, token.sounds[0])
    return replace(
        token,
        key=token.key + "^",
        weight=weight,
        patronymic=None,
        families=FAMILIES.get(word, _NO_FAMILIES),
        syllabic=True,
    )


def _with_roles(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """A word that looks like a patronymic is a family name when nothing else in the name can be one."""
    fathers = [i for i, t in enumerate(tokens) if t.patronymic is not None]
    if not fathers:
        return tokens
    others = [i for i, t in enumerate(tokens) if t.patronymic is None and len(t.text) > 1 and t.weight > 0.2]
    if len(others) >= 2:
        return tokens
    family = fathers[-1] if not others or others[0] < fathers[0] else fathers[0]
    return tuple(_as_family_name(t) if i == family else t for i, t in enumerate(tokens))


@lru_cache(maxsize=20_000)
def _as_family_name(token: Token) -> Token:
    return replace(token, key=token.key + "!", patronymic=None, families=_NO_FAMILIES)


def _joined(tokens: tuple[Token, ...]) -> str:
    return once("".join([t.sounds[0] for t in tokens]))


def _words(text: str) -> list[str]:
    """The words of a plain text; letters with dots between them (`A.B.C.`) are one word."""
    if "." not in text:
        return text.split()
    words: list[str] = []
    for chunk in text.split():
        letters = chunk.strip(".").split(".")
        if len(letters) > 2 and all(len(letter) == 1 for letter in letters):
            words.append("".join(letters))
        else:
            words += [letter for letter in letters if letter]
    return words


@lru_cache(maxsize=20_000)
def _parts(word: str, abjad: bool) -> tuple[str, ...]:
    """A word, or the two that are written as one (Abdulaziz is the servant of Aziz)."""
    if abjad and word[:2] == "al" and len(word) > 3 and word != "allh":
        return ("al", word[2:])
    if word[:3] == "abd" and len(word) > 6 and not _OF_GOD.search(word):
        found = _SERVANT.match(word)
        if found:
            return (found[1], found[3])
    return (word,)


@lru_cache(maxsize=150_000)
def token_of(word: str, abjad: bool = False) -> Token:
    """A plain word with all that comparing needs."""
    word = _NUMERALS.get(word, _ROMAN.get(word, word))[:LONGEST_WORD]
    spoken = _OF_GOD.sub("ulah", word) if word[-2:] == "ah" and len(word) > 4 else word
    if word.isdigit():
        sounds: tuple[str, ...] = (word,)
    elif abjad:
        sounds = _abjad_sounds(spoken.replace("ts", "t's"))
    else:
        sounds = readings(spoken)
    first = sounds[0]
    if len(sounds) == 1:
        coarse: tuple[str, ...] = (classes(first),)
        bones: tuple[str, ...] = (skeleton(coarse[0]),)
        bare: tuple[str, ...] = (consonants(first),)
    else:
        coarse = tuple(classes(sound) for sound in sounds)
        bones = tuple(dict.fromkeys(map(skeleton, coarse)))
        bare = tuple(dict.fromkeys(map(consonants, sounds)))
    meaning = MEANINGS.get(word, MEANINGS.get(first))
    if meaning is None:
        place = PLACES.get(word, PLACES.get(first))
        meaning = _PLACE + place if place is not None else None
    families = FAMILIES.get(word) or FAMILIES.get(first) or _NO_FAMILIES
    stem = patronymic_stem(word)
    if stem is not None:
        families = FAMILIES_BY_CLASSES.get(stem, _NO_FAMILIES)
    return Token(
        word, word + "~" if abjad else word, sounds, coarse, bones, bare, families, stem, meaning, _weight(word, first),
        _business_weight(word, meaning), abjad,
    )  # fmt: skip


def _abjad_sounds(word: str) -> tuple[str, ...]:
    """The readings of a word without vowels; two letters are read as in Arabic and as in Persian and Urdu."""
    found = readings(word)
    if "th" in word or "dh" in word:
        found += readings(word.replace("th", "s").replace("dh", "z"))
    return tuple(dict.fromkeys(s.replace("'", "") for s in found))


def _weight(word: str, sound: str) -> float:
    if word in PARTICLES:
        return 0.1
    if word in TITLES:
        return 0.2
    if len(word) == 1:
        return 0.3
    return frequency_weight(word, sound)


def _business_weight(word: str, meaning: int | None) -> float:
    if word in PARTICLES:
        return 0.1
    if meaning is not None:
        return 0.5 if meaning >= _PLACE else 0.3
    return 0.4 if len(word) == 1 else 1.0
