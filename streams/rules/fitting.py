"""Whether a waiver fits at all: by the goods, the place and the holder (contract 6(11)); its conditions come after that."""

from __future__ import annotations

from collections.abc import Sequence

from streams.model.events import Goods, Party
from streams.model.identifiers import normal
from streams.model.reference import Waiver
from streams.rules.case import Case
from streams.rules.ports import Dealing


def covers(waiver: Waiver, line: Goods) -> bool:
    """Whether a waiver is for a line of goods, by the prefix of its code; without prefixes it is for all goods."""
    if not waiver.goods:
        return True
    code = normal("hs", line.hs) if line.hs else ""
    return code.startswith(waiver.goods)


def held(holder: str, parties: Sequence[Party]) -> bool:
    """Whether a party in any role has the holder's name or number."""
    wanted = _plain(holder)
    return any(
        _plain(p.name or "") == wanted
        or any(normal(kind, value) == normal(kind, holder) for kind, value in (p.identifiers or {}).items())
        for p in parties
    )


def _plain(name: str) -> tuple[str, ...]:
    """The words of a name in any order, without case and punctuation."""
    return tuple(sorted("".join(ch if ch.isalnum() else " " for ch in name.casefold()).split()))


def fits(case: Case, waiver: Waiver, dealing: Dealing, lines: Sequence[Goods]) -> bool:
    """Whether a waiver fits a dealing with these goods."""
    if not any(covers(waiver, line) for line in lines):
        return False
    place = dealing.place
    if waiver.places and not {place.unlocode, *place.unlocodes, place.iata, place.id}.intersection(waiver.places):
        return False
    if waiver.holder is None:
        return True
    return held(waiver.holder, case.c.parties_now() if dealing.at is None else case.c.parties_at(dealing.at))
