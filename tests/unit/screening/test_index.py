"""The index finds whoever comparing with everybody would find. `INDEX_QUERIES=5000` asks as many."""

from __future__ import annotations

import os
from random import Random
from typing import Literal

from streams.model.reference import ListedName, ListedParty
from streams.screening.match import MATCH_THRESHOLD, Screener
from streams.screening.names import name_of
from streams.screening.score import organisation_score, person_score

Schema = Literal["Person", "Organization"]
QUERIES = int(os.environ.get("INDEX_QUERIES", "150"))
LISTED = 300
LEAST_RECALL = 0.995
_GIVEN = [
    "Aleksandr",
    "Sergei",
    "Ivan",
    "Maria",
    "Olga",
    "Nursultan",
    "Aigul",
    "Dmitri",
    "Ali",
    "Mohammed",
    "Fatima",
    "Wei",
    "Abdulrahman",
    "Mikhail",
    "Yerlan",
    "Timur",
    "Hassan",
    "Natalia",
    "Pavel",
    "Oleg",
    "Viktor",
    "Zhanna",
    "Jean-Paul",
    "Abu",
    "José",
]
_TRADES = [
    "Trade",
    "Trading",
    "Logistics",
    "Group",
    "Invest",
    "Stroy",
    "Energo",
    "Metall",
    "Service",
    "Bank",
    "Agro",
    "Shipping",
]
_FORMS = ("LLC", "TOO", "OOO", "GmbH", "Ltd", "AO", "")
_ONSETS, _VOWELS = (
    ["b", "d", "g", "k", "m", "n", "r", "s", "t", "v", "z", "sh", "ch", "kh", "zh", "l", "p", "f", "st", "kr", "h"],
    ["a", "e", "i", "o", "u", "ai", "ya"],
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _word(rng: Random) -> str:
    parts = [rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.randint(2, 3))]
    return "".join(parts).title() + rng.choice(("", "n", "ov", "sky", "enko", "bek", "r"))


def _person(rng: Random) -> str:
    father = [rng.choice(_GIVEN[:5]) + "ovich"] if rng.random() < 0.2 else []
    middle = [rng.choice(_GIVEN)] if rng.random() < 0.3 else []
    particle = ["al"] if rng.random() < 0.1 else []
    return " ".join([rng.choice(_GIVEN), *middle, *father, *particle, _word(rng)])


def _firm(rng: Random) -> str:
    words = [_word(rng) for _ in range(rng.randint(1, 2))] + [rng.choice(_TRADES), rng.choice(_FORMS)]
    return " ".join(word for word in words if word)


def mistyped(name: str, rng: Random) -> str:
    """A name with one or two letters changed, dropped, doubled or swapped, words in another order or left out."""
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(name))
        name = rng.choice((
            name[:at] + rng.choice(_LETTERS) + name[at + 1 :], name[:at] + name[at + 1 :], name[: at + 1] + name[at:],
            name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :],
        ))  # fmt: skip
    words = name.split()
    if rng.random() < 0.3:
        rng.shuffle(words)
    if len(words) > 2 and rng.random() < 0.2:
        words.pop(rng.randrange(len(words)))
    if len(words) > 2 and rng.random() < 0.1:
        words[:2] = ["".join(words[:2])]
    return " ".join(words)


def _recall(person: bool, rng: Random) -> tuple[int, int]:
    listed = [_person(rng) if person else _firm(rng) for _ in range(LISTED)]
    schema: Schema = "Person" if person else "Organization"
    score = person_score if person else organisation_score
    screener = Screener([
        ListedParty(id=f"{n:04}", list="L", schema=schema, names=(ListedName(name),)) for n, name in enumerate(listed)
    ])  # fmt: skip
    wanted = found = 0
    for _ in range(QUERIES):
        query = mistyped(rng.choice(listed), rng)
        alike = {n for n, name in enumerate(listed) if score(name_of(query), name_of(name)) >= MATCH_THRESHOLD}
        hits = {int(hit.record.id) for hit in screener.screen(query, schema=schema) if hit.score >= MATCH_THRESHOLD}
        wanted += len(alike)
        found += len(alike & hits)
        assert hits <= alike
    return wanted, found


def test_persons_with_typing_errors_are_found_as_if_compared_with_everybody() -> None:
    wanted, found = _recall(person=True, rng=Random(1))
    assert wanted > QUERIES / 4
    assert found >= LEAST_RECALL * wanted


def test_firms_with_typing_errors_are_found_as_if_compared_with_everybody() -> None:
    wanted, found = _recall(person=False, rng=Random(2))
    assert wanted > QUERIES / 4
    assert found >= LEAST_RECALL * wanted
