"""`transitwatch audit`: who was screened, under which law, by which matcher, with what result."""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click
from msgspec import Struct

from streams.commands._common import _since, current_settings, json_line, kafka_options, since_option
from streams.commands.explain_kafka import history_of
from streams.errors import InvalidInput
from streams.kafka.codec import decode_screening
from streams.kafka.reading import scan
from streams.kafka.topics import SCREENINGS, topic_name
from streams.model.moments import iso_day, iso_time
from streams.model.screening import Screening
from streams.rules.audit import ship_subject
from streams.rules.clearances import party_key
from streams.rules.naming import described
from streams.settings import Settings

COLUMNS = (
    "kind", "at", "subject", "result", "score", "entries", "law", "matcher", "consignment_id", "clearances", "context",
    "stretches", "lists",
)  # fmt: skip
RESULTS = ("clear", "review", "listed")
KINDS = ("party", "ship", "law")


class Filter(Struct, frozen=True):
    """What is wanted; None: everything."""

    kinds: frozenset[str]
    results: frozenset[str]
    subjects: frozenset[str] | None
    text: str | None
    law: str | None
    since: int | None
    until: int | None

    def __call__(self, s: Screening) -> bool:
        """Whether a record is wanted. The law's own records are wanted with every result and subject."""
        if s.kind not in self.kinds or (self.law is not None and not s.law.startswith(self.law)):
            return False
        if (self.since is not None and s.at < self.since) or (self.until is not None and s.at >= self.until):
            return False
        return s.kind == "LAW" or (
            (not self.results or s.result in self.results)
            and (self.subjects is None or s.subject in self.subjects)
            and (self.text is None or self.text in s.subject.casefold())
        )


@click.group("audit")
def command() -> None:
    """The record of screenings, for audits.

    \b
    Example:
      transitwatch audit export --result listed --result review --bootstrap localhost:9092
    """


def row_of(s: Screening) -> dict[str, Any]:
    """A record as it is exported; times are ISO 8601 in UTC, days Brussels days (until exclusive)."""
    return {
        "kind": s.kind, "at": iso_time(s.at), "subject": s.subject, "result": s.result if s.kind != "LAW" else None,
        "score": round(s.score, 4) if s.kind != "LAW" else None, "entries": list(s.entries), "law": s.law,
        "matcher": s.matcher, "consignment_id": s.consignment_id, "clearances": list(s.clearances), "context": s.context,
        "stretches": [
            {
                "measure": t.measure, "result": t.result, "because": t.because,
                "applies_from": iso_day(t.applies_from) if t.applies_from is not None else None,
                "applies_until": iso_day(t.applies_until) if t.applies_until is not None else None,
            }
            for t in s.stretches
        ],
        "lists": dict(s.lists),
    }  # fmt: skip


def _cell(value: Any) -> Any:
    """A value in one cell; text that a spreadsheet would take for a formula is quoted."""
    if isinstance(value, list | dict):
        return "; ".join(_entry(v) for v in (value if isinstance(value, list) else value.items()))
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value


def _entry(value: Any) -> str:
    if isinstance(value, dict):  # a stretch
        days = f"{value['applies_from'] or ''}..{value['applies_until'] or ''}"
        return f"{value['measure']} {value['result']} {days}: {value['because']}"
    return "=".join(value) if isinstance(value, tuple) else str(value)


def _subjects_of(settings: Settings, consignments: tuple[str, ...]) -> frozenset[str] | None:
    """The parties, owners and ships that consignments name, as subjects; None without consignments."""
    if not consignments:
        return None
    found: set[str] = set()
    for consignment in consignments:
        history = history_of(settings, consignment)
        if history is None:
            raise click.ClickException(f"{consignment}: no event of this consignment in consignments.state")
        for event in history:
            for party in event.parties:
                found.add(party_key(described(party)))
                found |= {party_key(described(owner)) for owner in party.owners}
            if event.transport is not None:
                found.add(ship_subject(event.transport.vessel_imo, event.transport.vessel_name))
    return frozenset(found)


def screenings(settings: Settings, unreadable: Callable[[str], None]) -> Iterator[Screening]:
    """Every record once, the earliest of equal ones; ``unreadable`` is told what cannot be read. Raises KafkaTrouble."""
    topic = topic_name(settings.kafka.topic_prefix, SCREENINGS)
    seen: set[bytes] = set()
    for message in scan(settings.kafka, topic):
        value = message.value()
        mark = hashlib.blake2b(message.key() or b"", digest_size=12).digest()
        if value is None or mark in seen:
            continue
        try:
            found = decode_screening(value)
        except InvalidInput as error:
            unreadable(f"{topic}[{message.partition()}]@{message.offset()}: {error}")
            continue
        seen.add(mark)
        yield found


@command.command("export")
@kafka_options
@click.option("--consignment", "consignments", multiple=True, help="Only who this consignment names; several allowed.")
@click.option("--party", "text", help="Only subjects with this text in their key, such as a name or a number.")
@click.option("--result", "results", multiple=True, type=click.Choice(RESULTS), help="Only this; several allowed.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only this kind; several allowed.")
@click.option("--law", help="Only under this law (the beginning of its digest, see `reference status`).")
@since_option
@click.option("--until", callback=_since, help="Only what is older: a time with offset, or a span such as 2h.")
@click.option("--format", "form", type=click.Choice(("ndjson", "csv")), default="ndjson", show_default=True)
def export_command(
    bootstrap: str | None, consignments: tuple[str, ...], text: str | None, results: tuple[str, ...],
    kinds: tuple[str, ...], law: str | None, since: int | None, until: int | None, form: str,
) -> None:  # fmt: skip
    """Print the record of screenings as NDJSON or CSV: also of parties of whom no list speaks.

    A PARTY or SHIP line: who was screened (party key), under which law, by which matcher version, with what result
    on that day, the best score, and what each list says of other days. It is written once per law and worker, with the
    consignment that asked first; a changed list that cannot concern a party does not screen it again. A LAW line: a partition
    is judged through under that law, and how old its lists were.

    Exit codes: 0 printed, 1 failed, 2 wrong use, 3 printed but some records could not be read.

    \b
    Example:
      transitwatch audit export --consignment KTZ-1 --bootstrap localhost:9092
      transitwatch audit export --since 2026-10-01T00:00:00+02:00 --result listed --format csv > listed.csv
    """
    settings = current_settings({"kafka.bootstrap": bootstrap})
    bad: list[str] = []
    wanted = Filter(
        frozenset(k.upper() for k in kinds or KINDS), frozenset(results), _subjects_of(settings, consignments),
        text.casefold() if text is not None else None, law, since, until,
    )  # fmt: skip
    rows = (row_of(s) for s in screenings(settings, bad.append) if wanted(s))
    if form == "csv":
        out = csv.DictWriter(click.get_text_stream("stdout"), COLUMNS, lineterminator="\n")
        out.writeheader()
        for row in rows:
            out.writerow({name: _cell(value) for name, value in row.items()})
    else:
        for row in rows:
            json_line({name: value for name, value in row.items() if value not in (None, [], {})})
    for line in bad:
        click.echo(f"unreadable: {line}", err=True)
    if bad:
        sys.exit(3)
