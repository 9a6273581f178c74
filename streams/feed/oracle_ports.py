"""The oracle on R01, R02, R07, R08 and the exemptions: dealings with listed places, who of the EU is in it, the waiver."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any, NamedTuple

from streams.feed.oracle_facts import Event, Journey, country_of, law_day, moment
from streams.feed.oracle_law import Law, Record, in_force
from streams.feed.oracle_parties import frozen

MET, NOT_MET, NOT_KNOWN = "MET", "NOT_MET", "NOT_KNOWN"
_USES = {
    "LOADED": "LOADING", "TRANSSHIPPED": "LOADING", "STS_TRANSFER": "LOADING", "UNLOADED": "DISCHARGE",
    "ARRIVED": "TRANSIT", "BORDER_CROSSED": "TRANSIT", "PORT_CALL": "TRANSIT", "DEPARTED": "DEPARTURE",
    "STORED": "STORAGE", "PROCESSED": "PROCESSING",
}  # fmt: skip
PORTS, _REFINERIES, _AIRPORTS = ("XLVII-A", "XLVII-C"), ("XLVII-D",), ("XLVII-B",)
_PORT_ASKED = ("LOADED", "UNLOADED", "DEPARTED", "ARRIVED", "PORT_CALL", "STORED", "STS_TRANSFER")
_ON_WATER = ("SEA", "INLAND_WATERWAY")


class Dealing(NamedTuple):
    """A dealing, done or planned, with a listed place: its day, the use of the port, the actual event's number."""

    day: date
    use: str | None
    mode: str | None
    number: int | None


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two points in degrees."""
    (a, b), (c, d) = [tuple(map(math.radians, p)) for p in (one, other)]
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 12_742 * math.asin(math.sqrt(h))


def find_place(law: Law, place: dict[str, Any] | None, day: date, annexes: tuple[str, ...]) -> Record | str | None:
    """The listed place meant by a place, None when it is no listed one, "unknown" when nobody can tell (6(6))."""
    ports = [r for r in law.of("place", day) if r.get("annex") in annexes]
    if not place:
        return "unknown"
    codes = {place.get("unlocode"), place.get("iata")} - {None}
    if codes:
        return next((r for r in ports if codes & {r.get("unlocode"), r.get("iata"), *r.get("unlocodes", ())}), None)
    if place.get("latitude") is not None:
        here = (place["latitude"], place["longitude"])
        limit = law.policy("place_radius_km", day)
        close = [r for r in ports if r.get("latitude") is not None]
        return next((r for r in close if kilometres(here, (r["latitude"], r["longitude"])) <= limit), None)
    names = [n.casefold() for n in (place.get("facility"), place.get("name")) if n]
    shared = [n.casefold() for n in law.policy("shared_place_names", day)]
    if not names or any(n in shared for n in names):
        return "unknown"
    for record in ports:
        known = {n.casefold() for n in (record["name"], *record.get("aliases", ()))}
        if place.get("country") in (None, record["country"]) and known & set(names):
            return record
    return None


def _use(event: Event) -> str | None:
    use: str | None = event.get("port_use") or _USES.get(event["type"])
    return use


def _mode(event: Event) -> str | None:
    mode: str | None = (event.get("transport") or {}).get("mode")
    return mode


def _asks_for_port(event: Event) -> bool:
    """Whether the port must be known (6(7)): the types named there, on water, in Russia or with no country."""
    somewhere = country_of(event.get("place")) in ("RU", None)
    return event["type"] in _PORT_ASKED and _mode(event) in _ON_WATER and somewhere


def _in_the_air(event: Event, annexes: tuple[str, ...]) -> bool:
    """Overflight of an airport is no dealing (domain 8 R08)."""
    return annexes == _AIRPORTS and event["type"] == "BORDER_CROSSED" and _mode(event) in ("AIR", None)


def _dealings(law: Law, journey: Journey, annexes: tuple[str, ...]) -> tuple[list[Dealing], list[int]]:
    """The dealings with places of annexes, and the numbers of actual events at a port that nobody can name."""
    found, unknown = [], []
    for index, event in enumerate(journey.actual):
        if _use(event) is None or _in_the_air(event, annexes):
            continue
        day = law_day(moment(event))
        port = find_place(law, event.get("place"), day, annexes)
        if isinstance(port, dict):
            found.append(Dealing(day, _use(event), _mode(event), index))
        elif port == "unknown" and _asks_for_port(event):
            unknown.append(index)
    for plan in journey.plans():
        day = law_day(moment(plan))
        if _use(plan) and isinstance(find_place(law, plan.get("place"), day, annexes), dict):
            found.append(Dealing(day, _use(plan), _mode(plan), None))
    for leg, stated in journey.legs():
        day = law_day(moment(stated))
        if leg.get("unlocode") and isinstance(find_place(law, leg, day, annexes), dict):
            found.append(Dealing(day, None, None, None))
    return found, unknown


def nexus(law: Law, journey: Journey, index: int | None) -> str:
    """R01 at a dealing (3.1(5), 6(10)): MET, NOT_MET or NOT_KNOWN."""
    members = set(law.policy("eu_members", law_day(moment(journey.actual[-1]))))
    parties = journey.parties(index)
    flags = {(e.get("transport") or {}).get("vessel_flag") for e in journey.actual} - {None}
    involved = {p.get("country") for p in parties} | {p.get("nationality") for p in parties} | flags
    involved |= {journey.last("export_country"), *journey.countries()}
    if involved & members:
        return MET
    told = {p["role"] for p in parties if p.get("country")}
    complete = (
        told & {"SELLER", "CONSIGNOR"}
        and told & {"BUYER", "CONSIGNEE"}
        and (flags or "CARRIER" in told)
        and "INSURER" in told
    )
    return NOT_MET if complete else NOT_KNOWN


def _origin(line: dict[str, Any], allowed: list[str], tolerance: float) -> str:
    origin = line.get("origin") or []
    if not origin:
        return NOT_KNOWN
    if any(o["country"] not in allowed and o.get("share_pct", 100) > tolerance for o in origin):
        return NOT_MET
    known = 100 if len(origin) == 1 and "share_pct" not in origin[0] else sum(o.get("share_pct", 0) for o in origin)
    return MET if known >= 100 - tolerance else NOT_KNOWN


def _owner_from(owner: dict[str, Any], barred: list[str], limit: float) -> str:
    """One owner against `owner_not_from` (6(14))."""
    if owner.get("country") in barred or owner.get("nationality") in barred:
        return NOT_MET
    holders = [h for h in owner.get("owners") or [] if h.get("country") in barred]
    if sum(h.get("share_pct", 0) for h in holders) >= limit:
        return NOT_MET
    unsaid = not (owner.get("country") or owner.get("nationality")) or any("share_pct" not in h for h in holders)
    return NOT_KNOWN if unsaid else MET


def _owner_moments(journey: Journey) -> list[tuple[int | None, date]]:
    """The moments at which the owner is asked: from entry into Russia to departure; without entry, now."""
    inside = [n for n, e in enumerate(journey.actual) if country_of(e.get("place")) == "RU"]
    if not inside:
        return [(None, law_day(moment(journey.actual[-1])))]
    last = journey.actual[inside[-1]]
    left = last["type"] == "DEPARTED" or journey.countries()[-1] != "RU"  # else they are there still (3.1(6))
    end = moment(last if left else journey.actual[-1])
    between = [n for n in range(inside[0], len(journey.actual)) if moment(journey.actual[n]) <= end]
    return [(n, law_day(moment(journey.actual[n]))) for n in between]


def _owner(law: Law, journey: Journey, condition: Record, day: date) -> str:
    states = set()
    limit = law.policy("owner_share_pct", day)
    for index, then in _owner_moments(journey):
        owners = [p for p in journey.parties(index) if p["role"] == "OWNER"]
        if not owners:
            states.add(NOT_KNOWN)
        for owner in owners:
            if condition["type"] == "owner_not_from":
                states.add(_owner_from(owner, condition["countries"], limit))
            else:
                states.add({"yes": NOT_MET, "no": MET, "unknown": NOT_KNOWN}[frozen(law, owner, then)])
    return worst(states)


def worst(states: set[str]) -> str:
    """The state of several together: one NOT_MET breaks it, one NOT_KNOWN leaves it open."""
    return NOT_MET if NOT_MET in states else NOT_KNOWN if NOT_KNOWN in states else MET


def _condition(law: Law, journey: Journey, dealing: Dealing, line: dict[str, Any], condition: Record) -> str:
    kind = condition["type"]
    if kind == "origin_only":
        tolerance = law.policy("origin_residue_tolerance_pct", dealing.day)
        return _origin(line, condition["countries"], tolerance)
    if kind.startswith("owner_"):
        return _owner(law, journey, condition, dealing.day)
    if kind == "destination_in":
        destination = journey.last("destination_country")
        return NOT_KNOWN if destination is None else MET if destination in condition["countries"] else NOT_MET
    if kind == "port_use_only":
        if dealing.use == "DISCHARGE" and dealing.mode in _ON_WATER:
            return NOT_MET
        return MET if dealing.use is None or dealing.use in condition["allowed"] else NOT_MET
    raise ValueError(f"the oracle does not know the condition {kind}")


def _waiver(law: Law, journey: Journey, dealing: Dealing, line: dict[str, Any], waiver: Record) -> str:
    states = {_condition(law, journey, dealing, line, c) for c in waiver["conditions"]}
    states.add(MET if in_force(waiver, dealing.day) else NOT_MET)
    return worst(states)


def judge_ports(law: Law, journey: Journey) -> tuple[dict[str, str], bool]:
    """The findings of R01 to R05 by rule, and whether R02 is answered."""
    return _judge(law, journey, "R02", *_dealings(law, journey, PORTS))


def judge_airports(law: Law, journey: Journey) -> tuple[dict[str, str], bool]:
    """The findings of R01 and R08, and whether R08 is answered."""
    return _judge(law, journey, "R08", _dealings(law, journey, _AIRPORTS)[0], [])


def judge_refineries(law: Law, journey: Journey, now: datetime) -> tuple[dict[str, str], bool]:
    """The findings of R01 and R07, and whether R07 is answered.

    What is planned and not done by the day of the listing is yet to be done, so it falls under the ban.
    """
    due = _dealings(law, journey, _REFINERIES)[0]
    notices: list[Dealing] = []
    for number, event in [*enumerate(journey.actual), *((None, plan) for plan in journey.plans())]:
        record = find_place(law, event.get("place"), date.max, _REFINERIES)
        if _use(event) is None or not isinstance(record, dict) or in_force(record, law_day(moment(event))):
            continue
        start = date.fromisoformat(record["applies_from"])
        overdue = number is None and law_day(now) >= start
        (due if overdue else notices).append(Dealing(start, _use(event), _mode(event), number))
    findings, answered = _judge(law, journey, "R07", due, [])
    if "R07" not in findings and any(nexus(law, journey, n.number) != NOT_MET for n in notices):
        return {"R07": "RED_FLAG"}, False
    return ({"R01": "CLEAR"} if notices and not findings else findings), answered


def _judge(
    law: Law, journey: Journey, rule: str, dealings: list[Dealing], unknown: list[int]
) -> tuple[dict[str, str], bool]:
    """The findings of a ban on dealings and of its waivers by rule, and whether they answer it."""
    bound = [d for d in dealings if nexus(law, journey, d.number) != NOT_MET]
    asked = [n for n in unknown if nexus(law, journey, n) != NOT_MET]
    if not bound:
        if asked:
            return {rule: "INSUFFICIENT_DATA"}, False
        return ({"R01": "CLEAR"} if dealings or unknown else {}), False
    findings, covered = {rule: "NEEDS_WAIVER"}, True
    by_rule: dict[str, set[str]] = {}
    for dealing in bound:
        lines = journey.goods(dealing.number)
        covered = covered and bool(lines)
        for line in lines:
            fitting = [
                w
                for w in law.of("waiver", answers=rule)
                if any((line.get("hs") or "").startswith(g) for g in w["goods"])
            ]
            states = [(_waiver(law, journey, dealing, line, w), w["rule"]) for w in fitting]
            best = min(states, key=lambda s: (MET, NOT_KNOWN, NOT_MET).index(s[0]), default=None)
            covered = covered and best is not None and best[0] == MET
            if best:
                by_rule.setdefault(best[1], set()).add(best[0])
    named = {MET: "WAIVER_MET", NOT_KNOWN: "NEEDS_WAIVER", NOT_MET: "BREACH"}
    findings.update({rule: named[worst(states)] for rule, states in by_rule.items()})
    return findings, covered
