"""What clearances took away is told on the decision, and when they end the consignment is judged again.

Where nothing else speaks against the party the rule's finding is CLEAR and says who cleared it; so does the
withdrawal of its alert. Where something does, or the clearance no longer counts, the finding says that too.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from streams.model.decision import Condition, Finding
from streams.model.moments import brussels_midnight
from streams.model.reference import ListedParty
from streams.rules.case import FOREVER, Case
from streams.rules.clearances import Cleared, told
from streams.rules.law import record_ref
from streams.rules.lists import BANKS, END_USERS, FROZEN, ListRule
from streams.rules.parties import Suspect, occasions, suspects

CONDITION = "clearance"
"""MET: the hit is cleared; NOT_MET: a clearance of it does not count."""


def with_clearances(case: Case, findings: list[Finding]) -> list[Finding]:
    """The findings with what is told of clearances on them, and a CLEAR one where all that speaks against a party is cleared."""
    if not case.law.clearances:
        return findings
    found = {(f.rule, f.subject): f for f in findings}
    for suspect in suspects(case):
        for cleared in suspect.dossier.cleared if suspect.dossier is not None else ():
            _watch(case, cleared)
            for rule in _rules_of(case, suspect, cleared):
                _tell(found, rule, suspect, cleared)
    return list(found.values())


def _rules_of(case: Case, suspect: Suspect, cleared: Cleared) -> Iterator[ListRule]:
    """The rules that would look at a hit on a day on which the party is judged."""
    record = cleared.hit.record
    if not any(record.in_force(day) for day, _ in occasions(case, suspect)):
        return
    if not isinstance(record, ListedParty) or FROZEN.measure in record.measures:
        yield FROZEN
    elif END_USERS.measure in record.measures:
        yield END_USERS
    elif BANKS.measure in record.measures and suspect.party.role == "BANK":
        yield BANKS


def _tell(found: dict[tuple[str, str], Finding], rule: ListRule, suspect: Suspect, cleared: Cleared) -> None:
    key, counts = (rule.rule, suspect.key), cleared.lapsed is None
    held = found.get(key)
    if held is None and not counts:
        return
    condition = Condition(CONDITION, "MET" if counts else "NOT_MET", told(cleared))
    records = (record_ref(cleared.hit.record), record_ref(cleared.clearance)) if counts else ()
    if held is None:
        found[key] = Finding(
            rule=rule.rule,
            subject=suspect.key,
            verdict="CLEAR",
            legal_basis=rule.legal_basis,
            because=f"{suspect.party.role}: {condition.because}.",
            conditions=(condition,),
            records=records,
        )
    elif condition not in held.conditions:
        found[key] = msgspec.structs.replace(
            held,
            conditions=(*held.conditions, condition),
            records=tuple(dict.fromkeys((*held.records, *records))),
        )


def _watch(case: Case, cleared: Cleared) -> None:
    """Judge again when a clearance or the listing begins, and while the consignment is open when one of them ends."""
    begins = (cleared.clearance.applies_from, cleared.hit.record.applies_from)
    ends = (cleared.clearance.applies_until, cleared.hit.record.applies_until)
    days = [day for day in (*begins, *ends) if day is not None]
    case.steady_within(
        max((d for d in days if d <= case.today), default=0), min((d for d in days if d > case.today), default=FOREVER)
    )
    for day in days:
        if day > case.today and (case.c.is_open or day in begins):
            case.wake_at(brussels_midnight(day))
