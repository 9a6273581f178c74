"""`transitwatch reference diff`: what differs between two snapshots of a list."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from streams.commands._common import json_line, printable
from streams.reference.diff import differences
from streams.reference.snapshots import Snapshots


def _path(directory: Path | None, name: str) -> Path:
    path = Path(name)
    if path.is_file():
        return path
    if directory is None:
        raise click.UsageError(f"{name}: no such file; to name a snapshot by its hash give --in DIR")
    return Snapshots(directory).find(name)


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "--in", "directory", type=click.Path(path_type=Path, file_okay=False), help="Directory of the loaded lists."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a difference on standard output.")
def command(before: str, after: str, directory: Path | None, as_json: bool) -> None:
    """Say which records B adds, changes, ends or lacks against A.

    A and B are NDJSON files of records, or beginnings of the hashes that `transitwatch reference history` shows.

    \b
    Example:
      transitwatch reference diff 3f2a91 88c0d4 --in lists
      transitwatch reference diff old/eu-fsf.ndjson lists/eu-fsf.ndjson --json
    """
    count = 0
    for found in differences(_path(directory, before), _path(directory, after)):
        count += 1
        if as_json:
            json_line(msgspec.to_builtins(found))
            continue
        fields = f" ({', '.join(found.fields)})" if found.fields else ""
        click.echo(printable(f"{found.what:8}{found.key}  {found.name}{fields}"))
    if not as_json:
        click.echo(f"{count} differences")
