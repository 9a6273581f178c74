"""The law under which `transitwatch replay` judges: the records held, as far as they were known at a time."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from streams.model.moments import iso_time
from streams.model.reference import AnyRecord, ListState
from streams.reference.bundled import merge_records
from streams.reference.store import digest_of
from streams.rules.judge import Judge


class HeldLaw(Struct):
    """A law, its digest (as `reference status` and audit show it), and what must be said of decisions under it."""

    judge: Judge
    digest: str
    notes: list[str] = []


def law_at(records: Iterable[AnyRecord], at: int | None) -> HeldLaw:
    """The law of the records known at a time (ms UTC; None: all of them).

    A record that was learnt or changed later is left out. What it said before is not held: a note says so, since a verdict may
    lack what was left out. The states of lists stay: monitors judge with them too.
    """
    merged = merge_records(records)
    kept = [r for r in merged if at is None or _known(r, at)]
    law = HeldLaw(Judge(kept), digest_of(kept))
    later = sorted(r.record_key for r in merged if at is not None and not _known(r, at))
    if later and at is not None:
        shown = ", ".join(later[:3]) + (", …" if len(later) > 3 else "")
        law.notes.append(f"{len(later)} records were learnt or changed after {iso_time(at)} and are left out ({shown}); what they said "
                         "before, if anything, is not held, so that a finding may be missing")  # fmt: skip
    return law


def _known(record: AnyRecord, at: int) -> bool:
    return isinstance(record, ListState) or record.recorded_at is None or record.recorded_at <= at
