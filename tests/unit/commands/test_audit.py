"""`transitwatch audit export`: what a filter lets through, and rows that a spreadsheet can take."""

from __future__ import annotations

from typing import Any

import pytest

from streams.commands.audit import KINDS, Filter, _cell, row_of
from streams.model.screening import Screening, Stretch

FOUND = Screening(
    kind="PARTY", law="d1a", matcher="1", at=1_000, subject="zerde agro|KZ||", consignment_id="C-1", result="listed",
    score=0.91234, entries=("party:X", "party:Y"), stretches=(Stretch("FREEZE", "listed", "on list", 19_000, None),),
)  # fmt: skip
LAW = Screening(
    kind="LAW", law="d1a", matcher="1", at=1_000, subject="partition 1", lists={"A": "2026-01-01T00:00:00Z"}
)


def wanted(screening: Screening, **fields: Any) -> bool:
    everything: dict[str, Any] = {
        "kinds": frozenset(k.upper() for k in KINDS), "results": frozenset(), "subjects": None, "text": None, "law": None,
        "since": None, "until": None,
    }  # fmt: skip
    return Filter(**{**everything, **fields})(screening)


@pytest.mark.parametrize(
    ("fields", "through"),
    [
        ({}, True), ({"kinds": frozenset({"SHIP"})}, False), ({"results": frozenset({"clear"})}, False),
        ({"results": frozenset({"listed"})}, True), ({"subjects": frozenset({"zerde agro|KZ||"})}, True),
        ({"subjects": frozenset({"zerde"})}, False), ({"text": "agro"}, True), ({"text": "other"}, False),
        ({"law": "d1"}, True), ({"law": "d2"}, False), ({"since": 1_000}, True), ({"since": 1_001}, False),
        ({"until": 1_001}, True), ({"until": 1_000}, False),
    ],
)  # fmt: skip
def test_a_filter_lets_through_what_it_names(fields: dict[str, Any], through: bool) -> None:
    assert wanted(FOUND, **fields) is through


def test_the_lines_of_laws_stay_whatever_party_is_asked_for() -> None:
    assert wanted(LAW, text="other", results=frozenset({"listed"}), subjects=frozenset())
    assert not wanted(LAW, kinds=frozenset({"PARTY"}))


def test_a_row_has_times_days_and_a_rounded_score() -> None:
    row = row_of(FOUND)
    assert row["at"] == "1970-01-01T00:00:01Z" and row["score"] == 0.9123
    assert row["stretches"][0]["applies_from"] == "2022-01-08" and row["stretches"][0]["applies_until"] is None


def test_a_cell_holds_a_list_and_no_formula() -> None:
    row = row_of(FOUND)
    assert _cell(row["entries"]) == "party:X; party:Y"
    assert _cell(row["stretches"]) == "FREEZE listed 2022-01-08..: on list"
    assert _cell(row_of(LAW)["lists"]) == "A=2026-01-01T00:00:00Z"
    assert _cell("=cmd()") == "'=cmd()"
