"""R09 and R10: goods exported from the Union in transit through Russia or Belarus (contract 6(28))."""

from __future__ import annotations

from typing import Any

import pytest

from streams.model.events import Customs, Document, Event, Goods, Leg, Party, Place
from streams.model.moments import parse_day
from streams.model.reference import GoodsEntry
from tests.unit.rules.build import decide, event, findings, verdicts

DUAL = (Goods(1, "854231", "3A001"),)
PARTIES = (Party("CONSIGNOR", "Kuršių Mechanika UAB", "LT"), Party("CONSIGNEE", "TOO Nauryz", "KZ"))
CROSSED = event("BORDER_CROSSED", "2026-03-05", place=Place("BYMSQ"))


def booked(**fields: Any) -> Event:
    stated = {"parties": PARTIES, "goods": DUAL, "export_country": "LT", "destination_country": "KZ", **fields}
    return event("BOOKED", stated.pop("at", "2026-03-01"), **stated)


def ban(*told: Event, rule: str = "R10", extra: tuple[GoodsEntry, ...] = ()) -> list[str]:
    return verdicts(decide(told, *extra), rule)


def test_a_leg_through_the_country_with_listed_goods_is_a_breach() -> None:
    found = findings(decide([booked(), CROSSED]), "R10")[0]
    assert (found.verdict, found.planned) == ("BREACH", False)
    assert [e.name for e in found.exposed] == ["Kuršių Mechanika UAB"]


@pytest.mark.parametrize(
    "plan",
    [
        {"route": (Leg("BY", None, "ROAD"),)},
        {"route": (Leg(None, "BYMSQ", "ROAD"),)},
    ],
)
def test_a_planned_leg_is_a_planned_breach(plan: dict[str, Any]) -> None:
    assert [(f.verdict, f.planned) for f in findings(decide([booked(**plan)]), "R10")] == [("BREACH", True)]


def test_the_crossing_makes_fact_of_the_plan() -> None:
    told = [booked(route=(Leg("BY", None, "ROAD"),)), CROSSED]
    assert [f.planned for f in findings(decide(told), "R10")] == [False]


def test_another_way_is_no_transit() -> None:
    assert ban(booked(route=(Leg("PL", None, "RAIL"), Leg("TR", None, "ROAD")))) == []


def test_goods_from_elsewhere_are_outside_the_ban() -> None:
    assert ban(booked(export_country="CN"), CROSSED) == []


@pytest.mark.parametrize("destination", ["RU", "BY"])
def test_a_destination_in_russia_or_belarus_is_no_transit(destination: str) -> None:
    assert ban(booked(destination_country=destination), CROSSED) == []


def test_without_a_destination_the_consignee_tells_it() -> None:
    assert ban(booked(destination_country=None), CROSSED) == ["BREACH"]


def test_without_destination_and_consignee_it_cannot_be_told() -> None:
    told = booked(destination_country=None, parties=PARTIES[:1])
    found = findings(decide([told, CROSSED]), "R10")[0]
    assert (found.verdict, found.missing) == ("INSUFFICIENT_DATA", ("destination_country",))


def test_an_export_declaration_tells_the_export_when_no_country_is_stated() -> None:
    declared = event("DECLARED", "2026-03-02", customs=Customs("26LTVM1000EX0000A1", "EX"))
    assert ban(booked(export_country=None), declared, CROSSED) == ["BREACH"]


def test_the_first_departure_tells_the_export_when_nothing_else_does() -> None:
    told = booked(export_country=None)
    assert ban(told, event("DEPARTED", "2026-03-02", place=Place("LTVNO")), CROSSED) == ["BREACH"]
    assert ban(told, event("DEPARTED", "2026-03-02", place=Place("CNERC")), CROSSED) == []


def test_an_export_that_nobody_states_is_insufficient() -> None:
    found = findings(decide([booked(export_country=None), CROSSED]), "R10")[0]
    assert (found.verdict, found.missing) == ("INSUFFICIENT_DATA", ("export_country",))


def test_r10_looks_at_the_day_of_the_leg_in_brussels() -> None:
    told = booked(at="2024-06-20")
    assert ban(told, event("BORDER_CROSSED", "2024-06-30T23:59:00+02:00", place=Place("BYMSQ"))) == []
    assert ban(told, event("BORDER_CROSSED", "2024-07-01T00:01:00+02:00", place=Place("BYMSQ"))) == ["BREACH"]


