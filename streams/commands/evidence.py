"""`transitwatch evidence`: a package for an authority on one consignment, and whether one is sound."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from streams.commands._common import json_line, moment, printable
from streams.commands.decide import read_events, read_reference
from streams.commands.evidence_check import Report, anchors_of, check, consignment_of
from streams.commands.evidence_package import MANIFEST, Evidence, build, read, write
from streams.commands.explain import UnknownConsignment
from streams.rules.evidence_chain import Anchor, is_hash
from streams.rules.judge import Judge
from streams.rules.replaying import run_events


@click.group("evidence")
def command() -> None:
    """What was known and said of a consignment, as a package that can be verified without the system.

    \b
    Example:
      transitwatch evidence export COAL-2 --events events.ndjson --to COAL-2.zip
      transitwatch evidence verify COAL-2.zip
    """


def _head_line(head: Mapping[str, Any], consignment: str) -> str:
    return printable(f"{head['hash']} {head['version']} {head['alert_id']} {consignment}")


def _from_files(
    consignment: str, files: tuple[str, ...], paths: tuple[str, ...], only: bool, known_at: int | None
) -> tuple[Evidence, list[str]]:
    """The evidence of files of events, and the lines that were refused."""
    feed = read_events(files, time.time_ns() // 1_000_000 if known_at is None else known_at, known_at)
    if consignment not in feed.events:
        raise UnknownConsignment(consignment, ", ".join(files))
    records, refused, notes = read_reference(paths, only, known_at)
    judge = Judge(records)
    run = run_events(judge, feed.events[consignment], known_at)
    assert run.state is not None  # there is at least one event
    warnings = [*sorted(set(feed.warnings[consignment])), *notes]
    return Evidence(run.state, run.alerts, judge, "files", warnings), [*feed.refused, *refused]


@command.command("export")
@click.argument("consignment")
@click.option("--events", multiple=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True),
              help="NDJSON file of events in order of arrival; several allowed, - is standard input.")  # fmt: skip
@click.option("--bootstrap", help="Take it from the topics of a running system: Kafka servers HOST:PORT.")
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder or FILE.zip to write; must not exist.",
)
@click.option(
    "--reference", multiple=True, type=click.Path(exists=True), help="More records (files only): NDJSON file or folder."
)
@click.option("--reference-only", is_flag=True, help="Leave out the bundled records (their policies stay; files only).")
@click.option(
    "--known-at", callback=moment, help="Leave out what was recorded later; timers due by then fire (files only)."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object: package, hashes, faults.")
def export_command(
    consignment: str, events: tuple[str, ...], bootstrap: str | None, target: Path, reference: tuple[str, ...],
    reference_only: bool, known_at: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Write the evidence package of CONSIGNMENT and print the head of each alert: HASH VERSION ALERT_ID CONSIGNMENT.

    Keep what is printed, or the hash of the manifest, away from the package: with it `verify` also notices a package that
    was made anew as a whole. From topics: the versions as they were published. From files: those of judging the events in the
    order of the files.

    Exit codes: 0 written, 1 failed or the versions at hand are no sound chain (told, and written all the same),
    2 wrong use, 3 written but some input lines were refused.

    \b
    Example:
      transitwatch evidence export COAL-2 --events events.ndjson --to COAL-2.zip > COAL-2.heads
      transitwatch evidence export COAL-2 --bootstrap localhost:9092 --to COAL-2
    """
    if bool(events) == bool(bootstrap):
        raise click.UsageError("say where the events are: --events FILE or --bootstrap HOST:PORT, one of them")
    if target.exists():
        raise click.UsageError(f"--to {target}: is there already; evidence is never overwritten")
    told: list[str] = []
    if bootstrap:
        if reference or reference_only or known_at is not None:
            raise click.UsageError(
                "--reference, --reference-only and --known-at go with --events; topics have their own law and time"
            )
        from streams.commands.evidence_kafka import published_evidence

        evidence, told, refused = *published_evidence(consignment, bootstrap), list[str]()
    else:
        evidence, refused = _from_files(consignment, events, reference, reference_only, known_at)
    files = build(evidence)
    try:
        write(files, target)
    except OSError as error:
        raise click.ClickException(f"{target}: cannot be written: {error.strerror or error}") from None
    report = check(files)
    faults = [*told, *map(str, report.faults)]
    _tell_export(report, target, faults, refused, as_json)
    if faults:
        sys.exit(1)
    if refused:
        sys.exit(3)


