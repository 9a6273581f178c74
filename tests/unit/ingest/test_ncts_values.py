"""Values of customs messages are read strictly."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

import pytest

from streams.errors import InvalidInput
from streams.ingest.ncts_parts import place
from streams.ingest.ncts_values import count, country, day, mass, moment, office_country, when
from streams.ingest.ncts_xml import Node
from streams.model.events import Place
from streams.model.moments import iso_day, iso_time, parse_time


def node(text: str, name: str = "v") -> Node:
    root = Element("m")
    SubElement(root, name).text = text
    return Node(root, "/m")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-09-24T08:30:00", "2026-09-24T08:30:00Z"),
        (" 2026-09-24T08:30:00+03:00 ", "2026-09-24T05:30:00Z"),
        ("2026-09-24T08:30:00.1234567Z", "2026-09-24T08:30:00.123Z"),
    ],
)
def test_a_time_is_utc_unless_it_has_an_offset(text: str, time: str) -> None:
    found = moment(node(text), "v")
    assert found is not None and iso_time(found) == time


@pytest.mark.parametrize("text", ["2026-09-24", "2026-09-24T25:00:00", "20260924T083000", "1969-12-31T00:00:00", "9999-12-31T00:00:00-14:00"])  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="/m/v: not a time"):
        moment(node(text), "v")


def test_an_offset_does_not_move_a_date() -> None:
    assert [iso_day(day(node(t), "v") or 0) for t in ("2026-09-24", "2026-09-24Z", "2026-09-24+14:00")] == [
        "2026-09-24"
    ] * 3
    with pytest.raises(InvalidInput, match="not a date"):
        day(node("2026-02-29"), "v")


def test_a_day_is_that_of_brussels() -> None:
    late = parse_time("2026-09-24T22:30:00Z")  # already the 25th in Brussels
    assert when(node("2026-09-25"), "v", late) == late
    assert iso_time(when(node("2026-09-24"), "v", late)) == "2026-09-23T22:00:00Z"
    assert when(node("2026-09-24"), "absent", late) == when(node("2026-09-24"), "", late) == late


@pytest.mark.parametrize("text", ["-1", "1e3", "NaN", "1,5", "0x10", "1_000", "", "١٢"])
def test_only_plain_decimals_are_masses(text: str) -> None:
    if not text:
        assert mass(node(text), "v") is None
        return
    with pytest.raises(InvalidInput, match="mass"):
        mass(node(text), "v")


def test_only_whole_numbers_are_counts() -> None:
    assert count(node("40"), "v") == 40
    for text in ("-1", "1.0", "9" * 10, "٣"):
        with pytest.raises(InvalidInput, match="not a count"):
            count(node(text), "v")


def test_codes_of_customs_for_countries_become_those_of_iso() -> None:
    assert [country(code) for code in ("lt", "XI", "EL", "UK", "Kazakhstan", None)] == [
        "LT",
        "GB",
        "GR",
        "GB",
        "Kazakhstan",
        None,
    ]
    assert [office_country(code) for code in ("LTKR1000", "XI000142", "12345678", "LT", None)] == [
        "LT",
        "GB",
        None,
        None,
        None,
    ]


def test_a_location_is_read_by_code_coordinates_or_country_of_the_office() -> None:
    root = Element("LocationOfGoods")
    assert place(None, "LTKR1000") == Place(country="LT") and place(None, None) is None
    assert place(Node(root, "/l"), None) is None
    SubElement(root, "UNLocode").text = "lvrix"
    gnss = SubElement(root, "GNSS")
    SubElement(gnss, "latitude").text, SubElement(gnss, "longitude").text = "56.95", "+24.1"
    assert place(Node(root, "/l"), "LTKR1000") == Place(unlocode="LVRIX", country="LV", latitude=56.95, longitude=24.1)
    gnss[0].text = "95.0"
    root[0].text = "somewhere"
    assert place(Node(root, "/l"), "LTKR1000") == Place(name="somewhere", country="LT")
