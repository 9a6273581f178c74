"""`transitwatch ingest` without Kafka: formats, refusals, dry run, account, progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

from streams.cli import cli
from streams.commands.ingest import Progress
from streams.commands.ingest_read import Reader, account
from streams.ingest.adapter import Given, Message, Refusal
from streams.ingest.formats import ADAPTED
from streams.model.events import Event

EVENT = {
    "event_id": "e1", "source": "ktz", "type": "LOADED", "consignment_id": "KTZ-1",
    "occurred_at": "2026-10-02T07:15:00+05:00",
}  # fmt: skip


def run(*arguments: str, lines: list[object] | None = None) -> Result:
    text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines or [])
    return CliRunner().invoke(cli, ["ingest", *arguments], input=text, prog_name="transitwatch")


class Morse(ModuleType):
    """An adapter as others write it: every word is an event, a question mark a refusal."""

    def recognises(self, head: bytes) -> bool:
        return head.startswith(b"-.-")

    def read(self, data: bytes, given: Given) -> Iterator[Event | Refusal | Message]:
        for number, word in enumerate(data.split()):
            yield Message("WORD" if word != b"..--.." else "QUESTION")
            if word == b"..--..":
                yield Refusal("a question, expected a statement", f"word[{number}]", word.decode())
            else:
                yield Event(f"m{number}", given.source, "ARRIVED", "C-1", given.now_ms, given.now_ms)


@pytest.fixture
def morse(monkeypatch: pytest.MonkeyPatch) -> None:
    """The NCTS adapter is replaced by another one; no other is there."""
    for name in ADAPTED:
        monkeypatch.setitem(sys.modules, f"streams.ingest.{name}", None)
    module = Morse("streams.ingest.ncts")
    module.__spec__ = ModuleSpec("streams.ingest.ncts", None)
    monkeypatch.setitem(sys.modules, "streams.ingest.ncts", module)


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


def test_lines_keep_their_numbers_beyond_the_head_that_auto_looks_at() -> None:
    lines: list[object] = [{**EVENT, "event_id": f"e{n}"} for n in range(200)]
    result = run("auto", "-", "--dry-run", lines=[*lines[:150], "\n", "{broken\n", *lines[150:]])
    assert json.loads(result.stderr)["at"] == "-:152"
    assert [json.loads(line)["event_id"] for line in result.stdout.splitlines()] == [f"e{n}" for n in range(200)]


@pytest.mark.parametrize("format", ADAPTED)
def test_a_format_that_is_not_built_is_told_with_those_that_are(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, f"streams.ingest.{format}", None)
    result = run(format, "-", lines=[EVENT])
    assert (result.exit_code, "built are: canonical" in result.stderr) == (2, True)


@pytest.mark.usefixtures("morse")
def test_files_of_several_formats_are_told_apart_and_each_refusal_names_its_file(tmp_path: Path) -> None:
    signal, events = tmp_path / "signal.txt", tmp_path / "events.ndjson"
    signal.write_text("-.- ..--..\n")
    events.write_text(json.dumps(EVENT))
    result = run("auto", str(signal), str(events), "--dry-run")
    found = [(row["event_id"], row["source"], row["type"]) for row in map(json.loads, result.stdout.splitlines())]
    assert found == [("m0", "signal", "ARRIVED"), ("e1", "ktz", "LOADED")]
    because = "a question, expected a statement"
    assert json.loads(result.stderr) == {"refused": "..--..", "because": because, "at": f"{signal}:word[1]"}


@pytest.mark.usefixtures("morse")
def test_the_sender_is_named_by_option_else_by_the_file_else_it_is_ingest(tmp_path: Path) -> None:
    path = tmp_path / "port-7.2026.txt"
    path.write_text("-.-")
    told = [
        run("ncts", *names, "--dry-run", lines=["-.-"]).stdout for names in (["-"], [str(path)], ["-", "--source", "x"])
    ]
    assert [json.loads(text)["source"] for text in told] == ["ingest", "port-7.2026", "x"]


@pytest.mark.usefixtures("morse")
def test_the_summary_tells_what_became_of_which_kind_of_message() -> None:
    kinds = {"ncts WORD": {"ARRIVED": 2}, "ncts QUESTION": {"refused": 1}}
    told = run("ncts", "-", "--dry-run", "--summary", "--json", lines=["-.- ..--.. -"])
    assert json.loads(told.stdout) == {"events": 2, "read": 3, "refused": 1, "kinds": kinds}
    assert account(kinds) == ["ncts QUESTION  refused 1", "ncts WORD      ARRIVED 2"]
    assert run("ncts", "-", "--dry-run", "--summary", lines=["-.- ..--.. -"]).stdout.endswith(
        "2 events; 1 of 3 messages refused\n"
    )


@pytest.mark.usefixtures("morse")
def test_a_file_too_large_for_an_adapter_is_refused_before_it_is_parsed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "signal.txt"
    path.write_text("-.- " * 100)
    reader = Reader("ncts", None, 0, most=399)
    assert list(reader.events((str(path),))) == []
    told = json.loads(capsys.readouterr().err)
    assert (told["at"], told["because"].startswith("larger than 399 bytes")) == (str(path), True)
    assert len(list(Reader("ncts", None, 0, most=400).events((str(path),)))) == 100


@pytest.mark.usefixtures("morse")
def test_a_file_in_no_format_is_refused_once_with_the_formats_there_are(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear sir,\n\nthe goods have left.\n")
    result = run("auto", str(path), "-", "--dry-run", lines=[EVENT])
    told = json.loads(result.stderr)
    because = "no format that is known; expected one of canonical, ncts; name it in the place of auto"
    assert (result.exit_code, told["at"], told["because"]) == (3, str(path), because)
    assert json.loads(result.stdout)["event_id"] == "e1"


@pytest.mark.usefixtures("morse")
def test_json_a_line_is_given_to_an_adapter_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "words.ndjson"
    path.write_text('["-.-"]\n\n[1]\n')
    result = run("ncts", str(path), "--dry-run")
    assert [json.loads(line)["event_id"] for line in result.stdout.splitlines()] == ["m0", "m0"]


@pytest.mark.parametrize("options", [["--summary"], ["--dry-run", "--source", " "]])
def test_options_that_cannot_be_are_wrong_use(options: list[str]) -> None:
    assert run("canonical", "-", *options, lines=[EVENT]).exit_code == 2


def test_a_long_run_tells_how_far_it_is_every_few_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    clock = [0.0]
    progress = Progress(lambda: clock[0])
    for count in range(1, 13):
        clock[0] += 1.0
        progress.at(count * 100)
    assert capsys.readouterr().err == "500 events, 100 a second\n1000 events, 100 a second\n"


TABLE = "Номер;Дата;Что\n7;2026-10-02T07:15:00Z;приехал\n8;вчера;приехал\n"
MAPPING = """
constants: {consignment_id: "SMGS:{Номер}"}
columns:
  "Дата": occurred_at
  "Что": {field: type, codes: {приехал: ARRIVED}}
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "ktz.csv"
    path.write_text(TABLE, "utf-8")
    (tmp_path / "mapping.yaml").write_text(MAPPING, "utf-8")
    return path


