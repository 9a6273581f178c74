"""`transitwatch bench names`: how well the matcher tells names apart, on labelled pairs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from msgspec import Struct

from streams.bench.names_sets import (
    ORGANISATIONS,
    PERSONS,
    Quality,
    best,
    cross_validated,
    quality,
    read_pairs,
    score_pairs,
)
from streams.bench.names_whole import WholeList, against_lists
from streams.bench.screening_lists import listed_parties
from streams.commands._common import json_line
from streams.screening.match import MATCH_THRESHOLD, Screener

EPILOG = """
\b
Example:
  transitwatch bench names data/names
  transitwatch bench names data/names --lists data/lists
  transitwatch bench names data/names --json

Files without labelled pairs are passed over. Every file is JSON lines:
  {"query": "...", "candidate": "...", "schema": "Person", "expected": true}
"""


class Row(Struct, frozen=True):
    """One set and kind: quality at the default threshold, at the best one, and cross-validated."""

    set: str
    kind: str
    at_default: Quality
    at_best: Quality
    cross_validated_f1: float
    cross_validated_thresholds: tuple[float, float]


def measured(path: Path) -> list[Row]:
    """The rows of one file: persons, organisations, and all where there are both; none without labelled pairs."""
    scored = score_pairs(read_pairs(path))
    kinds = [k for k in (PERSONS, ORGANISATIONS) if any(s.pair.kind == k for s in scored)]
    rows = []
    for kind in [*kinds, "all"] if len(kinds) > 1 else kinds:
        of_kind = [s for s in scored if kind in ("all", s.pair.kind)]
        if len({s.pair.expected for s in of_kind}) < 2:
            continue
        f1, low, high = cross_validated(of_kind)
        rows.append(Row(path.stem, kind, quality(of_kind, MATCH_THRESHOLD), best(of_kind), f1, (low, high)))
    return rows


@click.command("names", epilog=EPILOG)
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--lists", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of official list files: people are screened against all of them as well. [default: DIRECTORY/../lists, if it is there]",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")
def command(directory: Path, lists: Path | None, as_json: bool) -> None:
    """Precision, recall and F1 on the labelled pairs of every file in DIRECTORY.

    Each set is shown at the one default threshold, at the threshold that suits it best, and cross-validated
    in five parts: the threshold is then set on pairs that are not judged by it.
    """
    rows = [row for path in sorted(directory.glob("*.jsonl")) for row in measured(path)]
    if not rows:
        raise click.ClickException(
            f"no labelled pairs in {directory}: expected *.jsonl with query, candidate, expected"
        )
    beside = directory.resolve().parent / "lists"
    lists = lists or (beside if beside.is_dir() else None)
    whole = list(_against(lists, directory)) if lists else []
    if as_json:
        for row in (*rows, *whole):
            json_line(row)
        return
    _show(rows)
    for found in whole:
        what = "found" if found.expected else "hit though clean"
        click.echo(
            f"{found.set:43}{found.names:6}  {what}: {found.share:.2%} ({found.with_qualifiers}; by name alone {found.by_name})"
        )


def _against(lists: Path, directory: Path) -> Iterator[WholeList]:
    screener = Screener(listed_parties(lists, alone=False))
    click.echo(f"{screener.listed_names:,} different listed names", err=True)
    return against_lists(screener, directory)


def _show(rows: list[Row]) -> None:
    click.echo(
        f"{'set':28}{'kind':15}{'pairs':>6}  {f'P / R / F1 at {MATCH_THRESHOLD}':24}{'best F1 at':14}cross-validated"
    )
    for row in rows:
        now, top = row.at_default, row.at_best
        low, high = row.cross_validated_thresholds
        figures = f"{now.precision:.3f} / {now.recall:.3f} / {now.f1:.3f}"
        click.echo(
            f"{row.set:28}{row.kind:15}{now.pairs:6}  {figures:24}{f'{top.f1:.3f} {top.threshold:.2f}':14}"
            f"{row.cross_validated_f1:.3f} ({low:.2f}-{high:.2f})"
        )


names_command = command
