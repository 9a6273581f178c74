"""Values of customs messages: dates, masses, counts, countries, modes and kinds of transport (code lists of the Union).

Every function raises InvalidInput with the path of what is wrong. A time without an offset is UTC: the specifications
exchange times in UTC and write no offset.
"""

from __future__ import annotations

import re

from streams.ingest.ncts_xml import Node
from streams.model.events import Mode
from streams.model.intake import country_code
from streams.model.moments import brussels_day, brussels_midnight, parse_day, parse_time

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)\d*(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_MASS = re.compile(r"\d{1,16}(?:\.\d{1,12})?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
MODES: dict[str, Mode] = {
    "1": "SEA", "2": "RAIL", "3": "ROAD", "4": "AIR", "7": "PIPELINE", "8": "INLAND_WATERWAY",
}  # fmt: skip
"""Mode of transport (CL018); 5 is post and 9 own propulsion, which the contract does not know."""
BULK = frozenset({"VQ", "VG", "VL", "VY", "VR", "VS", "VO"})
"""Kinds of packages that are bulk (CL181): they are not counted."""
_COUNTRIES = {"EL": "GR", "UK": "GB", "XI": "GB"}
"""Codes of customs that are no ISO 3166-1 countries; XI is Northern Ireland."""


def day(node: Node, path: str) -> int | None:
    """The calendar day under a path (days since 1970), None when it is not stated; an offset does not move a date."""
    text = node.text(path)
    if text is None:
        return None
    found = _DAY.fullmatch(text) or _MOMENT.fullmatch(text)
    try:
        if found is not None and _FIRST_YEAR <= int(text[:4]) <= _LAST_YEAR:
            return parse_day(found[1][:10])
    except ValueError:
        pass
    raise node.wrong(path, "not a date", "a date from 1970 on such as 2026-10-02")


def moment(node: Node, path: str) -> int | None:
    """The time under a path (ms UTC), None when it is not stated."""
    text = node.text(path)
    if text is None:
        return None
    found = _MOMENT.fullmatch(text)
    try:
        if found is not None and _FIRST_YEAR <= int(text[:4]) <= _LAST_YEAR:
            return max(parse_time(found[1] + (found[2] or "Z")), 0)
    except (ValueError, OverflowError):
        pass
    raise node.wrong(
        path, "not a time", "a time from 1970 on such as 2026-10-02T07:15:00, UTC where no offset is given"
    )


def when(node: Node, path: str, prepared: int) -> int:
    """A date or time as ms UTC. A date alone is the time of preparation when that is of the same Brussels day.

    Otherwise it is the beginning of the day in Brussels; what is not stated is the time of preparation.
    """
    text = node.text(path) if path else None
    if text is None:
        return prepared
    if len(text) > 10 and text[10] == "T":
        return moment(node, path) or 0
    stated = day(node, path) or 0
    return prepared if brussels_day(prepared) == stated else brussels_midnight(stated)


def mass(node: Node, path: str) -> float | None:
    """A mass in kilograms under a path."""
    text = node.text(path)
    if text is None:
        return None
    if not _MASS.fullmatch(text):
        raise node.wrong(
            path, "negative mass" if text.startswith("-") else "not a mass", "kilograms such as 1250.5, >= 0"
        )
    return float(text)


def count(node: Node, path: str) -> int | None:
    """A whole number under a path."""
    text = node.text(path)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise node.wrong(path, "not a count", "a whole number >= 0 of at most 9 digits")
    return int(text)


def country(text: str | None) -> str | None:
    """A country of a customs message; a code that is no country is kept as it is stated (contract 1.3)."""
    if text is None:
        return None
    code = country_code(text)
    return _COUNTRIES.get(code, code)


def office_country(office: str | None) -> str | None:
    """The country of a customs office, from the first two letters of its reference number."""
    if office is None or len(office) != 8 or not office[:2].isascii() or not office[:2].isalpha():
        return None
    return country(office[:2])


def gnss(text: str | None, most: int) -> float | None:
    """A coordinate in signed decimal degrees, None when it is none or outside -most to most."""
    try:
        value = float(text) if text is not None and re.fullmatch(r"[+-]?\d{1,3}(\.\d+)?", text, re.ASCII) else None
    except ValueError:
        return None
    return value if value is not None and abs(value) <= most else None
