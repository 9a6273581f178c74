"""R19: the cap of which day and product counts, what is carried over, and what is not known (domain 2.4, contract 6(25))."""

from __future__ import annotations

from typing import Any

import pytest

from streams.model.decision import Decision
from streams.model.events import Contract, Document, Goods, Origin, Party, Place, Price, Transport
from streams.model.moments import parse_day, parse_time
from streams.model.reference import Cap
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import decide, event, findings, verdicts

EU = (Party("SELLER", "OOO Neftetorg", "RU"), Party("BUYER", "Arredi S.r.l.", "IT"))
ABROAD = (
    Party("SELLER", "OOO Neftetorg", "RU"), Party("BUYER", "Saurashtra Petrochem Ltd", "IN"),
    Party("CARRIER", "Al Manara Marine LLC", "AE"), Party("INSURER", "Wapping Mutual Ltd", "GB"),
)  # fmt: skip
RUSSIAN = (Origin("RU"),)


def contract(
    amount: float | None = 50.0, per: str | None = "bbl", made: str | None = "2026-03-01", currency: str | None = "USD"
) -> Contract:
    price = Price(amount, currency, per) if amount is not None else None
    return Contract("N-1", parse_day(made) if made else None, price=price)


def voyage(
    sale: Contract | None, loaded: str | None = "2026-03-10", *, hs: str = "270900", origin: tuple[Origin, ...] = RUSSIAN,
    parties: tuple[Party, ...] = EU, net_kg: float | None = 1000.0, now: str | None = None, kind: str = "LOADED",
    extra: tuple[Cap, ...] = (), **fields: Any,
) -> Decision:  # fmt: skip
    goods = (Goods(1, hs, origin=origin, net_kg=net_kg),)
    events = [event("BOOKED", "2025-07-01", parties=parties, goods=goods, contract=sale, **fields)]
    if loaded is not None:
        events.append(event(kind, loaded, place=Place("TRISK"), transport=Transport("SEA")))
    return decide(events, *extra, now=now)


def test_oil_above_the_cap_of_the_day_of_loading_is_a_breach() -> None:
    found = findings(voyage(contract(44.2)), "R19")
    assert [f.verdict for f in found] == ["BREACH"]
    assert not found[0].planned
    assert found[0].records == ("cap:crude-2026-02-01@2026-02-01",)
    assert {c.name: c.state for c in found[0].conditions} == {"within_cap": "NOT_MET", "eu_nexus": "MET"}
    assert [e.name for e in found[0].exposed] == ["Arredi S.r.l."]
    assert "44.2 USD" in found[0].because and "44.1" in found[0].because


@pytest.mark.parametrize(
    ("loaded", "amount", "expected"),
    [
        ("2025-09-02", 59.9, []), ("2025-09-02", 60.1, ["BREACH"]), ("2025-09-03", 47.6, []),
        ("2025-09-03", 47.7, ["BREACH"]), ("2026-01-31", 47.6, []), ("2026-02-01", 44.1, []), ("2026-02-01", 44.2, ["BREACH"]),
    ],
)  # fmt: skip
def test_each_cap_counts_from_its_first_day(loaded: str, amount: float, expected: list[str]) -> None:
    assert verdicts(voyage(contract(amount, made=loaded), loaded, now=loaded), "R19") == expected


@pytest.mark.parametrize(
    ("loaded", "made", "amount", "expected"),
    [
        ("2025-10-18", "2025-07-19", 59.0, []), ("2025-10-19", "2025-07-19", 59.0, ["BREACH"]),
        ("2025-10-18", "2025-07-20", 59.0, ["BREACH"]), ("2025-10-18", "2025-07-19", 60.5, ["BREACH"]),
        ("2026-04-16", "2026-01-31", 47.0, []), ("2026-04-16", "2026-01-31", 48.0, ["BREACH"]),
        ("2026-04-17", "2026-01-31", 47.0, ["BREACH"]), ("2026-04-16", None, 47.0, ["INSUFFICIENT_DATA"]),
        ("2026-04-17", None, 47.0, ["BREACH"]),
    ],
)  # fmt: skip
def test_an_older_contract_that_kept_to_its_cap_is_carried_over(
    loaded: str, made: str | None, amount: float, expected: list[str]
) -> None:
    assert verdicts(voyage(contract(amount, made=made), loaded, now=loaded), "R19") == expected


def test_where_no_day_is_named_a_contract_older_than_the_cap_is_carried_over() -> None:
    cap = Cap(
        id="crude-x", product="crude", usd_per_bbl=30.0, applies_from=parse_day("2026-03-05"),
        contract_grace_until=parse_day("2026-06-03"),
    )  # fmt: skip
    assert verdicts(voyage(contract(44.0, made="2026-03-04"), extra=(cap,), now="2026-03-10"), "R19") == []
    assert verdicts(voyage(contract(44.0, made="2026-03-05"), extra=(cap,), now="2026-03-10"), "R19") == ["BREACH"]


def test_loading_onto_the_ship_counts_before_loading_onto_a_train_and_departure_only_without_both() -> None:
    sale = contract(59.0, made="2025-08-01")
    assert verdicts(voyage(sale, "2025-09-02", kind="DEPARTED", now="2025-09-02"), "R19") == []
    assert verdicts(voyage(sale, "2025-09-03", kind="DEPARTED", now="2025-09-03"), "R19") == ["BREACH"]
    goods = (Goods(1, "270900", origin=RUSSIAN),)
    booked = event("BOOKED", "2025-08-01", parties=EU, goods=goods, contract=sale)
    train = event("LOADED", "2025-08-28", place=Place("RUAZA"), transport=Transport("RAIL"))
    ship = event("LOADED", "2025-09-05", place=Place("TRISK"), transport=Transport("SEA"))
    assert verdicts(decide([booked, train]), "R19") == []
    assert verdicts(decide([booked, train, ship]), "R19") == ["BREACH"]


