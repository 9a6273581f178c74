"""`transitwatch generate`: a labelled feed of realistic traffic, the same bytes for the same seed."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from streams.commands._common import json_line
from streams.feed.traffic import feed

EXAMPLES = """
\b
Examples:
  transitwatch generate --consignments 1000 --seed 7 --out feed/
  transitwatch decide feed/events.ndjson --json | head
  transitwatch generate --consignments 50000 --out feed/ --json

Each line of expected.ndjson holds the verdict, the findings by rule and the weight that a second, independently
written judge expects of one consignment by the bundled records, and the clock (`now`) at which it judged.
Where `now` is later than the consignment's last event, give it to `decide` with --now.
"""
PROGRESS_S = 5.0
"""Seconds between two lines of progress."""


class _Tally:
    """Counts what has been written, and says so now and then on standard error."""

    def __init__(self, total: int, out: BinaryIO) -> None:
        self.total = total
        self.out = out
        self.consignments = self.events = 0
        self.verdicts: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.scenarios: Counter[str] = Counter()
        self.began = self.told = time.monotonic()

    def expect(self, row: dict[str, Any]) -> None:
        """Write what is expected of a consignment."""
        self.out.write(msgspec.json.encode(row) + b"\n")
        self.consignments += 1
        self.verdicts[row["verdict"]] += 1
        self.rules.update(row["findings"].keys())
        self.scenarios[row["scenario"]] += 1
        if time.monotonic() - self.told >= PROGRESS_S:
            self.told = time.monotonic()
            rate = self.consignments / (self.told - self.began)
            left = (self.total - self.consignments) / rate
            line = f"{self.consignments:,} of {self.total:,} consignments, {self.events:,} events, about {left:,.0f} s left"
            click.echo(line, err=True)

    def summary(self, folder: Path, seed: int) -> dict[str, Any]:
        """What was written, by verdict, rule and story."""
        return {
            "events_file": str(folder / "events.ndjson"), "expected_file": str(folder / "expected.ndjson"),
            "seed": seed, "consignments": self.consignments, "events": self.events,
            "verdicts": dict(self.verdicts.most_common()), "rules": dict(sorted(self.rules.items())),
            "scenarios": dict(sorted(self.scenarios.items())),
        }  # fmt: skip


def _print(summary: dict[str, Any]) -> None:
    click.echo(f"{summary['consignments']:,} consignments, {summary['events']:,} events, seed {summary['seed']}")
    click.echo(f"  events in order of arrival  {summary['events_file']}")
    click.echo(f"  what the oracle expects     {summary['expected_file']}")
    for title, key in (("verdicts", "verdicts"), ("consignments by rule with a finding", "rules")):
        click.echo(f"{title}: " + ", ".join(f"{name} {count:,}" for name, count in summary[key].items()))
    click.echo(f"{len(summary['scenarios'])} stories played; `story` in expected.ndjson tells each in a line")


@click.command("generate", epilog=EXAMPLES)
@click.option("--consignments", type=click.IntRange(min=1), default=1000, show_default=True, help="How many.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same bytes.")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to write to; made."
)
@click.option("--json", "as_json", is_flag=True, help="The summary as one JSON object.")
def command(consignments: int, seed: int, out: Path, as_json: bool) -> None:
    """Write a labelled feed: events.ndjson in order of arrival, expected.ndjson with what each consignment must get.

    The traffic is Kazakh coal over Russian and other ports, EU goods to Central Asia, transits that never arrive,
    frozen parties, plans, and messages that come late, twice, wrong and corrected. Memory does not grow with the
    number of consignments. Exit codes: 0 done, 1 could not write, 2 wrong use.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (out / "events.ndjson").open("wb") as events, (out / "expected.ndjson").open("wb") as expected:
            tally = _Tally(consignments, expected)
            for line in feed(consignments, seed, tally.expect):
                events.write(line + b"\n")
                tally.events += 1
    except OSError as error:
        click.echo(
            f"cannot write the feed to {out}: {error.strerror or error}; choose another folder with --out", err=True
        )
        sys.exit(1)
    summary = tally.summary(out, seed)
    if as_json:
        json_line(summary)
    else:
        _print(summary)


if __name__ == "__main__":
    command()
