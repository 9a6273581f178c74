"""`transitwatch screen`: is this party on a list? One by one for reading, or a file of many."""

from __future__ import annotations

import sys
import time
from typing import Any

import click
import msgspec

from streams.commands._common import json_line, printable
from streams.commands.bulk import answer_file
from streams.commands.screen_desk import Answer, Desk, day_option, identifier_option, records_for
from streams.commands.screen_query import Query, query_of
from streams.commands.screen_text import text_lines
from streams.errors import InvalidInput
from streams.model.moments import brussels_day, iso_day

EXAMPLES = """
\b
Examples:
  transitwatch screen "Obrazets Syrye Treyding" --type organization --country RU
  transitwatch screen --identifier imo=1000007 --type vessel
  transitwatch screen "Иванов Иван" --birth-date 1960-01-01 --reference lists/ --as-of 2025-03-01 --json
  transitwatch screen --file queries.ndjson --reference lists/ > answers.ndjson
  transitwatch screen "Primer" --redis redis://localhost:6379/0

A line of --file: {"query": "...", "schema": "Person", "birth_date": "1960-01-01", "country": "RU"}; of these only
the query is required, `identifiers` {"bin": "..."} may be added. Each answer repeats its line and adds `matches`
and `hit`.
"""
TYPES = ("person", "organization", "vessel", "aircraft", "any")


def _asked(name: str | None, type_: str, country: str | None, birth_date: str | None, ids: dict[str, str]) -> Query:
    line = {"query": name, "schema": type_, "country": country, "birth_date": birth_date, "identifiers": ids}
    try:
        return query_of(line)
    except InvalidInput as error:
        hint = {"query": "NAME", "birth_date": "--birth-date", "country": "--country"}.get(error.path, error.path)
        raise click.UsageError(f"{hint}: {error.what}: {error.value}; expected {error.expected}") from None


def answer_json(answer: Answer) -> dict[str, Any]:
    """The matches and the verdict as they are printed."""
    return {"matches": [msgspec.to_builtins(m) for m in answer.matches], "hit": answer.hit, "more": answer.more}


def _bulk(desk: Desk, source: str) -> int:
    def one(line: Any) -> dict[str, Any]:
        answer = desk.answer(query_of(line))
        return {**line, **answer_json(answer)}

    return answer_file(source, "questions", one)[1]


@click.command("screen", epilog=EXAMPLES)
@click.argument("name", required=False)
@click.option("--type", "type_", type=click.Choice(TYPES), default="any", show_default=True, help="Kind of party.")
@click.option("--country", help="Its country, ISO 3166-1 alpha-2.")
@click.option("--birth-date", help="YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--identifier", "identifiers", multiple=True, callback=identifier_option,
              help="A number as kind=number (bin, inn, ogrn, lei, imo, reg …); several allowed.")  # fmt: skip
@click.option("--file", "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True),
              help="Many questions: NDJSON, one a line; - is standard input. Answers are NDJSON.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 1000), default=5, show_default=True, help="Most matches shown.")
@click.option("--as-of", callback=day_option, help="Screen as of this Brussels day, YYYY-MM-DD (default: today).")
@click.option("--reference", multiple=True, type=click.Path(exists=True), help="More records: NDJSON file or folder.")
@click.option("--reference-only", is_flag=True, help="Leave out the bundled records (their policies stay).")
@click.option("--redis", "url", help="Screen against what a running system holds: Redis URL.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(
    name: str | None, type_: str, country: str | None, birth_date: str | None, identifiers: dict[str, str],
    file: str | None, limit: int, as_of: int | None, reference: tuple[str, ...], reference_only: bool, url: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Screen a party by NAME, by its numbers, or both, against the lists in force on a day.

    Each match says which list entry it is, of which list and list version, and why it resembles the party. A hit is a
    match at or above the default threshold of its kind (policy `match_threshold`), or one with an equal valid number.
    What applies on another day only is shown as outside and is no hit.

    Exit codes: 0 screened (whatever was found), 1 failed, 2 wrong use, 3 screened but some input was refused.
    """
    known = (name, country, birth_date, *identifiers)
    if file is not None and (any(known) or type_ != "any"):
        raise click.UsageError("--file holds the questions: leave out NAME and what describes one party")
    query = None if file is not None else _asked(name, type_, country, birth_date, identifiers)
    records, refused, warnings = records_for(reference, reference_only, url)
    for text in (*(f"refused: {line}" for line in refused), *(f"warning: {line}" for line in warnings)):
        click.echo(printable(text), err=True)
    desk = Desk(records, as_of if as_of is not None else brussels_day(time.time_ns() // 1_000_000), limit)
    bad = len(refused)
    if file is not None:
        bad += _bulk(desk, file)
    elif query is not None:
        _show(desk, query, as_json)
    if bad:
        sys.exit(3)


def _show(desk: Desk, query: Query, as_json: bool) -> None:
    answer = desk.answer(query)
    if not as_json:
        for line in text_lines(query, answer, desk):
            click.echo(printable(line))
        return
    asked = {k: v for k, v in msgspec.to_builtins(query).items() if v and k != "name"}
    more = {"as_of": iso_day(desk.day), "records_version": desk.version, "doubts": list(query.doubts)}
    json_line({"query": query.name, **asked, **answer_json(answer), **more})
