from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.bench.names_sets import Pair, Scored, best, cross_validated, quality, read_pairs
from streams.commands.bench_names import names_command

LINES = """\
{"query": "Olga Petrova", "candidate": "Olga Petrova", "schema": "Person", "expected": true}
{"query": "Olga Petrova", "candidate": "Ivan Sidorov", "schema": "Person", "expected": false}
{"query": {"name": "no pair of texts"}, "candidate": {"name": "x"}, "schema": "Person", "expected": true}
{"query": "Olga Petrova", "candidate": "Oleg Petrov", "schema": "Person", "expected": null}
"""


def scored(*values: tuple[float, bool]) -> list[Scored]:
    return [Scored(score, Pair(f"q{n}", "c", "Person", expected)) for n, (score, expected) in enumerate(values)]


def test_precision_and_recall_count_hits_from_the_threshold_on() -> None:
    found = quality(scored((0.9, True), (0.85, False), (0.8, True)), 0.85)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)


def test_a_swapped_label_lowers_f1() -> None:
    right = scored((0.9, True), (0.9, True), (0.1, False))
    wrong = scored((0.9, True), (0.9, False), (0.1, True))
    assert quality(right, 0.85).f1 == 1.0 > quality(wrong, 0.85).f1


def test_the_best_threshold_parts_the_two_kinds_of_pairs() -> None:
    found = best(scored((0.7, True), (0.65, True), (0.6, False)))
    assert found.f1 == 1.0
    assert 0.6 < found.threshold <= 0.65


def test_cross_validation_of_pairs_that_a_threshold_parts_finds_all_of_them() -> None:
    f1, low, high = cross_validated(scored(*[(0.9, True), (0.5, False)] * 20))
    assert f1 == pytest.approx(1.0)
    assert 0.5 < low <= high <= 0.9


def test_rows_without_two_texts_or_a_label_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(LINES)
    assert [p.expected for p in read_pairs(path)] == [True, False]


def test_the_command_prints_a_row_for_each_set_and_kind(tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_text(LINES)
    answer = CliRunner().invoke(names_command, [str(tmp_path)])
    assert answer.exit_code == 0
    assert "mine" in answer.output
    assert "persons" in answer.output


def test_a_folder_without_labelled_pairs_is_an_error_that_says_so(tmp_path: Path) -> None:
    answer = CliRunner().invoke(names_command, [str(tmp_path)])
    assert answer.exit_code == 1
    assert "no labelled pairs" in answer.output