def _tell_export(report: Report, target: Path, faults: list[str], refused: list[str], as_json: bool) -> None:
    for line in refused:
        click.echo(f"refused: {printable(line)}", err=True)
    for line in faults:
        click.echo(f"not sound: {printable(line)}", err=True)
    if as_json:
        json_line({
            "package": str(target), "consignment_id": report.consignment_id, "versions": report.versions,
            "manifest_sha256": report.manifest_sha256, "heads": report.heads, "faults": faults,
            "records_not_held": report.records_not_held,
        })  # fmt: skip
        return
    for head in report.heads:
        click.echo(_head_line(head, report.consignment_id))
    for key in report.records_not_held:
        click.echo(f"not held any more, so not in the package: {printable(key)}", err=True)
    click.echo(f"{target}: {report.versions} versions of {len(report.heads)} alerts; SHA-256 of {MANIFEST}: "
               f"{report.manifest_sha256}", err=True)  # fmt: skip


def _digest(_: click.Context, option: click.Parameter, value: Any) -> Any:
    for text in value if isinstance(value, tuple) else (value,):
        if text is not None and not is_hash(text):
            raise click.BadParameter(f"{text!r}; expected 64 lower case hexadecimal digits", param=option)
    return value


def _anchors(heads: tuple[Path, ...], hashes: Iterable[str], files: Mapping[str, bytes]) -> list[Anchor]:
    """The hashes kept elsewhere. Raises UsageError for a file that is none or that says nothing of this consignment."""
    found = [Anchor(text) for text in hashes]
    consignment = consignment_of(files)
    for path in heads:
        try:
            more = anchors_of(path.read_bytes(), str(path), consignment)
        except (OSError, ValueError) as error:
            raise click.UsageError(f"--heads {error}") from None
        if not more:
            raise click.UsageError(f"--heads {path}: has no hash for consignment {consignment!r}")
        found += more
    return found


@command.command("verify")
@click.argument("package", type=click.Path(path_type=Path, exists=True))
@click.option("--heads", multiple=True, type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Hashes kept elsewhere: what `export` printed, or `alerts tail --json`; several allowed.")  # fmt: skip
@click.option(
    "--head",
    "hashes",
    multiple=True,
    metavar="HASH",
    callback=_digest,
    help="An evidence_hash kept elsewhere; several allowed.",
)
@click.option(
    "--manifest", "manifest_hash", metavar="HASH", callback=_digest, help="The SHA-256 of manifest.json kept elsewhere."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object: sound or not, faults, heads.")
def verify_command(
    package: Path, heads: tuple[Path, ...], hashes: tuple[str, ...], manifest_hash: str | None, as_json: bool
) -> None:
    """Check PACKAGE, a folder or ZIP, by recomputing every hash in it. Needs nothing else: no server, no reference data.

    Each fault is one line: where, kind, what. Without a hash kept elsewhere (`--heads`, `--head`, `--manifest`) a sound package is
    whole and agrees with itself; that it was not made anew as a whole is shown by such a hash alone.

    Exit codes: 0 sound, 1 not sound, 2 wrong use.

    \b
    Example:
      transitwatch evidence verify COAL-2.zip
      transitwatch evidence verify COAL-2.zip --heads COAL-2.heads --json
    """
    try:
        files, unreadable = read(package)
    except OSError as error:
        raise click.UsageError(f"{package}: cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise click.UsageError(f"{package}: {error}") from None
    report = check(files, _anchors(heads, hashes, files), manifest_hash, unreadable)
    _tell_verified(report, package, anchored=manifest_hash is not None, as_json=as_json)
    if not report.sound:
        sys.exit(1)


def _tell_verified(report: Report, package: Path, *, anchored: bool, as_json: bool) -> None:
    rest = [] if anchored else report.unvouched
    if as_json:
        json_line({
            "package": str(package), "consignment_id": report.consignment_id, "sound": report.sound,
            "faults": report.faults, "versions": report.versions, "heads": report.heads,
            "vouched": [{"alert_id": v.alert_id, "version": v.version, "hash": v.hash} for v in report.vouched],
            "not_vouched": [head["alert_id"] for head in rest], "manifest_sha256": report.manifest_sha256,
            "records_not_held": report.records_not_held,
        })  # fmt: skip
        return
    for fault in report.faults:
        click.echo(printable(str(fault)))
    for head in report.heads:
        click.echo(_head_line(head, report.consignment_id))
    if report.sound:
        click.echo(
            printable(f"{report.consignment_id}: sound, {report.versions} versions of {len(report.heads)} alerts")
        )
    if rest and report.sound:
        click.echo(f"{len(rest)} of {len(report.heads)} alerts rest on the package alone: compare their heads with evidence_hash on the "
                   "topic alerts, or give --heads, --head or --manifest", err=True)  # fmt: skip
