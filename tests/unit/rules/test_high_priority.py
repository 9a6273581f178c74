"""R13, F01 and F02: goods of the high priority list, where they go, and whether anybody assessed the risks (domain 4.3, 8)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from streams.model.decision import Decision
from streams.model.events import Document, Event, Goods, Party, Place
from streams.model.moments import parse_day
from streams.model.reference import GoodsEntry
from tests.unit.rules.build import decide, event, findings, verdicts

EU = (Party("SELLER", "Emsland Technik GmbH", "DE"), Party("CONSIGNEE", "Turan Sausyn TOO", "KZ"))
ABROAD = (Party("SELLER", "Shandong Bearing Co., Ltd.", "CN"), Party("CONSIGNEE", "Turan Sausyn TOO", "KZ"))
ASSESSED = Document("DUE_DILIGENCE", "DD-1")


def booked(
    at: str = "2026-03-04", *hs: str | None, to: str | None = "KZ", parties: tuple[Party, ...] = EU, **fields: Any
) -> Event:
    fields.setdefault("export_country", "DE")
    lines = tuple(Goods(n, code) for n, code in enumerate(hs or ("84821090",), 1))
    return event("BOOKED", at, parties=parties, goods=fields.pop("goods", lines), destination_country=to, **fields)


def flags(decision: Decision) -> dict[str, int]:
    return {f.rule: f.weight for f in decision.findings if f.rule in ("F01", "F02")}


def test_goods_of_the_list_without_an_assessment_are_flagged() -> None:
    (found,) = findings(decide([booked()]), "R13")
    assert (found.verdict, found.weight) == ("RED_FLAG", 40)
    assert found.records == ("goods:DILIGENCE-848210@2024-12-26",)
    assert [e.name for e in found.exposed] == ["Emsland Technik GmbH"]
    assert {c.name: c.state for c in found.conditions}["due_diligence"] == "NOT_MET"


@pytest.mark.parametrize(("until", "expected"), [(None, []), ("2026-03-04", []), ("2026-03-03", ["RED_FLAG"])])
def test_an_assessment_that_had_not_run_out_at_the_first_event_is_enough(
    until: str | None, expected: list[str]
) -> None:
    held = msgspec.structs.replace(ASSESSED, valid_until=parse_day(until) if until else None)
    assert verdicts(decide([booked(documents=(held,))]), "R13") == expected


@pytest.mark.parametrize(("day", "expected"), [("2024-12-25", []), ("2024-12-26", ["RED_FLAG"])])
def test_the_day_of_the_first_event_decides(day: str, expected: list[str]) -> None:
    later = event("DEPARTED", "2025-02-01", place=Place("DEHAM"))
    assert verdicts(decide([booked(day), later]), "R13") == expected


def test_goods_of_another_annex_count_from_the_day_of_their_record() -> None:
    sets = GoodsEntry(id="T-SET", list="DILIGENCE", hs="850211", applies_from=parse_day("2025-05-26"))
    assert verdicts(decide([booked("2025-05-25", "85021120")], sets), "R13") == []
    assert verdicts(decide([booked("2025-05-26", "85021120")], sets), "R13") == ["RED_FLAG"]


@pytest.mark.parametrize("to", ["NO", "JP", "IT"])
def test_partner_countries_and_the_eu_ask_for_none(to: str) -> None:
    assert verdicts(decide([booked(to=to)]), "R13") == []


def test_an_export_from_elsewhere_with_nobody_of_the_eu_asks_for_none() -> None:
    assert verdicts(decide([booked(parties=ABROAD, export_country="CN")]), "R13") == []


@pytest.mark.parametrize(
    ("event_", "missing"),
    [
        (booked("2026-03-04", "8482"), "goods code in full (goods.hs)"), (booked("2026-03-04", None), "goods code (goods.hs)"),
        (booked(goods=()), "goods"), (booked(to=None, parties=EU[:1]), "destination_country"),
        (booked(parties=ABROAD, export_country=None), "export_country"),
    ],
)  # fmt: skip
def test_whether_an_assessment_is_asked_for_may_be_a_question(event_: Event, missing: str) -> None:
    (found,) = findings(decide([event_]), "R13")
    assert (found.verdict, found.weight) == ("INSUFFICIENT_DATA", 0)
    assert missing in found.missing


def test_an_assessment_stated_later_or_a_booking_taken_back_leaves_nothing() -> None:
    first = booked()
    told = event("DECLARED", "2026-03-05", documents=(ASSESSED,))
    assert verdicts(decide([first, told]), "R13") == []
    other = event("BOOKED", "2026-03-04T13:00:00+00:00", goods=(Goods(1, "18063210"),), parties=EU, export_country="DE")
    back = event("RETRACTED", "2026-03-05", retracts=first.event_id)
    decision = decide([first, other, back])
    assert verdicts(decision, "R13") == [] and flags(decision) == {}


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("85423190",), {"F01": 35}), (("85176200",), {"F01": 35}), (("85258900",), {"F02": 20}), (("84581120",), {"F02": 20}),
        (("84821090", "85423190", "85423110"), {"F01": 35, "F02": 20}), (("84818000",), {}), (("8542",), {}),
    ],
)  # fmt: skip
def test_the_tier_of_the_goods_decides_the_flag(codes: tuple[str, ...], expected: dict[str, int]) -> None:
    assert flags(decide([booked("2026-03-04", *codes)])) == expected


@pytest.mark.parametrize(("to", "expected"), [("HK", {"F02": 20}), ("MA", {}), ("NO", {}), ("DE", {})])
def test_only_watched_destinations_raise_it(to: str, expected: dict[str, int]) -> None:
    assert flags(decide([booked(to=to)])) == expected


def test_it_is_raised_beside_an_assessment_and_without_anybody_of_the_eu() -> None:
    assert flags(decide([booked(documents=(ASSESSED,))])) == {"F02": 20}
    assert flags(decide([booked(parties=ABROAD, export_country="CN")])) == {"F02": 20}


def test_goods_on_the_list_on_the_day_of_a_later_event_raise_it() -> None:
    later = event("DEPARTED", "2024-02-23", place=Place("DEHAM"))
    assert flags(decide([booked("2024-02-20")])) == {}
    assert flags(decide([booked("2024-02-20"), later])) == {"F02": 20}


def test_the_flags_go_when_the_destination_is_changed_or_the_booking_called_off() -> None:
    assert flags(decide([booked(), event("ROUTE_CHANGED", "2026-03-05", destination_country="NO")])) == {}
    assert flags(decide([booked(), event("CANCELLED", "2026-03-05")])) == {}


def test_the_weights_are_combined() -> None:
    assert decide([booked()]).weight == pytest.approx(100 * (1 - 0.6 * 0.8 * 0.75))


def test_where_neither_the_goods_nor_who_exports_them_is_known_nothing_is_asked() -> None:
    assert verdicts(decide([booked(goods=(), parties=ABROAD, export_country=None)]), "R13") == []
