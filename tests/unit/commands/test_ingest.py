"""`transitwatch ingest` without Kafka: formats, refusals, dry run, progress."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from streams.cli import cli
from streams.commands.ingest import Progress

EVENT = {
    "event_id": "e1", "source": "ktz", "type": "LOADED", "consignment_id": "KTZ-1",
    "occurred_at": "2026-10-02T07:15:00+05:00",
}  # fmt: skip


def run(*arguments: str, lines: list[object] | None = None) -> Result:
    text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines or [])
    return CliRunner().invoke(cli, ["ingest", *arguments], input=text, prog_name="transitwatch")


@pytest.mark.parametrize("format", ["canonical", "auto"])
def test_a_dry_run_prints_events_that_ingest_to_the_same(format: str) -> None:
    once = run(format, "-", "--dry-run", lines=[EVENT])
    again = CliRunner().invoke(cli, ["ingest", format, "-", "--dry-run"], input=once.stdout)
    assert (once.exit_code, again.stdout) == (0, once.stdout)


@pytest.mark.parametrize(("line", "because"), [
    ("{\n", "not JSON"), ("[]\n", "not an object"), ({**EVENT, "event_id": None}, "event_id: required field missing"),
    ({**EVENT, "occurred_at": "2026-10-02T07:15:00"}, "time without offset"),
    ({**EVENT, "weight": {"net_kg": -1}}, "weight.net_kg: negative mass"),
])  # fmt: skip
def test_a_refused_line_is_told_as_json_and_the_rest_goes_on(line: object, because: str) -> None:
    result = run("canonical", "-", "--dry-run", lines=[line, EVENT])
    told = json.loads(result.stderr)
    assert (result.exit_code, told["at"], because in told["because"]) == (3, "-:1", True)
    assert json.loads(result.stdout)["event_id"] == "e1"


def test_a_field_that_is_not_known_is_a_warning() -> None:
    result = run("canonical", "-", "--dry-run", lines=[{**EVENT, "colour": "red"}])
    told = json.loads(result.stderr)
    assert (result.exit_code, told) == (0, {"warning": "colour: unknown field, left out", "at": "-:1"})


def test_a_refused_line_is_shown_shortened_and_without_control_characters() -> None:
    told = json.loads(run("canonical", "-", "--dry-run", lines=["\x1b[31m" + "x" * 5000 + "\n"]).stderr)
    assert len(told["refused"]) == 200
    assert told["refused"].startswith("\\x1b[31mxxx")


@pytest.mark.parametrize("format", ["dcsa", "ncts", "epcis", "ais", "csv"])
def test_a_format_that_is_not_built_is_told_with_those_that_are(format: str) -> None:
    result = run(format, "-", lines=[EVENT])
    assert (result.exit_code, "built are: canonical, auto" in result.stderr) == (2, True)


def test_a_long_run_tells_how_far_it_is_every_few_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    clock = [0.0]
    progress = Progress(lambda: clock[0])
    for count in range(1, 13):
        clock[0] += 1.0
        progress.at(count * 100)
    assert capsys.readouterr().err == "500 events, 100 a second\n1000 events, 100 a second\n"
