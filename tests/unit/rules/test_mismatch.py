"""R22 as a whole; F08 late changes of who receives the goods, F09 goods codes that differ, F20 loaded where they are not from."""

from __future__ import annotations

from typing import Any

import pytest

from streams.model.decision import Decision
from streams.model.events import Event, Goods, Origin, Party, Place, Seal, Transport, Weight
from streams.model.reference import GoodsEntry, Policy
from streams.reference.bundled import bundled_records
from streams.rules.announce import alert_id
from streams.rules.judge import Judge
from streams.rules.state import header_of
from tests.unit.rules.build import decide, event, findings

SELLER = Party("SELLER", "Kuršių Mechanika UAB", "LT")
TURAN = Party("CONSIGNEE", "Turan Sausyn TOO", "KZ")
RAIL = Transport("RAIL")


def weights(decision: Decision, flag: str) -> list[int]:
    return [f.weight for f in findings(decision, "R22") if f.subject == flag]


def confirmed(at: str = "2026-09-05") -> Event:
    return event("EXPORT_CONFIRMED", at)


def released(at: str = "2026-09-03") -> Event:
    return event("RELEASED_FOR_TRANSIT", at)


def booked(*parties: Party, **fields: Any) -> Event:
    return event("BOOKED", "2026-09-01", parties=(SELLER, *parties), **fields)


def changed(*parties: Party, at: str = "2026-09-08", **fields: Any) -> Event:
    return event("PARTIES_CHANGED", at, parties=parties, event_id="change", **fields)


OTHER = Party("CONSIGNEE", "Chui Metal Ishter OsOO", "KG")


def test_another_consignee_after_the_export_is_confirmed_is_a_flag() -> None:
    found = findings(decide([booked(TURAN), confirmed(), changed(OTHER)]), "R22")
    assert [(f.subject, f.weight) for f in found] == [("F08", 30)]
    assert found[0].because == (
        "CONSIGNEE changed from Turan Sausyn TOO to Chui Metal Ishter OsOO on 2026-09-08, after the release."
    )


@pytest.mark.parametrize(
    ("releases", "at", "expected"),
    [
        ((confirmed(),), "2026-09-04", []), ((confirmed(),), "2026-09-06", [30]), ((released(),), "2026-09-04", [30]),
        ((released(),), "2026-09-02", []), ((released(), confirmed()), "2026-09-04", []), ((released(), confirmed()), "2026-09-06", [30]),
        ((), "2026-09-06", []),
    ],
)  # fmt: skip
def test_the_confirmation_of_export_counts_as_release_and_the_release_for_transit_only_without_one(
    releases: tuple[Event, ...], at: str, expected: list[int]
) -> None:
    assert weights(decide([booked(TURAN), *releases, changed(OTHER, at=at)]), "F08") == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (TURAN, Party("CONSIGNEE", "ТОО «Туран Саусын»", "KZ", "Almaty"), []),
        (TURAN, Party("CONSIGNEE", "Turan Sausyn LLP"), []),
        (TURAN, Party("CONSIGNEE", "Turan Sausyn Plus TOO", "KZ"), [30]),
        (TURAN, Party("CONSIGNEE", "Turan Sausyn TOO", "KG"), [30]),
        (Party("CONSIGNEE", "A", identifiers={"bin": "940140000385"}), Party("CONSIGNEE", "B", identifiers={"bin": "940140000385"}), []),
        (Party("CONSIGNEE", "A", identifiers={"bin": "940140000385"}), Party("CONSIGNEE", "A", identifiers={"bin": "970740000838"}), [30]),
        (Party("CONSIGNEE", "A", identifiers={"bin": "940140000385"}), Party("CONSIGNEE", "A", identifiers={"bin": "940140000386"}), []),
        (Party("NOTIFY_PARTY", "Turan Sausyn TOO"), Party("NOTIFY_PARTY", "Nauryz Dala TOO"), [30]),
        (Party("CONSIGNEE"), OTHER, []), (TURAN, Party("CONSIGNEE"), []),
        (Party("END_USER", "Turan Sausyn TOO"), Party("END_USER", "Nauryz Dala TOO"), []),
        (Party("BUYER", "Turan Sausyn TOO"), Party("BUYER", "Nauryz Dala TOO"), []),
    ],
)  # fmt: skip
def test_a_receiver_is_another_by_number_else_by_name_and_country(
    before: Party, after: Party, expected: list[int]
) -> None:
    assert weights(decide([booked(before), confirmed(), changed(after)]), "F08") == expected


