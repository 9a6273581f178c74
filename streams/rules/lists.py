"""The lists that a rule needs: is one loaded at all, and is it young enough to rely on (contract 6(27))?"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.decision import Condition, Finding
from streams.model.moments import DAY_MS, brussels_day, iso_day, iso_time
from streams.model.reference import ListState, Measure
from streams.rules.case import Case
from streams.rules.nexus import Nexus, exposed_parties, nexus_of
from streams.rules.state import LISTED


class ListRule(NamedTuple):
    """A rule that screens against lists: its measure, the name of its condition, and what its questions are in words."""

    rule: str
    measure: Measure
    legal_basis: str
    condition: str
    listed: str
    annex: str
    question: str


FROZEN = ListRule(
    "R15",
    "FREEZE",
    "269/2014 Art. 2",
    "frozen_party",
    "frozen parties",
    "269/2014 Annex I",
    "whether a party is frozen",
)
END_USERS = ListRule(
    "R14", "ANNEX_IV", "833/2014 Art. 2b, Annex IV", "listed_end_user", "military end users", "833/2014 Annex IV",
    "whether a party is a listed end user",
)  # fmt: skip
BANKS = ListRule(
    "R16", "TRANSACTION_BAN", "833/2014 Art. 5ac", "banned_bank", "banks under a transaction ban",
    "833/2014 Annexes XIV, XLIV, XLV", "whether a bank is under a transaction ban",
)  # fmt: skip
SHIPS = ListRule(
    "R17",
    "VESSEL_BAN",
    "833/2014 Art. 3s",
    "listed_ship",
    "listed ships",
    "833/2014 Annex XLII",
    "whether a ship is listed",
)
NO_LIST = "no list"
"""Subject of the finding of a rule of which no list is loaded."""
LIST_RULES = (END_USERS, FROZEN, BANKS, SHIPS)


def list_gaps(case: Case, rule: ListRule, nexus: Nexus | None = None) -> list[Finding]:
    """INSUFFICIENT_DATA when no record carries the rule's measure, and for each of its lists that is too old.

    ``nexus`` is that of the parties known now, for a rule that asks for it.
    """
    if not case.law.has_measure(rule.measure):
        text = f"No list with measure {rule.measure} ({rule.annex}) is loaded, so {rule.question} cannot be told."
        missing = f"list of {rule.listed} (measure {rule.measure}, {rule.annex})"
        return [_gap(case, rule, NO_LIST, text, missing, f"no record with measure {rule.measure}", nexus)]
    found = []
    for state, limit in stale_lists(case, rule.measure):
        text = (
            f"List {state.list} was fetched on {iso_time(state.fetched_at or 0)} and is too old since "
            f"{iso_day(brussels_day(limit))}: {rule.question} cannot be told."
        )
        name, missing = f"list {state.list}", f"list {state.list} in its present state"
        found.append(_gap(case, rule, name, text, missing, f"{name} is stale", nexus, state))
    return found


def bound_gaps(case: Case, rule: ListRule) -> tuple[list[Finding], list[Nexus]]:
    """`list_gaps` for a rule that binds only with an EU nexus: the findings, or the nexus that is not met."""
    if case.law.has_measure(rule.measure) and not stale_lists(case, rule.measure):
        return [], []
    case.marks |= LISTED
    nexus = nexus_of(case, None)
    if nexus.state == "NOT_MET":
        return [], [nexus]
    return list_gaps(case, rule, nexus), []


def _gap(
    case: Case, rule: ListRule, subject: str, because: str, missing: str, short: str, nexus: Nexus | None,
    state: ListState | None = None,
) -> Finding:  # fmt: skip
    condition = Condition(rule.condition, "NOT_KNOWN", short)
    return Finding(
        rule=rule.rule,
        subject=subject,
        verdict="INSUFFICIENT_DATA",
        legal_basis=rule.legal_basis,
        because=because,
        conditions=(condition,) if nexus is None else (condition, nexus.condition()),
        missing=(missing,) if nexus is None else (missing, *nexus.missing),
        exposed=exposed_parties(case.c.parties_now(), case.law.eu_members(case.today))
        if nexus is None
        else nexus.exposed,
        clocks=case.clocks(None),
        records=(state.record_key,) if state is not None else (),
    )


def stale_lists(case: Case, measure: Measure) -> list[tuple[ListState, int]]:
    """The loaded lists of a measure that are older than the policy allows at the clock, with their limit (ms UTC).

    Until the first of the others gets too old the answer is steady.
    """
    newest = case.law.newest_lists(measure)
    if not newest:
        return []
    stale = []
    allowed = round(float(case.law.policy("list_max_age_days", case.today)) * DAY_MS)
    for state in newest:
        limit = (state.fetched_at or 0) + allowed
        if case.now > limit:
            stale.append((state, limit))
        else:
            case.steady_within(0, brussels_day(limit))
    return stale
