"""Versions in Redis: beside each other, complete or not in force, the same content once."""

from __future__ import annotations

from collections.abc import Iterator

import fakeredis
import msgspec
import pytest

from streams.model.reference import AnyRecord, GoodsEntry, ListedName, ListedParty, Policy
from streams.reference.store import LINGER_S, RedisStore, VersionGone, digest_of

COAL = GoodsEntry(id="COAL-2701", list="COAL", hs="2701")
GRACE = Policy(id="policy:transit_grace_days", key="transit_grace_days", value={"b": [1, 2], "a": 3})
PARTY = ListedParty(id="P1", list="L", names=(ListedName("Éxample «Ж»"),), identifiers={"inn": "1", "bin": "2"})
ALL: list[AnyRecord] = [COAL, GRACE, PARTY]


@pytest.fixture
def store() -> Iterator[RedisStore]:
    client = fakeredis.FakeRedis()
    yield RedisStore(client)
    client.close()


def held(store: RedisStore) -> dict[str, AnyRecord]:
    pointer = store.pointer()
    assert pointer is not None
    records = store.read(pointer)
    assert digest_of(records) == pointer.digest
    return {record.record_key: record for record in records}


def test_a_set_put_in_force_reads_back_equal(store: RedisStore) -> None:
    store.replace(ALL, {"reference.goods:0": 7}, 1000)
    assert held(store) == {r.record_key: r for r in ALL}
    pointer = store.pointer()
    assert pointer is not None and store.offsets(pointer) == {"reference.goods:0": 7}


def test_the_same_set_again_makes_no_new_version_but_moves_the_offsets(store: RedisStore) -> None:
    first = store.replace(ALL, {"t:0": 1}, 1000)
    assert store.replace(list(reversed(ALL)), {"t:0": 2}, 2000) == first
    assert store.offsets(first) == {"t:0": 2}


def test_a_change_goes_into_a_new_version_and_the_old_one_stays_readable_for_a_while(store: RedisStore) -> None:
    first = store.replace(ALL, {"t:0": 1}, 1000)
    changed = msgspec.structs.replace(COAL, note="seen")
    second = store.apply({changed.record_key: changed}, {"t:0": 2}, 2000)
    assert second.version == first.version + 1
    assert held(store)[COAL.record_key] == changed
    assert {r.record_key: r for r in store.read(first)}[COAL.record_key] == COAL
    assert 0 < store.client.ttl(f"tw:ref:{first.version}:goods") <= LINGER_S
    assert store.client.ttl(f"tw:ref:{second.version}:goods") == -1


def test_a_repeated_change_makes_no_new_version(store: RedisStore) -> None:
    first = store.replace(ALL, {}, 1000)
    assert store.apply({COAL.record_key: COAL}, {"t:0": 9}, 2000) == first
    assert store.offsets(first) == {"t:0": 9}


def test_the_digest_follows_changes_as_if_counted_anew(store: RedisStore) -> None:
    store.replace([COAL], {}, 1000)
    store.apply({GRACE.record_key: GRACE, PARTY.record_key: PARTY}, {}, 2000)
    pointer = store.pointer()
    assert pointer is not None and pointer.digest == digest_of(ALL) and pointer.records == 3


def test_records_with_fields_in_another_order_have_the_same_digest() -> None:
    other = msgspec.structs.replace(PARTY, identifiers={"bin": "2", "inn": "1"})
    assert digest_of([other]) == digest_of([PARTY])


def test_an_emptied_redis_takes_no_change_and_says_so(store: RedisStore) -> None:
    store.replace(ALL, {}, 1000)
    store.client.flushall()
    with pytest.raises(VersionGone):
        store.apply({COAL.record_key: COAL}, {}, 2000)


def test_version_numbers_go_on_after_redis_was_emptied(store: RedisStore) -> None:
    first = store.replace(ALL, {}, 1000)
    store.client.flushall()
    assert store.replace(ALL, {}, 2000).version == first.version + 1


def test_an_incomplete_version_is_not_read_and_not_kept(store: RedisStore) -> None:
    first = store.replace(ALL, {}, 1000)
    store.client.delete(f"tw:ref:{first.version}:goods")
    assert not store.complete(first)
    with pytest.raises(VersionGone):
        store.read(first)
    second = store.replace(ALL, {}, 2000)
    assert second.version > first.version and store.complete(second)


def test_the_slower_of_two_writers_does_not_move_the_pointer(
    store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.replace(ALL, {}, 1000)
    other = RedisStore(store.client)
    write = store._write

    def write_while_the_other_is_faster(*args: object) -> None:
        write(*args)  # type: ignore[arg-type]
        changed = msgspec.structs.replace(COAL, note="the other's")
        other.apply({changed.record_key: changed}, {}, 1500)

    monkeypatch.setattr(store, "_write", write_while_the_other_is_faster)
    mine = msgspec.structs.replace(COAL, note="mine")
    with pytest.raises(VersionGone):
        store.apply({mine.record_key: mine}, {}, 2000)
    found = held(store)[COAL.record_key]
    assert found.note == "the other's"
