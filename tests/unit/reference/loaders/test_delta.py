"""What a changed copy of a list publishes is what was changed in it, and nothing else."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.model.reference import AnyRecord, ListedParty, ListState
from streams.reference.bundled import load_records
from streams.reference.loaders.base import Refused
from streams.reference.loaders.formats import FORMATS, about
from streams.reference.snapshots import Guards, Load, Snapshots
from streams.reference.topics import compare

LISTS = Path(__file__).resolve().parents[5] / "shared/data/lists"
DAY_MS = 86_400_000
Rows = list[list[str]]


def _generated() -> tuple[Rows, Rows]:
    """A main file and an alias file of 400 invented entries."""
    null = "-0- "
    main = [
        [str(n), f"OBRAZETS {n} OOO", null, "TEST", *[null] * 7, f"Tax ID No. {n:07d} (Russia)."] for n in range(1, 401)
    ]
    return main, [[str(n), str(n), "aka", f"PRIMER {n}", null] for n in range(1, 401, 3)]


def _real() -> tuple[Rows, Rows]:
    def rows(name: str) -> Rows:
        with (LISTS / name).open(encoding="utf-8", newline="") as file:
            return [row for row in csv.reader(file) if len(row) > 1]

    return rows("ofac_sdn_2021-07-07.csv"), rows("ofac_alt_2021-07-07.csv")


def _write(directory: Path, name: str, rows: Rows) -> Path:
    path = directory / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def _load(store: Snapshots, files: list[Path], day: int) -> Load:
    refused: list[Refused] = []
    said = about("ofac", files, list_="TEST")
    return store.load(
        said, "ofac", {f.name: "" for f in files}, FORMATS["ofac"].load(files, said), fetched_at=day * DAY_MS,
        now=day * DAY_MS, guards=Guards(), tell=refused.append,
    )  # fmt: skip


def _published(topic: dict[str, AnyRecord], file: Path) -> set[str]:
    """What a publication of a file writes to a topic, its list's own state left out: the ids."""
    changes = compare(topic, load_records(str(file))[0])
    topic.update((record.record_key, record) for record in changes.all)
    return {r.id.partition(":")[2] for r in changes.all if not isinstance(r, ListState)}


@pytest.mark.parametrize(
    "source",
    [
        _generated,
        pytest.param(_real, marks=pytest.mark.skipif(not LISTS.is_dir(), reason="../shared/data/lists is not here")),
    ],
)
def test_a_changed_copy_publishes_exactly_what_was_changed(
    tmp_path: Path, source: Callable[[], tuple[Rows, Rows]]
) -> None:
    main, alt = source()
    store, topic = Snapshots(tmp_path / "lists"), dict[str, AnyRecord]()
    _load(store, [_write(tmp_path, "sdn.csv", main), _write(tmp_path, "alt.csv", alt)], 20_000)
    assert _published(topic, store.current("TEST")) == {row[0] for row in main}
    _load(store, [tmp_path / "sdn.csv", tmp_path / "alt.csv"], 20_000)
    assert compare(topic, load_records(str(store.current("TEST")))[0]).all == ()

    drawn = random.Random(7).sample(range(len(main)), 30)
    gone, renamed, aliased = ({main[n][0] for n in drawn[k : k + 10]} for k in (0, 10, 20))
    new = [["9000001", "NOVYI OBRAZETS OOO", *main[0][2:]]]
    copy = [[row[0], row[1] + " NEW", *row[2:]] if row[0] in renamed else row for row in main if row[0] not in gone]
    more = [[ent, "1", "aka", "SOVSEM NOVOE", "-0- "] for ent in aliased]
    _write(tmp_path, "copy.csv", [*copy, *new])  # another file name is no change
    _write(tmp_path, "copy_alt.csv", [*[row for row in alt if row[0] not in gone], *more])
    load = _load(store, [tmp_path / "copy.csv", tmp_path / "copy_alt.csv"], 20_001)

    assert (load.added, load.changed, load.ended, load.kept, load.refused) == (1, 20, 10, 0, 0)
    assert _published(topic, store.current("TEST")) == {"9000001"} | gone | renamed | aliased
    parties = {r.id.partition(":")[2]: r for r in topic.values() if isinstance(r, ListedParty)}
    assert {key for key, party in parties.items() if party.applies_until == 20_001} == gone
    assert all(any(n.name == "SOVSEM NOVOE" for n in parties[key].names) for key in aliased)
