"""The rows of a table: CSV in the encodings and with the delimiters that are met, and XLSX, both bounded."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

import openpyxl

from streams.ingest.adapter import MOST_BYTES
from streams.ingest.csv_cells import Cell

XLSX = b"PK\x03\x04"
DELIMITERS = ";\t,|"
_MOST_UNPACKED = 8 * MOST_BYTES
_MOST_MEMBERS = 5_000
_MOST_COLUMNS = 1_000
_MOST_EMPTY = 10_000
_SAMPLE = 20
_XML = (".xml", ".rels", ".vml")

Row = tuple[int, list[Cell] | str]
"""The number of a row as a spreadsheet shows it, with its cells, or why it cannot be read."""


class Unreadable(Exception):
    """A file that is no table: why, and what was expected."""


def decoded(data: bytes, encoding: str | None) -> str:
    """The text of a CSV file: by its byte order mark, as UTF-8, else as Windows-1251. Raises Unreadable."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried = ["utf-16"]
    else:
        tried = ["utf-8-sig"] if encoding is None or data.startswith(b"\xef\xbb\xbf") else [encoding]
        tried += ["windows-1251"] if encoding is None else []
    for name in tried:
        try:
            return data.decode(name)
        except UnicodeError:
            continue
    raise Unreadable(f"cannot be decoded as {' or '.join(tried)}; expected the encoding in the mapping")


def delimiter_of(text: str) -> str:
    """The sign that parts the first rows most evenly."""
    lines = text[:65_536].splitlines()[:_SAMPLE]
    best, most = ";", 0
    for sign in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=sign) if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            cuts = (widths[0] - 1) * sum(width == widths[0] for width in widths)
            if cuts > most:
                best, most = sign, cuts
    return best


def csv_rows(data: bytes, encoding: str | None, delimiter: str | None) -> Iterator[Row]:
    """The rows of a CSV file. Raises Unreadable when its text cannot be decoded."""
    text = decoded(data, encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or delimiter_of(text), strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, f"broken: {error}; expected quotes only around whole cells, doubled inside"
            continue
        yield number, list(row)


def _guard(archive: zipfile.ZipFile) -> None:
    """Bounds of an XLSX archive before anything of it is parsed. Raises Unreadable."""
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_UNPACKED:
        raise Unreadable(
            f"unpacks to more than {_MOST_UNPACKED} bytes or {_MOST_MEMBERS} files; expected a smaller workbook"
        )
    for member in members:
        if member.filename.lower().endswith(_XML):
            with archive.open(member) as file:
                _no_doctype(file, member.filename)


class _Begun(Exception):
    """The root element begins: no document type declaration can come any more."""


def _no_doctype(file: Any, name: str) -> None:
    parser = expat.ParserCreate()

    def doctype(*_: object) -> None:
        raise Unreadable(f"{name} has a document type declaration; expected none in a workbook")

    def begun(*_: object) -> None:
        raise _Begun

    parser.StartDoctypeDeclHandler, parser.StartElementHandler = doctype, begun
    try:
        while chunk := file.read(65_536):
            parser.Parse(chunk)
    except (_Begun, expat.ExpatError):
        return  # what is no XML, the reader of workbooks refuses


def _opened(data: bytes) -> Any:
    """The workbook. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _guard(archive)
        return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever its parts raise over a spoilt workbook
        raise Unreadable(f"no workbook: {type(error).__name__}: {error}; expected XLSX") from None


def xlsx_rows(data: bytes, sheet: str | None) -> Iterator[Row]:
    """The rows of a sheet (the first when none is named) of an XLSX workbook. Raises Unreadable."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and validations that openpyxl leaves out carry no data
        book = _opened(data)
        names = [page.title for page in book.worksheets]
        if not names or (sheet is not None and sheet not in names):
            raise Unreadable(f"no sheet {sheet or 'of cells'}; expected one of {', '.join(names)}")
        page = book[sheet or names[0]]
        most = min(page.max_column or _MOST_COLUMNS, _MOST_COLUMNS)
        yield from _filled(page.iter_rows(max_col=most, values_only=True))


def _filled(rows: Iterator[tuple[Any, ...]]) -> Iterator[Row]:
    number = empty = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except Exception as error:  # as above: the sheet is parsed as it is read
            yield number + 1, f"cannot be read: {type(error).__name__}: {error}; expected a whole workbook"
            return
        number += 1
        cells = list(row)
        while cells and cells[-1] is None:
            cells.pop()
        empty = 0 if cells else empty + 1
        if empty > _MOST_EMPTY:
            yield number, f"{_MOST_EMPTY} empty rows, what follows is not read; expected rows without such holes"
            return
        yield number, cells


def rows(
    data: bytes, *, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None
) -> Iterator[Row]:
    """The rows of a table, CSV or XLSX. Raises Unreadable."""
    return xlsx_rows(data, sheet) if data.startswith(XLSX) else csv_rows(data, encoding, delimiter)
