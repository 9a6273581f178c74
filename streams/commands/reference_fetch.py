"""`transitwatch reference fetch`: a list from its address to a file."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from streams.commands._common import json_line
from streams.reference.fetch import FetchPolicy, fetch


@click.command("fetch")
@click.argument("url")
@click.option(
    "--to", "target", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to keep it in."
)
@click.option("--tries", type=click.IntRange(1, 20), default=6, show_default=True, help="Requests before giving up.")
@click.option("--max-mb", type=click.IntRange(min=1), default=1024, show_default=True, help="Largest file taken, MB.")
@click.option(
    "--timeout", type=click.FloatRange(min=1), default=180.0, show_default=True, help="Seconds without a byte."
)
@click.option(
    "--accept", default="*/*", show_default=True, help="Accept header (application/xhtml+xml for EU annexes)."
)
@click.option(
    "--ca-file", type=click.Path(exists=True, dir_okay=False), help="Certificates to trust (default: the system's)."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(
    url: str, target: Path, tries: int, max_mb: int, timeout: float, accept: str, ca_file: str | None, as_json: bool
) -> None:
    """Fetch a list from URL to a file, only when it changed; the file stays as it was when anything goes wrong.

    \b
    Example:
      transitwatch reference fetch https://scsanctions.un.org/resources/xml/en/consolidated.xml --to un.xml
      transitwatch reference load un un.xml --to lists
    """
    limits = FetchPolicy(idle_s=timeout, tries=tries, max_bytes=max_mb * 1_000_000, ca_file=ca_file)
    try:
        found = fetch(url, target, limits, accept=accept)
    except OSError as error:
        raise click.ClickException(f"{error.filename or target}: {error.strerror or error}") from error
    if as_json:
        json_line({**msgspec.to_builtins(found), "file": str(target)})
        return
    what = "fetched" if found.changed else "not changed since, confirmed:"
    click.echo(f"{what} {found.bytes} bytes, {found.tries} requests, in {target}")
