"""F10 weighed against declared, F11 value for mass, F21 more goods than their certificates are for."""

from __future__ import annotations

from typing import Any

import pytest

from streams.model.decision import Decision
from streams.model.events import (
    Contract,
    Document,
    Event,
    Goods,
    Money,
    Origin,
    Place,
    Price,
    Transport,
    Weight,
)  # fmt: skip
from streams.model.moments import parse_day
from streams.model.reference import Policy
from tests.unit.rules.build import decide, event, findings

BULK = Goods(1, "100199", origin=(Origin("KZ"),), net_kg=70_000.0)
TRAIN = ("64782352", "52988128")


def booked(*goods: Goods, **fields: Any) -> Event:
    return event("BOOKED", "2026-09-01", goods=goods, **fields)


def weighed(net: float | None = None, gross: float | None = None, method: Any = "WAGON_SCALE", **fields: Any) -> Event:
    fields.setdefault("event_id", "w")
    return event(
        "WEIGHED", fields.pop("at", "2026-09-03"), weight=Weight(net, gross, method), place=Place("KZKSN"), **fields
    )


def weights(decision: Decision, flag: str) -> list[int]:
    return [f.weight for f in findings(decision, "R22") if f.subject == flag]


def because(decision: Decision) -> str:
    return findings(decision, "R22")[0].because


@pytest.mark.parametrize(
    ("net", "expected"),
    [
        (70_000.0, []), (68_600.0, []), (71_400.0, []), (68_599.0, [15]), (71_401.0, [15]), (67_200.0, [15]), (72_800.0, [15]),
        (67_199.0, [30]), (700_000.0, [30]), (0.0, [30]),
    ],
)  # fmt: skip
def test_bulk_may_differ_by_two_per_cent_and_weighs_double_from_four(net: float, expected: list[int]) -> None:
    assert weights(decide([booked(BULK), weighed(net)]), "F10") == expected


@pytest.mark.parametrize(("net", "expected"), [(9500.0, []), (9499.0, [15]), (9000.0, [15]), (8999.0, [30])])
def test_boxed_goods_may_differ_by_five_per_cent(net: float, expected: list[int]) -> None:
    assert weights(decide([booked(Goods(1, "180632", net_kg=10_000.0, packages=40)), weighed(net)]), "F10") == expected


def test_the_finding_tells_both_masses_and_the_tolerance() -> None:
    found = findings(decide([booked(BULK), weighed(66_500.0)]), "R22")[0]
    assert found.because == (
        "Net weighed 66,500 kg on 2026-09-03, declared 70,000 kg, 5.0 % less (tolerance 2 %, bulk)."
    )
    assert [(c.name, c.state, c.events) for c in found.conditions] == [("weight_agrees", "NOT_MET", ("t/w",))]
    assert found.legal_basis == "UCC data duty; 4.3 F10"


def test_a_mass_in_the_wrong_unit_is_a_flag_that_says_so() -> None:
    in_tonnes = decide([booked(BULK), weighed(69.5)])
    assert weights(in_tonnes, "F10") == [30]
    assert "weighed 69.5 kg on 2026-09-03, declared 70,000 kg, as if one of them were in tonnes" in because(in_tonnes)


def test_gross_is_compared_with_gross_before_net_with_net() -> None:
    goods = Goods(1, "100199", net_kg=70_000.0, gross_kg=71_000.0)
    assert weights(decide([booked(goods), weighed(60_000.0, 71_000.0)]), "F10") == []
    assert weights(decide([booked(goods), weighed(70_000.0, 61_000.0)]), "F10") == [30]
    assert weights(decide([booked(BULK), weighed(60_000.0, 71_000.0)]), "F10") == [30]


@pytest.mark.parametrize(
    "events",
    [
        (booked(Goods(1, "100199")), weighed(66_000.0)), (booked(BULK), weighed(None, 60_000.0)), (weighed(66_000.0),),
        (booked(BULK, Goods(2, "100199")), weighed(66_000.0)), (booked(BULK), weighed(60_000.0, method="DECLARED")),
    ],
)  # fmt: skip
def test_a_mass_that_is_not_stated_or_only_declared_again_is_not_compared(events: tuple[Event, ...]) -> None:
    assert weights(decide(events), "F10") == []


def test_the_lines_count_together() -> None:
    two = booked(BULK, Goods(2, "100199", net_kg=30_000.0))
    assert weights(decide([two, weighed(100_000.0)]), "F10") == []
    assert weights(decide([two, weighed(70_000.0)]), "F10") == [30]


