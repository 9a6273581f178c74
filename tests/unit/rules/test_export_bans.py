"""R11: which goods, whose export, which day and what names the country (domain 2.3 and 8 R11, contract 6(30))."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from streams.model.decision import Decision
from streams.model.events import Customs, Event, Goods, Party, Place
from streams.model.moments import parse_day, parse_time
from streams.model.reference import GoodsEntry
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import decide, event, findings, verdicts

LATHES = GoodsEntry(
    id="T-KG", list="EXPORT_KG", hs="845811", applies_from=parse_day("2026-04-24"), legal_basis="833/2014 Art. 12f"
)
EU = (Party("SELLER", "Emsland Technik GmbH", "DE"), Party("CONSIGNEE", "Chui Metal OsOO", "KG"))
ABROAD = (Party("SELLER", "Shandong Lathe Co., Ltd.", "CN"), Party("CONSIGNEE", "Chui Metal OsOO", "KG"))
TO_KAZAKHSTAN = (Party("SELLER", "Emsland Technik GmbH", "DE"), Party("CONSIGNEE", "Turan Sausyn TOO", "KZ"))
END_USER = Party("END_USER", "Chui Metal OsOO", "KG")


def booked(
    at: str = "2026-05-02", *, hs: str | None = "84581120", to: str | None = "KG", parties: tuple[Party, ...] = EU,
    goods: bool = True, **fields: Any,
) -> Event:  # fmt: skip
    lines = (Goods(1, hs, ""),) if goods else ()
    fields.setdefault("export_country", "DE")
    return event("BOOKED", at, parties=parties, goods=lines, destination_country=to, **fields)


def left(at: str, kind: str = "DEPARTED", **fields: Any) -> Event:
    return event(kind, at, place=Place("DEHAM"), **fields)


def judged(*events: Event, extra: tuple[GoodsEntry, ...] = (LATHES,), now: str | None = None) -> Decision:
    return decide(events, *extra, now=now)


def test_listed_goods_of_the_eu_for_kyrgyzstan_are_a_breach() -> None:
    (found,) = findings(judged(booked(), left("2026-05-04")), "R11")
    assert (found.verdict, found.planned) == ("BREACH", False)
    assert {c.name: c.state for c in found.conditions} == {
        "banned_destination": "MET", "goods_listed": "MET", "eu_export": "MET",
    }  # fmt: skip
    assert found.records == ("goods:T-KG@2026-04-24",)
    assert [e.name for e in found.exposed] == ["Emsland Technik GmbH"]
    assert "84581120" in found.because and "destination KG" in found.because


def test_a_booking_alone_is_judged_as_planned() -> None:
    assert [f.planned for f in findings(judged(booked()), "R11")] == [True]


@pytest.mark.parametrize(
    "fields",
    [
        {"parties": (*TO_KAZAKHSTAN, END_USER)}, {"parties": TO_KAZAKHSTAN, "end_use_country": "KG"},
        {"parties": EU, "to": None},
    ],
)  # fmt: skip
def test_end_use_end_user_or_the_consignee_of_an_unstated_destination_name_the_country(fields: dict[str, Any]) -> None:
    assert verdicts(judged(booked(**{"to": "KZ", **fields})), "R11") == ["BREACH"]


def test_goods_delivered_in_kyrgyzstan_went_there_whatever_was_stated() -> None:
    delivered = event("DELIVERED", "2026-06-01", place=Place("KGFRU"))
    assert verdicts(judged(booked(to="KZ", parties=TO_KAZAKHSTAN), delivered), "R11") == ["BREACH"]


@pytest.mark.parametrize("fields", [{"to": "KZ", "parties": TO_KAZAKHSTAN}, {"hs": "84501111"}])
def test_another_country_or_other_goods_are_none(fields: dict[str, Any]) -> None:
    assert verdicts(judged(booked(**fields)), "R11") == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-04-23T21:59:00+00:00", []), ("2026-04-23T22:00:00+00:00", ["BREACH"]), ("2026-06-01", ["BREACH"])],
)
def test_the_ban_begins_at_midnight_in_brussels_by_the_day_of_the_export(day: str, expected: list[str]) -> None:
    declared = left(day, "DECLARED", customs=Customs(procedure="EX"))
    assert verdicts(judged(booked("2026-04-01"), declared, left("2026-06-02")), "R11") == expected


@pytest.mark.parametrize(("day", "expected"), [("2026-04-20", []), ("2026-04-25", ["BREACH"])])
def test_of_goods_that_had_left_the_day_counts_on_which_they_were_turned_to_the_country(
    day: str, expected: list[str]
) -> None:
    events = (booked("2026-04-01", to="KZ", parties=TO_KAZAKHSTAN), left("2026-04-02"))
    turned = event("ROUTE_CHANGED", day, destination_country="KG")
    assert verdicts(judged(*events, turned), "R11") == expected


def test_goods_that_still_wait_when_the_ban_begins_are_judged_then_and_once() -> None:
    judge = Judge([*bundled_records(), LATHES])
    first = judge.apply(None, booked("2026-04-10"))
    assert "R11" not in [a.rule for a in first.alerts]
    assert first.due == parse_time("2026-04-23T22:00:00+00:00")
    rung = judge.tick(first.state, first.due)
    assert [(a.rule, a.status) for a in rung.alerts] == [("R11", "OPEN")]
    later = judge.apply(rung.state, event("CERTIFIED", "2026-05-01"))
    assert "R11" not in [a.rule for a in later.alerts]


def test_a_destination_changed_away_or_taken_back_leaves_nothing() -> None:
    away = event("ROUTE_CHANGED", "2026-05-06", destination_country="KZ")
    assert verdicts(judged(booked(), left("2026-05-04"), away), "R11") == []
    booking = booked(to="KZ", parties=TO_KAZAKHSTAN)
    turned = event("ROUTE_CHANGED", "2026-05-05", destination_country="KG")
    back = event("RETRACTED", "2026-05-06", retracts=turned.event_id)
    assert verdicts(judged(booking, turned), "R11") == ["BREACH"]
    assert verdicts(judged(booking, turned, back), "R11") == []


def test_a_booking_corrected_to_other_goods_leaves_nothing() -> None:
    other = booked("2026-05-02", hs="18063210")
    fixed = msgspec.structs.replace(other, event_id="fixed", replaces="BOOKED-2026-05-02")
    assert verdicts(judged(booked(), fixed), "R11") == []


def test_nobody_of_the_eu_and_an_export_from_elsewhere_is_none() -> None:
    assert verdicts(judged(booked(parties=ABROAD, export_country="CN")), "R11") == []


def test_a_party_of_the_eu_is_enough_where_the_goods_come_from_elsewhere() -> None:
    carrier = Party("CARRIER", "Bużanka Transport Sp. z o.o.", "PL")
    assert verdicts(judged(booked(parties=(*ABROAD, carrier), export_country="CN")), "R11") == ["BREACH"]


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"parties": ABROAD, "export_country": None}, "export_country"), ({"goods": False}, "goods"),
        ({"hs": None}, "goods code (goods.hs)"), ({"hs": "8458"}, "goods code in full (goods.hs)"),
        ({"to": None, "parties": EU[:1]}, "destination_country"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_asked_for(fields: dict[str, Any], missing: str) -> None:
    (found,) = findings(judged(booked(**fields)), "R11")
    assert (found.verdict, found.missing) == ("INSUFFICIENT_DATA", (missing,))


@pytest.mark.parametrize("fields", [{"goods": False}, {"hs": None}])
def test_goods_unknown_before_the_ban_are_no_question(fields: dict[str, Any]) -> None:
    assert verdicts(judged(booked("2026-04-01", **fields)), "R11") == []


def test_without_the_list_goods_under_its_headings_are_a_question_from_the_day_on() -> None:
    (found,) = findings(judged(booked(), extra=()), "R11")
    assert found.verdict == "INSUFFICIENT_DATA"
    assert "EXPORT_KG" in found.missing[0]
    assert verdicts(judged(booked("2026-04-20"), left("2026-04-21"), extra=()), "R11") == []
    assert verdicts(judged(booked(hs="84501111"), extra=()), "R11") == []


def test_a_consignment_called_off_before_it_moved_is_not_exported() -> None:
    cancelled = event("CANCELLED", "2026-05-03")
    assert verdicts(judged(booked(), cancelled), "R11") == []
    assert verdicts(judged(booked(), left("2026-05-02T18:00:00+00:00"), cancelled), "R11") == ["BREACH"]
