"""R16: a payment over a bank or payment agent under a transaction ban (833/2014 Arts 5ac, 5ad; Annexes XIV, XLIV, XLV).

Domain 8 R16; contract 6(23), 6(27). Only who is named in role BANK is looked at: a bank that merely corresponds with the
paying one is no party to the contract's events. The ban reaches whom the annex names from the day given there, not
firms that the named one owns, and binds only where there is an EU nexus. Days as for R15 (`streams.rules.parties`).
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.decision import Condition, Finding, Verdict
from streams.rules.case import Case
from streams.rules.listing import RANK, Screened
from streams.rules.lists import BANKS, bound_gaps
from streams.rules.nexus import BOUND, Nexus, nexus_of, no_nexus
from streams.rules.parties import Suspect, occasions, suspects, unnamed, watch
from streams.rules.state import BANK, LISTED

_PROHIBITION = "the ban on transactions with listed banks"


class _Hit(NamedTuple):
    """An answer for a bank, at an actual event (None: at the clock), and the nexus there."""

    suspect: Suspect
    answer: Screened
    at: int | None
    nexus: Nexus

    @property
    def rank(self) -> tuple[int, int]:
        return RANK[self.answer.state], BOUND[self.nexus.state]


def r16(case: Case) -> list[Finding]:
    """A finding for every bank that is or may be banned and for a list that is missing or stale; R01 CLEAR without nexus."""
    if not case.c.current("BANK"):
        return []
    case.marks |= BANK
    found, unbound = bound_gaps(case, BANKS)
    worst: dict[str, _Hit] = {}
    for suspect in suspects(case):
        if suspect.party.role == "BANK":
            for hit in _hits(case, suspect):
                if hit.nexus.state == "NOT_MET":
                    unbound.append(hit.nexus)
                elif suspect.key not in worst or hit.rank > worst[suspect.key].rank:
                    worst[suspect.key] = hit
    found += [_finding(case, key, hit) for key, hit in worst.items()]
    return found if found or not unbound else [no_nexus(unbound[0], _PROHIBITION)]


def _hits(case: Case, suspect: Suspect) -> list[_Hit]:
    """What speaks against a bank on the days on which it holds its role."""
    if suspect.dossier is None:
        nobody = unnamed(case, suspect)
        case.marks |= LISTED
        return [_Hit(suspect, *nobody, nexus_of(case, nobody[1]))] if nobody is not None else []
    listing = suspect.dossier.under.get(BANKS.measure)
    if listing is None:
        return []
    case.marks |= LISTED
    watch(case, listing, suspect)
    answers = [(listing.at(day), at) for day, at in occasions(case, suspect)]
    return [_Hit(suspect, answer, at, nexus_of(case, at)) for answer, at in answers if answer.state != "clear"]


def _finding(case: Case, key: str, hit: _Hit) -> Finding:
    answer, nexus, party = hit.answer, hit.nexus, hit.suspect.party
    listed = answer.state == "listed"
    verdict: Verdict = "BREACH" if listed else "INSUFFICIENT_DATA"
    name = f"BANK {party.name or 'not named'}"
    uid = hit.suspect.uid_at(case, hit.at)
    banned = Condition(BANKS.condition, "MET" if listed else "NOT_KNOWN", f"{name}: {answer.because}", (uid,))
    return Finding(
        rule=BANKS.rule,
        subject=key,
        verdict=verdict,
        legal_basis=answer.legal_basis or BANKS.legal_basis,
        because=f"{name} {'is' if listed else 'may be'} under a transaction ban: {answer.because}.",
        conditions=(banned, nexus.condition()),
        missing=(*answer.missing, *nexus.missing),
        exposed=nexus.exposed,
        clocks=case.clocks(None if hit.at is None else case.c.actual[hit.at].occurred_at),
        records=answer.records,
    )