def test_a_booking_is_judged_as_planned_by_the_cap_of_today_and_again_when_the_cap_changes() -> None:
    booked = voyage(contract(46.0), None, now="2026-01-31")
    assert verdicts(booked, "R19") == []
    assert booked.due == parse_time("2026-02-01T00:00:00+01:00")
    found = findings(voyage(contract(46.0), None, now="2026-02-01"), "R19")
    assert [(f.verdict, f.planned) for f in found] == [("BREACH", True)]


def test_a_price_for_a_tonne_or_the_whole_is_brought_to_barrels() -> None:
    assert verdicts(voyage(contract(44.1 * 7.33 + 0.1, "t")), "R19") == ["BREACH"]
    assert verdicts(voyage(contract(44.1 * 7.33 - 0.1, "t")), "R19") == []
    assert verdicts(voyage(contract(44.1 * 7.33 * 5 + 0.1, "total"), net_kg=5000), "R19") == ["BREACH"]
    assert verdicts(voyage(contract(44.1 * 7.33 * 5 - 0.1, "total"), net_kg=5000), "R19") == []


@pytest.mark.parametrize(
    ("sale", "missing"),
    [
        (None, "price (contract.price)"), (contract(None), "price (contract.price)"),
        (contract(40.0, currency="EUR"), "price in USD (contract.price)"), (contract(40.0, currency=None), "price in USD (contract.price)"),
        (contract(40.0, per=None), "unit of the price (contract.price.per)"), (contract(40.0, "total"), "net mass (goods.net_kg)"),
    ],
)  # fmt: skip
def test_a_price_that_cannot_be_compared_is_a_question(sale: Contract | None, missing: str) -> None:
    found = findings(voyage(sale, net_kg=None), "R19")
    assert [f.verdict for f in found] == ["INSUFFICIENT_DATA"]
    assert found[0].missing == (missing,)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ((), ["INSUFFICIENT_DATA"]), ((Origin("KZ", 60.0),), ["INSUFFICIENT_DATA"]), ((Origin("KZ"),), []),
        ((Origin("KZ", 100.0),), []), ((Origin("KZ", 99.0), Origin("RU", 1.0)), ["BREACH"]),
        ((Origin("KZ", 60.0), Origin("RU")), ["BREACH"]),
    ],
)  # fmt: skip
def test_oil_is_russian_when_a_share_of_it_is_and_unknown_when_its_origin_is_not_stated_in_full(
    origin: tuple[Origin, ...], expected: list[str]
) -> None:
    assert verdicts(voyage(contract(75.0), origin=origin), "R19") == expected


@pytest.mark.parametrize(
    ("amount", "expected"), [(44.0, []), (60.0, ["INSUFFICIENT_DATA"]), (100.0, ["INSUFFICIENT_DATA"]), (100.1, ["BREACH"])]
)  # fmt: skip
def test_a_product_between_the_two_caps_is_a_question(amount: float, expected: list[str]) -> None:
    assert verdicts(voyage(contract(amount), hs="271019"), "R19") == expected


def test_within_the_cap_an_attestation_is_asked_for_once_its_time_is_over() -> None:
    kept = contract(40.0)
    before = voyage(kept, now="2026-04-09")
    assert verdicts(before, "R19") == []
    assert before.due == parse_time("2026-04-10T00:00:00+02:00")
    found = findings(voyage(kept, now="2026-04-10"), "R19")
    assert [(f.verdict, f.missing) for f in found] == [("NEEDS_WAIVER", ("PRICE_ATTESTATION",))]
    attested = (Document("PRICE_ATTESTATION", "A-1"),)
    assert verdicts(voyage(kept, now="2026-04-10", documents=attested), "R19") == []


def test_without_an_eu_nexus_the_cap_binds_nobody() -> None:
    decision = voyage(contract(75.0), parties=ABROAD)
    assert verdicts(decision, "R19") == []
    assert verdicts(decision, "R01") == ["CLEAR"]


def test_other_goods_and_oil_before_the_first_cap_are_not_asked_for_a_price() -> None:
    assert verdicts(voyage(None, hs="270119"), "R19") == []
    assert verdicts(voyage(None, "2022-12-04", now="2022-12-04"), "R19") == []


def test_of_two_caps_of_one_product_the_later_counts() -> None:
    lower = Cap(id="crude-x", product="crude", usd_per_bbl=30.0, applies_from=parse_day("2026-03-01"))
    assert verdicts(voyage(contract(40.0), extra=(lower,)), "R19") == ["BREACH"]
    assert verdicts(voyage(contract(40.0), "2026-02-27", extra=(lower,), now="2026-03-02"), "R19") == []


def test_no_event_of_capped_oil_is_passed_over() -> None:
    judge = Judge(bundled_records())
    goods = (Goods(1, "270900", origin=RUSSIAN),)
    first = judge.apply(
        None, event("BOOKED", "2025-08-01", parties=EU, goods=goods, contract=contract(59.0, made="2025-08-01"))
    )
    assert [a.verdict for a in first.alerts if a.rule == "R19"] == []
    loaded = judge.apply(first.state, event("LOADED", "2025-09-05", place=Place("TRISK"), transport=Transport("SEA")))
    assert [a.verdict for a in loaded.alerts if a.rule == "R19"] == ["BREACH"]
