"""R06: Russian goods into the EU, by origin or by sale in Russia, and what is not known (domain 8 R06, contract 6(19))."""

from __future__ import annotations

from typing import Any

import pytest

from streams.model.decision import Decision, Finding
from streams.model.events import Event, Goods, Leg, Origin, Party, Place, Transport
from streams.model.moments import parse_day, parse_time
from streams.model.reference import GoodsEntry
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import decide, event, findings, verdicts

KZ, RU = (Origin("KZ"),), (Origin("RU"),)
SELLER, BUYER = Party("SELLER", "TOO Ertis Otyn", "KZ"), Party("BUYER", "Kymen Hiili Oy", "FI")
RUSSIAN = Party("OWNER", "OOO Ladoga Ugol", "RU")
VYBORG, HAMINA = Place("RUVYG"), Place("FIHMN")
RAIL, SHIP = Transport("RAIL"), Transport("SEA")


def booked(origin: tuple[Origin, ...] = KZ, hs: str | None = "270112", **fields: Any) -> Event:
    fields.setdefault("parties", (SELLER, BUYER))
    fields.setdefault("goods", (Goods(1, hs, origin=origin),))
    fields.setdefault("destination_country", "FI")
    return event("BOOKED", "2026-09-01", **fields)


ENTERED = event("BORDER_CROSSED", "2026-09-05", place=Place("RUCEK"), transport=RAIL)
LEFT = event("DEPARTED", "2026-09-20", place=VYBORG, transport=SHIP)
LANDED = event("UNLOADED", "2026-09-26", place=HAMINA, transport=SHIP)


def only(decision: Decision) -> Finding:
    (found,) = findings(decision, "R06")
    return found


def states(finding: Finding) -> dict[str, str]:
    return {c.name: c.state for c in finding.conditions}


def test_coal_of_russian_origin_landed_in_the_eu_is_a_breach_of_whoever_is_of_the_eu() -> None:
    found = only(decide([booked(RU), ENTERED, LEFT, LANDED]))
    assert (found.verdict, found.planned) == ("BREACH", False)
    assert states(found) == {
        "goods_listed": "MET", "into_eu": "MET", "russian_origin": "MET", "exported_from_russia": "NOT_MET", "eu_nexus": "MET",
    }  # fmt: skip
    assert [e.name for e in found.exposed] == ["Kymen Hiili Oy"]
    assert found.records == ("goods:IMPORT_BAN_RU-2701@2022-04-09",)
    assert "UNLOADED in FI on 2026-09-26" in found.because


def test_kazakh_coal_that_only_crosses_russia_is_none_of_it() -> None:
    assert verdicts(decide([booked(), ENTERED, LEFT, LANDED]), "R06") == []


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ((Origin("KZ", 90.0), Origin("RU", 10.0)), "BREACH"), ((Origin("KZ", 90.0), Origin("RU")), "BREACH"),
        ((Origin("KZ", 90.0),), "INSUFFICIENT_DATA"), ((), "INSUFFICIENT_DATA"),
        ((Origin("KZ"), Origin("PL")), "INSUFFICIENT_DATA"),
        ((Origin("KZ", 60.0), Origin("PL", 40.0)), None), ((Origin("KZ", 100.0), Origin("RU", 0.0)), None),
    ],
)  # fmt: skip
def test_any_russian_share_counts_and_a_share_not_accounted_for_is_unknown(
    origin: tuple[Origin, ...], expected: str | None
) -> None:
    assert verdicts(decide([booked(origin), LANDED]), "R06") == ([expected] if expected else [])


def test_an_unknown_origin_is_named_among_what_is_missing() -> None:
    found = only(decide([booked(()), LEFT, LANDED]))
    assert (found.verdict, found.missing) == ("INSUFFICIENT_DATA", ("origin",))
    assert states(found)["russian_origin"] == "NOT_KNOWN"


def test_goods_on_no_list_are_never_asked_for_their_origin() -> None:
    assert verdicts(decide([booked((), "100199"), ENTERED, LANDED]), "R06") == []
    assert verdicts(decide([booked(RU, "100199"), ENTERED, LANDED]), "R06") == []


@pytest.mark.parametrize("role", ["OWNER", "SELLER", "CONSIGNOR"])
def test_whoever_of_russia_owns_sells_or_sends_the_goods_while_they_are_there_has_them_exported(role: str) -> None:
    russian = Party(role, "OOO Ladoga Ugol", "RU")  # type: ignore[arg-type]
    sold = event("PARTIES_CHANGED", "2026-09-10", parties=(russian,))
    found = only(decide([booked(), ENTERED, sold, LEFT, LANDED]))
    assert found.verdict == "BREACH"
    assert (states(found)["russian_origin"], states(found)["exported_from_russia"]) == ("NOT_MET", "MET")
    assert f"OOO Ladoga Ugol ({role}) is of RU" in found.because