def test_of_several_weighings_the_worst_counts_once() -> None:
    decision = decide(
        [booked(BULK), weighed(68_000.0), weighed(60_000.0, event_id="v"), weighed(70_000.0, event_id="u")]
    )
    assert weights(decision, "F10") == [30]
    assert decision.weight == 30


def test_a_later_statement_of_the_same_goods_corrects_the_mass_and_one_without_mass_does_not() -> None:
    declared = event("DECLARED", "2026-09-02", goods=(Goods(1, "100199", net_kg=66_000.0),))
    assert weights(decide([booked(BULK), declared, weighed(66_000.0)]), "F10") == []
    silent = event("DECLARED", "2026-09-02", goods=(Goods(1, "100199"),))
    assert weights(decide([booked(BULK), silent, weighed(66_000.0)]), "F10") == [30]


@pytest.mark.parametrize("kind", ["PROCESSED", "SPLIT", "MERGED"])
def test_goods_that_are_made_into_others_are_compared_with_what_these_are_declared_as(kind: str) -> None:
    made = event(kind, "2026-09-02", goods=(Goods(1, "110100", net_kg=50_000.0),))
    before = weighed(70_000.0, at="2026-09-01T20:00:00+00:00", event_id="b")
    assert weights(decide([booked(BULK), before, made, weighed(50_000.0)]), "F10") == []
    assert weights(decide([booked(BULK), made, weighed(70_000.0)]), "F10") == [30]
    assert weights(decide([booked(BULK), event(kind, "2026-09-02"), weighed(50_000.0)]), "F10") == []


def test_a_weighing_of_some_of_the_wagons_is_none_of_the_whole() -> None:
    loaded = event("LOADED", "2026-09-02", place=Place("KZKSN"), transport=Transport("RAIL", wagons=TRAIN))
    for wagons, expected in ((TRAIN[:1], []), (TRAIN, [30]), (("60102035",), [30]), ((), [30])):
        part = weighed(35_000.0, transport=Transport("RAIL", wagons=wagons))
        assert weights(decide([booked(BULK), loaded, part]), "F10") == expected


def test_a_weighing_corrected_or_taken_back_is_no_flag() -> None:
    right = weighed(70_000.0, event_id="c", replaces="w")
    assert weights(decide([booked(BULK), weighed(60_000.0), right]), "F10") == []
    back = event("RETRACTED", "2026-09-04", retracts="w")
    assert weights(decide([booked(BULK), weighed(60_000.0), back]), "F10") == []


def test_the_tolerance_is_that_of_the_day_of_weighing() -> None:
    wider = Policy(
        id="policy:weight_tolerance_bulk_pct-2", key="weight_tolerance_bulk_pct", value=10.0, applies_from=parse_day("2026-09-03")
    )  # fmt: skip
    assert weights(decide([booked(BULK), weighed(66_000.0)], wider), "F10") == []
    assert weights(decide([booked(BULK), weighed(66_000.0, at="2026-09-02")], wider, now="2026-09-20"), "F10") == [30]


def coal(
    value: Money | None, net: float | None = 1000.0, contract: Contract | None = None, hs: str = "270112"
) -> Event:
    return booked(Goods(1, hs, origin=(Origin("KZ"),), net_kg=net, value=value), contract=contract)


@pytest.mark.parametrize(
    ("amount", "expected"), [(39.9, [20]), (40.0, []), (60.0, []), (110.0, []), (110.1, [20]), (0.0, [20])]
)  # fmt: skip
def test_coal_outside_its_price_band_is_flagged(amount: float, expected: list[int]) -> None:
    assert weights(decide([coal(Money(amount, "USD"))]), "F11") == expected


def test_the_price_of_coal_is_taken_from_the_contract_where_no_value_is_stated() -> None:
    cheap = Contract("C", price=Price(20.0, "USD", "t"))
    assert weights(decide([coal(None, contract=cheap)]), "F11") == [20]
    assert weights(decide([coal(None, None, contract=cheap)]), "F11") == [20]
    assert weights(decide([coal(Money(60.0, "USD"), contract=cheap)]), "F11") == []


