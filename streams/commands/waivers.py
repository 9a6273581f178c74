"""`transitwatch waivers`: the waivers in force, and how their quotas stand by what event files tell."""

from __future__ import annotations

import difflib
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import click

from streams.commands._common import json_line, moment, printable
from streams.commands.decide import read_events, read_reference
from streams.model.moments import iso_day, iso_time
from streams.model.reference import Waiver, WaiverCondition
from streams.rules.judge import Judge
from streams.rules.ledger import GRAMS, Claim, Entry, Ledger, cap_of
from streams.rules.quotas import kilograms, period

F = TypeVar("F", bound=Callable[..., Any])
_WIDTH = 120


class NoSuchWaiver(click.ClickException):
    """No record has the id, or the waiver has nothing to keep a ledger of."""


class View(NamedTuple):
    """The waivers by id, the ledger of what events claim of them (None: no events given), and whether lines were refused."""

    waivers: dict[str, Waiver]
    ledger: Ledger | None
    refused: bool

    def find(self, ident: str) -> Waiver:
        """The waiver of an id. Raises NoSuchWaiver."""
        if ident not in self.waivers:
            near = difflib.get_close_matches(ident, self.waivers, n=3) or sorted(self.waivers)
            raise NoSuchWaiver(f"no waiver {ident!r}; ids are case-sensitive, there is {', '.join(near) or 'none'}")
        return self.waivers[ident]

    def end(self) -> None:
        """Leave with exit code 3 when lines were refused."""
        if self.refused:
            sys.exit(3)


