"""Chinese syllables in Latin letters: there are four hundred, so that any edit makes another one."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

_SYLLABLE = "(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|iao|ian|ang|eng|ong|ing|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|a|o|e|i|u)"
_WORD = re.compile(f"(?:{_SYLLABLE}){{1,2}}")


@lru_cache(maxsize=20_000)
def is_syllables(word: str) -> bool:
    """Whether a plain word may be one or two Chinese syllables.

    >>> is_syllables("xiaoming"), is_syllables("ivanov")
    (True, False)
    """
    return _WORD.fullmatch(word) is not None


_ROMANISED = (
    ("hs", "s"), ("x", "s"), ("zh", "j"), ("ch", "j"), ("q", "j"), ("ts", "j"), ("tz", "j"), ("c", "j"), ("z", "j"), ("ien", "ian"),
    ("eo", "o"), ("ou", "o"), ("oo", "o"), ("eu", "o"), ("u", "o"), ("ae", "e"), ("ee", "i"), ("yi", "i"),
    ("g", "k"), ("d", "t"), ("b", "p"), ("r", "l"), ("w", "v"),
)  # fmt: skip


@lru_cache(maxsize=100_000)
def romanised(word: str) -> str:
    """A Chinese or Korean word as all its romanisations have it (Pinyin and Wade-Giles, Revised and McCune-Reischauer).

    >>> romanised("yeongsig") == romanised("youngsik"), romanised("jeongsu") == romanised("seongsu")
    (True, False)
    """
    for spelling, sound in _ROMANISED:
        if spelling in word:
            word = word.replace(spelling, sound)
    return _once(word[:-1] if word[-1:] == "h" and len(word) > 1 else word)


def _once(word: str) -> str:
    return "".join([letter for letter, _ in groupby(word)])
