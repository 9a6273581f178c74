"""Which consignments a change of the law may touch: a cheap filter that never misses one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from streams.rules.law import Law


def touched(states: Iterable[tuple[str, bytes]], before: Law | None, after: Law) -> Iterator[str]:
    """The consignments whose decision may differ between two laws; all of them when ``before`` is None."""
    for ident, _ in states:
        yield ident
