"""A consignment's history run through the decision core again: from events alone, or input by input from its log.

What was known at a time T (ms UTC) is what was recorded by T (contract 6(4)). The log is in order of arrival: as long as
its clock has not passed T, the versions made are those that were published by T, byte for byte. An event that was recorded by
T but arrived after the log had passed T is *late*: it belongs to what could be known at T, though the system did not.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from streams.model.decision import Alert
from streams.model.events import Event
from streams.rules.judge import Judge, Outcome
from streams.rules.state import Entry, EventEntry, ReferenceEntry, TimerEntry


class Run(Struct):
    """What a history led to: the state (None: no input counted), every alert version in order, late events by uid.

    ``on_time`` is how many of the versions were made before the first late event; ``laws`` names the changes of law in
    the log that were met.
    """

    state: bytes | None = None
    alerts: list[Alert] = []
    late: list[str] = []
    on_time: int = 0
    laws: list[str] = []
    due: int | None = None
    """When the consignment must be looked at next (ms UTC), or None."""

    @property
    def live(self) -> dict[str, Alert]:
        """The last version of each alert that is not withdrawn, by alert id."""
        last = {alert.alert_id: alert for alert in self.alerts}
        return {ident: alert for ident, alert in last.items() if alert.status != "WITHDRAWN"}

    def take(self, outcome: Outcome) -> None:
        """Go on with what an input led to."""
        self.state, self.due = outcome.state, outcome.due
        self.alerts.extend(outcome.alerts)


def fire(judge: Judge, run: Run, until: int) -> None:
    """Let the timers due by a time (ms UTC) fire, each at its own time."""
    while run.state is not None and run.due is not None and run.due <= until:
        run.take(judge.tick(run.state, run.due))


def run_events(judge: Judge, events: Iterable[Event], until: int | None = None) -> Run:
    """Events in order of arrival, with the timers that lie between them, as a monitor judges them.

    Timers due by ``until`` (ms UTC; None: by the last event) fire at the end. Raises StateError.
    """
    run = Run()
    for event in events:
        fire(judge, run, event.recorded_at)
        run.take(judge.apply(run.state, event))
    run.on_time = len(run.alerts)
    if until is not None:
        fire(judge, run, until)
        run.on_time = len(run.alerts)
    return run


def time_of(entry: Entry) -> int:
    """When an input became known (ms UTC): an event when it was recorded, a timer or change of law at its time."""
    return entry.event.recorded_at if isinstance(entry, EventEntry) else entry.at


def run_log(judge: Judge, entries: Iterable[Entry], known_at: int | None = None) -> Run:
    """A log's inputs up to what was known at a time (ms UTC; None: all), timers where the log has them.

    At the end the timers due by then fire, if nothing in the log is later. Changes of law are judged under ``judge``:
    where `Run.laws` is not empty, the versions are those of the log only if the law was the same. Raises StateError.
    """
    run = Run()
    passed = False
    for entry in entries:
        if known_at is not None and time_of(entry) > known_at:
            if not passed:
                passed = True
                fire(judge, run, known_at)
                run.on_time = len(run.alerts)
            continue
        if passed and not isinstance(entry, EventEntry):
            continue  # what fired or changed after the log had passed the time was not known then
        if passed and isinstance(entry, EventEntry):
            run.late.append(entry.event.uid)
        _put(judge, run, entry)
    if not passed and known_at is not None:
        fire(judge, run, known_at)
    if not passed:
        run.on_time = len(run.alerts)
    elif known_at is not None:
        fire(judge, run, known_at)
    return run


def _put(judge: Judge, run: Run, entry: Entry) -> None:
    if isinstance(entry, EventEntry):
        run.take(judge.apply(run.state, entry.event))
    elif run.state is None:
        return  # nothing to look at: the events before it are left out
    elif isinstance(entry, TimerEntry):
        run.take(judge.tick(run.state, entry.at))
    elif isinstance(entry, ReferenceEntry):
        run.laws.append(entry.record)
        run.take(judge.rejudge(run.state, entry.at, entry.record))
