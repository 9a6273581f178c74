"""`transitwatch reference load`: official lists as reference records."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from streams.commands._common import json_line, moment, printable
from streams.errors import ListRefused
from streams.model.reference import Measure
from streams.reference.loaders.base import MEASURES, Refused
from streams.reference.loaders.formats import FORMATS, about, policy
from streams.reference.loaders.reading import listener
from streams.reference.snapshots import Guards, Load, Snapshots, sha256_of

_FORMATS = "\b\n" + "\n".join(f"  {name:14} {format_.what}" for name, format_ in FORMATS.items())


def _tell(refused: Refused) -> None:
    click.echo(printable(f"refused: {refused}"), err=True)


def _fetched(files: list[Path]) -> int:
    """When the oldest of the files was written, ms UTC: the list is at most that fresh."""
    return min(file.stat().st_mtime_ns for file in files) // 1_000_000


def _progress(every_s: float = 2.0) -> Callable[[Path, int], None]:
    """Tells on standard error how far a long reading is, at most every ``every_s`` seconds."""
    began = time.monotonic()
    due = began + every_s

    def hear(path: Path, count: int) -> None:
        nonlocal due
        now = time.monotonic()
        if now >= due:
            due = now + every_s
            size = path.stat().st_size or 1
            click.echo(printable(
                f"reading {path.name}: {count / 1e6:.1f} of {size / 1e6:.1f} MB, {now - began:.0f} s"
            ), err=True)  # fmt: skip

    return hear


def _report(load: Load, place: Path, as_json: bool) -> None:
    if as_json:
        json_line({**msgspec.to_builtins(load), "file": str(place)})
        return
    click.echo(
        f"{load.list}: {load.records} records, {load.names} names, {load.refused} refused; {load.added} added, "
        f"{load.changed} changed, {load.ended} ended, {load.same} the same; fetched {load.fetched_at}, in {place}"
    )
    if load.kept:
        click.echo(
            f"{load.kept} entries were not found and stay in force all the same: rows that may be theirs were refused. "
            "Mend the rows, or see `reference load --help` for --force.", err=True,
        )  # fmt: skip


@click.command("load", epilog="Formats:\n\n" + _FORMATS)
@click.argument("format_", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--to", "directory", required=True, type=click.Path(path_type=Path), help="Directory of the loaded lists."
)
@click.option("--list", "list_", help="Name of the list (default: that of the format).")
@click.option(
    "--measure",
    "measures",
    multiple=True,
    type=click.Choice(MEASURES),
    help="Measure of its records (default: policy).",
)
@click.option(
    "--annex", help="Annex of 833/2014 that the table is of (annex-csv, places-csv), or goods list (goods-csv)."
)
@click.option("--fetched-at", callback=moment, help="When it was fetched (default: when the oldest file was written).")
@click.option(
    "--floor", type=click.IntRange(min=1), help="Refuse a list of fewer records (default: policy list_guards)."
)
@click.option(
    "--force",
    is_flag=True,
    help="Load it though it shrinks by more than the policy allows, and let end what refused rows may have been.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(
    format_: str, files: tuple[Path, ...], directory: Path, list_: str | None, measures: tuple[Measure, ...],
    annex: str | None, fetched_at: int | None, floor: int | None, force: bool, as_json: bool,
) -> None:  # fmt: skip
    """Read an official list and keep it as records in a directory, beside its earlier snapshots.

    What is no longer listed gets an end date. A file that is broken, cut, hostile or shrunken is refused whole, and the last
    good list stays. Refused rows are told on standard error; then the exit code is 3, and nothing ends that such a row may
    speak of.

    \b
    Example:
      transitwatch reference load eu-fsf xmlFullSanctionsList.xml --to lists
      transitwatch reference load ofac sdn.csv alt.csv add.csv --to lists --floor 15000
      transitwatch reference publish lists/eu-fsf.ndjson --bootstrap localhost:9092
    """
    paths = list(dict.fromkeys(files))
    guards = policy("list_guards")
    heard = listener.set(_progress())
    try:
        hashes = {file.name: sha256_of(file) for file in paths}
        said = about(format_, paths, list_=list_, measures=measures, annex=annex)
        store = Snapshots(directory)
        load = store.load(
            said, format_, hashes, FORMATS[format_].load(paths, said), force=force, tell=_tell,
            fetched_at=_fetched(paths) if fetched_at is None else fetched_at, now=time.time_ns() // 1_000_000,
            guards=Guards(floor or int(guards["floor"]), float(guards["shrink_pct"])),
        )  # fmt: skip
    except OSError as error:
        raise click.UsageError(f"{error.filename or directory}: {error.strerror or error}") from error
    except ListRefused as error:
        raise click.ClickException(printable(f"refused, nothing was changed: {error}")) from error
    finally:
        listener.reset(heard)
    _report(load, store.current(said.list), as_json)
    if load.refused:
        sys.exit(3)
