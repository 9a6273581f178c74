"""The monitor's copy of the reference records: loaded from Redis, followed in a thread, kept when Redis is away.

======================  =========================================================  =======================
Redis                   what happens                                               `state`
======================  =========================================================  =======================
answers, same version   confirmed                                                  ``fresh``
answers, new version    loaded aside, then put in place at once                    ``fresh``
empty (FLUSHALL)        go on with what is held, with a notice, until filled       ``held`` or ``missing``
away or too slow        the same; connect again with a growing pause               ``held`` or ``missing``
too long not confirmed  `poll` raises ReferenceStale: the monitor stops            ``held``
======================  =========================================================  =======================
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Literal

import msgspec
import redis
from msgspec import Struct

from streams.errors import ReferenceStale, ReferenceUnavailable
from streams.model.moments import iso_time
from streams.reference.connection import RedisOptions, connect
from streams.reference.source import Change, Snapshot, State, snapshot_of
from streams.reference.store import PREFIX, RedisStore, VersionGone

_FIRST_PAUSE_S = 0.2
ErrorKind = Literal["connection", "timeout", "authentication", "data"]


class CachePolicy(Struct, frozen=True, kw_only=True):
    """How the copy follows Redis; all in seconds.

    `poll_s`: how often the pointer is looked at when no notice comes. `max_staleness_s`: how long the
    monitor may go on unconfirmed (None: for ever). `max_pause_s`: the longest pause between two connections.
    """

    poll_s: float = 1.0
    max_staleness_s: float | None = 3600.0
    max_pause_s: float = 5.0


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


class RedisReferenceCache:
    """A `ReferenceSource` that follows Redis in a thread of its own."""

    def __init__(
        self,
        options: RedisOptions,
        policy: CachePolicy | None = None,
        *,
        prefix: str = PREFIX,
        monotonic: Callable[[], float] = time.monotonic,
        wall_ms: Callable[[], int] = _wall_ms,
        on_error: Callable[[ErrorKind], None] | None = None,
    ) -> None:
        self._on_error = on_error or (lambda _: None)
        self.policy = policy or CachePolicy()
        self._monotonic, self._wall_ms = monotonic, wall_ms
        self._store = RedisStore(connect(options), prefix)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._moved = threading.Condition(self._lock)
        self._snapshot: Snapshot | None = None
        self._built_at = 0
        self._confirmed = monotonic()
        self._notices: tuple[str, ...] = ()
        self._trouble: str | None = "Redis not asked yet"
        self._told: tuple[str, tuple[str, ...]] | None = None
        self._thread = threading.Thread(target=self._run, name="reference-cache", daemon=True)

    def start(self) -> RedisReferenceCache:
        """Begin to follow Redis."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop the thread and close the connection."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=10)
        self._store.client.close()

    @property
    def state(self) -> State:
        """``fresh``, ``held`` or ``missing``; see the module."""
        with self._lock:
            if self._snapshot is None:
                return "missing"
            return "fresh" if self._trouble is None else "held"

    @property
    def trouble(self) -> str | None:
        """Why the records are held or missing; None when all is well."""
        with self._lock:
            return self._trouble

    @property
    def age_s(self) -> float:
        """Seconds since Redis last confirmed what is held (since the start, when nothing is)."""
        with self._lock:
            return self._monotonic() - self._confirmed

    def current(self) -> Snapshot | None:
        """The records in force; None while nothing was loaded yet."""
        with self._lock:
            return self._snapshot

    def poll(self) -> Change | None:
        """What changed since the last call, once. Raises ReferenceStale past `max_staleness_s`."""
        with self._lock:
            if self._snapshot is None:
                return None
            age, limit = self._monotonic() - self._confirmed, self.policy.max_staleness_s
            if self._trouble is not None and limit is not None and age > limit:
                raise ReferenceStale(age, limit, self._trouble)
            now = (self._snapshot.digest, self._notices)
            if now == self._told:
                return None
            changed = self._told is None or self._told[0] != now[0]
            self._told = now
            return Change(self._snapshot, self._notices, changed)

    def wait(self, wanted: Callable[[RedisReferenceCache], bool], timeout_s: float) -> bool:
        """Wait until ``wanted(self)`` holds, looking whenever something moved; False when it did not in time."""
        deadline = self._monotonic() + timeout_s
        while not wanted(self):
            with self._moved:
                left = deadline - self._monotonic()
                if left <= 0 or (not self._moved.wait(min(left, 0.5)) and self._stop.is_set()):
                    return False
        return True

    def wait_loaded(self, timeout_s: float) -> Snapshot:
        """The first records. Raises ReferenceUnavailable when none came in ``timeout_s`` seconds."""
        self.wait(lambda cache: cache.current() is not None, timeout_s)
        found = self.current()
        if found is None:
            raise ReferenceUnavailable(
                f"no reference records after {timeout_s:.0f} s: {self.trouble}; "
                "start Redis and `transitwatch agents`, and publish with `transitwatch reference publish`"
            )
        return found

    def _run(self) -> None:
        pause = _FIRST_PAUSE_S
        while not self._stop.is_set():
            try:
                self._follow()
                pause = _FIRST_PAUSE_S
            except redis.AuthenticationError as error:
                self._on_error("authentication")
                self._trouble_is(f"Redis refuses the password ({error})")
            except (redis.RedisError, OSError) as error:
                self._on_error("timeout" if isinstance(error, redis.TimeoutError) else "connection")
                self._trouble_is(f"Redis is away ({type(error).__name__})")
            except (msgspec.DecodeError, VersionGone) as error:
                self._on_error("data")
                self._trouble_is(f"Redis holds a version that cannot be read ({error})")
            self._stop.wait(pause)
            pause = min(pause * 2, self.policy.max_pause_s)

    def _follow(self) -> None:
        """Look at the pointer on every notice and every `poll_s`; returns only to stop."""
        client: Any = self._store.client
        with client.pubsub(ignore_subscribe_messages=True) as notices:
            notices.subscribe(self._store.channel)
            while not self._stop.is_set():
                self._look()
                message: Any = notices.get_message(timeout=self.policy.poll_s)
                while message is not None:  # a burst of notices is one look
                    message = notices.get_message(timeout=0)

    def _look(self) -> None:
        pointer = self._store.pointer()
        if pointer is None:
            self._trouble_is("Redis holds no reference records")
            return
        held = self.current()
        if held is None or held.digest != pointer.digest:
            if pointer.built_at < self._built_at:  # a restart from an old dump; the keeper will repair it
                self._trouble_is(f"Redis holds version {pointer.version}, older than what is held")
                return
            records = self._store.read(pointer)
            held = snapshot_of(records, pointer.version, pointer.built_at)
            if held.digest != pointer.digest:
                raise VersionGone(f"version {pointer.version} does not have its digest")
        with self._moved:
            self._snapshot, self._built_at = held, pointer.built_at
            self._confirmed = self._monotonic()
            self._trouble, self._notices = None, ()
            self._moved.notify_all()

    def _trouble_is(self, because: str) -> None:
        """Note why nothing can be confirmed; the first trouble of a row is the one decisions speak of."""
        with self._moved:
            if self._snapshot is not None and not self._notices:
                self._notices = (f"reference records held unconfirmed since {iso_time(self._wall_ms())}: {because}",)
            self._trouble = because
            self._moved.notify_all()
