"""R24: what a consignment claims of a waiver's quota, and what is over it (domain 8, contract 6(18))."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from streams.model.decision import Decision
from streams.model.events import Event, Goods, Leg, Party, Place, Transport, Weight
from streams.model.moments import parse_day
from streams.model.reference import AnyRecord, Quota, Waiver
from streams.reference.bundled import bundled_records
from streams.rules import judge as judging
from streams.rules.judge import Judge
from streams.rules.ledger import Ledger
from streams.rules.touched import touched
from tests.unit.rules.build import event, findings, verdicts
from tests.unit.rules.strategies import QUICK, Journey, carriages, journeys, plain_journeys, records
from tests.unit.rules.test_properties import run

BUYER = Party("BUYER", "Maasdok B.V.", "NL")
ORE = Goods(1, "720241", net_kg=20_000.0)
Q2 = Waiver(
    id="FECR-Q2", goods=("7202",), legal_basis="authorisation FECR-Q2", applies_from=parse_day("2026-01-01"),
    quota=Quota(30_000.0, parse_day("2026-04-01"), parse_day("2026-07-01")),
)  # fmt: skip
AT_SEA = Transport("SEA")
ULU = Place("RUULU", country="RU")
KAZ = Place("KZAKX", country="KZ")


def told(cons: str, kind: str, at: str, **fields: Any) -> Event:
    fields.setdefault("event_id", f"{cons}-{kind}-{at}")
    return msgspec.structs.replace(event(kind, at, **fields), consignment_id=cons)


def booked(cons: str, at: str, kg: float | None = 20_000.0, **fields: Any) -> Event:
    fields.setdefault("goods", (msgspec.structs.replace(ORE, net_kg=kg),))
    fields.setdefault("waivers", ("FECR-Q2",))
    return told(cons, "BOOKED", at, parties=(BUYER,), **fields)


def sailed(cons: str, at: str, **fields: Any) -> Event:
    return told(cons, "DEPARTED", at, place=ULU, transport=AT_SEA, **fields)


def judge(*waivers: Waiver) -> Judge:
    rows: list[AnyRecord] = [*bundled_records(), *(waivers or (Q2,))]
    return Judge(rows)


def together(*events: Event, law: Judge | None = None) -> dict[str, Decision]:
    law = law or judge()
    histories: dict[str, list[Event]] = {}
    for one in events:
        histories.setdefault(one.consignment_id, []).append(one)
    ledger = law.settle(histories)
    return {ident: law.decide(ident, held, None, ledger.grants(ident)) for ident, held in histories.items()}


def ledger_of(*events: Event) -> Ledger:
    histories: dict[str, list[Event]] = {}
    for one in events:
        histories.setdefault(one.consignment_id, []).append(one)
    return judge().settle(histories)


def granted(*events: Event) -> Mapping[str, int]:
    return {claim.consignment_id: grams // 1000 for claim, grams in ledger_of(*events).claims("FECR-Q2")}


def r24(decision: Decision) -> str | None:
    found = findings(decision, "R24")
    return found[0].because if found else None


def test_within_the_quota_there_is_no_finding_and_the_waiver_answers() -> None:
    decision = together(booked("A", "2026-05-02"), sailed("A", "2026-05-20"))["A"]
    assert (decision.verdict, verdicts(decision, "R24")) == ("WAIVER_MET", [])
    assert findings(decision, "R02")[0].answered_by == "R25"


def test_over_the_quota_the_excess_needs_a_waiver_and_the_prohibition_stands() -> None:
    decisions = together(
        booked("A", "2026-05-02"), sailed("A", "2026-05-20"), booked("B", "2026-05-10"), sailed("B", "2026-05-19")
    )
    assert decisions["A"].verdict == "WAIVER_MET"
    (finding,) = findings(decisions["B"], "R24")
    assert finding.because == (
        "10,000 kg of 20,000 kg are over the quota of FECR-Q2 (30,000 kg from 2026-04-01 until 2026-07-01); "
        "accepted by t/B-BOOKED-2026-05-10 on 2026-05-10."
    )
    assert (finding.verdict, finding.records, finding.subject) == (
        "NEEDS_WAIVER",
        ("waiver:FECR-Q2@2026-01-01",),
        "FECR-Q2",
    )
    assert [e.name for e in finding.exposed] == ["Maasdok B.V."]
    assert decisions["B"].verdict == "NEEDS_WAIVER"
    assert findings(decisions["B"], "R02")[0].answered_by is None
    assert "not within its quota" in findings(decisions["B"], "R25")[0].because


def test_alone_a_consignment_over_the_whole_cap_is_found_out() -> None:
    decision = judge().decide("A", [booked("A", "2026-05-02", 30_500.0), sailed("A", "2026-05-20")])
    assert (r24(decision) or "").startswith("500 kg of 30,500 kg are over")
    within = judge().decide("A", [booked("A", "2026-05-02", 30_000.0), sailed("A", "2026-05-20")])
    assert (r24(within), within.verdict) == (None, "WAIVER_MET")


def test_a_booking_that_relies_on_a_waiver_used_up_is_told_before_it_moves() -> None:
    decisions = together(booked("A", "2026-05-02", 30_000.0), booked("B", "2026-05-03", 1.5))
    (finding,) = findings(decisions["B"], "R24")
    assert finding.because.startswith("1.5 kg of 1.5 kg are over")
    assert (finding.planned, decisions["B"].verdict) == (True, "NEEDS_WAIVER")


def test_what_was_booked_first_is_served_first_though_it_sails_last() -> None:
    events = (
        booked("A", "2026-05-02"),
        sailed("A", "2026-06-20"),
        booked("B", "2026-05-10"),
        sailed("B", "2026-05-19"),
    )
    assert granted(*events) == {"A": 20_000, "B": 10_000}


def test_a_cancelled_consignment_claims_nothing() -> None:
    events = [booked("A", "2026-05-02"), booked("B", "2026-05-10")]
    assert granted(*events, told("A", "CANCELLED", "2026-05-12")) == {"A": 0, "B": 20_000}
    assert granted(*events, told("A", "CANCELLED", "2026-05-12", classifier="PLANNED")) == {"A": 20_000, "B": 10_000}


def test_goods_that_sail_though_they_were_cancelled_are_accepted_by_sailing() -> None:
    cancelled = (booked("A", "2026-05-02"), told("A", "CANCELLED", "2026-05-12"), sailed("A", "2026-05-20"))
    assert granted(*cancelled, booked("B", "2026-05-13")) == {"A": 10_000, "B": 20_000}


def test_a_delivery_settles_a_claim_so_that_a_later_cancellation_gives_nothing_back() -> None:
    events = (booked("A", "2026-05-02"), told("A", "DELIVERED", "2026-05-12"), told("A", "CANCELLED", "2026-05-13"))
    ledger = ledger_of(*events)
    assert [(c.status, grams) for c, grams in ledger.claims("FECR-Q2")] == [("SETTLED", 20_000_000)]


@pytest.mark.parametrize(
    ("weights", "kg"),
    [
        ((Weight(net_kg=21_000.0, method="WAGON_SCALE"),), 21_000),
        ((Weight(net_kg=21_000.0, method="WAGON_SCALE"), Weight(net_kg=19_500.5, method="DRAUGHT_SURVEY")), 19_500),
        ((Weight(net_kg=25_000.0, method="DECLARED"),), 20_000),
        ((Weight(gross_kg=20_400.0, method="WEIGHBRIDGE"),), 20_400),
    ],
)
def test_the_last_weighing_takes_the_place_of_the_declared_mass(weights: tuple[Weight, ...], kg: int) -> None:
    scales = [told("A", "WEIGHED", f"2026-05-0{n + 3}", weight=w) for n, w in enumerate(weights)]
    assert granted(booked("A", "2026-05-02"), *scales) == {"A": kg}


def test_of_a_gross_weighing_the_declared_tare_is_taken_off() -> None:
    goods = (Goods(1, "720241", net_kg=20_000.0, gross_kg=20_500.0),)
    scale = told("A", "WEIGHED", "2026-05-03", weight=Weight(gross_kg=20_700.0, method="WEIGHBRIDGE"))
    assert granted(booked("A", "2026-05-02", goods=goods), scale) == {"A": 20_200}


def test_only_the_lines_of_the_waiver_are_claimed_and_a_weighing_of_all_is_shared_out() -> None:
    goods = (ORE, Goods(2, "310210", net_kg=60_000.0))
    scale = told("A", "WEIGHED", "2026-05-03", weight=Weight(net_kg=88_000.0, method="DRAUGHT_SURVEY"))
    assert granted(booked("A", "2026-05-02", goods=goods)) == {"A": 20_000}
    assert granted(booked("A", "2026-05-02", goods=goods), scale) == {"A": 22_000}


def test_goods_made_into_others_after_the_dealing_leave_the_claim_as_it_was() -> None:
    blended = {"goods": (Goods(1, "720249", net_kg=5_000.0),)}
    before = (
        booked("A", "2026-05-02"),
        told("A", "PROCESSED", "2026-05-03", place=KAZ, **blended),
        sailed("A", "2026-05-20"),
    )
    after = (booked("A", "2026-05-02"), sailed("A", "2026-05-20"), told("A", "PROCESSED", "2026-05-25", **blended))
    assert (granted(*before), granted(*after)) == ({"A": 5_000}, {"A": 20_000})


def test_a_mass_that_nobody_states_is_missing_and_the_waiver_does_not_answer() -> None:
    decision = together(booked("A", "2026-05-02", None), sailed("A", "2026-05-20"))["A"]
    (finding,) = findings(decision, "R24")
    assert (finding.verdict, finding.missing) == ("NEEDS_WAIVER", ("mass of the goods (goods.net_kg)",))
    assert (finding.conditions[0].state, findings(decision, "R02")[0].answered_by) == ("NOT_KNOWN", None)


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("2026-03-31T23:59:00+02:00", True), ("2026-04-01T00:00:00+02:00", False),
        ("2026-06-30T23:59:00+02:00", False), ("2026-07-01T00:00:00+02:00", True),
    ],
)  # fmt: skip
def test_the_period_is_of_days_in_brussels_and_its_last_is_exclusive(at: str, found: bool) -> None:
    decision = together(booked("A", at), sailed("A", "2026-07-03"))["A"]
    assert (r24(decision) or "").startswith("None of the 20,000 kg are within the period") is found
    assert (decision.verdict == "WAIVER_MET") is not found


def test_who_does_not_rely_on_the_waiver_is_accepted_when_a_route_or_a_dealing_shows_that_it_fits() -> None:
    by_route = booked("A", "2026-05-02", waivers=(), route=(Leg("RU", "RUULU", "SEA"),))
    by_dealing = (booked("B", "2026-05-01", waivers=()), sailed("B", "2026-05-10"))
    ledger = ledger_of(by_route, sailed("A", "2026-06-01"), told("A", "DELIVERED", "2026-06-09"), *by_dealing)
    accepted = {c.consignment_id: c.accepted.uid for c, _ in ledger.claims("FECR-Q2")}
    assert accepted == {"A": "t/A-BOOKED-2026-05-02", "B": "t/B-DEPARTED-2026-05-10"}


def test_goods_that_need_no_waiver_and_rely_on_none_claim_nothing() -> None:
    assert granted(booked("A", "2026-05-02", waivers=())) == {}
    assert granted(booked("A", "2026-05-02", goods=(Goods(1, "310210", net_kg=9.0),))) == {}


def test_a_late_event_earlier_than_the_exhausting_one_judges_those_after_it_again() -> None:
    later = (booked("B", "2026-05-10"), sailed("B", "2026-05-19"))
    assert together(*later)["B"].verdict == "WAIVER_MET"
    assert together(*later, booked("A", "2026-05-02", recorded_at="2026-05-30"))["B"].verdict == "NEEDS_WAIVER"


def test_a_second_waiver_that_fits_takes_over_where_the_quota_of_the_first_is_used_up() -> None:
    spare = Waiver(id="OTHER", goods=("7202",), quota=Quota(50_000.0))
    law = judge(Q2, spare)
    events = (booked("A", "2026-05-02", 30_000.0), booked("B", "2026-05-10", 1_000.0), sailed("B", "2026-05-19"))
    decision = together(*events, law=law)["B"]
    assert (decision.verdict, r24(decision)) == ("WAIVER_MET", None)
    assert [f.subject for f in findings(decision, "R25")] == ["OTHER"]


def test_a_retracted_booking_gives_back_what_it_claimed() -> None:
    retracted = told("A", "RETRACTED", "2026-05-12", retracts="A-BOOKED-2026-05-02")
    assert granted(booked("A", "2026-05-02"), retracted, booked("B", "2026-05-10")) == {"B": 20_000}


CAPPED = Judge([
    *(r for r in records() if r.record_key != "waiver:coal-5ae"),
    Waiver(id="coal-5ae", rule="R03", quota=Quota(60_000.0)),
])  # fmt: skip


@settings(QUICK, max_examples=100)
@given(plain_journeys())
def test_the_short_cut_is_right_for_goods_with_a_quota(journey: Journey) -> None:
    _same_in_full(journey.events)


@settings(QUICK, max_examples=200)
@given(carriages())
def test_the_short_cut_is_right_for_weighings_of_goods_that_rely_on_a_quota(journey: Journey) -> None:
    first = msgspec.structs.replace(journey.events[0], waivers=("coal-5ae",))
    _same_in_full((first, *journey.events[1:]))


def test_a_weighing_of_goods_that_rely_on_a_waiver_is_judged_and_other_progress_is_not() -> None:
    law = judge()
    state = law.apply(None, booked("A", "2026-05-02")).state
    state = law.apply(state, told("A", "LOADED", "2026-05-03", place=KAZ, transport=Transport("RAIL"))).state
    weighed = told("A", "WEIGHED", "2026-05-04", place=KAZ, weight=Weight(net_kg=20_000.0, method="WAGON_SCALE"))
    heavy = told("A", "WEIGHED", "2026-05-05", place=KAZ, weight=Weight(net_kg=30_100.0, method="WAGON_SCALE"))
    assert law.apply(state, told("A", "ARRIVED", "2026-05-04", place=KAZ)).kind == "neutral"
    assert law.apply(state, weighed).kind == "folded"
    assert "R24" in {alert.rule for alert in law.apply(state, heavy).alerts}


def test_a_quota_put_on_a_waiver_reaches_who_relies_on_it_and_no_other() -> None:
    before, after = judge(msgspec.structs.replace(Q2, quota=None)), judge()
    states = {ident: before.apply(None, booked(ident, "2026-05-02", 40_000.0, waivers=w)).state
              for ident, w in (("A", ("FECR-Q2",)), ("B", ()))}  # fmt: skip
    assert touched(states.items(), before.law, after.law) == {"A"}
    outcome = after.rejudge(states["A"], 1, "waiver:FECR-Q2")
    assert [(a.rule, a.status) for a in outcome.alerts] == [("R24", "OPEN")]


def _same_in_full(events: tuple[Event, ...]) -> None:
    state, alerts = run(CAPPED, events)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "is_neutral", lambda *_: False)
        full, all_alerts = run(CAPPED, events)
    assert (alerts, CAPPED.decision_of(state)) == (all_alerts, CAPPED.decision_of(full))


@settings(QUICK, max_examples=100)
@given(journeys())
def test_the_order_of_arrival_changes_nothing_for_goods_with_a_quota(journey: Journey) -> None:
    state, _ = run(CAPPED, journey.events)
    other, _ = run(CAPPED, tuple(reversed(journey.events)))
    assert CAPPED.decision_of(state) == CAPPED.decision_of(other)


ORE_LAW = judge()


@st.composite
def _traffic(draw: st.DrawFn) -> list[Event]:
    """Bookings of several consignments and what becomes of them, in any order of arrival, some of it again."""
    events = []
    for cons in draw(st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=5, unique=True)):
        day = draw(st.integers(1, 9))
        kg = draw(st.sampled_from((None, 5_000.0, 20_000.0, 31_000.0)))
        events.append(booked(cons, f"2026-05-0{day}", kg, waivers=draw(st.sampled_from((("FECR-Q2",), ())))))
        if draw(st.booleans()):
            events.append(sailed(cons, f"2026-05-1{day}"))
        if draw(st.booleans()):
            kg = draw(st.sampled_from((4_000.0, 12_000.0, 30_000.0)))
            events.append(
                told(
                    cons,
                    "WEIGHED",
                    f"2026-05-1{draw(st.integers(0, 9))}",
                    weight=Weight(net_kg=kg, method="WAGON_SCALE"),
                )
            )
        end = draw(st.sampled_from((None, "CANCELLED", "DELIVERED", "RETRACTED")))
        if end == "RETRACTED":
            events.append(told(cons, end, "2026-05-25", retracts=events[-1].event_id))
        elif end is not None:
            events.append(told(cons, end, f"2026-05-2{draw(st.integers(0, 9))}"))
    return draw(st.permutations([*events, *events[:2]]))


@settings(QUICK, max_examples=100)
@given(_traffic())
def test_events_one_by_one_in_any_order_leave_the_ledger_that_all_of_them_make(arrived: list[Event]) -> None:
    known: dict[str, list[Event]] = {}
    ledger = Ledger(ORE_LAW.law.waivers)
    for one in arrived:
        known.setdefault(one.consignment_id, []).append(one)
        before = {who: dict(ledger.grants(who)) for who in known}
        changed = ledger.apply(one.consignment_id, ORE_LAW.claims(one.consignment_id, known[one.consignment_id]))
        assert {who for who in known if ledger.grants(who) != before[who]} <= changed
        assert sum(grams for _, grams in ledger.claims("FECR-Q2")) == ledger.total("FECR-Q2") <= 30_000_000
        assert all(entry.total <= 30_000_000 for entry in ledger.entries("FECR-Q2"))
    anew = ORE_LAW.settle(known)
    assert ledger.claims("FECR-Q2") == anew.claims("FECR-Q2")
    assert ledger.entries("FECR-Q2") == anew.entries("FECR-Q2")
    told_of = {f"{e.source}/{e.event_id}" for e in arrived}
    assert all(entry.uid in told_of for entry in anew.entries("FECR-Q2"))
