"""By what a word finds the words that are like it: two words that are alike share at least one key.

The keys follow from `likeness`, which calls words alike only when they differ by one edit of phonemes, when they
have the same consonants (in sound classes), when their consonants differ by one edit, when they are forms of one
given name, or translations of one business word. Initials have no keys.
"""

from __future__ import annotations

from streams.screening.names import Token
from streams.screening.sounds import classes
from streams.screening.syllables import romanised

LEAST_EDITED = 4
"""Phonemes from which on a word is the same with one edit."""
LEAST_BONES = 3
"""Consonants from which on they make a word whatever the vowels."""
LONG, MOST_IN_LONG = 7, 2
"""Phonemes from which on a word may differ in a vowel and a consonant, and how many edits that makes."""


def one_less(word: str) -> list[str]:
    """The word with any one character left out."""
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def word_keys(token: Token, business: bool) -> list[str]:
    """The keys of a word, with repetitions; none for an initial."""
    text = token.text
    if text.isdigit():
        return ["#" + text]
    if len(text) < 2:
        return ["#" + text] if business else []
    keys: list[str] = []
    if not business:
        keys += [f"={family}" for family in token.families]
        if token.patronymic is not None:
            keys.append("^" + token.patronymic)
            keys += ["^" + less for less in one_less(token.patronymic)]
    elif token.meaning is not None:
        keys.append(f"*{token.meaning}")
    keys.append("~" + romanised(text))
    if token.syllabic:
        return keys
    for sound in token.sounds:
        keys.append(sound)
        if len(sound) >= LEAST_EDITED:
            keys += one_less(sound)
        else:
            keys += ["/" + classes(sound), "/" + "".join(sorted(sound))]
    if len(token.sounds[0]) >= LONG:
        for bare in token.consonants:
            if len(bare) >= LEAST_BONES:
                bones = "." + bare
                keys.append(bones)
                if len(bare) >= LEAST_EDITED:
                    keys += one_less(bones)[1:]
    keys += [";" + bones for bones in token.skeletons if len(bones) >= LEAST_BONES]
    return keys


def cross_keys(token: Token) -> list[str]:
    """Further keys by which a word without vowels and one with them find each other."""
    if len(token.text) < 2 or token.text.isdigit():
        return []
    return ["," + (classes(bare) if len(bare) >= LEAST_BONES else bare) for bare in token.consonants if len(bare) > 1]
