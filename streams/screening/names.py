"""The forms in which two names are compared.

A name becomes tokens in plain ASCII, without its legal form; each token is *folded* so that the
families of romanisation fall together (shch/schtsch/щ, kh/h/x, zh/j, ts/c, ya/ia/ja, w/v, q/k, -off/-ov,
-skiy/-ski, doubled letters). Where a letter has two readings (j, x) a token has several folds; two tokens
are the same when they share one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from streams.screening.legal_forms import split_legal_form
from streams.screening.letters import plain

_FAMILIES = [(re.compile(pattern), to) for pattern, to in (
    (r"tech", "tekh"), (r"schtsch|shtsh|shch|stch|sjtj|szcz|stsj", "S"), (r"dzh|dsch|dj|zh|dsh", "Z"),
    (r"tsch|tch|tsj|ch", "C"), (r"sch", "S"),
    (r"sh|sj|sz", "S"), (r"ts|tz|cz", "T"), (r"kh|gh", "h"), (r"ph", "f"), (r"ck", "k"), (r"c(?=[eiy])", "T"), (r"c", "k"),
    (r"q", "k"), (r"w", "v"), (r"(?<=[oe])(ff|f|vv)$", "v"), (r"y|j", "i"), (r"(.)\1+", r"\1"),
    (r"(?<=[aeou])iu", "iu"), (r"i?e", "e"), (r"io", "e"), (r"(.)\1+", r"\1"),
)]  # fmt: skip
_READINGS = (("j", ("y", "zh")), ("x", ("ks", "kh")), ("c", ("c", "ts")))
_MOST_FOLDS = 8

_VARIANTS = """
    vladimir volodimir uladzimir; aleksandr oleksandr aliaksandr alaksandr aleksander; sergei serhii siarhei siarhe sergii;
    nikolai mikola mikalai mikolai; dmitri dmitro dzmitri dmitrii dmitriu; andrei andri andrii; aleksei oleksi oleksii aliaksei aleksi;
    mihail mihailo mihas mikhailo; pavel pavlo paval; petr petro piatro piotr; oleg oleh aleh; evgeni evhen iauhen evheni iuhen;
    igor ihor ihar; grigori hrihori rihor; gennadi henadi; georgi heorhi; anatoli anatol; elena olena alena helena;
    natalia natala nataliia; olga olha volha; tatiana tetiana taciana; anna hanna ganna; ekaterina katerina katsiarina;
    iuri iuriu iura iurii; konstantin kostiantin; maksim maksym; roman raman; ilia ilna illia; muhamed mohamed muhamad mohamad mohamed
