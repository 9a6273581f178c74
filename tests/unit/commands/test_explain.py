"""`transitwatch explain`: the story of a consignment, its sources and who can supply what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from streams.commands.explain import command
from tests.unit.commands.test_decide import BOOKED, LOADED, feed


def explain(*args: str) -> Result:
    return CliRunner().invoke(command, args)


def test_the_story_tells_what_happened_in_order_of_time(tmp_path: Path) -> None:
    result = explain("KTZ-1", "--events", feed(tmp_path, LOADED, BOOKED))
    assert result.exit_code == 0
    assert result.stdout.startswith("KTZ-1: WAIVER_MET — prohibited, and covered by an exemption")
    assert result.stdout.index("booked") < result.stdout.index("loaded at RUULU")


def test_conditions_carry_a_mark_and_the_events_they_rest_on(tmp_path: Path) -> None:
    out = explain("KTZ-1", "--events", feed(tmp_path, BOOKED, LOADED)).stdout
    assert "✓ listed_port (a listed port is used): RUULU on XLVII-A since 2025-02-25   [ktz/e2]" in out


def test_a_condition_that_fails_is_crossed_and_one_not_known_is_asked(tmp_path: Path) -> None:
    russian = [{"role": "OWNER", "name": "OOO Kuzbass Treyd", "country": "RU"}]
    unknown = {**BOOKED, "parties": russian, "goods": [{"hs": "270112"}]}
    out = explain("KTZ-1", "--events", feed(tmp_path, unknown, LOADED)).stdout
    assert "✗ owner_not_from" in out
    assert "? origin_only" in out
    assert "missing: origin — ask the consignor, by a certificate of origin" in out


def test_the_sources_show_how_sure_they_are_and_what_is_open(tmp_path: Path) -> None:
    out = explain("KTZ-1", "--events", feed(tmp_path, BOOKED, LOADED)).stdout
    assert "[B] waiver:coal-5ae@2025-07-20" in out
    assert "uncertain: [?] CN codes of the text not seen" in out


def test_an_event_that_does_not_count_says_why(tmp_path: Path) -> None:
    retraction = {**LOADED, "event_id": "e3", "type": "RETRACTED", "retracts": "e2", "place": None, "transport": None}
    out = explain("KTZ-1", "--events", feed(tmp_path, BOOKED, LOADED, retraction)).stdout
    assert "does not count: taken back by ktz/e3" in out


def test_of_two_corrections_of_one_event_the_story_names_the_one_that_counts(tmp_path: Path) -> None:
    corrections = [
        {**LOADED, "event_id": f"c{n}", "replaces": "e2", "recorded_at": f"2026-10-0{n}T00:00:00Z"} for n in (4, 5)
    ]
    out = explain("KTZ-1", "--events", feed(tmp_path, BOOKED, LOADED, *corrections)).stdout
    assert "does not count: corrected again by ktz/c5" in out
    assert "waits" not in out


def test_what_only_holds_the_place_of_versions_is_no_part_of_the_story(tmp_path: Path) -> None:
    base = {**LOADED, "event_id": "v", "type": "RETRACTED", "retracts": "v", "occurred_at": "2000-01-01T00:00:00Z"}
    version = {**LOADED, "event_id": "v@1", "replaces": "v"}
    out = explain("KTZ-1", "--events", feed(tmp_path, BOOKED, base, version)).stdout
    assert "retraction" not in out
    assert "[ktz/v@1]" in out


def test_several_files_may_follow_events(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    result = explain("KTZ-1", "--events", feed(tmp_path, BOOKED), feed(tmp_path / "other", LOADED))
    assert "loaded at RUULU" in result.stdout


def test_an_unknown_consignment_exits_with_1(tmp_path: Path) -> None:
    result = explain("KTZ-2", "--events", feed(tmp_path, BOOKED))
    assert result.exit_code == 1
    assert "no event of this consignment" in result.stderr


def test_neither_files_nor_servers_is_wrong_use() -> None:
    assert explain("KTZ-1").exit_code == 2


def test_a_stray_file_is_wrong_use(tmp_path: Path) -> None:
    assert explain("KTZ-1", feed(tmp_path, BOOKED)).exit_code == 2


def test_refused_lines_exit_with_3_after_the_story(tmp_path: Path) -> None:
    result = explain("KTZ-1", "--events", feed(tmp_path, BOOKED, "nonsense"))
    assert result.exit_code == 3
    assert "events.ndjson:2" in result.stderr
    assert result.stdout.startswith("KTZ-1")


def test_known_at_tells_the_story_as_it_was_known(tmp_path: Path) -> None:
    result = explain("KTZ-1", "--events", feed(tmp_path, BOOKED, LOADED), "--known-at", "2026-09-05T00:00:00+02:00")
    assert "loaded" not in result.stdout


def test_json_holds_the_decision_the_story_and_the_sources(tmp_path: Path) -> None:
    result = explain("KTZ-1", "--events", feed(tmp_path, BOOKED, LOADED), "--json")
    told: dict[str, Any] = json.loads(result.stdout)
    assert told["verdict"] == "WAIVER_MET"
    assert [e["event"] for e in told["story"]] == ["ktz/e1", "ktz/e2"]
    sources = {s["record"]: s for f in told["findings"] for s in f["sources"]}
    assert sources["waiver:coal-5ae@2025-07-20"]["uncertain"] is True
