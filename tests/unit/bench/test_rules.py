"""The cost of rules is told for every rule, and an expensive one is seen."""

from __future__ import annotations

import time

import pytest

from streams.bench import rules
from streams.bench.rules import RulesPlan, run_rules
from streams.model.decision import Finding
from streams.rules.case import Case
from streams.rules.evaluate import RULES


def _slow(_: Case) -> list[Finding]:
    time.sleep(0.002)
    return []


def test_every_rule_is_in_the_table_and_the_first_events_of_all_consignments_are_judged() -> None:
    report = run_rules(RulesPlan(consignments=40, rounds=1))
    rows = report["rules"]
    assert isinstance(rows, list)
    assert [row["rule"] for row in rows] == [name for name, _ in RULES]
    judged = report["judged"]
    assert isinstance(judged, int)
    assert 40 <= judged <= 160


def test_a_rule_that_takes_two_milliseconds_is_told_to_take_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "RULES", (*RULES, ("slow", _slow)))
    rows = run_rules(RulesPlan(consignments=10, rounds=1))["rules"]
    assert isinstance(rows, list)
    assert rows[-1]["rule"] == "slow"
    assert rows[-1]["us"] >= 1990