"""
_SURE_PATRONYMIC = re.compile(
    r"^(.{3,}?)(ovich|evich|ovna|evna|ichna|inichna|uly|uli|ulu|kyzy|kizi|qizi|qyzy|ogly|oglu|ovych|yovych)$"
)
_TAIL = re.compile(r"[aeiouy]+$")

PARTICLES = frozenset([
    "al", "el", "ul", "bin", "ben", "ibn", "abu", "abd", "bint", "van", "von", "der", "den", "de", "da", "di", "du",
    "la", "le", "dos", "das", "and", "i", "und", "y",
])  # fmt: skip
"""Small words that carry next to nothing in a name."""
COMMON = frozenset([
    "trade", "trading", "group", "gruppa", "company", "kompaniya", "kompania", "co", "firm", "firma", "holding",
    "international", "internatsionalny", "global", "general", "invest", "investment", "investments", "kapital",
    "capital", "bank", "banka", "kommercheskiy", "kommertsbank", "service", "services", "servis", "logistics",
    "logistik", "logistika", "trans", "transport", "export", "eksport", "import", "stroy", "stroi", "stroitelnaya",
    "construction", "kurylys", "development", "industry", "industries", "industrial", "promyshlennaya", "prom",
    "energy", "energo", "energiya", "oil", "gas", "neft", "gaz", "coal", "ugol", "metal", "metall", "technology",
    "technologies", "tekhnologii", "tekhnologiya", "tech", "tekh", "system", "systems", "sistemy", "solutions",
    "consulting", "konsalting", "management", "finance", "finans", "financial", "insurance", "sk", "strakhovaya",
    "shipping", "marine", "maritime", "agency", "agro", "ltd", "union", "soyuz", "center", "centre", "tsentr",
    "zavod", "plant", "factory", "fabrika", "kombinat", "the", "of", "for", "and", "nk", "nc", "national",
    "natsionalnaya", "natsionalny", "joint", "production", "proizvodstvennaya", "enterprise", "enterprises",
    "predpriyatie", "dom", "house", "torgovy", "torgovyy", "ekspeditsiya", "forwarding", "supply", "snab", "optom",
    "sauda", "savdo", "equipment", "products", "produkt", "electronics", "elektronika", "engineering", "resources",
    "partners", "city", "world", "east", "west", "north", "south", "vostok", "zapad", "sever", "yug", "central",
    "new", "novy", "first", "plus", "pro", "express", "ekspress", "market",
])  # fmt: skip
"""Words that many firms bear: they never carry a match of their own."""
PLACES = frozenset([
    "russia", "rossiya", "russian", "rossiyskaya", "kazakhstan", "qazaqstan", "kazakstan", "kyrgyzstan",
    "uzbekistan", "tajikistan", "turkmenistan", "belarus", "ukraine", "azerbaijan", "georgia", "armenia", "turkey",
    "china", "dubai", "uae", "emirates", "moscow", "moskva", "almaty", "astana", "tashkent", "toshkent", "bishkek",
    "minsk", "kazakh", "moskovskiy", "ural", "sibir", "siberia", "asia", "aziya", "europe", "evropa", "eurasia",
    "evraziya", "caspian", "kaspiy", "baltic", "baltika", "eurasian", "evraziyskiy",
])  # fmt: skip
"""Words of geography: half the weight of a name proper."""


@lru_cache(maxsize=200_000)
def folds(token: str) -> tuple[str, ...]:
    """The folded readings of a plain token, the first being the usual one.

    >>> set(folds("shcherbakov")) & set(folds("schtscherbakow")) != set()
    True
    """
    readings = [token]
    for letter, values in _READINGS:
        if letter in token:
            source = rf"{letter}(?!h)" if letter == "c" else letter
            readings = [re.sub(source, value, reading) for reading in readings for value in values][:_MOST_FOLDS]
    return tuple(dict.fromkeys(_fold(reading) for reading in readings))


def _fold(token: str) -> str:
    for pattern, to in _FAMILIES:
        token = pattern.sub(to, token)
    return token.lower() if token.isdigit() else token


def _variant_table() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in _VARIANTS.split(";"):
        names = line.split()
        for name in names:
            for form in folds(name):
                table[form] = "~" + names[0]
    return table


VARIANT_OF = _variant_table()
"""Folded given name to its family (Oleg, Oleh and Aleh are one)."""


class Token(Struct, frozen=True):
    """A word of a name: as written in ASCII, its folds, its weight 0-1, and the stem of a patronymic."""

    text: str
    folds: tuple[str, ...]
    weight: float
    patronymic: str | None = None


class Name(Struct, frozen=True):
    """A name ready for comparison.

    ``whole`` are all tokens (how a person is compared), ``core`` those without legal forms, ``joined`` the core
    written as one word, ``form`` the class of the legal form, ``certain_form`` whether it can be nothing else.
    """

    text: str
    whole: tuple[Token, ...]
    core: tuple[Token, ...]
    joined: tuple[str, ...]
    form: str | None
    certain_form: bool

    @property
    def distinctive(self) -> bool:
        """Whether there is a word in it that is neither common nor geographic."""
        return any(token.weight >= 0.9 for token in self.core)


@lru_cache(maxsize=300_000)
def name_of(text: str) -> Name:
    """Take a name apart; never raises, a name without letters has no tokens."""
    words = tuple(word for word in _undot(plain(text)).split() if word)
    core, form, certain = split_legal_form(words)
    joined = folds("".join(core)) if 1 < len("".join(core)) <= 60 else ()
    return Name(text, tuple(map(_token, words)), tuple(map(_token, core)), joined, form, certain)


def _undot(text: str) -> str:
    return text.replace(".", " ")


@lru_cache(maxsize=200_000)
def _token(word: str) -> Token:
    return Token(word, folds(word), _weight(word), _patronymic_stem(word))


def _weight(word: str) -> float:
    if word in PARTICLES:
        return 0.25
    if word in COMMON or word in _COMMON_FOLDED or folds(word)[0] in _COMMON_FOLDED:
        return 0.35
    if word in PLACES:
        return 0.5
    return 0.4 if len(word) == 1 else 1.0


def _patronymic_stem(word: str) -> str | None:
    found = _SURE_PATRONYMIC.match(word)
    return _TAIL.sub("", folds(found[1])[0]) if found else None


_COMMON_FOLDED = frozenset(form for word in COMMON for form in folds(word)[:1])
