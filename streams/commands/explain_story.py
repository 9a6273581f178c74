"""A decision told for reading: what happened in order of time, each condition, the sources and how sure they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from streams.commands.explain_words import details, headline, who_can_supply
from streams.model.consignment import effective
from streams.model.decision import Decision, Finding
from streams.model.events import Event
from streams.model.moments import iso_day, iso_time
from streams.model.reference import AnyRecord

MARKS = {"MET": "✓", "NOT_MET": "✗", "NOT_KNOWN": "?"}
MEANINGS = {
    "BREACH": "a prohibition is broken",
    "NEEDS_WAIVER": "prohibited unless an exemption is proved",
    "INSUFFICIENT_DATA": "cannot be told without more facts",
    "WAIVER_MET": "prohibited, and covered by an exemption whose conditions are all met",
    "RED_FLAG": "not prohibited by itself; a sign to look closer",
    "CLEAR": "nothing found against it",
}
CONFIDENCE = {
    "A": "primary text read",
    "B": "secondary sources read",
    "C": "background knowledge, check before relying on it",
    "?": "open question",
}
_NAMES = {
    "listed_port": "a listed port is used", "eu_nexus": "the EU is concerned", "in_force": "the exemption is in force",
    "origin_only": "origin is only where allowed", "owner_not_from": "the owner is not from an excluded country",
    "owner_not_listed": "the owner is on no list", "port_use_only": "the port is used only as allowed",
    "frozen_party": "a frozen party is dealt with", "exported_from_eu": "the goods are exported from the EU",
    "leg_through_RU": "the way leads through Russia", "leg_through_BY": "the way leads through Belarus",
    "goods_listed": "the goods are on the list", "eu_export": "exported from the EU or by a party of it",
    "no_russia_clause": "the contract forbids re-export to Russia", "clause_asked": "the clause is asked for already",
    "non_partner_destination": "they go to a country that is no partner", "due_diligence": "the risks were assessed",
    "consignee_in_zone": "the consignee is in a special zone",
    "watched_destination": "they go to a country watched for re-exports",
    "banned_destination": "they go to a country to which their export is banned", "derogation": "a derogation is proved",
    "listed_end_user": "a listed end user takes part", "controlled_goods": "the goods are dual-use or on Annex VII",
    "banned_bank": "a bank under a transaction ban is used", "listed_ship": "a listed ship is used",
    "consignee_is_intermediary": "the consignee is a forwarder or bank", "buyer_founded_lately": "the buyer was founded lately",
    "banned_bank_behind": "a banned bank stands behind the payment", "russian_contact": "a contact is in Russia",
    "russian_forwarder": "the forwarder is Russian", "address_of_listed": "the consignee has the address of a listed party",
    "russian_oil": "Russian oil is aboard", "near_listed_port": "a listed port is near",
    "flag_change": "the ship changed its flag",
    "listed_refinery": "a listed refinery is used", "listed_airport": "a listed airport is used",
    "into_eu": "the goods come into the EU", "russian_origin": "they are of Russian origin, be it in part",
    "exported_from_russia": "they are owned, sold or exported from Russia", "within_cap": "the price keeps to the cap",
    "price_attested": "the price is attested", "unloaded_in_RU": "the goods are unloaded in Russia",
    "off_corridor": "the way leaves every corridor to the destination",
    "discharged": "the transit is discharged", "destination_in": "the destination is among those allowed", "document": "the document is held",
}  # fmt: skip


def condition_name(name: str) -> str:
    """A condition in words, its name where no words are known."""
    return _NAMES.get(name, name)


class Told(Struct, frozen=True, kw_only=True):
    """One event of the story: its time, what it says, and whether it counts (``""``) or why not."""

    event: Event
    fate: str


class Source(Struct, frozen=True, kw_only=True):
    """A record that a finding rests on: where it comes from and how sure that is."""

    record: str
    source: str | None
    legal_basis: str | None
    confidence: str | None
    note: str | None
    uncertain: bool


def tell(events: Iterable[Event]) -> list[Told]:
    """Every event once, in order of time, with what became of it (contract 1.2).

    A retraction of itself only holds the place of an event that is told in versions, and is no part of the story.
    """
    all_events = list(events)
    counted = {e.uid: e for e in effective(all_events).events}
    unique: dict[tuple[str, bytes], Event] = {
        (e.uid, msgspec.msgpack.encode(e)): e for e in all_events if e.retracts != e.event_id
    }
    story = [Told(event=e, fate=_fate(e, counted, all_events)) for e in unique.values()]
    return sorted(story, key=lambda t: (t.event.order, msgspec.msgpack.encode(t.event)))


def _fate(event: Event, counted: Mapping[str, Event], others: list[Event]) -> str:
    if event.type == "RETRACTED":
        return f"takes back {event.source}/{event.retracts}"
    if event.uid in counted:
        return "" if counted[event.uid] == event else "does not count: the same event_id was recorded earlier otherwise"
    for other in (o for o in others if o.retracts != o.event_id):
        if other.source == event.source and other.retracts == event.event_id:
            return f"does not count: taken back by {other.uid}"
        if other.source == event.source and other.replaces == event.event_id:
            return f"does not count: replaced by {other.uid}"
    if event.replaces:
        rival = _later_correction(event, others)
        if rival is not None:
            return f"does not count: {'taken back' if rival.type == 'RETRACTED' else 'corrected again'} by {rival.uid}"
        return f"waits for {event.source}/{event.replaces}, which it replaces and which is not known"
    return "does not count"


def _later_correction(event: Event, others: list[Event]) -> Event | None:
    """The latest correction of what an event corrects, where it came after that event."""
    of_one = [o for o in others if o.source == event.source and o.replaces == event.replaces]
    latest = max(of_one, key=lambda o: (o.recorded_at, o.event_id))
    known = any(o.source == event.source and o.event_id == event.replaces for o in others)
    return latest if known and latest.uid != event.uid else None


def sources_of(finding: Finding, records: Mapping[str, AnyRecord]) -> list[Source]:
    """The records that the finding names (``kind:id@day``), with their tags."""
    found = []
    for name in finding.records:
        record = records.get(name) or records.get(name.rpartition("@")[0])
        if record is None:
            found.append(Source(record=name, source=None, legal_basis=None, confidence=None, note=None, uncertain=True))
            continue
        doubt = record.confidence is None or "?" in record.confidence or "[?]" in (record.note or "")
        found.append(
            Source(
                record=name, source=record.source, legal_basis=record.legal_basis, confidence=record.confidence,
                note=record.note, uncertain=doubt,
            )
        )  # fmt: skip
    return found


def record_index(records: Iterable[AnyRecord]) -> dict[str, AnyRecord]:
    """Records by ``kind:id``, and by ``kind:id@day`` where they begin on a day."""
    index: dict[str, AnyRecord] = {}
    for record in records:
        index[record.record_key] = record
        if record.applies_from is not None:
            index[f"{record.record_key}@{iso_day(record.applies_from)}"] = record
    return index


def _event_lines(told: Told) -> Iterator[str]:
    event = told.event
    mark = " " if not told.fate else "·"
    yield f"{mark} {iso_time(event.occurred_at)}  {headline(event)}   [{event.uid}]"
    if told.fate:
        yield f"      {told.fate}"
    late = event.recorded_at - event.occurred_at
    if late > 86_400_000:
        yield f"      known only on {iso_time(event.recorded_at)}"
    for line in details(event):
        yield f"      {line}"


def _source_lines(source: Source) -> Iterator[str]:
    tag = source.confidence or "?"
    where = source.source or "the record is not among those at hand"
    yield f"      [{tag}] {source.record}: {where}"
    if source.note:
        yield f"          {'uncertain: ' if source.uncertain else 'note: '}{source.note}"
    elif source.uncertain:
        yield "          uncertain: nothing says how sure this source is"


def _finding_lines(finding: Finding, records: Mapping[str, AnyRecord]) -> Iterator[str]:
    answered = f" — answered by {finding.answered_by}" if finding.answered_by else ""
    weight = f" of weight {finding.weight}" if finding.verdict == "RED_FLAG" else ""
    planned = " (of a plan)" if finding.planned else ""
    yield f"  {finding.rule}  {finding.verdict}{weight}{planned}{answered}"
    yield f"    {finding.because}"
    for condition in finding.conditions:
        name = _NAMES.get(condition.name)
        rests = f"   [{', '.join(condition.events)}]" if condition.events else ""
        told = f"{condition.name} ({name})" if name else condition.name
        yield f"    {MARKS[condition.state]} {told}: {condition.because}{rests}"
    for missing in finding.missing:
        yield f"    missing: {missing} — ask {who_can_supply(missing)}"
    if finding.exposed:
        yield "    exposed: " + ", ".join(f"{e.name} as {e.role} ({e.country or '?'})" for e in finding.exposed)
    clocks = [(n, v) for n in ("contract", "loading", "dealing", "arrival") if (v := getattr(finding.clocks, n))]
    if clocks:
        yield "    clocks: " + ", ".join(f"{name} {value}" for name, value in clocks)
    yield f"    law: {finding.legal_basis}"
    sources = sources_of(finding, records)
    if sources:
        yield "    sources:"
        for source in sources:
            yield from _source_lines(source)


def story_lines(
    decision: Decision, events: Iterable[Event], records: Mapping[str, AnyRecord], warnings: Iterable[str] = ()
) -> Iterator[str]:
    """The whole story as lines of text."""
    weight = f", red flags {decision.weight:g} of 100" if decision.weight else ""
    yield f"{decision.consignment_id}: {decision.verdict} — {MEANINGS[decision.verdict]}{weight}"
    yield ""
    yield "What happened (UTC)"
    for told in tell(events):
        yield from _event_lines(told)
    yield ""
    yield "What the rules say   ✓ met  ✗ not met  ? not known"
    if not decision.findings:
        yield "  no rule found anything"
    for finding in decision.findings:
        yield from _finding_lines(finding, records)
        yield ""
    for warning in dict.fromkeys((*decision.warnings, *warnings)):
        yield f"Warning: {warning}"
    if decision.due is not None:
        yield f"Judged again without a further event at {iso_time(decision.due)}."
    tags = {s.confidence or "?" for f in decision.findings for s in sources_of(f, records)}
    letters = sorted(
        {part for tag in tags for part in tag.split("/") if part in CONFIDENCE}, key=list(CONFIDENCE).index
    )
    if letters:
        yield "Sources: " + "; ".join(f"[{letter}] {CONFIDENCE[letter]}" for letter in letters)


def story_json(
    decision: dict[str, Any], findings: Iterable[Finding], events: Iterable[Event], records: Mapping[str, AnyRecord]
) -> dict[str, Any]:
    """The decision as section 3 of the contract has it, with the story, the sources and who could supply what."""
    for row, finding in zip(decision["findings"], findings, strict=True):
        row["sources"] = [msgspec.to_builtins(s) for s in sources_of(finding, records)]
        row["ask"] = [{"missing": m, "of": who_can_supply(m)} for m in finding.missing]
    story = [
        {
            "occurred_at": iso_time(t.event.occurred_at),
            "recorded_at": iso_time(t.event.recorded_at),
            "event": t.event.uid,
            "type": t.event.type,
            "classifier": t.event.classifier,
            "text": headline(t.event),
            "details": details(t.event),
            "counts": not t.fate,
            "fate": t.fate or None,
        }
        for t in tell(events)
    ]
    return {**decision, "story": story}
