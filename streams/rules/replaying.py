"""A consignment's history run through the decision core again: from events alone, or input by input from its log.

What was known at a time T (ms UTC) is what was recorded by T (contract 6(4)). The log is in order of arrival: as long as
its clock has not passed T, the versions made are those that were published by T, byte for byte. An event that was recorded by
T but arrived after the log had passed T is *late*: it belongs to what could be known at T, though the system did not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from msgspec import Struct

from streams.errors import StateError
from streams.model.decision import Alert
from streams.model.events import Event
from streams.rules.judge import Judge, Outcome
from streams.rules.state import Entry, EventEntry, ReferenceEntry, TimerEntry


class Run(Struct):
    """What a history led to: the state (None: no input counted), every alert version in order, late events by uid.

    The first ``on_time`` versions were made before the first late event, the first ``logged`` of them by inputs in the log (the
    others by timers that were due at the end). ``laws`` names the changes of law in the log that were met.
    """

    state: bytes | None = None
    alerts: list[Alert] = []
    late: list[str] = []
    on_time: int = 0
    logged: int = 0
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
    """Let the timers due by a time (ms UTC) fire, each at its own time. Raises StateError for one that does not move on."""
    fired: int | None = None
    while run.state is not None and (due := run.due) is not None and due <= until:
        if fired is not None and due <= fired:
            raise StateError(f"judged at {fired}, due again at {due}")
        run.take(judge.tick(run.state, due))
        fired = due


def run_events(judge: Judge, events: Iterable[Event], until: int | None = None) -> Run:
    """Events in order of arrival, with the timers that lie between them, as a monitor judges them.

    Timers due by ``until`` (ms UTC; None: by the last event) fire at the end. Raises StateError.
    """
    run = Run()
    for event in events:
        fire(judge, run, event.recorded_at)
        run.take(judge.apply(run.state, event))
    _until(judge, run, until)
    return run


def time_of(entry: Entry) -> int:
    """When an input became known (ms UTC): an event when it was recorded, a timer or change of law at its time."""
    return entry.event.recorded_at if isinstance(entry, EventEntry) else entry.at


def run_log(judge: Judge, entries: Iterable[Entry], known_at: int | None = None, *, own_timers: bool = False) -> Run:
    """A log's inputs up to what was known at a time (ms UTC; None: all), in the order of the log.

    Timers fire where the log has them; with ``own_timers`` (another law, other events) where this judging asks for them, and
    then changes of law in the log are passed over. What is due by the time fires at the end. Changes of law are judged under
    ``judge``: where `Run.laws` is not empty, the versions are those of the log only if the law was the same. Raises StateError.
    """
    run = Run()
    passed = False
    for entry in entries:
        late = passed
        if known_at is not None and time_of(entry) > known_at:
            if not passed:
                passed = True
                _until(judge, run, known_at)
            continue
        if isinstance(entry, EventEntry):
            if late:
                run.late.append(entry.event.uid)
            if own_timers:
                fire(judge, run, entry.event.recorded_at)
            run.take(judge.apply(run.state, entry.event))
        elif not late and not own_timers:
            _repeat(judge, run, entry)
    if not passed:
        _until(judge, run, known_at)
    elif known_at is not None:
        fire(judge, run, known_at)
    return run


def _until(judge: Judge, run: Run, known_at: int | None) -> None:
    """The log has come to the time: what is due by then fires."""
    run.logged = len(run.alerts)
    if known_at is not None:
        fire(judge, run, known_at)
    run.on_time = len(run.alerts)


def _repeat(judge: Judge, run: Run, entry: TimerEntry | ReferenceEntry) -> None:
    """A timer or a change of law where the log has it; with nothing to look at (its events are left out) it is none."""
    if run.state is None:
        return
    if isinstance(entry, TimerEntry):
        run.take(judge.tick(run.state, entry.at))
    elif isinstance(entry, ReferenceEntry):
        run.laws.append(entry.record)
        run.take(judge.rejudge(run.state, entry.at, entry.record))
    else:  # a new kind of input must not be passed over in silence
        assert_never(entry)
