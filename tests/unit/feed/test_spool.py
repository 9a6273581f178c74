"""The spool gives back in order what it was given out of order, with little memory and no files left."""

from __future__ import annotations

from pathlib import Path
from random import Random

from streams.feed.spool import DAY, Spool


def test_lines_come_back_sorted_whether_or_not_they_went_through_files() -> None:
    rng = Random(5)
    given = [(rng.randrange(40 * DAY), b"line %d" % n) for n in range(3000)]
    with Spool(limit=4_000) as small, Spool() as large:
        for at, line in given:
            small.put(at, line)
            large.put(at, line)
        assert small.files
        through_files = [(at, line) for at, _, line in small.take()]
        assert through_files == [(at, line) for at, _, line in large.take()]
    assert through_files == sorted(given, key=lambda g: g[0])


def test_only_whole_days_before_the_time_are_taken() -> None:
    with Spool() as spool:
        for at in (5, DAY + 1, 2 * DAY + 1):
            spool.put(at, b"x")
        assert [at for at, _, _ in spool.take(before=2 * DAY + 7)] == [5, DAY + 1]
        assert [at for at, _, _ in spool.take()] == [2 * DAY + 1]


def test_what_is_held_in_memory_stays_near_the_limit() -> None:
    with Spool(limit=10_000) as spool:
        for n in range(5_000):
            spool.put((n % 50) * DAY, b"y" * 100)
            assert spool.size <= 10_000 + 100 + 100 * 100


def test_the_temporary_folder_is_gone_at_the_end() -> None:
    with Spool(limit=10) as spool:
        spool.put(1, b"one")
        spool.put(3 * DAY, b"two long enough to be put aside")
        folder = Path(spool.folder.name)
        assert list(folder.iterdir())
    assert not folder.exists()
