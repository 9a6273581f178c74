"""The story of a consignment as one page: picture, what is missing, and nothing that an event could smuggle in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

from click.testing import CliRunner

from streams.commands.explain import command
from streams.commands.explain_picture import Mark, Stop, picture

_SVG = "{http://www.w3.org/2000/svg}"
_DAY = 86_400_000


def _event(number: int, kind: str, **fields: Any) -> dict[str, Any]:
    at = f"2026-07-{number:02d}T10:00:00Z"
    event = {"event_id": f"e{number}", "source": "op", "type": kind, "consignment_id": "C-1"}
    return {**event, "occurred_at": at, "recorded_at": at, **fields}


def _told(tmp_path: Path, *events: dict[str, Any], now: str = "2026-08-20T00:00:00Z") -> str:
    feed, out = tmp_path / "events.ndjson", tmp_path / "story.html"
    feed.write_text("".join(json.dumps(e) + "\n" for e in events), "utf-8")
    result = CliRunner().invoke(command, ["C-1", "--events", str(feed), "--now", now, "--html", str(out)])
    assert result.exit_code == 0, result.output
    return out.read_text("utf-8")


_BOOKED = _event(
    1, "BOOKED", parties=[{"role": "SELLER", "name": "Nemunas <b>Kontor</b> GmbH", "country": "DE"}],
    goods=[{"line": 1, "hs": "080810"}], route=[{"country": "KZ", "unlocode": "KZALA"}], destination_country="KZ",
)  # fmt: skip
_RELEASED = _event(
    3, "RELEASED_FOR_TRANSIT", place={"unlocode": "DEHAM", "country": "DE"},
    customs={"mrn": "26DE6GB22Q8RSGHUJ3", "procedure": "T1", "limit_date": "2026-07-20"},
)  # fmt: skip
_LANDED = _event(5, "ARRIVED", place={"unlocode": "RUULU", "country": "RU"}, transport={"mode": "SEA"})


def _svg(text: str) -> Any:
    return fromstring(text[text.index("<svg") : text.index("</svg>") + 6])  # noqa: S314 - our own picture


def test_a_transit_that_never_arrived_shows_its_limit_the_way_not_seen_and_whom_to_ask(tmp_path: Path) -> None:
    text = _told(tmp_path, _BOOKED, _RELEASED)
    words = [node.text for node in _svg(text).iter(f"{_SVG}text")]
    assert "limit 2026-07-20" in words
    assert "KZALA KZ" in words
    assert "discharge of the transit (NCTS 045)" in text
    assert "Ask the customs office of destination" in text


def test_a_place_that_is_listed_on_the_day_is_red_and_one_that_is_not_is_not(tmp_path: Path) -> None:
    dots = list(_svg(_told(tmp_path, _BOOKED, _RELEASED, _LANDED)).iter(f"{_SVG}circle"))
    inks = {dot[0].text.split(" at ")[1].split(",")[0]: dot.get("stroke") for dot in dots}
    assert inks["RUULU RU"] != inks["DEHAM DE"]


def test_what_an_event_states_is_shown_and_not_run(tmp_path: Path) -> None:
    text = _told(tmp_path, _BOOKED, _RELEASED)
    assert "<b>Kontor" not in text
    assert "&lt;b&gt;Kontor&lt;/b&gt;" in text


def test_the_page_needs_nothing_beside_it(tmp_path: Path) -> None:
    text = _told(tmp_path, _BOOKED, _RELEASED, _LANDED)
    assert 'name="viewport"' in text
    assert "src=" not in text
    assert "href=" not in text
    assert "url(" not in text


def test_an_event_that_was_taken_back_stands_in_the_story_and_not_in_the_picture(tmp_path: Path) -> None:
    back = {**_event(9, "RETRACTED"), "retracts": "e5"}
    text = _told(tmp_path, _BOOKED, _RELEASED, _LANDED, back)
    assert all("RUULU" not in (node.text or "") for node in _svg(text).iter())
    assert "taken back by op/e9" in text


def test_json_and_html_at_once_are_refused(tmp_path: Path) -> None:
    feed = tmp_path / "events.ndjson"
    feed.write_text(json.dumps(_BOOKED) + "\n", "utf-8")
    result = CliRunner().invoke(command, ["C-1", "--events", str(feed), "--json", "--html", "-"])
    assert result.exit_code == 2
    assert "one of them" in result.output


def test_what_is_planned_is_dashed_and_everything_lies_within_the_picture() -> None:
    stops = [
        Stop(0, "A", planned=False, listed=False, text="a"), Stop(5 * _DAY, "B", planned=False, listed=True, text="b"),
        Stop(9 * _DAY, "C", planned=True, listed=False, text="c"),
    ]  # fmt: skip
    svg = fromstring(picture(stops, [Mark(20 * _DAY, "judged", red=False)], ["D"]))  # noqa: S314 - our own picture
    _, _, width, height = (float(n) for n in svg.attrib["viewBox"].split())
    assert [line.get("stroke-dasharray") for line in svg.iter(f"{_SVG}line")].count("4 3") == 1
    assert all(
        0 <= float(c.attrib["cx"]) <= width and 0 <= float(c.attrib["cy"]) <= height for c in svg.iter(f"{_SVG}circle")
    )
    assert picture([], []) == ""
