"""`transitwatch bench`: measure the monitor, beside the limit of its kind and beside other hosts of the same decision."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from streams.commands._common import current_settings, kafka_options

F = TypeVar("F", bound=Callable[..., Any])
ELSEWHERE: dict[str, tuple[str, str, str]] = {
    "delta": (
        "streams.commands.bench_delta",
        "delta_command",
        "A changed list and those who are known: speed, completeness.",
    ),
    "names": ("streams.commands.bench_names", "names_command", "Matching of names: quality."),
    "rules": ("streams.commands.bench_rules", "rules_command", "What each rule costs a judged event."),
    "screening": ("streams.commands.bench_screening", "screening_command", "Matching of names: speed."),
}
"""Subcommands of other modules: module, attribute, one line of help. Left out where the module is not installed."""
CONTENDERS = ("limit", "monitor", "faust", "quix")


class BenchGroup(click.Group):
    """The group whose subcommands of other modules are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names: own ones, then those of other modules that are there."""
        return [*super().list_commands(ctx), *(n for n, (m, _, _) in ELSEWHERE.items() if importlib.util.find_spec(m))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None when there is none."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, attribute, _ = ELSEWHERE[cmd_name]
        if importlib.util.find_spec(module) is None:
            return None
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group("bench", cls=BenchGroup)
def command() -> None:
    """Measure: one JSON object on standard output, progress on standard error. Ratios within a run are what counts.

    Each makes topics of its own on the broker and removes them at the end. Needs Linux and a real Kafka that is idle.

    \b
    Example:
      transitwatch bench throughput --bootstrap localhost:9092
      transitwatch bench restore --bootstrap localhost:9092 --json > restore.json
    """


def common_options(function: F) -> F:
    """The options that every bench has."""
    function = click.option("--json", "json_", is_flag=True, help="The object on one line, for scripts.")(function)
    function = click.option(
        "--timeout",
        type=click.FloatRange(1, 3600),
        default=300.0,
        show_default=True,
        help="Most seconds for each part.",
    )(function)
    return kafka_options(function)


def show(report: Any, json_: bool) -> None:
    """The report on standard output."""
    text = msgspec.json.encode(report)
    click.echo((text if json_ else msgspec.json.format(text, indent=2)).decode())


def _names(_: click.Context, option: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Contenders out of a list with commas, in the order in which they run; a click callback. Raises BadParameter."""
    given = [x.strip() for x in value.split(",")] if value else [*CONTENDERS]
    unknown = [x for x in given if x not in CONTENDERS]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r}; expected some of {', '.join(CONTENDERS)}", param=option)
    return tuple(name for name in CONTENDERS if name in given)


@command.command("throughput")
@common_options
@click.option("--events", type=click.IntRange(1), default=200_000, show_default=True, help="Events of the feed.")
@click.option(
    "--consignments", type=click.IntRange(1), default=50_000, show_default=True, help="In so many consignments."
)
@click.option("--only", callback=_names, help=f"Some of {','.join(CONTENDERS)} (default: all).")
@click.option(
    "--repeat", type=click.IntRange(1, 20), default=1, show_default=True, help="Rounds; medians are reported."
)
@click.option("--quix-python", help="The Python that has Quix Streams (default: .venv-quix, of `make bench-setup`).")
def throughput(
    bootstrap: str | None, timeout: float, json_: bool, events: int, consignments: int, only: tuple[str, ...], repeat: int,
    quix_python: str | None,
) -> None:  # fmt: skip
    """Events per second of the monitor, of the limit (no decision), of Faust and of Quix Streams with the same decision.

    \b
    Example:
      transitwatch bench throughput --bootstrap localhost:9092 --repeat 3
      transitwatch bench throughput --only limit,monitor --events 50000
    """
    from streams.bench.throughput import QUIX_PYTHON, Contest, run_contest

    contest = Contest(
        events=events, consignments=min(consignments, events), only=only, repeat=repeat, timeout_s=timeout,
        quix_python=quix_python or str(QUIX_PYTHON),
    )  # fmt: skip
    show(run_contest(current_settings({"kafka.bootstrap": bootstrap}).kafka, contest), json_)


@command.command("latency")
@common_options
@click.option(
    "--seconds", type=click.FloatRange(5, 600), default=60.0, show_default=True, help="How long events are sent."
)
@click.option(
    "--rate", type=click.FloatRange(1), help="Events per second (default: half of a maximum measured before)."
)
@click.option(
    "--events", type=click.IntRange(1), default=100_000, show_default=True, help="Events to measure the maximum."
)
def latency(
    bootstrap: str | None, timeout: float, json_: bool, seconds: float, rate: float | None, events: int
) -> None:
    """Milliseconds from the sending of an event to its alert, read committed, at half of the maximum rate.

    \b
    Example:
      transitwatch bench latency --bootstrap localhost:9092
      transitwatch bench latency --rate 2000 --seconds 30
    """
    from streams.bench.latency import LatencyPlan, run_latency

    plan = LatencyPlan(seconds=seconds, rate=rate, events=events, timeout_s=timeout)
    show(run_latency(current_settings({"kafka.bootstrap": bootstrap}).kafka, plan), json_)


@command.command("restore")
@common_options
@click.option("--consignments", type=click.IntRange(10), default=200_000, show_default=True, help="Open consignments.")
@click.option(
    "--few", type=click.IntRange(1), default=10_000, show_default=True, help="The few beside them, for the cost."
)
@click.option("--each", type=click.IntRange(1, 12), default=6, show_default=True, help="Events of each.")
@click.option("--events", type=click.IntRange(4), default=40_000, show_default=True, help="Events of a round.")
@click.option(
    "--rounds", type=click.IntRange(1, 8), default=8, show_default=True, help="Rounds; the median is reported."
)
def restore(
    bootstrap: str | None, timeout: float, json_: bool, consignments: int, few: int, each: int, events: int, rounds: int
) -> None:
    """Memory of open consignments, seconds to restore them, and CPU time per event beside many and beside few.

    \b
    Example:
      transitwatch bench restore --bootstrap localhost:9092
    """
    from streams.bench.restore import RestorePlan, run_restore

    plan = RestorePlan(consignments=consignments, few=min(few, consignments), each=each, events=events, rounds=rounds,
                       timeout_s=timeout)  # fmt: skip
    show(run_restore(current_settings({"kafka.bootstrap": bootstrap}).kafka, plan), json_)


@command.command("rescreen")
@common_options
@click.option("--consignments", type=click.IntRange(1), default=50_000, show_default=True, help="Open consignments.")
@click.option("--each", type=click.IntRange(1, 12), default=4, show_default=True, help="Events of each.")
def rescreen(bootstrap: str | None, timeout: float, json_: bool, consignments: int, each: int) -> None:
    """A listing comes into force: seconds to the last alert, how many were touched, and whether judging anew agrees.

    Exit code 1 when it does not agree.

    \b
    Example:
      transitwatch bench rescreen --bootstrap localhost:9092 --consignments 50000
    """
    from streams.bench.rescreen import RescreenPlan, run_rescreen
    from streams.logs import configure

    configure("warning", "console")
    plan = RescreenPlan(consignments=consignments, each=each, timeout_s=timeout)
    report = run_rescreen(current_settings({"kafka.bootstrap": bootstrap}), plan)
    show(report, json_)
    if not report["equal_to_judging_anew"]:
        raise click.ClickException("the alerts differ from judging all anew; see `differences`")
