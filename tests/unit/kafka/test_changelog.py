"""The store of a partition: what a batch changes counts only when it is kept; timers come once; counts follow."""

from __future__ import annotations

import random

from streams.kafka.changelog import PartitionStore


def peek(state: bytes) -> tuple[int | None, bool]:
    return None, not state.startswith(b"closed")


def test_what_a_batch_stages_is_seen_by_it_and_gone_when_it_is_dropped() -> None:
    store = PartitionStore(0)
    store.stage("a", b"one", 5, True)
    assert (store.get("a"), store.due("a")) == (b"one", 5)
    store.drop()
    assert (store.get("a"), store.due("a"), store.waiting) == (None, None, 0)


def test_what_is_kept_stays_and_counts() -> None:
    store = PartitionStore(0)
    store.stage("a", b"one", 5, True)
    store.stage("b", b"three", None, False)
    store.keep()
    store.stage("a", b"longer", None, True)
    store.keep()
    assert store.states == {"a": b"longer", "b": b"three"}
    assert (store.bytes, store.open_count, store.waiting) == (11, 1, 0)


def test_a_timer_comes_once_at_its_last_time_and_again_when_its_batch_did_not_count() -> None:
    store = PartitionStore(0)
    for due in (9, 4, 7):
        store.stage("a", b"x", due, True)
        store.keep()
    assert store.pop_due(6, 10) == []
    popped = store.pop_due(7, 10)
    assert popped == [(7, "a")]
    assert store.pop_due(9, 10) == []
    store.unpop(popped)
    assert store.pop_due(9, 10) == [(7, "a")]


def test_no_more_timers_come_than_are_asked_for() -> None:
    store = PartitionStore(0)
    for n in range(5):
        store.stage(f"c{n}", b"x", n, True)
    store.keep()
    assert [ident for _, ident in store.pop_due(10, 3)] == ["c0", "c1", "c2"]
    assert [ident for _, ident in store.pop_due(10, 3)] == ["c3", "c4"]


def test_loading_a_log_twice_is_loading_it_once() -> None:
    rng = random.Random(3)
    log = [(f"c{rng.randrange(6)}", rng.choice([b"open", b"closed", b"opened again", None])) for _ in range(200)]
    once, twice = PartitionStore(0), PartitionStore(0)
    for ident, state in log:
        once.load(ident, state, peek)
    for ident, state in [*log, *log]:
        twice.load(ident, state, peek)
    assert once.states == twice.states
    assert once.closed == twice.closed
    assert once.bytes == twice.bytes == sum(map(len, once.states.values()))
