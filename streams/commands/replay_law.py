"""The law under which `transitwatch replay` judges: the records held, as far as they were known at a time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from streams.model.moments import iso_time, parse_time
from streams.model.reference import AnyRecord, ListState
from streams.reference.bundled import merge_records
from streams.reference.snapshots import Snapshots, read_lines
from streams.reference.store import digest_of
from streams.rules.judge import Judge


class HeldLaw(Struct):
    """A law, its digest (as `reference status` and audit show it), and what must be said of decisions under it."""

    judge: Judge
    digest: str
    notes: list[str] = []


def law_at(records: Iterable[AnyRecord], at: int | None, snapshots: Path | None = None) -> HeldLaw:
    """The law of the records known at a time (ms UTC; None: all of them).

    A record that was learnt or changed later is left out. What it said before is not held: a note says so, since a verdict may
    lack what was left out. The states of lists stay: monitors judge with them too. With ``snapshots`` the lists are those of that
    directory as loaded at the time. Raises ListRefused, OSError.
    """
    notes: list[str] = []
    if snapshots is not None and at is not None:
        records, notes = lists_at(records, snapshots, at)
    merged = merge_records(records)
    kept = [r for r in merged if at is None or _known(r, at)]
    law = HeldLaw(Judge(kept), digest_of(kept), notes)
    later = sorted(r.record_key for r in merged if at is not None and not _known(r, at))
    if later and at is not None:
        shown = ", ".join(later[:3]) + (", …" if len(later) > 3 else "")
        law.notes.append(f"{len(later)} records were learnt or changed after {iso_time(at)} and are left out ({shown}); what they said "
                         "before, if anything, is not held, so that a finding may be missing")  # fmt: skip
    return law


def lists_at(records: Iterable[AnyRecord], directory: Path, at: int) -> tuple[list[AnyRecord], list[str]]:
    """Records with the lists of a directory of snapshots (`reference load`) as they were loaded at a time (ms UTC), and notes.

    A list that was first loaded later is left out. A snapshot does not hold what had ended before it was loaded. Raises ListRefused for
    a damaged snapshot, OSError.
    """
    from streams.reference.topics import list_of

    snapshots = Snapshots(directory)
    history = snapshots.history()
    then = {load.list: load for load in history if parse_time(load.loaded_at) <= at}
    notes = [
        f"list {name} was first loaded after {iso_time(at)} and is left out"
        for name in dict.fromkeys(load.list for load in history)
        if name not in then
    ]
    known = {load.list for load in history}
    kept = [record for record in records if list_of(record) not in known]
    for load in then.values():
        kept += [record for record, _ in read_lines(snapshots.find(load.sha256))]
        notes.append(
            f"list {load.list} as loaded {load.loaded_at} ({load.sha256[:12]}); what had ended before is not in it"
        )
    return kept, notes


def _known(record: AnyRecord, at: int) -> bool:
    return isinstance(record, ListState) or record.recorded_at is None or record.recorded_at <= at