def test_a_second_consignee_or_one_that_is_gone_is_a_change_and_a_first_one_is_none() -> None:
    both = (TURAN, Party("CONSIGNEE", "Nauryz Dala TOO", "KZ"))
    assert weights(decide([booked(TURAN), confirmed(), changed(*both)]), "F08") == [30]
    assert weights(decide([booked(*both), confirmed(), changed(TURAN)]), "F08") == [30]
    assert weights(decide([booked(), confirmed(), changed(TURAN)]), "F08") == []


def test_another_destination_after_the_release_is_a_flag_and_the_same_again_is_none() -> None:
    goes = booked(destination_country="KZ")
    for country, expected in (("KG", [30]), ("KZ", [])):
        turned = event("ROUTE_CHANGED", "2026-09-08", destination_country=country)
        assert weights(decide([goes, confirmed(), turned]), "F08") == expected
    assert (
        weights(decide([booked(), confirmed(), event("ROUTE_CHANGED", "2026-09-08", destination_country="KG")]), "F08")
        == []
    )


def test_several_late_changes_are_one_flag_and_one_taken_back_is_none() -> None:
    goes = booked(TURAN, destination_country="KZ")
    both = decide([goes, confirmed(), changed(OTHER, destination_country="KG")])
    assert [len(f.conditions) for f in findings(both, "R22")] == [2]
    assert both.weight == 30
    back = event("RETRACTED", "2026-09-09", retracts="change")
    assert weights(decide([goes, confirmed(), changed(OTHER), back]), "F08") == []


def declared(*codes: str, kind: str = "DECLARED", at: str = "2026-09-02", **line: Any) -> Event:
    goods = tuple(Goods(n, hs, **line) for n, hs in enumerate(codes, 1))
    return event(kind, at, goods=goods, event_id=f"{kind}-{at}")


def arrived(*codes: str, at: str = "2026-09-09", **line: Any) -> Event:
    return declared(*codes, kind="ARRIVED_AT_DESTINATION", at=at, **line)


@pytest.mark.parametrize(
    ("export", "arrival", "expected"),
    [
        (("18063210",), ("18063290",), []), (("18063210",), ("180632",), []), (("18063210",), ("17049065",), [25]),
        (("84821010",), ("73269098",), [35]), (("73269098",), ("84821010",), [25]), (("84821010",), ("84822000",), [25]),
        (("85258000",), ("85258900",), []), (("854140",), ("854142",), []), (("854149",), ("854142",), [35]),
        (("180632", "170490"), ("180632",), []), (("180632", "170490"), ("180632", "180632"), [25]),
        (("180632",), ("180632", "170490"), [25]), (("170490", "180632"), ("180632", "170490"), []),
        (("848210", "180632"), ("180632", "180632"), [35]),
    ],
)  # fmt: skip
def test_goods_codes_are_compared_on_six_digits_and_weigh_more_when_they_leave_a_list(
    export: tuple[str, ...], arrival: tuple[str, ...], expected: list[int]
) -> None:
    assert weights(decide([declared(*export), arrived(*arrival)]), "F09") == expected


def test_goods_under_a_control_code_leave_the_list_with_it() -> None:
    dual = declared("84798997", dual_use="3A001")
    assert weights(decide([dual, arrived("84509000")]), "F09") == [35]


def test_only_customs_documents_are_compared_and_each_with_all_before_it() -> None:
    booking = event("BOOKED", "2026-09-01", goods=(Goods(1, "170490"),))
    assert weights(decide([booking, declared("180632")]), "F09") == []
    control = declared("180632", kind="CONTROLLED", at="2026-09-12")
    transit = declared("170490", kind="RELEASED_FOR_TRANSIT", at="2026-09-03")
    found = findings(decide([declared("180632"), transit, control]), "R22")
    assert [len(f.conditions) for f in found if f.subject == "F09"] == [2]


def test_a_document_without_goods_or_codes_tells_nothing() -> None:
    plain = event("ARRIVED_AT_DESTINATION", "2026-09-09")
    without = event("CONTROLLED", "2026-09-10", goods=(Goods(1, None, description="sweets"),))
    assert weights(decide([declared("180632"), plain, without]), "F09") == []


