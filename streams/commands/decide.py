"""`transitwatch decide`: fold and judge files with the same core as in production, no server needed."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from streams.commands._common import moment
from streams.errors import InvalidInput
from streams.model.decision import ALERTING, Decision
from streams.model.events import Event
from streams.model.intake import event_from_json, load_json
from streams.model.reference import AnyRecord, ListState, Policy
from streams.reference.bundled import bundled_records, load_records
from streams.rules.announce import alert_id
from streams.rules.judge import Judge

EXAMPLES = """
\b
Examples:
  transitwatch decide events.ndjson
  transitwatch decide events.ndjson --reference lists/ --json
  cat events.ndjson | transitwatch decide - --now 2026-10-12T12:00:00+03:00
"""


class Feed(NamedTuple):
    """What was read from files: events by consignment, refusals and warnings in words."""

    events: dict[str, list[Event]]
    refused: list[str]
    warnings: dict[str, list[str]]


def _lines(source: str) -> Iterator[tuple[int, bytes]]:
    with contextlib.ExitStack() as stack:
        stream = sys.stdin.buffer if source == "-" else stack.enter_context(Path(source).open("rb"))
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield number, line.removeprefix(b"\xef\xbb\xbf")


def read_events(sources: Iterable[str], intake_time: int, known_at: int | None = None) -> Feed:
    """The events of NDJSON files (`-`: standard input), each line judged on its own (contract 1.3).

    ``intake_time`` stands in for an absent `recorded_at`; events recorded after ``known_at`` are left out.
    """
    feed = Feed({}, [], {})
    for source in sources:
        for number, line in _lines(source):
            try:
                event, warnings = event_from_json(load_json(line), intake_time)
            except InvalidInput as error:
                feed.refused.append(f"{source}:{number}: {error}")
                continue
            if known_at is None or event.recorded_at <= known_at:
                feed.events.setdefault(event.consignment_id, []).append(event)
                feed.warnings.setdefault(event.consignment_id, []).extend(f"{event.uid}: {w}" for w in warnings)
    return feed


def read_reference(
    paths: Iterable[str], only: bool, known_at: int | None = None
) -> tuple[list[AnyRecord], list[str], list[str]]:
    """The records in force for a run, what was refused, and warnings.

    Without the bundled set (``only``) its policies stay where the given records have none: they are settings
    of the judging, not lists. Raises UsageError for a path that cannot be read.
    """
    bundled: list[AnyRecord] = list(bundled_records())
    records: list[AnyRecord] = [r for r in bundled if isinstance(r, Policy)] if only else bundled
    refused: list[str] = []
    added = False
    for path in paths:
        try:
            more, refusals = load_records(Path(path))
        except OSError as error:
            raise click.UsageError(f"--reference {path}: {error}") from None
        records.extend(more)
        refused.extend(str(r) for r in refusals)
        added = added or any(r.kind == "party" for r in more)
    if known_at is not None:  # how old a list is now says nothing of what was known then (contract 6(27))
        known = (r for r in records if r.recorded_at is None or r.recorded_at <= known_at)
        records = [r for r in known if not isinstance(r, ListState)]
    warnings = [] if added or only else ["Parties were screened against the bundled sample lists alone."]
    return records, refused, warnings


def decision_json(decision: Decision, warnings: Iterable[str]) -> dict[str, Any]:
    """The decision as section 3 of the contract prints it."""
    findings: list[dict[str, Any]] = []
    alerts = []
    for finding in decision.findings:
        row = msgspec.to_builtins(finding)
        row.pop("subject")
        findings.append(row)
        if finding.verdict in ALERTING and finding.answered_by is None:
            ident = alert_id(decision.consignment_id, finding.rule, finding.subject)
            alerts.append(
                {"id": ident, "rule": finding.rule, "version": 1, "status": "OPEN", "verdict": finding.verdict}
            )
    return {
        "consignment_id": decision.consignment_id,
        "verdict": decision.verdict,
        "weight": decision.weight,
        "findings": findings,
        "alerts": alerts,
        "warnings": [*decision.warnings, *warnings],
    }


def _print_text(decision: Decision, warnings: Iterable[str]) -> None:
    weight = f"  (flags {decision.weight:g} of 100)" if decision.weight else ""
    click.echo(f"{decision.consignment_id}  {decision.verdict}{weight}")
    for finding in decision.findings:
        answered = f", answered by {finding.answered_by}" if finding.answered_by else ""
        planned = ", planned" if finding.planned else ""
        click.echo(f"  {finding.rule} {finding.verdict}{answered}{planned}: {finding.because}")
        for item in finding.missing:
            click.echo(f"      missing: {item}")
        if finding.exposed:
            click.echo("      exposed: " + ", ".join(f"{e.name} ({e.role})" for e in finding.exposed))
    for warning in (*decision.warnings, *warnings):
        click.echo(f"  warning: {warning}")


@click.command("decide", epilog=EXAMPLES)
@click.argument("events", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--reference", multiple=True, type=click.Path(exists=True), help="More records: NDJSON file or folder.")
@click.option("--reference-only", is_flag=True, help="Leave out the bundled records (their policies stay).")
@click.option("--now", callback=moment, help="The clock for timers; default: each consignment's latest recorded_at.")
@click.option("--known-at", callback=moment, help="Leave out what was recorded later; also the clock without --now.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per consignment and line, sorted by id.")
def command(
    events: tuple[str, ...], reference: tuple[str, ...], reference_only: bool, now: int | None, known_at: int | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Judge the consignments of NDJSON event files and say why.

    Together they use the quotas of waivers: who was accepted first is served first.

    Exit codes: 0 judged, 2 wrong use, 3 judged but some input lines were refused.
    """
    now = now if now is not None else known_at
    feed = read_events(events, now if now is not None else time.time_ns() // 1_000_000, known_at)
    records, refused, notes = read_reference(reference, reference_only, known_at)
    judge = Judge(records)
    for line in (*feed.refused, *refused):
        click.echo(f"refused: {line}", err=True)
    ledger = judge.settle(feed.events, now)
    for consignment_id in sorted(feed.events):
        decision = judge.decide(consignment_id, feed.events[consignment_id], now, ledger.grants(consignment_id))
        warnings = sorted(set(feed.warnings[consignment_id])) + notes
        if as_json:
            click.echo(msgspec.json.encode(decision_json(decision, warnings)).decode())
        else:
            _print_text(decision, warnings)
    if feed.refused or refused:
        sys.exit(3)


if __name__ == "__main__":
    command()
