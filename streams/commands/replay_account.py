"""A replay of one consignment and what it is worth: the versions, the decision, and whether it is what was published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from streams.commands.decide import decision_json
from streams.commands.replay_law import HeldLaw
from streams.commands.replay_sources import History
from streams.model.decision import Alert, Decision
from streams.model.moments import iso_time, parse_time
from streams.rules.evidence import canonical
from streams.rules.replaying import Run, run_log
from streams.rules.state import Entry, EventEntry, events_of, header_of


class Bounds(Struct, frozen=True):
    """What of a history counts: known by a time, occurred by a time (ms UTC; None: all)."""

    known_at: int | None = None
    occurred_until: int | None = None

    @property
    def own_timers(self) -> bool:
        """Whether the timers in the log are those of another history."""
        return self.occurred_until is not None

    def within(self, entries: Iterable[Entry]) -> Iterable[Entry]:
        """The inputs without events that occurred later."""
        for entry in entries:
            if (
                self.occurred_until is None
                or not isinstance(entry, EventEntry)
                or entry.event.occurred_at <= self.occurred_until
            ):
                yield entry


class Account(Struct):
    """A replayed consignment. ``exact``: whether the versions equal those published, byte for byte; None: nothing to compare with.

    ``because`` says what stands in the way; where it is not exact, ``published`` are the versions that were published.
    """

    consignment_id: str
    decision: Decision
    run: Run
    exact: bool | None
    because: list[str]
    published: Sequence[Alert] | None


def run_of(history: History, law: HeldLaw, bounds: Bounds, *, own_timers: bool) -> Run:
    """The history run under a law. Raises StateError."""
    return run_log(law.judge, bounds.within(history.entries), bounds.known_at, own_timers=own_timers)


def replayed(history: History, law: HeldLaw, bounds: Bounds) -> Account | None:
    """The account of a consignment; None when nothing of it was known then. Raises StateError."""
    own = bounds.own_timers or history.published is None
    run = run_of(history, law, bounds, own_timers=own)
    if run.state is None:
        return None
    published = until(history.published, run, bounds.known_at) if history.published is not None else None
    clock = header_of(run.state).clock
    now = clock if bounds.known_at is None else max(clock, bounds.known_at)
    decision = law.judge.decide(history.consignment_id, events_of(run.state), now)
    if published is None or bounds.occurred_until is not None:
        exact, because = None, list[str]()
    else:
        because = differences(run, published)
        exact = not because
        if because and run.laws:
            because.append(f"the law changed within this history ({', '.join(dict.fromkeys(run.laws))}) and is held only as it is now "
                           f"(reference {law.digest[:12]}): what was judged under another law cannot be reproduced")  # fmt: skip
        elif because:
            because.append(
                f"held is the law reference {law.digest[:12]}; the versions were made under another one, or with notices"
            )
    return Account(history.consignment_id, decision, run, exact, because, published)


def until(published: Sequence[Alert], run: Run, known_at: int | None) -> Sequence[Alert]:
    """The versions published until a time (ms UTC): those of the inputs in the log until then.

    By ``decided_at`` where no event arrived late. A late one may set the clock of a consignment back (a repeat with other content and
    an earlier `recorded_at` counts instead), so there the number of versions that the log gives until the time decides.
    """
    if known_at is None:
        return published
    if run.late:
        return published[: run.on_time]
    return [a for a in published if parse_time(a.decided_at) <= known_at]


def differences(run: Run, published: Sequence[Alert]) -> list[str]:
    """Where the versions until the time differ from those published; empty when every byte is equal.

    Versions of timers that were due at the very end of what the log holds may not be published yet.
    """
    made = run.alerts[: run.on_time]
    for number, (ours, theirs) in enumerate(zip(made, published, strict=False), 1):
        if canonical(ours) != canonical(theirs):
            return [f"version {number} of {len(published)} published is {named(theirs)}, replayed it is {named(ours)}"
                    + (", with other content" if named(ours) == named(theirs) else "")]  # fmt: skip
    if len(published) > len(made):
        return [
            f"{len(published)} versions were published, replayed are {len(made)}; the next was {named(published[len(made)])}"
        ]
    if len(published) < run.logged:
        return [
            f"{len(published)} versions are on the topic, replayed are {run.logged}; the next is {named(made[len(published)])}"
        ]
    return []


def named(alert: Alert) -> str:
    """An alert version in a few words."""
    return f"{alert.rule} v{alert.version} {alert.status} {alert.verdict}"


def account_json(account: Account, bounds: Bounds, law: HeldLaw) -> dict[str, Any]:
    """The account as one JSON object (docs/replay.md)."""
    run = account.run
    return {
        "consignment_id": account.consignment_id,
        "known_at": iso_time(bounds.known_at) if bounds.known_at is not None else None,
        "occurred_until": iso_time(bounds.occurred_until) if bounds.occurred_until is not None else None,
        "law": law.digest, "exact": account.exact, "because": account.because,
        "decision": {k: v for k, v in decision_json(account.decision, law.notes).items() if k != "alerts"},
        "alerts": msgspec.to_builtins(run.alerts[: run.on_time]), "late": run.late,
        "alerts_with_late": msgspec.to_builtins(run.alerts[run.on_time :]),
        "published": msgspec.to_builtins(account.published) if account.exact is False else None,
    }  # fmt: skip


def account_lines(account: Account, law: HeldLaw) -> Iterable[str]:
    """The account for reading."""
    run = account.run
    yield f"{account.consignment_id}  {account.decision.verdict}"
    for alert in run.alerts[: run.on_time]:
        yield f"  {alert.decided_at}  {named(alert)}: {alert.because}"
    if run.late:
        yield f"  recorded by then, but it arrived only later: {', '.join(run.late)}"
    for alert in run.alerts[run.on_time :]:
        yield f"  {alert.decided_at}  {named(alert)} (with what arrived later): {alert.because}"
    if account.exact:
        yield f"  equal byte for byte to the {len(account.published or ())} versions published until then"
    for line in account.because:
        yield f"  not reproduced: {line}"
    for alert in (account.published or ()) if account.exact is False else ():
        yield f"  published: {alert.decided_at}  {named(alert)}: {alert.because}"
    for note in law.notes:
        yield f"  note: {note}"
