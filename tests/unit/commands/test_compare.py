"""`transitwatch compare`: a score and a verdict per pair, one by one and in bulk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from streams.commands.compare import command


def compare(*args: str, **more: Any) -> Result:
    return CliRunner().invoke(command, args, **more)


def test_each_pair_of_a_file_gets_score_and_match_and_keeps_its_fields(tmp_path: Path) -> None:
    file = tmp_path / "pairs.ndjson"
    rows = [
        {"query": "Fedot Kumach", "candidate": "Kumach Fedot", "schema": "Person", "expected": True},
        {"query": "Fedot Kumach", "candidate": "Sholpan Bereke", "schema": "Person"},
    ]
    file.write_text("".join(json.dumps(r) + "\n" for r in rows))
    done = compare("--file", str(file))
    same, other = map(json.loads, done.stdout.splitlines())
    assert done.exit_code == 0
    assert same["match"] is True and same["expected"] is True and 0 <= other["score"] < same["score"] <= 1
    assert other["match"] is False


def test_a_pair_on_the_command_line_is_told_in_words() -> None:
    done = compare("Fedot Kumach", "Kumach Fedot", "--type", "person")
    assert done.exit_code == 0 and "taken for one party (threshold 0." in done.stdout


def test_a_policy_from_a_file_sets_another_threshold(tmp_path: Path) -> None:
    strict = tmp_path / "strict.ndjson"
    key = "match_threshold_person"
    strict.write_text(json.dumps({"kind": "policy", "id": f"policy:{key}", "key": key, "value": 1.01}) + "\n")
    done = compare("Fedot Kumach", "Fedot Kumach", "--type", "person", "--reference", str(strict), "--json")
    assert json.loads(done.stdout)["match"] is False


def test_a_line_without_a_candidate_is_refused_by_number_and_the_others_go_on() -> None:
    lines = '{"query": "A B"}\n{"query": "A B", "candidate": "A B"}\n'
    done = compare("--file", "-", input=lines)
    assert done.exit_code == 3
    assert "-:1: candidate: required field missing" in done.stderr
    assert json.loads(done.stdout)["match"] is True


@pytest.mark.parametrize("args", [(), ("A",), ("A", "B", "--file", "-")])
def test_two_names_or_a_file_are_asked_for(args: tuple[str, ...]) -> None:
    done = compare(*args)
    assert done.exit_code == 2 and "two names, or --file" in done.stderr
