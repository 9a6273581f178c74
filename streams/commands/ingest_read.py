"""How `transitwatch ingest` reads its files: the format of each, its events, what is refused, and the account of both."""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from streams.commands._common import printable
from streams.errors import InvalidInput
from streams.ingest.adapter import MOST_BYTES, Given, Message, Refusal, shown
from streams.ingest.formats import AUTO, CANONICAL, HEAD_BYTES, adapter, built, recognised
from streams.ingest.json_messages import ndjson_lines
from streams.model.events import Event
from streams.model.intake import event_from_json, load_json

_SHOWN = 200
Read = Callable[[bytes, Given], Iterator[Event | Refusal | Message]]
_BOM = b"\xef\xbb\xbf"
_NO_FILE = "ingest"


class Reader:
    """The events of files; refusals and warnings go to standard error as they are met, and everything is counted.

    ``format``: one of `formats.FORMATS`; ``source``: the sender where a message names none, None: the name of the file without
    its ending; ``now_ms``: moment of intake, ms UTC; ``most``: bytes of the largest file that is read as a whole; ``read``: what
    reads the files in the place of the format's adapter, such as one with a mapping of columns.
    """

    def __init__(
        self, format: str, source: str | None, now_ms: int, most: int = MOST_BYTES, read: Read | None = None
    ) -> None:
        self._format, self._source, self._now_ms, self._most = format, source, now_ms, most
        self._read_with = read
        self.read, self.refused = 0, 0
        self.kinds: dict[str, dict[str, int]] = {}
        """Message kind → what became of it: event type (or "refused") → how often."""

    def events(self, files: tuple[str, ...]) -> Iterator[Event]:
        """The events of all files in turn; `-` is standard input."""
        for file in files:
            with contextlib.ExitStack() as stack:
                stream = sys.stdin.buffer if file == "-" else stack.enter_context(Path(file).open("rb"))
                yield from self._events_of(file, stream)

    def _events_of(self, file: str, stream: BinaryIO) -> Iterator[Event]:
        # canonical events are read line by line as they come, so nothing waits for a full head
        head = b"" if self._format == CANONICAL else stream.read(HEAD_BYTES)
        name = recognised(head) if self._format == AUTO else self._format
        if name is None:
            self.read += 1
            expected = f"one of {', '.join(n for n in built() if n != AUTO)}; name it in the place of auto"
            self._refuse(AUTO, Refusal(f"no format that is known; expected {expected}", "", shown(head)), file)
            return
        if name == CANONICAL:
            yield from self._lines(file, head, stream)
            return
        data = head + stream.read(self._most + 1 - len(head))
        if len(data) > self._most:
            self.read += 1
            because = f"larger than {self._most} bytes, the most that is read of one {name} file; cut it in parts"
            self._refuse(name, Refusal(because, "", ""), file)
            return
        yield from self._adapted(name, file, data)

    def _adapted(self, name: str, file: str, data: bytes) -> Iterator[Event]:
        """The events that an adapter finds in a file."""
        given = Given(self._source or (_NO_FILE if file == "-" else Path(file).stem or _NO_FILE), self._now_ms)
        module, kind, told = adapter(name), name, False
        read = self._read_with or module.read
        lines = [] if getattr(module, "READS_LINES", False) else ndjson_lines(data)
        for where, part in [(f"line {n}: ", line) for n, line in lines] or [("", data)]:
            for item in read(part, given):
                if isinstance(item, Message):
                    kind, told = f"{name} {item.kind}", True
                    self.read += item.counted
                    continue
                if not told:
                    self.read += 1
                if isinstance(item, Refusal):
                    self._refuse(kind, item, file, where)
                else:
                    self._count(kind, item.type)
                    yield item

    def _lines(self, file: str, head: bytes, stream: BinaryIO) -> Iterator[Event]:
        """The events of NDJSON (contract 1); each line is judged by itself."""
        for number, line in _numbered(head, stream):
            self.read += 1
            try:
                event, warnings = event_from_json(load_json(line), self._now_ms)
            except InvalidInput as error:
                self._refuse(CANONICAL, Refusal(str(error), str(number), _shown(line)), file)
                continue
            for warning in warnings:
                self._tell({"warning": warning, "at": f"{file}:{number}"})
            self._count(CANONICAL, event.type)
            yield event

    def _refuse(self, kind: str, refusal: Refusal, file: str, where: str = "") -> None:
        self.refused += 1
        self._count(kind, "refused")
        path = f"{where}{refusal.at}".removesuffix(": ")
        at = f"{file}:{path}" if path else file
        self._tell({"refused": refusal.refused, "because": refusal.because, "at": at})

    def _count(self, kind: str, what: str) -> None:
        counts = self.kinds.setdefault(kind, {})
        counts[what] = counts.get(what, 0) + 1

    @staticmethod
    def _tell(what: dict[str, str]) -> None:
        click.echo(msgspec.json.encode(what).decode(), err=True)


def _numbered(head: bytes, stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers from 1; ``head`` is what was already read of the stream."""
    *whole, rest = head.split(b"\n")
    begun = rest + stream.readline()
    for number, line in enumerate(itertools.chain(whole, [begun], stream), 1):
        if line.strip():
            yield number, line.removeprefix(_BOM)


def _shown(line: bytes) -> str:
    text = printable(line.strip().decode("utf-8", "backslashreplace"))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def account(kinds: dict[str, dict[str, int]]) -> list[str]:
    """The table of message kind → event types for reading, widest column first."""
    if not kinds:
        return []
    width = max(len(kind) for kind in kinds)
    return [
        f"{kind:<{width}}  " + ", ".join(f"{what} {count}" for what, count in sorted(counts.items()))
        for kind, counts in sorted(kinds.items())
    ]
