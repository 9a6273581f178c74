"""List changes find exactly whom screening everybody anew would find changed; `bench delta` measures how soon."""

from __future__ import annotations

import os

from streams.bench.delta import EDITS, DeltaPlan, Invention, report_of, run_delta

PARTIES = int(os.environ.get("DELTA_PARTIES", "1500"))
"""The full size: DELTA_PARTIES=100000."""


def test_twenty_changes_of_lists_miss_nobody_whose_answer_differs() -> None:
    report = run_delta(DeltaPlan(parties=PARTIES, listed=300, changes=20))
    print(report)
    assert report["missed"] == 0
    assert isinstance(report["differ"], int)
    assert report["differ"] > 10, "the changes alter next to nothing: the test shows nothing"
    assert len(EDITS) <= 20


def test_what_is_invented_is_the_same_for_the_same_seed() -> None:
    one, other = Invention(7), Invention(7)
    assert [one.entry() for _ in range(5)] == [other.entry() for _ in range(5)]
    assert one.parties(20, ["Zarya Finans"]) == other.parties(20, ["Zarya Finans"])


def test_the_target_is_missed_when_somebody_is_missed_or_a_change_takes_long() -> None:
    from streams.bench.delta import _Change

    plan = DeltaPlan(parties=100_000)
    good, missing = _Change("add", 3, 2, [], 0.1, 9.0), _Change("add", 3, 2, [7], 0.1, 9.0)
    assert report_of(plan, [good], 1.0)["met"]
    assert not report_of(plan, [good, missing], 1.0)["met"]
    assert not report_of(plan, [good, good._replace(delta_s=0.6)], 1.0)["met"]
