"""R12 and F16: a contract that does not forbid re-export to Russia (833/2014 Art. 12g; domain 2.3, 8 R12, contract 6(30), 6(32)).

Asked for goods on the list NO_RUSSIA_CLAUSE on their way to a country outside the EU that is no partner of Annex VIII, on
the day of any event at which the list holds them: of contracts younger than `policy:no_russia_clause` says, and, once
the time of the older ones has run out, of every contract. F16 is raised beside R12 where the law already asks and nothing is
said of a clause, so that R12 cannot decide.
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.decision import Condition, Finding, State, Verdict
from streams.model.events import Event
from streams.model.moments import iso_day, parse_day
from streams.rules.case import Case
from streams.rules.goods import UNCODED
from streams.rules.outward import (
    Listed,
    Outward,
    called_off,
    hold_steady,
    occasions,
    on_list,
    outside_partners,
    outward_of,
)
from streams.rules.transit import destination_of

LEGAL_BASIS = "833/2014 Art. 12g"
GOODS_LIST = "NO_RUSSIA_CLAUSE"


class _Terms(NamedTuple):
    """From when the clause is asked for (Brussels days): at all, of contracts made after, of all after."""

    start: int
    contract_after: int
    running_after: int


class _Asked(NamedTuple):
    """An event at which the law asks (None: it depends on the day of the contract), and the goods there."""

    event: Event
    day: int
    planned: bool
    sure: bool
    why: str
    listed: Listed

    @property
    def certain(self) -> bool:
        """Whether both the goods and the time are told."""
        return self.sure and self.listed.state == "MET"


def r12(case: Case, lists: frozenset[str]) -> list[Finding]:
    """A finding when the contract has no such clause or says nothing of it, with F16 in the second case."""
    if not lists & {GOODS_LIST, UNCODED}:
        return []
    contract = case.c.contract
    clause = contract.no_russia_clause if contract is not None else None
    if clause or called_off(case):
        return []
    destination = destination_of(case)
    if destination is None and GOODS_LIST not in lists:
        return []
    outward = outward_of(case)
    asked = _asked(case, destination) if outward.state != "NOT_MET" else None
    if asked is None or not outward.binds(asked.listed):
        return []
    missing = (*asked.listed.missing, *outward.missing)
    if destination is None:
        missing += ("destination_country",)
    if not asked.sure:
        missing += ("date of the contract (contract.date)",)
    found = [_finding(case, asked, outward, missing, clause=clause, destination=destination)]
    if not missing and clause is None:
        found.append(_flag(case, asked, outward))
    return found


def _asked(case: Case, destination: str | None) -> _Asked | None:
    """The first event at which the law surely asks; without one the first at which it may."""
    value = case.law.policy("no_russia_clause", case.today)
    terms = _Terms(parse_day(value["from"]), parse_day(value["contract_after"]), parse_day(value["running_after"]))
    partners = case.law.policy_days("partner_countries") | case.law.policy_days("eu_members")
    hold_steady(case, GOODS_LIST, (terms.start, terms.running_after + 1, *partners))
    made = case.c.contract.date if case.c.contract is not None else None
    best: _Asked | None = None
    for event, day, lines, planned in occasions(case):
        why = _why(terms, made, day)
        if why is None or (destination is not None and not outside_partners(case, destination, day)):
            continue
        listed = on_list(case, GOODS_LIST, lines, day)
        if listed.state == "NOT_MET" or (listed.entry is None and day < terms.start):
            continue
        asked = _Asked(event, day, planned, made is not None or day > terms.running_after, why, listed)
        if asked.certain:
            return asked
        if best is None or asked.sure > best.sure:
            best = asked
    return best


def _why(terms: _Terms, made: int | None, day: int) -> str | None:
    """Why the law asks on a day, in words; None when it does not."""
    if made is not None and made > terms.contract_after:
        return f"asked of a contract of {iso_day(made)}"
    if day > terms.running_after:
        return f"asked of every contract after {iso_day(terms.running_after)}"
    return f"asked of contracts made after {iso_day(terms.contract_after)}" if made is None else None


def _finding(
    case: Case,
    asked: _Asked,
    outward: Outward,
    missing: tuple[str, ...],
    *,
    clause: bool | None,
    destination: str | None,
) -> Finding:
    named = "the contract has no" if clause is False else "it is not stated whether the contract has a"
    verdict: Verdict = "BREACH" if clause is False and not missing else "INSUFFICIENT_DATA"
    whither: State = "MET" if destination is not None else "NOT_KNOWN"
    where = f"{destination} is neither of the EU nor a partner" if destination else "where the goods go is not stated"
    told = f"{named} clause against re-export to Russia"
    because = f"{told[0].upper()}{told[1:]}, {asked.why}: {asked.listed.because}; {where}."
    return Finding(
        rule="R12",
        verdict=verdict,
        planned=asked.planned,
        legal_basis=(asked.listed.entry.legal_basis if asked.listed.entry is not None else None) or LEGAL_BASIS,
        because=because,
        conditions=(
            Condition("no_russia_clause", "NOT_MET" if clause is False else "NOT_KNOWN", told),
            Condition("clause_asked", "MET" if asked.sure else "NOT_KNOWN", asked.why, (asked.event.uid,)),
            asked.listed.condition(),
            Condition("non_partner_destination", whither, where),
            outward.condition(),
        ),
        missing=(*(("no-Russia clause (contract.no_russia_clause)",) if clause is None else ()), *missing),
        exposed=outward.exposed,
        clocks=case.clocks(None if asked.planned else asked.event.occurred_at),
        records=asked.listed.records,
    )


def _flag(case: Case, asked: _Asked, outward: Outward) -> Finding:
    return Finding(
        rule="F16",
        verdict="RED_FLAG",
        weight=int(case.law.policy("flag_weights", case.today)["F16"]),
        planned=asked.planned,
        legal_basis=f"{LEGAL_BASIS}; flag F16",
        because=f"Nothing is said of a clause against re-export to Russia, {asked.why}: {asked.listed.because}.",
        conditions=(Condition("no_russia_clause", "NOT_KNOWN", "clause not stated", (asked.event.uid,)),),
        missing=("no-Russia clause (contract.no_russia_clause)",),
        exposed=outward.exposed,
        clocks=case.clocks(None),
        records=asked.listed.records,
    )
