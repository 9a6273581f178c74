"""R13, F01 and F02: goods that Russia's arms industry wants most (833/2014 Art. 12gb, Annexes XL and XLVIII; domain 2.3, 4.3).

R13 asks the exporter of the EU for an assessment of risks, a document DUE_DILIGENCE, for goods on the list DILIGENCE on the
day of the first event, to a country outside the EU that is no partner of Annex VIII (contract 6(30)). F01 and F02 only look
at the goods, by the tier of the list CHP, and whether the destination is one of `policy:chp_watch_countries` (6(32)):
an assessment does not take them away, nor does anybody of the EU have to be in it.
"""

from __future__ import annotations

from streams.model.decision import Condition, Finding, State
from streams.model.moments import brussels_day, iso_day, parse_day
from streams.model.reference import GoodsEntry
from streams.rules.case import Case
from streams.rules.goods import UNCODED
from streams.rules.law import record_ref
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

LEGAL_BASIS = "833/2014 Art. 12gb"
DILIGENCE, PRIORITY = "DILIGENCE", "CHP"
_ASSESSMENT = "DUE_DILIGENCE"
_HIGHEST = ("1", "2")
"""The tiers of F01; the others are F02's."""


def r13(case: Case, lists: frozenset[str]) -> list[Finding]:
    """A red flag for such goods without an assessment; a question where it is not known whether one is asked for."""
    if not lists & {DILIGENCE, UNCODED}:
        return []
    c = case.c
    first = c.actual[0] if c.actual else c.plans[0] if c.plans else None
    destination = destination_of(case)
    if first is None or called_off(case) or (destination is None and DILIGENCE not in lists):
        return []
    day = brussels_day(first.occurred_at)
    if destination is not None and not outside_partners(case, destination, day):
        return []
    if any(d.type == _ASSESSMENT and (d.valid_until is None or day <= d.valid_until) for d in c.documents):
        return []
    statement = c.goods_at(0)
    listed = on_list(case, DILIGENCE, statement.goods if statement is not None else (), day)
    start = parse_day(case.law.policy("diligence", case.today)["from"])
    if listed.state == "NOT_MET" or (listed.entry is None and day < start):
        return []
    outward = outward_of(case)
    return [_without(case, listed, outward, destination, day)] if outward.binds(listed) else []


def _without(case: Case, listed: Listed, outward: Outward, destination: str | None, day: int) -> Finding:
    missing = (*listed.missing, *outward.missing, *(("destination_country",) if destination is None else ()))
    whither: State = "MET" if destination is not None else "NOT_KNOWN"
    where = f"{destination} is neither of the EU nor a partner" if destination else "where the goods go is not stated"
    return Finding(
        rule="R13",
        verdict="INSUFFICIENT_DATA" if missing else "RED_FLAG",
        weight=0 if missing else int(case.law.policy("r13_weight", case.today)),
        planned=not case.c.actual,
        legal_basis=(listed.entry.legal_basis if listed.entry is not None else None) or LEGAL_BASIS,
        because=f"No assessment of risks is stated: {listed.because}, begun on {iso_day(day)}; {where}.",
        conditions=(
            Condition("due_diligence", "NOT_MET", f"no document {_ASSESSMENT} is stated"),
            listed.condition(),
            Condition("non_partner_destination", whither, where),
            outward.condition(),
        ),
        missing=(f"{_ASSESSMENT} (documents)", *missing),
        exposed=outward.exposed,
        clocks=case.clocks(None),
        records=listed.records,
    )


def priority_flags(case: Case, lists: frozenset[str]) -> list[Finding]:
    """F01 and F02: goods of the high tiers, and of the others, for a country that is watched."""
    if PRIORITY not in lists:
        return []
    destination = destination_of(case)
    if destination not in case.law.policy("chp_watch_countries", case.today) or called_off(case):
        return []
    hold_steady(case, PRIORITY)
    worst: dict[str, tuple[GoodsEntry, str]] = {}
    for _, day, lines, _ in occasions(case):
        for line in lines:
            entry = case.law.goods.match(PRIORITY, line, day).entry
            if entry is not None:
                flag = "F01" if (entry.tier or "").startswith(_HIGHEST) else "F02"
                worst.setdefault(flag, (entry, line.hs or ""))
    return [_flag(case, flag, entry, code, destination) for flag, (entry, code) in worst.items()]


def _flag(case: Case, flag: str, entry: GoodsEntry, code: str, destination: str | None) -> Finding:
    tier = f"tier {entry.tier}" if entry.tier else "a tier that is not stated"
    goods = f"goods of {code} on {PRIORITY}, {tier}"
    watched = f"{destination} is watched for re-exports to Russia"
    return Finding(
        rule=flag,
        verdict="RED_FLAG",
        weight=int(case.law.policy("flag_weights", case.today)[flag]),
        planned=not case.c.actual,
        legal_basis=f"{entry.legal_basis or '833/2014 Annex XL'}; flag {flag}",
        because=f"High priority goods for {destination}: {goods}; {watched}.",
        conditions=(Condition("goods_listed", "MET", goods), Condition("watched_destination", "MET", watched)),
        clocks=case.clocks(None),
        records=(record_ref(entry),),
    )
