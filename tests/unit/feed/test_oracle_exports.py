"""With the codes of Art. 12f loaded, which the bundle lacks, judge and oracle agree on exports to Kyrgyzstan too."""

from __future__ import annotations

import pytest

from streams.feed.oracle import Oracle
from streams.feed.oracle_law import Law, Record
from streams.feed.scenario import all_scenarios
from streams.feed.traffic import Consignment, consignments
from streams.model.intake import record_from_json
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.feed.judging import disagreements

CODES: tuple[Record, ...] = tuple(
    {"kind": "goods", "id": f"T-{hs}", "list": "EXPORT_KG", "hs": hs, "applies_from": "2026-04-24"}
    for hs in ("845811", "846031")
)


@pytest.fixture(scope="module")
def exports() -> list[Consignment]:
    oracle = Oracle(Law.bundled(*CODES))
    found = consignments(1500, 21, oracle)
    return [c for c in found if c.scenario.family == "exports"]


def test_the_judge_agrees_with_the_oracle_on_exports_under_a_loaded_list(exports: list[Consignment]) -> None:
    records = [record_from_json(record)[0] for record in CODES]
    assert disagreements(Judge([*bundled_records(), *records]), exports) == []
    assert {c.scenario.name for c in exports} == {s.name for s in all_scenarios() if s.family == "exports"}
    assert {c.expected["findings"].get("R11") for c in exports} == {"BREACH", "INSUFFICIENT_DATA", None}


def test_a_judge_without_the_codes_is_found_out(exports: list[Consignment]) -> None:
    assert disagreements(Judge(bundled_records()), exports)
