"""Folding: which events count and what they say together (contract 1.2, 6(1)-(5), 6(9))."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from streams.model.consignment import Consignment, effective, fold
from streams.model.events import Event, Goods, Leg, Party, Place

HOUR = 3_600_000


def event(ident: str, hour: int, kind: str = "LOADED", **fields: Any) -> Event:
    fields.setdefault("recorded_at", hour * HOUR)
    return Event(ident, fields.pop("source", "a"), kind, "C", hour * HOUR, **fields)  # type: ignore[arg-type]


def counted(*events: Event) -> list[str]:
    """The events that count, the same for every order of arrival."""
    results = {tuple(e.uid for e in effective(order).events) for order in permutations(events)}
    assert len(results) == 1
    return [uid.removeprefix("a/") for uid in results.pop()]


def test_events_fold_in_order_of_time_then_knowledge_then_source_then_id() -> None:
    early, late = event("z", 1, recorded_at=5), event("y", 1, recorded_at=9)
    assert counted(event("b", 2), event("a", 2), late, early) == ["z", "y", "a", "b"]


def test_a_repeat_changes_nothing() -> None:
    assert counted(event("a", 1), event("a", 1)) == ["a"]


def test_the_same_id_of_another_source_is_another_event() -> None:
    assert counted(event("a", 1), event("a", 2, source="b")) == ["a", "b/a"]


def test_of_two_contents_under_one_id_the_one_recorded_first_counts_with_a_warning() -> None:
    first, second = event("a", 1, recorded_at=10), event("a", 2, recorded_at=20)
    found = effective([second, first])
    assert found.events == [first]
    assert found.warnings == ["a/a: two contents under one event_id; the one recorded first counts"]


def test_recorded_at_the_same_time_the_smaller_bytes_count_in_any_order() -> None:
    one, other = event("a", 1, waivers=("x",)), event("a", 1, waivers=("y",))
    assert effective([one, other]).events == effective([other, one]).events == [one]


def test_a_replacement_stands_in_the_place_of_the_replaced() -> None:
    assert counted(event("a", 1), event("b", 1, replaces="a")) == ["b"]


def test_a_replacement_of_an_unknown_event_waits() -> None:
    assert counted(event("b", 1, replaces="a"), event("c", 2)) == ["c"]
    assert "it waits" in effective([event("b", 1, replaces="a")]).warnings[0]


def test_a_replacement_reaches_only_its_own_source() -> None:
    assert counted(event("a", 1), event("b", 1, source="b", replaces="a")) == ["a"]


def test_a_retracted_event_never_happened() -> None:
    assert counted(event("a", 1), event("r", 2, "RETRACTED", retracts="a")) == []


def test_retracting_a_correction_revives_what_it_replaced() -> None:
    told = (event("a", 1), event("b", 1, replaces="a"), event("r", 2, "RETRACTED", retracts="b"))
    assert counted(*told) == ["a"]


def test_a_retraction_can_be_retracted() -> None:
    told = (
        event("a", 1), event("r", 2, "RETRACTED", retracts="a"), event("s", 3, "RETRACTED", retracts="r"),
    )  # fmt: skip
    assert counted(*told) == ["a"]


def test_in_a_chain_of_corrections_the_last_stands() -> None:
    assert counted(event("a", 1), event("b", 1, replaces="a"), event("c", 1, replaces="b")) == ["c"]


def test_of_two_corrections_of_one_event_the_later_recorded_stands() -> None:
    told = (event("a", 1), event("b", 1, replaces="a", recorded_at=50), event("c", 1, replaces="a", recorded_at=60))
    assert counted(*told) == ["c"]


def _roles(c: Consignment, role: str) -> list[str | None]:
    return [p.name for p in c.current(role)]


def test_a_role_stated_again_replaces_that_role_and_no_other() -> None:
    c = fold("C", [
        event("a", 1, "BOOKED", parties=(Party("OWNER", "A"), Party("OWNER", "B"), Party("BUYER", "C"))),
        event("b", 2, "OWNERSHIP_TRANSFERRED", parties=(Party("OWNER", "D"),)),
    ])  # fmt: skip
    assert (_roles(c, "OWNER"), _roles(c, "BUYER")) == (["D"], ["C"])
    assert [p.name for p in c.parties_at(0)] == ["A", "B", "C"]


def test_a_late_report_of_an_earlier_change_does_not_undo_a_later_one() -> None:
    late = event("c", 2, "PARTIES_CHANGED", parties=(Party("BUYER", "old"),), recorded_at=9 * HOUR)
    c = fold("C", [event("b", 3, "PARTIES_CHANGED", parties=(Party("BUYER", "new"),)), late])
    assert _roles(c, "BUYER") == ["new"]


def test_a_plan_tells_of_roles_and_goods_only_where_nothing_is_known() -> None:
    plan = event(
        "p", 9, classifier="PLANNED", parties=(Party("BUYER", "P"), Party("BANK", "Q")), goods=(Goods(hs="01"),)
    )
    c = fold("C", [event("a", 1, "BOOKED", parties=(Party("BUYER", "A"),), goods=(Goods(hs="02"),)), plan])
    assert (_roles(c, "BUYER"), _roles(c, "BANK"), c.goods) == (["A"], ["Q"], (Goods(hs="02"),))


def test_goods_stated_again_replace_the_list_and_countries_stay_until_stated_again() -> None:
    c = fold("C", [
        event("a", 1, "BOOKED", goods=(Goods(hs="01"), Goods(hs="02")), export_country="DE"),
        event("b", 2, goods=(Goods(hs="03"),)),
    ])  # fmt: skip
    assert (c.goods, c.export_country) == ((Goods(hs="03"),), "DE")


def test_the_goods_of_an_event_are_those_before_they_were_processed() -> None:
    c = fold("C", [
        event("a", 1, "BOOKED", goods=(Goods(hs="01"),)), event("b", 2), event("c", 3, "PROCESSED", goods=(Goods(hs="02"),)),
    ])  # fmt: skip
    at = [c.goods_at(n) for n in range(3)]
    assert [s.goods[0].hs for s in at if s is not None] == ["01", "01", "02"]


@pytest.mark.parametrize("kind", ["DELIVERED", "CANCELLED", "INVALIDATED"])
def test_a_consignment_is_open_until_it_is_over(kind: str) -> None:
    assert fold("C", [event("a", 1)]).is_open
    assert not fold("C", [event("a", 1), event("b", 2, kind)]).is_open
    assert fold("C", [event("a", 1), event("b", 2, kind, classifier="PLANNED")]).is_open


def test_a_plan_stands_until_the_same_act_at_its_place_or_later() -> None:
    plan = event("p", 5, "ARRIVED", classifier="PLANNED", place=Place("KZALA"), recorded_at=0)
    assert [e.event_id for e in fold("C", [plan, event("a", 3, "ARRIVED", place=Place("KZAAU"))]).plans] == ["p"]
    assert fold("C", [plan, event("a", 3, "ARRIVED", place=Place("KZALA"))]).plans == []
    assert fold("C", [plan, event("a", 6, "ARRIVED", place=Place("KZAAU"))]).plans == []


def test_a_changed_route_removes_legs_and_the_plans_recorded_before_it() -> None:
    plans = [event("p", 5, "ARRIVED", classifier="PLANNED", recorded_at=at * HOUR) for at in (1, 4)]
    named = [plans[0], Event(**{**{f: getattr(plans[1], f) for f in plans[1].__struct_fields__}, "event_id": "q"})]
    c = fold(
        "C", [event("a", 1, "BOOKED", route=(Leg("RU"),)), *named, event("r", 2, "ROUTE_CHANGED", recorded_at=2 * HOUR)]
    )
    assert (c.legs, [e.event_id for e in c.plans]) == ((), ["q"])


def test_the_clock_is_the_latest_knowledge_of_the_events_that_were_told() -> None:
    told = [event("a", 1, recorded_at=70), event("r", 2, "RETRACTED", retracts="a", recorded_at=90)]
    assert fold("C", told).clock == 90
