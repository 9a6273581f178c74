"""The law in force in a monitor: compiled aside from what the reference source tells, switched between two batches."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from streams.errors import ReferenceUnavailable
from streams.logs import get_logger
from streams.processors.work import LawInForce
from streams.reference.source import Change, ReferenceSource
from streams.rules.judge import Judge
from streams.rules.law import Law

log = get_logger(__name__)


class Switch(NamedTuple):
    """The law before (None at the start) and now; ``same`` when only the notices differ."""

    before: LawInForce | None
    now: LawInForce
    same: bool


class LawKeeper:
    """Follows a reference source. Compiling a large law takes seconds, so it is done in a thread of its own."""

    def __init__(self, source: ReferenceSource) -> None:
        self.source = source
        self.now: LawInForce | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="law")
        self._coming: Future[LawInForce] | None = None
        self._change: Change | None = None

    def first(self, stop: threading.Event, patience_s: float | None) -> LawInForce | None:
        """Wait for the first law; None when stopped. Raises ReferenceUnavailable after ``patience_s`` seconds."""
        waited = 0.0
        while not stop.is_set():
            switch = self.poll()
            if switch is not None:
                return switch.now
            if patience_s is not None and waited > patience_s:
                raise ReferenceUnavailable(
                    f"no reference records after {waited:.0f} s; start Redis and `transitwatch agents`, "
                    "and publish with `transitwatch reference publish --bundled`"
                )
            if waited in (5.0, 30.0, 300.0):
                log.warning("waiting for reference records", waited_s=waited)
            stop.wait(0.05)
            waited = round(waited + 0.05, 2)
        return None

    def poll(self) -> Switch | None:
        """What came into force since the last call. Raises ReferenceStale."""
        change = self.source.poll()
        if change is not None:
            self._change = change
        if self._coming is not None:
            return self._finish() if self._coming.done() else None
        change, self._change = self._change, None
        if change is None:
            return None
        if self.now is not None and not change.records_changed:
            before, judge = self.now, self.now.judge.noticing(change.notices)
            self.now = LawInForce(judge, before.since, before.name, before.digest)
            return Switch(before, self.now, same=True)
        self._coming = self._pool.submit(_compile, change, self.now.judge.law if self.now is not None else None)
        return None

    def _finish(self) -> Switch:
        assert self._coming is not None
        before, self.now, self._coming = self.now, self._coming.result(), None
        log.info("law in force", version=self.now.name, digest=self.now.digest)
        return Switch(before, self.now, same=before is not None and before.digest == self.now.digest)

    def close(self) -> None:
        """Let go of the thread and the source."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.source.close()


def _compile(change: Change, before: Law | None) -> LawInForce:
    """The law of a change, with its index of names, which takes over what did not change."""
    snapshot = change.snapshot
    judge = Judge(snapshot.records if before is None else before.keeping(snapshot.records), change.notices)
    if before is not None:
        judge.law.follow(before)
    judge.law.screener  # noqa: B018  # built here, so that the first party to be screened does not wait for it
    return LawInForce(judge, snapshot.loaded_at, f"reference {snapshot.digest[:12]}", snapshot.digest)
