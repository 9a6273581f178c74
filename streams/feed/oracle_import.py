"""The oracle on R06: Russian coal, by origin or by sale in Russia, into the EU (6(19); domain 8 R06)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from streams.feed.oracle_cap import russian
from streams.feed.oracle_facts import Event, Journey, country_of, law_day, moment
from streams.feed.oracle_law import Law
from streams.feed.oracle_listed import goods_made
from streams.feed.oracle_ports import NOT_MET, nexus

PAPERS = (
    "BOOKED", "OWNERSHIP_TRANSFERRED", "ROUTE_CHANGED", "PARTIES_CHANGED", "CANCELLED", "DECLARED", "RELEASED_FOR_TRANSIT",
    "DISCHARGED", "ENQUIRY_OPENED", "EXPORT_CONFIRMED", "INVALIDATED", "CERTIFIED",
)  # fmt: skip
"""Events of papers: they tell nothing of where the goods are."""


class _Landing(NamedTuple):
    """Goods that come into the EU: at which actual event (None: still to come), on which day, and whether it is sure."""

    number: int | None
    day: date
    sure: bool


def judge_import(law: Law, journey: Journey, now: datetime) -> str | None:
    """The verdict of R06; CLEAR when it binds nobody, None without a finding."""
    done, ahead = _bought_in_russia(journey), _to_be_bought(journey)
    said: list[tuple[int | None, str]] = []
    for landing in _landings(law, journey, now):
        for line in goods_made(journey, landing.number) or [{}]:
            verdict = _line(law, journey, landing, line, done or (ahead and landing.number is None))
            if verdict:
                said.append((landing.number, verdict))
    binding = [verdict for index, verdict in said if nexus(law, journey, index) != NOT_MET]
    if not binding:
        return "CLEAR" if said else None
    return "BREACH" if "BREACH" in binding else "INSUFFICIENT_DATA"


def _landings(law: Law, journey: Journey, now: datetime) -> list[_Landing]:
    members = law.policy("eu_members", law_day(now))
    destination = journey.last("destination_country")
    types = {e["type"] for e in journey.actual}

    def ashore(event: Event) -> bool:
        where = country_of(event.get("place"))
        if event["type"] == "DELIVERED":
            where = where or destination
        return event["type"] in ("UNLOADED", "DELIVERED") and where in members

    found = [_Landing(n, law_day(moment(e)), True) for n, e in enumerate(journey.actual) if ashore(e)]
    if found or "CANCELLED" in types:
        return found
    day = law_day(moment(journey.actual[-1]) if journey.closed else now)
    if destination in members:
        return [_Landing(None, day, True)]
    return [_Landing(None, day, False)] if destination is None and "DELIVERED" not in types else []


def _in_russia(journey: Journey) -> Iterator[int]:
    """The numbers of the actual events from entry into Russia to departure."""
    inside = [n for n, e in enumerate(journey.actual) if country_of(e.get("place")) == "RU"]
    if inside:
        later = journey.actual[inside[-1] + 1 :]
        elsewhere = any(country_of(e.get("place")) for e in later if e["type"] not in PAPERS)
        gone = journey.actual[inside[-1]]["type"] == "DEPARTED" or elsewhere
        yield from range(inside[0], (inside[-1] if gone else len(journey.actual) - 1) + 1)


def _bought_in_russia(journey: Journey) -> bool:
    """Whether somebody of Russia had the goods while they were there, or they are exported from there."""
    if journey.last("export_country") == "RU":
        return True
    for number in _in_russia(journey):
        stated = [e["export_country"] for e in journey.actual[: number + 1] if e.get("export_country")]
        who = [p for p in journey.parties(number) if p["role"] in ("OWNER", "SELLER", "CONSIGNOR")]
        if stated[-1:] == ["RU"] or any("RU" in (p.get("country"), p.get("nationality")) for p in who):
            return True
    return False


def _to_be_bought(journey: Journey) -> bool:
    """Whether somebody of Russia has goods that are planned to come there and have not yet (3.1(6))."""
    who = [p for p in journey.parties() if p["role"] in ("OWNER", "SELLER", "CONSIGNOR")]
    russian = any("RU" in (p.get("country"), p.get("nationality")) for p in who)
    return russian and "RU" not in journey.countries() and _planned_in_russia(journey)


def _planned_in_russia(journey: Journey) -> bool:
    plans = any(country_of(e.get("place")) == "RU" for e in journey.plans() if e["type"] not in PAPERS)
    return plans or any(country_of(leg) == "RU" for leg, _ in journey.legs())


def _touches_russia(journey: Journey) -> bool:
    moves = (e for e in journey.actual if e["type"] not in PAPERS)
    return any(country_of(e.get("place")) == "RU" for e in moves) or _planned_in_russia(journey)


def _line(law: Law, journey: Journey, landing: _Landing, line: dict[str, Any], bought: bool) -> str | None:
    listed, origin = law.on_list("IMPORT_BAN_RU", line, landing.day), russian(line)
    if listed is False or (origin == "no" and not bought):
        return None
    proved = bought or origin == "yes"
    if listed and proved and landing.sure:
        return "BREACH"
    nothing_told = not line.get("hs") and not proved
    if nothing_told and not (landing.sure and _touches_russia(journey)):
        return None
    return "INSUFFICIENT_DATA"
