"""What another law would change: alerts that open, go away and change, and the budget per rule."""

from __future__ import annotations

from streams.rules.judge import Judge
from streams.rules.replaying import run_events
from streams.rules.what_if import Budget, effects
from tests.unit.rules.build import listed
from tests.unit.rules.chains import JUDGE, history, told

WITHOUT_PORT = Judge([r for r in JUDGE.law.records.values() if r.record_key != "place:RUULU"])
WITH_BUYER = Judge([*JUDGE.law.records.values(), listed("X1", "Maasdok Brandstoffen B.V.")])


def test_the_same_law_changes_nothing() -> None:
    assert list(effects(told(), told())) == []


def test_a_port_taken_off_the_list_takes_its_alerts_away() -> None:
    found = list(effects(told(), run_events(WITHOUT_PORT, history())))
    assert {(e.change, e.rule) for e in found} == {("withdrawn", "R02"), ("withdrawn", "R03")}
    assert all(e.before is not None and e.after is None for e in found)


def test_a_listed_buyer_opens_an_alert() -> None:
    (found,) = effects(told(), run_events(WITH_BUYER, history()))
    assert (found.change, found.rule, found.before) == ("opened", "R15", None)
    assert found.after is not None and found.after.verdict == "BREACH"


def test_an_alert_that_says_something_else_is_changed() -> None:
    less = run_events(JUDGE, history()[:3])
    more = run_events(JUDGE, history()[:2])
    changed = [e for e in effects(more, less) if e.change == "changed"]
    assert [e.rule for e in changed] == ["R03"] or {e.rule for e in changed} == {"R03", "R06"}
    assert all(e.before is not None and e.after is not None for e in changed)


def test_the_budget_counts_alerts_versions_and_differences_by_rule() -> None:
    budget = Budget()
    budget.add(told(), run_events(WITHOUT_PORT, history()))
    budget.add(told(), told())
    assert (budget.consignments, budget.touched) == (2, 1)
    assert budget.rules["R03"] == {
        "before": 2, "after": 1, "versions_before": 8, "versions_after": 4, "opened": 0, "withdrawn": 1, "changed": 0,
    }  # fmt: skip
    for row in budget.rules.values():
        assert row["before"] + row["opened"] - row["withdrawn"] == row["after"]
