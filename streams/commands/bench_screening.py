"""`transitwatch bench screening`: how fast names are matched, and how the cost grows with the list."""

from __future__ import annotations

from pathlib import Path

import click

from streams.commands.bench import show


@click.command("screening")
@click.option(
    "--lists", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of official list files."
)
@click.option(
    "--questions", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Names to ask about, one a line; invented ones without.",
)  # fmt: skip
@click.option("--longest", type=click.IntRange(10_000), default=1_000_000, show_default=True, help="Invented list.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the invented names.")
@click.option("--json", "json_", is_flag=True, help="The object on one line, for scripts.")
def screening_command(lists: Path | None, questions: Path | None, longest: int, seed: int, json_: bool) -> None:
    """Names a second and core, never asked before and on a stream as in life; the slowest in a hundred; memory.

    Needs no Kafka. Three invented lists, the longest a hundred times the shortest, show how the cost of one name grows.

    \b
    Example:
      transitwatch bench screening --lists data/lists
      transitwatch bench screening --longest 100000 --json
    """
    from streams.bench.screening import ScreeningPlan, run_screening

    asked = questions.read_text("utf-8").splitlines() if questions else []
    lengths = (longest // 100, longest // 10, longest)
    show(run_screening(ScreeningPlan(lengths=lengths, seed=seed), lists, asked), json_)
