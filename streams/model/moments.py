"""Times and days as integers, and the calendar of the law.

A *time* is milliseconds since 1970-01-01 UTC (`int`), a *day* is days since 1970-01-01 (`int`).
Dates of law are calendar days in Europe/Brussels (contract, head): a moment falls under a listing
when its Brussels day is >= ``applies_from`` and < ``applies_until``.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
_EPOCH = dt.date(1970, 1, 1)
_EPOCH_UTC = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


_QUARTER_MS = 900_000
_DAYS_KEPT = 200_000
_days: dict[int, int] = {}


def brussels_day(time: int) -> int:
    """The Brussels calendar day (days since 1970) of a time (ms UTC).

    >>> iso_day(brussels_day(parse_time("2024-07-01T01:04:00+03:00")))
    '2024-07-01'
    """
    quarter = time // _QUARTER_MS  # offsets of Brussels change on a quarter of an hour
    day = _days.get(quarter)
    if day is None:
        if len(_days) >= _DAYS_KEPT:
            _days.clear()
        moment = _EPOCH_UTC + dt.timedelta(milliseconds=time)
        day = _days[quarter] = (moment.astimezone(BRUSSELS).date() - _EPOCH).days
    return day


@lru_cache(maxsize=20_000)
def brussels_midnight(day: int) -> int:
    """The time (ms UTC) at which a Brussels calendar day begins."""
    date = _EPOCH + dt.timedelta(days=day)
    start = dt.datetime(date.year, date.month, date.day, tzinfo=BRUSSELS)
    return int((start - _EPOCH_UTC).total_seconds() * 1000)


def month_after(day: int, months: int) -> int:
    """The first day of the month (days since 1970) so many months after that in which a day lies."""
    date = _EPOCH + dt.timedelta(days=day)
    years, month = divmod(date.month - 1 + months, 12)
    return (dt.date(date.year + years, month + 1, 1) - _EPOCH).days


def parse_time(text: str) -> int:
    """An ISO 8601 time with offset as ms UTC.

    Raises ValueError when the text is no time, has no offset (contract 1.3), or lies in the year 1 or 9999: in UTC
    such a moment may have no date.
    """
    moment = dt.datetime.fromisoformat(text)
    if "T" not in text and " " not in text:
        raise ValueError("a date, not a time")
    if moment.tzinfo is None:
        raise ValueError("no offset")
    if not 1 < moment.year < 9999:
        raise ValueError("a year that cannot be told in UTC")
    return round((moment - _EPOCH_UTC).total_seconds() * 1000)


def parse_day(text: str) -> int:
    """A calendar day `YYYY-MM-DD`, or a time with offset reduced to its Brussels day (contract 6(4)).

    Raises ValueError when the text is neither.
    """
    if len(text) == 10:
        return (dt.date.fromisoformat(text) - _EPOCH).days
    return brussels_day(parse_time(text))


@lru_cache(maxsize=100_000)
def iso_time(time: int) -> str:
    """A time (ms UTC) as ISO 8601 in UTC, with milliseconds only when there are any."""
    moment = _EPOCH_UTC + dt.timedelta(milliseconds=time)
    return moment.isoformat(timespec="milliseconds" if time % 1000 else "seconds").replace("+00:00", "Z")


@lru_cache(maxsize=20_000)
def iso_day(day: int) -> str:
    """A day (days since 1970) as `YYYY-MM-DD`."""
    return (_EPOCH + dt.timedelta(days=day)).isoformat()
