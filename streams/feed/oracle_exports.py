"""The oracle on what leaves the Union: R11, exports to Kyrgyzstan (6(30), domain 8 R11)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from streams.feed.oracle_facts import Journey, country_of, law_day, moment
from streams.feed.oracle_law import Law
from streams.feed.oracle_transit import all_of, any_of, export_day, exported

_PAPERS = frozenset({
    "BOOKED", "OWNERSHIP_TRANSFERRED", "ROUTE_CHANGED", "PARTIES_CHANGED", "CANCELLED", "DECLARED", "RELEASED_FOR_TRANSIT",
    "DISCHARGED", "ENQUIRY_OPENED", "INVALIDATED", "CERTIFIED",
})  # fmt: skip
Line = dict[str, Any]


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


def judge_kyrgyzstan(law: Law, journey: Journey, now: datetime) -> str | None:
    """The verdict of R11."""
    ban = law.policy("export_ban_kg", law_day(now))
    named = _named(journey, ban["countries"])
    toward = True if named else None if destination(journey) is None else False
    if toward is False or never_went(journey):
        return None
    day = max([export_day(law, journey), *([min(named)] if named else [])])
    codes = law.of("goods", list="EXPORT_KG")
    asked = codes or toward
    lines = journey.goods() if asked else []
    answers = [law.on_list("EXPORT_KG", x, day) if codes else _question(x, ban["headings"]) for x in lines]
    listed = any_of(answers)
    on_it = any(law.on_list("EXPORT_KG", x, day) is not False and x.get("hs") for x in lines)
    if listed is None and not on_it and day < date.fromisoformat(ban["from"]):
        return None
    if toward is None and not on_it:
        return None
    answer = all_of(leaves_union(law, journey), toward, listed)
    return "INSUFFICIENT_DATA" if answer is None else "BREACH" if answer else None
