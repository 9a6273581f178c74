"""The waiver engine on R03, R04, R05 and R25 (contract 3.1(2), 6(11)-(17))."""

from __future__ import annotations

import pytest

from streams.model.decision import Decision, Finding
from streams.model.events import Document, Event, Goods, Holder, Origin, Party, Place, Transport
from streams.model.moments import parse_day
from streams.model.reference import Waiver, WaiverCondition
from tests.unit.rules.build import decide, event, findings, listed

KZ = (Origin("KZ"),)
OWNER = Party("OWNER", "TOO Ekibastuz Komir", "KZ")
BUYER = Party("BUYER", "Maasdok B.V.", "NL")
ENTRY = event("BORDER_CROSSED", "2026-06-05", place=Place("RUOZI"), transport=Transport("RAIL"))
LOADED = event("LOADED", "2026-06-10", place=Place("RUULU"), transport=Transport("SEA"))
LEFT = event("DEPARTED", "2026-06-12", place=Place("RUULU"), transport=Transport("SEA"))


def coal(*told: Event, origin: tuple[Origin, ...] = KZ, owner: Party | None = OWNER) -> Decision:
    parties = (BUYER,) if owner is None else (BUYER, owner)
    booked = event("BOOKED", "2026-06-01", parties=parties, goods=(Goods(1, "270112", origin=origin),))
    return decide([booked, ENTRY, *(told or (LOADED, LEFT))])


def r03(decision: Decision) -> tuple[str, dict[str, str]]:
    found = findings(decision, "R03")
    return found[0].verdict, {c.name: c.state for c in found[0].conditions}


def answered(decision: Decision) -> str | None:
    return findings(decision, "R02")[0].answered_by


def test_all_conditions_met_answer_the_prohibition() -> None:
    decision = coal()
    assert r03(decision)[0] == "WAIVER_MET"
    assert answered(decision) == "R03"
    assert decision.verdict == "WAIVER_MET"


def test_a_condition_that_fails_is_a_breach_and_answers_nothing() -> None:
    decision = coal(origin=(Origin("KZ", 90), Origin("RU", 10)))
    assert r03(decision)[0] == "BREACH"
    assert answered(decision) is None


@pytest.mark.parametrize(
    ("origin", "state"),
    [
        ((), "NOT_KNOWN"),
        ((Origin("KZ", 100),), "MET"),
        ((Origin("KZ", 60), Origin("KZ", 40)), "MET"),
        ((Origin("KZ", 90),), "NOT_KNOWN"),
        ((Origin("KZ", 90), Origin("RU")), "NOT_MET"),
        ((Origin("KZ"), Origin("RU")), "NOT_MET"),
        ((Origin("RU"),), "NOT_MET"),
        ((Origin("KZ", 100), Origin("RU", 0)), "MET"),
    ],
)
def test_origin(origin: tuple[Origin, ...], state: str) -> None:
    assert r03(coal(origin=origin))[1]["origin_only"] == state


def test_an_owner_nobody_states_needs_a_waiver_and_is_missing() -> None:
    decision = coal(owner=None)
    assert r03(decision) == ("NEEDS_WAIVER", {
        "in_force": "MET", "origin_only": "MET", "owner_not_from": "NOT_KNOWN", "owner_not_listed": "NOT_KNOWN",
        "port_use_only": "MET",
    })  # fmt: skip
    assert any("owner" in m for m in findings(decision, "R03")[0].missing)


def test_seller_and_buyer_are_never_taken_for_the_owner() -> None:
    booked = event("BOOKED", "2026-06-01", goods=(Goods(1, "270112", origin=KZ),),
                   parties=(BUYER, Party("SELLER", "OOO Kuzbass", "RU"), Party("CONSIGNOR", "OOO Kuzbass", "RU")))  # fmt: skip
    assert r03(decide([booked, ENTRY, LOADED, LEFT]))[1]["owner_not_from"] == "NOT_KNOWN"


