"""The oracle on R18 with F19: silence and transfers at sea, and new flags (6(26), 6(32); domain 4.3 F19, 8 R18)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from streams.feed.numbers import sound
from streams.feed.oracle_cap import russian
from streams.feed.oracle_facts import Event, Journey, country_of, law_day, moment
from streams.feed.oracle_law import Law
from streams.feed.oracle_listed import goods_made
from streams.feed.oracle_ports import NOT_MET, PORTS, find_place, kilometres, nexus

_AFLOAT = ("SEA", "INLAND_WATERWAY")
Sign = tuple[int, str, int]
"""The number of an actual event, the verdict it leads to, the weight of a red flag."""


def judge_ais(law: Law, journey: Journey, now: datetime) -> tuple[str | None, int]:
    """The verdict of R18 (CLEAR when it binds nobody, None without a finding) and the weight of its red flag."""
    signs = [*_gaps(law, journey, now), *_transfers(law, journey), *_flags(law, journey)]
    bound = [s for s in signs if nexus(law, journey, s[0]) != NOT_MET]
    if not bound:
        return ("CLEAR" if signs else None), 0
    doubtful = any(verdict == "INSUFFICIENT_DATA" for _, verdict, _ in bound)
    return "INSUFFICIENT_DATA" if doubtful else "RED_FLAG", max(weight for _, _, weight in bound)


def _transport(event: Event) -> dict[str, Any]:
    return event.get("transport") or {}


def _by_ship(journey: Journey, index: int) -> bool:
    """Whether the goods go by ship at an event: as stated there or last before."""
    for event in reversed(journey.actual[: index + 1]):
        mode = _transport(event).get("mode")
        if mode:
            return mode in _AFLOAT
    return True


def _may_be_one(one: Event, other: Event) -> bool:
    first, second = [_transport(e).get("vessel_imo") or _transport(e).get("vessel_name") for e in (one, other)]
    return not first or not second or first == second


def _gaps(law: Law, journey: Journey, now: datetime) -> list[Sign]:
    found = []
    gaps = [n for n, e in enumerate(journey.actual) if e["type"] == "POSITION_GAP" and _by_ship(journey, n)]
    for n in gaps:
        gap = journey.actual[n]
        start, day = moment(gap), law_day(moment(gap))
        mine = [e for e in journey.actual if e is not gap and _may_be_one(gap, e)]
        if gap.get("gap_until"):
            end: datetime | None = moment(gap, "gap_until")
            after = [e for e in mine if e["type"] == "POSITION" and moment(e) >= moment(gap, "gap_until")]
        else:
            after = [e for e in mine if e["type"] == "POSITION" and moment(e) > start]
            others = [moment(journey.actual[m], "gap_until") for m in gaps if journey.actual[m].get("gap_until")
                      and journey.actual[m] in mine]  # fmt: skip
            end = min([*(moment(e) for e in after[:1]), *(o for o in others if o > start)], default=None)
        if end is not None:
            counts = end - start >= timedelta(hours=law.policy("ais_gap_hours", day))
        else:
            counts = now - start >= timedelta(hours=law.policy("ais_open_gap_hours", day)) or now < start
        if counts:
            places = [gap.get("place"), *(e.get("place") for e in after[:1])]
            near = [_near(law, place, day) for place in places]
            state = "yes" if "yes" in near else near[0]
            found += _weigh(law, n, day, _oil(law, journey, n, day), state)
    return found


def _transfers(law: Law, journey: Journey) -> list[Sign]:
    found = []
    for n, event in enumerate(journey.actual):
        if event["type"] != "STS_TRANSFER" or not _by_ship(journey, n):
            continue
        day, place = law_day(moment(event)), event.get("place") or {}
        oil = _oil(law, journey, n, day)
        near = _near(law, event.get("place"), day)
        if place.get("unlocode") or place.get("facility") or _is_a_port(law, place):
            near = "no"
            if country_of(place) not in law.policy("eu_members", day):
                continue
        if near == "unknown" and oil == "yes" and not _noticed(law, journey, day):
            found.append((n, "INSUFFICIENT_DATA", 0))
        else:
            found += _weigh(law, n, day, "no" if _noticed(law, journey, day) else oil, near)
    return found


def _is_a_port(law: Law, place: dict[str, Any]) -> bool:
    """Whether a place without position bears the name of a port that is listed at some time."""
    if place.get("latitude") is not None:
        return False
    ports = [r for r in law.of("place") if r["annex"] in PORTS]
    days = {date.fromisoformat(r["applies_from"]) for r in ports if r.get("applies_from")}
    return any(isinstance(find_place(law, place or None, day, PORTS), dict) for day in days)


def _weigh(law: Law, index: int, day: date, oil: str, near: str) -> list[Sign]:
    if oil == "yes":
        return [(index, "RED_FLAG", law.policy("r18_weight", day))]
    if near == "yes":
        return [(index, "RED_FLAG", law.policy("flag_weights", day)["F19"])]
    return [(index, "INSUFFICIENT_DATA", 0)] if "unknown" in (oil, near) else []


def _noticed(law: Law, journey: Journey, day: date) -> bool:
    words = "|".join(re.escape(word) for word in law.policy("sts_notice_words", day))
    return any(
        d["type"] == "AUTHORISATION"
        and re.search(rf"\b({words})\b", d.get("scope") or "", re.IGNORECASE)
        and day <= date.fromisoformat(d.get("valid_until") or "9999-12-31")
        for d in journey.documents()
    )


def _oil(law: Law, journey: Journey, index: int, day: date) -> str:
    """Whether Russian oil is aboard: "yes", "no" or "unknown"."""
    answers = set()
    for line in goods_made(journey, index):
        on = law.on_list("OIL", {"hs": line.get("hs")}, day)
        answers.add("unknown" if on is None else russian(line) if on else "no")
    return next((a for a in ("yes", "unknown") if a in answers), "no" if answers else "unknown")


def _near(law: Law, place: dict[str, Any] | None, day: date) -> str:
    port = find_place(law, place, day, PORTS)
    if isinstance(port, dict):
        return "yes"
    listed = [r for r in law.of("place", day) if r["annex"] in PORTS]
    if place and place.get("latitude") is not None:
        here = (place["latitude"], place["longitude"])
        known = [(r["latitude"], r["longitude"]) for r in listed if r.get("latitude") is not None]
        if any(kilometres(here, there) <= law.policy("ais_near_km", day) for there in known):
            return "yes"
        return "no"
    abroad = country_of(place) not in {None, *(r["country"] for r in listed)}
    return "unknown" if port == "unknown" and not abroad else "no"


def _flags(law: Law, journey: Journey) -> list[Sign]:
    found = []
    for n, event in enumerate(journey.actual):
        number, flag = _transport(event).get("vessel_imo") or "", _transport(event).get("vessel_flag")
        if not flag or not sound("imo", number):
            continue
        same = [e for e in journey.actual[:n] if _transport(e).get("vessel_imo") == number]
        before = [e for e in same if _transport(e).get("vessel_flag")]
        day = law_day(moment(event))
        if not before or _transport(before[-1])["vessel_flag"] == flag:
            continue
        if moment(event) - moment(before[-1]) < timedelta(days=law.policy("flag_change_days", day)):
            found.append((n, "RED_FLAG", int(law.policy("flag_weights", day)["F19"])))
    return found
