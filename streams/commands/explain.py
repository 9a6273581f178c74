"""`transitwatch explain`: the decision on one consignment, told for reading."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

import click

from streams.commands._common import current_settings, json_line, moment, printable
from streams.commands.decide import decision_json, read_events, read_reference
from streams.commands.explain_html import page
from streams.commands.explain_story import record_index, story_json, story_lines
from streams.model.consignment import fold
from streams.model.events import Event
from streams.model.reference import AnyRecord
from streams.rules.judge import Judge

EXAMPLE = """
\b
Example:
  transitwatch explain KTZ-1 --events events.ndjson
  transitwatch explain KTZ-1 --events events.ndjson --reference lists/ --known-at 2026-10-12T12:00:00+03:00
  transitwatch explain KTZ-1 --bootstrap localhost:9092
  transitwatch explain KTZ-1 --events events.ndjson --html story.html
"""


class UnknownConsignment(click.ClickException):
    """No event of that consignment was found."""

    def __init__(self, consignment: str, where: str) -> None:
        super().__init__(f"{consignment}: no event of this consignment in {where}; ids are case-sensitive")


def _from_files(
    consignment: str, files: tuple[str, ...], now: int | None, known_at: int | None
) -> tuple[dict[str, list[Event]], list[str], list[str]]:
    """Events by consignment, this one among them, refused lines, warnings."""
    feed = read_events(files, now if now is not None else time.time_ns() // 1_000_000, known_at)
    if consignment not in feed.events:
        for line in feed.refused:
            click.echo(f"refused: {line}", err=True)
        raise UnknownConsignment(consignment, ", ".join(files))
    return feed.events, feed.refused, sorted(set(feed.warnings[consignment]))


def _from_kafka(consignment: str, bootstrap: str) -> tuple[list[Event], list[AnyRecord], list[str]]:
    """Events of the consignment's state, the records of the reference topics, warnings."""
    from streams.commands.explain_kafka import history_of, records_in_force

    settings = current_settings({"kafka.bootstrap": bootstrap})
    history = history_of(settings, consignment)
    if history is None:
        raise UnknownConsignment(consignment, f"consignments.state at {bootstrap}")
    records, warnings = records_in_force(settings)
    return history, records, warnings


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(printable(line))


@click.command("explain", epilog=EXAMPLE)
@click.argument("consignment")
@click.argument("more", metavar="[FILE]...", nargs=-1, type=click.Path(exists=True, dir_okay=False))
@click.option("--events", multiple=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True),
              help="NDJSON file of events; several allowed, - is standard input.")  # fmt: skip
@click.option("--bootstrap", help="Take the consignment from a running system: Kafka servers HOST:PORT.")
@click.option("--reference", multiple=True, type=click.Path(exists=True), help="More records: NDJSON file or folder.")
@click.option("--reference-only", is_flag=True, help="Leave out the bundled records (their policies stay).")
@click.option("--now", callback=moment, help="The clock for timers; default: the latest recorded_at.")
@click.option("--known-at", callback=moment, help="Leave out what was recorded later; also the clock without --now.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: the decision, the story and the sources.")
@click.option("--html", "html", type=click.Path(dir_okay=False, writable=True, allow_dash=True),
              help="Write one HTML page with a picture of way and time to this file, - for standard output.")  # fmt: skip
def command(
    consignment: str, more: tuple[str, ...], events: tuple[str, ...], bootstrap: str | None, reference: tuple[str, ...], reference_only: bool,
    now: int | None, known_at: int | None, as_json: bool, html: str | None,
) -> None:  # fmt: skip
    """Tell the story of CONSIGNMENT: what happened, each condition with ✓ ✗ ?, the sources and how sure they are.

    FILE: further files of events after the first, as in --events A B.
    Names what is missing and who could supply it. Exit codes: 0 told, 1 no such consignment, 2 wrong use,
    3 told but some input lines were refused.
    """
    if as_json and html is not None:
        raise click.UsageError("--json or --html, one of them")
    if more and not events:
        raise click.UsageError(f"{more[0]} is not expected; files of events go after --events")
    events += more
    if bool(events) == bool(bootstrap):
        raise click.UsageError("say where the events are: --events FILE or --bootstrap HOST:PORT, one of them")
    now = now if now is not None else known_at
    records, refused, notes = read_reference(reference, reference_only, known_at)
    if bootstrap:
        held, from_topics, warnings = _from_kafka(consignment, bootstrap)
        records, notes = [*records, *from_topics], warnings if from_topics else [*notes, *warnings]
        held = [e for e in held if known_at is None or e.recorded_at <= known_at]
        if not held:
            raise UnknownConsignment(consignment, f"consignments.state at {bootstrap} as known then")
        warnings, histories = [], {consignment: held}
    else:
        histories, refused_events, warnings = _from_files(consignment, events, now, known_at)
        held, refused = histories[consignment], [*refused_events, *refused]
    for line in refused:
        click.echo(f"refused: {line}", err=True)
    judge = Judge(records)
    grants = judge.settle(histories, now).grants(consignment)
    decision = judge.decide(consignment, held, now, grants)
    index = record_index(records)
    if html is not None:
        at = now if now is not None else fold(consignment, held).clock
        with click.open_file(html, "w", encoding="utf-8") as out:
            out.write(page(decision, held, judge.law, index, [*warnings, *notes], at))
    elif as_json:
        json_line(story_json(decision_json(decision, [*warnings, *notes]), decision.findings, held, index))
    else:
        _show(story_lines(decision, held, index, [*warnings, *notes]))
    if refused:
        sys.exit(3)
