"""The arithmetic of the benchmarks."""

from __future__ import annotations

import pytest

from streams.bench.stats import (
    Figure,
    NotMeasurable,
    Sample,
    figure_of,
    median_figure,
    percentile,
    ratios_of,
)


@pytest.mark.parametrize(("share", "value"), [(50, 5), (90, 9), (99, 10), (100, 10), (1, 1)])
def test_a_percentile_is_the_nearest_rank(share: float, value: float) -> None:
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], share) == value


def test_a_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


@pytest.mark.parametrize("share", [0, -1, 101])
def test_a_share_outside_of_a_hundred_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="per cent"):
        percentile([1.0], share)


def test_start_up_and_what_the_first_commit_held_are_left_out() -> None:
    looks = [Sample(0, 0, 0), Sample(10, 0, 5), Sample(11, 100, 6), Sample(12, 600, 6.5), Sample(13, 1100, 7)]
    assert figure_of(looks) == Figure(500.0, 1000.0, 1000)


def test_idle_looks_after_the_last_commit_do_not_count() -> None:
    looks = [Sample(1, 100, 1), Sample(2, 200, 1.5), Sample(9, 200, 1.6)]
    assert figure_of(looks) == Figure(100.0, 200.0, 100)


@pytest.mark.parametrize("looks", [[], [Sample(0, 0, 0)], [Sample(0, 0, 0), Sample(1, 500, 1)]])
def test_a_run_without_two_commits_has_no_rate(looks: list[Sample]) -> None:
    with pytest.raises(NotMeasurable):
        figure_of(looks)


def test_figures_of_several_rounds_are_medians() -> None:
    rounds = [Figure(10, 1, 5), Figure(30, 2, 5), Figure(20, 9, 5)]
    assert median_figure(rounds) == Figure(20, 2, 5)


def test_a_median_of_no_round_is_refused() -> None:
    with pytest.raises(ValueError, match="no figures"):
        median_figure([])


def test_a_ratio_is_taken_within_its_round() -> None:
    slow, fast = {"a": Figure(10, 1, 1), "b": Figure(5, 1, 1)}, {"a": Figure(100, 1, 1), "b": Figure(50, 1, 1)}
    assert ratios_of([slow, fast], "a", ("b",)) == {"a/b": 2.0}


def test_a_contender_that_did_not_run_has_no_ratio() -> None:
    assert ratios_of([{"a": Figure(1, 1, 1)}], "a", ("b",)) == {}