def test_processing_starts_anew() -> None:
    made = event("PROCESSED", "2026-09-05", goods=(Goods(1, "210690"),))
    assert weights(decide([declared("180632"), made, arrived("210690")]), "F09") == []
    again = declared("190590", kind="CONTROLLED", at="2026-09-12")
    assert weights(decide([declared("180632"), made, arrived("210690"), again]), "F09") == [25]


def test_a_code_corrected_is_no_flag() -> None:
    right = event(
        "ARRIVED_AT_DESTINATION", "2026-09-09", goods=(Goods(1, "180632"),), event_id="r", replaces=arrived("170490").event_id
    )  # fmt: skip
    assert weights(decide([declared("180632"), arrived("170490"), right]), "F09") == []


def test_which_list_a_code_leaves_is_asked_of_the_law_of_the_later_document() -> None:
    entry = GoodsEntry(
        id="X", list="CHP", hs="180632", applies_from=event("BOOKED", "2026-09-08").occurred_at // 86_400_000
    )
    assert weights(decide([declared("180632"), arrived("170490", at="2026-09-07")], entry), "F09") == [25]
    assert weights(decide([declared("180632"), arrived("170490", at="2026-09-09")], entry), "F09") == [35]
    none = Policy(id="policy:controlled_goods_lists", key="controlled_goods_lists", value=[])
    assert weights(decide([declared("180632"), arrived("170490")], entry, none), "F09") == [25]


def coal(*origin: Origin) -> Event:
    return event("BOOKED", "2026-09-01", goods=(Goods(1, "270112", origin=origin),))


def loaded(place: Place, transport: Transport | None = RAIL, **fields: Any) -> Event:
    return event("LOADED", "2026-09-03", place=place, transport=transport, **fields)


CHELYABINSK = Place("RUCEK", country="RU")


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ((Origin("KZ", 100.0),), [40]), ((Origin("KZ"),), [40]), ((Origin("KZ", 60.0),), [40]), ((), []), ((Origin("MN"),), []),
        ((Origin("RU"),), []), ((Origin("KZ", 60.0), Origin("RU", 40.0)), []), ((Origin("KZ"), Origin("RU", 0.0)), [40]),
    ],
)  # fmt: skip
def test_goods_declared_as_kazakh_and_loaded_at_a_russian_station_are_flagged(
    origin: tuple[Origin, ...], expected: list[int]
) -> None:
    assert weights(decide([coal(*origin), loaded(CHELYABINSK)]), "F20") == expected


@pytest.mark.parametrize(
    ("place", "transport", "expected"),
    [
        (CHELYABINSK, Transport("ROAD"), [40]), (CHELYABINSK, Transport("SEA"), []), (CHELYABINSK, None, []),
        (CHELYABINSK, Transport(wagons=("64782352",)), [40]), (Place(esr="800000", country="RU"), None, [40]),
        (Place(name="Barnaul", country="RU"), RAIL, [40]), (Place("KZEKB"), RAIL, []), (Place("RUULU"), RAIL, []),
        (Place("RUULU"), Transport("SEA"), []), (Place("RULED"), Transport("INLAND_WATERWAY"), []),
    ],
)  # fmt: skip
def test_a_station_of_rail_or_road_counts_and_a_port_does_not(
    place: Place, transport: Transport | None, expected: list[int]
) -> None:
    assert weights(decide([coal(Origin("KZ")), loaded(place, transport)]), "F20") == expected


def test_a_loading_that_is_planned_or_taken_back_is_no_flag() -> None:
    assert weights(decide([coal(Origin("KZ")), loaded(CHELYABINSK, classifier="PLANNED")]), "F20") == []
    back = event("RETRACTED", "2026-09-04", retracts="LOADED-2026-09-03")
    assert weights(decide([coal(Origin("KZ")), loaded(CHELYABINSK), back]), "F20") == []


def test_origin_stated_after_the_loading_counts_too() -> None:
    late = event("DECLARED", "2026-09-06", goods=(Goods(1, "270112", origin=(Origin("KZ"),)),))
    assert weights(decide([coal(), loaded(CHELYABINSK), late]), "F20") == [40]


