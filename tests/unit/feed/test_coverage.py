"""What the generated traffic shows of each rule, and the page of reference that is made of it."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from streams.feed import coverage, rules_page
from streams.feed.coverage import CELLS, CORRECTED, DOES_NOT, NOT_KNOWN, OTHER_LAW, TRIGGERS, Coverage, coverage_of
from streams.feed.scenario import Scenario, all_scenarios
from streams.model.intake import event_from_json
from streams.model.moments import DAY_MS
from streams.reference.bundled import bundled_records
from streams.rules.announce import TITLES
from streams.rules.judge import Judge

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def _only(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    chosen: tuple[Scenario, ...] = tuple(s for s in all_scenarios() if s.name in names)
    assert len(chosen) == len(names)
    monkeypatch.setattr(coverage, "all_scenarios", lambda: chosen)


def test_a_rule_is_counted_where_it_finds_does_not_know_is_taken_back_and_changes_with_the_law(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _only(monkeypatch, "airport_reported_by_mistake", "airport_without_nexus", "bank_not_named", "ghost_without_limit")
    seen = coverage_of(Judge(bundled_records()))
    airport = seen.cells["R08"]
    assert all(airport[cell] for cell in (TRIGGERS, DOES_NOT, CORRECTED, OTHER_LAW))
    assert seen.cells["R16"][NOT_KNOWN]
    assert seen.cells["R21"][NOT_KNOWN]
    assert seen.cells["R21"][TRIGGERS] == 0
    assert seen.examples["R08"].verdict == "NEEDS_WAIVER"


def test_a_law_without_airports_leaves_their_cells_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    _only(monkeypatch, "airport_reported_by_mistake")
    without = [r for r in bundled_records() if getattr(r, "annex", None) != "XLVII-B"]
    assert "R08" not in coverage_of(Judge(without)).cells


def test_events_move_with_every_date_in_them() -> None:
    for scenario in (s for s in all_scenarios() if s.name in ("ghost_none", "cargo_oil_over_the_cap")):
        story = next(coverage.plays_of(scenario))
        events = [event_from_json(e, 0)[0] for e in story.events]
        for event in events:
            back = coverage.moved(event, -10)
            assert back.occurred_at == event.occurred_at - 10 * DAY_MS
            assert coverage.moved(back, 10) == event
        limits = [e.customs.limit_date for e in events if e.customs and e.customs.limit_date]
        assert [
            e.customs.limit_date for e in (coverage.moved(e, -10) for e in events) if e.customs and e.customs.limit_date
        ] == [day - 10 for day in limits]


def test_a_cell_without_a_count_and_without_a_reason_is_told() -> None:
    full = dict.fromkeys(CELLS, 1)
    seen = Coverage({"R02": Counter(full), "R99": Counter(full | {CORRECTED: 0})}, {}, {}, 2)
    assert rules_page.empty_cells(seen) == [("R99", CORRECTED)]


def test_the_page_has_a_section_for_every_rule_as_its_code_describes_it() -> None:
    text = PAGE.read_text("utf-8")
    for rule, title in TITLES.items():
        described = ast.get_docstring(ast.parse(rules_page.file_of(rule).read_text("utf-8")))
        assert described is not None
        assert f"## {rule} {title}\n\n{described}\n" in text, "python -m streams.feed.rules_page docs/rules.md"


def test_no_cell_of_the_table_on_the_page_is_empty_without_a_reason() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(("| R", "| F"))]
    assert len(rows) > 30
    cells = [cell.strip() for row in rows for cell in row.strip("|").split("|")[1:]]
    assert all(cell.startswith("– (") or int(cell) > 0 for cell in cells)
