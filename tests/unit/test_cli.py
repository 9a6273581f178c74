"""The command line: help, errors in one line, exit codes, and commands that load only what they use."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from streams.cli import COMMANDS, cli

HERE = [name for name, (module, _) in COMMANDS.items() if importlib.util.find_spec(module) is not None]


def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, arguments, env=environment, prog_name="transitwatch")
    return result.exit_code, result.stdout, result.stderr


def commands(group: click.Group, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Every command below a group, groups included."""
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        if not path and name not in HERE:
            continue
        command = group.get_command(context, name)
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
    return found


def test_help_lists_every_command_without_loading_them() -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert [name for name in COMMANDS if f"\n  {name} " not in out] == []


@pytest.mark.parametrize("path", commands(cli, ()), ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...]) -> None:
    code, out, _ = run(*path, "--help")
    assert code == 0
    assert "Example" in out
    assert f"transitwatch {' '.join(path)}" in out


@pytest.mark.parametrize("arguments", [("ponder",), ("decide",), ("decide", "no-such-file"), ("--colour",)])
def test_wrong_use_ends_with_2_and_says_how_to_get_help(arguments: tuple[str, ...]) -> None:
    code, _, err = run(*arguments)
    assert (code, "Usage: transitwatch" in err) == (2, True)


def test_a_wrong_setting_is_one_line_and_ends_with_2() -> None:
    code, out, err = run("topics", "check", TRANSITWATCH_KAFKA_BOOTSTRAP="nowhere")
    assert (code, out) == (2, "")
    assert err == ("Error: TRANSITWATCH_KAFKA_BOOTSTRAP: 'nowhere'; expected HOST:PORT[,HOST:PORT…], "
                   "such as kafka-1:9092,kafka-2:9092\n")  # fmt: skip


def test_the_version_is_told() -> None:
    code, out, _ = run("--version")
    assert (code, out.startswith("transitwatch, version ")) == (0, True)


@pytest.mark.parametrize("arguments", [["--help"], ["decide", "--help"], ["explain", "--help"]], ids=" ".join)
def test_what_needs_no_server_loads_no_client_of_one(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom streams.cli import cli\n"
        f"try:\n    cli({arguments!r})\nexcept SystemExit:\n    pass\n"
        "print('LOADED', [m for m in ('confluent_kafka', 'redis', 'faust', 'prometheus_client') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert "LOADED []" in done.stdout
