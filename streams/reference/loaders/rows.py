"""CSV and NDJSON read row by row, each row with its line; a file that is no table is refused whole."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from streams.errors import ListRefused
from streams.reference.loaders.base import Refused
from streams.reference.loaders.reading import BOM, listener, sniff

_MAX_LINE = 4_000_000
_TOLD_LINES = 200
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class Row(Struct, frozen=True):
    """The fields of a row, and the line of the file it ends on."""

    fields: list[str]
    line: int


def _lines(path: Path, file: BinaryIO) -> Iterator[bytes]:
    tell, count = listener.get(), 0
    for number in range(1, 1 << 62):
        line = file.readline(_MAX_LINE)
        count += len(line)
        if tell is not None and not number % _TOLD_LINES:
            tell(path, count)
        if not line or line.strip() == b"\x1a":  # OFAC closes its files with the end mark of CP/M
            return
        if len(line) == _MAX_LINE:
            raise ListRefused(str(path), f"line {number}", f"a line longer than {_MAX_LINE} bytes; this is no list")
        yield line.removeprefix(BOM) if number == 1 else line


def _decoded(path: Path, file: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(_lines(path, file), 1):
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            raise ListRefused(
                str(path), f"line {number} byte {error.start + 1}",
                f"not UTF-8: byte 0x{line[error.start]:02x}; convert the file (iconv -f WINDOWS-1252 -t UTF-8)",
            ) from None  # fmt: skip


def csv_rows(path: Path, delimiter: str = ",") -> Iterator[Row | Refused]:
    """The rows of a table.

    Raises ListRefused with the line when the file is no table, is not UTF-8, or ends inside quotes because it is cut;
    OSError.
    """
    start = sniff(path)
    if start.startswith(_WIDE):
        raise ListRefused(str(path), "line 1", "UTF-16, not UTF-8; convert the file (iconv -f UTF-16 -t UTF-8)")
    if start.lstrip()[:1] in (b"<", b"{") or b"\x00" in start:
        raise ListRefused(str(path), "line 1", f"no table: it begins with {start.lstrip()[:20]!r}; expected CSV")
    with path.open("rb") as file:
        reader = csv.reader(_decoded(path, file), delimiter=delimiter, strict=True)
        while True:
            began = reader.line_num + 1
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                where = f"lines {began}-{reader.line_num}" if reader.line_num > began else f"line {began}"
                if "unexpected end" in str(error):
                    raise ListRefused(str(path), where, "the file ends inside a quoted field: it is cut") from None
                yield Refused(str(path), where, f"not CSV: {error}")
                continue
            if not any(field.strip() for field in fields):
                continue
            yield Row(fields, reader.line_num)


class Table:
    """A CSV file with a header: rows as mappings from lower-case column names."""

    def __init__(
        self, path: Path, needed: Sequence[str], delimiter: str = ",", also: Mapping[str, str] | None = None
    ) -> None:
        """Read the header; ``also`` gives columns their name by other names of theirs.

        Raises ListRefused when a needed column is not in it or a name stands twice; OSError.
        """
        self.path = path
        self._rows = csv_rows(path, delimiter)
        head = next(self._rows, None)
        if not isinstance(head, Row):
            raise ListRefused(str(path), "line 1", "no header line")
        self.columns = [" ".join(field.lower().split()) for field in head.fields]
        self.columns = [(also or {}).get(name, name) for name in self.columns]
        twice = sorted({name for name in self.columns if name and self.columns.count(name) > 1})
        if twice:
            raise ListRefused(str(path), f"line {head.line}", f"the header has two columns {twice[0][:40]}")
        missing = [name for name in needed if name not in self.columns]
        if missing:
            raise ListRefused(
                str(path), f"line {head.line}",
                f"the header has no column {', '.join(missing)}; expected at least {', '.join(needed)}, "
                f"found {', '.join(self.columns)[:200]}",
            )  # fmt: skip

    def __iter__(self) -> Iterator[tuple[Mapping[str, str], str] | Refused]:
        """Each row with its place; rows with another number of fields than the header are refused.

        Raises ListRefused when the last row is short: the file is cut.
        """
        short: Refused | None = None
        for row in self._rows:
            if short is not None:
                yield short
                short = None
            if isinstance(row, Refused):
                yield row
            elif len(row.fields) != len(self.columns):
                because = f"{len(row.fields)} fields; the header has {len(self.columns)}"
                short = Refused(str(self.path), f"line {row.line}", because)
            else:
                yield dict(zip(self.columns, row.fields, strict=True)), f"line {row.line}"
        if short is not None:
            raise ListRefused(short.file, short.where, f"the last row has {short.because}: the file is cut")


def json_rows(path: Path) -> Iterator[tuple[dict[str, Any], str] | Refused]:
    """The objects of an NDJSON file, each with its line; lines that are none are refused.

    Raises ListRefused when the last line is none, as the file is cut, or when the first is none; OSError.
    """
    sniff(path)
    last: Refused | None = None
    with path.open("rb") as file:
        for number, line in enumerate(_lines(path, file), 1):
            if last is not None:
                if last.where == "line 1":
                    raise ListRefused(last.file, last.where, f"no NDJSON: {last.because}")
                yield last
                last = None
            if not line.strip():
                continue
            try:
                found = msgspec.json.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                last = Refused(str(path), f"line {number}", f"not JSON: {error}")
                continue
            if isinstance(found, dict):
                yield found, f"line {number}"
            else:
                yield Refused(str(path), f"line {number}", "not a JSON object")
    if last is not None:
        raise ListRefused(last.file, last.where, f"the last line is {last.because}; the file is cut")
