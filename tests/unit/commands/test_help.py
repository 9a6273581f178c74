"""Every command explains itself: help with an example, lines kept apart, no control characters shown."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from streams.cli import COMMANDS, cli


def paths() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    with click.Context(cli) as context:
        for name in COMMANDS:
            command = cli.get_command(context, name)
            assert command is not None
            found.append((name,))
            if isinstance(command, click.Group):
                found.extend((name, sub) for sub in command.list_commands(context))
    return found


@pytest.mark.parametrize("path", paths(), ids=" ".join)
def test_help_shows_an_example_and_no_control_characters(path: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli, [*path, "--help"])
    assert done.exit_code == 0
    assert "Example" in done.output
    assert "transitwatch " + path[0] in done.output.replace("Usage: cli", "")
    assert "\\b" not in done.output
    assert "\b" not in done.output