KAZAKH = Goods(1, "080810", origin=(Origin("KZ"),), net_kg=20_000.0)
PEOPLE = (Party("CONSIGNOR", "TOO Nauryz Dala", "KZ"), Party("CONSIGNEE", "Xezri Erzaq MMC", "AZ"))


def _kinds(*events: Event) -> list[str]:
    """How the judge takes each event after the booking of apples."""
    judge = Judge(bundled_records())
    state = judge.apply(None, event("BOOKED", "2026-09-01", parties=PEOPLE, goods=(KAZAKH,))).state
    kinds: list[str] = []
    for told in events:
        outcome = judge.apply(state, told)
        state = outcome.state
        kinds.append(outcome.kind)
    return kinds


def _weighing(net: float, at: str) -> Event:
    return event("WEIGHED", at, place=Place("KZALA"), weight=Weight(net, method="WAGON_SCALE"))


def _check(status: Any, at: str, number: str = "KZ 1") -> Event:
    return event("SEAL_CHECKED", at, place=Place("AZBAK"), seals=(Seal(number, None, status),))


def test_a_weighing_within_the_tolerance_changes_nothing_and_is_not_judged() -> None:
    assert _kinds(_weighing(19_800.0, "2026-09-02"), _weighing(19_000.0, "2026-09-03")) == ["neutral", "folded"]


def test_a_known_seal_found_intact_and_a_control_are_not_judged() -> None:
    control = event("CONTROLLED", "2026-09-04", place=Place("AZBAK"))
    told = (
        _check("AFFIXED", "2026-09-02"),
        _check("INTACT", "2026-09-03"),
        control,
        _check(None, "2026-09-05", "kz-1"),
    )
    assert _kinds(*told) == ["folded", "neutral", "neutral", "neutral"]
    assert _kinds(told[0], _check("BROKEN", "2026-09-03"), _check("INTACT", "2026-09-04", "KZ 2")) == ["folded"] * 3


def test_a_loading_elsewhere_than_in_russia_is_not_judged() -> None:
    at_home = event("LOADED", "2026-09-02", place=Place("KZPPK"), transport=RAIL)
    abroad = event("LOADED", "2026-09-03", place=CHELYABINSK, transport=RAIL)
    aboard = event("LOADED", "2026-09-03", place=Place("RULED"), transport=Transport("SEA"))
    assert _kinds(at_home, abroad) == ["neutral", "folded"]
    assert _kinds(at_home, aboard) == ["neutral", "neutral"]


def test_a_changed_tolerance_is_taken_over_by_what_is_under_way() -> None:
    narrow = Policy(id="policy:weight_tolerance_bulk_pct", key="weight_tolerance_bulk_pct", value=0.5)
    before, after = Judge(bundled_records()), Judge([*bundled_records(), narrow])
    booking = event("BOOKED", "2026-09-01", parties=PEOPLE, goods=(KAZAKH,))
    state = before.apply(None, booking).state
    moved = after.rejudge(state, booking.recorded_at + 1, "policy:weight_tolerance_bulk_pct")
    assert header_of(moved.state).weighable != header_of(state).weighable
    assert after.apply(moved.state, _weighing(19_800.0, "2026-09-02")).alerts[0].rule == "R22"


def test_each_flag_is_an_alert_of_its_own_which_is_updated_and_withdrawn() -> None:
    judge = Judge(bundled_records())
    first = judge.apply(None, event("BOOKED", "2026-09-01", parties=PEOPLE, goods=(KAZAKH,)))
    broken = judge.apply(first.state, _check("BROKEN", "2026-09-02"))
    missing = judge.apply(broken.state, _check("MISSING", "2026-09-03"))
    light = judge.apply(missing.state, _weighing(10_000.0, "2026-09-04"))
    back = judge.apply(light.state, event("RETRACTED", "2026-09-05", retracts="WEIGHED-2026-09-04"))
    alerts = [a for outcome in (broken, missing, light, back) for a in outcome.alerts]
    assert [(a.rule, a.status, a.version, a.weight) for a in alerts] == [
        ("R22", "OPEN", 1, 35), ("R22", "UPDATED", 2, 35), ("R22", "OPEN", 1, 30), ("R22", "WITHDRAWN", 2, 0),
    ]  # fmt: skip
    assert [a.alert_id for a in alerts] == [alert_id("C-1", "R22", flag) for flag in ("F04", "F04", "F10", "F10")]
    assert alerts[0].title == "Document mismatch"
