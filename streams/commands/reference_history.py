"""`transitwatch reference history`: the loads of a directory of lists."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from streams.commands._common import json_line, printable
from streams.reference.snapshots import Snapshots


@click.command("history")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--list", "list_", help="Only this list.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a load on standard output.")
def command(directory: Path, list_: str | None, as_json: bool) -> None:
    """Show each load of the lists in DIR, oldest first: when, content hash, counts, what changed.

    \b
    Example:
      transitwatch reference history lists
      transitwatch reference history lists --list EU-FSF --json
    """
    loads = Snapshots(directory).history(list_)
    for load in loads:
        if as_json:
            json_line(msgspec.to_builtins(load))
            continue
        click.echo(printable(
            f"{load.loaded_at}  {load.list:16} {load.sha256[:12]}  {load.records} records, {load.names} names, "
            f"{load.refused} refused; +{load.added} ~{load.changed} -{load.ended}; fetched {load.fetched_at}"
        ))  # fmt: skip
    if not loads and not as_json:
        click.echo(f"{directory}: no list was loaded here")
