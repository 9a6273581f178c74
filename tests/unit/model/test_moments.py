"""Times, days and the calendar of the law in Brussels."""

from __future__ import annotations

import pytest

from streams.model.moments import DAY_MS, brussels_day, brussels_midnight, iso_day, iso_time, parse_day, parse_time


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-07-01T01:04:00+03:00", "2024-07-01"),
        ("2024-06-30T21:59:59+00:00", "2024-06-30"),
        ("2024-06-30T22:00:00Z", "2024-07-01"),
        ("2026-01-31T23:00:00Z", "2026-02-01"),
        ("1969-12-31T23:30:00Z", "1970-01-01"),
    ],
)
def test_the_day_of_a_time_is_that_of_brussels(text: str, day: str) -> None:
    assert iso_day(brussels_day(parse_time(text))) == day


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-07-01", 24)])
def test_a_day_begins_at_midnight_in_brussels_also_when_the_clocks_change(day: str, hours: int) -> None:
    number = parse_day(day)
    start, end = brussels_midnight(number), brussels_midnight(number + 1)
    assert end - start == hours * DAY_MS // 24
    assert (brussels_day(start - 1), brussels_day(start), brussels_day(end - 1)) == (number - 1, number, number)


def test_a_time_given_for_a_day_is_reduced_to_its_day() -> None:
    assert parse_day("2026-10-02T23:30:00Z") == parse_day("2026-10-03")


@pytest.mark.parametrize("text", [
    "2026-10-02", "2026-10-02T10:00:00", "soon", "", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
])  # fmt: skip
def test_what_is_no_time_with_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_time(text)


def test_times_are_written_in_utc_with_milliseconds_only_when_there_are_any() -> None:
    assert iso_time(parse_time("2026-10-02T07:15:00+05:00")) == "2026-10-02T02:15:00Z"
    assert iso_time(parse_time("2026-10-02T07:15:00.250+05:00")) == "2026-10-02T02:15:00.250Z"
