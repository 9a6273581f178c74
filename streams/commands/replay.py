"""`transitwatch replay`: what was known and said at a time, and what would have been said under another law."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from streams.commands._common import current_settings, json_line, moment, printable
from streams.commands.bulk import Progress
from streams.commands.decide import read_reference
from streams.commands.explain import UnknownConsignment
from streams.commands.replay_account import Bounds, account_json, account_lines, replayed, run_of
from streams.commands.replay_law import HeldLaw, law_at
from streams.commands.replay_sources import History, Wanted, from_files
from streams.model.reference import AnyRecord
from streams.reference.bundled import bundled_records, load_records
from streams.rules.what_if import Budget, Effect, Said

EXAMPLE = """
\b
Examples:
  transitwatch replay --consignment COAL-2 --events events.ndjson --known-at 2026-10-07T12:00:00+02:00
  transitwatch replay --all --bootstrap localhost:9092 --known-at 2026-10-07T12:00:00+02:00 --json
  transitwatch replay --all --events events.ndjson --reference draft.ndjson
"""


class Asked(Struct):
    """The question: which consignments, from where, within which bounds. Gathers what was refused."""

    wanted: Wanted
    events: tuple[str, ...]
    bootstrap: str | None
    bounds: Bounds
    as_json: bool
    refused: int = 0

    def refuse(self, line: str) -> None:
        """Tell a line that is none and count it."""
        self.refused += 1
        click.echo(f"refused: {printable(line)}", err=True)

    def histories(self) -> Iterator[History]:
        """The histories asked for, with the progress of long ones. Raises UnknownConsignment for those not found."""
        progress = Progress("consignments replayed", None)
        found: set[str] = set()
        for count, history in enumerate(self._source(), 1):
            if self.wanted is not None:
                found.add(history.consignment_id)
            yield history
            progress.at(count, 0)
        for consignment in sorted((self.wanted or frozenset()) - found):
            raise UnknownConsignment(consignment, self.bootstrap or ", ".join(self.events))

    def _source(self) -> Iterator[History]:
        if self.bootstrap is None:
            known_at = self.bounds.known_at
            intake = time.time_ns() // 1_000_000 if known_at is None else known_at
            read = Progress("events read", None)
            return from_files(self.events, self.wanted, intake, self.refuse, lambda count: read.at(count, 0))
        from streams.commands.replay_kafka import from_topics

        return from_topics(current_settings({"kafka.bootstrap": self.bootstrap}), self.wanted, self.refuse)


def _held_records(asked: Asked, base: tuple[str, ...]) -> list[AnyRecord]:
    """The records of the law as it is: bundled and ``base`` for files, those of the topics for a running system."""
    if asked.bootstrap is None:
        records, refused, _ = read_reference(base, only=False)
        for line in refused:
            asked.refuse(line)
        return records
    from streams.commands.explain_kafka import records_in_force

    found, warnings = records_in_force(current_settings({"kafka.bootstrap": asked.bootstrap}))
    for line in warnings:
        click.echo(f"warning: {printable(line)}", err=True)
    return found or list(bundled_records())


def _other_records(asked: Asked, paths: Iterable[str]) -> list[AnyRecord]:
    found: list[AnyRecord] = []
    for path in paths:
        try:
            records, refusals = load_records(Path(path))
        except OSError as error:
            raise click.UsageError(f"--reference {path}: {error}") from None
        found += records
        for refusal in refusals:
            asked.refuse(str(refusal))
    return found


@click.command("replay", epilog=EXAMPLE)
@click.option("--consignment", "consignments", multiple=True, metavar="ID", help="This consignment; several allowed.")
@click.option("--all", "every", is_flag=True, help="Every consignment there is.")
@click.option("--events", multiple=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True),
              help="NDJSON file of events in order of arrival; several allowed, - is standard input.")  # fmt: skip
@click.option("--bootstrap", help="Take the histories from a running system: Kafka servers HOST:PORT.")
@click.option(
    "--known-at", callback=moment, metavar="TIME", help="Only what was recorded by then; timers due by then fire."
)
@click.option("--occurred-until", callback=moment, metavar="TIME", help="Only what happened by then.")
@click.option("--with-reference-of", "law_of", callback=moment, metavar="TIME",
              help="The law as it was known then (default: at --known-at, else all that is held).")  # fmt: skip
@click.option("--snapshots", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
              help="Take the lists of that law from a directory of `reference load`, as they were loaded then.")  # fmt: skip
@click.option(
    "--base",
    multiple=True,
    type=click.Path(exists=True),
    help="Records of the law as it is, beside the bundled ones (with --events).",
)
@click.option("--reference", multiple=True, type=click.Path(exists=True),
              help="What if these records held too (same id: instead): report what would have changed.")  # fmt: skip
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object per consignment, or per difference and then the budget."
)
def command(
    consignments: tuple[str, ...], every: bool, events: tuple[str, ...], bootstrap: str | None, known_at: int | None,
    occurred_until: int | None, law_of: int | None, snapshots: Path | None, base: tuple[str, ...], reference: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Judge histories again as they could be known at a time, or under records that are not in force (what if).

    From topics the versions are held against those published until then, byte for byte; where that cannot be reproduced (the law
    has changed since) it is said, and what was published is shown. With `--reference`: the alerts that would open, go away
    or change, and the alert budget, per rule before and after. Memory stays bounded; long runs tell how far they are.

    Exit codes: 0 done, 1 no such consignment or not what was published, 2 wrong use, 3 done but some input was refused.
    """
    if bool(consignments) == every:
        raise click.UsageError("say which consignments: --consignment ID or --all, one of them")
    if bool(events) == bool(bootstrap):
        raise click.UsageError("say where the events are: --events FILE or --bootstrap HOST:PORT, one of them")
    if base and bootstrap:
        raise click.UsageError("--base goes with --events; a running system has its own law")
    law_of = law_of if law_of is not None else known_at
    if snapshots is not None and law_of is None:
        raise click.UsageError("--snapshots needs a time: --with-reference-of or --known-at")
    wanted = None if every else frozenset(consignments)
    asked = Asked(wanted, events, bootstrap, Bounds(known_at, occurred_until), as_json)
    records = _held_records(asked, base)
    law = law_at(records, law_of, snapshots)
    if reference:
        kept = law.judge.law.records.values()
        _what_if(asked, law, law_at([*kept, *_other_records(asked, reference)], None))
        good = True
    else:
        good = _as_known(asked, law)
    if not good:
        sys.exit(1)
    if asked.refused:
        sys.exit(3)


