"""The oracle on the flags F05 and F17: goods unloaded in Russia on their way to Central Asia, and ways by odd countries (6(32))."""

from __future__ import annotations

from datetime import datetime

from streams.feed.oracle_facts import Journey, country_of, law_day
from streams.feed.oracle_import import PAPERS
from streams.feed.oracle_law import Law


def judge_route(law: Law, journey: Journey, now: datetime) -> dict[str, float]:
    """The weight of each of the two flags that is raised."""
    day, destination = law_day(now), journey.last("destination_country")
    weights, raised = law.policy("flag_weights", day), {}
    events = [*journey.actual, *journey.plans()]
    unloaded = {
        country_of(e.get("place"))
        for e in events
        if e["type"] in ("UNLOADED", "DELIVERED") or e.get("port_use") == "DISCHARGE"
    }
    if destination in law.policy("f05_destinations", day) and "RU" in unloaded:
        raised["F05"] = float(weights["F05"])
    corridor = law.policy("corridors", day).get(destination)
    if corridor is None:
        return raised
    way = [country for e in events if e["type"] not in PAPERS and (country := country_of(e.get("place")))]
    way += [country for leg, _ in journey.legs() if (country := country_of(leg))]
    fine = {destination, *corridor} | _start(journey, way)
    odd = 0
    for entry in law.policy("route_watch_countries", day):
        several = set(entry.split("/"))
        if several & {destination, *_start(journey, way)}:
            continue
        odd += bool(several.intersection(way) - fine)
    if odd:
        raised["F17"] = float(min(odd * weights["F17"], law.policy("f17_weight_cap", day)))
    return raised


def _start(journey: Journey, way: list[str]) -> set[str]:
    """Where the journey starts: not every country first reported is its start, if the goods are exported from another."""
    moved = [e for e in journey.actual if e["type"] not in PAPERS and country_of(e.get("place"))]
    exported = journey.last("export_country")
    first = country_of(moved[0].get("place")) if moved else None
    if first and (moved[0]["type"] in ("LOADED", "DEPARTED") or not exported):
        return {c for c in (first, exported) if c}
    if exported:
        return {exported}
    return set([*journey.countries(), *way][:1])
