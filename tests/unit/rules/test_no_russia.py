"""R12 and F16: which contract needs the clause, from when, and what is a question (domain 2.3, contract 6(30), 6(32))."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from streams.model.decision import Decision
from streams.model.events import Contract, Event, Goods, Party, Place
from streams.model.moments import parse_day, parse_time
from streams.model.reference import Policy
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import decide, event, findings, verdicts

EU = (Party("SELLER", "Emsland Technik GmbH", "DE"), Party("CONSIGNEE", "Turan Sausyn TOO", "KZ"))
ABROAD = (Party("SELLER", "Shandong Bearing Co., Ltd.", "CN"), Party("CONSIGNEE", "Turan Sausyn TOO", "KZ"))


def contract(clause: bool | None = False, made: str | None = "2024-06-03") -> Contract:
    return Contract("K-1", parse_day(made) if made else None, clause)


def booked(
    at: str = "2025-03-04", sale: Contract | None = None, *, hs: str | None = "84821090", to: str | None = "KZ",
    parties: tuple[Party, ...] = EU, goods: bool = True, **fields: Any,
) -> Event:  # fmt: skip
    fields.setdefault("export_country", "DE")
    lines = (Goods(1, hs),) if goods else ()
    return event("BOOKED", at, parties=parties, goods=lines, destination_country=to, contract=sale, **fields)


def rules(decision: Decision) -> dict[str, str]:
    return {f.rule: str(f.verdict) for f in decision.findings if f.rule in ("R12", "F16")}


def test_no_clause_in_a_young_contract_is_a_breach_of_the_exporter() -> None:
    decision = decide([booked(sale=contract())])
    (found,) = findings(decision, "R12")
    assert (found.verdict, found.missing, found.planned) == ("BREACH", (), False)
    assert {c.name: c.state for c in found.conditions} == {
        "no_russia_clause": "NOT_MET", "clause_asked": "MET", "goods_listed": "MET", "non_partner_destination": "MET",
        "eu_export": "MET",
    }  # fmt: skip
    assert found.records == ("goods:NO_RUSSIA_CLAUSE-848210@2024-03-20",)
    assert [e.name for e in found.exposed] == ["Emsland Technik GmbH"]
    assert "84821090" in found.because and "2024-06-03" in found.because
    assert findings(decision, "F16") == []


def test_a_contract_with_the_clause_is_none() -> None:
    assert rules(decide([booked(sale=contract(clause=True))])) == {}


@pytest.mark.parametrize("sale", [None, contract(clause=None)])
def test_a_clause_not_stated_is_a_question_and_a_flag(sale: Contract | None) -> None:
    decision = decide([booked(sale=sale)])
    assert rules(decision) == {"R12": "INSUFFICIENT_DATA", "F16": "RED_FLAG"}
    assert [f.weight for f in findings(decision, "F16")] == [25]
    assert "no-Russia clause (contract.no_russia_clause)" in findings(decision, "R12")[0].missing


@pytest.mark.parametrize(
    ("made", "day", "expected"),
    [
        ("2023-12-19", "2024-11-05", {}), ("2023-12-20", "2024-11-05", {"R12": "BREACH"}), ("2023-12-20", "2024-03-19", {}),
        ("2023-11-20", "2024-12-20", {}), ("2023-11-20", "2024-12-21", {"R12": "BREACH"}),
        (None, "2024-11-05", {"R12": "INSUFFICIENT_DATA"}), (None, "2024-12-21", {"R12": "BREACH"}),
    ],
)  # fmt: skip
def test_which_contracts_need_it_from_when(made: str | None, day: str, expected: dict[str, str]) -> None:
    assert rules(decide([booked(day, contract(made=made))])) == expected


@pytest.mark.parametrize(
    ("day", "expected"), [("2024-11-05", {}), ("2024-12-21", {"R12": "INSUFFICIENT_DATA", "F16": "RED_FLAG"})]
)
def test_where_the_law_does_not_ask_yet_nothing_is_flagged(day: str, expected: dict[str, str]) -> None:
    assert rules(decide([booked(day, contract(clause=None, made="2023-11-20"))])) == expected


@pytest.mark.parametrize(
    ("time", "expected"), [("2024-12-20T22:59:00+00:00", []), ("2024-12-20T23:00:00+00:00", ["BREACH"])]
)
def test_one_event_after_the_time_of_old_contracts_is_enough(time: str, expected: list[str]) -> None:
    last = event("ARRIVED", time, place=Place("KZAAU"))
    assert verdicts(decide([booked("2024-11-20", contract(made="2023-11-20")), last]), "R12") == expected


def test_a_planned_event_after_that_time_makes_it_planned() -> None:
    plan = event("ARRIVED", "2025-01-20", place=Place("KZAAU"), classifier="PLANNED", recorded_at="2024-11-20")
    (found,) = findings(decide([booked("2024-11-20", contract(made="2023-11-20")), plan]), "R12")
    assert (found.verdict, found.planned) == ("BREACH", True)


@pytest.mark.parametrize("to", ["NO", "CH", "US", "FR"])
def test_partner_countries_and_the_eu_need_none(to: str) -> None:
    assert rules(decide([booked(sale=contract(), to=to)])) == {}


PARTNER = Policy(
    id="policy:partner_countries-then", key="partner_countries", value=["KZ"], applies_from=parse_day("2025-01-01"),
    applies_until=parse_day("2025-03-01"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "expected"), [("2024-12-31", ["BREACH"]), ("2025-01-01", []), ("2025-03-01", ["BREACH"])]
)
def test_a_country_is_a_partner_by_the_day_of_the_event(day: str, expected: list[str]) -> None:
    assert verdicts(decide([booked(day, contract())], PARTNER), "R12") == expected


def test_an_event_after_a_country_ceased_to_be_a_partner_is_judged_however_late_the_others_were_known() -> None:
    judge = Judge([*bundled_records(), PARTNER])
    known = parse_time("2025-03-05T12:00:00+00:00")
    state = judge.apply(None, booked("2025-02-20", contract(), recorded_at=known)).state
    state = judge.apply(state, event("POSITION", "2025-02-21", place=Place("GEPTI"), recorded_at=known + 1)).state
    last = event("POSITION", "2025-03-02", place=Place("AZBAK"), recorded_at=known + 2)
    assert "R12" in [a.rule for a in judge.apply(state, last).alerts]


def test_progress_of_goods_that_need_the_clause_is_neutral_once_judged() -> None:
    judge = Judge(bundled_records())
    state = judge.apply(None, booked(sale=contract())).state
    assert judge.apply(state, event("POSITION", "2025-03-06", place=Place("PLWAW"))).kind == "neutral"


def test_other_goods_and_an_export_from_elsewhere_without_the_eu_are_none() -> None:
    assert rules(decide([booked(sale=contract(), hs="18063210")])) == {}
    assert rules(decide([booked(sale=contract(), parties=ABROAD, export_country="CN")])) == {}


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"hs": "8482"}, "goods code in full (goods.hs)"), ({"hs": None}, "goods code (goods.hs)"), ({"goods": False}, "goods"),
        ({"to": None, "parties": EU[:1]}, "destination_country"), ({"parties": ABROAD, "export_country": None}, "export_country"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_asked_for(fields: dict[str, Any], missing: str) -> None:
    (found,) = findings(decide([booked(sale=contract(), **fields)]), "R12")
    assert (found.verdict, found.missing) == ("INSUFFICIENT_DATA", (missing,))


def test_a_clause_stated_later_or_corrected_leaves_nothing() -> None:
    first = booked(sale=contract())
    later = event("DECLARED", "2025-03-06", contract=contract(clause=True))
    assert rules(decide([first, later])) == {}
    fixed = msgspec.structs.replace(first, event_id="fixed", replaces=first.event_id, contract=contract(clause=True))
    assert rules(decide([first, fixed])) == {}


def test_a_booking_called_off_before_the_goods_moved_is_none() -> None:
    assert rules(decide([booked(sale=contract()), event("CANCELLED", "2025-03-06")])) == {}


def test_where_neither_the_goods_nor_who_exports_them_is_known_nothing_is_asked() -> None:
    assert rules(decide([booked(sale=contract(), goods=False, parties=ABROAD, export_country=None)])) == {}
