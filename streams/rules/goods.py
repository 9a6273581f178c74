"""Goods lists by HS prefix or dual-use control code: which entries a line of goods is on, may be on, or is not.

Immutable once built; look-ups are memoised because the same codes come again and again. Days are Brussels days.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from streams.model.events import Goods
from streams.model.identifiers import hs_successors
from streams.model.reference import GoodsEntry

_KEPT = 50_000
UNCODED = "?"
"""Among the lists of a line (`GoodsLists.lists_with`): it has no code."""


class GoodsHit(NamedTuple):
    """A goods line on a list: `entry` when it is, `short` when the code is too short to tell."""

    entry: GoodsEntry | None
    short: GoodsEntry | None


MISS = GoodsHit(None, None)


class GoodsLists:
    """Goods lists, matched by HS prefix or dual-use control code prefix."""

    def __init__(self, records: Iterable[GoodsEntry]) -> None:
        self.lists: dict[str, list[GoodsEntry]] = {}
        for record in sorted(records, key=lambda r: (-len(r.hs or ""), r.id)):
            self.lists.setdefault(record.list, []).append(record)
        self._memo: dict[tuple[str, str | None, str | None], tuple[GoodsEntry, ...]] = {}
        self._on: dict[tuple[str | None, str | None], frozenset[str]] = {}

    def lists_with(self, line: Goods) -> frozenset[str]:
        """The lists that, on some date, the line is on or may be on; `UNCODED` among them when it has no code."""
        key = (line.hs, line.dual_use)
        found = self._on.get(key)
        if found is None:
            if len(self._on) >= _KEPT:
                self._on.clear()
            names = {name for name in self.lists if self.candidates(name, line)}
            found = self._on[key] = frozenset(names if line.hs else {*names, UNCODED})
        return found

    def candidates(self, name: str, line: Goods) -> tuple[GoodsEntry, ...]:
        """The entries of a list, of any date, that the line is on or may be on."""
        key = (name, line.hs, line.dual_use)
        found = self._memo.get(key)
        if found is None:
            if len(self._memo) >= _KEPT:
                self._memo.clear()
            codes = hs_successors(line.hs) if line.hs else ()
            found = tuple(e for e in self.lists.get(name, ()) if _on(e, codes, line.dual_use) or _short(e, codes))
            self._memo[key] = found
        return found

    def match(self, name: str, line: Goods, day: int) -> GoodsHit:
        """Whether a line is on a list on a day."""
        candidates = self.candidates(name, line)
        if not candidates:
            return MISS
        codes = hs_successors(line.hs) if line.hs else ()
        short = None
        for entry in candidates:
            if entry.in_force(day):
                if _on(entry, codes, line.dual_use):
                    return GoodsHit(entry, None)
                short = short or entry
        return GoodsHit(None, short)


def _on(entry: GoodsEntry, codes: tuple[str, ...], dual_use: str | None) -> bool:
    if entry.dual_use and dual_use and dual_use.upper().startswith(entry.dual_use.upper()):
        return True
    if not entry.hs:
        return False
    return any(code.startswith(entry.hs) and not any(code.startswith(out) for out in entry.excluding) for code in codes)


def _short(entry: GoodsEntry, codes: tuple[str, ...]) -> bool:
    """A code shorter than the listed prefix, which it begins, cannot tell (contract 6(28))."""
    return bool(entry.hs) and any(len(c) < len(entry.hs or "") and (entry.hs or "").startswith(c) for c in codes)