def _look(
    events: Sequence[str], reference: Sequence[str], reference_only: bool, now: int | None, known_at: int | None
) -> View:
    now = now if now is not None else known_at
    records, refused, _ = read_reference(reference, reference_only, known_at)
    judge = Judge(records)
    feed = read_events(events, now if now is not None else time.time_ns() // 1_000_000, known_at)
    for line in (*feed.refused, *refused):
        click.echo(f"refused: {line}", err=True)
    ledger = judge.settle(feed.events, now) if events else None
    return View({w.id: w for w in judge.law.waivers}, ledger, bool(feed.refused or refused))


def _sources(*, required: bool) -> Callable[[F], F]:
    """The options that say where events and records come from; the command gets a `View`."""
    events = click.option("--events", multiple=True, required=required, type=click.Path(exists=True, dir_okay=False, allow_dash=True),
                          help="NDJSON file of events; several allowed, - is standard input.")  # fmt: skip
    options = (
        events,
        click.option("--reference", multiple=True, type=click.Path(exists=True), help="More records: NDJSON file or folder."),
        click.option("--reference-only", is_flag=True, help="Leave out the bundled records (their policies stay)."),
        click.option("--now", callback=moment, help="The clock for timers; default: each consignment's latest recorded_at."),
        click.option("--known-at", callback=moment, help="Leave out what was recorded later; also the clock without --now."),
        click.option("--json", "as_json", is_flag=True, help="JSON, one object a line."),
    )  # fmt: skip

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


class Sums(NamedTuple):
    """How a quota stands, in grams: drawn or settled, still reserved, left, and claimed beyond the cap."""

    used: int
    reserved: int
    free: int
    over: int
    claims: int


def _sums(waiver: Waiver, ledger: Ledger) -> Sums:
    served = ledger.claims(waiver.id)
    used = sum(grams for claim, grams in served if claim.status in {"DRAWN", "SETTLED"})
    total = ledger.total(waiver.id)
    over = sum(claim.grams - grams for claim, grams in served)
    return Sums(used, total - used, cap_of(waiver) - total, over, len(served))


def _day(day: int | None) -> str | None:
    return iso_day(day) if day is not None else None


def _condition_json(condition: WaiverCondition) -> dict[str, Any]:
    lists = {"countries": list(condition.countries), "allowed": list(condition.allowed)}
    said = {"type": condition.type, **lists, "document_type": condition.document_type}
    return {key: value for key, value in said.items() if value}


def _waiver_json(waiver: Waiver, ledger: Ledger | None) -> dict[str, Any]:
    quota = waiver.quota
    row: dict[str, Any] = {
        "id": waiver.id, "rule": waiver.rule, "answers": waiver.answers, "goods": list(waiver.goods),
        "places": list(waiver.places), "holder": waiver.holder,
        "conditions": [_condition_json(c) for c in waiver.conditions],
        "applies_from": _day(waiver.applies_from), "applies_until": _day(waiver.applies_until),
        "legal_basis": waiver.legal_basis, "confidence": waiver.confidence,
        "quota": None if quota is None else {
            "kg": quota.kg, "period_from": _day(quota.period_from), "period_until": _day(quota.period_until),
        },
    }  # fmt: skip
    if ledger is not None and quota is not None:
        sums = _sums(waiver, ledger)
        row |= {f"{name}_kg": getattr(sums, name) / GRAMS for name in ("used", "reserved", "free", "over")}
        row["claims"] = sums.claims
    return row


def _claim_json(claim: Claim, granted: int) -> dict[str, Any]:
    return {
        "consignment_id": claim.consignment_id, "status": claim.status, "accepted_at": iso_time(claim.accepted.at[0]),
        "accepted_by": claim.accepted.uid, "claimed_kg": claim.grams / GRAMS if claim.known else None,
        "granted_kg": granted / GRAMS, "over_kg": (claim.grams - granted) / GRAMS if claim.known else None,
        "in_period": claim.within, "mass_by": claim.moves[-1].uid,
    }  # fmt: skip


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {
        "occurred_at": iso_time(entry.at[0]), "recorded_at": iso_time(entry.at[1]), "event": entry.uid,
        "kind": entry.kind, "consignment_id": entry.consignment_id, "kg": entry.grams / GRAMS,
        "claimed_kg": entry.claimed / GRAMS, "granted_kg": entry.granted / GRAMS, "total_kg": entry.total / GRAMS,
    }  # fmt: skip


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they need; those of kilograms to the right."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    right = {n for n, name in enumerate(head) if name.isupper() and name.endswith("KG")}
    for line in lines:
        cells = [
            text.rjust(w) if n in right else text.ljust(w) for n, (text, w) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo(printable("  ".join(cells).rstrip()))


def _mass(grams: int) -> str:
    sign = "-" if grams < 0 else ""
    return sign + kilograms(abs(grams)).removesuffix(" kg")


def _span(waiver: Waiver) -> str:
    start, end = _day(waiver.applies_from), _day(waiver.applies_until)
    return f"{start or 'always'} until {end}" if end else f"from {start}" if start else "always"


@click.group("waivers")
def command() -> None:
    """Waivers: their conditions, periods and quotas, and who has how much of these.

    \b
    Example:
      transitwatch waivers list --events events.ndjson --reference waivers.ndjson
      transitwatch waivers ledger FECR-2026-Q2 --events events.ndjson --reference waivers.ndjson
    """


@command.command("list")
@_sources(required=False)
def list_command(as_json: bool, **sources: Any) -> None:
    """List the waivers; with events also what of their quotas is used, reserved and free.

    \b
    Example:
      transitwatch waivers list
      transitwatch waivers list --events events.ndjson --reference waivers.ndjson --json
    """
    view = _look(**sources)
    if as_json:
        for waiver in view.waivers.values():
            json_line(_waiver_json(waiver, view.ledger))
    else:
        _table(
            (
                "ID",
                "RULE",
                "ANSWERS",
                "APPLIES",
                "CONDITIONS",
                "CAP KG",
                "USED KG",
                "RESERVED KG",
                "FREE KG",
                "OVER KG",
            ),
            (_row(waiver, view.ledger) for waiver in view.waivers.values()),
        )
    view.end()


def _row(waiver: Waiver, ledger: Ledger | None) -> list[str]:
    conditions = ", ".join(c.type for c in waiver.conditions) or "-"
    row = [waiver.id, waiver.rule, waiver.answers, _span(waiver), conditions]
    row.append(_mass(cap_of(waiver)) if waiver.quota is not None else "-")
    if waiver.quota is None or ledger is None:
        return [*row, "-", "-", "-", "-"]
    sums = _sums(waiver, ledger)
    return [*row, *(_mass(grams) for grams in (sums.used, sums.reserved, sums.free, sums.over))]


@command.command("show")
@click.argument("waiver")
@_sources(required=False)
def show_command(waiver: str, as_json: bool, **sources: Any) -> None:
    """Show WAIVER (an id): conditions, period, quota; with events also the consignments that claim of it, in order.

    \b
    Example:
      transitwatch waivers show coal-5ae
      transitwatch waivers show FECR-2026-Q2 --events events.ndjson --reference waivers.ndjson

    Exit codes: 0 shown, 1 no such waiver, 2 wrong use, 3 shown but some input lines were refused.
    """
    view = _look(**sources)
    record = view.find(waiver)
    claims = view.ledger.claims(waiver) if view.ledger is not None and record.quota is not None else []
    if as_json:
        row = _waiver_json(record, view.ledger)
        json_line(row | ({"consignments": [_claim_json(c, g) for c, g in claims]} if view.ledger is not None else {}))
    else:
        _tell(record, view.ledger)
        if claims:
            click.echo()
            _table(
                ("ACCEPTED", "BY", "CONSIGNMENT", "STATUS", "CLAIMED KG", "GRANTED KG", "OVER KG"),
                (_claim_row(claim, granted) for claim, granted in claims),
            )
    view.end()


def _claim_row(claim: Claim, granted: int) -> list[str]:
    accepted = claim.accepted
    status = claim.status if claim.within else f"{claim.status}, outside the period"
    masses = [_mass(claim.grams), _mass(granted), _mass(claim.grams - granted)] if claim.known else ["?", "0", "?"]
    return [iso_time(accepted.at[0]), accepted.uid, claim.consignment_id, status, *masses]


def _tell(waiver: Waiver, ledger: Ledger | None) -> None:
    lines = [f"{waiver.id}  {waiver.rule}, answers {waiver.answers}, applies {_span(waiver)}"]
    lines.append(
        f"goods: {', '.join(waiver.goods) or 'all'}; places: {', '.join(waiver.places) or 'all'}; holder: {waiver.holder or 'anyone'}"
    )
    for condition in waiver.conditions:
        values = ", ".join((*condition.countries, *condition.allowed)) or condition.document_type or ""
        lines.append(f"condition {condition.type}{': ' if values else ''}{values}")
    lines += [f"legal basis: {waiver.legal_basis}"] if waiver.legal_basis else []
    lines += [f"confidence: {waiver.confidence}"] if waiver.confidence else []
    lines += [f"note: {waiver.note}"] if waiver.note else []
    if waiver.quota is None:
        lines.append("quota: none")
    else:
        lines.append(f"quota: {kilograms(cap_of(waiver))}{period(waiver.quota)}")
        if ledger is not None:
            sums = _sums(waiver, ledger)
            lines.append(f"used {kilograms(sums.used)}, reserved {kilograms(sums.reserved)}, free {kilograms(sums.free)}; "
                         f"claimed beyond it {kilograms(sums.over)}")  # fmt: skip
    for line in lines:
        for part in textwrap.wrap(line, _WIDTH, subsequent_indent="  "):
            click.echo(printable(part))


@command.command("ledger")
@click.argument("waiver")
@_sources(required=True)
def ledger_command(waiver: str, as_json: bool, **sources: Any) -> None:
    """Show how the quota of WAIVER (an id) went, event by event, with the total granted after each.

    RESERVED accepted, RESTATED and WEIGHED of another mass, DRAWN dealt under it, SETTLED delivered, RELEASED cancelled; ADVANCED and
    DISPLACED: granted more or less by an event of another consignment.

    \b
    Example:
      transitwatch waivers ledger FECR-2026-Q2 --events events.ndjson --reference waivers.ndjson
      transitwatch waivers ledger FECR-2026-Q2 --events events.ndjson --reference waivers.ndjson --json

    Exit codes: 0 shown, 1 no such waiver or no quota, 2 wrong use, 3 shown but some input lines were refused.
    """
    view = _look(**sources)
    if view.find(waiver).quota is None or view.ledger is None:
        raise NoSuchWaiver(
            f"{waiver} has no quota, so there is no ledger of it; `waivers show {waiver}` shows its conditions"
        )
    entries = view.ledger.entries(waiver)
    if as_json:
        for entry in entries:
            json_line(_entry_json(entry))
    else:
        _table(
            ("TIME", "EVENT", "WHAT", "CONSIGNMENT", "KG", "CLAIMED KG", "GRANTED KG", "TOTAL KG"),
            (
                (iso_time(e.at[0]), e.uid, e.kind, e.consignment_id, _mass(e.grams), _mass(e.claimed), _mass(e.granted), _mass(e.total))
                for e in entries
            ),
        )  # fmt: skip
    view.end()
