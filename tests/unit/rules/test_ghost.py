"""R21: transits that neither arrived nor were written off in time (contract 6(29))."""

from __future__ import annotations

from typing import Any

import pytest

from streams.model.decision import Decision
from streams.model.events import Customs, Event, Goods, Party
from streams.model.moments import parse_day, parse_time
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import decide, event, findings, verdicts

MRN, OTHER, BAD = "21DE27364916384836", "21DE12345678901234", "21DE27364916384835"
LIMIT = parse_day("2026-09-09")


def release(mrn: str | None = MRN, hs: str = "180690", **fields: Any) -> Event:
    return event(
        "RELEASED_FOR_TRANSIT", "2026-09-01", event_id=f"r{mrn}", goods=(Goods(1, hs),),
        parties=(Party("CONSIGNEE", "TOO Nauryz", "KZ"),), customs=Customs(mrn, "T1", limit_date=LIMIT), **fields,
    )  # fmt: skip


def customs(kind: str, at: str, mrn: str | None = MRN, **fields: Any) -> Event:
    return event(kind, at, customs=Customs(mrn), **fields)


def r21(*told: Event, now: str = "2026-10-01") -> list[str]:
    return verdicts(decide(told, now=now), "R21")


def weight(*told: Event) -> float:
    return findings(decide(told, now="2026-10-01"), "R21")[0].weight


def test_it_is_due_at_midnight_after_limit_and_grace_and_not_before() -> None:
    outcome = Judge(bundled_records()).apply(None, release())
    assert outcome.due == parse_time("2026-09-13T00:00:00+02:00")
    assert r21(release(), now="2026-09-12") == []
    assert r21(release(), now="2026-09-13") == ["RED_FLAG"]


def test_it_weighs_45_and_65_with_goods_of_the_high_priority_list() -> None:
    assert weight(release()) == 45
    assert weight(release(hs="848210")) == 65
    assert weight(release(hs="854140")) == 65


@pytest.mark.parametrize("kind", ["DISCHARGED", "INVALIDATED"])
def test_a_write_off_withdraws_it_whenever_it_happened_and_names_the_delay(kind: str) -> None:
    assert r21(release(), customs(kind, "2026-09-05")) == []
    found = findings(decide([release(), customs(kind, "2026-09-20")], now="2026-10-01"), "R21")
    assert [f.verdict for f in found] == ["CLEAR"]
    assert "11 days after the limit 2026-09-09" in found[0].because


def test_a_late_message_of_an_early_write_off_withdraws_it_too() -> None:
    late = customs("DISCHARGED", "2026-09-05", recorded_at="2026-09-20")
    assert "RED_FLAG" not in r21(release(), late)


def test_the_write_off_of_another_mrn_withdraws_nothing() -> None:
    assert r21(release(), customs("DISCHARGED", "2026-09-05", OTHER)) == ["RED_FLAG"]


def test_an_mrn_with_a_wrong_check_character_clears_nothing() -> None:
    assert r21(release(BAD), customs("DISCHARGED", "2026-09-05", BAD)) == ["RED_FLAG"]


def test_without_an_mrn_the_only_open_transit_is_meant() -> None:
    write_off = customs("DISCHARGED", "2026-09-05", None)
    assert r21(release(), write_off) == []
    assert r21(release(), release(OTHER), write_off) == ["RED_FLAG", "RED_FLAG"]


def test_an_arrival_within_the_limit_suspends_it_for_seven_days() -> None:
    arrived = customs("ARRIVED_AT_DESTINATION", "2026-09-09")
    assert r21(release(), arrived, now="2026-09-19") == []
    assert r21(release(), arrived, now="2026-09-20") == ["RED_FLAG"]


def test_an_arrival_after_the_limit_suspends_nothing() -> None:
    assert r21(release(), customs("ARRIVED_AT_DESTINATION", "2026-09-10"), now="2026-09-13") == ["RED_FLAG"]


def test_an_enquiry_raises_it_at_once_and_is_withdrawn_by_the_write_off() -> None:
    enquiry = customs("ENQUIRY_OPENED", "2026-09-03")
    assert r21(release(), enquiry, now="2026-09-03") == ["RED_FLAG"]
    assert "RED_FLAG" not in r21(release(), enquiry, customs("DISCHARGED", "2026-09-04"))


def test_an_enquiry_of_a_transit_nobody_reported_raises_it() -> None:
    assert r21(customs("ENQUIRY_OPENED", "2026-09-03", OTHER)) == ["RED_FLAG"]


def test_a_retracted_enquiry_raises_nothing() -> None:
    told = (
        release(),
        customs("ENQUIRY_OPENED", "2026-09-03", event_id="q"),
        event("RETRACTED", "2026-09-04", retracts="q"),
    )
    assert r21(*told, now="2026-09-05") == []


def test_two_overdue_transits_are_two_findings_and_one_weight() -> None:
    decision: Decision = decide([release(), release(OTHER)], now="2026-10-01")
    assert (verdicts(decision, "R21"), decision.weight) == (["RED_FLAG", "RED_FLAG"], 45)


def test_a_release_without_a_limit_is_insufficient() -> None:
    told = event(
        "RELEASED_FOR_TRANSIT", "2026-09-01", customs=Customs(MRN, "T1"), parties=(Party("CONSIGNEE", "T", "KZ"),)
    )
    assert findings(decide([told]), "R21")[0].missing == ("customs.limit_date",)


def test_the_alert_is_opened_by_the_timer_and_withdrawn_with_the_delay() -> None:
    judge = Judge(bundled_records())
    outcome = judge.apply(None, release())
    fired = judge.tick(outcome.state, outcome.due or 0)
    cleared = judge.apply(fired.state, customs("DISCHARGED", "2026-09-20"))
    chain = [(a.rule, a.version, a.status) for a in (*fired.alerts, *cleared.alerts)]
    assert chain == [("R21", 1, "OPEN"), ("R21", 2, "WITHDRAWN")]
    assert "11 days after the limit" in cleared.alerts[0].because
