"""The way of a consignment as a picture: places as rows, time from left to right, as railways draw their timetables.

E. J. Marey, La méthode graphique (1885). What is planned is dashed, a place that is listed on the day of the event red, the limit of a
transit and the time of the judgement are upright lines. Drawn for the width of a phone; wider screens scale it up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from streams.model.events import Event, Leg, Place
from streams.model.moments import brussels_midnight, iso_day, iso_time

WIDTH, LEFT, RIGHT, TOP, ROW = 360, 118, 14, 30, 30
_LONGEST = 17
_INK, _RED, _GREY, _RULE = "#1f2933", "#b42318", "#7b8794", "#e4e7eb"
_DAY_MS = 86_400_000


class Stop(NamedTuple):
    """An event at a place: when (ms UTC), the row, whether it is only planned, whether the place is listed on that day."""

    at: int
    label: str
    planned: bool
    listed: bool
    text: str


class Mark(NamedTuple):
    """A moment (ms UTC) that matters: the limit of a transit, the judgement."""

    at: int
    text: str
    red: bool


def label_of(place: Place) -> str:
    """How a place is called in the picture: name or code, and country; empty when it has neither."""
    name = place.name or place.facility or place.unlocode or place.iata or (f"ESR {place.esr}" if place.esr else "")
    if not name and place.latitude is not None and place.longitude is not None:
        name = f"{place.latitude:.1f}, {place.longitude:.1f}"
    country = place.country or (place.unlocode or "")[:2]
    return f"{name} {country}".strip() if name != country else country


def stops_of(events: Iterable[Event], is_listed: Callable[[Event], bool]) -> list[Stop]:
    """The events that say where the goods are or will be, in order of time."""
    found = []
    for event in sorted(events, key=lambda e: e.order):
        label = label_of(event.place) if event.place is not None else ""
        if label:
            text = f"{event.type} at {label}, {iso_time(event.occurred_at)}"
            found.append(Stop(event.occurred_at, label, event.classifier != "ACTUAL", is_listed(event), text))
    return found


def marks_of(events: Iterable[Event], now: int) -> list[Mark]:
    """The limits of transits, and the time of the judgement."""
    limits = {e.customs.limit_date for e in events if e.customs is not None and e.customs.limit_date is not None}
    return [Mark(brussels_midnight(day + 1), f"limit {iso_day(day)}", True) for day in sorted(limits)] + [
        Mark(now, "judged", False)
    ]


def ahead_of(legs: Iterable[Leg]) -> list[str]:
    """What the places of a planned route are called: rows on which nothing is seen until the goods are there."""
    return [f"{leg.unlocode} {leg.country or leg.unlocode[:2]}" for leg in legs if leg.unlocode]


def picture(stops: list[Stop], marks: list[Mark], ahead: Iterable[str] = ()) -> str:
    """The picture as SVG; empty when no event says where the goods are."""
    if not stops:
        return ""
    rows = {label: n for n, label in enumerate(dict.fromkeys([*(stop.label for stop in stops), *ahead]))}
    seen = {stop.label for stop in stops}
    times = [*(stop.at for stop in stops), *(mark.at for mark in marks)]
    first, last = min(times), max(times)
    span = max(last - first, _DAY_MS)
    bottom = TOP + ROW * len(rows)

    def x(at: int) -> float:
        return round(LEFT + (at - first) / span * (WIDTH - LEFT - RIGHT), 1)

    def y(label: str) -> float:
        return TOP + ROW * rows[label] + ROW / 2

    size = {"viewBox": f"0 0 {WIDTH} {bottom + 24}", "role": "img", "xmlns": "http://www.w3.org/2000/svg"}
    svg = Element("svg", {**size, "font-family": "system-ui, sans-serif", "font-size": "11"})
    SubElement(svg, "title").text = "Places from top to bottom, time from left to right"
    red = {stop.label for stop in stops if stop.listed}
    for label in rows:
        _line(svg, (LEFT, y(label)), (WIDTH - RIGHT, y(label)), _RULE)
        shown = label if len(label) <= _LONGEST else label[: _LONGEST - 1] + "…"
        _text(svg, LEFT - 8, y(label) + 4, shown, "end", _RED if label in red else _INK if label in seen else _GREY)
    _days(svg, first, first + span, x, bottom)
    for number, mark in enumerate(sorted(marks)):
        ink = _RED if mark.red else _GREY
        _line(svg, (x(mark.at), TOP - 4), (x(mark.at), bottom), ink, dash="2 3")
        anchor = "end" if x(mark.at) > WIDTH * 0.6 else "start"
        _text(svg, x(mark.at), 10 + 11 * (number % 2), mark.text, anchor, ink)
    actual = [stop for stop in stops if not stop.planned]
    for one, other in pairwise(actual):
        _line(svg, (x(one.at), y(one.label)), (x(other.at), y(other.label)), _INK, width="2")
    planned = [*actual[-1:], *(stop for stop in stops if stop.planned)]
    for one, other in pairwise(planned):
        _line(svg, (x(one.at), y(one.label)), (x(other.at), y(other.label)), _GREY, dash="4 3")
    for stop in stops:
        ink = _RED if stop.listed else _GREY if stop.planned else _INK
        dot = {"cx": f"{x(stop.at)}", "cy": f"{y(stop.label)}", "r": "4", "stroke": ink, "stroke-width": "1.5"}
        SubElement(
            SubElement(svg, "circle", {**dot, "fill": "#fff" if stop.planned else ink}), "title"
        ).text = stop.text
    return tostring(svg, encoding="unicode")


def _days(svg: Element, first: int, last: int, x: Callable[[int], float], bottom: int) -> None:
    """Three dates under the picture."""
    for at, anchor in ((first, "start"), ((first + last) // 2, "middle"), (last, "end")):
        _text(svg, x(at), bottom + 14, iso_time(at)[:10], anchor, _GREY)


def _line(
    svg: Element, start: tuple[float, float], end: tuple[float, float], ink: str, *, width: str = "1", dash: str = ""
) -> None:
    shape = {"x1": f"{start[0]}", "y1": f"{start[1]}", "x2": f"{end[0]}", "y2": f"{end[1]}", "stroke": ink}
    SubElement(svg, "line", {**shape, "stroke-width": width, **({"stroke-dasharray": dash} if dash else {})})


def _text(svg: Element, x: float, y: float, text: str, anchor: str, ink: str) -> None:
    SubElement(svg, "text", {"x": f"{x}", "y": f"{y}", "text-anchor": anchor, "fill": ink}).text = text
