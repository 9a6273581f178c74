"""Facts on which several rules rest: whether goods are Russian, and over which events they were in Russia."""

from __future__ import annotations

from typing import Literal

from streams.model.events import Goods
from streams.rules.case import PAPER, Case

COUNTRY = "RU"


def russian_origin(line: Goods) -> Literal["yes", "no", "unknown"]:
    """Whether a line is of Russian origin, be it in part (contract 6(15)): a share not accounted for is unknown."""
    for o in line.origin:
        if o.country == COUNTRY and (o.share_pct is None or o.share_pct > 0):
            return "yes"
    if len(line.origin) == 1 and line.origin[0].share_pct is None:
        return "no"
    stated = sum(o.share_pct or 0.0 for o in line.origin)
    return "no" if stated >= 100 - 1e-6 else "unknown"


def stay_in_russia(case: Case) -> tuple[int, int] | None:
    """The actual events from entry into Russia to departure from it (contract 6(14)), by index; both count.

    Until a later event shows the goods elsewhere they are there still: the last event known is the end.
    """
    if COUNTRY not in case.countries:
        return None
    inside = [n for n in range(len(case.c.actual)) if case.place(n).country == COUNTRY]
    return inside[0], inside[-1] if _left(case, inside[-1]) else len(case.c.actual) - 1


def _left(case: Case, last: int) -> bool:
    """Whether the last event in Russia is the departure, or a later one shows the goods elsewhere."""
    actual = case.c.actual
    return actual[last].type == "DEPARTED" or any(
        case.place(n).country is not None and actual[n].type not in PAPER for n in range(last + 1, len(actual))
    )
