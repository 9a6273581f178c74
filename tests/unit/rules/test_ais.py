"""R18 with flag F19: silence, transfers and new flags at sea (contract 6(26), 6(32); domain 4.3 F19, 8 R18)."""

from __future__ import annotations

from typing import Any

import pytest

from streams.model.decision import Decision
from streams.model.events import Document, Event, Goods, Origin, Party, Place, Transport
from streams.model.moments import HOUR_MS, parse_day, parse_time
from streams.model.reference import AnyRecord, Policy
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import decide, event, findings, verdicts

EU = (Party("SELLER", "Delta Crude FZE", "AE"), Party("BUYER", "Arredi S.r.l.", "IT"))
ABROAD = (
    Party("SELLER", "Delta Crude FZE", "AE"), Party("BUYER", "Bharat Refinery Pvt", "IN"),
    Party("CARRIER", "Gulf Tankers FZE", "AE"), Party("INSURER", "Wapping Mutual Ltd", "GB"),
)  # fmt: skip
RUSSIAN = (Goods(1, "270900", origin=(Origin("RU"),)),)
KAZAKH = (Goods(1, "270900", origin=(Origin("KZ"),)),)
COAL = (Goods(1, "270112", origin=(Origin("KZ"),)),)
ATLANTIC = Place(latitude=36.0, longitude=-20.0)
OFF_NOVOROSSIYSK = Place(latitude=44.3, longitude=37.3)
SHIP = Transport("SEA", vessel_imo="9319466", vessel_name="Grey Petrel")
GAP = "2026-06-10T00:00:00+00:00"


def booked(goods: tuple[Goods, ...] = RUSSIAN, parties: tuple[Party, ...] = EU, **fields: Any) -> Event:
    return event("BOOKED", "2026-05-20", parties=parties, goods=goods, **fields)


def silent(hours: float | None, place: Place | None = ATLANTIC, at: str = GAP, **fields: Any) -> Event:
    until = parse_time(at) + round(hours * HOUR_MS) if hours is not None else None
    return event("POSITION_GAP", at, place=place, gap_until=until, **{"transport": SHIP, **fields})


def seen(hours: float, place: Place = ATLANTIC, **fields: Any) -> Event:
    at = parse_time(GAP) + round(hours * HOUR_MS)
    return Event(
        f"seen-{hours}", "t", "POSITION", "C-1", at, fields.pop("recorded_at", at), place=place,
        **{"transport": SHIP, **fields},
    )  # fmt: skip


def r18(*events: Event, now: str | None = None, extra: tuple[AnyRecord, ...] = ()) -> list[tuple[str, int]]:
    return [(f.verdict, f.weight) for f in findings(decide(events, *extra, now=now), "R18")]


def only(decision: Decision) -> Any:
    (found,) = findings(decision, "R18")
    return found


@pytest.mark.parametrize(("hours", "expected"), [(11.9, []), (12, [("RED_FLAG", 50)]), (30, [("RED_FLAG", 50)])])
def test_a_silence_with_russian_oil_counts_from_twelve_hours_on(hours: float, expected: list[tuple[str, int]]) -> None:
    assert r18(booked(), silent(hours), seen(40)) == expected


def test_a_finding_tells_how_long_the_ship_was_silent_and_who_of_the_eu_is_exposed() -> None:
    found = only(decide([booked(), silent(14)]))
    assert "Grey Petrel (IMO 9319466) sent no signal for 14 hours" in found.because
    assert {c.name: c.state for c in found.conditions} == {
        "russian_oil": "MET", "near_listed_port": "NOT_MET", "eu_nexus": "MET",
    }  # fmt: skip
    assert [e.name for e in found.exposed] == ["Arredi S.r.l."]
    assert found.records == ("goods:OIL-2709@2022-12-05",)
    assert not found.planned