def test_a_russian_buyer_or_carrier_does_not_make_it_an_export_from_russia() -> None:
    others = (Party("CARRIER", "AO Zhelezo", "RU"), Party("TERMINAL_OPERATOR", "AO Port", "RU"))
    assert verdicts(decide([booked(parties=(SELLER, BUYER, *others)), ENTERED, LEFT, LANDED]), "R06") == []


def test_a_russian_national_abroad_counts_as_of_russia() -> None:
    owner = Party("OWNER", "Ivan Petrov", "AE", nationality="RU")
    assert verdicts(decide([booked(parties=(SELLER, BUYER, owner)), ENTERED, LEFT, LANDED]), "R06") == ["BREACH"]


def test_a_russian_owner_before_entry_or_after_departure_does_not_count() -> None:
    before = event("OWNERSHIP_TRANSFERRED", "2026-09-02", parties=(Party("OWNER", "TOO Ertis Otyn", "KZ"),))
    assert verdicts(decide([booked(parties=(SELLER, BUYER, RUSSIAN)), before, ENTERED, LEFT, LANDED]), "R06") == []
    after = event("OWNERSHIP_TRANSFERRED", "2026-09-22", parties=(RUSSIAN,))
    assert verdicts(decide([booked(), ENTERED, LEFT, after, LANDED]), "R06") == []


def test_an_owner_of_russia_counts_as_soon_as_the_goods_enter_it_and_no_sooner() -> None:
    booking = booked(parties=(SELLER, BUYER, RUSSIAN))
    assert verdicts(decide([booking]), "R06") == []
    judge_at_entry = decide([booking, ENTERED])
    assert verdicts(judge_at_entry, "R06") == ["BREACH"]
    assert not only(judge_at_entry).planned


def test_an_owner_of_russia_counts_as_planned_while_the_goods_are_to_come_there() -> None:
    way = (Leg("KZ", "KZEKB", "RAIL"), Leg("RU", "RUTAM", "RAIL"), Leg("FI", "FIHMN", "SEA"))
    booking = booked(parties=(SELLER, BUYER, RUSSIAN), route=way)
    found = only(decide([booking, event("LOADED", "2026-09-03", place=Place("KZEKB"), transport=RAIL)]))
    assert (found.verdict, found.planned) == ("BREACH", True)
    assert "OOO Ladoga Ugol (OWNER) is of RU and the goods are to come there" in found.because
    sold = event("OWNERSHIP_TRANSFERRED", "2026-09-04", parties=(Party("OWNER", "TOO Ertis Otyn", "KZ"),))
    assert verdicts(decide([booking, sold]), "R06") == []
    assert verdicts(decide([booking, event("ROUTE_CHANGED", "2026-09-04", route=(Leg("LV", "LVRIX"),))]), "R06") == []
    assert not only(decide([booking, ENTERED])).planned
    assert verdicts(decide([booking, LANDED]), "R06") == []


def test_export_from_russia_as_stated_counts_even_when_it_is_said_otherwise_after_departure() -> None:
    assert verdicts(decide([booked(export_country="RU")]), "R06") == ["BREACH"]
    released = event("PARTIES_CHANGED", "2026-09-10", export_country="RU")
    again = event("PARTIES_CHANGED", "2026-09-22", export_country="KZ")
    assert verdicts(decide([booked(export_country="KZ"), ENTERED, released, LEFT, again, LANDED]), "R06") == ["BREACH"]
    early = event("PARTIES_CHANGED", "2026-09-02", export_country="KZ")
    assert verdicts(decide([booked(export_country="RU"), early, ENTERED, LEFT, LANDED]), "R06") == []


def test_a_destination_outside_the_eu_is_no_import_unless_the_coal_is_unloaded_in_the_eu() -> None:
    booking = booked(RU, destination_country="TR")
    assert verdicts(decide([booking, LEFT, event("UNLOADED", "2026-09-26", place=Place("TRISK"))]), "R06") == []
    assert verdicts(decide([booking, LEFT, LANDED]), "R06") == ["BREACH"]
    assert verdicts(decide([booking, LEFT, event("PORT_CALL", "2026-09-26", place=HAMINA)]), "R06") == []


def test_without_a_destination_russian_coal_is_a_question_until_it_is_landed_or_delivered_elsewhere() -> None:
    booking = booked(RU, destination_country=None)
    found = only(decide([booking, LEFT]))
    assert (found.verdict, found.missing) == ("INSUFFICIENT_DATA", ("destination_country",))
    assert verdicts(decide([booking, LEFT, LANDED]), "R06") == ["BREACH"]
    assert verdicts(decide([booking, LEFT, event("DELIVERED", "2026-09-26", place=Place("TRISK"))]), "R06") == []


def test_delivery_that_names_no_place_is_delivery_at_the_destination() -> None:
    found = only(decide([booked(RU), LEFT, event("DELIVERED", "2026-09-28")]))
    assert found.verdict == "BREACH"
    assert "DELIVERED in FI" in found.because


