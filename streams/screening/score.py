"""How alike two names are, 0 to 1: words are aligned one to one, what is left over counts against.

A name with words of its own on *both* sides is another name (two brothers, two firms of one group), whatever
else they share; words left on one side only are an abbreviation.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from streams.screening.likeness import INITIAL, JOINED, business_word, person_word, word, written_as_one
from streams.screening.names import Name, Token, token_of

JOIN_FIRST = 0.9
"""Words that are less alike are paired only after words that one side writes apart."""
MOST_LONGER = 3
"""Letters by which a word and the two that it is made of differ at most."""
Likeness = Callable[[Token, Token], float]


class Aligned(Struct, frozen=True):
    """Words of one name that stand for words of the other, how alike they are, what they weigh, whether one is a patronymic."""

    left: str
    right: str
    likeness: float
    weight: float
    father: bool = False


class Alignment(Struct, frozen=True):
    """The pairs of words, and the weights and words left on each side."""

    pairs: tuple[Aligned, ...]
    left: tuple[Token, ...]
    right: tuple[Token, ...]


def align(left: tuple[Token, ...], right: tuple[Token, ...], likeness: Likeness, business: bool) -> Alignment:
    """The best pairs of words first (ties by position); then words that one side writes apart."""
    scored = []
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            alike = likeness(a, b)
            if alike > 0:
                scored.append((-alike, -min(len(a.text), len(b.text)), abs(i - j), i, j))
    scored.sort()
    free_left, free_right = set(range(len(left))), set(range(len(right)))
    pairs: list[Aligned] = []
    joined = len(left) + len(right) <= 2
    for negative, _, _, i, j in scored:
        if not joined and -negative < JOIN_FIRST:
            joined = True
            pairs += _joins(left, right, free_left, free_right, business)
        if i in free_left and j in free_right:
            free_left.discard(i)
            free_right.discard(j)
            pairs.append(_aligned(left[i], right[j], -negative, business))
    if not joined:
        pairs += _joins(left, right, free_left, free_right, business)
    return Alignment(
        tuple(pairs), tuple(left[i] for i in sorted(free_left)), tuple(right[j] for j in sorted(free_right))
    )


def _joins(
    left: tuple[Token, ...], right: tuple[Token, ...], free_left: set[int], free_right: set[int], business: bool
) -> list[Aligned]:
    if not (free_left and free_right):
        return []
    pairs = _joined(left, right, free_left, free_right, business, flip=False)
    return pairs + _joined(right, left, free_right, free_left, business, flip=True)


def _weight_of(token: Token, business: bool) -> float:
    return token.business_weight if business else token.weight


def _aligned(a: Token, b: Token, alike: float, business: bool) -> Aligned:
    father = a.patronymic is not None or b.patronymic is not None
    return Aligned(a.text, b.text, alike, (_weight_of(a, business) + _weight_of(b, business)) / 2, father)


def _joined(
    one: tuple[Token, ...],
    other: tuple[Token, ...],
    free_one: set[int],
    free_other: set[int],
    business: bool,
    flip: bool,
) -> list[Aligned]:
    """Free words of one name that are two or three neighbours of the other written as one."""
    pairs = []
    for i in sorted(free_one):
        single = one[i]
        if len(single.text) < 5 or i not in free_one:
            continue
        found = _neighbours(single, other, free_other)
        if found is None:
            continue
        run, alike = found
        text = "".join(other[j].text for j in run)
        free_one.discard(i)
        free_other.difference_update(run)
        weight = max(_weight_of(token, business) for token in (single, *(other[j] for j in run)))
        pairs.append(Aligned(text, single.text, alike, weight) if flip else Aligned(single.text, text, alike, weight))
    return pairs


def _neighbours(single: Token, other: tuple[Token, ...], free: set[int]) -> tuple[range, float] | None:
    for size in (2, 3):
        for start in range(len(other) - size + 1):
            run = range(start, start + size)
            parts = other[start : start + size]
            if abs(sum(len(t.text) for t in parts) - len(single.text)) > MOST_LONGER:
                continue
            if not all(j in free or other[j].weight <= 0.2 for j in run) or not any(j in free for j in run):
                continue
            if single.abjad == parts[0].abjad:
                alike = written_as_one(parts, single)
            else:
                alike = word(single, token_of("".join(t.text for t in parts), parts[0].abjad))
                alike = alike if alike >= JOIN_FIRST else 0.0
            if alike >= JOINED:
                return run, alike - 0.02
    return None


SHARE = 0.6
FEW_LETTERS = 8
"""Letters of the words in common that are few where a name has other words besides."""
MOST_LEFT = 1.5
"""Words left over on one side weigh so many times those in common at most, or it is another name."""
TELLING = 1.8
"""Weight of the words in common that is little where a name has other words besides: two frequent names."""
LITTLE_TOLD = 0.15
"""What that costs; few letters in common cost half of it."""
ONE_WORD = 0.05
"""What it costs when the name of a firm is a single word of one that has more words of its own."""
WEAKLY_TOLD = 0.1
"""What it costs when two words in common or fewer are a word and an initial, or alike by some consonants only."""
SURELY, FREQUENT_LEFT = 0.86, 0.7
"""Likeness from which on a word without vowels is surely the other; weight of a word left over that counts."""
WEAKEST = 0.3
"""Share of the least alike pair of words in the quality of a match."""
OTHER = 0.6
"""Most that two names get of which each has a carrying word that the other lacks."""
ACRONYM = 0.9
"""A name and its initials."""
LEAST_LOST = 0.3
CARRYING_BUSINESS = 0.9


MATCH_THRESHOLD = 0.85
"""The one default of policy `match_threshold`: scores of all kinds of party are brought to this scale."""
REVIEW_THRESHOLD = 0.70
"""The default of policy `review_threshold`: equal names with birth dates years apart are still looked at, other names are not."""
PERSON_THRESHOLD = 0.73
"""Raw likeness of two persons that is shown as 0.85; docs/screening.md has the curve."""
ORGANISATION_THRESHOLD = 0.82
"""The same for all others."""


def scaled(raw: float, threshold: float) -> float:
    """A raw likeness on the common scale, where ``threshold`` is 0.85, 0 is 0 and 1 is 1."""
    if raw <= 0.0:
        return 0.0
    if raw < threshold:
        return raw / threshold * MATCH_THRESHOLD
    return 1.0 - (1.0 - min(raw, 1.0)) / (1.0 - threshold) * (1.0 - MATCH_THRESHOLD)


def carries(token: Token, business: bool) -> bool:
    """Whether a word tells parties apart: without it in the other name the two are hardly one."""
    if business:
        return token.business_weight >= CARRYING_BUSINESS
    return token.weight >= LEAST_LOST and token.patronymic is None


def person_score(query: Name, candidate: Name) -> float:
    """Likeness of two names of persons in any order of words; one word alone never matches a longer name."""
    return person_alignment(query, candidate)[0]


def person_alignment(query: Name, candidate: Name) -> tuple[float, Alignment]:
    """The score and what it rests on."""
    left = query.core if query.form == "SOLE" else query.whole
    right = candidate.core if candidate.form == "SOLE" else candidate.whole
    found = align(left, right, person_word, business=False)
    pairs = found.pairs
    matched = sum(p.weight for p in pairs)
    told = [p for p in pairs if p.weight > 0.25]
    own = [p for p in told if not p.father]
    strong = sum(p.weight for p in own if p.likeness > INITIAL or min(len(p.left), len(p.right)) > 1)
    lost_left, lost_right = _lost(found.left), _lost(found.right)
    alone = lost_left < 0.25 and lost_right < 0.25
    if not pairs or (strong < 1.25 and not alone and (strong < 0.7 or len(own) < 2)):
        return 0.0, found
    quality = sum(p.weight * p.likeness for p in pairs) / matched
    weakest = min(p.likeness for p in told or pairs) if strong else 0.0
    quality = (1 - WEAKEST) * quality + WEAKEST * weakest
    both, one = min(lost_left, lost_right), abs(lost_left - lost_right)
    score = quality - 0.55 * both / (matched + both) - SHARE * (one / (matched + one)) ** 2
    if one >= 0.7 and strong < TELLING:
        score -= LITTLE_TOLD
    elif one >= 0.7 and sum(len(p.right) for p in told) < FEW_LETTERS:
        score -= LITTLE_TOLD / 2
    if len(told) <= 2 and _weakly_told(told, own, one, _other_alphabets(left, right)):
        score -= WEAKLY_TOLD
    if one > MOST_LEFT * matched or _other(found, business=False):
        score = min(score, OTHER)
    return scaled(score, PERSON_THRESHOLD), found


def _other_alphabets(left: tuple[Token, ...], right: tuple[Token, ...]) -> bool:
    """Whether one name comes from a script that leaves out vowels and the other does not."""
    return bool(left and right) and left[0].abjad is not right[0].abjad


def _weakly_told(told: list[Aligned], own: list[Aligned], one: float, bones: bool) -> bool:
    """Whether two words or fewer in common are too little: one and an initial; by consonants alone, and not all of them."""
    if len(own) > 1 and sum(min(len(p.left), len(p.right)) > 1 for p in own) < 2:
        return True
    weak = sum(p.likeness < SURELY for p in told)
    return bones and (weak > 1 or (weak > 0 and one >= FREQUENT_LEFT))


def _lost(rest: tuple[Token, ...]) -> float:
    """Weight of the unaligned words of a person's name: a patronymic or particle weighs little."""
    return sum(0.35 if token.patronymic else token.weight for token in rest)


