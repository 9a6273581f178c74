"""`transitwatch compare`: are these two names one party? One pair, or a file of many."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from streams.commands._common import json_line, printable
from streams.commands.bulk import answer_file
from streams.commands.decide import read_reference
from streams.commands.screen import TYPES
from streams.commands.screen_desk import threshold_of
from streams.commands.screen_query import object_of, schema_of, text_of
from streams.errors import InvalidInput
from streams.model.moments import brussels_day
from streams.rules.law import Law
from streams.screening.match import similarity

EXAMPLES = """
\b
Examples:
  transitwatch compare "Қасым Тоқаев" "Kassym Tokayev" --type person
  transitwatch compare --file pairs.ndjson > scored.ndjson

A line of --file: {"query": "...", "candidate": "...", "schema": "Person"}; each answer repeats its line and adds
`score` (0-1, on the names alone) and `match` (at the default threshold of its kind).
"""


class _Scale:
    """Scores pairs and knows the thresholds in force today."""

    def __init__(self, reference: tuple[str, ...]) -> None:
        records, self.refused, _ = read_reference(reference, only=True)
        self._law = Law(records)
        self._day = brussels_day(time.time_ns() // 1_000_000)
        self._thresholds: dict[str | None, float] = {}

    def threshold(self, schema: str | None) -> float:
        """The threshold for a kind of party."""
        if schema not in self._thresholds:
            self._thresholds[schema] = threshold_of(self._law, schema, self._day)
        return self._thresholds[schema]

    def one(self, line: Any) -> dict[str, Any]:
        """A line with its score. Raises InvalidInput."""
        obj = object_of(line, "`query` and `candidate`")
        names = {field: text_of(obj, field) for field in ("query", "candidate")}
        for field, name in names.items():
            if name is None:
                raise InvalidInput("required field missing", field, repr(obj.get(field)), "a name")
        schema = schema_of(obj)
        score = similarity(str(names["query"]), str(names["candidate"]), schema)
        return {**obj, "score": round(score, 4), "match": score >= self.threshold(schema)}


@click.command("compare", epilog=EXAMPLES)
@click.argument("query", required=False)
@click.argument("candidate", required=False)
@click.option("--type", "type_", type=click.Choice(TYPES), default="any", show_default=True, help="Kind of party.")
@click.option("--file", "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True),
              help="Many pairs: NDJSON, one a line; - is standard input. Answers are NDJSON.")  # fmt: skip
@click.option("--reference", multiple=True, type=click.Path(exists=True),
              help="Records whose policies set other thresholds: NDJSON file or folder.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(
    query: str | None, candidate: str | None, type_: str, file: str | None, reference: tuple[str, ...], as_json: bool
) -> None:
    """Say how alike the names QUERY and CANDIDATE are, and whether they are taken for one party.

    Exit codes: 0 compared, 1 failed, 2 wrong use, 3 compared but some input was refused.
    """
    if (file is None) == (query is None) or (file is None and candidate is None):
        raise click.UsageError("give two names, or --file with pairs, one of them")
    scale = _Scale(reference)
    for line in scale.refused:
        click.echo(printable(f"refused: {line}"), err=True)
    bad = len(scale.refused)
    if file is not None:
        bad += answer_file(file, "pairs", scale.one)[1]
    else:
        _show(scale, {"query": query, "candidate": candidate, "schema": type_}, as_json)
    if bad:
        sys.exit(3)


def _show(scale: _Scale, pair: dict[str, Any], as_json: bool) -> None:
    try:
        found = scale.one(pair)
    except InvalidInput as error:
        raise click.UsageError(f"{error.path}: {error.what}: {error.value}; expected {error.expected}") from None
    if as_json:
        json_line(found)
        return
    verdict = "taken for one party" if found["match"] else "not taken for one party"
    threshold = scale.threshold(schema_of(pair))
    click.echo(printable(f"{found['score']:.2f}  {verdict} (threshold {threshold:.2f}, {pair['schema']})"))
    click.echo(printable(f"      {pair['query']}"))
    click.echo(printable(f"      {pair['candidate']}"))