@pytest.mark.parametrize(
    "booking",
    [
        coal(Money(20.0, "EUR")), coal(Money(20.0, "USD"), None), coal(None), coal(Money(20.0, "USD"), hs="270400"),
        coal(None, contract=Contract("C", price=Price(20.0, "EUR", "t"))), coal(None, contract=Contract("C", price=Price(20.0, "USD"))),
        coal(Money(1.0, "USD"), hs="854231"),
    ],
)  # fmt: skip
def test_without_a_price_in_dollars_for_a_mass_or_without_a_baseline_nothing_is_flagged(booking: Event) -> None:
    assert weights(decide([booking]), "F11") == []


def test_a_median_for_a_goods_code_decides_once_it_is_loaded() -> None:
    medians = Policy(
        id="policy:value_per_kg_medians", key="value_per_kg_medians", value={"854231": {"amount": 400.0, "currency": "EUR"}}
    )  # fmt: skip

    def circuits(per_kg: float, currency: str = "EUR") -> list[int]:
        line = Goods(1, "85423190", net_kg=10.0, value=Money(10 * per_kg, currency))
        return weights(decide([booked(line)], medians), "F11")

    assert (circuits(99.0), circuits(100.0), circuits(99.0, "USD")) == ([20], [], [])


def test_a_value_stated_again_counts_instead() -> None:
    again = event("DECLARED", "2026-09-02", goods=(Goods(1, "270112", net_kg=1000.0, value=Money(60.0, "USD")),))
    assert weights(decide([coal(Money(20.0, "USD")), again]), "F11") == []


def paper(quantity: float | None, number: str | None = "CT-1", kind: Any = "CERTIFICATE_OF_ORIGIN") -> Document:
    return Document(kind, number, quantity_kg=quantity)


@pytest.mark.parametrize(
    ("papers", "expected"),
    [
        ((), []), ((paper(70_000.0),), []), ((paper(69_999.0),), [45]), ((paper(None),), []),
        ((paper(40_000.0), paper(30_000.0, "CT-2")), []), ((paper(40_000.0), paper(40_000.0)), [45]),
        ((paper(40_000.0), paper(None, "CT-2")), []), ((paper(40_000.0, kind="QUALITY"),), [45]),
        ((paper(40_000.0, kind="AUTHORISATION"),), []), ((paper(40_000.0, None), paper(30_000.0, None)), []),
    ],
)  # fmt: skip
def test_more_declared_than_the_certificates_together_are_for_is_flagged(
    papers: tuple[Document, ...], expected: list[int]
) -> None:
    assert weights(decide([booked(BULK, documents=papers)]), "F21") == expected


@pytest.mark.parametrize(("net", "expected"), [(71_400.0, []), (71_500.0, [45])])
def test_what_is_weighed_may_exceed_a_certificate_by_the_tolerance(net: float, expected: list[int]) -> None:
    papers = (paper(70_000.0),)
    assert weights(decide([booked(BULK, documents=papers), weighed(net)]), "F21") == expected
    no_mass = booked(Goods(1, "100199", origin=(Origin("KZ"),)), documents=papers)
    assert weights(decide([no_mass, weighed(net)]), "F21") == expected


def test_a_certificate_is_for_the_lines_that_name_it_or_for_all_when_they_are_of_one_origin() -> None:
    other = Goods(2, "100199", origin=(Origin("RO"),), net_kg=20_000.0)
    proved = Goods(1, "100199", origin=(Origin("KZ", proof="CT-1"),), net_kg=70_000.0)
    assert weights(decide([booked(BULK, other, documents=(paper(70_000.0),))]), "F21") == []
    assert weights(decide([booked(proved, other, documents=(paper(70_000.0),))]), "F21") == []
    assert weights(decide([booked(proved, other, documents=(paper(69_000.0),))]), "F21") == [45]
    assert weights(decide([booked(BULK, BULK, documents=(paper(70_000.0),))]), "F21") == [45]


def test_the_certificates_of_merged_goods_stay_with_what_they_came_from() -> None:
    merged = event("MERGED", "2026-09-02", goods=(Goods(1, "100199", origin=(Origin("KZ"),), net_kg=140_000.0),))
    assert weights(decide([booked(BULK, documents=(paper(70_000.0),)), merged]), "F21") == []


def test_a_certificate_that_comes_later_covers_the_rest() -> None:
    first = booked(BULK, documents=(paper(40_000.0),))
    assert "70,000 kg net declared on 2026-09-01, certificate of origin CT-1 for 40,000 kg" in because(decide([first]))
    later = event("CERTIFIED", "2026-09-05", documents=(paper(30_000.0, "CT-2"),))
    assert weights(decide([first, later]), "F21") == []