def _as_known(asked: Asked, law: HeldLaw) -> bool:
    """Replay and tell; whether all that was published was reproduced."""
    told = versions = inexact = compared = 0
    for history in asked.histories():
        account = replayed(history, law, asked.bounds)
        if account is None:
            if asked.wanted is not None:
                click.echo(printable(f"{history.consignment_id}: nothing was known of it then"), err=True)
            continue
        told, versions = told + 1, versions + account.run.on_time
        compared += account.exact is not None
        inexact += account.exact is False
        if asked.as_json:
            json_line(account_json(account, asked.bounds, law))
        elif asked.wanted is not None or account.exact is False:
            for line in account_lines(account, law):
                click.echo(printable(line))
    if asked.wanted is None:
        equal = f"; {compared - inexact} of {compared} equal what was published" if compared else ""
        click.echo(f"{told} consignments, {versions} alert versions{equal}", err=asked.as_json)
        for note in law.notes if not asked.as_json else ():
            click.echo(f"note: {printable(note)}")
    return not inexact


def _what_if(asked: Asked, law: HeldLaw, other: HeldLaw) -> None:
    """Run each history under both laws; differences as they are found, the budget at the end."""
    budget, events, began = Budget(), 0, time.monotonic()
    for history in asked.histories():
        runs = [run_of(history, each, asked.bounds, own_timers=True) for each in (law, other)]
        events += len(history.entries)
        for effect in budget.add(runs[0], runs[1]):
            if asked.as_json:
                json_line(effect)
            else:
                click.echo(printable(_effect_line(effect)))
    click.echo(
        f"{events} inputs judged under two laws, {events / max(time.monotonic() - began, 1e-3):.0f} a second", err=True
    )
    summary = {
        "consignments": budget.consignments, "touched": budget.touched, "law_before": law.digest, "law_after": other.digest,
        "rules": budget.rules, "notes": law.notes,
    }  # fmt: skip
    if asked.as_json:
        json_line({"budget": summary})
        return
    for line in _budget_lines(summary):
        click.echo(printable(line))


def _effect_line(effect: Effect) -> str:
    def told(said: Said | None) -> str:
        return f"{said.verdict}: {said.because}" if said is not None else "nothing"

    if effect.change == "opened":
        return f"{effect.consignment_id}  {effect.rule} would open, {told(effect.after)}"
    if effect.change == "withdrawn":
        return f"{effect.consignment_id}  {effect.rule} would go away, was {told(effect.before)}"
    return f"{effect.consignment_id}  {effect.rule} would change, {told(effect.before)} -> {told(effect.after)}"


def _budget_lines(summary: dict[str, Any]) -> Iterator[str]:
    yield f"{summary['touched']} of {summary['consignments']} consignments would be judged otherwise"
    if summary["law_before"] == summary["law_after"]:
        yield "the records given are those that are held: nothing can change"
    yield "rule   alerts before  after   opened  gone  changed   versions before  after"
    for rule, row in summary["rules"].items():
        yield (f"{rule:6}{row['before']:14}{row['after']:7}{row['opened']:9}{row['withdrawn']:6}{row['changed']:9}"
               f"{row['versions_before']:18}{row['versions_after']:7}")  # fmt: skip
    for note in summary["notes"]:
        yield f"note: {note}"


if __name__ == "__main__":
    command()