def test_a_booking_is_planned_until_something_moves_and_falls_away_when_it_is_cancelled() -> None:
    assert only(decide([booked(RU)])).planned
    assert not only(decide([booked(RU), event("LOADED", "2026-09-04", place=Place("RUKEJ"), transport=RAIL)])).planned
    assert verdicts(decide([booked(RU), event("CANCELLED", "2026-09-03")]), "R06") == []


def test_without_anybody_of_the_eu_the_ban_binds_nobody_and_an_eu_destination_is_no_nexus() -> None:
    abroad = (
        Party("SELLER", "OOO Kuzbass", "RU"), Party("BUYER", "Helvetia AG", "CH"), Party("CARRIER", "Denizcilik", "TR"),
        Party("INSURER", "Mutual Ltd", "GB"),
    )  # fmt: skip
    decision = decide([booked(RU, parties=abroad), LEFT])
    assert verdicts(decision, "R06") == []
    assert verdicts(decision, "R01") == ["CLEAR"]
    assert verdicts(decide([booked(RU, parties=abroad), LEFT, LANDED]), "R06") == ["BREACH"]


def test_an_unknown_nexus_keeps_the_verdict_exposes_nobody_and_says_who_is_missing() -> None:
    found = only(decide([booked(RU, parties=(Party("SELLER", "OOO Kuzbass", "RU"),)), LEFT]))
    assert (found.verdict, found.exposed) == ("BREACH", ())
    assert "insurer" in found.missing


def test_goods_that_nobody_names_are_a_question_only_when_they_come_through_russia() -> None:
    bare = booked(goods=(Goods(1, description="bulk"),))
    assert only(decide([bare, ENTERED, LANDED])).missing == ("origin", "goods code in full (goods.hs)")
    assert only(decide([booked(goods=()), ENTERED, LANDED])).missing == ("origin", "goods")
    assert verdicts(decide([bare, LANDED]), "R06") == []
    assert only(decide([booked(goods=(), route=(Leg("RU"),))])).verdict == "INSUFFICIENT_DATA"
    assert verdicts(decide([booked(goods=(), destination_country=None), ENTERED]), "R06") == []
    assert only(decide([booked(goods=(Goods(1, origin=RU),)), LANDED])).missing == ("goods code in full (goods.hs)",)
    assert verdicts(decide([booked(goods=(Goods(1, origin=KZ),)), ENTERED, LANDED]), "R06") == []


def test_a_code_shorter_than_the_listed_prefix_is_a_question() -> None:
    entry = GoodsEntry(id="X", list="IMPORT_BAN_RU", hs="25010091")
    assert verdicts(decide([booked(RU, "250100"), LANDED], entry), "R06") == ["INSUFFICIENT_DATA"]
    assert verdicts(decide([booked(RU, "25010091"), LANDED], entry), "R06") == ["BREACH"]
    assert verdicts(decide([booked(RU, "25010010"), LANDED], entry), "R06") == []


def test_a_correction_of_the_origin_takes_the_finding_away_and_its_retraction_brings_it_back() -> None:
    wrong = booked(RU)
    right = booked(event_id="right", replaces=wrong.event_id, recorded_at="2026-09-08")
    back = event("RETRACTED", "2026-09-09", retracts="right")
    assert verdicts(decide([wrong, right, LANDED]), "R06") == []
    assert verdicts(decide([wrong, right, back, LANDED]), "R06") == ["BREACH"]


def test_each_landing_is_judged_by_the_list_of_its_own_day() -> None:
    entry = GoodsEntry(id="X", list="IMPORT_BAN_RU", hs="250100", applies_from=parse_day("2026-09-26"))
    day_before = event("UNLOADED", "2026-09-25T23:59:00+02:00", place=HAMINA)
    midnight = event("UNLOADED", "2026-09-26T00:00:00+02:00", place=HAMINA)
    assert verdicts(decide([booked(RU, "250100"), day_before], entry), "R06") == []
    assert verdicts(decide([booked(RU, "250100"), day_before, midnight], entry), "R06") == ["BREACH"]


def test_goods_still_under_way_are_judged_again_by_themselves_when_the_list_changes() -> None:
    entry = GoodsEntry(id="X", list="IMPORT_BAN_RU", hs="250100", applies_from=parse_day("2026-10-01"))
    before = decide([booked(RU, "250100"), LEFT], entry)
    assert verdicts(before, "R06") == []
    assert before.due == parse_time("2026-10-01T00:00:00+02:00")
    assert verdicts(decide([booked(RU, "250100"), LEFT], entry, now="2026-10-01"), "R06") == ["BREACH"]


def test_moves_of_kazakh_coal_with_nobody_of_russia_stay_neutral_for_this_rule() -> None:
    judge = Judge(bundled_records())
    state = judge.apply(None, booked()).state
    state = judge.apply(state, event("LOADED", "2026-09-03", place=Place("KZEKB"), transport=RAIL)).state
    assert judge.apply(state, ENTERED).kind == "neutral"
    state = judge.apply(None, booked(parties=(SELLER, BUYER, RUSSIAN))).state
    assert judge.apply(state, ENTERED).kind == "folded"
