"""What a DCSA sender takes back or corrects comes out as if it had been right from the start."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from streams.ingest import dcsa
from streams.model.consignment import effective
from streams.model.events import Event
from tests.unit.ingest.dcsa_messages import GIVEN, beta, events, flat, nested

MONDAY, TUESDAY, FRIDAY = "2026-09-28T08:00:00Z", "2026-09-29T08:00:00Z", "2026-10-02T08:00:00Z"


def counted(*messages: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Type and port of the events that count when each message comes in a file of its own."""
    found = [e for m in messages for e in dcsa.read(msgspec.json.encode(m), GIVEN) if isinstance(e, Event)]
    assert len({e.consignment_id for e in found}) == 1
    return [(e.type, e.place.unlocode if e.place else None) for e in effective(found).events]


def at(port: str, known: str) -> dict[str, Any]:
    return nested("TRANSPORT", "ARRI", known, eventLocation={"UNLocationCode": port})


def test_of_the_versions_of_a_3_0_event_the_latest_counts_in_any_order_and_however_often() -> None:
    versions = [at("LVRIX", MONDAY), at("LTKLJ", FRIDAY), at("EETLL", TUESDAY)]
    for order in itertools.permutations(versions):
        assert counted(*order) == [("ARRIVED", "LTKLJ")]
        assert counted(*order, *order) == [("ARRIVED", "LTKLJ")]


def test_a_3_0_event_that_is_retracted_counts_no_more_in_any_order() -> None:
    gone = {**at("LVRIX", FRIDAY), "isRetracted": True}
    for order in itertools.permutations([at("LVRIX", MONDAY), gone, at("LTKLJ", TUESDAY)]):
        assert counted(*order) == []


def test_a_3_0_event_told_anew_after_its_retraction_counts_again() -> None:
    gone = {**at("LVRIX", TUESDAY), "isRetracted": True}
    assert counted(at("LVRIX", MONDAY), gone, at("LTKLJ", FRIDAY)) == [("ARRIVED", "LTKLJ")]


def test_a_3_0_retraction_of_nothing_but_an_id_takes_back_what_the_file_tells_before() -> None:
    told = events(
        at("LVRIX", MONDAY), {"eventID": "e-1", "isRetracted": True, "eventRouting": nested()["eventRouting"]}
    )
    assert [e.consignment_id for e in told] == ["BKG:BK100", "BKG:BK100"]
    bases = [e for e in dcsa.read(msgspec.json.encode([at("LVRIX", MONDAY)]), GIVEN) if isinstance(e, Event)]
    assert effective([*bases, *told]).events == []


def test_a_beta_retraction_names_the_event_that_never_happened() -> None:
    (gone,) = events(beta(retracts="e-0"))
    assert (gone.type, gone.retracts, gone.consignment_id) == ("RETRACTED", "e-0", "EVENT:e-0")


def test_a_beta_retraction_stands_in_the_consignment_of_its_event_where_the_file_has_it() -> None:
    gone = beta(retracts="e-1")
    gone["metadata"]["eventID"] = "e-2"
    told = events(beta(), gone)
    assert {e.consignment_id for e in told} == {"BKG:BK100"}
    assert effective(told).events == []


def test_a_2_2_event_marked_as_retracted_takes_itself_back() -> None:
    assert counted(flat(), flat(isRetracted=True)) == []
