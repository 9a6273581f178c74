"""What the demo found, read from the topics as any team would read them, and told for reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from streams.commands.explain_story import MARKS, MEANINGS, record_index, story_lines
from streams.kafka.changelog import LAW_KEY
from streams.kafka.codec import decode_alert, decode_state
from streams.kafka.reading import scan
from streams.kafka.topics import ALERTS, STATE
from streams.model.decision import ALERTING, PRECEDENCE, Alert, Decision
from streams.model.events import Event
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from streams.rules.state import events_of
from streams.settings import KafkaSettings

STORIES = Path(__file__).resolve().parents[1] / "data" / "demo" / "stories.ndjson"
"""The events of the heroes, as `transitwatch decide`, `explain` and `ingest` take them."""


class Hero(Struct, frozen=True):
    """A consignment of which the demo knows how it must end: its id, what it is, the verdict and the rule behind it."""

    id: str
    what: str
    verdict: str
    rule: str
    in_full: bool = False


HEROES = (
    Hero("DEMO-COAL-COVERED", "Kazakh coal of a Kazakh owner over Ust-Luga to Spain", "WAIVER_MET", "R03", True),
    Hero("DEMO-COAL-RUSSIAN-OWNER", "the same journey, but a Russian company owns the coal", "BREACH", "R03", True),
    Hero("DEMO-TRANSIT-BELARUS", "goods of the EU's lists to Kazakhstan through Belarus", "BREACH", "R10"),
    Hero("DEMO-GHOST-TRANSIT", "a transit released by customs and never seen again", "RED_FLAG", "R21", True),
)


class Account(Struct):
    """Everything there is after the run: each alert's last version, each consignment's decision and events."""

    alerts: dict[str, Alert]
    versions: int
    decisions: dict[str, Decision]
    events: dict[str, list[Event]]

    @property
    def live(self) -> list[Alert]:
        """The alerts that stand."""
        return [alert for alert in self.alerts.values() if alert.status != "WITHDRAWN"]

    def wrong(self) -> list[str]:
        """Which heroes did not end as they must; empty when all did."""
        out = []
        for hero in HEROES:
            decision = self.decisions.get(hero.id)
            alerts = [a for a in self.live if a.consignment_id == hero.id]
            if decision is None or decision.verdict != hero.verdict:
                out.append(f"{hero.id}: {decision.verdict if decision else 'not judged'}, expected {hero.verdict}")
            elif hero.verdict in ALERTING and not any(a.rule == hero.rule for a in alerts):
                out.append(f"{hero.id}: no alert of {hero.rule}")
            elif hero.verdict not in ALERTING and alerts:
                out.append(f"{hero.id}: an alert of {alerts[0].rule}, expected none")
        return out

    def summary(self) -> dict[str, Any]:
        """The figures, for a script."""
        return {
            "consignments": len(self.decisions),
            "events": sum(len(events) for events in self.events.values()),
            "verdicts": dict(Counter(d.verdict for d in self.decisions.values())),
            "alerts": len(self.live),
            "alert_versions": self.versions,
            "stories": {hero.id: d.verdict if (d := self.decisions.get(hero.id)) else None for hero in HEROES},
            "wrong": self.wrong(),
        }


def read_account(kafka: KafkaSettings) -> Account:
    """Read the alerts and the states as committed. Raises KafkaTrouble, InvalidInput."""
    account = Account({}, 0, {}, {})
    for message in scan(kafka, ALERTS):
        alert = decode_alert(_bytes(message.value()))
        account.versions += 1
        account.alerts[alert.alert_id] = alert
    judge = Judge(bundled_records())
    for message in scan(kafka, STATE):
        key = _bytes(message.key())
        if key != LAW_KEY:
            state = decode_state(_bytes(message.value()))
            account.decisions[key.decode()] = judge.decision_of(state)
            account.events[key.decode()] = events_of(state)
    return account


def _bytes(value: str | bytes | None) -> bytes:
    return value if isinstance(value, bytes) else (value or "").encode()


def _flagged(account: Account) -> Iterator[str]:
    verdicts = Counter(d.verdict for d in account.decisions.values())
    yield f"What was judged: {len(account.decisions)} consignments"
    for verdict in sorted(verdicts, key=lambda v: -PRECEDENCE[v]):
        yield f"  {verdicts[verdict]:5}  {verdict:17}  {MEANINGS[verdict]}"
    yield ""
    yield f"What was flagged: {len(account.live)} alerts that stand ({account.versions} versions were announced)"
    rules: dict[str, Counter[str]] = {}
    for alert in account.live:
        rules.setdefault(alert.rule, Counter())[alert.verdict] += 1
    for rule, counts in sorted(rules.items()):
        told = ", ".join(f"{counts[v]} {v}" for v in sorted(counts, key=lambda v: -PRECEDENCE[v]))
        yield f"  {rule}  {told}"


def _covered(account: Account) -> Iterator[str]:
    covered = [d for d in account.decisions.values() if d.verdict == "WAIVER_MET"]
    yield f"What an exemption covered: {len(covered)} consignments, without an alert"
    rules = Counter(f.rule for d in covered for f in d.findings if f.verdict == "WAIVER_MET")
    yield "  " + ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items()))
    hero = account.decisions.get(HEROES[0].id)
    for finding in hero.findings if hero is not None else ():
        if finding.verdict == "WAIVER_MET":
            yield f"  Why, for {HEROES[0].id} ({HEROES[0].what}):"
            yield from (f"    {MARKS[c.state]} {c.name}: {c.because}" for c in finding.conditions)


def account_lines(account: Account) -> Iterator[str]:
    """The whole account as lines of text."""
    yield from _flagged(account)
    yield ""
    yield from _covered(account)
    yield ""
    yield "Four stories"
    for hero in HEROES:
        decision = account.decisions.get(hero.id)
        yield f"  {hero.id:24}  {decision.verdict if decision else '?':11}  {hero.what}"
    index = record_index(bundled_records())
    for hero in HEROES:
        if hero.in_full and hero.id in account.decisions:
            yield ""
            yield "-" * 100
            yield from story_lines(account.decisions[hero.id], account.events[hero.id], index)
    yield "-" * 100


def next_lines(running: Mapping[str, str] | None) -> Iterator[str]:
    """Where to look next; ``running`` tells `bootstrap`, `redis` and `http` of a demo that keeps running."""
    stories = STORIES.relative_to(Path.cwd()) if STORIES.is_relative_to(Path.cwd()) else STORIES
    yield "Where to look next"
    if running is not None:
        yield f"  transitwatch alerts tail --from-beginning --bootstrap {running['bootstrap']}"
        yield f"  transitwatch explain DEMO-TRANSIT-BELARUS --bootstrap {running['bootstrap']}"
        yield f"  transitwatch reference status --redis {running['redis']}"
        yield f"  curl {running['http']}/metrics      for a Prometheus: {running['http'].removeprefix('http://')}"
        return
    yield f"  transitwatch decide {stories}"
    yield f"  transitwatch explain DEMO-TRANSIT-BELARUS --events {stories}"
    yield "  transitwatch demo --serve       keeps it running: follow the alerts, look at /metrics"
    yield "  transitwatch generate --out feed --consignments 1000     more traffic, with what each must get"
    yield "  docker compose up               the whole stack with dashboards; see README.md"
