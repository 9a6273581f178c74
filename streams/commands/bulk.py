"""Files of many questions: read line by line in flat memory, answered as NDJSON, bad lines told and passed over."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import click
import msgspec

from streams.commands._common import printable
from streams.errors import InvalidInput
from streams.model.intake import load_json

MOST_BYTES = 1_000_000
"""A longer line is no question and is refused without being held in memory."""
_PROGRESS_EVERY_S = 5.0
_TOLD = 300


class Progress:
    """Says on standard error every few seconds how far a long file is, in lines and, of a file, in per cent."""

    def __init__(self, what: str, total_bytes: int | None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._what, self._total = what, total_bytes
        self._monotonic = monotonic
        self._started = self._told = monotonic()

    def at(self, count: int, read_bytes: int) -> None:
        """So many questions are answered, so many bytes read."""
        now = self._monotonic()
        if now - self._told < _PROGRESS_EVERY_S:
            return
        self._told = now
        share = f" ({100 * read_bytes / self._total:.0f} % of the file)" if self._total else ""
        click.echo(f"{count} {self._what}{share}, {self.rate(count)}", err=True)

    def rate(self, count: int) -> str:
        """How many a second since the start, in words."""
        return f"{count / max(self._monotonic() - self._started, 1e-3):.0f} a second"


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, int, bytes | None]]:
    """Number, bytes read so far and text of each line that is not blank; no text when it is too long."""
    number, read = 0, 0
    while piece := stream.readline(MOST_BYTES):
        number, read = number + 1, read + len(piece)
        whole = piece.endswith(b"\n") or len(piece) < MOST_BYTES
        while not whole:
            more = stream.readline(MOST_BYTES)
            read += len(more)
            if not more or more.endswith(b"\n"):
                yield number, read, None
                break
        if whole and (line := piece.strip().removeprefix(b"\xef\xbb\xbf")):
            yield number, read, line


def _too_long(number: int) -> InvalidInput:
    return InvalidInput("line too long", "$", f"more than {MOST_BYTES} bytes", "one JSON object a line")


def answer_file(source: str, what: str, answer: Callable[[Any], dict[str, Any]]) -> tuple[int, int]:
    """Answer each line of an NDJSON file (`-`: standard input) with a line on standard output.

    ``answer`` turns the JSON value of a line into the object to print and raises InvalidInput for what is no question:
    that is told on standard error with file and line, and the others go on. Gives how many lines were
    answered, and how many refused.
    """
    answered = refused = 0
    out = click.get_binary_stream("stdout")
    with contextlib.ExitStack() as stack:
        interactive = source == "-"
        if interactive:
            stream, total = click.get_binary_stream("stdin"), None
        else:
            stream, total = stack.enter_context(Path(source).open("rb")), Path(source).stat().st_size
        progress = Progress(what, total)
        for number, read, line in _lines(stream):
            try:
                if line is None:
                    raise _too_long(number)
                out.write(msgspec.json.encode(answer(load_json(line))) + b"\n")
            except InvalidInput as error:
                refused += 1
                click.echo(printable(f"refused: {source}:{number}: {error}")[:_TOLD], err=True)
                continue
            answered += 1
            if interactive:  # who asks line by line waits for the answer
                out.flush()
            progress.at(answered, read)
        out.flush()
    click.echo(f"{answered} {what} answered, {refused} lines refused, {progress.rate(answered)}", err=True)
    return answered, refused
