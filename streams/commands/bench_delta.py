"""`transitwatch bench delta`: lists change while many parties are known."""

from __future__ import annotations

import click

from streams.commands.bench import show


@click.command("delta")
@click.option("--parties", type=click.IntRange(100), default=100_000, show_default=True, help="Known parties.")
@click.option("--listed", type=click.IntRange(20), default=2_000, show_default=True, help="List entries.")
@click.option("--changes", type=click.IntRange(1), default=20, show_default=True, help="Changes, one after another.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the invented parties and lists.")
@click.option("--json", "json_", is_flag=True, help="The object on one line, for scripts.")
def delta_command(parties: int, listed: int, changes: int, seed: int, json_: bool) -> None:
    """Seconds to find whom a changed list concerns, and whether anybody is missed who screening all anew would find.

    Needs no Kafka. Screening everybody anew, for comparison, takes most of the time. Exit code 1 when somebody is missed.

    \b
    Example:
      transitwatch bench delta
      transitwatch bench delta --parties 10000 --json
    """
    from streams.bench.delta import DeltaPlan, run_delta

    report = run_delta(DeltaPlan(parties=parties, listed=listed, changes=changes, seed=seed))
    show(report, json_)
    if report["missed"]:
        raise click.ClickException(
            f"{report['missed']} parties were missed; repeat with --seed {seed} to see which change"
        )