def _r09(*told: Event) -> list[str]:
    entry = GoodsEntry(id="T", list="TRANSIT_RU", hs="841989", applies_from=parse_day("2026-03-10"))
    crossed = event("BORDER_CROSSED", "2026-03-20", place=Place("RUMOW"))
    return ban(booked(goods=(Goods(1, "84198998"),)), *told, crossed, rule="R09", extra=(entry,))


def test_r09_looks_at_the_day_of_export_not_of_the_leg() -> None:
    assert _r09(event("EXPORT_CONFIRMED", "2026-03-09", place=Place("LTVNO"))) == []
    assert _r09(event("EXPORT_CONFIRMED", "2026-03-11", place=Place("LTVNO"))) == ["BREACH"]


def test_the_confirmation_counts_before_declaration_and_departure() -> None:
    declared = event("DECLARED", "2026-03-08", customs=Customs("26LTVM1000EX0000A1", "EX"))
    departed = event("DEPARTED", "2026-03-12", place=Place("LTVNO"))
    assert _r09(declared, departed) == []
    assert _r09(departed) == ["BREACH"]
    assert _r09(declared, event("EXPORT_CONFIRMED", "2026-03-11")) == ["BREACH"]


def test_without_any_day_of_export_the_earliest_event_counts() -> None:
    assert _r09() == []


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        (Document("DEROGATION", "D"), "NEEDS_WAIVER"),
        (Document("AUTHORISATION", "A", scope="Transit through Belarus"), "NEEDS_WAIVER"),
        (Document("AUTHORISATION", "A", scope="export to Kazakhstan"), "BREACH"),
        (Document("AUTHORISATION", "A"), "BREACH"),
        (Document("DEROGATION", "D", valid_until=parse_day("2026-03-04")), "BREACH"),
    ],
)
def test_a_declared_derogation_makes_a_waiver_needed(document: Document, verdict: str) -> None:
    assert ban(booked(documents=(document,)), CROSSED) == [verdict]


def test_listed_goods_whose_route_nobody_knows_are_insufficient() -> None:
    found = findings(decide([booked()]), "R10")[0]
    assert (found.verdict, found.missing, found.planned) == ("INSUFFICIENT_DATA", ("route",), False)


def test_goods_without_a_code_on_an_unknown_way_are_insufficient_and_name_both() -> None:
    found = findings(decide([booked(goods=(Goods(1, description="Parts"),))]), "R09")[0]
    assert found.verdict == "INSUFFICIENT_DATA"
    assert set(found.missing) == {"goods code in full (goods.hs)", "route"}


def test_a_cancelled_export_has_no_route_to_ask_for() -> None:
    assert ban(booked(), event("CANCELLED", "2026-03-02")) == []


def test_goods_not_stated_or_without_a_code_are_insufficient_on_such_a_leg() -> None:
    assert ban(booked(goods=()), CROSSED) == ["INSUFFICIENT_DATA"]
    assert ban(booked(goods=(Goods(1, None, None, "machine parts"),)), CROSSED) == ["INSUFFICIENT_DATA"]


def test_a_code_shorter_than_the_listed_prefix_is_insufficient() -> None:
    entry = GoodsEntry(id="T", list="TRANSIT_BY", hs="84198998")
    assert ban(booked(goods=(Goods(1, "841989"),)), CROSSED, extra=(entry,)) == ["INSUFFICIENT_DATA"]
    assert ban(booked(goods=(Goods(1, "84198910"),)), CROSSED, extra=(entry,)) == []


def test_an_old_code_is_mapped_and_any_successor_agrees() -> None:
    entry = GoodsEntry(id="T", list="TRANSIT_BY", hs="854142")
    assert ban(booked(goods=(Goods(1, "854140"),)), CROSSED, extra=(entry,)) == ["BREACH"]


def test_a_control_code_matches_by_prefix_also_without_hs() -> None:
    assert ban(booked(goods=(Goods(1, None, "3A001.a"),)), CROSSED) == ["BREACH"]


def test_goods_processed_after_the_leg_do_not_undo_it() -> None:
    made = event("PROCESSED", "2026-03-10", place=Place("KZALA"), goods=(Goods(1, "940350"),))
    assert ban(booked(), CROSSED, made) == ["BREACH"]


def test_papers_in_the_country_are_no_leg() -> None:
    assert ban(booked(route=(Leg("PL", None, "RAIL"),)), event("DECLARED", "2026-03-05", place=Place("BYMSQ"))) == []
