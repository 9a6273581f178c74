"""What goods on their way out of the Union are asked (contract 6(30), 6(32)): every rule that reads them, in one go."""

from __future__ import annotations

from streams.model.decision import Finding
from streams.rules.case import Case
from streams.rules.export_bans import r11
from streams.rules.high_priority import priority_flags, r13
from streams.rules.no_russia import r12
from streams.rules.zones import r20


def exports(case: Case) -> list[Finding]:
    """The findings of R11, R12 with F16, R13, F01, F02 and R20."""
    lists = case.goods_lists
    return [*r11(case, lists), *r12(case, lists), *r13(case, lists), *priority_flags(case, lists), *r20(case)]
