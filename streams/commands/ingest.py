"""`transitwatch ingest`: bring event files onto the event topics."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click

from streams.commands._common import current_settings, json_line, kafka_options
from streams.commands.ingest_read import Read, Reader, account
from streams.ingest.adapter import MOST_BYTES
from streams.ingest.formats import FORMATS, built, is_built
from streams.model.events import CUSTOMS_TYPES, Event
from streams.model.intake import event_to_json
from streams.settings import Settings

_PROGRESS_EVERY_S = 5.0


def topic_of(event: Event) -> str:
    """The event topic (base name) of an event; a retraction goes with the shipments, as either topic may carry it."""
    from streams.kafka.topics import CUSTOMS, SHIPMENTS

    return CUSTOMS if event.type in CUSTOMS_TYPES else SHIPMENTS


class Progress:
    """Says on standard error every few seconds how far a long run is."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._started = self._told = monotonic()

    def at(self, count: int) -> None:
        """So many events are done."""
        now = self._monotonic()
        if now - self._told >= _PROGRESS_EVERY_S:
            self._told = now
            click.echo(f"{count} events, {count / (now - self._started):.0f} a second", err=True)


def _send(settings: Settings, events: Iterator[Event]) -> int:
    """Write events to their topics and wait until all are stored. Raises KafkaTrouble."""
    from streams.kafka.codec import encode_event
    from streams.kafka.registry import registry_of
    from streams.kafka.sender import Sender
    from streams.kafka.topics import topic_name

    registry, progress = registry_of(settings.registry), Progress()
    with Sender(settings.kafka) as sender:
        for event in events:
            name = topic_name(settings.kafka.topic_prefix, topic_of(event))
            sender.send(name, event.consignment_id.encode(), encode_event(event, registry))
            progress.at(sender.count)
    return sender.count


def _print(events: Iterator[Event], as_json: bool) -> None:
    progress = Progress()
    for count, event in enumerate(events, 1):
        json_line(event_to_json(event))
        if not as_json:  # a script reads standard error as JSON lines
            progress.at(count)


@click.command("ingest")
@click.argument("format", type=click.Choice(FORMATS))
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@kafka_options
@click.option(
    "--source", metavar="NAME", help="Sender of messages that name none (default: the file's name without its ending)."
)
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="With csv: which column of a table is which field (docs/feeds/csv.md).",
)
@click.option(
    "--propose-mapping", is_flag=True, help="With csv: print a mapping proposed for the file, read nothing else."
)
@click.option("--dry-run", is_flag=True, help="Write nothing to Kafka: print the canonical events as NDJSON.")
@click.option(
    "--summary", is_flag=True, help="With --dry-run: print what became of which kind of message, not the events."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object of counts at the end; with --dry-run NDJSON.")
def command(
    format: str, files: tuple[str, ...], bootstrap: str | None, source: str | None, mapping: str | None,
    propose_mapping: bool, dry_run: bool, summary: bool, as_json: bool,
) -> None:  # fmt: skip
    """Check the events of FILES and write them to the event topics, keyed by consignment. `-` is standard input.

    FORMAT `canonical` is NDJSON, one event a line; the others are messages that logistics and customs already send
    (docs/feeds/README.md); `auto` tells them apart file by file. What is refused is told on standard error as one JSON
    object {"refused", "because", "at"} per line, with FILE:PATH, and everything around it goes on. Every event is
    stored once on all replicas; running a file twice does no harm, as a repeated event changes nothing.

    Exit codes: 0 done, 1 failed, 2 wrong use, 3 done but some of the input was refused.

    \b
    Example:
      transitwatch ingest canonical events.ndjson --bootstrap localhost:9092
      transitwatch ingest dcsa events.json --source carrier-7 --dry-run --json
      transitwatch ingest csv wagons.xlsx --mapping mapping.yaml --source ktz
      transitwatch ingest auto *.json *.xml --dry-run --summary
      cat events.ndjson | transitwatch ingest auto -
    """
    if not is_built(format):
        raise click.UsageError(f"format {format} is not built in this version; built are: {', '.join(built())}")
    if summary and not dry_run:
        raise click.UsageError("--summary goes with --dry-run; without it the counts are told anyway")
    if source is not None and not source.strip():
        raise click.UsageError("--source: empty; expected the name of the sender")
    if (mapping is not None or propose_mapping) and format != "csv":
        raise click.UsageError(f"--mapping and --propose-mapping go with csv, not with {format}")
    if propose_mapping:
        _propose(files)
        return
    read = _mapped(mapping) if mapping is not None else None
    reader = Reader(format, source, time.time_ns() // 1_000_000, read=read)
    events = reader.events(files)
    if summary:
        found = sum(1 for _ in events)
        _report({"events": found} | _counts(reader), as_json)
    elif dry_run:
        _print(events, as_json)
    else:
        sent = _send(current_settings({"kafka.bootstrap": bootstrap}), events)
        _report({"sent": sent} | _counts(reader), as_json)
    if reader.refused:
        sys.exit(3)


def _mapped(mapping: str) -> Read:
    """What reads tables by a mapping file. Raises click.UsageError when the file is none."""
    from streams.errors import InvalidInput
    from streams.ingest.csv import read_mapped
    from streams.ingest.csv_mapping import load_mapping

    try:
        known = load_mapping(Path(mapping).read_text("utf-8-sig"))
    except InvalidInput as error:
        raise click.UsageError(f"{mapping}: {error}") from None
    except UnicodeDecodeError:
        raise click.UsageError(f"{mapping}: not UTF-8; expected a mapping in YAML or JSON") from None
    return partial(read_mapped, mapping=known)


def _propose(files: tuple[str, ...]) -> None:
    """Print the mapping proposed for a table."""
    from streams.ingest.csv_propose import propose
    from streams.ingest.csv_table import Unreadable

    if len(files) != 1:
        raise click.UsageError("--propose-mapping takes one file")
    try:
        with click.open_file(files[0], "rb") as file:
            click.echo(propose(file.read(MOST_BYTES)), nl=False)
    except Unreadable as error:
        raise click.ClickException(f"{files[0]}: {error}") from None


def _counts(reader: Reader) -> dict[str, Any]:
    return {"read": reader.read, "refused": reader.refused, "kinds": reader.kinds}


def _report(counts: dict[str, Any], as_json: bool) -> None:
    """The account of a run: on standard output as JSON; for reading, the table of kinds goes to standard error."""
    if as_json:
        json_line(counts)
        return
    for line in account(counts["kinds"]):
        click.echo(line, err=True)
    done = f"sent {counts['sent']} events" if "sent" in counts else f"{counts['events']} events"
    click.echo(f"{done}; {counts['refused']} of {counts['read']} messages refused")
