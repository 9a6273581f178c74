"""Labelled pairs of names: reading the sets, scoring them, precision and recall at a threshold."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from streams.screening.match import similarity

PERSONS, ORGANISATIONS = "persons", "organisations"
FOLDS = 5
"""Parts of a cross-validation."""


class Pair(Struct, frozen=True):
    """Two names, what they belong to, and whether they are one party."""

    query: str
    candidate: str
    schema: str
    expected: bool

    @property
    def kind(self) -> str:
        """`persons`, or `organisations` for everything else (ships and bodies of an unknown kind as well)."""
        return PERSONS if self.schema == "Person" else ORGANISATIONS


class Scored(Struct, frozen=True):
    """A pair and its score."""

    score: float
    pair: Pair


class Quality(Struct, frozen=True):
    """Precision, recall and F1 (0-1) at a threshold, and how many pairs they rest on."""

    threshold: float
    precision: float
    recall: float
    f1: float
    pairs: int
    positives: int


def read_pairs(path: Path) -> list[Pair]:
    """The labelled pairs of a JSON-lines file; rows without a pair or without a label are passed over."""
    return list(_pairs(path))


def _pairs(path: Path) -> Iterator[Pair]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line) if line.strip() else {}
            query, candidate = row.get("query"), row.get("candidate")
            if isinstance(query, str) and isinstance(candidate, str) and isinstance(row.get("expected"), bool):
                yield Pair(query, candidate, row.get("schema", "LegalEntity"), row["expected"])


def score_pairs(pairs: Iterable[Pair]) -> list[Scored]:
    """Each pair with its score."""
    return [Scored(similarity(p.query, p.candidate, p.schema), p) for p in pairs]


def quality(scored: Sequence[Scored], threshold: float) -> Quality:
    """Precision, recall and F1 when pairs from ``threshold`` on are called one party."""
    hits = [s.pair.expected for s in scored if s.score >= threshold]
    true = sum(hits)
    positives = sum(s.pair.expected for s in scored)
    precision = true / len(hits) if hits else 1.0
    recall = true / positives if positives else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Quality(threshold, precision, recall, f1, len(scored), positives)


def best(scored: Sequence[Scored]) -> Quality:
    """The quality at the threshold (in steps of 0.01) with the highest F1."""
    return max((quality(scored, step / 100) for step in range(40, 101)), key=lambda q: (q.f1, q.threshold))


def curve(sets: Sequence[Sequence[Scored]], steps: Iterable[float]) -> list[tuple[float, float, float]]:
    """For each threshold the mean F1 over sets (each set counts the same) and the worst."""
    found = []
    for step in steps:
        values = [quality(scored, step).f1 for scored in sets]
        found.append((step, sum(values) / len(values), min(values)))
    return found


def cross_validated(scored: Sequence[Scored], seed: int = 1) -> tuple[float, float, float]:
    """Mean F1 on parts that did not set the threshold, and the lowest and highest threshold chosen.

    The pairs are dealt into five parts by query, so that one query never sets and checks a threshold.
    """
    queries = sorted({s.pair.query for s in scored})
    random.Random(seed).shuffle(queries)
    part_of = {query: number % FOLDS for number, query in enumerate(queries)}
    values, thresholds = [], []
    for part in range(FOLDS):
        threshold = best([s for s in scored if part_of[s.pair.query] != part]).threshold
        held_out = [s for s in scored if part_of[s.pair.query] == part]
        if any(s.pair.expected for s in held_out):
            thresholds.append(threshold)
            values.append(quality(held_out, threshold).f1)
    return (sum(values) / len(values), min(thresholds), max(thresholds)) if values else (0.0, 0.0, 0.0)
