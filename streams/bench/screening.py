"""`bench screening`: names a second against whole lists, on a stream as in life, and how the cost grows with the list."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from msgspec import Struct

from streams.bench.process import resident_bytes
from streams.bench.site import tell
from streams.model.reference import ListedName, ListedParty
from streams.screening import names
from streams.screening.match import Screener

TARGETS = {"distinct_per_s": 20_000, "zipf_per_s": 500_000, "p99_us": 1_000, "growth": 2.0}
"""Names a second and core, microseconds of the slowest in a hundred, cost at the longest list over that at the shortest."""
_ONSETS = (
    "b",
    "d",
    "g",
    "k",
    "m",
    "n",
    "r",
    "s",
    "t",
    "v",
    "z",
    "sh",
    "ch",
    "kh",
    "zh",
    "l",
    "p",
    "f",
    "st",
    "kr",
    "h",
    "j",
)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ya")
_ENDS = (
    "ov",
    "ev",
    "in",
    "sky",
    "enko",
    "bek",
    "ova",
    "uly",
    "yan",
    "dze",
    "li",
    "man",
    "",
    "an",
    "son",
    "ez",
    "ani",
    "ur",
)
_GIVEN_WORDS, _FAMILY_WORDS = 4_000, 400_000


class ScreeningPlan(Struct, frozen=True, kw_only=True):
    """What is measured: how many questions, lengths of the invented lists, ``seed`` of what is invented."""

    questions: int = 20_000
    stream: int = 500_000
    lengths: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    seed: int = 1


class Namer:
    """Invents names of persons: frequent words are as frequent as in life (the n-th word about 1/n of the time)."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)

    def names(self, count: int) -> list[str]:
        """So many different names of two or three words."""
        found: dict[str, None] = {}
        rng = self._rng
        (given, given_often), (family, family_often) = _vocabulary()
        while len(found) < count:
            words = rng.choices(given, cum_weights=given_often, k=1 if rng.random() < 0.6 else 2)
            words += rng.choices(family, cum_weights=family_often)
            found[" ".join(words).title()] = None
        return list(found)


@cache
def _vocabulary() -> tuple[tuple[list[str], list[float]], tuple[list[str], list[float]]]:
    """Given names and family names, each with its summed frequencies."""
    rng = Random(0)
    given = [_word(rng, 1, 2) for _ in range(_GIVEN_WORDS)]
    family = [_word(rng, 1, 3) + rng.choice(_ENDS) for _ in range(_FAMILY_WORDS)]
    return (
        (given, list(accumulate(1 / (20 + n) for n in range(_GIVEN_WORDS)))),
        (family, list(accumulate(1 / (200 + n) for n in range(_FAMILY_WORDS)))),
    )


def _word(rng: Random, least: int, most: int) -> str:
    return "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.randint(least, most))) + rng.choice(
        ("", "n", "r", "l", "s", "m")
    )


def parties_of(listed: Iterable[str]) -> list[ListedParty]:
    """A listed person of each name."""
    return [
        ListedParty(id=f"B{n}", list="BENCH", schema="Person", names=(ListedName(name),), measures=("FREEZE",))
        for n, name in enumerate(listed)
    ]


def forget() -> None:
    """Drop what is kept of words and names, so that each question is a new one."""
    names.name_of.cache_clear()
    names.token_of.cache_clear()


def timed(screener: Screener, questions: Sequence[str]) -> dict[str, float]:
    """CPU microseconds of questions that were never asked before: mean, median, 99th of 100, the slowest; and hits."""
    forget()
    each: list[int] = []
    hits = 0
    clock = time.perf_counter_ns
    began = time.process_time()
    for name in questions:
        start = clock()
        found = screener.screen(name, schema="Person")
        each.append(clock() - start)
        hits += bool(found)
    spent = time.process_time() - began
    each.sort()
    at = [each[min(len(each) - 1, int(len(each) * share))] / 1e3 for share in (0.5, 0.99, 1.0)]
    return {
        "per_s": round(len(questions) / spent), "mean_us": round(spent / len(questions) * 1e6, 1), "p50_us": round(at[0], 1),
        "p99_us": round(at[1], 1), "max_us": round(at[2], 1), "with_hits": hits,
    }  # fmt: skip


def zipf(questions: Sequence[str], count: int, seed: int) -> list[str]:
    """A stream in which the n-th party is asked about 1/n of the time."""
    weights = list(accumulate(1 / (1 + n) for n in range(len(questions))))
    return Random(seed).choices(questions, cum_weights=weights, k=count)


def _stream_per_s(screener: Screener, stream: Sequence[str]) -> int:
    screen = screener.screen
    began = time.process_time()
    for name in stream:
        screen(name, None, None, None, "Person")
    return round(len(stream) / (time.process_time() - began))


def _built(parties: Sequence[ListedParty]) -> tuple[Screener, dict[str, float]]:
    forget()
    gc.collect()
    before, began = resident_bytes(os.getpid()), time.process_time()
    screener = Screener(parties)
    spent = time.process_time() - began
    return screener, {
        "names": screener.listed_names,
        "build_s": round(spent, 1),
        "memory_mb": round((resident_bytes(os.getpid()) - before) / 1e6, 1),
    }


def run_screening(plan: ScreeningPlan, folder: Path | None, questions: Sequence[str] = ()) -> dict[str, Any]:
    """The report: against the list files of a folder (with these questions, or invented ones), and how the cost grows."""
    report: dict[str, Any] = {"targets": TARGETS}
    asked = list(dict.fromkeys(questions)) or Namer(plan.seed + 1).names(plan.questions)
    if folder is not None:
        from streams.bench.screening_lists import listed_parties

        report["lists"] = _against(listed_parties(folder), asked, plan)
    report["by_length"] = list(_growth(plan))
    means = [row["mean_us"] for row in report["by_length"]]
    report["growth"] = round(means[-1] / means[0], 2)
    return report


def _against(parties: Sequence[ListedParty], asked: Sequence[str], plan: ScreeningPlan) -> dict[str, Any]:
    tell(f"{len(parties):,} listed parties: building the index")
    screener, built = _built(parties)
    found: dict[str, Any] = {**built, "distinct": timed(screener, asked)}
    found["zipf_per_s"] = _stream_per_s(screener, zipf(asked, plan.stream, plan.seed))
    return found


def _growth(plan: ScreeningPlan) -> Iterator[dict[str, Any]]:
    namer = Namer(plan.seed)
    pool = namer.names(max(plan.lengths) + plan.questions)
    asked = pool[-plan.questions :]
    for length in plan.lengths:
        tell(f"{length:,} invented listed names")
        screener, built = _built(parties_of(pool[:length]))
        yield {**built, **timed(screener, asked)}
        del screener
