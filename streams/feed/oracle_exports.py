"""The oracle on what leaves the Union: R11, R12 with F16, R13, F01 and F02 (6(30), 6(32), domain 8)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from streams.feed.oracle_facts import Event, Journey, country_of, law_day, moment
from streams.feed.oracle_law import Law, codes_of
from streams.feed.oracle_listed import goods_made
from streams.feed.oracle_transit import all_of, any_of, export_day, export_event, exported

_PAPERS = frozenset({
    "BOOKED", "OWNERSHIP_TRANSFERRED", "ROUTE_CHANGED", "PARTIES_CHANGED", "CANCELLED", "DECLARED", "RELEASED_FOR_TRANSIT",
    "DISCHARGED", "ENQUIRY_OPENED", "INVALIDATED", "CERTIFIED",
})  # fmt: skip
Line = dict[str, Any]
Findings = dict[str, str]


def leaves_union(law: Law, journey: Journey) -> bool | None:
    """Export from the EU, or a party of it (6(30)); None when it is not known."""
    members = law.policy("eu_members", law_day(moment(journey.actual[-1])))
    parties = [p for e in journey.all for p in e.get("parties") or []]
    if any(p.get("country") in members or p.get("nationality") in members for p in parties):
        return True
    return exported(law, journey)


def never_went(journey: Journey) -> bool:
    """Called off before anything moved."""
    ends = [e["type"] for e in journey.actual if e["type"] in ("DELIVERED", "CANCELLED", "INVALIDATED")]
    return bool(ends) and ends[0] != "DELIVERED" and all(e["type"] in _PAPERS for e in journey.actual)


def destination(journey: Journey) -> str | None:
    """Where the goods go: as stated, else where consignee or buyer is, else where they were delivered."""
    parties = journey.parties()
    options = [
        journey.last("destination_country"),
        *(p.get("country") for role in ("CONSIGNEE", "BUYER") for p in parties if p["role"] == role),
        *(country_of(e.get("place")) for e in journey.actual if e["type"] == "DELIVERED"),
    ]
    return next((country for country in options if country), None)


def _named(journey: Journey, countries: list[str]) -> list[date]:
    """The days on which what still names one of the countries as destination or place of use first did so."""
    stated = journey.last("destination_country")
    fields = [f for f in ("destination_country", "end_use_country") if journey.last(f) in countries]
    told = [next(e for e in journey.actual if e.get(field) in countries) for field in fields]
    for role in ("END_USER",) if stated else ("END_USER", "CONSIGNEE", "BUYER"):
        held = [e for e in journey.actual if any(p["role"] == role for p in e.get("parties") or [])]
        holders = [p for p in held[-1]["parties"] if p["role"] == role] if held else []
        counts = role == "END_USER" or destination(journey) in countries
        if counts and any(p.get("country") in countries for p in holders):
            told.append(held[-1])
    told += [e for e in journey.actual if e["type"] == "DELIVERED" and country_of(e.get("place")) in countries]
    return [law_day(moment(e)) for e in told]


def _question(line: Line, headings: list[str]) -> bool | None:
    code = line.get("hs")
    close = not code or any(code.startswith(h) or h.startswith(code) for h in headings)
    return None if close else False


def _waiting(journey: Journey, now: datetime) -> list[date]:
    """The day of the clock, as long as nothing shows that the goods are exported or move."""
    exported_ = any((e.get("customs") or {}).get("procedure") == "EX" for e in journey.actual)
    still = all(e["type"] in _PAPERS for e in journey.actual) and not journey.closed
    return [law_day(now)] if still and not exported_ else []


def judge_kyrgyzstan(law: Law, journey: Journey, now: datetime) -> str | None:
    """The verdict of R11."""
    ban = law.policy("export_ban_kg", law_day(now))
    named = _named(journey, ban["countries"])
    toward = True if named else None if destination(journey) is None else False
    if toward is False or never_went(journey):
        return None
    day = max([export_day(law, journey), *([min(named)] if named else []), *_waiting(journey, now)])
    codes = law.of("goods", list="EXPORT_KG")
    asked = codes or toward
    told = export_event(law, journey)
    left = journey.actual.index(told) if told["type"] != "BOOKED" and told in journey.actual else None
    lines = goods_made(journey, left) if asked else []
    answers = [law.on_list("EXPORT_KG", x, day) if codes else _question(x, ban["headings"]) for x in lines]
    listed = any_of(answers)
    on_it = any(law.on_list("EXPORT_KG", x, day) is not False and x.get("hs") for x in lines)
    if listed is None and not on_it and day < date.fromisoformat(ban["from"]):
        return None
    if toward is None and not on_it:
        return None
    leaves = leaves_union(law, journey)
    if leaves is None and not on_it and not any(x.get("hs") and _question(x, ban["headings"]) is None for x in lines):
        return None
    answer = all_of(leaves, toward, listed)
    return "INSUFFICIENT_DATA" if answer is None else "BREACH" if answer else None


def _named_on(law: Law, journey: Journey, name: str) -> bool:
    """Whether the code of a line is, or may be, on a list on any day."""
    days = {law_day(moment(e)) for e in journey.all} | {date(2100, 1, 1)}
    return any(
        x.get("hs") and law.on_list(name, x, day) is not False for x in goods_made(journey, None) for day in days
    )


def _beyond_partners(law: Law, country: str | None, day: date) -> bool | None:
    """Whether the goods go outside the EU and the partner countries."""
    if country is None:
        return None
    return country not in law.policy("eu_members", day) and country not in law.policy("partner_countries", day)


def _listed_on(law: Law, goods: list[Line], name: str, day: date, start: str) -> bool | None:
    """Whether a line is on a list on a day; goods without a code are a question from the start of the duty."""
    coded = [x for x in goods if x.get("hs")]
    listed = any_of([law.on_list(name, x, day) for x in coded]) if coded else False
    if listed is False and len(coded) < max(1, len(goods)) and day >= date.fromisoformat(start):
        return None
    return listed


def _with_goods(journey: Journey) -> list[tuple[Event, list[Line]]]:
    """The actual events and the plans, each with the goods there."""
    actual = [(event, goods_made(journey, index)) for index, event in enumerate(journey.actual)]
    return [*actual, *((plan, goods_made(journey, None)) for plan in journey.plans())]


def _clause_asked(law: Law, journey: Journey, terms: dict[str, str], made: str | None) -> bool | None:
    """Whether at some event the law asks for the clause in a contract of that day."""
    answers = []
    for event, goods in _with_goods(journey):
        day = law_day(moment(event))
        asks: bool | None = True
        if day.isoformat() <= terms["running_after"]:
            asks = None if made is None else made > terms["contract_after"]
        beyond = _beyond_partners(law, destination(journey), day)
        answers.append(all_of(asks, beyond, _listed_on(law, goods, "NO_RUSSIA_CLAUSE", day, terms["from"])))
    return any_of(answers)


def judge_clause(law: Law, journey: Journey, now: datetime) -> Findings:
    """The findings of R12 and F16."""
    terms = law.policy("no_russia_clause", law_day(now))
    contract = journey.last("contract") or {}
    clause = contract.get("no_russia_clause")
    if clause or never_went(journey):
        return {}
    leaves, where = leaves_union(law, journey), destination(journey)
    if None in (leaves, where) and not _named_on(law, journey, "NO_RUSSIA_CLAUSE"):
        return {}
    answer = all_of(leaves, _clause_asked(law, journey, terms, contract.get("date")))
    if answer is False:
        return {}
    if answer and clause is False:
        return {"R12": "BREACH"}
    return {"R12": "INSUFFICIENT_DATA", **({"F16": "RED_FLAG"} if answer else {})}


def judge_diligence(law: Law, journey: Journey, now: datetime) -> Findings:
    """The finding of R13."""
    day = law_day(moment(journey.actual[0]))
    held = [d for d in journey.documents() if d["type"] == "DUE_DILIGENCE"]
    if any(not d.get("valid_until") or d["valid_until"] >= day.isoformat() for d in held) or never_went(journey):
        return {}
    leaves, where = leaves_union(law, journey), destination(journey)
    if None in (leaves, where) and not _named_on(law, journey, "DILIGENCE"):
        return {}
    listed = _listed_on(law, goods_made(journey, 0), "DILIGENCE", day, law.policy("diligence", law_day(now))["from"])
    answer = all_of(leaves, _beyond_partners(law, where, day), listed)
    if answer is False:
        return {}
    return {"R13": "RED_FLAG" if answer else "INSUFFICIENT_DATA"}


def judge_priority(law: Law, journey: Journey, now: datetime) -> Findings:
    """The findings of F01 and F02."""
    if destination(journey) not in law.policy("chp_watch_countries", law_day(now)) or never_went(journey):
        return {}
    tiers = {
        record["tier"]
        for event, goods in _with_goods(journey)
        for record in law.of("goods", law_day(moment(event)), list="CHP")
        for line in goods
        if any(code.startswith(record["hs"]) for code in codes_of(line.get("hs")))
    }
    flags = {"F01" if tier[0] in "12" else "F02" for tier in tiers}
    return dict.fromkeys(flags, "RED_FLAG")


def judge_exports(law: Law, journey: Journey, now: datetime) -> Findings:
    """All findings on what leaves the Union."""
    kyrgyzstan = judge_kyrgyzstan(law, journey, now)
    return {
        **({"R11": kyrgyzstan} if kyrgyzstan else {}),
        **judge_clause(law, journey, now),
        **judge_diligence(law, journey, now),
        **judge_priority(law, journey, now),
    }
