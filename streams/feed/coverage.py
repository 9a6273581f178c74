"""Which rules and flags the generated traffic makes find something, miss, not know, take back, and answer otherwise under other law.

Every story is played a few times and its events are judged in order of arrival, timers included; what is announced is
counted by rule. Then, of what stands at the end, the event that led to it is taken back; and the same events are moved three
years back, before most of the law. `streams.feed.rules_page` makes the table of `docs/rules.md` of it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from random import Random
from typing import NamedTuple

from msgspec.structs import replace

from streams.feed.disturb import arrivals, disturb
from streams.feed.scenario import Scenario, all_scenarios
from streams.feed.story import Story
from streams.model.decision import Alert
from streams.model.events import Document, Event
from streams.model.intake import event_from_json
from streams.model.moments import DAY_MS
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge

TRIGGERS, DOES_NOT, NOT_KNOWN, CORRECTED, OTHER_LAW = (
    "triggers", "does not", "not known", "corrected away", "change of law",
)  # fmt: skip
CELLS = (TRIGGERS, DOES_NOT, NOT_KNOWN, CORRECTED, OTHER_LAW)
PATIENCE, MOST = 10, 48
"""A story is played until so many plays running showed nothing new of it, and so often at most."""
_STRIDE = 29
BACK_DAYS = 3 * 365
_FOUND = frozenset({"BREACH", "NEEDS_WAIVER", "RED_FLAG"})
_SEVERAL = "R22"
_FLAG = re.compile(r"4\.3 (F\d\d)")


class Coverage(NamedTuple):
    """Counts of consignments by rule and cell, verdicts by rule, and an alert of each rule as an example."""

    cells: dict[str, Counter[str]]
    verdicts: dict[str, Counter[str]]
    examples: dict[str, Alert]
    consignments: int


def key_of(alert: Alert) -> str:
    """The rule of an alert, with its flag where the rule carries several."""
    flag = _FLAG.search(alert.legal_basis) if alert.rule == _SEVERAL else None
    return f"{alert.rule} {flag[1]}" if flag is not None else alert.rule


def plays_of(scenario: Scenario, most: int = MOST) -> Iterator[Story]:
    """A story time and again, each time from another seed and day."""
    span = (scenario.last - scenario.first) / most
    for number in range(most):
        rng = Random(f"{scenario.name}/{number}")
        place = number * _STRIDE % most  # the days far apart from the first plays on
        story = Story(f"TW-{scenario.name}-{number}", rng, scenario.first + span * (place + rng.random()))
        scenario.play(story)
        disturb(story)
        yield story


def moved(event: Event, days: int) -> Event:
    """The event so many days later, every date in it alike."""

    def document(d: Document) -> Document:
        issued, until = d.issued_at, d.valid_until
        return replace(
            d, issued_at=None if issued is None else issued + days, valid_until=None if until is None else until + days
        )

    contract, customs = event.contract, event.customs
    if contract is not None and contract.date is not None:
        contract = replace(contract, date=contract.date + days)
    if customs is not None and customs.limit_date is not None:
        customs = replace(customs, limit_date=customs.limit_date + days)
    gap = event.gap_until
    return replace(
        event, occurred_at=event.occurred_at + days * DAY_MS, recorded_at=event.recorded_at + days * DAY_MS,
        gap_until=None if gap is None else gap + days * DAY_MS, contract=contract, customs=customs,
        documents=tuple(document(d) for d in event.documents),
    )  # fmt: skip


def announced(judge: Judge, events: Iterable[Event], until: int) -> list[Alert]:
    """All alert versions of a consignment's events in their order, with every timer that is due by ``until`` (ms UTC)."""
    state: bytes | None = None
    due: int | None = None
    alerts: list[Alert] = []
    for event in events:
        while state is not None and due is not None and due <= event.recorded_at:
            outcome = judge.tick(state, due)
            state, due = outcome.state, outcome.due
            alerts.extend(outcome.alerts)
        outcome = judge.apply(state, event)
        state, due = outcome.state, outcome.due
        alerts.extend(outcome.alerts)
    while state is not None and due is not None and due <= until:
        outcome = judge.tick(state, due)
        state, due = outcome.state, outcome.due
        alerts.extend(outcome.alerts)
    return alerts


