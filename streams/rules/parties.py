"""R15: dealings with a frozen party (269/2014 Art. 2(1), (2); domain 8 R15, contract 6(5), 6(20), 6(21), 6(27)).

A party is judged on the Brussels day of every actual event at which it holds its role and, while the consignment is
open, on that of the clock: a new listing reaches what is still moving. No EU nexus is asked for.
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.decision import Condition, Finding, Verdict
from streams.model.events import Document, Party
from streams.model.moments import DAY_MS, brussels_day, brussels_midnight, iso_day, iso_time
from streams.model.reference import ListState, Measure
from streams.rules.case import FOREVER, Case
from streams.rules.holdings import ALWAYS, Statement
from streams.rules.naming import described
from streams.rules.nexus import exposed_parties
from streams.rules.ownership import Dossier, Screened, dossier_of

LEGAL_BASIS = "269/2014 Art. 2"
MEASURE: Measure = "FREEZE"
_RANK = {"clear": 0, "review": 1, "listed": 2}


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
    return dossier_of(case.law, described(party), *_context(case))


def screen_party(case: Case, party: Party, day: int) -> Screened:
    """Whether a party is frozen on a Brussels day, itself or through its owners."""
    return _dossier(case, party).at(day)


def r15(case: Case) -> list[Finding]:
    """A finding for every party that is or may be frozen, and for a list that is missing or stale."""
    if not case.law.has_measure(MEASURE):
        return [_no_list(case)]
    found = _stale(case)
    if not case.c.holdings:
        return [*found, _no_parties(case)]
    worst: dict[str, _Hit] = {}
    for h in case.c.holdings:
        for party in h.parties:
            if party.name is None and not party.identifiers:
                unnamed = _unnamed(case, party, h.start, h.end, h.uid)
                if unnamed is not None:
                    worst.setdefault(party.role, unnamed)
                continue
            dossier = _dossier(case, party)
            if dossier.clear:
                continue
            hit = _worst(case, dossier, party, h.start, h.end, h.uid)
            key = (party.name or party.role).casefold()
            if hit is not None and (key not in worst or _RANK[hit.answer.state] > _RANK[worst[key].answer.state]):
                worst[key] = hit
    return [*found, *(_finding(case, key, hit) for key, hit in worst.items())]


def _unnamed(case: Case, party: Party, start: int, end: int | None, uid: str) -> _Hit | None:
    """A party of which neither name nor number is stated cannot be screened on any day."""
    answer = Screened("review", "neither a name nor a number is stated", missing=(f"name of the {party.role}",))
    if start < (len(case.c.actual) if end is None else end):
        return _Hit(party, answer, start, case.c.actual[start].uid)
    return _Hit(party, answer, None, uid) if end is None and case.c.is_open else None


def _worst(case: Case, dossier: Dossier, party: Party, start: int, end: int | None, uid: str) -> _Hit | None:
    """The worst answer over the days on which a party holds its role; the earliest of equals."""
    actual = case.c.actual
    worst: _Hit | None = None
    last = len(actual) if end is None else end
    for n in range(start, last):
        answer = dossier.at(brussels_day(actual[n].occurred_at))
        if answer.state != "clear" and (worst is None or _RANK[answer.state] > _RANK[worst.answer.state]):
            worst = _Hit(party, answer, n, actual[n].uid)
    if end is None:
        day = case.today if case.c.is_open or start >= last else brussels_day(actual[-1].occurred_at)
        since, until = dossier.steady(day)
        case.steady_within(since, until)
        if case.c.is_open:
            answer = dossier.at(day)
            if answer.state != "clear" and (worst is None or _RANK[answer.state] > _RANK[worst.answer.state]):
                worst = _Hit(party, answer, None, uid)
            if until < FOREVER:
                case.wake_at(brussels_midnight(until))
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


def _no_parties(case: Case) -> Finding:
    goods = () if case.c.goods else ("goods",)
    return Finding(
        rule="R15",
        verdict="INSUFFICIENT_DATA",
        legal_basis=LEGAL_BASIS,
        because="No party is stated, so none can be screened" + ("; nor are goods." if goods else "."),
        conditions=(Condition("frozen_party", "NOT_KNOWN", "no party is stated"),),
        missing=("parties", *goods),
        clocks=case.clocks(None),
    )


def _no_list(case: Case) -> Finding:
    return Finding(
        rule="R15",
        subject="no list",
        verdict="INSUFFICIENT_DATA",
        legal_basis=LEGAL_BASIS,
        because=f"No list with measure {MEASURE} (269/2014 Annex I) is loaded, so no party can be screened.",
        conditions=(Condition("frozen_party", "NOT_KNOWN", f"no record with measure {MEASURE}"),),
        missing=(f"list of frozen parties (measure {MEASURE}, 269/2014 Annex I)",),
        exposed=exposed_parties(case.c.parties_now(), case.law.eu_members(case.today)),
        clocks=case.clocks(None),
    )


def stale_lists(case: Case, measure: Measure) -> list[tuple[ListState, int]]:
    """The loaded lists of a measure that are older than the policy allows at the clock, with their limit (ms UTC).

    Until the first of the others gets too old the answer is steady.
    """
    newest: dict[str, ListState] = {}
    for state in case.law.list_states:
        if measure in state.measures and state.fetched_at is not None:
            held = newest.get(state.list)
            if held is None or state.fetched_at > (held.fetched_at or 0):
                newest[state.list] = state
    stale = []
    for name in sorted(newest):
        state = newest[name]
        limit = (state.fetched_at or 0) + round(float(case.law.policy("list_max_age_days", case.today)) * DAY_MS)
        if case.now > limit:
            stale.append((state, limit))
        else:
            case.steady_within(0, brussels_day(limit))
    return stale


def _stale(case: Case) -> list[Finding]:
    return [
        Finding(
            rule="R15",
            subject=f"list {state.list}",
            verdict="INSUFFICIENT_DATA",
            legal_basis=LEGAL_BASIS,
            because=f"List {state.list} was fetched on {iso_time(state.fetched_at or 0)} and is too old since "
            f"{iso_day(brussels_day(limit))}: whether a party is frozen cannot be told.",
            conditions=(Condition("frozen_party", "NOT_KNOWN", f"list {state.list} is stale"),),
            missing=(f"list {state.list} in its present state",),
            clocks=case.clocks(None),
            records=(state.record_key,),
        )
        for state, limit in stale_lists(case, MEASURE)
    ]
