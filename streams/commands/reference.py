"""`transitwatch reference`: publish law and lists, and see what is in force."""

from __future__ import annotations

import sys
import time
from typing import Any

import click
import msgspec

from streams.commands import reference_clearance, reference_diff, reference_fetch, reference_history, reference_load
from streams.commands.connect import kafka_config, records_in_redis, topic_prefix
from streams.errors import ReferenceUnavailable
from streams.model.moments import brussels_day, iso_day, iso_time, parse_day
from streams.model.reference import AnyRecord, ListState
from streams.reference.bundled import bundled_records, load_records, merge_records
from streams.reference.topics import compare, counts, publish, read_topics, shrinking

DAY_MS = 86_400_000


@click.group("reference")
def command() -> None:
    """Law and lists as dated records: publish them, see what is in force.

    \b
    Example:
      transitwatch reference publish --bundled --bootstrap localhost:9092
      transitwatch reference status --redis redis://localhost:6379/0
    """


def _day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int:
    if value is None:
        return brussels_day(time.time_ns() // 1_000_000)
    try:
        return parse_day(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no date; expected one such as 2026-10-02") from None


def _read(files: tuple[str, ...], bundled: bool) -> tuple[list[AnyRecord], int]:
    """The records of the files (over the bundled set when asked), and how many lines were refused."""
    sets, refused = [bundled_records()] if bundled else [], 0
    for file in files:
        try:
            records, refusals = load_records(file)
        except OSError as error:
            raise click.UsageError(f"{file}: {error.strerror or error}") from error
        for refusal in refusals:
            click.echo(str(refusal), err=True)
        refused += len(refusals)
        sets.append(records)
    return merge_records(*sets), refused


def _report(found: dict[str, int], refused: int, written: bool, as_json: bool) -> None:
    told = {**found, "refused": refused, "written": written}
    if as_json:
        click.echo(msgspec.json.encode(told).decode())
        return
    verb = "published" if written else "would publish"
    click.echo(
        f"{verb}: {told['added']} added, {told['changed']} changed, {told['ended']} ended; "
        f"{told['same']} were there already, {told['lists']} states of lists, {refused} lines refused"
    )


@command.command("publish")
@click.argument("files", nargs=-1, type=click.Path())
@click.option("--bootstrap", help="Kafka bootstrap servers HOST:PORT[,HOST:PORT…] (default: from the settings).")
@click.option("--bundled", is_flag=True, help="Publish the bundled set too, under what the files say.")
@click.option("--complete", is_flag=True, help="The files hold each list they name in full: what they lack ends.")
@click.option("--ends-on", callback=_day, help="With --complete: the day (Brussels) from which it ends; default today.")
@click.option("--force", is_flag=True, help="With --complete: publish though a list shrinks by more than 10 %.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def publish_command(
    files: tuple[str, ...], bootstrap: str | None, bundled: bool, complete: bool, ends_on: int, force: bool,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Write records (NDJSON files or directories) to the compacted reference topics: only what differs.

    Nothing is deleted: what is no longer listed gets an end date, as old dealings are still judged by it.

    \b
    Example:
      transitwatch reference publish --bundled --bootstrap localhost:9092
      transitwatch reference publish lists/eu-fsf.ndjson --complete --dry-run
    """
    if not files and not bundled:
        raise click.UsageError("nothing to publish: name FILES or --bundled")
    records, refused = _read(files, bundled)
    config, prefix = kafka_config(bootstrap), topic_prefix()
    present = read_topics(config, prefix=prefix).records
    changes = compare(present, records, ends_on if complete else None)
    shrunk = shrinking(present, changes)
    if shrunk and not force:
        raise ReferenceUnavailable(f"refused, lists shrink by more than 10 %: {'; '.join(shrunk)}; --force to do it")
    if not dry_run:
        publish(config, changes.all, prefix=prefix)
    _report(counts(present, changes), refused, not dry_run, as_json)
    if refused:
        sys.exit(3)


def _status(records: list[AnyRecord], now: int) -> dict[str, Any]:
    kinds: dict[str, int] = {}
    for record in records:
        kinds[record.kind] = kinds.get(record.kind, 0) + 1
    lists = [
        {
            "list": r.list,
            "fetched_at": iso_time(r.fetched_at) if r.fetched_at is not None else None,
            "age_days": round((now - r.fetched_at) / DAY_MS, 2) if r.fetched_at is not None else None,
            "records": r.records,
        }
        for r in records
        if isinstance(r, ListState)
    ]
    day = brussels_day(now)
    return {
        "records": dict(sorted(kinds.items())),
        "in_force": sum(r.in_force(day) for r in records),
        "lists": sorted(lists, key=lambda entry: str(entry["list"])),
    }


@command.command("status")
@click.option("--redis", "url", help="Redis URL redis:// or rediss:// (default: from the settings).")
@click.option("--bootstrap", help="Look at the Kafka topics instead of Redis.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def status_command(url: str | None, bootstrap: str | None, as_json: bool) -> None:
    """Say which version is in force, how many records of each kind it holds and how old each list is.

    \b
    Example:
      transitwatch reference status --redis redis://localhost:6379/0
      transitwatch reference status --bootstrap localhost:9092 --json
    """
    now = time.time_ns() // 1_000_000
    if bootstrap is not None:
        topics = read_topics(kafka_config(bootstrap), prefix=topic_prefix())
        found = {**_status(list(topics.records.values()), now), "unreadable": len(topics.unreadable)}
    else:
        pointer, records = records_in_redis(url)
        version = {"version": pointer.version, "digest": pointer.digest, "built_at": iso_time(pointer.built_at)}
        found = {**version, **_status(records, now)}
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    if "version" in found:
        click.echo(f"version {found['version']}, built {found['built_at']}, digest {found['digest']}")
    click.echo(", ".join(f"{count} {kind}" for kind, count in found["records"].items()) or "no records")
    click.echo(f"{found['in_force']} in force on {iso_day(brussels_day(now))} (Brussels)")
    for entry in found["lists"]:
        age = f"{entry['age_days']} days old" if entry["age_days"] is not None else "of unknown age"
        click.echo(f"list {entry['list']}: {age}, {entry['records']} records")


for _module in (reference_clearance, reference_load, reference_diff, reference_history, reference_fetch):
    command.add_command(_module.command)