@pytest.mark.parametrize(
    ("goods", "place", "expected"),
    [
        (COAL, ATLANTIC, []), (COAL, OFF_NOVOROSSIYSK, [("RED_FLAG", 30)]), (KAZAKH, ATLANTIC, []),
        (KAZAKH, OFF_NOVOROSSIYSK, [("RED_FLAG", 30)]), (RUSSIAN, OFF_NOVOROSSIYSK, [("RED_FLAG", 50)]),
        (COAL, Place("RUNVS"), [("RED_FLAG", 30)]), (COAL, Place("TRISK"), []), (COAL, None, [("INSUFFICIENT_DATA", 0)]),
        (COAL, Place(country="RU"), [("INSUFFICIENT_DATA", 0)]), (COAL, Place(country="MA"), []),
        ((Goods(1, "270900"),), ATLANTIC, [("INSUFFICIENT_DATA", 0)]), ((), ATLANTIC, [("INSUFFICIENT_DATA", 0)]),
        ((Goods(1, "270900"),), OFF_NOVOROSSIYSK, [("RED_FLAG", 30)]), ((Goods(1),), ATLANTIC, [("INSUFFICIENT_DATA", 0)]),
        ((Goods(1, "27"),), ATLANTIC, [("INSUFFICIENT_DATA", 0)]),
    ],
)  # fmt: skip
def test_cargo_and_place_of_a_silence_decide(
    goods: tuple[Goods, ...], place: Place | None, expected: list[tuple[str, int]]
) -> None:
    assert r18(booked(goods), silent(14, place)) == expected


def test_what_is_not_known_of_a_silence_is_named() -> None:
    assert only(decide([booked((Goods(1, "270900"),)), silent(14, None)])).missing == (
        "origin", "position of the gap (place)",
    )  # fmt: skip
    assert only(decide([booked(()), silent(14)])).missing == ("goods",)


def test_a_ship_that_reappears_near_a_listed_port_was_near_one() -> None:
    assert r18(booked(COAL), silent(14), seen(15, OFF_NOVOROSSIYSK)) == [("RED_FLAG", 30)]
    assert r18(booked(COAL), silent(14), seen(15), seen(60, OFF_NOVOROSSIYSK)) == []


def test_a_port_counts_from_the_day_of_its_listing_and_within_the_distance_of_the_policy() -> None:
    off_tuapse = Place(latitude=43.5, longitude=39.1)
    early = booked(COAL, recorded_at="2026-04-01", event_id="b")
    assert r18(early, silent(14, off_tuapse, "2026-04-20T00:00:00+00:00")) == []
    assert r18(early, silent(14, off_tuapse, "2026-04-24T00:00:00+00:00")) == [("RED_FLAG", 30)]
    close = Policy(id="policy:ais_near_km", key="ais_near_km", value=20)
    assert r18(early, silent(14, off_tuapse, "2026-04-24T00:00:00+00:00"), extra=(close,)) == []


def test_a_silence_that_lasts_counts_at_once_until_the_ship_is_seen_again() -> None:
    assert r18(booked(), silent(None)) == [("RED_FLAG", 50)]
    assert r18(booked(), silent(None), seen(5)) == []
    assert r18(booked(), silent(None), seen(13)) == [("RED_FLAG", 50)]
    other = Transport("SEA", vessel_imo="8814275")
    assert r18(booked(), silent(None), seen(5, transport=other)) == [("RED_FLAG", 50)]


def test_a_second_report_of_the_same_silence_that_tells_its_end_ends_it() -> None:
    assert r18(booked(), silent(None), silent(5, event_id="later")) == []


def test_with_a_policy_of_hours_a_silence_that_lasts_is_raised_by_a_timer() -> None:
    patient = Policy(id="policy:ais_open_gap_hours", key="ais_open_gap_hours", value=12)
    before = decide([booked(), silent(None)], patient, now="2026-06-09")
    assert verdicts(before, "R18") == []
    assert before.due == parse_time("2026-06-10T12:00:00+00:00")
    assert r18(booked(), silent(None), now="2026-06-10", extra=(patient,)) == [("RED_FLAG", 50)]
    judge = Judge([*bundled_records(), patient])
    state = judge.apply(judge.apply(None, booked()).state, silent(None)).state
    fired = judge.tick(state, parse_time("2026-06-10T12:00:00+00:00"))
    assert [(a.rule, a.status) for a in fired.alerts if a.rule == "R18"] == [("R18", "OPEN")]