def standing(alerts: Iterable[Alert]) -> dict[str, Alert]:
    """The last version of each alert that is not withdrawn, by alert id."""
    last = {alert.alert_id: alert for alert in alerts}
    return {ident: alert for ident, alert in last.items() if alert.status != "WITHDRAWN"}


class _Play:
    """One consignment judged as it came, with an event taken back, and under the law of three years before."""

    def __init__(self, judge: Judge, story: Story) -> None:
        self._judge = judge
        self._events = [event_from_json(a.event, a.at)[0] for a in arrivals(story)]
        self._until = round(story.clock.timestamp() * 1000)
        self.alerts = announced(judge, self._events, self._until)
        self._opened = {a.alert_id: a for a in reversed(self.alerts) if a.status == "OPEN"}
        self.found = {key_of(a) for a in self.alerts if a.verdict in _FOUND and a.status != "WITHDRAWN"}
        self.unknown = {key_of(a) for a in self.alerts if a.verdict == "INSUFFICIENT_DATA" and a.status != "WITHDRAWN"}

    def corrected(self) -> set[str]:
        """The rules of which something was withdrawn by a correction, or stands no more when the event that led to it is taken back."""
        uids = {e.uid: e for e in self._events}
        correcting = {uid for uid, e in uids.items() if e.replaces or e.retracts}
        gone = {
            key_of(self._opened[a.alert_id])
            for a in self.alerts
            if a.status == "WITHDRAWN" and a.trigger.id in correcting
        }
        for ident, alert in standing(self.alerts).items():
            cause = uids.get(alert.trigger.id)
            if key_of(alert) not in gone and cause is not None and not cause.retracts and len(uids) > 1:
                without = announced(self._judge, [*self._events, self._retraction(cause)], self._until)
                if ident not in standing(without):
                    gone.add(key_of(alert))
        return gone

    def _retraction(self, cause: Event) -> Event:
        known = max(e.recorded_at for e in self._events) + 1
        return Event(
            "taken-back", cause.source, "RETRACTED", cause.consignment_id, cause.occurred_at, known, retracts=cause.event_id
        )  # fmt: skip

    def other_law(self) -> set[str]:
        """The rules that do not find, or do not know, the same when all of it was three years earlier."""
        before = announced(
            self._judge, [moved(e, -BACK_DAYS) for e in self._events], self._until - BACK_DAYS * DAY_MS
        )  # fmt: skip
        now, then = (_what(standing(alerts).values()) for alerts in (self.alerts, before))
        return {key for key, _ in now ^ then}


def _what(alerts: Iterable[Alert]) -> set[tuple[str, str]]:
    return {(key_of(a), a.verdict) for a in alerts}


def coverage_of(judge: Judge | None = None, patience: int = PATIENCE) -> Coverage:
    """Count over all stories; the same call gives the same counts."""
    judge = judge or Judge(bundled_records())
    seen = Coverage(defaultdict(Counter), defaultdict(Counter), {}, 0)
    families: list[tuple[str, set[str]]] = []
    for scenario in all_scenarios():
        known: set[tuple[str, str]] = set()
        quiet = 0
        for story in plays_of(scenario):
            play = _Play(judge, story)
            families.append((scenario.family, play.found))
            here = _take(seen, play)
            quiet = 0 if here - known else quiet + 1
            known |= here
            if quiet >= patience:
                break
    for key, counts in seen.cells.items():
        where = {family for family, found in families if key in found}
        counts[DOES_NOT] = sum(family in where and key not in found for family, found in families)
    return seen._replace(consignments=len(families))


def _take(seen: Coverage, play: _Play) -> set[tuple[str, str]]:
    """Count what a play showed; the rules and cells of it."""
    here = {
        (key, cell)
        for cell, keys in (
            (TRIGGERS, play.found), (NOT_KNOWN, play.unknown), (CORRECTED, play.corrected()), (OTHER_LAW, play.other_law()),
        )
        for key in keys
    }  # fmt: skip
    for key, cell in here:
        seen.cells[key][cell] += 1
    for alert in play.alerts:
        key = key_of(alert)
        if alert.status == "OPEN":
            seen.verdicts[key][alert.verdict] += 1
            if key not in seen.examples or seen.examples[key].verdict == "INSUFFICIENT_DATA":
                seen.examples[key] = alert
    return here