@pytest.mark.parametrize(
    ("owner", "state"),
    [
        (Party("OWNER", "OOO K", "RU"), "NOT_MET"),
        (Party("OWNER", "I. Ivanov", "AE", nationality="RU"), "NOT_MET"),
        (Party("OWNER", "TOO J", "KZ", owners=(Holder("OOO K", "RU", share_pct=50.0),)), "NOT_MET"),
        (Party("OWNER", "TOO J", "KZ", owners=(Holder("K", "RU", share_pct=25.0), Holder("L", "RU", share_pct=25.0))),
         "NOT_MET"),
        (Party("OWNER", "TOO J", "KZ", owners=(Holder("OOO K", "RU", share_pct=49.0),)), "MET"),
        (Party("OWNER", "TOO J", "KZ", owners=(Holder("OOO K", "RU"),)), "NOT_KNOWN"),
        (Party("OWNER", "TOO J", "KZ", owners=(Holder("OOO K", "RU"), Holder("M", "KZ", share_pct=60.0))), "MET"),
        (Party("OWNER", "TOO J", "KZ", owners=(Holder("K", share_pct=60.0),)), "NOT_KNOWN"),
        (Party("OWNER", "TOO J"), "NOT_KNOWN"),
    ],
)  # fmt: skip
def test_owner(owner: Party, state: str) -> None:
    assert r03(coal(owner=owner))[1]["owner_not_from"] == state


def _title(at: str, country: str, **fields: object) -> Event:
    return event("OWNERSHIP_TRANSFERRED", at, parties=(Party("OWNER", f"Owner of {at}", country),), **fields)


def test_a_russian_owner_between_entry_and_departure_fails_though_it_goes_back() -> None:
    decision = coal(_title("2026-06-07", "RU"), _title("2026-06-08", "KZ"), LOADED, LEFT)
    assert r03(decision)[1]["owner_not_from"] == "NOT_MET"


def test_an_owner_before_entry_and_after_departure_does_not_count() -> None:
    assert r03(coal(_title("2026-06-02", "KZ"), LOADED, LEFT, _title("2026-06-13", "RU")))[0] == "WAIVER_MET"


def test_a_transfer_while_the_goods_still_lie_in_russia_counts() -> None:
    assert r03(coal(LOADED, _title("2026-06-11", "RU")))[1]["owner_not_from"] == "NOT_MET"


def test_an_owner_known_only_at_the_port_leaves_the_way_open() -> None:
    late = event("OWNERSHIP_TRANSFERRED", "2026-06-09", parties=(OWNER,))
    booked = event("BOOKED", "2026-06-01", parties=(BUYER,), goods=(Goods(1, "270112", origin=KZ),))
    assert r03(decide([booked, ENTRY, late, LOADED, LEFT]))[1]["owner_not_from"] == "NOT_KNOWN"


def test_a_listed_owner_fails_the_waiver() -> None:
    booked = event("BOOKED", "2026-06-01", parties=(BUYER, OWNER), goods=(Goods(1, "270112", origin=KZ),))
    decision = decide([booked, ENTRY, LOADED, LEFT], listed("X", "TOO Ekibastuz Komir", countries=("KZ",)))
    assert r03(decision)[1]["owner_not_listed"] == "NOT_MET"


@pytest.mark.parametrize("use", ["STORAGE", "PROCESSING", "SALE", "BUNKERING", "SUPPLY"])
def test_any_other_use_of_the_port_fails(use: str) -> None:
    decision = coal(event("ARRIVED", "2026-06-09", place=Place("RUULU"), port_use=use), LEFT)
    assert r03(decision)[1]["port_use_only"] == "NOT_MET"


@pytest.mark.parametrize(("mode", "state"), [("RAIL", "MET"), ("ROAD", "MET"), ("SEA", "NOT_MET")])
def test_discharge_is_allowed_from_land_transport_only(mode: str, state: str) -> None:
    told = event("UNLOADED", "2026-06-09", place=Place("RUULU"), transport=Transport(mode))  # type: ignore[arg-type]
    assert r03(coal(told))[1]["port_use_only"] == state


def test_the_waiver_of_another_day_is_a_breach_at_that_dealing() -> None:
    booked = event("BOOKED", "2025-07-01", parties=(BUYER, OWNER), goods=(Goods(1, "270112", origin=KZ),))
    told = [
        booked,
        event("LOADED", "2025-07-19", place=Place("RUULU")),
        event("DEPARTED", "2025-07-21", place=Place("RUULU")),
    ]
    decision = decide(told)
    assert r03(decision) == ("BREACH", r03(decision)[1])
    assert r03(decision)[1]["in_force"] == "NOT_MET"
    assert "2025-07-19" in findings(decision, "R03")[0].because


def test_goods_that_no_exemption_fits_leave_the_prohibition_standing() -> None:
    booked = event("BOOKED", "2026-06-01", parties=(BUYER, OWNER), goods=(Goods(1, "270210", origin=KZ),))
    decision = decide([booked, ENTRY, LOADED])
    assert findings(decision, "R03") == []
    assert decision.verdict == "NEEDS_WAIVER"


