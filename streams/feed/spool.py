"""Lines put in order of time with little memory: what lies far ahead waits in files, day by day."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

DAY = 86_400_000
Line = tuple[int, int, bytes]
"""When (ms UTC), the number in order of entry (which decides among equals), the line itself, without line feed."""


class Spool:
    """Takes lines in any order within a window and gives them back sorted, day by day (a context manager).

    Memory stays near ``limit`` bytes; beyond it the days ahead go to a temporary folder, removed at the end.
    """

    def __init__(self, limit: int = 64 << 20) -> None:
        self.limit = limit
        self.size = 0
        self.count = 0
        self.days: defaultdict[int, list[Line]] = defaultdict(list)
        self.folder = tempfile.TemporaryDirectory(prefix="transitwatch-feed-")
        self.files: set[int] = set()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None) -> None:
        self.folder.cleanup()

    def put(self, at: int, line: bytes) -> None:
        """Enter a line that is due at a time (ms UTC)."""
        self.days[at // DAY].append((at, self.count, line))
        self.count += 1
        self.size += len(line)
        if self.size > self.limit:
            self._unload()

    def _file(self, day: int) -> Path:
        return Path(self.folder.name) / str(day)

    def _unload(self) -> None:
        """Write every day but the next one to its file."""
        for day in sorted(self.days)[1:]:
            with self._file(day).open("ab") as file:
                file.writelines(b"%d %d %s\n" % line for line in self.days.pop(day))
            self.files.add(day)
        self.size = sum(len(line[2]) for lines in self.days.values() for line in lines)

    def _stored(self, day: int) -> Iterator[Line]:
        with self._file(day).open("rb") as file:
            for row in file:
                at, number, line = row.rstrip(b"\n").split(b" ", 2)
                yield int(at), int(number), line
        self._file(day).unlink()
        self.files.discard(day)

    def take(self, before: int | None = None) -> Iterator[Line]:
        """The lines of all whole days before a time (ms UTC; None: all), in order."""
        end = before // DAY if before is not None else None
        for day in sorted({*self.days, *self.files}):
            if end is not None and day >= end:
                return
            lines = self.days.pop(day, [])
            self.size -= sum(len(line[2]) for line in lines)
            if day in self.files:
                lines.extend(self._stored(day))
            yield from sorted(lines)
