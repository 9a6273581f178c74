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
    ("ofac", "ofac_*_2021-07-07.csv", 8976, 23301, 0), ("ofac", "ofac_cons_*.csv", 442, 1581, 0),
    ("ofac", "ofac_a*_2025-12-24.csv", 8653, 20107, 11632), ("un", "un_*.xml", 1003, 4192, 0),
    ("eu-json", "eu_fsf_*.json", 5307, 27571, 0), ("opensanctions", "opensanctions_*.csv", 6561, 6563, 0),
    ("vessels-csv", "vessels_*.csv", 1901, 0, 0), ("goods-csv", "chpl_*.csv", 50, 0, 0),
    ("csl", "us_csl_*.csv", 115, 276, 0), ("csl", "us_bis_dpl.txt", 543, 543, 3),
]  # fmt: skip
"""Format, files, records, names and refused rows; 11,632 addresses speak of entries without a name in these files."""
NO_LISTS = [
    ("goods-csv", "hs_2022_harmonized-system.csv", "no goods list"),
    ("places-csv", "unlocode_country-codes.csv", "no column name, annex"),
    ("places-csv", "unlocode_subdivision-codes.csv", "no column name, annex"),
]
"""Tables of codes: who took one for a list would put all goods or all places on it."""
needs_lists = pytest.mark.skipif(not LISTS.is_dir(), reason="../shared/data/lists is not here")


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


@needs_lists
@pytest.mark.parametrize(("format_", "pattern", "records", "names", "refused"), REAL)
def test_the_real_lists_load_with_every_refused_row_told(
    tmp_path: Path, format_: str, pattern: str, records: int, names: int, refused: int
) -> None:
    files = [str(file) for file in sorted(LISTS.glob(pattern))]
    run = _run("load", format_, *files, "--to", str(tmp_path), "--json")
    found = json.loads(run.stdout)
    assert (found["records"], found["names"], found["refused"]) == (records, names, refused)
    assert run.exit_code == (3 if refused else 0)
    assert run.stderr.count("refused: ") == refused


@needs_lists
@pytest.mark.parametrize(("format_", "name", "because"), NO_LISTS)
def test_tables_of_codes_are_no_lists(tmp_path: Path, format_: str, name: str, because: str) -> None:
    found = _run("load", format_, str(LISTS / name), "--to", str(tmp_path))
    assert (found.exit_code, because in found.stderr) == (1, True)


@needs_lists
def test_no_file_of_the_folder_is_left_out() -> None:
    told = {file.name for _, pattern, *_ in REAL for file in LISTS.glob(pattern)} | {name for _, name, _ in NO_LISTS}
    assert told == {file.name for file in LISTS.iterdir()}
