"""R15: dealings with a frozen party (269/2014 Art. 2(1), (2); domain 8 R15, contract 6(5), 6(20), 6(21), 6(27)).

A party is judged on the Brussels day of every actual event at which it holds its role and, while the consignment is
open, on that of the clock: a new listing reaches what is still moving. No EU nexus is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from streams.model.decision import Condition, Finding, Verdict
from streams.model.events import Document, Party
from streams.model.moments import brussels_day, brussels_midnight
from streams.rules.case import FOREVER, Case
from streams.rules.clearances import Clearing
from streams.rules.holdings import ALWAYS, Statement
from streams.rules.listing import RANK, ByDay, Screened
from streams.rules.lists import FROZEN, NO_LIST, ListRule, list_gaps
from streams.rules.naming import described
from streams.rules.nexus import exposed_parties
from streams.rules.ownership import Dossier, dossier_of

LEGAL_BASIS = FROZEN.legal_basis
MEASURE = FROZEN.measure


class _Hit(NamedTuple):
    """The worst answer for a party: in which role, at which actual event (None: at the clock)."""

    party: Party
    answer: Screened
    at: int | None
    uid: str


def _context(case: Case) -> tuple[tuple[Statement, ...], tuple[Document, ...]]:
    """What the events say of owners, and the authorisations that may cover a transfer."""
    known: tuple[tuple[Statement, ...], tuple[Document, ...]] | None = case.owners
    if known is None:
        statements = []
        for h in case.c.holdings:
            for party in h.parties:
                if party.owners:
                    holders = tuple((described(o), o.share_pct, o.control) for o in party.owners)
                    statements.append(Statement(_day_of(case, h.start, h.uid), h.start, described(party), holders))
        papers = [d for d in case.c.documents if d.type == "AUTHORISATION"] if statements else []
        known = case.owners = tuple(dict.fromkeys(statements)), tuple(dict.fromkeys(papers))
    return known


def _day_of(case: Case, start: int, uid: str) -> int:
    """The Brussels day from which a statement holds; a planned one holds from what happened before it."""
    actual = case.c.actual
    if start < len(actual) and actual[start].uid == uid:
        return brussels_day(actual[start].occurred_at)
    return brussels_day(actual[start - 1].occurred_at) if start else ALWAYS


def _dossier(case: Case, party: Party) -> Dossier:
    return dossier_of(case.law, described(party), *_context(case), _clearing(case))


def _clearing(case: Case) -> Clearing | None:
    """The clearances as this consignment sees them; None when there are none at all."""
    if not case.law.clearances:
        return None
    closed = case.c.closed_by
    first = case.today if closed is None else min(case.today, brussels_day(closed.occurred_at))
    return case.law.clearances.view(first, case.today, case.c.id)


def screen_party(case: Case, party: Party, day: int) -> Screened:
    """Whether a party is frozen on a Brussels day, itself or through its owners."""
    return _dossier(case, party).at(day)


class Suspect(NamedTuple):
    """A party of which some list of any date speaks, or that cannot be screened (no dossier), as it holds a role.

    It holds it from the actual event ``start`` on, until before ``end`` (None: still).
    """

    party: Party
    dossier: Dossier | None
    start: int
    end: int | None
    uid: str

    @property
    def key(self) -> str:
        """What tells its findings from those of others."""
        return (self.party.name or self.party.role).casefold() if self.dossier else self.party.role

    def uid_at(self, case: Case, at: int | None) -> str:
        """The event by which it is judged: the actual one of that index, at the clock the one that names it."""
        return self.uid if at is None else case.c.actual[at].uid


def suspects(case: Case) -> list[Suspect]:
    """All parties are screened once for all rules; what is left are those that a rule must look at."""
    found: list[Suspect] | None = case.suspects
    if found is None:
        found = case.suspects = []
        quiet, alone = case.law.quiet, not _context(case)[0]
        for h in case.c.holdings:
            for party in h.parties:
                key = None
                if alone and not party.identifiers:
                    key = (party.name, party.country, party.nationality, party.birth_date)
                    if key in quiet:
                        continue
                named = party.name is not None or party.identifiers
                dossier = _dossier(case, party) if named else None
                if dossier is None or not dossier.quiet:
                    found.append(Suspect(party, dossier, h.start, h.end, h.uid))
                elif key is not None:
                    quiet.add(key)
    return found


def occasions(case: Case, suspect: Suspect) -> Iterator[tuple[int, int | None]]:
    """The Brussels days on which a party is judged, each with the index of its actual event, None for the clock."""
    actual = case.c.actual
    for n in range(suspect.start, len(actual) if suspect.end is None else suspect.end):
        yield brussels_day(actual[n].occurred_at), n
    if suspect.end is None and case.c.is_open:
        yield case.today, None


def unnamed(case: Case, suspect: Suspect) -> tuple[Screened, int | None] | None:
    """The answer for a party of which neither name nor number is stated, with the index of an actual event or None.

    It cannot be screened on any day; None when there is no day on which it is judged.
    """
    role = suspect.party.role
    answer = Screened("review", "neither a name nor a number is stated", missing=(f"name of the {role}",))
    return next(((answer, at) for _, at in occasions(case, suspect)), None)


def r15(case: Case) -> list[Finding]:
    """A finding for every party that is or may be frozen, and for a list that is missing or stale."""
    found = list_gaps(case, FROZEN)
    if found and found[0].subject == NO_LIST:
        return found
    if not case.c.holdings:
        return [*found, no_parties(case, FROZEN)]
    worst: dict[str, _Hit] = {}
    for suspect in suspects(case):
        if suspect.dossier is None:
            nobody = unnamed(case, suspect)
            if nobody is not None:
                worst.setdefault(suspect.key, _Hit(suspect.party, *nobody, suspect.uid_at(case, nobody[1])))
        elif not suspect.dossier.clear:
            hit, key = _worst(case, suspect, suspect.dossier), suspect.key
            if hit is not None and (key not in worst or RANK[hit.answer.state] > RANK[worst[key].answer.state]):
                worst[key] = hit
    return [*found, *(_finding(case, key, hit) for key, hit in worst.items())]


def watch(case: Case, answers: ByDay, suspect: Suspect) -> None:
    """Have the case judged again on the day on which the answer for who holds a role now changes."""
    if suspect.end is None:
        last = case.c.actual[-1:] if suspect.start < len(case.c.actual) and not case.c.is_open else ()
        since, until = answers.steady(brussels_day(last[0].occurred_at) if last else case.today)
        case.steady_within(since, until)
        if case.c.is_open and until < FOREVER:
            case.wake_at(brussels_midnight(until))


def _worst(case: Case, suspect: Suspect, dossier: Dossier) -> _Hit | None:
    """The worst answer over the days on which a party holds its role; the earliest of equals."""
    worst: _Hit | None = None
    for day, at in occasions(case, suspect):
        answer = dossier.at(day)
        if RANK[answer.state] > (RANK[worst.answer.state] if worst else 0):
            worst = _Hit(suspect.party, answer, at, suspect.uid_at(case, at))
    watch(case, dossier, suspect)
    return worst


def _finding(case: Case, key: str, hit: _Hit) -> Finding:
    answer, party = hit.answer, hit.party
    listed = answer.state == "listed"
    verdict: Verdict = "BREACH" if listed else "INSUFFICIENT_DATA"
    name = f"{party.role} {party.name or 'not named'}"
    because = f"{name} {'is frozen' if listed else 'may be frozen'}: {answer.because}."
    parties = case.c.parties_now() if hit.at is None else case.c.parties_at(hit.at)
    time = None if hit.at is None else case.c.actual[hit.at].occurred_at
    return Finding(
        rule="R15",
        subject=key,
        verdict=verdict,
        legal_basis=answer.legal_basis or LEGAL_BASIS,
        because=because,
        conditions=(
            Condition("frozen_party", "MET" if listed else "NOT_KNOWN", f"{name}: {answer.because}", (hit.uid,)),
        ),
        missing=answer.missing,
        exposed=exposed_parties(parties, case.law.eu_members(case.today)),
        clocks=case.clocks(time),
        records=answer.records,
    )


def no_parties(case: Case, rule: ListRule) -> Finding:
    """INSUFFICIENT_DATA of a rule that screens every party, where none is stated (contract 6(27))."""
    goods = () if case.c.goods else ("goods",)
    return Finding(
        rule=rule.rule,
        verdict="INSUFFICIENT_DATA",
        legal_basis=rule.legal_basis,
        because="No party is stated, so none can be screened" + ("; nor are goods." if goods else "."),
        conditions=(Condition(rule.condition, "NOT_KNOWN", "no party is stated"),),
        missing=("parties", *goods),
        clocks=case.clocks(None),
    )
