"""`transitwatch deadletters`: list, show and replay records that could not be read."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from streams.commands._common import current_settings, json_line, kafka_options, printable, since_option
from streams.commands.deadletters_show import show_lines
from streams.kafka.deadletters import DeadLetter
from streams.kafka.replay import Place, Replayer, Sent, look_through, now_ms, one_letter
from streams.metric_defs import DEAD_LETTER_REASONS, OTHER
from streams.model.moments import iso_time
from streams.settings import KafkaSettings

_END_OF_TIME = 250_000_000_000_000  # beyond it no date can be written
REASONS = click.Choice([*DEAD_LETTER_REASONS, OTHER])


@click.group("deadletters")
def command() -> None:
    """Records that could not be read: list them, look at one, send them back after the repair.

    \b
    Example:
      transitwatch deadletters list --reason wrong_enum
      transitwatch deadletters show 0:17
      transitwatch deadletters replay 0:17 --dry-run
    """


class PlaceType(click.ParamType):
    """`PARTITION:OFFSET` of a letter, as `list` prints it."""

    name = "partition:offset"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """The two numbers; fails as wrong use."""
        partition, _, offset = str(value).partition(":")
        if not (partition.isdecimal() and offset.isdecimal()):
            self.fail(f"{value!r} is no place of a letter; expected PARTITION:OFFSET such as 0:17", param, ctx)
        return int(partition), int(offset)


def _when(time_ms: int) -> str:
    return iso_time(time_ms) if 0 <= time_ms < _END_OF_TIME else "unknown"


def _text(data: bytes | None) -> str | None:
    return None if data is None else printable(data.decode("utf-8", "backslashreplace"))


def as_json(letter: DeadLetter, replayed_ms: int | None) -> dict[str, Any]:
    """A letter for scripts: everything but its value."""
    return {
        "letter": letter.where, "at": _when(letter.timestamp), "reason": letter.reason, "what": letter.what,
        "field": letter.field, "value": letter.shown, "expected": letter.expected,
        "topic": letter.source_topic, "partition": letter.source_partition, "offset": letter.source_offset,
        "timestamp": _when(letter.source_timestamp), "key": _text(letter.key), "bytes": letter.size,
        "version": letter.version, "replayed_at": None if replayed_ms is None else _when(replayed_ms),
    }  # fmt: skip


def _line(letter: DeadLetter, replayed_ms: int | None) -> str:
    source = f"{letter.source_topic}[{letter.source_partition}]@{letter.source_offset}"
    again = "" if replayed_ms is None else f"  (replayed {_when(replayed_ms)})"
    why = printable(f"{letter.field}: {letter.what}: {letter.shown}; expected {letter.expected}")
    return f"{letter.where:8} {_when(letter.timestamp)}  {letter.reason or '?':14} {source}  key {_text(letter.key)}  {why}{again}"


def _wanted(reason: str | None, topic: str | None, prefix: str) -> Callable[[DeadLetter], bool]:
    def wanted(letter: DeadLetter) -> bool:
        return (reason is None or letter.reason == reason) and (
            topic is None or letter.source_topic in (topic, prefix + topic)
        )

    return wanted


@command.command("list")
@kafka_options
@click.option("--reason", type=REASONS, help="Only letters with this reason.")
@click.option("--topic", help="Only letters that came from this topic.")
@since_option
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="The latest so many.")
@click.option("--json", "json_", is_flag=True, help="One JSON object per letter and line.")
def list_command(
    bootstrap: str | None, reason: str | None, topic: str | None, since: int | None, limit: int, json_: bool
) -> None:
    """List dead letters, oldest first: place, time, reason, source, what was wrong, and whether it was replayed.

    \b
    Example:
      transitwatch deadletters list --reason missing_field --since 2h
      transitwatch deadletters list --json --limit 1000
    """
    kafka = current_settings({"kafka.bootstrap": bootstrap}).kafka
    seen = look_through(kafka, _wanted(reason, topic, kafka.topic_prefix), since_ms=since, last=limit)
    for letter in seen.letters:
        replayed = seen.replayed.get((letter.partition, letter.offset))
        if json_:
            json_line(as_json(letter, replayed))
        else:
            click.echo(_line(letter, replayed))
    if not json_:
        more = seen.total - len(seen.letters)
        click.echo(f"{seen.total} dead letters" + (f", the latest {limit} shown; --limit for more" if more else ""))


@command.command("show")
@click.argument("place", type=PlaceType())
@kafka_options
@click.option("--raw", is_flag=True, help="The original bytes on standard output and nothing else.")
def show_command(place: Place, bootstrap: str | None, raw: bool) -> None:
    """Show one letter: where it came from, what was wrong, its bytes, and its fields as far as they can be read.

    \b
    Example:
      transitwatch deadletters show 0:17
      transitwatch deadletters show 0:17 --raw > record.avro
    """
    kafka = current_settings({"kafka.bootstrap": bootstrap}).kafka
    letter = one_letter(kafka, *place)
    if letter is None:
        raise click.ClickException(f"no dead letter at {place[0]}:{place[1]}; `transitwatch deadletters list` has them")
    if raw:
        click.get_binary_stream("stdout").write(letter.value or b"")
        return
    for name, value in as_json(letter, None).items():
        if name != "replayed_at":
            click.echo(f"{name:10} {printable(str(value))}")
    for name, value in letter.originals:
        click.echo(f"{'header':10} {printable(name)}: {_text(value)}")
    for line in show_lines(letter.value or b""):
        click.echo(printable(line))


@command.command("replay")
@click.argument("places", nargs=-1, type=PlaceType())
@kafka_options
@click.option("--reason", type=REASONS, help="All letters with this reason.")
@click.option("--topic", help="All letters that came from this topic.")
@click.option("--all", "all_", is_flag=True, help="All letters.")
@click.option("--again", is_flag=True, help="Also those that were replayed before.")
@click.option("--dry-run", is_flag=True, help="Only say what would be sent.")
@click.option("--json", "json_", is_flag=True, help="One JSON object on standard output.")
def replay_command(
    places: tuple[Place, ...], bootstrap: str | None, reason: str | None, topic: str | None, all_: bool, again: bool,
    dry_run: bool, json_: bool,
) -> None:  # fmt: skip
    """Send letters back to their topics and partitions: original bytes, key and headers, each once, in transactions.

    What was sent is marked on the dead-letter topic in the same transaction, so that a second replay leaves it
    out. Exit codes: 0 done, 3 some could not be sent back.

    \b
    Example:
      transitwatch deadletters replay 0:17 0:18
      transitwatch deadletters replay --reason unknown_schema --dry-run
    """
    by_filter = all_ or reason is not None or topic is not None
    if bool(places) == by_filter:
        raise click.UsageError("say which: PARTITION:OFFSET…, or --reason, --topic or --all")
    kafka = current_settings({"kafka.bootstrap": bootstrap}).kafka
    replayer = None if dry_run else Replayer(kafka)
    chosen = _wanted(reason, topic, kafka.topic_prefix)
    given = frozenset(places)
    seen = look_through(kafka, lambda each: (each.partition, each.offset) in given if given else chosen(each))
    skip = {} if again else seen.replayed
    found = {(each.partition, each.offset) for each in seen.letters}
    if replayer is None:
        sent = Sent(
            [each for each in seen.letters if (each.partition, each.offset) not in skip],
            [each for each in seen.letters if (each.partition, each.offset) in skip],
            [],
        )
    else:
        sent = replayer.replay(found, skip, now_ms())
    _report(sent, sorted(given - found), kafka, dry_run, json_)


def _report(sent: Sent, absent: list[Place], kafka: KafkaSettings, dry_run: bool, json_: bool) -> None:
    """What was done, in words or JSON; ends with 3 when a letter was not sent that should have been."""
    refused = [(letter.where, why) for letter, why in sent.refused]
    refused += [(f"{partition}:{offset}", "no dead letter there") for partition, offset in absent]
    if json_:
        json_line({
            "sent": [letter.where for letter in sent.sent], "replayed_before": [letter.where for letter in sent.before],
            "refused": [{"letter": where, "because": why} for where, why in refused], "dry_run": dry_run,
        })  # fmt: skip
    else:
        verb = "would send" if dry_run else "sent"
        for letter in sent.sent:
            click.echo(f"{verb} {letter.where} to {letter.source_topic}[{letter.source_partition}]")
        before = f", {len(sent.before)} were replayed before (--again sends them again)" if sent.before else ""
        click.echo(f"{verb} {len(sent.sent)} dead letters{before}")
    for where, why in refused:
        click.echo(f"not sent: {where}: {why}", err=True)
    if refused:
        sys.exit(3)
