"""What goods on their way out of the Union are asked (contract 6(30)): every rule that reads them, in one go."""

from __future__ import annotations

from streams.model.decision import Finding
from streams.rules.case import Case
from streams.rules.export_bans import r11
from streams.rules.outward import lists_of


def exports(case: Case) -> list[Finding]:
    """The findings of R11."""
    lists = lists_of(case)
    return r11(case, lists)
