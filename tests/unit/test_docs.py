"""What the documents tell a user to type can be typed, and what needs no server runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from streams.cli import COMMANDS, cli
from streams.metric_defs import reference_page as metrics_page
from streams.setting_defs import reference_page as configuration_page

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
WITHOUT_SERVER = ("decide", "explain", "generate", "screen", "compare", "waivers")
PLACEHOLDERS = (
    "events.ndjson",
    "lists/eu-fsf.ndjson",
    "feed/events.ndjson",
    "config.toml",
    "queries.ndjson",
    "pairs.ndjson",
    "COAL-2.heads",
    "COAL-2.zip",
    "draft.ndjson",
    "capture.json",
    "vessels.nmea",
    "shipments.csv",
    "mapping.yaml",
)


def commands_in(text: str) -> list[list[str]]:
    """The arguments of every `transitwatch …` line in a ```sh block; comments, pipes and redirections left out."""
    found = []
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(re.sub(r"\s[|>&].*", "", line), comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words and words[0].removeprefix(".venv/bin/") == "transitwatch":
                found.append(words[1:])
    return found


def parse(arguments: list[str]) -> None:
    """Parse a command line as far as its last subcommand, running nothing. Raises click.ClickException."""
    context = cli.make_context("transitwatch", list(arguments))
    while isinstance(context.command, click.Group):
        name, command, rest = context.command.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        context = command.make_context(name, rest, parent=context)


DOCUMENTED = [(path.relative_to(ROOT), line) for path in DOCUMENTS for line in commands_in(path.read_text("utf-8"))]
RUNNABLE = [line for _, line in DOCUMENTED if line[0] in WITHOUT_SERVER and not {"--bootstrap", "--redis"} & set(line)]


@pytest.fixture
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that has the project's documents and the files that examples name."""
    for name in PLACEHOLDERS:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_documents_show_commands() -> None:
    assert len(DOCUMENTED) > 20
    assert len(RUNNABLE) >= 4


@pytest.mark.parametrize("line", [line for _, line in DOCUMENTED], ids=[f"{p}: {' '.join(c)}" for p, c in DOCUMENTED])
def test_a_documented_command_is_one(somewhere: Path, line: list[str]) -> None:
    parse(line)


def test_documented_commands_that_need_no_server_run_in_turn(somewhere: Path) -> None:
    for line in RUNNABLE:
        result = CliRunner().invoke(cli, line, prog_name="transitwatch")
        assert result.exit_code == 0, (line, result.output, result.exception)


def test_the_output_in_the_readme_is_what_decide_says(somewhere: Path) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    without_commands = re.sub(r"^```sh\n.*?^```\n", "", text, flags=re.MULTILINE | re.DOTALL)
    (shown,) = re.findall(r"^```\n(.*?)^```", without_commands, re.MULTILINE | re.DOTALL)
    result = CliRunner().invoke(cli, commands_in(text)[0], prog_name="transitwatch")
    told = result.stdout.splitlines()
    assert [line for line in shown.splitlines() if line not in told] == []


@pytest.mark.parametrize("line", ["transitwatch decide --colour", "transitwatch ponder x", "transitwatch topics shred"])
def test_a_command_that_is_none_is_noticed(somewhere: Path, line: str) -> None:
    ((*arguments,),) = commands_in(f"```sh\n{line}  # as in a document\n```\n")
    with pytest.raises((click.ClickException, AssertionError)):
        parse(arguments)


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in DOCUMENTS:
        text = path.read_text("utf-8")
        for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", text):
            file, _, heading = target.partition("#")
            at = (path.parent / file).resolve() if file else path
            if not at.exists() or (heading and heading not in _anchors(at)):
                broken.append(f"{path.name}: {target}")
    assert broken == []


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_page_of_settings_is_the_one_written_from_the_code() -> None:
    assert (ROOT / "docs" / "configuration.md").read_text("utf-8") == configuration_page()


def test_the_page_of_metrics_is_the_one_written_from_the_code() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text("utf-8") == metrics_page()


def test_every_command_is_named_in_the_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"`{name}" not in text and name not in ("demo", "bench")] == []
