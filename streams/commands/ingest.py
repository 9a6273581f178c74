"""`transitwatch ingest`: bring event files onto the event topics."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import click
import msgspec

from streams.commands._common import current_settings, json_line, kafka_options, printable
from streams.commands.decide import _lines
from streams.errors import InvalidInput
from streams.model.events import CUSTOMS_TYPES, Event
from streams.model.intake import event_from_json, event_to_json, load_json
from streams.settings import Settings

FORMATS = ("canonical", "dcsa", "ncts", "epcis", "ais", "csv", "auto")
BUILT = ("canonical", "auto")
_PROGRESS_EVERY_S = 5.0
_SHOWN = 200


def topic_of(event: Event) -> str:
    """The event topic (base name) of an event; a retraction goes with the shipments, as either topic may carry it."""
    from streams.kafka.topics import CUSTOMS, SHIPMENTS

    return CUSTOMS if event.type in CUSTOMS_TYPES else SHIPMENTS


class Reader:
    """Reads files line by line; refusals and warnings go to standard error as they are met."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self.read, self.refused = 0, 0

    def events(self, sources: tuple[str, ...]) -> Iterator[Event]:
        """The events of NDJSON files (contract 1); each line is judged by itself."""
        for source in sources:
            for number, line in _lines(source):
                at = f"{source}:{number}"
                self.read += 1
                try:
                    event, warnings = event_from_json(load_json(line), self._now_ms)
                except InvalidInput as error:
                    self.refused += 1
                    self._tell({"refused": _shown(line), "because": str(error), "at": at})
                    continue
                for warning in warnings:
                    self._tell({"warning": warning, "at": at})
                yield event

    @staticmethod
    def _tell(what: dict[str, str]) -> None:
        click.echo(msgspec.json.encode(what).decode(), err=True)


def _shown(line: bytes) -> str:
    text = printable(line.strip().decode("utf-8", "backslashreplace"))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


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


@click.command("ingest")
@click.argument("format", type=click.Choice(FORMATS))
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@kafka_options
@click.option("--dry-run", is_flag=True, help="Write nothing to Kafka: print the canonical events as NDJSON.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object of counts at the end; with --dry-run NDJSON.")
def command(format: str, files: tuple[str, ...], bootstrap: str | None, dry_run: bool, as_json: bool) -> None:
    """Check the events of FILES and write them to the event topics, keyed by consignment. `-` is standard input.

    FORMAT `canonical` is NDJSON, one event a line; `auto` recognises it. What is refused is told on standard error
    as one JSON object {"refused", "because", "at"} per line, and everything around it goes on. Every event is stored
    once on all replicas; running a file twice does no harm, as a repeated event changes nothing.

    Exit codes: 0 done, 1 failed, 2 wrong use, 3 done but some lines were refused.

    \b
    Example:
      transitwatch ingest canonical events.ndjson --bootstrap localhost:9092
      transitwatch ingest canonical events.ndjson --dry-run --json
      cat events.ndjson | transitwatch ingest auto -
    """
    if format not in BUILT:
        raise click.UsageError(f"format {format} is not built in this version; built are: {', '.join(BUILT)}")
    reader = Reader(time.time_ns() // 1_000_000)
    events = reader.events(files)
    if dry_run:
        for event in events:
            json_line(event_to_json(event))
        sent = 0
    else:
        sent = _send(current_settings({"kafka.bootstrap": bootstrap}), events)
        _report({"read": reader.read, "sent": sent, "refused": reader.refused}, as_json)
    if reader.refused:
        sys.exit(3)


def _report(counts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        json_line(counts)
    else:
        click.echo(f"sent {counts['sent']} events; {counts['refused']} of {counts['read']} lines refused")
