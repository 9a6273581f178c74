"""What a monitor asks of the place its law comes from, and the twin in memory for tests and files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol

from msgspec import Struct

from streams.model.reference import AnyRecord, ListState
from streams.reference.store import digest_of

State = Literal["fresh", "held", "missing"]


class Snapshot(Struct, frozen=True):
    """The records in force as one version.

    `digest` names the content (equal digests, equal law), `loaded_at` is when the version was made (ms UTC, the same for
    all who read it), `lists` the time each
    list was fetched (ms UTC, by list name).
    """

    version: int
    digest: str
    records: tuple[AnyRecord, ...]
    loaded_at: int
    lists: dict[str, int]


class Change(Struct, frozen=True):
    """What is new since the last `poll`: the records in force and what decisions must say about them.

    `records_changed` is False when only the notices are new (Redis went away or came back).
    """

    snapshot: Snapshot
    notices: tuple[str, ...]
    records_changed: bool


class ReferenceSource(Protocol):
    """Where a monitor's law comes from. No method blocks."""

    @property
    def state(self) -> State:
        """``fresh``: in step with Redis; ``held``: going on with what was loaded; ``missing``: nothing yet."""

    @property
    def age_s(self) -> float:
        """Seconds since what is held was last confirmed."""

    def current(self) -> Snapshot | None:
        """The records in force; None while nothing was loaded yet."""

    def poll(self) -> Change | None:
        """What changed since the last call, once; None when nothing did.

        Raises ReferenceStale when what is held was last confirmed longer ago than the limit.
        """

    def close(self) -> None:
        """Let go of threads and connections."""


def snapshot_of(records: Iterable[AnyRecord], version: int, loaded_at: int) -> Snapshot:
    """A snapshot of records; ``loaded_at`` in ms UTC."""
    found = tuple(records)
    lists = {r.list: r.fetched_at for r in found if isinstance(r, ListState) and r.fetched_at is not None}
    return Snapshot(version, digest_of(found), found, loaded_at, lists)


class FixedSource:
    """A source whose records are given: the bundled set, files, or what a test puts in."""

    def __init__(self, records: Iterable[AnyRecord], notices: tuple[str, ...] = (), loaded_at: int = 0) -> None:
        self._notices = notices
        self._now = snapshot_of(records, 1, loaded_at)
        self._told: Change | None = None

    @property
    def state(self) -> State:
        """Always ``fresh``."""
        return "fresh"

    @property
    def age_s(self) -> float:
        """Always 0: what is given needs no confirmation."""
        return 0.0

    def current(self) -> Snapshot | None:
        """The given records."""
        return self._now

    def put(self, records: Iterable[AnyRecord], notices: tuple[str, ...] = ()) -> None:
        """Put other records or notices in force; the next `poll` tells."""
        self._notices = notices
        self._now = snapshot_of(records, self._now.version + 1, self._now.loaded_at)

    def poll(self) -> Change | None:
        """The given records on the first call and after each `put`."""
        told = self._told
        same = told is not None and told.snapshot.digest == self._now.digest
        if told is not None and same and told.notices == self._notices:
            return None
        self._told = Change(self._now, self._notices, not same)
        return self._told

    def close(self) -> None:
        """Nothing to let go of."""
