"""`transitwatch bench rules`: the cost of each rule."""

from __future__ import annotations

import click

from streams.commands.bench import show


@click.command("rules")
@click.option("--consignments", type=click.IntRange(10), default=5_000, show_default=True, help="Of four events each.")
@click.option("--rounds", type=click.IntRange(1, 50), default=3, show_default=True, help="Medians are reported.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the generated feed.")
@click.option("--json", "json_", is_flag=True, help="The object on one line, for scripts.")
def rules_command(consignments: int, rounds: int, seed: int, json_: bool) -> None:
    """Microseconds that each rule costs a judged event, beside folding and the judgement as a whole. Needs no Kafka.

    \b
    Example:
      transitwatch bench rules
      transitwatch bench rules --consignments 500 --json
    """
    from streams.bench.rules import RulesPlan, run_rules

    report = run_rules(RulesPlan(consignments=consignments, rounds=rounds, seed=seed))
    if json_:
        show(report, json_)
        return
    rows = report["rules"]
    assert isinstance(rows, list)
    click.echo(f"{'rule':32} {'us':>8} {'share':>8}")
    for row in rows:
        click.echo(f"{row['rule']:32} {row['us']:8.2f} {row['share_pct']:7.1f}%")
    click.echo(f"{'all rules and what they amount to':32} {report['evaluate_us']:7.2f}")
    click.echo(
        f"{'folding the events':32} {report['fold_us']:8.2f}\n{'preparing the case':32} {report['case_us']:8.2f}"
    )
    click.echo(f"{report['judged']} of {report['events']} events are judged ({report['judged_share_pct']} %)")