def organisation_score(query: Name, candidate: Name) -> float:
    """Likeness of two names of firms, ships or bodies: weighted coverage both ways; legal forms carry nothing."""
    return organisation_alignment(query, candidate)[0]


def organisation_alignment(query: Name, candidate: Name) -> tuple[float, Alignment]:
    """The score and what it rests on."""
    left, right = query.core, candidate.core
    found = align(left, right, business_word, business=True)
    penalty = _form_penalty(query, candidate)
    if (query.distinctive or len(query.core) > 1) and not query.joined.isdisjoint(candidate.joined):
        return scaled(1.0 - penalty, ORGANISATION_THRESHOLD), found
    pairs = found.pairs
    matched = sum(p.weight for p in pairs)
    if not pairs:
        return (ACRONYM, found) if _acronym(left, right) or _acronym(right, left) else (0.0, found)
    quality = sum(p.weight * p.likeness for p in pairs) / matched
    lost_left = sum(t.business_weight for t in found.left)
    lost_right = sum(t.business_weight for t in found.right)
    if not any(p.weight >= 0.6 for p in pairs) and (found.left or found.right):
        return 0.0, found
    if any(t.text.isdigit() for t in found.left) and any(t.text.isdigit() for t in found.right):
        lost_left, lost_right = max(lost_left, 1.0), max(lost_right, 1.0)
    both, one = min(lost_left, lost_right), abs(lost_left - lost_right)
    if _contrary(found):
        both *= 1.5
    score = quality - 0.6 * both / (matched + both) - 0.25 * one / (matched + one) - penalty
    if min(len(left), len(right)) == 1 and any(carries(t, business=True) for t in (*found.left, *found.right)):
        score -= ONE_WORD
    if _other(found, business=True):
        score = min(score, OTHER)
    return scaled(score, ORGANISATION_THRESHOLD), found


def _other(found: Alignment, business: bool) -> bool:
    if any(carries(t, business) for t in found.left) and any(carries(t, business) for t in found.right):
        return True
    return not business and any(t.patronymic for t in found.left) and any(t.patronymic for t in found.right)


def _contrary(found: Alignment) -> bool:
    """Whether both sides say what kind of firm it is, and not the same."""
    return any(t.meaning is not None for t in found.left) and any(t.meaning is not None for t in found.right)


def _acronym(short: tuple[Token, ...], full: tuple[Token, ...]) -> bool:
    if len(short) != 1 or len(full) < 3 or len(short[0].text) < 3:
        return False
    letters = "".join(t.text[0] for t in full)
    return short[0].text in (letters, "".join(t.text[0] for t in full if t.business_weight > 0.1))


def _form_penalty(query: Name, candidate: Name) -> float:
    differ = (
        query.form and candidate.form and query.form != candidate.form and "BRANCH" not in (query.form, candidate.form)
    )
    return 0.05 if differ else 0.0
