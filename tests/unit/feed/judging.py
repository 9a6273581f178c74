"""The judge under test, asked about consignments of the feed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from streams.feed.compare import differences
from streams.feed.traffic import Consignment
from streams.model.decision import PRECEDENCE, Decision
from streams.model.events import Event
from streams.model.intake import event_from_json


class Decides(Protocol):
    """What decides: the judge, or a wrong one."""

    def decide(self, consignment_id: str, events: Iterable[Event], now: int | None = None) -> Decision: ...


def decision_on(judge: Decides, consignment: Consignment) -> Decision:
    events = [event_from_json(event, 0)[0] for event in consignment.story.events]
    return judge.decide(consignment.story.id, events, round(consignment.story.clock.timestamp() * 1000))


def disagreements(judge: Decides, consignments: Iterable[Consignment]) -> list[str]:
    """Every difference between judge and oracle, one line per consignment."""
    lines = []
    for consignment in consignments:
        decision = decision_on(judge, consignment)
        worst_last = sorted(decision.findings, key=lambda f: PRECEDENCE[f.verdict])
        findings = {f.rule: str(f.verdict) for f in worst_last}
        wrong = differences(consignment.expected, str(decision.verdict), decision.weight, findings)
        if wrong:
            lines.append(f"{consignment.story.id} {consignment.scenario.name}: {'; '.join(wrong)}")
    return lines
