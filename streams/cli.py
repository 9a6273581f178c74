"""The command `transitwatch`: finds the subcommand, loads its module only, and tells errors in one line.

Exit codes: 0 done, 1 failed, 2 wrong use or settings, 3 done but part of the input was refused.
"""

from __future__ import annotations

import importlib
from typing import Any

import click

from streams.errors import SettingsError, TransitwatchError

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("streams.commands.demo", "Show the whole thing on this machine, with nothing installed beside it."),
    "decide": ("streams.commands.decide", "Judge event files and say why; needs no server."),
    "explain": ("streams.commands.explain", "Tell the story of one consignment and its verdict."),
    "waivers": ("streams.commands.waivers", "Show waivers, and who has how much of their quotas; needs no server."),
    "screen": ("streams.commands.screen", "Say which list entries a party resembles, and why; needs no server."),
    "compare": ("streams.commands.compare", "Say whether two names are one party; needs no server."),
    "monitor": ("streams.commands.monitor", "Judge events from Kafka as they come, exactly once."),
    "agents": ("streams.commands.agents", "Keep the reference records in Redis in step with Kafka."),
    "reference": ("streams.commands.reference", "Publish law and lists; see what is in force."),
    "ingest": ("streams.commands.ingest", "Bring event files onto the event topics."),
    "replay": ("streams.commands.replay", "Judge again as of a time, or under records that are not in force."),
    "evidence": (
        "streams.commands.evidence",
        "Export what was known and said of a consignment; verify it without the system.",
    ),
    "audit": ("streams.commands.audit", "Export who was screened, under which law, with what result."),
    "alerts": ("streams.commands.alerts", "Follow the alerts."),
    "deadletters": ("streams.commands.deadletters", "List, show and replay refused records."),
    "topics": ("streams.commands.topics", "Create, list and check the topics."),
    "doctor": ("streams.commands.doctor", "Check this installation and say what to do."),
    "generate": ("streams.commands.generate", "Write a labelled feed of realistic traffic."),
    "bench": ("streams.commands.bench", "Measure throughput, latency and restore."),
}
"""Subcommands by name: module (its ``command``), one line of help. Modules are imported when used."""

EPILOG = """
\b
Example:
  transitwatch decide events.ndjson
  transitwatch monitor --bootstrap localhost:9092 --slot 0

Settings: environment TRANSITWATCH_… or --config FILE; see docs/configuration.md.
"""


class Told(click.ClickException):
    """An error of ours on its way to standard error, in one line."""

    def __init__(self, error: TransitwatchError) -> None:
        super().__init__(" ".join(str(error).split()))
        self.exit_code = 2 if isinstance(error, SettingsError) else 1


class LazyGroup(click.Group):
    """The group whose commands are imported when they are used: `decide` must not pay for Kafka."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors of ours become one line and an exit code."""
        try:
            return super().invoke(ctx)
        except TransitwatchError as error:
            raise Told(error) from error


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="transitwatch", prog_name="transitwatch")
@click.option("--config", type=click.Path(), help="TOML file of settings (default: TRANSITWATCH_CONFIG).")
def cli(config: str | None) -> None:
    """Watch shipments on the EU-Kazakhstan-Russia corridors: sanctions, waivers and transits, judged as they move.

    Exit codes: 0 done, 1 failed, 2 wrong use or settings, 3 done but part of the input was refused.
    """


def main() -> None:
    """The entry point of the installed command."""
    cli(prog_name="transitwatch")


if __name__ == "__main__":
    main()
