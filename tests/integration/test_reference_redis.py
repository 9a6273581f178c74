"""The monitor's copy on a real Redis: started before it, emptied, restarted, slow, away, over TLS with a password."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from streams.model.reference import AnyRecord, GoodsEntry
from streams.reference.bundled import bundled_records
from streams.reference.cache import CachePolicy, RedisReferenceCache
from streams.reference.connection import RedisOptions, connect
from streams.reference.store import RedisStore

pytestmark = pytest.mark.redis
POLICY = CachePolicy(poll_s=0.1, max_staleness_s=None, max_pause_s=0.2)
PASSWORD = "correct horse"


def missing(program: str) -> None:
    """Skip, or fail where everything is required."""
    reason = f"{program} is not on PATH"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A redis-server of one test; it may be started, stopped, frozen and started again."""

    def __init__(self, directory: Path, *options: str, tls: bool = False) -> None:
        self.port = free_port()
        self._directory = directory
        self._options = [
            *options,
            *(("--tls-port", str(self.port), "--port", "0") if tls else ("--port", str(self.port))),
        ]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["redis-server", "--bind", "127.0.0.1", "--save", "", "--dir", str(self._directory), *self._options],
            stdout=subprocess.DEVNULL,
        )
        until(self._listens, "redis-server listens")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
            self.process = None

    def options(self) -> RedisOptions:
        return RedisOptions(url=f"redis://127.0.0.1:{self.port}/0", timeout_s=0.5)


def until(holds: Callable[[], bool], what: str, limit_s: float = 15.0) -> None:
    end = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end, f"not within {limit_s} s: {what}"
        time.sleep(0.01)


def until_state(cache: RedisReferenceCache, state: str) -> None:
    until(lambda: cache.state == state, f"{state}, is {cache.state}: {cache.trouble}")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    if shutil.which("redis-server") is None:
        missing("redis-server")
    found = Server(tmp_path)
    yield found
    found.kill()


@pytest.fixture
def cache(server: Server) -> Iterator[RedisReferenceCache]:
    found = RedisReferenceCache(server.options(), POLICY)
    yield found
    found.close()


def fill(server: Server, records: list[AnyRecord], now: int) -> RedisStore:
    store = RedisStore(connect(server.options()))
    store.replace(records, {}, now)
    return store


def test_a_monitor_started_before_redis_waits_and_then_loads(server: Server, cache: RedisReferenceCache) -> None:
    cache.start()
    until(lambda: "away" in (cache.trouble or ""), "trouble named")
    assert cache.state == "missing" and cache.poll() is None
    server.start()
    until(lambda: cache.trouble == "Redis holds no reference records", "seen as empty")
    fill(server, bundled_records(), 1)
    snapshot = cache.wait_loaded(15)
    assert {r.record_key for r in snapshot.records} == {r.record_key for r in bundled_records()}


def test_flushall_is_borne_with_a_notice_until_the_records_are_back(server: Server, cache: RedisReferenceCache) -> None:
    server.start()
    store = fill(server, bundled_records(), 1)
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


def test_a_killed_redis_is_found_again_after_its_restart(server: Server, cache: RedisReferenceCache) -> None:
    server.start()
    fill(server, bundled_records(), 1)
    cache.start().wait_loaded(15)
    server.kill()
    until_state(cache, "held")
    server.start()
    changed = [msgspec.structs.replace(bundled_records()[0], note="after the restart"), *bundled_records()[1:]]
    fill(server, changed, 2)
    until_state(cache, "fresh")
    snapshot = cache.current()
    assert snapshot is not None and changed[0] in snapshot.records


def test_a_frozen_redis_does_not_freeze_the_monitor(server: Server, cache: RedisReferenceCache) -> None:
    server.start()
    fill(server, bundled_records(), 1)
    cache.start().wait_loaded(15)
    server.signal(signal.SIGSTOP)
    until_state(cache, "held")
    start = time.monotonic()
    change = cache.poll()
    assert time.monotonic() - start < 0.25
    assert change is not None and "TimeoutError" in change.notices[0]
    server.signal(signal.SIGCONT)
    until_state(cache, "fresh")


def test_a_reader_in_the_middle_of_a_version_can_end_after_the_switch(server: Server) -> None:
    server.start()
    coal = GoodsEntry(id="COAL-2701", list="COAL", hs="2701")
    store = fill(server, [coal], 1)
    first = store.pointer()
    assert first is not None
    changed = msgspec.structs.replace(coal, note="x")
    second = store.apply({changed.record_key: changed}, {}, 2)
    assert store.read(first) == [coal] and store.read(second) == [changed]


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        missing("openssl")
    key, crt = tmp_path / "redis.key", tmp_path / "redis.crt"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(crt), "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return crt, key


def test_over_tls_with_a_password(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    if shutil.which("redis-server") is None:
        missing("redis-server")
    crt, key = certificate
    server = Server(
        tmp_path, "--tls-cert-file", str(crt), "--tls-key-file", str(key), "--tls-ca-cert-file", str(crt),
        "--tls-auth-clients", "no", "--requirepass", PASSWORD, tls=True,
    )  # fmt: skip
    url = f"rediss://localhost:{server.port}/0"
    good = RedisOptions(url=url, password=PASSWORD, ca_file=str(crt))
    server.start()
    caches = [RedisReferenceCache(o, POLICY) for o in (good, RedisOptions(url=url, password="wrong", ca_file=str(crt)),
                                                      RedisOptions(url=url, password=PASSWORD))]  # fmt: skip
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
        server.kill()
