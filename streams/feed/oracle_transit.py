"""The oracle on R09 and R10 (transit through Russia and Belarus) and R21 (transits that never arrive)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from streams.feed.numbers import sound
from streams.feed.oracle_facts import BRUSSELS, Event, Journey, country_of, law_day, moment
from streams.feed.oracle_law import Law


def all_of(*answers: bool | None) -> bool | None:
    """Three-valued and: one no decides, else one open question leaves it open."""
    return False if False in answers else None if None in answers else True


def any_of(answers: list[bool | None]) -> bool | None:
    """Three-valued or: one yes decides, else one open question leaves it open, as does nothing to ask of."""
    return True if True in answers else None if None in answers or not answers else False


def exported(law: Law, journey: Journey) -> bool | None:
    """Whether the goods are exported from the EU (6(28))."""
    members = law.policy("eu_members", law_day(moment(journey.actual[-1])))
    stated = journey.last("export_country")
    if stated:
        return stated in members
    for kind in ("DECLARED", "DEPARTED"):
        for event in (e for e in journey.actual if e["type"] == kind):
            export = kind == "DEPARTED" or (event.get("customs") or {}).get("procedure") == "EX"
            if export and country_of(event.get("place")) in members:
                return True
            if kind == "DEPARTED" and country_of(event.get("place")):
                return False
    return None


def export_event(law: Law, journey: Journey) -> Event:
    """The event that tells the day of the export: one of it, else the earliest of all (6(28))."""
    members = law.policy("eu_members", law_day(moment(journey.actual[-1])))

    def first(events: list[Event], *types: str) -> Event | None:
        return next((e for e in events if e["type"] in types and country_of(e.get("place")) in members), None)

    declared = [e for e in journey.actual if (e.get("customs") or {}).get("procedure") == "EX"]
    return (
        first(journey.actual, "EXPORT_CONFIRMED")
        or first(declared, "DECLARED")
        or first(journey.actual, "DEPARTED")
        or first(journey.plans(), "DEPARTED")
        or journey.all[0]
    )


def export_day(law: Law, journey: Journey) -> date:
    """The day of the export."""
    return law_day(moment(export_event(law, journey)))


def _touched(journey: Journey, country: str) -> list[date]:
    """The days on which the way touches a country: of actual events, plans, and the statement of legs."""
    events = [*journey.actual, *journey.plans()]
    days = [law_day(moment(e)) for e in events if country_of(e.get("place")) == country]
    return [*days, *(law_day(moment(stated)) for leg, stated in journey.legs() if country_of(leg) == country)]


def _way_known(journey: Journey) -> bool:
    return any(e.get("route") for e in journey.actual) or bool(journey.countries())


def _derogation(journey: Journey) -> bool:
    return any(
        d["type"] == "DEROGATION" or (d["type"] == "AUTHORISATION" and "transit" in (d.get("scope") or "").casefold())
        for d in journey.documents()
    )


def _ban(law: Law, journey: Journey, country: str, list_name: str, export_day: date | None) -> str | None:
    destination = journey.last("destination_country")
    elsewhere = None if destination is None else destination not in ("RU", "BY")
    days = _touched(journey, country)
    touches = True if days else False if _way_known(journey) else None
    asked = [export_day] if export_day else days or [law_day(moment(journey.all[0]))]
    listed = any_of([law.on_list(list_name, line, day) for line in journey.goods() for day in asked])
    answer = all_of(exported(law, journey), elsewhere, touches, listed)
    if answer is None:
        return "INSUFFICIENT_DATA"
    return ("NEEDS_WAIVER" if _derogation(journey) else "BREACH") if answer else None


def judge_transit(law: Law, journey: Journey) -> dict[str, str]:
    """The findings of R09 and R10 by rule."""
    found = {
        "R09": _ban(law, journey, "RU", "TRANSIT_RU", export_day(law, journey)),
        "R10": _ban(law, journey, "BY", "TRANSIT_BY", None),
    }
    return {rule: verdict for rule, verdict in found.items() if verdict}


def _mrn(event: Event) -> str | None:
    number: str | None = (event.get("customs") or {}).get("mrn")
    return number


def _about(notes: list[Event], release: Event, others_open: bool) -> list[Event]:
    """The notes that speak of a release: by its sound number, or without a number when no other one is open."""
    return [
        n
        for n in notes
        if (_mrn(n) == _mrn(release) and sound("mrn", _mrn(n) or "")) or (not _mrn(n) and not others_open)
    ]


def _limit(release: Event) -> date | None:
    stated = (release.get("customs") or {}).get("limit_date")
    return date.fromisoformat(stated[:10]) if stated else None


def _overdue(law: Law, journey: Journey, release: Event, others_open: bool, now: datetime) -> bool:
    if _about([e for e in journey.actual if e["type"] == "ENQUIRY_OPENED"], release, others_open):
        return True
    limit = _limit(release)
    if limit is None:
        return False
    days = 1 + law.policy("transit_grace_days", law_day(now))
    arrivals = _about([e for e in journey.actual if e["type"] == "ARRIVED_AT_DESTINATION"], release, others_open)
    if any(law_day(moment(a)) <= limit for a in arrivals):
        days += law.policy("transit_extension_days", law_day(now))
    due = datetime.combine(limit + timedelta(days=days), datetime.min.time(), BRUSSELS)
    return now >= due


def _open(journey: Journey) -> list[tuple[Event, bool]]:
    """The releases of which no end is known, each with whether there are others."""
    releases = [e for e in journey.actual if e["type"] == "RELEASED_FOR_TRANSIT"]
    ends = [e for e in journey.actual if e["type"] in ("DISCHARGED", "INVALIDATED")]
    left = [r for r in releases if not _about(ends, r, others_open=True)]
    return [(r, len(left) > 1) for r in left if not _about(ends, r, len(left) > 1)]


def without_limit(journey: Journey) -> bool:
    """Whether a transit without an end is known of which no limit date is stated (R21 cannot tell)."""
    enquiries = [e for e in journey.actual if e["type"] == "ENQUIRY_OPENED"]
    return any(_limit(r) is None and not _about(enquiries, r, others) for r, others in _open(journey))


def judge_ghost(law: Law, journey: Journey, now: datetime) -> float:
    """The weight of R21, 0 when it is not raised (6(29))."""
    if not any(_overdue(law, journey, release, others, now) for release, others in _open(journey)):
        return 0
    lines: list[dict[str, Any]] = journey.goods()
    priority = any(law.on_list("CHP", line, law_day(now)) for line in lines)
    return float(law.policy("r21_weight_chp" if priority else "r21_weight", law_day(now)))
