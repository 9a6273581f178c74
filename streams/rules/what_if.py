"""What the same history leads to under two laws: alerts that would open, go away or change, and how many there are a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from streams.model.decision import Alert
from streams.rules.replaying import Run

Change = Literal["opened", "withdrawn", "changed"]
CHANGES: tuple[Change, ...] = ("opened", "withdrawn", "changed")


class Said(Struct, frozen=True):
    """What a live alert says."""

    verdict: str
    weight: int
    because: str


class Effect(Struct, frozen=True):
    """A difference between the live alerts under the two laws; ``before`` or ``after`` is None where there is none."""

    consignment_id: str
    change: Change
    rule: str
    alert_id: str
    before: Said | None
    after: Said | None


def _said(alert: Alert) -> Said:
    return Said(alert.verdict, alert.weight, alert.because)


def _substance(alert: Alert) -> object:
    conditions = [(c.name, c.state, c.because) for c in alert.conditions]
    return _said(alert), conditions, alert.missing, alert.exposed, alert.legal_basis


def effects(before: Run, after: Run) -> Iterator[Effect]:
    """The differences of one consignment, those of the law as it is first. The records named alone are no difference."""
    old, new = before.live, after.live
    for ident in dict.fromkeys((*old, *new)):
        was, now = old.get(ident), new.get(ident)
        if was is None and now is not None:
            yield Effect(now.consignment_id, "opened", now.rule, ident, None, _said(now))
        elif was is not None and now is None:
            yield Effect(was.consignment_id, "withdrawn", was.rule, ident, _said(was), None)
        elif was is not None and now is not None and _substance(was) != _substance(now):
            yield Effect(now.consignment_id, "changed", now.rule, ident, _said(was), _said(now))


class Budget:
    """The alert budget: per rule, live alerts and published versions under both laws, and the differences. Bounded by the rules."""

    def __init__(self) -> None:
        self.consignments = 0
        self.touched = 0
        self.live: dict[str, Counter[str]] = {"before": Counter(), "after": Counter()}
        self.versions: dict[str, Counter[str]] = {"before": Counter(), "after": Counter()}
        self.changes: dict[Change, Counter[str]] = {change: Counter() for change in CHANGES}

    def add(self, before: Run, after: Run) -> list[Effect]:
        """Count a consignment; its differences."""
        self.consignments += 1
        for side, run in (("before", before), ("after", after)):
            self.live[side].update(alert.rule for alert in run.live.values())
            self.versions[side].update(alert.rule for alert in run.alerts)
        found = list(effects(before, after))
        self.touched += bool(found)
        for effect in found:
            self.changes[effect.change][effect.rule] += 1
        return found

    @property
    def rules(self) -> dict[str, dict[str, int]]:
        """The table by rule, in order of the rules' ids."""
        names = sorted({*self.versions["before"], *self.versions["after"]})
        return {name: self._row(name) for name in names}

    def _row(self, rule: str) -> dict[str, int]:
        row = {side: self.live[side][rule] for side in ("before", "after")}
        row |= {f"versions_{side}": self.versions[side][rule] for side in ("before", "after")}
        return row | {change: self.changes[change][rule] for change in CHANGES}
