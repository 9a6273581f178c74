"""Red flags whose troubles may be several: one finding per flag, every trouble a condition of it (contract 3.1(4))."""

from __future__ import annotations

from typing import NamedTuple

from streams.model.decision import Condition, Finding
from streams.model.events import Event
from streams.model.moments import brussels_day, iso_day
from streams.rules.case import Case

_TOLD = 3
"""So many troubles stand in the sentence of a finding; all of them are conditions."""


class Trouble(NamedTuple):
    """One reason to raise a flag: a clause, the event that shows it, its weight (0-100), the records it rests on."""

    because: str
    event: Event
    weight: int
    records: tuple[str, ...] = ()


def weight_of(case: Case, flag: str, day: int) -> int:
    """The least weight of a flag (F-id) on a Brussels day. Raises KeyError when `policy:flag_weights` does not name it."""
    return int(case.law.policy("flag_weights", day)[flag])


def on(event: Event) -> str:
    """The Brussels day of an event, as text."""
    return iso_day(brussels_day(event.occurred_at))


def flagged(case: Case, rule: str, flag: str, name: str, legal_basis: str, troubles: list[Trouble]) -> list[Finding]:
    """The finding of a flag, its subject the F-id, with the greatest of the weights; none without troubles.

    ``name`` is the condition that the troubles show not to be met.
    """
    if not troubles:
        return []
    told = "; ".join(t.because for t in troubles[:_TOLD])
    more = f"; and {len(troubles) - _TOLD} more" if len(troubles) > _TOLD else ""
    return [
        Finding(
            rule=rule,
            subject=flag,
            verdict="RED_FLAG",
            weight=max(t.weight for t in troubles),
            legal_basis=f"{legal_basis}; 4.3 {flag}",
            because=f"{told[0].upper()}{told[1:]}{more}.",
            conditions=tuple(Condition(name, "NOT_MET", t.because, (t.event.uid,)) for t in troubles),
            clocks=case.clocks(troubles[0].event.occurred_at),
            records=tuple(dict.fromkeys(record for t in troubles for record in t.records)),
        )
    ]