def test_a_corrected_or_retracted_silence_is_withdrawn() -> None:
    judge = Judge(bundled_records())
    state = judge.apply(judge.apply(None, booked()).state, silent(None)).state
    shorter = silent(3, event_id="g2", replaces=f"POSITION_GAP-{GAP}", recorded_at=parse_time(GAP) + 4 * HOUR_MS)
    assert [(a.rule, a.status) for a in judge.apply(state, shorter).alerts if a.rule == "R18"] == [("R18", "WITHDRAWN")]
    back = event("RETRACTED", "2026-06-12", retracts=f"POSITION_GAP-{GAP}")
    assert [(a.rule, a.status) for a in judge.apply(state, back).alerts if a.rule == "R18"] == [("R18", "WITHDRAWN")]


def test_the_silence_of_a_lorry_or_wagon_is_none_of_a_ship() -> None:
    assert r18(booked(), silent(30, transport=Transport("RAIL"))) == []
    train = event("DEPARTED", "2026-06-01", place=Place("KZEKB"), transport=Transport("RAIL"))
    assert r18(booked(), train, silent(30, transport=None)) == []
    ferry = event("LOADED", "2026-06-02", place=Place("KZAAU"), transport=Transport("SEA"))
    assert r18(booked(), train, ferry, silent(30, transport=None)) == [("RED_FLAG", 50)]


def test_without_an_eu_nexus_nobody_is_bound_and_where_it_is_not_known_it_is_asked_for() -> None:
    decision = decide([booked(parties=ABROAD), silent(14)])
    assert verdicts(decision, "R18") == []
    assert verdicts(decision, "R01") == ["CLEAR"]
    found = only(decide([booked(parties=ABROAD[:3]), silent(14)]))
    assert (found.verdict, found.exposed, found.missing) == ("RED_FLAG", (), ("insurer",))


def transfer(place: Place | None, **fields: Any) -> Event:
    return event("STS_TRANSFER", "2026-06-10", place=place, **{"transport": SHIP, **fields})


@pytest.mark.parametrize(
    ("goods", "place", "expected"),
    [
        (RUSSIAN, ATLANTIC, [("RED_FLAG", 50)]), (RUSSIAN, Place(name="Laconian Gulf", country="GR"), [("RED_FLAG", 50)]),
        (RUSSIAN, Place("TRISK"), []), (RUSSIAN, Place("ITRAN"), [("RED_FLAG", 50)]), (KAZAKH, Place("ITRAN"), []),
        (RUSSIAN, Place(name="Berth 4", facility="Oil terminal", country="MT"), [("RED_FLAG", 50)]), (RUSSIAN, Place(name="Roads", facility="Oil terminal", country="TR"), []),
        (RUSSIAN, Place(name="Karimun Oil Terminal", country="ID"), []), (RUSSIAN, None, [("INSUFFICIENT_DATA", 0)]),
        (RUSSIAN, Place(latitude=59.69, longitude=28.41), [("RED_FLAG", 50)]), (KAZAKH, ATLANTIC, []),
        (KAZAKH, OFF_NOVOROSSIYSK, [("RED_FLAG", 30)]), ((Goods(1, "270900"),), ATLANTIC, [("INSUFFICIENT_DATA", 0)]),
        ((Goods(1, "270900"),), OFF_NOVOROSSIYSK, [("RED_FLAG", 30)]), (COAL, Place("RU?"), [("INSUFFICIENT_DATA", 0)]),
    ],
)  # fmt: skip
def test_a_transfer_from_ship_to_ship_off_port_is_flagged_by_its_cargo_and_place(
    goods: tuple[Goods, ...], place: Place | None, expected: list[tuple[str, int]]
) -> None:
    assert r18(booked(goods), transfer(place)) == expected


