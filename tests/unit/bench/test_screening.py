"""The benches of matching: people against whole lists, speed, and how the cost grows."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from streams.bench.names_whole import against_lists
from streams.bench.screening import Namer, ScreeningPlan, run_screening, zipf
from streams.bench.screening_lists import listed_parties
from streams.commands.bench_names import names_command
from streams.screening.match import Screener

HEADER = (
    '"id","schema","name","aliases","birth_date","countries","addresses","identifiers","sanctions","phones","emails","dataset",'
    '"first_seen","last_seen","last_change"\n'
)
LISTED = '"X-{n}","Person","{name}","","{birth}","ru","","","","","","Example","2024-03-04","2025-05-23","2024-08-08"\n'
PLAN = ScreeningPlan(questions=40, stream=200, lengths=(50, 200))


def _folders(tmp_path: Path) -> tuple[Path, Path]:
    lists, sets = tmp_path / "lists", tmp_path / "sets"
    lists.mkdir()
    sets.mkdir()
    rows = [("Makar Dolgorukikh", "1970-01-01"), ("Innokenty Zaretsky", "")]
    text = HEADER + "".join(LISTED.format(n=n, name=name, birth=birth) for n, (name, birth) in enumerate(rows))
    (lists / "opensanctions_example.targets.simple.csv").write_text(text)
    (sets / "screen_positives_un_one.jsonl").write_text('{"query": "DOLGORUKIKH, MAKAR", "dob": "1970"}\n')
    (sets / "screen_negatives_one.jsonl").write_text(
        '{"query": "Makar Dolgorukikh", "dob": "1999-01-01"}\n{"query": "Pia Lund", "dob": null}\n'
    )
    (sets / "pairs.jsonl").write_text(
        '{"query": "A B", "candidate": "A B", "schema": "Person", "expected": true}\n'
        '{"query": "A B", "candidate": "C D", "schema": "Person", "expected": false}\n'
    )
    return lists, sets


def test_what_is_stated_beside_the_name_tells_namesakes_from_listed_people(tmp_path: Path) -> None:
    lists, sets = _folders(tmp_path)
    found = {row.set: row for row in against_lists(Screener(listed_parties(lists)), sets)}
    assert found["screen_positives_un_one"].share == 1.0
    assert (found["screen_negatives_one"].by_name, found["screen_negatives_one"].with_qualifiers) == (1, 0)


def test_the_command_shows_people_against_whole_lists(tmp_path: Path) -> None:
    lists, sets = _folders(tmp_path)
    answer = CliRunner().invoke(names_command, [str(sets), "--lists", str(lists)])
    assert answer.exit_code == 0
    assert "screen_negatives_one" in answer.output
    assert "hit though clean: 0.00%" in answer.output


def test_the_report_has_speed_and_memory_of_each_length_and_of_the_lists(tmp_path: Path) -> None:
    report = run_screening(PLAN, _folders(tmp_path)[0])
    assert report["lists"]["names"] == 2
    assert [row["names"] for row in report["by_length"]] == [50, 200]
    assert all(row["per_s"] > 0 and row["p50_us"] <= row["p99_us"] <= row["max_us"] for row in report["by_length"])
    assert report["growth"] > 0


def test_invented_names_are_the_same_for_the_same_seed_and_all_different() -> None:
    assert Namer(3).names(200) == Namer(3).names(200)
    assert len(set(Namer(3).names(200))) == 200


def test_a_stream_asks_most_about_the_first() -> None:
    stream = zipf(["a", "b", "c", "d"], 1_000, seed=1)
    assert stream.count("a") > stream.count("b") > stream.count("d") > 0
