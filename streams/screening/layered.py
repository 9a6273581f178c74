"""The index of a list of which a few entries changed: the large one as it was, and a small one of what is new.

Building an index over all listed names takes seconds; most days change a few dozen. A hit depends on the party and the record
alone, not on what else is listed, so both together answer as one index over all would.
"""

from __future__ import annotations

from collections.abc import Mapping

from streams.model.reference import ListedParty, Ownership
from streams.screening.match import Hit, Screener

Rows = Mapping[str, ListedParty | Ownership]
"""Records by their key."""
_FEW, _SHARE = 100, 0.05


class LayeredScreener:
    """A `Screener` over ``rows``, made from one over ``held``. Immutable."""

    def __init__(self, base: Screener, held: Rows, rows: Rows, floor: float) -> None:
        self._base = base
        self._gone = frozenset(key for key, row in held.items() if rows.get(key) is not row)
        self._top = Screener((row for key, row in rows.items() if held.get(key) is not row), floor)

    def screen(
        self,
        name: str | None,
        country: str | None = None,
        birth_date: str | None = None,
        identifiers: Mapping[str, str] | None = None,
        schema: str | None = None,
    ) -> tuple[Hit, ...]:
        """As `Screener.screen`."""
        hits = self._base.screen(name, country, birth_date, identifiers, schema)
        if hits and self._gone:
            hits = tuple(hit for hit in hits if hit.record.record_key not in self._gone)
        more = self._top.screen(name, country, birth_date, identifiers, schema)
        if not more:
            return hits
        return tuple(sorted((*hits, *more), key=lambda hit: (-hit.score, hit.record.record_key)))


def worth_layering(held: Rows, rows: Rows) -> bool:
    """Whether few enough records changed that two layers are cheaper than one index built anew."""
    changed = sum(1 for key, row in rows.items() if held.get(key) is not row) + sum(
        1 for key in held if key not in rows
    )
    return changed <= _FEW + _SHARE * len(held)
