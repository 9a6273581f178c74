"""The monitor's copy follows Redis, goes on without it, says so, and stops before the limit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from unittest import mock

import fakeredis
import msgspec
import pytest
import redis

from streams.errors import ReferenceStale, ReferenceUnavailable
from streams.model.reference import GoodsEntry, ListState
from streams.reference import cache as module
from streams.reference.cache import CachePolicy, RedisReferenceCache
from streams.reference.connection import RedisOptions
from streams.reference.source import FixedSource
from streams.reference.store import RedisStore

COAL = GoodsEntry(id="COAL-2701", list="COAL", hs="2701")
LISTED = ListState(id="EU-FSF", list="EU-FSF", fetched_at=5000)
WAIT_S = 10.0


class Away:
    """A switch that makes every command of a client fail."""

    def __init__(self, client: redis.Redis) -> None:
        self.on = False
        self._execute = client.execute_command

    def __call__(self, *args: object, **options: object) -> object:
        if self.on:
            raise redis.ConnectionError("switched off")
        return self._execute(*args, **options)  # type: ignore[no-untyped-call]


class Setting:
    """A cache on a Redis in memory, with a clock moved by hand."""

    def __init__(self) -> None:
        server = fakeredis.FakeServer()
        self.store = RedisStore(fakeredis.FakeRedis(server=server))
        client = fakeredis.FakeRedis(server=server)
        self.away = Away(client)
        client.execute_command = self.away
        self.now = 100.0
        policy = CachePolicy(poll_s=0.02, max_staleness_s=60.0, max_pause_s=0.05)
        with mock.patch.object(module, "connect", return_value=client):
            self.cache = RedisReferenceCache(RedisOptions(), policy, wall_ms=lambda: int(self.now * 1000))
        self.cache._monotonic = lambda: self.now

    def until(self, state: str) -> None:
        end = time.monotonic() + WAIT_S
        while self.cache.state != state:
            assert time.monotonic() < end, f"still {self.cache.state}: {self.cache.trouble}"
            with self.cache._moved:
                self.cache._moved.wait(0.05)


@pytest.fixture
def setting() -> Iterator[Setting]:
    found = Setting()
    yield found
    found.away.on = False
    found.cache.close()


def test_started_before_redis_is_filled_it_waits_and_then_loads(setting: Setting) -> None:
    setting.cache.start()
    assert setting.cache.state == "missing"
    assert setting.cache.poll() is None
    setting.store.replace([COAL, LISTED], {}, 1000)
    setting.until("fresh")
    change = setting.cache.poll()
    assert change is not None and change.records_changed and change.notices == ()
    assert set(change.snapshot.records) == {COAL, LISTED}
    assert change.snapshot.lists == {"EU-FSF": 5000}
    assert setting.cache.poll() is None


def test_a_new_version_is_told_once(setting: Setting) -> None:
    setting.store.replace([COAL], {}, 1000)
    setting.cache.start()
    setting.until("fresh")
    setting.cache.poll()
    other = msgspec.structs.replace(COAL, note="x")
    setting.store.apply({other.record_key: other}, {}, 2000)
    end = time.monotonic() + WAIT_S
    change = setting.cache.poll()
    while change is None:
        assert time.monotonic() < end
        change = setting.cache.poll()
    assert change.records_changed and change.snapshot.records == (other,)


def test_without_redis_it_goes_on_with_a_notice_and_recovers(setting: Setting) -> None:
    setting.store.replace([COAL], {}, 1000)
    setting.cache.start()
    setting.until("fresh")
    setting.cache.poll()
    setting.away.on = True
    setting.until("held")
    change = setting.cache.poll()
    assert change is not None and not change.records_changed
    assert "held unconfirmed since 1970-01-01T00:01:40Z" in change.notices[0]
    assert change.snapshot.records == (COAL,)
    setting.away.on = False
    setting.until("fresh")
    change = setting.cache.poll()
    assert change is not None and change.notices == () and not change.records_changed


def test_an_emptied_redis_is_named_and_the_records_stay(setting: Setting) -> None:
    setting.store.replace([COAL], {}, 1000)
    setting.cache.start()
    setting.until("fresh")
    setting.store.client.flushall()
    setting.until("held")
    assert setting.cache.trouble == "Redis holds no reference records"
    snapshot = setting.cache.current()
    assert snapshot is not None and snapshot.records == (COAL,)


def test_an_older_version_than_the_held_one_is_not_taken(setting: Setting) -> None:
    setting.store.replace([COAL], {}, 2000)
    setting.cache.start()
    setting.until("fresh")
    setting.store.replace([LISTED], {}, 1000)
    setting.until("held")
    snapshot = setting.cache.current()
    assert snapshot is not None and snapshot.records == (COAL,)
    assert "older" in (setting.cache.trouble or "")


def test_past_the_limit_it_stops_the_monitor(setting: Setting) -> None:
    setting.store.replace([COAL], {}, 1000)
    setting.cache.start()
    setting.until("fresh")
    setting.away.on = True
    setting.until("held")
    setting.now += 59.0
    assert setting.cache.poll() is not None
    setting.now += 2.0
    with pytest.raises(ReferenceStale) as stale:
        setting.cache.poll()
    assert stale.value.limit_s == 60.0 and stale.value.age_s > 60.0


def test_waiting_for_the_first_records_ends_with_what_to_do(setting: Setting) -> None:
    setting.cache._monotonic = time.monotonic
    setting.cache.start()
    with pytest.raises(ReferenceUnavailable, match="reference publish"):
        setting.cache.wait_loaded(0.1)


def test_secrets_are_not_shown() -> None:
    options = RedisOptions(url="rediss://user:secret1@redis.example:6380/0", password="secret2")
    assert "secret" not in repr(options) + str(options)


def test_the_fixed_source_tells_once_and_again_after_a_change() -> None:
    source = FixedSource([COAL])
    first = source.poll()
    assert first is not None and first.records_changed
    assert source.poll() is None
    source.put([COAL], ("held",))
    second = source.poll()
    assert second is not None and not second.records_changed and second.notices == ("held",)
    source.put([COAL, LISTED])
    third = source.poll()
    assert third is not None and third.records_changed and source.state == "fresh"
