"""R14: a listed military end user takes part (833/2014 Art. 2b, Annex IV; domain 8 R14, contract 6(22), 6(27)).

Whatever the role, a forwarder's too. What the goods are decides: under a dual-use control code or on Annex VII they may
not be sold to a listed end user (BREACH); other goods are a red flag of the weight of `policy:r14_weight`; where it is not
known what they are, nothing can be told. No EU nexus is asked for. Days as for R15 (`streams.rules.parties`).
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.decision import PRECEDENCE, Condition, Finding, State, Verdict
from streams.model.events import Goods
from streams.rules.case import Case
from streams.rules.law import record_ref
from streams.rules.listing import Screened
from streams.rules.lists import END_USERS, NO_LIST, list_gaps
from streams.rules.nexus import exposed_parties
from streams.rules.parties import Suspect, no_parties, occasions, suspects, unnamed, watch
from streams.rules.state import LISTED

GOODS_LIST = "ANNEX_VII"


class _Controlled(NamedTuple):
    """Whether goods are dual-use or on Annex VII, why, what is missing to tell, and the records it rests on."""

    state: State
    because: str
    missing: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


class _Hit(NamedTuple):
    """An answer for a party at an actual event (None: at the clock), the goods there and what both amount to."""

    suspect: Suspect
    answer: Screened
    at: int | None
    goods: _Controlled
    verdict: Verdict


def r14(case: Case) -> list[Finding]:
    """A finding for every party that is or may be a listed end user, and for a list that is missing or stale."""
    found = list_gaps(case, END_USERS)
    if found and found[0].subject == NO_LIST:
        return found
    if not case.c.holdings:
        return [*found, no_parties(case, END_USERS)]
    known = suspects(case)
    if not known:
        return found
    worst: dict[str, _Hit] = {}
    for suspect in known:
        for hit in _hits(case, suspect):
            held = worst.get(suspect.key)
            if held is None or PRECEDENCE[hit.verdict] > PRECEDENCE[held.verdict]:
                worst[suspect.key] = hit
    return [*found, *(_finding(case, key, hit) for key, hit in worst.items())]


def _hits(case: Case, suspect: Suspect) -> list[_Hit]:
    """What speaks against a party on the days on which it holds its role."""
    if suspect.dossier is None:
        nobody = unnamed(case, suspect)
        return [_hit(case, suspect, *nobody)] if nobody is not None else []
    listing = suspect.dossier.under.get(END_USERS.measure)
    if listing is None:
        return []
    case.marks |= LISTED
    watch(case, listing, suspect)
    answers = [(listing.at(day), at) for day, at in occasions(case, suspect)]
    return [_hit(case, suspect, answer, at) for answer, at in answers if answer.state != "clear"]


def _hit(case: Case, suspect: Suspect, answer: Screened, at: int | None) -> _Hit:
    goods = _controlled(case, at)
    verdict: Verdict = "INSUFFICIENT_DATA"
    if answer.state == "listed" and goods.state != "NOT_KNOWN":
        verdict = "BREACH" if goods.state == "MET" else "RED_FLAG"
    return _Hit(suspect, answer, at, goods, verdict)


def _controlled(case: Case, at: int | None) -> _Controlled:
    """What the goods are at an actual event (None: now). A control code that is not stated counts as none (6(22))."""
    statements = case.c.goods_statements
    statement = case.c.goods_at(at) if at is not None else statements[-1] if statements else None
    if statement is None:
        return _Controlled("NOT_KNOWN", "the goods are not stated", ("goods",))
    return _judged(case, statement.goods, case.day_at(at))._replace(events=(statement.uid,))


def _judged(case: Case, lines: tuple[Goods, ...], day: int) -> _Controlled:
    doubt: _Controlled | None = None
    for line in lines:
        if line.dual_use and line.dual_use.strip():
            return _Controlled("MET", f"{_line(line)} are dual-use ({line.dual_use.strip()})")
        hit = case.law.goods.match(GOODS_LIST, line, day)
        if hit.entry is not None:
            return _Controlled("MET", f"{_line(line)} are on Annex VII", (), (record_ref(hit.entry),))
        if doubt is None and not line.hs:
            doubt = _Controlled("NOT_KNOWN", f"{_line(line)} have no code", ("goods code (goods.hs)",))
        elif doubt is None and hit.short is not None:
            doubt = _Controlled("NOT_KNOWN", f"{_line(line)}: the code is too short", ("full goods code (goods.hs)",))
    return doubt or _Controlled("NOT_MET", "the goods are neither dual-use nor on Annex VII")


def _line(line: Goods) -> str:
    return f"goods {line.hs or line.description or 'not named'}"


def _finding(case: Case, key: str, hit: _Hit) -> Finding:
    answer, goods, party = hit.answer, hit.goods, hit.suspect.party
    listed = answer.state == "listed"
    name = f"{party.role} {party.name or 'not named'}"
    uid = hit.suspect.uid_at(case, hit.at)
    user = Condition(END_USERS.condition, "MET" if listed else "NOT_KNOWN", f"{name}: {answer.because}", (uid,))
    parties = case.c.parties_now() if hit.at is None else case.c.parties_at(hit.at)
    return Finding(
        rule=END_USERS.rule,
        subject=key,
        verdict=hit.verdict,
        weight=int(case.law.policy("r14_weight", case.day_at(hit.at))) if hit.verdict == "RED_FLAG" else 0,
        legal_basis=answer.legal_basis or END_USERS.legal_basis,
        because=f"{name} {'is' if listed else 'may be'} a listed end user: {answer.because}; {goods.because}.",
        conditions=(user, Condition("controlled_goods", goods.state, goods.because, goods.events)),
        missing=(*answer.missing, *goods.missing),
        exposed=exposed_parties(parties, case.law.eu_members(case.today)),
        clocks=case.clocks(None if hit.at is None else case.c.actual[hit.at].occurred_at),
        records=(*answer.records, *goods.records),
    )
