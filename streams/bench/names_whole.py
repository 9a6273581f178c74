"""Whole-list figures: how many mangled listed names are found, and how many invented people are hit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from streams.reference.loaders.words import country_of
from streams.screening.match import MATCH_THRESHOLD, Screener

POSITIVES, NEGATIVES = "screen_positives_un_*.jsonl", "screen_negatives_*.jsonl"


class Asked(Struct, frozen=True):
    """A person of a set: name, birth date and country where they are stated."""

    name: str
    birth_date: str | None
    country: str | None


class WholeList(Struct, frozen=True):
    """One set against the whole list: how many names, how many have a hit by name alone, and with what is stated."""

    set: str
    expected: bool
    names: int
    by_name: int
    with_qualifiers: int

    @property
    def share(self) -> float:
        """Share of the set (0-1) with a hit, all that is stated taken into account."""
        return self.with_qualifiers / self.names if self.names else 0.0


def people(path: Path) -> list[Asked]:
    """The people of a JSON-lines file, each once."""
    found: dict[Asked, None] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line) if line.strip() else {}
            if isinstance(row.get("query"), str):
                country = country_of(row.get("nationality") or "")
                found[Asked(row["query"], row.get("dob") or None, country)] = None
    return list(found)


def against_lists(screener: Screener, directory: Path) -> Iterator[WholeList]:
    """The rows of all sets of people in a directory."""
    for pattern, expected in ((POSITIVES, True), (NEGATIVES, False)):
        for path in sorted(directory.glob(pattern)):
            asked = people(path)
            yield WholeList(
                path.stem, expected, len(asked),
                sum(_hit(screener, Asked(a.name, None, None)) for a in asked), sum(_hit(screener, a) for a in asked),
            )  # fmt: skip


def _hit(screener: Screener, asked: Asked) -> bool:
    hits = screener.screen(asked.name, asked.country, asked.birth_date, schema="Person")
    return bool(hits) and hits[0].score >= MATCH_THRESHOLD
