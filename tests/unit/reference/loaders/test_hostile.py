"""Broken and hostile files are refused with their place; no bytes whatever make a loader fall over."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from streams.errors import ListRefused
from tests.unit.reference.loaders.loading import FIXTURES, SAMPLES, loaded

_BOMB = '<!DOCTYPE export [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><export><sanctionEntity>&b;</sanctionEntity></export>'
_OUTSIDE = '<!DOCTYPE export [<!ENTITY x SYSTEM "file:///etc/hostname">]><export>&x;</export>'


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (_BOMB, "document type declaration"),
        (_OUTSIDE, "document type declaration"),
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "HTML page"),
        ("<html><body>Sign in</body></html>", "HTML page"),
        ("<CONSOLIDATED_LIST/>", "expected export"),
        ("<export><sanctionEntity>", "cut"),
        ("", "the file is empty"),
    ],
)
def test_what_is_not_the_eu_list_is_refused(tmp_path: Path, text: str, because: str) -> None:
    file = tmp_path / "list.xml"
    file.write_text(text)
    with pytest.raises(ListRefused, match=because):
        loaded("eu-fsf", [file])


def test_a_cut_file_is_told_with_line_and_path(tmp_path: Path) -> None:
    file = tmp_path / "cut.xml"
    file.write_bytes((FIXTURES / "eu_fsf.xml").read_bytes()[:1500])
    with pytest.raises(ListRefused, match=r"line 1\d column \d+: .*cut.*export/sanctionEntity"):
        loaded("eu-fsf", [file])


@pytest.mark.parametrize("format_", ["csl", "opensanctions", "goods-csv", "places-csv", "vessels-csv", "ftm", "ofac"])
def test_an_html_page_in_place_of_a_table_is_refused(tmp_path: Path, format_: str) -> None:
    file = tmp_path / "list"
    file.write_text("<!doctype html>\n<html></html>")
    with pytest.raises(ListRefused, match="HTML page"):
        loaded(format_, [file])


def test_a_table_that_ends_inside_quotes_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "sdn.csv"
    file.write_bytes((FIXTURES / "sdn.csv").read_bytes()[:-10])
    with pytest.raises(ListRefused, match="it is cut"):
        loaded("ofac", [file])


def _mutated(original: bytes, changes: list[tuple[int, bytes, int]]) -> bytes:
    data = bytearray(original)
    for at, piece, gone in changes:
        place = at % (len(data) + 1)
        data[place : place + gone] = piece
    return bytes(data)


def _ids(format_: str, files: list[Path]) -> list[str]:
    """The ids that a loader gives; none when it refuses the file. Any other exception fails the test."""
    try:
        return list(loaded(format_, files)[0])
    except ListRefused:
        return []


_CHANGES = st.lists(
    st.tuples(
        st.integers(0, 100_000),
        st.one_of(st.binary(max_size=6), st.sampled_from([b'"', b"<", b"&a;", b"\n", b"\x00", b"\xff", b",", b"]]>", b"9" * 40])),
        st.integers(0, 40),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


@pytest.mark.parametrize("format_", sorted(SAMPLES))
@settings(max_examples=60, deadline=None)
@given(changes=_CHANGES)
def test_mutated_files_are_read_or_refused(format_: str, changes: list[tuple[int, bytes, int]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        files = []
        for name in SAMPLES[format_]:
            file = Path(directory) / name
            file.write_bytes(_mutated((FIXTURES / name).read_bytes(), changes))
            files.append(file)
        assert _ids(format_, files) is not None


@pytest.mark.parametrize("name", ["sdn.xml", "sdn_advanced.xml"])
@settings(max_examples=60, deadline=None)
@given(changes=_CHANGES)
def test_mutated_xml_of_ofac_is_read_or_refused(name: str, changes: list[tuple[int, bytes, int]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / name
        file.write_bytes(_mutated((FIXTURES / name).read_bytes(), changes))
        assert _ids("ofac", [file]) is not None


@pytest.mark.parametrize("remark", ["Passport A1-" * 300, "1 " * 2000, "Tax ID No. 1" + " " * 3000 + "(", "#1" * 2000])
def test_long_remarks_of_numbers_are_passed_over(tmp_path: Path, remark: str) -> None:
    file = tmp_path / "sdn.csv"
    file.write_text('1,"OBRAZETS","individual","TEST",' + "-0- ," * 7 + f'"{remark}; Passport X1234567 (Russia)."\n')
    records, refused = loaded("ofac", [file])
    assert refused == []
    assert getattr(records["1"], "identifiers", None) == {"passport": "X1234567"}