def test_a_table_is_read_by_its_mapping_and_a_refused_row_names_its_column(table: Path) -> None:
    result = run("csv", str(table), "--mapping", str(table.with_name("mapping.yaml")), "--dry-run", "--json")
    assert result.exit_code == 3
    (event,) = map(json.loads, result.stdout.splitlines())
    assert (event["type"], event["consignment_id"], event["source"]) == ("ARRIVED", "SMGS:7", "ktz")
    assert json.loads(result.stderr)["at"] == f"{table}:row 3, column Дата"


def test_a_mapping_is_proposed_and_nothing_is_read(table: Path) -> None:
    result = run("csv", str(table), "--propose-mapping")
    assert result.exit_code == 0 and '"Дата": occurred_at' in result.stdout
    assert run("csv", str(table), str(table), "--propose-mapping").exit_code == 2


def test_a_wrong_mapping_is_wrong_use_and_names_its_place(table: Path) -> None:
    table.with_name("mapping.yaml").write_text("columns: {a: colour}", "utf-8")
    result = run("csv", str(table), "--mapping", str(table.with_name("mapping.yaml")), "--dry-run")
    assert result.exit_code == 2 and "mapping columns.a: unknown field: colour" in " ".join(result.stderr.split())


def test_a_mapping_goes_with_tables_alone(table: Path) -> None:
    result = run("canonical", str(table), "--mapping", str(table), "--dry-run")
    assert result.exit_code == 2 and "go with csv, not with canonical" in " ".join(result.stderr.split())


def test_a_file_without_columns_has_no_proposal(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x\n")
    result = run("csv", str(tmp_path / "a.csv"), "--propose-mapping")
    assert result.exit_code == 1 and "no header of at least two columns" in result.stderr
