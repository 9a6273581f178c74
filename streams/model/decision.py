"""Verdicts, findings, conditions, alerts (contract 3) and their order of precedence.

A `Finding` is what one rule says of one consignment; a `Decision` is all findings and the highest
verdict; an `Alert` is one version of an announced finding.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Verdict = Literal["BREACH", "NEEDS_WAIVER", "INSUFFICIENT_DATA", "WAIVER_MET", "RED_FLAG", "CLEAR"]
PRECEDENCE: dict[str, int] = {
    "BREACH": 5, "NEEDS_WAIVER": 4, "INSUFFICIENT_DATA": 3, "WAIVER_MET": 2, "RED_FLAG": 1, "CLEAR": 0,
}  # fmt: skip
ALERTING = frozenset({"BREACH", "NEEDS_WAIVER", "INSUFFICIENT_DATA", "RED_FLAG"})
State = Literal["MET", "NOT_MET", "NOT_KNOWN"]
AlertStatus = Literal["OPEN", "UPDATED", "WITHDRAWN"]
TriggerKind = Literal["EVENT", "REFERENCE", "TIMER"]


class Condition(Struct, frozen=True, gc=False):
    """One condition of a rule and the facts (event uids) it rests on."""

    name: str
    state: State
    because: str
    events: tuple[str, ...] = ()


class Exposed(Struct, frozen=True, gc=False):
    """Who with an EU nexus is exposed, and in which role."""

    name: str
    role: str
    country: str | None = None


class Clocks(Struct, frozen=True, gc=False):
    """The four clocks; contract is a day, the others times; ISO text or None."""

    contract: str | None = None
    loading: str | None = None
    dealing: str | None = None
    arrival: str | None = None


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """What one rule found (contract 3). `subject` tells findings of the same rule apart."""

    rule: str
    version: int = 1
    verdict: Verdict
    weight: int = 0
    subject: str = ""
    answered_by: str | None = None
    planned: bool = False
    legal_basis: str
    because: str
    conditions: tuple[Condition, ...] = ()
    missing: tuple[str, ...] = ()
    exposed: tuple[Exposed, ...] = ()
    clocks: Clocks = Clocks()
    records: tuple[str, ...] = ()


class Decision(Struct, frozen=True, kw_only=True, gc=False):
    """All findings of a consignment and what they amount to.

    ``due`` is the earliest time (ms UTC) at which the passing of time alone may change the decision
    (a deadline, a listing that begins), or None. It is not part of the JSON.
    """

    consignment_id: str
    verdict: Verdict
    weight: float = 0
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()
    due: int | None = None


class Trigger(Struct, frozen=True, gc=False):
    """What led to an alert version: an event uid, a reference record or list, a timer."""

    kind: TriggerKind
    id: str


class Alert(Struct, frozen=True, kw_only=True, gc=False):
    """One version of an alert (contract 3.2, topic `alerts`). Times are ISO 8601 text in UTC."""

    alert_id: str
    version: int
    status: AlertStatus
    consignment_id: str
    rule: str
    verdict: Verdict
    weight: int
    title: str
    because: str
    legal_basis: str
    conditions: tuple[Condition, ...]
    missing: tuple[str, ...]
    exposed: tuple[Exposed, ...]
    references: tuple[str, ...]
    goods_hs: tuple[str, ...]
    places: tuple[str, ...]
    parties: tuple[str, ...]
    occurred_at: str | None
    decided_at: str
    trigger: Trigger
    records: tuple[str, ...]
    previous_version: int | None
    evidence_hash: str
    warnings: tuple[str, ...] = ()


def combine_weights(weights: list[int]) -> float:
    """Red-flag weights 0-100 combined as 100*(1-prod(1-w/100)) (contract 3.1(4)), 2 decimals."""
    rest = 1.0
    for weight in weights:
        rest *= 1 - weight / 100
    return round(100 * (1 - rest), 2)
