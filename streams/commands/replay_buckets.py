"""Many small values gathered by key with little memory: written to bucket files in a temporary folder, read bucket by bucket."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

BUCKETS = 256
_WRITE_AT = 1 << 16
_HEAD = 9
"""Bytes before each value: length of the key (4), length of the value (4), tag (1)."""


class Item(NamedTuple):
    """A value as it was put in: ``tag`` says what it is."""

    tag: int
    value: bytes


class Buckets:
    """Takes values in any order and gives them back by key, values of a key in the order of entry (a context manager).

    In memory are one bucket of 256 and the ends of the others, 64 KiB each.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="transitwatch-replay-")
        self._ends: dict[int, bytearray] = {}

    def __enter__(self) -> Buckets:
        return self

    def __exit__(self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None) -> None:
        self._folder.cleanup()

    def _file(self, bucket: int) -> Path:
        return Path(self._folder.name) / str(bucket)

    def put(self, key: str, tag: int, value: bytes) -> None:
        """Enter a value. Raises OSError when the temporary folder is full."""
        name = key.encode()
        bucket = zlib.crc32(name) % BUCKETS
        end = self._ends.setdefault(bucket, bytearray())
        end += len(name).to_bytes(4, "big") + len(value).to_bytes(4, "big") + bytes((tag,)) + name + value
        if len(end) >= _WRITE_AT:
            self._write(bucket)

    def _write(self, bucket: int) -> None:
        with self._file(bucket).open("ab") as file:
            file.write(self._ends.pop(bucket, b""))

    def groups(self) -> Iterator[tuple[str, list[Item]]]:
        """Each key with its values, the keys of a bucket sorted; the same values give the same order."""
        for bucket in range(BUCKETS):
            self._write(bucket)
            data = self._file(bucket).read_bytes()
            self._file(bucket).unlink()
            found: dict[str, list[Item]] = {}
            at = 0
            while at < len(data):
                size = int.from_bytes(data[at : at + 4], "big")
                length = int.from_bytes(data[at + 4 : at + 8], "big")
                tag, at = data[at + 8], at + _HEAD
                key, at = data[at : at + size].decode(), at + size
                found.setdefault(key, []).append(Item(tag, data[at : at + length]))
                at += length
            for key in sorted(found):
                yield key, found[key]
