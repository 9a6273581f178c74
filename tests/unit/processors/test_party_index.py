"""The index of who is named where: what is unread is read, in slices or when a list changes; then nobody is missed."""

from __future__ import annotations

from streams.kafka.changelog import PartitionStore
from streams.model.events import Event, Party
from streams.model.moments import DAY_MS
from streams.processors import party_index
from streams.processors.party_index import PartyIndex
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.strategies import LISTING, START, party

BEFORE = Judge(bundled_records())
AFTER = Judge([*bundled_records(), party("N", "Bergamo Tessuti S.p.A.", applies_from=LISTING)])


def _apply(store: PartitionStore, ident: str, name: str, number: int = 0) -> None:
    event = Event(f"e{number}", "a", "BOOKED", ident, START + number, START + number, parties=(Party("BUYER", name),))
    outcome = BEFORE.apply(store.get(ident), event)
    store.stage(ident, outcome.state, outcome.due, outcome.open)
    store.unread.add(ident)
    store.keep()


def _store() -> PartitionStore:
    store = PartitionStore(3)
    for ident, name in (("A", "Bergamo Tessuti"), ("B", "Gauja Optik"), ("C", "Brabo Kontor")):
        _apply(store, ident, name)
    return store


def _touched(index: PartyIndex, store: PartitionStore, *, current: bool = True) -> list[str]:
    ((found, idents),) = index.touched(BEFORE.law, AFTER.law, {3: store}, lambda _: current, lambda: None)
    assert found is store
    return sorted(idents)


def test_a_change_reads_first_what_is_unread() -> None:
    store = _store()
    assert _touched(PartyIndex(), store) == ["A"]
    assert not store.unread


def test_all_of_a_partition_that_was_not_judged_under_the_law_before_is_touched() -> None:
    assert _touched(PartyIndex(), _store(), current=False) == ["A", "B", "C"]


def test_a_consignment_that_names_another_party_later_is_found_by_that_too() -> None:
    index, store = PartyIndex(), _store()
    assert not index.read_on({3: store}, 60)
    _apply(store, "C", "Bergamo Tessuti", 1)
    assert index.read_on({3: store}, 0) in (True, False)
    assert _touched(index, store) == ["A", "C"]


def test_a_consignment_that_comes_to_name_a_listed_party_is_announced_by_the_event_itself() -> None:
    store = _store()
    state = store.states["B"]
    named = (Party("BUYER", "Bergamo Tessuti"),)
    changed = Event("e9", "a", "PARTIES_CHANGED", "B", START + 9 * DAY_MS, START + 20 * DAY_MS, parties=named)
    outcome = AFTER.apply(AFTER.rejudge(state, START, "law").state, changed)
    assert [(a.rule, a.verdict, a.trigger.kind) for a in outcome.alerts if a.rule == "R15"] == [
        ("R15", "BREACH", "EVENT")
    ]


def test_a_consignment_of_a_batch_that_did_not_count_is_left_out() -> None:
    index, store = PartyIndex(), _store()
    store.unread.add("never kept")
    assert not index.read_on({3: store}, 60)
    assert _touched(index, store) == ["A"]


def test_without_time_a_few_states_are_read_and_the_rest_is_told_to_be_left() -> None:
    index, store = PartyIndex(), PartitionStore(3)
    for number in range(3 * party_index._AT_ONCE):
        _apply(store, f"C{number}", f"Firm {number}")
    assert index.read_on({3: store}, -1.0)
    assert len(store.unread) == 2 * party_index._AT_ONCE


def test_an_index_that_holds_much_said_again_is_begun_anew_and_stays_complete() -> None:
    index, store = PartyIndex(), _store()
    spare, party_index._SPARE = party_index._SPARE, 4
    try:
        for number in range(1, 40):
            _apply(store, "B", "Gauja Optik", number)
            index.read_on({3: store}, 60)
        assert len(index._of(store)) <= 2 * 3 + 4 + 1
        assert _touched(index, store) == ["A"]
    finally:
        party_index._SPARE = spare


def test_a_state_that_comes_back_from_the_changelog_is_read_again() -> None:
    store, other = _store(), PartitionStore(3)
    for ident, state in store.states.items():
        other.load(ident, state, lambda _: (None, True))
    assert _touched(PartyIndex(), other) == ["A"]
