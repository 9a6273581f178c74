"""What differs between two snapshots of a list, record by record and field by field."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from streams.model.intake import record_to_json
from streams.model.reference import AnyRecord, ListedParty, ListState
from streams.reference.snapshots import read_lines


class Difference(Struct, frozen=True):
    """A record that is new, gone, ended or changed: its key, its first name, and the fields that differ."""

    what: str
    key: str
    name: str
    fields: tuple[str, ...] = ()


def _name(record: AnyRecord) -> str:
    return record.names[0].name if isinstance(record, ListedParty) and record.names else ""


def _fields(before: AnyRecord, after: AnyRecord) -> tuple[str, ...]:
    old, new = record_to_json(before), record_to_json(after)
    return tuple(name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name))


def _digests(path: Path) -> dict[str, bytes]:
    return {
        record.record_key: hashlib.blake2b(line.rstrip(), digest_size=16).digest()
        for record, line in read_lines(path)
        if not isinstance(record, ListState)
    }


def differences(before: Path, after: Path) -> Iterator[Difference]:
    """The differences between two files of records (NDJSON, gzipped or not); states of lists are left out.

    Whole records are held only where they differ. Raises ListRefused; OSError.
    """
    old, new = _digests(before), _digests(after)
    differing = {key for key, digest in old.items() if key in new and new[key] != digest}
    held = {record.record_key: record for record, _ in read_lines(before) if record.record_key in differing}
    for record, _ in read_lines(after):
        key = record.record_key
        if key in differing:
            fields = _fields(held.pop(key), record)
            ended = record.applies_until is not None and fields == ("applies_until",)
            if fields:
                yield Difference("ended" if ended else "changed", key, _name(record), fields)
        elif key in new and key not in old:
            yield Difference("added", key, _name(record))
    for record, _ in read_lines(before):
        if record.record_key in old and record.record_key not in new:
            yield Difference("gone", record.record_key, _name(record))
