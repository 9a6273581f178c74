"""`transitwatch screen`: matches with their why, thresholds, days, files of many, refused lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from streams.commands.bulk import MOST_BYTES, Progress
from streams.commands.screen import command

FIRM = {
    "kind": "party", "id": "X1", "list": "TEST", "schema": "Organization", "names": [{"name": "TOO Zerde Agro Bau"}],
    "countries": ["KZ"], "identifiers": {"bin": "940140000385"}, "measures": ["FREEZE"], "programme": "P1",
    "applies_from": "2024-06-24",
}  # fmt: skip
LATER = {
    "kind": "party", "id": "X2", "list": "TEST", "schema": "Person", "names": [{"name": "Fedot Kumach-Zaretsky"}],
    "measures": ["FREEZE"], "applies_from": "2026-01-10", "applies_until": "2026-03-01",
}  # fmt: skip
SHIP = {
    "kind": "party", "id": "S1", "list": "SHIPS", "schema": "Vessel", "names": [{"name": "Zarya Pervaya"}],
    "identifiers": {"imo": "1000007"}, "measures": ["VESSEL_BAN"], "applies_from": "2025-07-20",
}  # fmt: skip
HELD = {"kind": "ownership", "id": "O1", "owner_id": "X1", "owned": {"name": "Bereke Tas Karer LLP"}, "share_pct": 60}
PART = {"kind": "ownership", "id": "O2", "owner_id": "X1", "owned": {"name": "Sholpan Kum Zavod LLP"}, "share_pct": 20}
STATE = {"kind": "list", "id": "TEST", "list": "TEST", "fetched_at": "2026-02-03T04:05:06Z", "records": 2}


@pytest.fixture
def lists(tmp_path: Path) -> str:
    file = tmp_path / "lists.ndjson"
    file.write_text("".join(json.dumps(r) + "\n" for r in (FIRM, LATER, SHIP, HELD, PART, STATE)))
    return str(file)


def screen(*args: str, **more: Any) -> Result:
    return CliRunner().invoke(command, args, **more)


def found(lists: str, *args: str, day: str = "2026-02-10") -> dict[str, Any]:
    done = screen(*args, "--reference", lists, "--as-of", day, "--json")
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_match_says_which_entry_of_which_list_and_list_version_it_is_and_why(lists: str) -> None:
    answer = found(lists, "Zerde Agro Bau", "--type", "organization")
    match = answer["matches"][0]
    assert answer["hit"] and answer["query"] == "Zerde Agro Bau"
    assert (match["id"], match["name"], match["list"]) == ("X1", "TOO Zerde Agro Bau", "TEST")
    assert match["list_version"] == "2026-02-03T04:05:06Z"
    assert match["score"] >= match["threshold"] > 0 and "Zerde" in match["because"]
    assert len(answer["records_version"]) == 32


def test_the_text_shows_result_list_version_and_reason(lists: str) -> None:
    done = screen("Zerde Agro Bau", "--reference", lists, "--as-of", "2026-02-10")
    assert done.exit_code == 0
    assert "HIT: 1 match reaches" in done.stdout
    row = next(line for line in done.stdout.splitlines() if "party:X1" in line)
    assert "HIT" in row and "2026-02-03" in row and "since 2024-06-24" in row
    assert "why: " in done.stdout and "FREEZE" in done.stdout


def test_nothing_alike_is_no_hit_and_no_matches(lists: str) -> None:
    answer = found(lists, "Quillfeather Antimacassar Society")
    assert answer["matches"] == [] and answer["hit"] is False
    assert "no hit: nothing" in screen("Quillfeather Antimacassar Society", "--reference", lists).stdout


def test_an_equal_number_is_a_hit_without_any_name(lists: str) -> None:
    answer = found(lists, "--identifier", "bin=940140000385")
    assert answer["hit"] and answer["matches"][0]["certain"]


def test_a_number_that_fails_its_check_digit_is_named_and_not_used(lists: str) -> None:
    answer = found(lists, "--identifier", "bin=940140000389")
    assert not answer["hit"] and answer["doubts"] == ["bin=940140000389"]
    done = screen("--identifier", "bin=940140000389", "--reference", lists)
    assert "Not used:  bin=940140000389 fails its check digit" in done.stdout


def test_a_ship_is_found_whether_the_kind_is_stated_or_not(lists: str) -> None:
    assert found(lists, "Zarya Pervaya", "--type", "vessel")["hit"]
    assert found(lists, "Zarya Pervaya")["hit"]
    assert not found(lists, "Zarya Pervaya", "--type", "organization")["hit"]


@pytest.mark.parametrize(("day", "hit"), [("2026-01-09", False), ("2026-01-10", True), ("2026-03-01", False)])
def test_a_record_counts_only_on_the_days_it_applies(lists: str, day: str, hit: bool) -> None:
    answer = found(lists, "Fedot Kumach-Zaretsky", day=day)
    assert answer["hit"] is hit and answer["matches"][0]["in_force"] is hit


def test_what_lies_outside_of_its_dates_says_so(lists: str) -> None:
    args = ("Fedot Kumach-Zaretsky", "--reference", lists, "--as-of", "2026-04-01")
    assert "not in force on 2026-04-01: from 2026-01-10 until 2026-03-01" in screen(*args).stdout
    assert "outside of its dates" in screen(*args).stdout


def test_a_firm_that_a_listed_one_owns_is_a_hit_with_the_path(lists: str) -> None:
    answer = found(lists, "Bereke Tas Karer")
    assert answer["hit"] and "counts as listed: held by TOO Zerde Agro Bau (60 %" in answer["matches"][0]["because"]
    assert found(lists, "Bereke Tas Karer", day="2024-01-01")["hit"] is False


def test_a_minority_holding_is_shown_and_is_no_hit(lists: str) -> None:
    answer = found(lists, "Sholpan Kum Zavod")
    assert answer["hit"] is False
    assert "held 20 % by TOO Zerde Agro Bau, which does not make it listed" in answer["matches"][0]["because"]


def test_a_policy_sets_the_threshold_of_one_kind_of_party(lists: str, tmp_path: Path) -> None:
    strict = tmp_path / "strict.ndjson"
    key = "match_threshold_person"
    strict.write_text(json.dumps({"kind": "policy", "id": f"policy:{key}", "key": key, "value": 1.01}) + "\n")
    args = ("--reference", lists, "--reference", str(strict), "--as-of", "2026-02-10", "--json")
    person = json.loads(screen("Fedot Kumach-Zaretski", *args).stdout)
    assert person["matches"][0]["threshold"] == 1.01 and person["hit"] is False
    assert json.loads(screen("Zerde Agro Bau", *args).stdout)["hit"] is True


def test_the_limit_bounds_the_matches_and_says_how_many_are_left(tmp_path: Path) -> None:
    many = tmp_path / "many.ndjson"
    many.write_text("".join(json.dumps({**FIRM, "id": f"M{n}", "identifiers": {}}) + "\n" for n in range(9)))
    args = ("Zerde Agro Bau", "--reference", str(many), "--reference-only", "--limit", "2")
    answer = json.loads(screen(*args, "--json").stdout)
    assert len(answer["matches"]) == 2 and answer["more"] == 7
    assert "and 7 more" in screen(*args).stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "NAME"),
        (("  ",), "NAME"),
        (("A", "--country", "Jordan"), "--country: no country: 'Jordan'"),
        (("A", "--birth-date", "1960-13-01"), "--birth-date: no date: '1960-13-01'"),
        (("A", "--identifier", "940140000385"), "write kind=number"),
        (("A", "--as-of", "soon"), "'soon' is no date"),
        (("A", "--file", "-"), "--file holds the questions"),
    ],
)
def test_wrong_use_says_what_would_be_right(args: tuple[str, ...], told: str) -> None:
    done = screen(*args)
    assert done.exit_code == 2
    assert told in done.stderr


def test_many_questions_are_answered_in_order_and_each_answer_repeats_its_line(lists: str, tmp_path: Path) -> None:
    file = tmp_path / "q.ndjson"
    file.write_text('{"query": "Zerde Agro Bau", "schema": "Company", "ticket": 7}\n\n{"query": "Nobody Atall"}\n')
    done = screen("--file", str(file), "--reference", lists)
    first, second = map(json.loads, done.stdout.splitlines())
    assert done.exit_code == 0
    assert (first["query"], first["ticket"], first["hit"], second["hit"]) == ("Zerde Agro Bau", 7, True, False)
    assert "2 questions answered, 0 lines refused" in done.stderr


def test_a_bad_line_is_named_with_its_reason_and_the_others_go_on(lists: str) -> None:
    lines = [
        b'{"query": "Zerde Agro Bau"}', b"{bad", b'{"query": 5}', b'{"query": "A", "schema": "Planet"}', b"[1]",
        b'{"query": "A", "birth_date": "May"}', b'{"query": "A", "identifiers": {"bin": 5}}', b'"' + b"x" * MOST_BYTES + b'"',
        b'{"query": "Zerde Agro Bau"}',
    ]  # fmt: skip
    done = screen("--file", "-", "--reference", lists, input=b"\n".join(lines))
    assert done.exit_code == 3
    assert [json.loads(line)["hit"] for line in done.stdout.splitlines()] == [True, True]
    refused = [line for line in done.stderr.splitlines() if line.startswith("refused: ")]
    assert [line.split(":")[2] for line in refused] == ["2", "3", "4", "5", "6", "7", "8"]
    assert "unknown kind of party: 'Planet'; expected one of Person" in done.stderr
    assert "line too long" in refused[-1]


def test_progress_is_told_now_and_then_with_rate_and_share(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 1.0, 6.0, 6.0])
    progress = Progress("questions", 1000, lambda: next(times))
    progress.at(10, 100)
    progress.at(60, 500)
    assert capsys.readouterr().err == "60 questions (50 % of the file), 10 a second\n"


def test_refused_reference_lines_are_told_and_the_exit_code_is_3(tmp_path: Path) -> None:
    bad = tmp_path / "bad.ndjson"
    bad.write_text('{"kind": "nonsense"}\n')
    done = screen("Anybody Atall", "--reference", str(bad))
    assert done.exit_code == 3 and "bad.ndjson:1" in done.stderr


def test_a_redis_that_is_away_is_told_in_one_line() -> None:
    done = screen("Anybody", "--redis", "redis://127.0.0.1:1/0")
    assert done.exit_code == 1 and done.exception is not None
    assert "127.0.0.1:1" in str(done.exception)