@pytest.mark.parametrize(
    ("scope", "until", "expected"),
    [
        ("Ship-to-ship transfer off Malta", None, []), ("STS", "2026-06-10", []), ("STS", "2026-06-09", [("RED_FLAG", 50)]),
        ("tests of the cargo", None, [("RED_FLAG", 50)]), (None, None, [("RED_FLAG", 50)]),
    ],
)  # fmt: skip
def test_a_stated_notice_in_force_covers_the_transfer(
    scope: str | None, until: str | None, expected: list[tuple[str, int]]
) -> None:
    paper = Document("AUTHORISATION", "N-1", valid_until=parse_day(until) if until else None, scope=scope)
    assert r18(booked(documents=(paper,)), transfer(ATLANTIC)) == expected


def test_off_the_usual_spots_a_transfer_is_flagged_where_a_policy_names_them() -> None:
    laconia = {"latitude": 36.4, "longitude": 22.9, "radius_km": 50}
    spots = Policy(id="policy:sts_usual_spots", key="sts_usual_spots", value=[laconia])
    assert r18(booked(KAZAKH), transfer(ATLANTIC), extra=(spots,)) == [("RED_FLAG", 30)]
    assert r18(booked(KAZAKH), transfer(Place(latitude=36.3, longitude=22.8)), extra=(spots,)) == []


def flagged(flag: str, at: str, imo: str = "9319466") -> Event:
    return event("POSITION", at, place=ATLANTIC, transport=Transport("SEA", vessel_imo=imo, vessel_flag=flag))


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (flagged("GA", "2026-08-29"), [("RED_FLAG", 30)]), (flagged("GA", "2026-08-30"), []), (flagged("PA", "2026-06-03"), []),
        (flagged("GA", "2026-06-03", "8814275"), []), (flagged("GA", "2026-06-03", "9319467"), []),
    ],
)  # fmt: skip
def test_a_ship_that_flies_another_flag_within_ninety_days_is_flagged(
    second: Event, expected: list[tuple[str, int]]
) -> None:
    assert r18(booked(COAL), flagged("PA", "2026-06-01"), second) == expected


def test_several_signs_are_findings_of_their_own_and_one_flag_in_the_weight() -> None:
    decision = decide([booked(), flagged("PA", "2026-06-01"), silent(14), transfer(None), flagged("GA", "2026-06-12")])
    assert sorted(f.subject for f in findings(decision, "R18")) == ["flag", "gap", "transfer unknown"]
    assert decision.weight == 50


def test_positions_of_a_ship_that_is_looked_at_are_neutral_until_they_can_matter() -> None:
    judge = Judge(bundled_records())
    state = judge.apply(judge.apply(None, booked(COAL)).state, flagged("PA", "2026-06-01")).state
    assert judge.apply(state, seen(-100)).kind == "neutral"
    assert judge.apply(state, flagged("GA", "2026-06-03")).kind == "folded"
    assert judge.apply(state, silent(11)).kind == "neutral"
    state = judge.apply(state, silent(14, OFF_NOVOROSSIYSK)).state
    first = judge.apply(state, seen(20))
    assert first.kind == "folded"
    assert judge.apply(first.state, seen(30)).kind == "neutral"
    assert judge.apply(first.state, seen(30, Place("ITRAN"))).kind == "folded"


def test_positions_of_a_tanker_with_russian_oil_are_neutral_outside_the_union() -> None:
    judge = Judge(bundled_records())
    state = judge.apply(None, booked()).state
    state = judge.apply(state, event("LOADED", "2026-06-01", place=Place("TRISK"), transport=SHIP)).state
    assert judge.apply(state, seen(1)).kind == "neutral"
    assert judge.apply(state, seen(1, Place("ITRAN"))).kind == "folded"
