"""Many pairs of small numbers, looked up by the first: 8 bytes each, where a dict of lists takes about a hundred.

Pairs are kept in sorted runs, each at least twice as long as the next, so that adding n of them costs about n log n
in all and a look-up is a binary search in a few runs.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left

_SHIFT = 32
_LOW = (1 << _SHIFT) - 1
_MOST_LOOSE = 20_000


class Pairs:
    """A multimap from numbers below 2**32 to numbers below 2**32; not thread-safe."""

    __slots__ = ("_loose", "_runs")

    def __init__(self) -> None:
        self._runs: list[array[int]] = []
        self._loose: array[int] = array("Q")

    def __len__(self) -> int:
        return sum(map(len, self._runs)) + len(self._loose)

    def add(self, first: int, second: int) -> None:
        """Add a pair; one that is there already may be found twice."""
        self._loose.append(first << _SHIFT | second)
        if len(self._loose) >= _MOST_LOOSE:
            self._settle()

    def get(self, first: int) -> list[int]:
        """The second numbers of all pairs with that first one, in no order."""
        if self._loose:
            self._settle()
        begin = first << _SHIFT
        found: list[int] = []
        for run in self._runs:
            at = bisect_left(run, begin)
            while at < len(run) and run[at] >> _SHIFT == first:
                found.append(run[at] & _LOW)
                at += 1
        return found

    def _settle(self) -> None:
        run = array("Q", sorted(self._loose))
        self._loose = array("Q")
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = array("Q", sorted([*self._runs.pop(), *run]))
        self._runs.append(run)
