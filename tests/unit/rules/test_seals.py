"""F04: seals broken, missing, taken off, replaced; trackers silent; what customs and receivers may do."""

from __future__ import annotations

from typing import Any

import pytest

from streams.model.decision import Decision
from streams.model.events import Event, Leg, Place, Seal, Transport
from streams.model.reference import Policy
from tests.unit.rules.build import decide, event, findings

BOX, OTHER_BOX = Transport("ROAD", containers=("CSQU3054383",)), Transport("ROAD", containers=("TKRU4471230",))
ROUTE = (Leg("LT", "LTMDK"), Leg("BY", "BYMSQ"), Leg("RU", "RUKUF"), Leg("KZ", "KZALA"))


def seal(number: str | None = "LT 71", status: Any = "INTACT", kind: Any = "MECHANICAL") -> Seal:
    return Seal(number, kind, status)


def told(kind: str, at: str, place: str | None, *seals: Seal, **fields: Any) -> Event:
    return event(kind, at, place=Place(place) if place else None, seals=seals, **fields)


SEALED = told("SEALED", "2026-09-01T08:00:00+00:00", "LTKUN", seal(status="AFFIXED"))
CONTROL = told("CONTROLLED", "2026-09-02T08:00:00+00:00", "BYMSQ")


def f04(decision: Decision) -> list[tuple[str, int]]:
    return [(f.because, f.weight) for f in findings(decision, "R22") if f.subject == "F04"]


@pytest.mark.parametrize("status", ["BROKEN", "MISSING", "REMOVED"])
def test_a_seal_broken_missing_or_taken_off_is_a_flag_wherever_it_is(status: str) -> None:
    found = f04(decide([SEALED, told("SEAL_CHECKED", "2026-09-03", "KZALA", seal(status=status))]))
    assert [weight for _, weight in found] == [35]
    assert "LT 71" in found[0][0]
    assert "KZALA on 2026-09-03" in found[0][0]


@pytest.mark.parametrize("number", ["LT 71", "lt71", "LT-71"])
def test_a_seal_found_intact_is_none_however_its_number_is_written(number: str) -> None:
    assert f04(decide([SEALED, told("SEAL_CHECKED", "2026-09-03", "KZALA", seal(number))])) == []


def test_another_number_in_the_place_of_a_seal_is_a_flag() -> None:
    found = f04(decide([SEALED, told("SEAL_CHECKED", "2026-09-03", "RUKUF", seal("RU 9"))]))
    assert found == [("Seal RU 9 was there in place of LT71 at RUKUF on 2026-09-03.", 35)]


def test_several_troubles_are_one_flag_with_a_condition_each() -> None:
    checks = [
        told("SEAL_CHECKED", f"2026-09-0{n}", "RUKUF", seal(f"RU {n}", status))
        for n, status in ((3, "BROKEN"), (4, "MISSING"), (5, "REMOVED"), (6, "BROKEN"))
    ]
    decision = decide([SEALED, *checks])
    found = findings(decision, "R22")
    assert (len(found), decision.weight) == (1, 35)
    assert [c.events for c in found[0].conditions] == [(c.uid,) for c in checks]
    assert found[0].because.endswith("; and 1 more.")


def test_two_flags_count_both() -> None:
    broken = told("SEAL_CHECKED", "2026-09-03", "RUKUF", seal(status="BROKEN"))
    released = event("EXPORT_CONFIRMED", "2026-09-01")
    stated = event("BOOKED", "2026-08-30", destination_country="KZ")
    changed = event("ROUTE_CHANGED", "2026-09-04", destination_country="UZ")
    decision = decide([SEALED, broken, released, stated, changed])
    assert [f.subject for f in findings(decision, "R22")] == ["F04", "F08"]
    assert decision.weight == pytest.approx(100 * (1 - 0.65 * 0.7))


@pytest.mark.parametrize(
    ("place", "at", "flagged"),
    [
        ("BYMSQ", "2026-09-02T08:00:00+00:00", False), ("BYMSQ", "2026-09-03T08:00:00+00:00", False),
        ("BYMSQ", "2026-09-03T08:00:01+00:00", True), ("BYMSQ", "2026-09-02T07:59:00+00:00", True),
        ("BYBQT", "2026-09-02T09:00:00+00:00", True), (None, "2026-09-02T09:00:00+00:00", True),
    ],
)  # fmt: skip
def test_a_removal_and_a_new_number_at_the_place_of_a_control_within_a_day_of_it_are_explained(
    place: str | None, at: str, flagged: bool
) -> None:
    resealed = told("SEALED", at, place, seal(status="REMOVED"), seal("BY 5", "AFFIXED"))
    later = told("SEAL_CHECKED", "2026-09-05", "RUKUF", seal("BY 5"))
    assert bool(f04(decide([SEALED, CONTROL, resealed, later]))) is flagged


