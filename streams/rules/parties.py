"""R15 frozen party. INTERIM (lead): SCREEN replaces the bodies; keep `screen_party(case, party, day)` and `r15(case)`.

`case` is streams.rules.case.Case: case.c (Consignment: actual, holdings[Holding(role, parties, start, end, uid)], is_open,
documents), case.law (Law: records dict, policy(key, day), list_states; put the Screener on Law as law.screener),
case.now, case.today, case.wake_at(ms).
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.decision import Finding
from streams.model.events import Party
from streams.rules.case import Case


class Screened(NamedTuple):
    """The answer for a party on a day: listed, review or clear."""

    state: str
    because: str


def screen_party(case: Case, party: Party, day: int) -> Screened:
    """Whether a party is frozen on a Brussels day, itself or through its owners."""
    return Screened("clear", "")


def r15(case: Case) -> list[Finding]:
    """R15."""
    return []
