"""How alike two names are, 0 to 1.

Words are aligned one to one; persons and organisations differ in what an unaligned word means. A name
with words of its own on *both* sides is another name (two brothers, two firms of one group), whatever
else they share.
"""

from __future__ import annotations

from rapidfuzz.distance import OSA

from streams.screening.names import VARIANT_OF, Name, Token

OTHER = 0.5
"""Score at most given to names that each have a word which the other lacks."""


def person_score(query: Name, candidate: Name) -> float:
    """Likeness of two names of persons in any order of words; needs two words in common.

    A patronymic may be absent on one side; two different ones are two people. One word alone never matches.
    """
    left, right = query.whole, candidate.whole
    if query.form == "SOLE":
        left = query.core
    pairs, rest_left, rest_right = _align(left, right)
    full = sum(1 for a, b, _ in pairs if min(len(a.text), len(b.text)) > 1)
    if full < 2 and not (full == 1 and len(pairs) >= 2):
        return 0.0
    quality = sum(likeness for _, _, likeness in pairs) / len(pairs)
    lost_left, lost_right = _lost(rest_left), _lost(rest_right)
    if lost_left >= 0.25 and lost_right >= 0.25:
        return min(OTHER, quality)
    lost = lost_left + lost_right
    coverage = len(pairs) / (len(pairs) + lost)
    initials = 0.06 * (len(pairs) - full)
    return max(0.0, quality * (0.75 + 0.25 * coverage) - initials)


def organisation_score(query: Name, candidate: Name) -> float:
    """Likeness of two names of firms, ships or bodies: weighted coverage both ways; legal forms carry nothing."""
    if set(query.joined) & set(candidate.joined) and (query.distinctive or len(query.core) > 1):
        exact = 1.0 if query.distinctive or len(query.core) > 2 else 0.9
        return exact - _form_penalty(query, candidate)
    pairs, rest_left, rest_right = _align(query.core, candidate.core, organisations=True)
    if not any(min(a.weight, b.weight) >= 0.9 for a, b, _ in pairs):
        if not pairs or rest_left or rest_right:
            return 0.0
        return (0.9 if len(pairs) > 1 else 0.0) - _form_penalty(query, candidate)
    if any(t.weight >= 0.9 for t in rest_left) and any(t.weight >= 0.9 for t in rest_right):
        return OTHER
    matched = sum((a.weight + b.weight) / 2 for a, b, _ in pairs)
    quality = sum((a.weight + b.weight) / 2 * likeness for a, b, likeness in pairs) / matched
    of_left = matched / (matched + sum(t.weight for t in rest_left))
    of_right = matched / (matched + sum(t.weight for t in rest_right))
    score = quality * 2 * of_left * of_right / (of_left + of_right)
    if len(pairs) == 1 and quality < 1:
        score = min(score, 0.84)
    return max(0.0, score - _form_penalty(query, candidate))


def _form_penalty(query: Name, candidate: Name) -> float:
    differ = (
        query.form and candidate.form and query.form != candidate.form and "BRANCH" not in (query.form, candidate.form)
    )
    return 0.05 if differ else 0.0


def _lost(rest: list[Token]) -> float:
    """Weight of the unaligned words of a person's name: a patronymic or particle weighs little."""
    return sum(0.2 if token.patronymic else min(token.weight, 1.0) if token.weight < 0.3 else 1.0 for token in rest)


def _align(
    left: tuple[Token, ...], right: tuple[Token, ...], organisations: bool = False
) -> tuple[list[tuple[Token, Token, float]], list[Token], list[Token]]:
    """Best pairs of words first (ties by position), and what is left on each side."""
    scored = []
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            likeness = token_likeness(a, b, organisations)
            if likeness > 0:
                scored.append((-likeness, -min(len(a.text), len(b.text)), abs(i - j), i, j))
    scored.sort()
    used_left: set[int] = set()
    used_right: set[int] = set()
    pairs = []
    for negative, _, _, i, j in scored:
        if i not in used_left and j not in used_right:
            used_left.add(i)
            used_right.add(j)
            pairs.append((left[i], right[j], -negative))
    rest_left = [t for i, t in enumerate(left) if i not in used_left]
    rest_right = [t for j, t in enumerate(right) if j not in used_right]
    return pairs, rest_left, rest_right


def token_likeness(a: Token, b: Token, organisations: bool = False) -> float:
    """Likeness of two words, 0 when they are different: equal folds 1, an initial 0.9, edits up to a limit by length."""
    if a.folds[0] == b.folds[0] or not set(a.folds).isdisjoint(b.folds):
        return 1.0
    if a.text.isdigit() or b.text.isdigit():
        return 0.0
    if len(a.text) == 1 or len(b.text) == 1:
        same = a.folds[0][:1].lower() == b.folds[0][:1].lower()
        return 0.9 if same and not organisations else 0.0
    if a.patronymic and b.patronymic:
        return 1.0 if a.patronymic == b.patronymic else _edited(a.patronymic, b.patronymic)
    variant = VARIANT_OF.get(a.folds[0])
    if variant is not None and variant == VARIANT_OF.get(b.folds[0]):
        return 1.0
    if organisations and _opposite(a.text, b.text):
        return 0.0
    return max(_edited(x, y) for x in a.folds for y in b.folds)


def _opposite(a: str, b: str) -> bool:
    return (
        ("import" in a and "eksport" in b)
        or ("eksport" in a and "import" in b)
        or (("import" in a and "export" in b) or ("export" in a and "import" in b))
    )


def _edited(a: str, b: str) -> float:
    """One edit from four letters on, two from ten on; the first letter weighs double."""
    shorter = min(len(a), len(b))
    limit = 0 if shorter < 4 else 1 if shorter < 10 else 2
    if abs(len(a) - len(b)) > limit or not limit:
        return 0.0
    edits = OSA.distance(a, b, score_cutoff=limit)
    if edits > limit:
        return 0.0
    if a[0] != b[0]:
        edits += 1
    return 1 - edits / max(len(a), len(b))