def test_who_takes_the_goods_over_may_take_the_seal_off() -> None:
    delivered = told("DELIVERED", "2026-09-09T08:00:00+00:00", "KZALA", seal(status="REMOVED"))
    assert f04(decide([SEALED, delivered])) == []


def test_a_broken_or_missing_seal_is_not_explained_by_a_control() -> None:
    for status in ("BROKEN", "MISSING"):
        assert f04(decide([SEALED, CONTROL, told("SEAL_CHECKED", "2026-09-02", "BYMSQ", seal(status=status))]))


def test_the_hours_are_those_of_the_policy() -> None:
    longer = Policy(id="policy:seal_removal_hours", key="seal_removal_hours", value=72)
    removed = told("SEAL_CHECKED", "2026-09-05T07:00:00+00:00", "BYMSQ", seal(status="REMOVED"))
    assert f04(decide([SEALED, CONTROL, removed])) != []
    assert f04(decide([SEALED, CONTROL, removed], longer)) == []


@pytest.mark.parametrize(
    ("place", "flagged"), [("RUKUF", True), ("BYMSQ", True), ("KZALA", False), ("LTVNO", False)]
)  # fmt: skip
def test_a_silent_tracker_counts_in_russia_and_belarus(place: str, flagged: bool) -> None:
    silent = told("SEAL_CHECKED", "2026-09-03", place, seal("NP-1", "SILENT", "NAVIGATION"))
    assert bool(f04(decide([SEALED, silent]))) is flagged


@pytest.mark.parametrize(
    ("last", "flagged"), [(None, True), ("LTMDK", True), ("BYMSQ", True), ("RUKUF", True), ("KZALA", False)]
)  # fmt: skip
def test_without_a_place_a_silent_tracker_counts_where_the_goods_were_last_or_go_next(
    last: str | None, flagged: bool
) -> None:
    booked = event("BOOKED", "2026-08-30", route=ROUTE)
    crossed = [event("BORDER_CROSSED", "2026-09-02", place=Place(last))] if last else []
    silent = told("SEAL_CHECKED", "2026-09-03", None, seal("NP-1", "SILENT", "NAVIGATION"))
    assert bool(f04(decide([booked, *crossed, silent]))) is flagged


def test_a_silent_tracker_of_which_neither_place_nor_way_is_known_is_no_flag() -> None:
    assert f04(decide([told("SEAL_CHECKED", "2026-09-03", None, seal("NP-1", "SILENT", "NAVIGATION"))])) == []


def test_further_seals_at_the_place_of_the_first_are_no_change_and_elsewhere_they_are() -> None:
    second = told("SEALED", "2026-09-01T09:00:00+00:00", "LTKUN", seal("LT 72", None))
    assert f04(decide([SEALED, second])) == []
    elsewhere = told("SEALED", "2026-09-01T09:00:00+00:00", "LTVNO", seal("LT 72", None))
    assert f04(decide([SEALED, elsewhere])) != []


def test_a_tracker_beside_a_mechanical_seal_and_the_seal_of_another_container_are_no_change() -> None:
    tracker = told("SEALED", "2026-09-02", "RUKUF", seal("NP-1", "AFFIXED", "NAVIGATION"))
    assert f04(decide([SEALED, tracker])) == []
    first = told("SEALED", "2026-09-01", "LTKUN", seal(), transport=BOX)
    other = told("SEAL_CHECKED", "2026-09-02", "RUKUF", seal("LT 99"), transport=OTHER_BOX)
    assert f04(decide([first, other])) == []
    assert f04(decide([first, told("SEAL_CHECKED", "2026-09-02", "RUKUF", seal("LT 99"), transport=BOX)])) != []


def test_a_trouble_that_is_taken_back_or_corrected_is_none() -> None:
    broken = told("SEAL_CHECKED", "2026-09-03", "RUKUF", seal(status="BROKEN"))
    back = event("RETRACTED", "2026-09-03", recorded_at="2026-09-04", retracts=broken.event_id, event_id="r")
    assert f04(decide([SEALED, broken, back])) == []
    right = told("SEAL_CHECKED", "2026-09-03", "RUKUF", seal(), event_id="c", replaces=broken.event_id)
    assert f04(decide([SEALED, broken, right])) == []


def test_a_seal_that_is_only_planned_is_none() -> None:
    planned = told("SEAL_CHECKED", "2026-09-03", "RUKUF", seal(status="BROKEN"), classifier="PLANNED")
    assert f04(decide([SEALED, planned])) == []
