"""From a cell of a table to a value of the contract: dates, numbers, lists and codes as people write them."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from streams.ingest.csv_fields import Kind
from streams.model.moments import iso_time, parse_time

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | None
_SEPARATORS = re.compile(r"[;,\s]+")
_SPACES = re.compile(r"[\s\u00a0\u202f'’]+")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_AMBIGUOUS = re.compile(r"[+-]?\d{1,3},\d{3}", re.ASCII)
_YES = {"true": True, "1": True, "yes": True, "да": True, "false": False, "0": False, "no": False, "нет": False}
ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#Н/Д", "#ССЫЛКА!", "#ЗНАЧ!", "#ДЕЛ/0!"}
)
"""What a spreadsheet shows where a formula failed."""


class Manner(Struct, frozen=True):
    """How a table writes times and numbers: time zone of times without offset, `strptime` formats, the decimal sign."""

    zone: ZoneInfo | None = None
    formats: tuple[str, ...] = ()
    decimal: str | None = None


def text_of(cell: Cell) -> str:
    """A cell as text: whole numbers without decimals, times in ISO 8601."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else "" if cell is None else str(cell).strip()


def value_of(cell: Cell, kind: Kind, manner: Manner, times: float = 1.0) -> Any:
    """The JSON value of a cell. Raises ValueError with what was wrong and expected."""
    if kind in {"time", "day"}:
        return _time(cell, manner) if kind == "time" else _day(cell, manner)
    if kind in {"number", "whole"}:
        return _number(cell, manner, whole=kind == "whole", times=times)
    told = text_of(cell)
    if kind == "texts":
        return [part for part in _SEPARATORS.split(told) if part]
    if kind == "yesno":
        if told.casefold() not in _YES:
            raise ValueError(f"not a yes or no: {told}; expected true, false, or codes in the mapping")
        return _YES[told.casefold()]
    return told


def _moment(cell: Cell, manner: Manner) -> dt.datetime:
    """A date or time as it stands. Raises ValueError."""
    if isinstance(cell, dt.datetime):
        return cell
    if isinstance(cell, dt.date):
        return dt.datetime.combine(cell, dt.time())
    told = text_of(cell)
    for form in manner.formats:
        try:
            return dt.datetime.strptime(told, form)  # noqa: DTZ007 - the zone is put on by the caller
        except ValueError:
            continue
    try:
        return dt.datetime.fromisoformat(told)
    except ValueError:
        wanted = " or ".join(manner.formats) or "ISO 8601, or a form of date_formats in the mapping"
        raise ValueError(f"not a date or time: {told}; expected {wanted}") from None


def _time(cell: Cell, manner: Manner) -> str:
    moment = _moment(cell, manner)
    if moment.tzinfo is None:
        if manner.zone is None:
            raise ValueError(f"time without offset: {text_of(cell)}; expected an offset, or time_zone in the mapping")
        moment = moment.replace(tzinfo=manner.zone)
    try:
        return iso_time(parse_time(moment.isoformat()))
    except (OverflowError, ValueError):
        raise ValueError(f"no time of the calendar: {text_of(cell)}; expected a year from 1 to 9999") from None


def _day(cell: Cell, manner: Manner) -> str:
    moment = _moment(cell, manner)
    return moment.date().isoformat() if moment.tzinfo is None else moment.isoformat()


def _number(cell: Cell, manner: Manner, *, whole: bool, times: float) -> float | int:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        number = float(cell)
    else:
        number = float(_plain(text_of(cell), manner))
    number *= times
    if not math.isfinite(number):
        raise ValueError(f"not a number: {text_of(cell)}; expected a finite one")
    if whole and not number.is_integer():
        raise ValueError(f"not a whole number: {text_of(cell)}; expected one without decimals")
    return int(number) if whole else round(number, 9)


def _plain(told: str, manner: Manner) -> str:
    """A number as Python writes it; which sign is the decimal one is asked for where it cannot be told."""
    bare = _SPACES.sub("", told)
    decimal = manner.decimal
    if decimal is None:
        if _AMBIGUOUS.fullmatch(bare):
            raise ValueError(f"{told} may be thousands or thousandths; expected decimal in the mapping")
        decimal = "," if bare.rfind(",") > bare.rfind(".") else "."
    other = "." if decimal == "," else ","
    plain = bare.replace(other, "").replace(decimal, ".")
    if not _NUMBER.fullmatch(plain):
        raise ValueError(f"not a number: {told}; expected digits, such as 1250.5")
    return plain
