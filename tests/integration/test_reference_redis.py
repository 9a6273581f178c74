"""The monitor's copy on a real Redis: started before it, emptied, restarted, slow, away, over TLS with a password."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator

import msgspec
import pytest

from streams.model.reference import AnyRecord, GoodsEntry
from streams.reference.bundled import bundled_records
from streams.reference.cache import CachePolicy, RedisReferenceCache
from streams.reference.connection import connect
from streams.reference.store import RedisStore
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.redis
POLICY = CachePolicy(poll_s=0.1, max_staleness_s=None, max_pause_s=0.2)


def until(holds: Callable[[], bool], what: str, limit_s: float = 15.0) -> None:
    end = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end, f"not within {limit_s} s: {what}"
        time.sleep(0.01)


def until_state(cache: RedisReferenceCache, state: str) -> None:
    until(lambda: cache.state == state, f"{state}, is {cache.state}: {cache.trouble}")


@pytest.fixture
def cache(redis_server: RedisServer) -> Iterator[RedisReferenceCache]:
    found = RedisReferenceCache(redis_server.options(), POLICY)
    yield found
    found.close()


def fill(redis_server: RedisServer, records: list[AnyRecord], now: int) -> RedisStore:
    store = RedisStore(connect(redis_server.options()))
    store.replace(records, {}, now)
    return store


def test_a_monitor_started_before_redis_waits_and_then_loads(
    redis_server: RedisServer, cache: RedisReferenceCache
) -> None:
    cache.start()
    until(lambda: "away" in (cache.trouble or ""), "trouble named")
    assert cache.state == "missing" and cache.poll() is None
    redis_server.start()
    until(lambda: cache.trouble == "Redis holds no reference records", "seen as empty")
    fill(redis_server, bundled_records(), 1)
    snapshot = cache.wait_loaded(15)
    assert {r.record_key for r in snapshot.records} == {r.record_key for r in bundled_records()}


def test_flushall_is_borne_with_a_notice_until_the_records_are_back(
    redis_server: RedisServer, cache: RedisReferenceCache
) -> None:
    redis_server.start()
    store = fill(redis_server, bundled_records(), 1)
    cache.start().wait_loaded(15)
    cache.poll()
    store.client.flushall()
    until_state(cache, "held")
    change = cache.poll()
    assert change is not None and "holds no reference records" in change.notices[0]
    assert len(change.snapshot.records) == len(bundled_records())
    store.replace(bundled_records(), {}, 2)
    until_state(cache, "fresh")
    change = cache.poll()
    assert change is not None and change.notices == () and not change.records_changed


def test_a_killed_redis_is_found_again_after_its_restart(redis_server: RedisServer, cache: RedisReferenceCache) -> None:
    redis_server.start()
    fill(redis_server, bundled_records(), 1)
    cache.start().wait_loaded(15)
    redis_server.kill()
    until_state(cache, "held")
    redis_server.start()
    changed = [msgspec.structs.replace(bundled_records()[0], note="after the restart"), *bundled_records()[1:]]
    fill(redis_server, changed, 2)
    until_state(cache, "fresh")
    snapshot = cache.current()
    assert snapshot is not None and changed[0] in snapshot.records


def test_a_frozen_redis_does_not_freeze_the_monitor(redis_server: RedisServer, cache: RedisReferenceCache) -> None:
    redis_server.start()
    fill(redis_server, bundled_records(), 1)
    cache.start().wait_loaded(15)
    redis_server.send(signal.SIGSTOP)
    until_state(cache, "held")
    start = time.monotonic()
    change = cache.poll()
    assert time.monotonic() - start < 0.25
    assert change is not None and "TimeoutError" in change.notices[0]
    redis_server.send(signal.SIGCONT)
    until_state(cache, "fresh")


def test_a_reader_in_the_middle_of_a_version_can_end_after_the_switch(redis_server: RedisServer) -> None:
    redis_server.start()
    coal = GoodsEntry(id="COAL-2701", list="COAL", hs="2701")
    store = fill(redis_server, [coal], 1)
    first = store.pointer()
    assert first is not None
    changed = msgspec.structs.replace(coal, note="x")
    second = store.apply({changed.record_key: changed}, {}, 2)
    assert store.read(first) == [coal] and store.read(second) == [changed]


def test_over_tls_with_a_password(redis_tls_server: RedisServer) -> None:
    good = redis_tls_server.options(timeout_s=2.0)
    redis_tls_server.start()
    wrong = msgspec.structs.replace(good, password="wrong")
    stranger = msgspec.structs.replace(good, ca_file=None)
    caches = [RedisReferenceCache(options, POLICY) for options in (good, wrong, stranger)]
    try:
        RedisStore(connect(good)).replace(bundled_records(), {}, 1)
        right, wrong_password, unknown_issuer = (c.start() for c in caches)
        assert len(right.wait_loaded(15).records) == len(bundled_records())
        until(lambda: "refuses the password" in (wrong_password.trouble or ""), "the password is refused")
        until(lambda: "away" in (unknown_issuer.trouble or ""), "the certificate is refused")
        assert wrong_password.state == unknown_issuer.state == "missing"
    finally:
        for found in caches:
            found.close()
