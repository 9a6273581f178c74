"""Short ways to write events and records in the tests of the rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from streams.model.decision import Decision, Finding
from streams.model.events import Event, Holder, Party
from streams.model.moments import parse_day, parse_time
from streams.model.reference import AnyRecord, ListedName, ListedParty, Owned, Ownership, Policy
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge

STRICT = Policy(id="policy:match_threshold", key="match_threshold", value=0.999)
"""Only an equal name is a hit: a similar one is a candidate to be reviewed."""


def event(kind: str, at: str, **fields: Any) -> Event:
    """An event of consignment C-1 at noon UTC of a day, or at a time with offset; known at once unless stated."""
    occurred = parse_time(at if "T" in at else f"{at}T12:00:00+00:00")
    fields.setdefault("recorded_at", occurred)
    if isinstance(fields["recorded_at"], str):
        fields["recorded_at"] = parse_time(f"{fields['recorded_at']}T12:00:00+00:00")
    fields.setdefault("event_id", f"{kind}-{at}")
    return Event(source="t", type=kind, consignment_id="C-1", occurred_at=occurred, **fields)  # type: ignore[arg-type]


def listed(ident: str, name: str, since: str | None = "2023-06-23", **fields: Any) -> ListedParty:
    """A party under a freeze from a day on."""
    fields.setdefault("measures", ("FREEZE",))
    if isinstance(fields.get("applies_until"), str):
        fields["applies_until"] = parse_day(fields["applies_until"])
    start = parse_day(since) if since else None
    fields.setdefault("names", (ListedName(name),))
    return ListedParty(id=ident, list="TEST", applies_from=start, **fields)


def owns(owner: str, owned: str | Owned, share: float | None = None, **fields: Any) -> Ownership:
    """An ownership record; days as text."""
    for name in ("applies_from", "applies_until"):
        if isinstance(fields.get(name), str):
            fields[name] = parse_day(fields[name])
    what = owned if isinstance(owned, Owned) else Owned(name=owned)
    fields.setdefault("id", f"{owner}>{what.id or what.name}")
    return Ownership(owner_id=owner, owned=what, share_pct=share, **fields)


def holder(name: str, share: float | None = None, control: bool | None = None, country: str | None = None) -> Holder:
    """A stated owner."""
    return Holder(name, country, share_pct=share, control=control)


def buyer(name: str | None, *owners: Holder, **fields: Any) -> Party:
    """A party in role BUYER."""
    return Party("BUYER", name, fields.pop("country", "KZ"), owners=owners, **fields)


def decide(events: Iterable[Event], *extra: AnyRecord, now: str | None = None, without: Iterable[str] = ()) -> Decision:
    """The decision under the bundled records and more; ``without`` leaves out records by key."""
    gone = set(without)
    held = [r for r in (*bundled_records(), *extra) if r.record_key not in gone]
    return Judge(held).decide("C-1", events, parse_time(f"{now}T12:00:00+00:00") if now else None)


def findings(decision: Decision, rule: str) -> list[Finding]:
    """The findings of a rule."""
    return [f for f in decision.findings if f.rule == rule]


def verdicts(decision: Decision, rule: str) -> list[str]:
    """The verdicts of a rule's findings."""
    return [f.verdict for f in findings(decision, rule)]