def test_an_exemption_answers_only_when_every_line_is_covered() -> None:
    goods = (Goods(1, "270112", origin=KZ), Goods(2, "270400", origin=KZ))
    decision = decide([event("BOOKED", "2026-06-01", parties=(BUYER, OWNER), goods=goods), ENTRY, LOADED, LEFT])
    assert r03(decision)[0] == "WAIVER_MET"
    assert answered(decision) is None
    assert decision.verdict == "NEEDS_WAIVER"


def test_goods_blended_at_the_port_are_judged_as_they_came_out() -> None:
    blend = event("PROCESSED", "2026-06-09", place=Place("RUOZI"),
                  goods=(Goods(1, "270112", origin=(Origin("KZ", 80), Origin("RU", 20))),))  # fmt: skip
    assert r03(coal(blend, LOADED, LEFT))[0] == "BREACH"


def _r05(hs: str, destination: str | None) -> Finding:
    booked = event("BOOKED", "2026-06-01", parties=(BUYER,), goods=(Goods(1, hs),), destination_country=destination)
    return findings(decide([booked, LOADED]), "R05")[0]


def test_food_fertiliser_and_medicine_ask_nothing_more() -> None:
    assert {_r05(hs, None).verdict for hs in ("100199", "310210", "300490")} == {"WAIVER_MET"}


def test_metals_ask_for_a_destination_in_the_group() -> None:
    assert [_r05("260111", to).verdict for to in ("DE", "RS", "TR", None)] == [
        "WAIVER_MET", "WAIVER_MET", "BREACH", "NEEDS_WAIVER",
    ]  # fmt: skip


@pytest.mark.parametrize(("origin", "verdict"), [("KZ", "WAIVER_MET"), ("RU", "BREACH")])
def test_russian_oil_is_not_covered(origin: str, verdict: str) -> None:
    goods = (Goods(1, "270900", origin=(Origin(origin),)),)
    told = [
        event("BOOKED", "2026-06-01", parties=(BUYER, OWNER), goods=goods),
        event("LOADED", "2026-06-10", place=Place("RUNVS")),
    ]
    assert findings(decide(told), "R04")[0].verdict == verdict


def _r25(**fields: object) -> list[str]:
    usual = {"goods": ("7208",), "applies_from": parse_day("2026-01-01"), "applies_until": parse_day("2026-06-11")}
    waiver = Waiver(id="A-1", **{**usual, **fields})  # type: ignore[arg-type]
    booked = event("BOOKED", "2026-06-01", parties=(BUYER,), goods=(Goods(1, "720839"),),
                   documents=(Document("AUTHORISATION", "N-1", valid_until=parse_day("2026-06-30")),))  # fmt: skip
    return [f.verdict for f in findings(decide([booked, LOADED], waiver), "R25")]


def test_goods_places_and_holder_decide_whether_a_waiver_fits() -> None:
    assert _r25() == ["WAIVER_MET"]
    assert _r25(goods=("7601",)) == []
    assert _r25(places=("RUULU",)) == ["WAIVER_MET"]
    assert _r25(places=("RUPRI",)) == []
    assert _r25(holder="MAASDOK B.V.") == ["WAIVER_MET"]
    assert _r25(holder="Somebody Else") == []


def test_a_waiver_that_answers_another_rule_does_not_fit() -> None:
    assert _r25(answers="R07") == []


def test_outside_its_window_a_waiver_is_a_breach() -> None:
    assert _r25(applies_until=parse_day("2026-06-10")) == ["BREACH"]


def test_a_document_is_met_missing_or_run_out() -> None:
    def needs(kind: str) -> tuple[WaiverCondition, ...]:
        return (WaiverCondition("document", document_type=kind),)

    assert _r25(conditions=needs("AUTHORISATION")) == ["WAIVER_MET"]
    assert _r25(conditions=needs("QUALITY")) == ["NEEDS_WAIVER"]


def test_each_dealing_takes_the_most_favourable_waiver() -> None:
    good = Waiver(id="A-2", goods=("7208",))
    expired = Waiver(id="A-1", goods=("7208",), applies_until=parse_day("2026-01-01"))
    booked = event("BOOKED", "2026-06-01", parties=(BUYER,), goods=(Goods(1, "720839"),))
    decision = decide([booked, LOADED], expired, good)
    assert [(f.verdict, f.subject) for f in findings(decision, "R25")] == [("WAIVER_MET", "A-2")]
    assert answered(decision) == "R25"
