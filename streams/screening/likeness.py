"""How alike two words are, 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from streams.screening.names import Token
from streams.screening.sounds import classes
from streams.screening.syllables import is_syllables, romanised
from streams.screening.word_keys import LEAST_BONES, LEAST_EDITED, LONG, MOST_IN_LONG

SAME_FAMILY = 0.96
"""Two forms of one given name (Oleg, Aleh)."""
SAME_BONES = 0.86
"""Equal consonants, other vowels."""
INITIAL = 0.84
SHORT_EDITED = 0.72
"""Words of three letters or less with an edit: every syllable is another name somewhere."""
READ_OTHERWISE = 0.97
"""The same by the rarer reading of both."""
MOST_EDITED = 0.45
"""Share of the phonemes that may differ where the consonants agree."""
FATHERS_ALIKE = 0.7
"""Names of fathers less alike than this are those of two men."""
TWO_NAMES = 0.65
"""Most for two Chinese words that differ at all, and for two words that are both well known names: Martin is not Martina with a typing error."""
JOINED = 0.8
"""Least likeness of a word and the neighbours of which it is made."""
LEAST = 0.58
"""Words less alike than this are different words."""

_distance = OSA.distance
_MOST_KEPT = 100_000
_kept: dict[tuple[str, str], float] = {}
"""Likeness of words of persons compared before: frequent names meet again and again."""


def person_word(a: Token, b: Token) -> float:
    """Likeness of two words of names of persons."""
    if a is b or (a.sounds[0] == b.sounds[0] and not (a.syllabic or b.syllabic)):
        return 1.0
    if len(a.text) == 1 or len(b.text) == 1:
        return INITIAL if _begins_alike(a.text[0], b.text[0]) else 0.0
    key = (a.key, b.key)
    alike = _kept.get(key)
    if alike is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        alike = _kept[key] = words_of_persons(a, b)
    return alike


def _begins_alike(a: str, b: str) -> bool:
    return a == b or (a in "iy" and b in "iy")


def words_of_persons(a: Token, b: Token) -> float:
    """As `person_word` for words that are no initials, compared anew."""
    if a.sounds[0] == b.sounds[0] and not (a.syllabic or b.syllabic):
        return 1.0
    if (a.syllabic or b.syllabic) and a.families.isdisjoint(b.families):
        return 1.0 if romanised(a.text) == romanised(b.text) else 0.0
    if (a.patronymic is None) == (b.patronymic is None) and not a.families.isdisjoint(b.families):
        return SAME_FAMILY
    if a.patronymic is not None and b.patronymic is not None:
        return _fathers(a.patronymic, b.patronymic)
    alike = word(a, b)
    if LEAST <= alike < READ_OTHERWISE:
        if _man_and_woman(a.text, b.text) and (a.frequent or b.frequent):
            return 0.0
        if _two_names(a, b):
            return min(alike, TWO_NAMES)
    return alike


def _two_names(a: Token, b: Token) -> bool:
    """Whether two words that are nearly alike are two well known names or two Chinese words."""
    return (a.frequent and b.frequent) or (is_syllables(a.text) and is_syllables(b.text))


def _man_and_woman(a: str, b: str) -> bool:
    """Whether two words are the name of a man and that of a woman: Antonio and Antonia, Luis and Luisa."""
    if len(a) == len(b):
        return {a[-1], b[-1]} == {"a", "o"} and a[:-1] == b[:-1]
    return a + "a" == b or b + "a" == a


def business_word(a: Token, b: Token) -> float:
    """Likeness of two words of names of firms, ships or bodies; a translation of a common word is that word."""
    if a is b:
        return 1.0
    if a.meaning is not None and b.meaning is not None:
        return 1.0 if a.meaning == b.meaning else 0.0
    if len(a.text) == 1 or len(b.text) == 1:
        return 1.0 if a.text == b.text else 0.0
    return word(a, b)


def _fathers(a: str, b: str) -> float:
    """Likeness of the names of two fathers, in sound classes: one edit, for a typing error."""
    if a == b:
        return 1.0
    longest = max(len(a), len(b))
    if longest < LEAST_EDITED or _distance(a, b, score_cutoff=1) > 1:
        return 0.0
    alike = 1 - 1 / longest
    return alike if alike >= FATHERS_ALIKE else 0.0


def word(a: Token, b: Token) -> float:
    """Likeness of two words whatever they name: by sound, consonants and edits."""
    if a.abjad is not b.abjad:
        return _by_bones(a, b)
    if a.text.isdigit() or b.text.isdigit():
        return 1.0 if a.text == b.text else 0.0
    best = 0.0
    same = _same_skeleton(a, b)
    for i, x in enumerate(a.sounds):
        for j, y in enumerate(b.sounds):
            if x == y:
                return 1.0 if i == 0 or j == 0 else READ_OTHERWISE
            edits = _edits(x, y, a, b, same)
            if edits:
                alike = 1 - (edits + _distance(a.classes[i], b.classes[j])) / (2 * max(len(x), len(y)))
                if len(x) < LEAST_EDITED or len(y) < LEAST_EDITED:
                    alike = min(alike, SHORT_EDITED)
                best = max(best, alike - 0.05 if x[0] != y[0] else alike)
    if same and best < SAME_BONES:
        best = (SAME_BONES + best) / 2
    return best if best >= LEAST else 0.0


def _same_skeleton(a: Token, b: Token) -> bool:
    one, other = a.skeletons, b.skeletons
    if len(one) == 1 and len(other) == 1:
        return one[0] == other[0] and len(one[0]) >= LEAST_BONES
    return any(len(bones) >= LEAST_BONES and bones in other for bones in one)


def _edits(x: str, y: str, a: Token, b: Token, same: bool) -> int:
    """Edits between two readings; 0 for too many: one, more of the vowels, or in long words one of the vowels and one consonant."""
    longest, shortest = len(x), len(y)
    if longest < shortest:
        longest, shortest = shortest, longest
    limit = int(longest * MOST_EDITED) if shortest >= LEAST_EDITED else 1
    edits = _distance(x, y, score_cutoff=limit)
    if edits > limit:
        return 0
    if shortest < LEAST_EDITED:
        return edits if longest >= LEAST_EDITED or _same_short(x, y) else 0
    if edits <= 1 or same:
        return edits
    return edits if edits <= MOST_IN_LONG and shortest >= LONG and _near_consonants(a, b) else 0


def _same_short(x: str, y: str) -> bool:
    """Whether two words of three letters or less differ by a vowel or a swap only."""
    return classes(x) == classes(y) or (len(x) > LEAST_BONES - 1 and sorted(x) == sorted(y))


def _near_consonants(a: Token, b: Token) -> bool:
    """Whether two words have the same consonants or all but one."""
    for x in a.consonants:
        for y in b.consonants:
            if x == y:
                if len(x) >= LEAST_BONES:
                    return True
            elif (
                len(x) >= LEAST_BONES
                and len(y) >= LEAST_BONES
                and len(x) + len(y) > 2 * LEAST_BONES
                and _distance(x, y, score_cutoff=1) <= 1
            ):
                return True
    return False


def _near_bones(x: str, y: str) -> float:
    longest = max(len(x), len(y))
    if x[0] != y[0]:
        return 0.0
    if len(x) == len(y) and classes(x) == classes(y):
        return 0.86 if longest > 3 else 0.78
    if longest < LEAST_EDITED or _distance(x, y, score_cutoff=1) > 1:
        return 0.0
    return 1.02 - 1 / longest


def _by_bones(a: Token, b: Token) -> float:
    """A word without vowels against one with them: its consonants in order, and enough of them."""
    best = 0.0
    for x in a.consonants:
        for y in b.consonants:
            longest = max(len(x), len(y))
            if x == y:
                best = max(best, (0.0, 0.0, 0.82, 0.95)[min(longest, 3)])
            elif min(len(x), len(y)) >= LEAST_BONES:
                best = max(best, _near_bones(x, y))
    return best if best >= LEAST else 0.0


def run_of(words: Sequence[Token]) -> str:
    """The phonemes of neighbouring words written as one."""
    run = words[0].sounds[0]
    for token in words[1:]:
        sound = token.sounds[0]
        run += sound[1:] if run[-1:] == sound[:1] else sound
    return run


def run_bones(words: Sequence[Token]) -> str:
    """The consonants of neighbouring words written as one, in sound classes; empty when they are too few for a word."""
    bones, last = "", ""
    for token in words:
        sound = token.classes[0]
        bones += token.skeletons[0][1:] if sound[:1] == last != "a" else token.skeletons[0]
        last = sound[-1:]
    return bones if len(bones) >= LEAST_BONES else ""


def run_key(words: Sequence[Token]) -> str:
    """The one key under which neighbouring words meet the word that is made of them: consonants, of few the sound."""
    if len(words) == 2:
        first, second = words
        bones = second.skeletons[0]
        if first.classes[0][-1:] == second.classes[0][:1] != "a":
            bones = bones[1:]
        bones = first.skeletons[0] + bones
        return ";" + bones if len(bones) >= LEAST_BONES else run_of(words)
    bones = run_bones(words)
    return ";" + bones if bones else run_of(words)


def written_as_one(words: Sequence[Token], single: Token) -> float:
    """Likeness of a word and of the neighbours of which it is made: vowels may differ, consonants not."""
    if single.syllabic or words[0].syllabic:
        return 1.0 if romanised("".join([t.text for t in words])) == romanised(single.text) else 0.0
    run = run_of(words)
    if run in single.sounds:
        return 1.0
    bones = run_bones(words)
    if not bones or bones not in single.skeletons or is_syllables(single.text):
        return 0.0
    best = 0.0
    for sound, coarse in zip(single.sounds, single.classes, strict=True):
        edits = _distance(run, sound) + _distance(classes(run), coarse)
        best = max(best, (1 + SAME_BONES) / 2 - edits / (4 * max(len(run), len(sound))))
    return best
