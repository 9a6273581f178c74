"""The arithmetic of the benchmarks: percentiles, medians of repeated runs, rates between two looks, ratios."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct


class Sample(Struct, frozen=True):
    """One look at a working process: when (s), how many events its group has committed, its CPU time so far (s)."""

    at: float
    committed: int
    cpu_s: float


class Figure(Struct, frozen=True):
    """What one contender did: events per second, per second of CPU time, and how many events were counted."""

    per_s: float
    per_cpu_s: float
    events: int


class NotMeasurable(ValueError):
    """Too little happened between the first commit and the last for a rate."""


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` per cent of the values do not exceed (nearest rank). Raises ValueError for none."""
    if not values:
        raise ValueError("no values")
    if not 0 < share <= 100:
        raise ValueError(f"share {share}: expected more than 0 and at most 100 per cent")
    return sorted(values)[math.ceil(share / 100 * len(values)) - 1]


def figure_of(samples: Iterable[Sample]) -> Figure:
    """The rate from the first commit that was seen to the last one.

    What was committed by the first commit is not counted, nor is the time before it: start-up and restore are left
    out, the same way for every contender. Raises NotMeasurable.
    """
    looks = [s for s in samples if s.committed > 0]
    if not looks:
        raise NotMeasurable("nothing was committed")
    first = looks[0]
    last = next(s for s in looks if s.committed == looks[-1].committed)
    events, span_s, cpu_s = last.committed - first.committed, last.at - first.at, last.cpu_s - first.cpu_s
    if events <= 0 or span_s <= 0 or cpu_s <= 0:
        raise NotMeasurable("all was committed at once; give it more events (--events)")
    return Figure(round(events / span_s, 1), round(events / cpu_s, 1), events)


def median_figure(figures: Sequence[Figure]) -> Figure:
    """Each rate as the median over repeated runs; ``events`` of one run. Raises ValueError for none."""
    if not figures:
        raise ValueError("no figures")
    return Figure(
        round(statistics.median(f.per_s for f in figures), 1),
        round(statistics.median(f.per_cpu_s for f in figures), 1),
        round(statistics.median(f.events for f in figures)),
    )


def ratios_of(rounds: Sequence[Mapping[str, Figure]], of: str, to: Sequence[str]) -> dict[str, float]:
    """``of/x`` in events per second for each ``x`` that was measured beside it: median of the ratios of each round.

    A ratio is taken within a round, as what else the machine does changes from round to round.
    """
    out = {}
    for name in to:
        found = [r[of].per_s / r[name].per_s for r in rounds if of in r and name in r]
        if found:
            out[f"{of}/{name}"] = round(statistics.median(found), 3)
    return out
