"""`reference load`, `history` and `diff` as a user runs them, and the real lists where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli import cli

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "tests/unit/reference/loaders/fixtures"
LISTS = ROOT.parent / "shared/data/lists"
REAL = [
    ("ofac", "ofac_*_2021-07-07.csv", 8976, 0), ("ofac", "ofac_cons_*.csv", 442, 0), ("un", "un_*.xml", 1003, 0),
    ("eu-json", "eu_fsf_*.json", 5307, 0), ("opensanctions", "opensanctions_*.csv", 6561, 0),
    ("vessels-csv", "vessels_*.csv", 1901, 0), ("goods-csv", "chpl_*.csv", 50, 0), ("csl", "us_csl_*.csv", 115, 0),
]  # fmt: skip


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["reference", *arguments])


def test_refused_rows_are_told_and_the_exit_code_is_3(tmp_path: Path) -> None:
    found = _run("load", "eu-fsf", str(FIXTURES / "eu_fsf.xml"), "--to", str(tmp_path), "--json")
    assert found.exit_code == 3
    counts = json.loads(found.stdout)
    assert (counts["records"], counts["names"], counts["refused"]) == (2, 4, 1)
    assert "line 21" in found.stderr


def test_a_broken_file_leaves_the_list_in_force(tmp_path: Path) -> None:
    _run("load", "uk", str(FIXTURES / "uk.xml"), "--to", str(tmp_path / "d"))
    before = (tmp_path / "d/uk.ndjson").read_bytes()
    (tmp_path / "uk.xml").write_bytes((FIXTURES / "uk.xml").read_bytes()[:900])
    found = _run("load", "uk", str(tmp_path / "uk.xml"), "--to", str(tmp_path / "d"))
    assert found.exit_code == 1
    assert "nothing was changed" in found.stderr
    assert (tmp_path / "d/uk.ndjson").read_bytes() == before


def test_history_and_diff_tell_what_a_load_changed(tmp_path: Path) -> None:
    for measure in ("OTHER", "FREEZE"):
        _run("load", "uk", str(FIXTURES / "uk.xml"), "--to", str(tmp_path), "--measure", measure)
        (tmp_path / "uk.ndjson").rename(tmp_path / f"{measure}.ndjson")
    found = _run("diff", str(tmp_path / "OTHER.ndjson"), str(tmp_path / "FREEZE.ndjson"))
    assert "2 differences" in found.stdout
    assert _run("history", str(tmp_path)).stdout.count("UK ") == 2


@pytest.mark.skipif(not LISTS.is_dir(), reason="../shared/data/lists is not here")
@pytest.mark.parametrize(("format_", "pattern", "records", "refused"), REAL)
def test_the_real_lists_load_whole(tmp_path: Path, format_: str, pattern: str, records: int, refused: int) -> None:
    files = [str(file) for file in sorted(LISTS.glob(pattern))]
    found = json.loads(_run("load", format_, *files, "--to", str(tmp_path), "--json").stdout)
    assert (found["records"], found["refused"]) == (records, refused)
