"""A directory of lists believes no cut file, forgets nothing, and changes only by what differs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from streams.errors import ListRefused
from streams.model.moments import iso_day
from streams.model.reference import ListedName, ListedParty
from streams.reference.diff import differences
from streams.reference.loaders.base import About, Loaded, Refused
from streams.reference.snapshots import Guards, Load, Snapshots, read_lines

ABOUT = About("TEST", ("FREEZE",), "synthetic")
DAY_MS = 86_400_000


def _parties(numbers: range, name: str = "Obrazets") -> list[ListedParty]:
    return [
        ListedParty(id=f"TEST:{n}", list="TEST", names=(ListedName(f"{name} {n}"),), measures=("FREEZE",))
        for n in numbers
    ]


def _load(
    directory: Path, records: Sequence[Loaded], day: int = 20_000, floor: int = 1, *, force: bool = False
) -> Load:
    refused: list[Refused] = []
    return Snapshots(directory).load(
        ABOUT, "uk", {"f": "0"}, records, fetched_at=day * DAY_MS, now=day * DAY_MS, guards=Guards(floor),
        tell=refused.append, force=force,
    )  # fmt: skip


def test_the_same_list_again_changes_no_byte_and_no_history(tmp_path: Path) -> None:
    _load(tmp_path, _parties(range(20)))
    before = (tmp_path / "test.ndjson").read_bytes()
    again = _load(tmp_path, _parties(range(20)))
    assert (again.added, again.changed, again.ended, again.same) == (0, 0, 0, 20)
    assert (tmp_path / "test.ndjson").read_bytes() == before
    assert len(Snapshots(tmp_path).history()) == 1


def test_what_is_no_longer_listed_ends_and_stays(tmp_path: Path) -> None:
    _load(tmp_path, _parties(range(20)))
    load = _load(tmp_path, _parties(range(1, 21)), day=20_001)
    assert (load.added, load.ended, load.same) == (1, 1, 19)
    held = {record.id: record for record, _ in read_lines(tmp_path / "test.ndjson")}
    assert iso_day(held["TEST:0"].applies_until or 0) == iso_day(20_001)
    _load(tmp_path, _parties(range(1, 21)), day=20_002)
    held = {record.id: record for record, _ in read_lines(tmp_path / "test.ndjson")}
    assert held["TEST:0"].applies_until == 20_001


def test_a_list_that_shrinks_by_more_than_a_tenth_changes_nothing_unless_forced(tmp_path: Path) -> None:
    _load(tmp_path, _parties(range(20)))
    before = (tmp_path / "test.ndjson").read_bytes()
    with pytest.raises(ListRefused, match="3 fewer than the 20"):
        _load(tmp_path, _parties(range(17)), day=20_001)
    assert (tmp_path / "test.ndjson").read_bytes() == before
    assert _load(tmp_path, _parties(range(17)), day=20_001, force=True).ended == 3


def test_a_list_of_as_many_records_with_fewer_names_changes_nothing(tmp_path: Path) -> None:
    two = [msgspec.structs.replace(r, names=(*r.names, ListedName("Primer"))) for r in _parties(range(20))]
    _load(tmp_path, two)
    with pytest.raises(ListRefused, match="20 names, 20 fewer than the 40"):
        _load(tmp_path, _parties(range(20)), day=20_001)


def test_an_entry_whose_row_is_refused_stays_in_force(tmp_path: Path) -> None:
    _load(tmp_path, _parties(range(20)))
    load = _load(tmp_path, [*_parties(range(2, 20)), Refused("f", "line 1", "broken", "0")], day=20_001)
    assert (load.ended, load.kept, load.same) == (1, 1, 18)
    held = {record.id: record.applies_until for record, _ in read_lines(tmp_path / "test.ndjson")}
    assert (held["TEST:0"], held["TEST:1"]) == (None, 20_001)
    assert _load(tmp_path, _parties(range(2, 20)), day=20_002).ended == 1


def test_nothing_ends_while_it_cannot_be_told_whose_row_is_refused(tmp_path: Path) -> None:
    _load(tmp_path, _parties(range(20)))
    broken: list[Loaded] = [*_parties(range(2, 20)), Refused("f", "line 1", "broken")]
    load = _load(tmp_path, broken, day=20_001)
    assert (load.ended, load.kept) == (0, 2)
    assert _load(tmp_path, broken, day=20_002, force=True).ended == 2


def test_a_list_below_its_floor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListRefused, match="the floor is 30"):
        _load(tmp_path, _parties(range(20)), floor=30)
    assert not (tmp_path / "test.ndjson").exists()


def test_a_second_entry_of_a_number_is_refused(tmp_path: Path) -> None:
    assert _load(tmp_path, [*_parties(range(3)), *_parties(range(1), "Other")]).refused == 1


def test_snapshots_are_found_by_hash_and_compared_field_by_field(tmp_path: Path) -> None:
    first = _load(tmp_path, _parties(range(20)))
    second = _load(tmp_path, [*_parties(range(1), "Renamed"), *_parties(range(2, 21))], day=20_001)
    store = Snapshots(tmp_path)
    found = list(differences(store.find(first.sha256[:12]), store.find(second.sha256[:12])))
    assert [(d.what, d.key, d.fields) for d in found] == [
        ("changed", "party:TEST:0", ("names",)), ("added", "party:TEST:20", ()), ("gone", "party:TEST:1", ()),
    ]  # fmt: skip
    with pytest.raises(ListRefused, match="no snapshot begins"):
        store.find("zz")
