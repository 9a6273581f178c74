"""What holds for every set of events: order, repetition and batches do not matter, and a missing fact never helps."""

from __future__ import annotations

import random
from collections.abc import Iterable

import msgspec
from hypothesis import given, strategies as st

from streams.model.consignment import Consignment, effective, fold, fold_on
from streams.model.decision import Alert
from streams.model.events import Event, Goods
from streams.rules.judge import Judge
from tests.unit.rules.strategies import QUICK, Journey, cruises, journeys, records

JUDGE = Judge(records())


def content(c: Consignment) -> dict[str, object]:
    return {name: getattr(c, name) for name in Consignment.__slots__}


def run(judge: Judge, events: Iterable[Event]) -> tuple[bytes, list[Alert]]:
    state: bytes | None = None
    alerts: list[Alert] = []
    for event in events:
        outcome = judge.apply(state, event)
        state = outcome.state
        alerts.extend(outcome.alerts)
    assert state is not None
    return state, alerts


def live(alerts: Iterable[Alert]) -> set[tuple[str, str, str, str]]:
    last = {alert.alert_id: alert for alert in alerts}
    return {(a.alert_id, a.rule, a.verdict, a.because) for a in last.values() if a.status != "WITHDRAWN"}


@QUICK
@given(journeys(), st.integers(0, 2**32))
def test_any_order_and_repetition_folds_to_the_same_consignment(journey: Journey, seed: int) -> None:
    shuffled = [*journey.events, *journey.events[:3]]
    random.Random(seed).shuffle(shuffled)
    assert content(fold("C-1", shuffled)) == content(fold("C-1", journey.events))


@QUICK
@given(journeys(), st.integers(0, 2**32))
def test_any_order_and_repetition_gives_the_same_decision_and_the_same_live_alerts(journey: Journey, seed: int) -> None:
    shuffled = [*journey.events, *journey.events[:3]]
    random.Random(seed).shuffle(shuffled)
    state, alerts = run(JUDGE, journey.events)
    other_state, other_alerts = run(JUDGE, shuffled)
    assert JUDGE.decision_of(state) == JUDGE.decision_of(other_state)
    assert live(alerts) == live(other_alerts)


@QUICK
@given(journeys())
def test_what_is_announced_at_the_end_is_what_a_decision_on_all_events_at_once_says(journey: Journey) -> None:
    state, alerts = run(JUDGE, journey.events)
    decision = JUDGE.decide("C-1", journey.events)
    assert msgspec.structs.replace(JUDGE.decision_of(state), due=None) == msgspec.structs.replace(decision, due=None)
    announced = {(rule, verdict, because) for _, rule, verdict, because in live(alerts)}
    standing = [f for f in decision.findings if f.answered_by is None and f.verdict not in {"CLEAR", "WAIVER_MET"}]
    assert announced == {(f.rule, f.verdict, f.because) for f in standing}


@QUICK
@given(journeys())
def test_the_versions_of_an_alert_count_up_by_one_and_start_over_with_none(journey: Journey) -> None:
    _, alerts = run(JUDGE, journey.events)
    seen: dict[str, int] = {}
    for alert in alerts:
        assert alert.version == seen.get(alert.alert_id, 0) + 1
        assert alert.previous_version == (seen.get(alert.alert_id))
        seen[alert.alert_id] = alert.version


@QUICK
@given(journeys())
def test_folding_the_last_event_on_is_folding_anew(journey: Journey) -> None:
    counted = effective(journey.events).events
    if not counted:
        return
    c = fold("C-1", [msgspec.structs.replace(e, replaces=None) for e in counted[:-1]])
    fold_on(c, msgspec.structs.replace(counted[-1], replaces=None))
    anew = fold("C-1", [msgspec.structs.replace(e, replaces=None) for e in counted])
    c.clock = anew.clock
    assert content(c) == content(anew)


def _without_origin(events: Iterable[Event]) -> list[Event]:
    def bare(line: Goods) -> Goods:
        return msgspec.structs.replace(line, origin=())

    return [msgspec.structs.replace(e, goods=tuple(bare(g) for g in e.goods)) for e in events]


def _without_owner(events: Iterable[Event]) -> list[Event]:
    return [msgspec.structs.replace(e, parties=tuple(p for p in e.parties if p.role != "OWNER")) for e in events]


@QUICK
@given(journeys())
def test_the_coal_waiver_is_never_met_without_origin_or_without_owner(journey: Journey) -> None:
    for poorer in (_without_origin(journey.events), _without_owner(journey.events)):
        decision = JUDGE.decide("C-1", poorer)
        assert not [f for f in decision.findings if f.rule == "R03" and f.verdict == "WAIVER_MET"]
        assert not [f for f in decision.findings if f.rule == "R02" and f.answered_by == "R03"]


@QUICK
@given(journeys())
def test_without_the_origin_of_coal_the_ban_on_imports_is_still_asked_for(journey: Journey) -> None:
    def asked(events: Iterable[Event]) -> bool:
        return any(f.rule == "R06" for f in JUDGE.decide("C-1", events).findings)

    assert asked(_without_origin(journey.events)) or not asked(journey.events)


@QUICK
@given(journeys())
def test_a_consignment_without_parties_is_never_clear(journey: Journey) -> None:
    decision = JUDGE.decide("C-1", [msgspec.structs.replace(e, parties=()) for e in journey.events])
    assert decision.verdict != "CLEAR"
    assert "parties" in {m for f in decision.findings for m in f.missing}


@QUICK
@given(journeys())
def test_taking_the_discharge_out_never_takes_a_ghost_transit_away(journey: Journey) -> None:
    def flags(events: Iterable[Event]) -> set[str]:
        decision = JUDGE.decide("C-1", events, 2**42)
        return {f.subject for f in decision.findings if f.rule == "R21" and f.verdict == "RED_FLAG"}

    kept = [e for e in journey.events if e.type != "RETRACTED" and not e.replaces]
    poorer = [e for e in kept if e.type not in {"DISCHARGED", "INVALIDATED"}]
    assert flags(kept) <= flags(poorer)


@QUICK
@given(cruises())
def test_a_silence_or_transfer_stays_a_finding_when_origin_goods_or_place_are_no_longer_told(journey: Journey) -> None:
    def found(events: Iterable[Event]) -> bool:
        return bool([f for f in JUDGE.decide("C-1", events).findings if f.rule == "R18" and f.subject != "flag"])

    told = found(journey.events)
    unplaced = [
        msgspec.structs.replace(e, place=None)
        if e.type in ("POSITION_GAP", "STS_TRANSFER") and e.place is not None and e.place.country is None
        else e
        for e in journey.events
    ]
    for poorer in (
        _without_origin(journey.events),
        [msgspec.structs.replace(e, goods=()) for e in journey.events],
        unplaced,
    ):
        assert found(poorer) or not told
