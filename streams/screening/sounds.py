"""How a word sounds: romanisations of one name fall together, whoever wrote them.

A word in plain ASCII becomes a string of phonemes, one character each: S is sh, C is ch, Z is zh, T is ts,
H is kh; everything else is itself. Where one spelling is read in two ways (Czech and German ch, Slavic and
English j, Swedish tj and sj) a word has several *readings*. Under the phonemes lies a coarser level of sound
*classes* (b/p, d/t, g/h/k, s/sh/z..., one vowel) and the *skeleton*, the consonants of it: Arabic and Hebrew
write little else.
"""

from __future__ import annotations

import re
from itertools import groupby

_WITH_H = (
    ("shtsh", "SC"), ("schtsch", "SC"), ("shch", "SC"), ("stch", "SC"), ("chtch", "SC"), ("tsch", "C"), ("tch", "C"), ("dzh", "Z"),
    ("dsch", "Z"), ("zh", "Z"), ("sh", "S"), ("th", "t"), ("dh", "d"), ("kh", "H"), ("gh", "g"), ("ph", "f"),
)  # fmt: skip
_WITH_Z = (("szcz", "SC"), ("cz", "C"), ("sz", "S"), ("tz", "T"))
_OTHERS = (("dj", "Z"), ("ts", "T"), ("ck", "k"), ("qu", "k"))
_LETTERS = str.maketrans({"x": "ks", "q": "k", "w": "v", "y": "i", "j": "i"})
_SWEDISH = (("sjtj", "SC"), ("stj", "SC"), ("tj", "C"), ("sj", "S"), ("zj", "Z"))
_HARD = (("schtsch", "SC"), ("tsch", "C"), ("sch", "S"), ("ch", "C"))
_BREATHED = (("schtsch", "SC"), ("tsch", "C"), ("sch", "S"), ("ch", "H"))
_CLASSES = str.maketrans({
    "b": "p", "d": "t", "g": "k", "h": "k", "H": "k", "f": "v", "S": "s", "C": "s", "Z": "s", "T": "s", "z": "s",
    "e": "a", "i": "a", "o": "a", "u": "a", "y": "a",
})  # fmt: skip
_SOFT_C = re.compile(r"c(?=[ei])")
_SOFT = re.compile(r"(?<=.)i+(?=[aeou])")
_BELARUSIAN = re.compile(r"(?<=..)(?<=[aoe])u(?=n[aei]|$|s)")
_ENDING_IN_U = ("ou", "au", "eu")
_OFF = re.compile(r"(?<=[oeia])f+$")
_CZECH = re.compile(r"(?<=ov|ev|in|nk|ck|sk)ova$")
_BARE = str.maketrans({**dict.fromkeys("aeiouyv"), "H": "h"})
_VOWELS = frozenset("aeiouyv")
_NO_VOWELS = str.maketrans("", "", "a")


def _replaced(word: str, table: tuple[tuple[str, str], ...]) -> str:
    for old, new in table:
        if old in word:
            word = word.replace(old, new)
    return word


def once(word: str) -> str:
    """Doubled letters once."""
    return "".join([letter for letter, _ in groupby(word)])


def _settled(word: str) -> str:
    """What is the same in all readings: soft vowels, endings, doubled letters."""
    if "h" in word:
        word = _replaced(word, _WITH_H)
    if "z" in word:
        word = _replaced(word, _WITH_Z)
    word = _replaced(word, _OTHERS).translate(_LETTERS)
    if "c" in word:
        word = _SOFT_C.sub("s", word).replace("c", "k")
    if "i" in word:
        if word[:2] == "ie":
            word = word[1:]
        word = _SOFT.sub("", word)
    word = once(word)
    if word[-1:] == "f":
        word = _OFF.sub("v", word)
    elif len(word) > 4 and "u" in word:
        word = _BELARUSIAN.sub("v", word)
    return word


def readings(word: str) -> tuple[str, ...]:
    """The phonemes of a plain word, the likeliest reading first, four at most.

    >>> readings("khasanov")[0] in readings("chasanov")
    True
    """
    words = [word]
    if "j" in word:
        words = [_replaced(word, _SWEDISH), word.replace("dj", "Z").replace("j", "Z")]
        if ("tja" in word or "sja" in word or "zja" in word or "tje" in word or "sje" in word) and words[0] != word:
            words.append(word.replace("j", "i"))
    if "ch" in word:
        words = [_replaced(w, table) for table in (_HARD, _BREATHED) for w in words]
    if "c" in word and any("c" in w for w in words):
        words += [re.sub(r"c(?!h)", "T", w) for w in words[:1]]
    if word[0] == "x":
        words.append("S" + word[1:])
    found = [_settled(w) for w in words[:4]]
    if word.endswith(_ENDING_IN_U) and found[0][-1:] == "v":
        found.append(found[0][:-1] + "u")
    if word[-1:] == "f" and found[0][-1:] == "v":
        found.append(found[0][:-1] + "f")
    if "ph" in word:
        found.append(_settled(words[0].replace("ph", "p")))
    if word.endswith("ova") and len(word) > 7:
        found += [_CZECH.sub("a", w) for w in found[:1]]
    return tuple(dict.fromkeys(found))


def classes(phonemes: str) -> str:
    """The sound classes of a string of phonemes, doubled ones once."""
    return once(phonemes.translate(_CLASSES))


def skeleton(sound_classes: str) -> str:
    """The consonants of a string of sound classes (an h at the end is not heard)."""
    return sound_classes.translate(_NO_VOWELS)


def consonants(phonemes: str) -> str:
    """The consonants of a word in phonemes, with a sign for a vowel in front.

    An h at the end is not heard, and v counts as a vowel: Arabic writes u, but f at the end.
    """
    bare = phonemes.translate(_BARE)
    if phonemes[-1:] == "v":
        bare += "f"
    elif bare[-1:] == "h" and len(bare) > 2:
        bare = bare[:-1]
    return "a" + bare if phonemes[:1] in _VOWELS else bare
