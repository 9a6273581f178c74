"""The keeper brings messages into Redis: bursts as one version, repeats left out, an emptied Redis built anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import fakeredis
import msgspec
import pytest
import redis

from streams.errors import ReferenceUnavailable
from streams.kafka.codec import encode_record
from streams.model.reference import AnyRecord, GoodsEntry, ListState
from streams.processors.keeper import Keeper, KeeperPolicy
from streams.reference.store import RedisStore
from streams.reference.topics import TopicState

TOPIC = "reference.goods"
QUICK = KeeperPolicy(quiet_s=0.02, max_wait_s=0.2, check_s=0.05, patience_s=5.0)


def entry(number: int, note: str | None = None) -> GoodsEntry:
    return GoodsEntry(id=f"G{number}", list="CHP", hs=f"85{number:04}", note=note)


class Topics:
    """The topics as the keeper reads them whole: one partition."""

    def __init__(self, *records: AnyRecord) -> None:
        self.log = list(records)
        self.reads = 0

    def read(self) -> TopicState:
        self.reads += 1
        return TopicState({r.record_key: r for r in self.log}, {f"{TOPIC}:0": len(self.log)}, ())

    def publish(self, keeper: Keeper, *records: AnyRecord) -> None:
        for record in records:
            self.log.append(record)
            keeper.take(TOPIC, 0, len(self.log) - 1, encode_record(record))


async def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end, "not within 10 s"
        await asyncio.sleep(0.005)


def run(
    topics: Topics, store: RedisStore, story: Callable[[Keeper], Awaitable[None]], policy: KeeperPolicy = QUICK
) -> Keeper:
    async def main() -> Keeper:
        keeper = Keeper(store, topics.read, policy)
        task = asyncio.create_task(keeper.run())
        try:
            await until(lambda: keeper.state.pointer is not None or task.done())
            await story(keeper)
            if task.done():
                task.result()
        finally:
            task.cancel()
        return keeper

    return asyncio.run(main())


def in_force(store: RedisStore) -> set[AnyRecord]:
    pointer = store.pointer()
    return set() if pointer is None else {r for r in store.read(pointer) if not isinstance(r, ListState)}


@pytest.fixture
def store() -> RedisStore:
    return RedisStore(fakeredis.FakeRedis())


def test_the_start_builds_from_the_topics(store: RedisStore) -> None:
    async def nothing(_: Keeper) -> None:
        assert in_force(store) == {entry(1), entry(2)}

    run(Topics(entry(1), entry(2)), store, nothing)


def test_a_burst_becomes_one_version(store: RedisStore) -> None:
    topics = Topics(entry(1))

    async def burst(keeper: Keeper) -> None:
        topics.publish(keeper, *(entry(n) for n in range(2, 50)))
        await until(lambda: len(in_force(store)) == 49)
        assert keeper.state.versions == 2

    run(topics, store, burst)


def test_messages_that_redis_holds_already_are_left_out(store: RedisStore) -> None:
    topics = Topics(entry(1, "old"), entry(1, "new"))

    async def again(keeper: Keeper) -> None:
        keeper.take(TOPIC, 0, 0, encode_record(entry(1, "old")))
        topics.publish(keeper, entry(2))
        await until(lambda: entry(2) in in_force(store))
        assert in_force(store) == {entry(1, "new"), entry(2)}
        assert keeper.state.repeated == 1

    run(topics, store, again)


def test_an_emptied_redis_is_built_anew_without_a_message(store: RedisStore) -> None:
    topics = Topics(entry(1), entry(2))

    async def flush(keeper: Keeper) -> None:
        store.client.flushall()
        await until(lambda: keeper.state.rebuilds == 2)
        assert in_force(store) == {entry(1), entry(2)}

    run(topics, store, flush)


def test_an_older_version_that_came_back_is_replaced(store: RedisStore) -> None:
    topics = Topics(entry(1))

    async def restart(keeper: Keeper) -> None:
        old = store.client.dump("tw:ref:1:goods"), store.client.get("tw:ref:current")
        dumped, pointer = old
        assert dumped is not None and pointer is not None
        topics.publish(keeper, entry(2))
        await until(lambda: entry(2) in in_force(store))
        store.client.flushall()
        store.client.restore("tw:ref:1:goods", 0, dumped)
        store.client.set("tw:ref:current", pointer)
        await until(lambda: in_force(store) == {entry(1), entry(2)})
        assert keeper.state.rebuilds == 2

    run(topics, store, restart)


@pytest.mark.logs_errors
def test_what_is_no_record_is_counted_and_the_rest_goes_on(store: RedisStore) -> None:
    topics = Topics(entry(1))

    async def poison(keeper: Keeper) -> None:
        keeper.take(TOPIC, 0, 1, b"\xc3\x01nothing sensible")
        topics.log.append(entry(1))
        topics.publish(keeper, entry(2))
        await until(lambda: entry(2) in in_force(store))
        assert keeper.state.unreadable == 1

    run(topics, store, poison)


def test_redis_away_is_borne_for_a_while(store: RedisStore, monkeypatch: pytest.MonkeyPatch) -> None:
    topics = Topics(entry(1))
    apply, calls = store.apply, []

    def apply_the_third_time(*args: object) -> object:
        calls.append(1)
        if len(calls) < 3:
            raise redis.ConnectionError("away")
        return apply(*args)  # type: ignore[arg-type]

    async def change(keeper: Keeper) -> None:
        monkeypatch.setattr(store, "apply", apply_the_third_time)
        topics.publish(keeper, entry(2))
        await until(lambda: entry(2) in in_force(store))

    monkeypatch.setattr("streams.processors.keeper._FIRST_PAUSE_S", 0.01)
    run(topics, store, change)
    assert len(calls) == 3


def test_redis_away_for_too_long_ends_the_keeper(store: RedisStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise redis.ConnectionError("away")

    async def nothing(_: Keeper) -> None:
        return

    monkeypatch.setattr(store, "pointer", away)
    monkeypatch.setattr("streams.processors.keeper._FIRST_PAUSE_S", 0.01)
    with pytest.raises(ReferenceUnavailable, match="away"):
        run(Topics(entry(1)), store, nothing, msgspec.structs.replace(QUICK, patience_s=0.05))


def test_the_age_of_lists_is_known(store: RedisStore) -> None:
    topics = Topics(entry(1))

    async def listed(keeper: Keeper) -> None:
        topics.publish(keeper, ListState(id="EU-FSF", list="EU-FSF", fetched_at=5000))
        await until(lambda: keeper.state.lists == {"EU-FSF": 5000})

    run(topics, store, listed)
