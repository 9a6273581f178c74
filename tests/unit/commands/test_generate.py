"""`transitwatch generate` writes the two files, says what it wrote, and fails in words."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from streams.commands.decide import command as decide
from streams.commands.generate import command


def _run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(command, list(arguments))
    return done.exit_code, done.stdout, done.stderr


def test_both_files_are_written_and_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        code, _, _ = _run("--consignments", "60", "--seed", "5", "--out", str(tmp_path / folder))
        assert code == 0
    for name in ("events.ndjson", "expected.ndjson"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert len((tmp_path / "a" / "expected.ndjson").read_text().splitlines()) == 60


def test_the_summary_counts_what_was_written(tmp_path: Path) -> None:
    code, out, _ = _run("--consignments", "40", "--seed", "5", "--out", str(tmp_path), "--json")
    summary = json.loads(out)
    assert code == 0
    assert summary["events"] == len((tmp_path / "events.ndjson").read_text().splitlines())
    assert sum(summary["verdicts"].values()) == summary["consignments"] == 40


def test_the_summary_for_reading_names_files_and_seed(tmp_path: Path) -> None:
    code, out, _ = _run("--consignments", "10", "--seed", "5", "--out", str(tmp_path))
    assert code == 0
    assert "seed 5" in out
    assert str(tmp_path / "events.ndjson") in out


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, err = _run("--consignments", "1", "--out", str(tmp_path / "file" / "feed"))
    assert code == 1
    assert err.startswith("cannot write the feed to")
    assert len(err.splitlines()) == 1


def test_no_consignments_at_all_is_wrong_use(tmp_path: Path) -> None:
    assert _run("--consignments", "0", "--out", str(tmp_path))[0] == 2


def test_decide_without_a_clock_gives_what_is_expected_where_the_clock_is_the_last_event(tmp_path: Path) -> None:
    _run("--consignments", "80", "--seed", "9", "--out", str(tmp_path))
    judged = CliRunner().invoke(decide, [str(tmp_path / "events.ndjson"), "--json"])
    assert judged.exit_code == 0
    verdicts = {d["consignment_id"]: d["verdict"] for d in map(json.loads, judged.stdout.splitlines())}
    rows = [json.loads(line) for line in (tmp_path / "expected.ndjson").read_text().splitlines()]
    plain = [r for r in rows if r["scenario"].startswith(("coal", "cargo", "nexus"))]
    assert plain
    assert {r["consignment_id"]: r["verdict"] for r in plain}.items() <= verdicts.items()
