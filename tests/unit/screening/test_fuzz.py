"""No text makes the matcher fall over or dawdle. `NAME_FUZZ=1000000` runs as many."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

from streams.model.reference import ListedName, ListedParty
from streams.screening.keys import entry_words, keys_of, query_words
from streams.screening.match import Screener, similarity
from streams.screening.names import name_of

INPUTS = int(os.environ.get("NAME_FUZZ", "2000"))
LIMIT_S = 0.05
_PIECES = (
    "Ivan ", "Ivanovich ", "al-", "Abdul", "ООО «", "»", "ТОО ", "Қасым", "Жомарт ", "محمد ", "عبد الرحمن", "李 ", "王小明", "김정은 ",
    "Трейд", " LLC", " Ltd.", "A. ", "B.C.D.", "12", "VII ", "ß", "ı̇", "ﬁ", "\u0301" * 30, "\u202e", "\x00", "\ud800", "😀", " " * 50,
    "a" * 300, "ovich" * 40, "aeiou" * 50, "sch" * 80, "c" * 200, "j" * 120, "x y " * 60, "ab " * 100, ".", "-", "'", "\u0640" * 40,
    "Muhammad Ali " * 12, "Zarya Finans ", "ا" * 100, "abd" * 60, "Ⅷ", "①", "㍿", "trade bank " * 10,
)  # fmt: skip
_LISTED = (
    "Ivan Ivanovich Petrov", "Muhammad Ali Hassan", "عبد الرحمن محمد", "Kim Jong Un", "A B C D E F G H", "x y x y x y",
    "Muhammad Ali Muhammad Ali Muhammad Ali Muhammad Ali", "aeiou aeiou aeiou aeiou", "Abu Bakr al Baghdadi",
)  # fmt: skip
_FIRMS = (
    "Zarya Finans LLC",
    "Trade Bank",
    "AO NPO Zenit",
    "Trade Bank Trade Bank Trade Bank Invest Bank Zarya Finans",
    "ABC",
)


def _texts(seed: int, count: int) -> list[str]:
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        pieces = [
            draw.choice((*_PIECES, *_LISTED, chr(draw.randrange(0x20, 0x3000)))) for _ in range(draw.randint(1, 7))
        ]
        found.append("".join(pieces))
    return found


def _fastest(question: Callable[[], object]) -> float:
    """The least CPU time of three tries, seconds: the machine may be busy, the matcher may not be slow."""
    times = []
    for _ in range(3):
        name_of.cache_clear()
        began = time.thread_time()
        question()
        times.append(time.thread_time() - began)
    return min(times)


def _bounded(question: Callable[[], object]) -> None:
    began = time.thread_time()
    question()
    assert time.thread_time() - began < LIMIT_S or _fastest(question) < LIMIT_S


def _screener() -> Screener:
    persons = [
        ListedParty(id=f"P{n}", list="L", schema="Person", names=(ListedName(t),)) for n, t in enumerate(_LISTED)
    ]
    firms = [ListedParty(id=f"F{n}", list="L", names=(ListedName(t),)) for n, t in enumerate(_FIRMS)]
    return Screener([*persons, *firms])


def test_any_text_is_screened_at_once() -> None:
    screener = _screener()
    for text in _texts(1, INPUTS):
        _bounded(lambda text=text: screener.screen(text))  # type: ignore[misc]  # binds the text of this round


def test_any_two_texts_are_compared_at_once_and_score_between_0_and_1() -> None:
    texts = _texts(2, INPUTS)
    for a, b in zip(texts, reversed(texts), strict=True):
        _bounded(lambda a=a, b=b: similarity(a, b))  # type: ignore[misc]  # binds the texts of this round
        assert 0 <= similarity(a, b) <= 1


def test_any_text_may_be_listed_and_its_words_have_keys() -> None:
    for text in _texts(3, INPUTS // 10):
        for schema in ("Person", "Organization"):
            party = ListedParty(id="X", list="L", schema=schema, names=(ListedName(text),))
            assert all(keys_of(word) for wanted in entry_words(party) for group in wanted.groups for word in group)
            Screener([party]).screen(text)
        assert all(keys_of(word) is not None for word in query_words(text))
