"""The waiver engine: exemptions, derogations and authorisations as records, judged against the goods.

R03 (Kazakh coal), R04 (oil), R05 (other exempt cargo) and R25 (authorisations) are `waiver` records, not code. A
waiver *fits* by goods, places and holder (`streams.rules.fitting`); its conditions are judged for every dealing; each dealing takes the most
favourable fitting waiver and the worst dealing counts (contract 3.1(2), 6(11)-(17)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from streams.model.decision import Condition, Finding, State, Verdict
from streams.model.events import Goods, Party
from streams.model.moments import brussels_day, iso_day
from streams.model.reference import Waiver, WaiverCondition
from streams.rules.case import Case
from streams.rules.fitting import covers, fits
from streams.rules.law import record_ref
from streams.rules.parties import screen_party
from streams.rules.ports import Dealing, worst_of
from streams.rules.quotas import Standing, over_quota, short_of_quota
from streams.rules.russia import stay_in_russia

_LAND = frozenset({"RAIL", "ROAD", "PIPELINE"})
_COVERED: Mapping[str, Standing] = {}
_RANK: dict[State, int] = {"MET": 0, "NOT_KNOWN": 1, "NOT_MET": 2}
VERDICT_OF: dict[State, Verdict] = {"MET": "WAIVER_MET", "NOT_KNOWN": "NEEDS_WAIVER", "NOT_MET": "BREACH"}
TITLES = {
    "R03": "Kazakh coal waiver", "R04": "third-country oil exemption", "R05": "exempt cargo", "R25": "authorisation",
}  # fmt: skip


class Judged(NamedTuple):
    """A condition judged: what it says, and which facts are missing when it is not known."""

    condition: Condition
    missing: tuple[str, ...] = ()


class Trial(NamedTuple):
    """One waiver against one dealing and the goods lines that it covers."""

    waiver: Waiver
    dealing: Dealing
    state: State
    judged: tuple[Judged, ...]


class Answer(NamedTuple):
    """What the waivers say of a prohibition: their findings, and the rule that answers it, if one does."""

    findings: list[Finding]
    answered_by: str | None


def _origin_only(case: Case, _: Dealing, lines: list[Goods], wanted: WaiverCondition) -> Judged:
    allowed = set(wanted.countries)
    tolerance = float(case.law.policy("origin_residue_tolerance_pct", case.today))
    unknown = False
    for line in lines:
        shares: dict[str, float | None] = {}
        for origin in line.origin:
            share = 100.0 if len(line.origin) == 1 and origin.share_pct is None else origin.share_pct
            shares[origin.country] = (shares.get(origin.country) or 0.0) + share if share is not None else None
        foreign = {k: v for k, v in shares.items() if k not in allowed and (v is None or v > tolerance)}
        if foreign:
            what = ", ".join(f"{k} {'a share not stated' if v is None else f'{v:g} %'}" for k, v in foreign.items())
            return Judged(Condition("origin_only", "NOT_MET", f"origin is also {what}"))
        total = sum(v for k, v in shares.items() if k in allowed and v is not None)
        stated_without_share = any(v is None for v in shares.values())
        if not shares or (total < 100 - tolerance - 1e-6) or stated_without_share:
            unknown = True
    if unknown or not lines:
        return Judged(Condition("origin_only", "NOT_KNOWN", "the origin is not stated in full"), ("origin",))
    return Judged(Condition("origin_only", "MET", f"origin is {', '.join(sorted(allowed))} only, as stated"))


class _Ownership(NamedTuple):
    """Who owned the goods over the time that counts; ``gaps`` when for a part of it nobody said."""

    owners: list[tuple[tuple[Party, ...], str]]
    gaps: bool
    days: tuple[int, ...]


def _owners(case: Case, dealing: Dealing) -> _Ownership:
    """The stated owners from entry into Russia to departure from it (contract 3.1(6), 6(14))."""
    known: _Ownership | None = case.ownerships.get((dealing.at, dealing.day))
    if known is None:
        known = case.ownerships[dealing.at, dealing.day] = _owners_of(case, dealing)
    return known


def _owners_of(case: Case, dealing: Dealing) -> _Ownership:
    c = case.c
    at = dealing.at if dealing.at is not None else max(len(c.actual) - 1, 0)
    first, last = stay_in_russia(case) or (at, at)
    first, last = (min(first, at), max(last, at)) if dealing.at is not None else (first, max(last, at))
    found, covered_from = [], None
    for h in c.holdings:
        if h.role == "OWNER" and h.start <= last and (h.end is None or h.end > first):
            found.append((h.parties, h.uid))
            if covered_from is None or h.start < covered_from:
                covered_from = h.start
    days = tuple(sorted({brussels_day(c.actual[n].occurred_at) for n in range(first, min(last + 1, len(c.actual)))}))
    return _Ownership(found, covered_from is None or covered_from > first, days or (dealing.day,))


def _share_from(party: Party, banned: set[str], threshold: float) -> tuple[State, str]:
    """Whether an owner is of a banned country, itself or by who holds it together (contract 6(14))."""
    if party.country in banned or party.nationality in banned:
        return "NOT_MET", f"{party.name} is of {party.country if party.country in banned else party.nationality}"
    where = ", ".join(sorted(banned))
    held = [h for h in party.owners if h.country in banned]
    total = round(sum(h.share_pct or 0.0 for h in held), 6)
    if held and total >= threshold:
        return "NOT_MET", f"{party.name} is held {total:g} % from {where}"
    elsewhere = sum(h.share_pct or 0.0 for h in party.owners if h.country is not None and h.country not in banned)
    if any(h.share_pct is None for h in held) and 100 - elsewhere >= threshold:
        return "NOT_KNOWN", f"the share held from {where} in {party.name} is not stated"
    nowhere = round(sum(h.share_pct or 0.0 for h in party.owners if h.country is None), 6)
    if nowhere and total + nowhere >= threshold:
        return "NOT_KNOWN", f"{nowhere:g} % of {party.name} are held by owners whose country is not stated"
    if party.country is None and party.nationality is None:
        return "NOT_KNOWN", f"the country of the owner {party.name} is not stated"
    return "MET", f"{party.name} is of {party.country or party.nationality}"


def _owner_not_from(case: Case, dealing: Dealing, _: list[Goods], wanted: WaiverCondition) -> Judged:
    banned = set(wanted.countries)
    threshold = float(case.law.policy("owner_share_pct", dealing.day))
    ownership = _owners(case, dealing)
    worst: tuple[State, str, str] = ("MET", "", "")
    for parties, uid in ownership.owners:
        for party in parties:
            state, why = _share_from(party, banned, threshold)
            if _RANK[state] > _RANK[worst[0]] or not worst[1]:
                worst = (state, why, uid)
    if worst[0] != "NOT_MET" and ownership.gaps:
        why = "who owned the goods on the way through Russia is not stated"
        return Judged(Condition("owner_not_from", "NOT_KNOWN", why), ("owner from entry into Russia to departure",))
    missing = ("country or shares of the owner",) if worst[0] == "NOT_KNOWN" else ()
    return Judged(Condition("owner_not_from", worst[0], worst[1], (worst[2],) if worst[2] else ()), missing)


def _owner_not_listed(case: Case, dealing: Dealing, _: list[Goods], _wanted: WaiverCondition) -> Judged:
    ownership = _owners(case, dealing)
    doubt = ""
    for parties, uid in ownership.owners:
        for party in parties:
            for day in ownership.days:
                result = screen_party(case, party, day)
                if result.state == "listed":
                    return Judged(Condition("owner_not_listed", "NOT_MET", result.because, (uid,)))
                if result.state == "review":
                    doubt = result.because
    if doubt:
        return Judged(Condition("owner_not_listed", "NOT_KNOWN", doubt), ("identity of the owner",))
    if ownership.gaps:
        return Judged(Condition("owner_not_listed", "NOT_KNOWN", "the owner is not stated"), ("owner",))
    return Judged(Condition("owner_not_listed", "MET", "no stated owner is listed"))


def _port_use_only(case: Case, dealing: Dealing, _: list[Goods], wanted: WaiverCondition) -> Judged:
    use, uid = dealing.use, dealing.event.uid
    if use is None:
        return Judged(Condition("port_use_only", "NOT_KNOWN", "use of the port is not stated", (uid,)), ("port_use",))
    why = f"{use} at {dealing.facts.label}"
    if use not in wanted.allowed:
        return Judged(Condition("port_use_only", "NOT_MET", f"{why} is not among {', '.join(wanted.allowed)}", (uid,)))
    if use == "DISCHARGE":
        mode = _mode_of(case, dealing)
        if mode is None:
            why = f"by what the goods came to {dealing.facts.label} is not stated"
            return Judged(Condition("port_use_only", "NOT_KNOWN", why, (uid,)), ("transport.mode of the discharge",))
        if mode not in _LAND:
            return Judged(Condition("port_use_only", "NOT_MET", f"{why} is not from land transport", (uid,)))
    return Judged(Condition("port_use_only", "MET", f"the port is used for {use} only", (uid,)))


def _mode_of(case: Case, dealing: Dealing) -> str | None:
    """By what the goods came to a dealing, as stated there or last before it."""
    transport = dealing.event.transport
    if transport is not None and transport.mode is not None:
        return transport.mode
    before = case.c.actual[: dealing.at] if dealing.at is not None else case.c.actual
    modes = [e.transport.mode for e in before if e.transport is not None and e.transport.mode]
    return modes[-1] if modes else None


def _destination_in(case: Case, _: Dealing, __: list[Goods], wanted: WaiverCondition) -> Judged:
    country = case.c.destination_country
    if country is None:
        why = "the destination is not stated"
        return Judged(Condition("destination_in", "NOT_KNOWN", why), ("destination_country",))
    state: State = "MET" if country in wanted.countries else "NOT_MET"
    return Judged(Condition("destination_in", state, f"the destination is {country}"))


def _document(case: Case, dealing: Dealing, _: list[Goods], wanted: WaiverCondition) -> Judged:
    kind = wanted.document_type or ""
    held = [d for d in case.c.documents if d.type == kind]
    valid = [d for d in held if d.valid_until is None or dealing.day <= d.valid_until]
    if valid:
        return Judged(Condition("document", "MET", f"{kind} {valid[0].number or ''}".strip()))
    if held:
        return Judged(Condition("document", "NOT_MET", f"{kind} {held[0].number or ''} had run out".strip()))
    return Judged(Condition("document", "NOT_KNOWN", f"no {kind} is stated"), (kind,))


_Judge = Callable[[Case, Dealing, list[Goods], WaiverCondition], Judged]
_JUDGES: dict[str, _Judge] = {
    "origin_only": _origin_only, "owner_not_from": _owner_not_from, "owner_not_listed": _owner_not_listed,
    "port_use_only": _port_use_only, "destination_in": _destination_in, "document": _document,
}  # fmt: skip


def _in_force(waiver: Waiver, dealing: Dealing) -> Judged:
    start, end = waiver.applies_from, waiver.applies_until
    span = (f" from {iso_day(start)}" if start is not None else "") + (
        f" until {iso_day(end)}" if end is not None else ""
    )
    state: State = "MET" if waiver.in_force(dealing.day) else "NOT_MET"
    why = f"{waiver.id} applies{span or ' without limit'}; {dealing.text()}"
    return Judged(Condition("in_force", state, why, (dealing.event.uid,)))


def _try(case: Case, waiver: Waiver, dealing: Dealing, lines: list[Goods]) -> Trial:
    judged = [_in_force(waiver, dealing)]
    judged += [_JUDGES[w.type](case, dealing, lines, w) for w in waiver.conditions if w.type != "in_force"]
    state = max((j.condition.state for j in judged), key=_RANK.__getitem__)
    return Trial(waiver, dealing, state, tuple(judged))


def _goods_of(case: Case, dealing: Dealing) -> tuple[Goods, ...]:
    if dealing.at is None:
        return case.c.goods
    statement = case.c.goods_at(dealing.at)
    return statement.goods if statement is not None else ()


def answer(case: Case, found: list[Dealing], prohibition: str) -> Answer:
    """What the waivers say of the dealings of a prohibition (a rule id such as R02).

    A waiver whose quota does not cover the consignment answers nothing; where another one fits, that is taken.
    """
    options = []
    for dealing in found:
        lines = _goods_of(case, dealing)
        options.append(
            (dealing, lines, [w for w in case.law.waivers_against(prohibition) if fits(case, w, dealing, lines)])
        )
    short = short_of_quota(case, ((d, fitting) for d, _, fitting in options)) if case.law.capped else _COVERED
    trials: list[Trial] = []
    uncovered = False
    for dealing, lines, fitting in options:
        best, covered = _best_of(case, dealing, lines, fitting, short)
        uncovered = uncovered or not covered
        trials += best
    findings = []
    for wid in sorted({t.waiver.id for t in trials}):
        own = [t for t in trials if t.waiver.id == wid]
        findings.append(_finding(case, own, short.get(wid)))
        if wid in short:
            findings.append(over_quota(case, short[wid], worst_of([t.dealing for t in own])))
    met = bool(trials) and not uncovered and all(t.state == "MET" and t.waiver.id not in short for t in trials)
    rules = sorted({t.waiver.rule for t in trials})
    return Answer(findings, "+".join(rules) if met else None)


def _best_of(
    case: Case, dealing: Dealing, lines: tuple[Goods, ...], fitting: list[Waiver], short: Mapping[str, Standing]
) -> tuple[list[Trial], bool]:
    """The most favourable waiver for each line of a dealing, and whether every line has one."""
    tried: dict[str, Trial] = {}
    best_of: dict[str, Trial] = {}
    covered = bool(lines)
    for line in lines:
        options = [w for w in fitting if covers(w, line)]
        if not options:
            covered = False
            continue
        for w in options:
            if w.id not in tried:
                tried[w.id] = _try(case, w, dealing, [x for x in lines if covers(w, x)])
        best = min((tried[w.id] for w in options), key=lambda t: (_RANK[t.state], t.waiver.id in short, t.waiver.id))
        best_of[best.waiver.id] = best
    return list(best_of.values()), covered


def _finding(case: Case, trials: list[Trial], short: Standing | None) -> Finding:
    """The worst dealing's trial of one waiver as a finding; ``short``: where its quota does not cover the consignment."""
    state = max((t.state for t in trials), key=_RANK.__getitem__)
    worst_dealing = worst_of([t.dealing for t in trials if t.state == state])
    trial = next(t for t in trials if t.dealing is worst_dealing)
    waiver, dealing = trial.waiver, trial.dealing
    title = TITLES[waiver.rule]
    names = [j.condition for j in trial.judged]
    failed = [c for c in names if c.state == state] if state != "MET" else []
    words = {"MET": "holds: every condition is met", "NOT_MET": "fails", "NOT_KNOWN": "is not proved"}[state]
    tail = ": " + "; ".join(c.because for c in failed) if failed else ""
    tail += "; but not within its quota (R24)" if short is not None else ""
    verify = f" Verify: {waiver.verify}." if waiver.verify else ""
    return Finding(
        rule=waiver.rule,
        subject=waiver.id,
        verdict=VERDICT_OF[state],
        planned=dealing.planned,
        legal_basis=waiver.legal_basis or f"waiver {waiver.id}",
        because=f"The {title} ({waiver.id}) {words} for {dealing.text()}{tail}.{verify}",
        conditions=tuple(names),
        missing=tuple(m for j in trial.judged for m in j.missing),
        exposed=dealing.nexus.exposed,
        clocks=case.clocks(dealing.event.occurred_at),
        records=(record_ref(waiver), record_ref(dealing.place)),
    )
