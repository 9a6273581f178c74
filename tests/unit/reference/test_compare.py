"""What a publication writes: differences only, an end date instead of a deletion, no cut list."""

from __future__ import annotations

import msgspec

from streams.model.moments import parse_day
from streams.model.reference import AnyRecord, GoodsEntry, ListedParty, ListState, Waiver
from streams.reference.topics import compare, counts, shrinking

DAY = parse_day("2026-11-24")


def party(number: int, listed: str = "EU-FSF", **more: int) -> ListedParty:
    record = ListedParty(id=f"P{number}", list=listed, measures=("FREEZE",))
    return msgspec.structs.replace(record, **more)


def by_key(*records: AnyRecord) -> dict[str, AnyRecord]:
    return {record.record_key: record for record in records}


def test_only_differences_are_written() -> None:
    other = msgspec.structs.replace(party(2), note="new")
    changes = compare(by_key(party(1), party(2)), [party(1), other, party(3)])
    assert (changes.added, changes.changed, changes.ended, changes.same) == ((party(3),), (other,), (), 1)


def test_publishing_what_is_there_writes_nothing() -> None:
    assert compare(by_key(party(1)), [party(1)]).all == ()


def test_of_a_complete_list_what_is_missing_ends_and_other_lists_stay() -> None:
    present = by_key(party(1), party(2), party(3, "UK"), GoodsEntry(id="G", list="COAL", hs="2701"), Waiver(id="W"))
    changes = compare(present, [party(1)], DAY)
    assert changes.ended == (msgspec.structs.replace(party(2), applies_until=DAY),)


def test_what_ended_before_is_left_alone_and_what_begins_later_ends_as_it_begins() -> None:
    present = by_key(party(1), party(2, applies_until=DAY - 5), party(3, applies_from=DAY + 5))
    changes = compare(present, [party(1)], DAY)
    assert [(r.id, r.applies_until) for r in changes.ended] == [("P3", DAY + 5)]


def test_the_state_of_a_list_is_written_last() -> None:
    state = ListState(id="EU-FSF", list="EU-FSF")
    assert compare({}, [state, party(1)]).all == (party(1), state)


def test_a_list_that_shrinks_by_more_than_a_tenth_is_named() -> None:
    present = by_key(*(party(n) for n in range(20)))
    assert shrinking(present, compare(present, [party(n) for n in range(18)], DAY)) == []
    assert shrinking(present, compare(present, [party(n) for n in range(17)], DAY)) == [
        "EU-FSF: 3 of 20 records would end"
    ]


def test_what_a_publication_writes_is_counted_by_what_it_does_and_the_states_of_lists_apart() -> None:
    present = by_key(party(1), party(2), party(3), ListState(id="EU-FSF", list="EU-FSF", records=3))
    renamed = msgspec.structs.replace(party(2, applies_until=DAY), note="new")
    wanted: list[AnyRecord] = [
        party(1, applies_until=DAY),
        renamed,
        party(3),
        party(4),
        ListState(id="EU-FSF", list="EU-FSF", records=2),
    ]
    found = counts(present, compare(present, wanted))
    assert found == {"added": 1, "changed": 1, "ended": 1, "same": 1, "lists": 1}
