"""Tables: CSV and XLSX with a column mapping; without one, the headers are the contract's own field names (docs/feeds/csv.md)."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from typing import Any

import msgspec

from streams.errors import InvalidInput
from streams.ingest.adapter import MOST_BYTES, Given, Refusal, shown
from streams.ingest.csv_cells import ERRORS, Cell, text_of, value_of
from streams.ingest.csv_fields import field, is_field, put
from streams.ingest.csv_mapping import NAMED, Column, Mapping
from streams.ingest.csv_table import DELIMITERS, XLSX, Unreadable, decoded, delimiter_of, rows
from streams.model.events import Event
from streams.model.intake import event_from_json

READS_LINES = True
_OTHERS = ("!", "$", "\\", "<", "{", "[", "UNA", "UNB", "#")
_KEYS_OF_EVENT = ("consignment_id", "occurred_at", "type")


def recognises(head: bytes) -> bool:
    """Whether the beginning of a file is that of a workbook, or of lines that one delimiter parts alike."""
    if head.startswith(XLSX):
        return b"xl/" in head or b"[Content_Types].xml" in head
    try:
        text = decoded(head.rpartition(b"\n")[0] if head.count(b"\n") > 1 else head, None)
    except Unreadable:
        return False
    lines = [line for line in text.splitlines() if line.strip()][:10]
    if len(lines) < 2 or lines[0].lstrip().startswith(_OTHERS) or "\0" in text:
        return False
    sign = delimiter_of(text)
    return (
        sign in DELIMITERS
        and lines[0].count(sign) >= 1
        and len({line.count(sign) for line in lines if '"' not in line}) <= 1
    )


def read(data: bytes, given: Given) -> Iterator[Event | Refusal]:
    """The events of a table whose headers are fields of the contract."""
    return read_mapped(data, given, None)


def read_mapped(data: bytes, given: Given, mapping: Mapping | None) -> Iterator[Event | Refusal]:
    """The events of a table by its mapping, a row each, or rows joined by `group_by`; what is refused names row and column."""
    if len(data) > MOST_BYTES:
        yield Refusal(f"larger than {MOST_BYTES} bytes; expected a smaller file", "file", shown(data[:200]))
        return
    try:
        yield from _read(data, given, mapping)
    except Unreadable as error:
        yield Refusal(str(error), "file", shown(data[:200]))


def _read(data: bytes, given: Given, mapping: Mapping | None) -> Iterator[Event | Refusal]:
    known = mapping or Mapping(columns=())
    table = rows(data, encoding=known.encoding, delimiter=known.delimiter, sheet=known.sheet)
    top = next(itertools.islice(table, known.header_row - 1, None), None)
    if top is None or isinstance(top[1], str) or not any(text_of(cell) for cell in top[1]):
        yield Refusal("no header; expected the names of the columns", f"row {known.header_row}")
        return
    header = [text_of(cell) for cell in top[1]]
    if mapping is None:
        mapping, refusals = _plain(header)
    else:
        refusals = _missing(header, mapping)
    yield from refusals
    if refusals and (not mapping.columns or known is mapping):
        return
    sheet = _Sheet(header, mapping, given)
    for number, cells in table:
        if isinstance(cells, str):
            sheet.empty = False
            yield Refusal(cells, f"row {number}")
        elif any(text_of(cell) for cell in cells):
            sheet.empty = False
            told = sheet.take(number, cells)
            if told is not None:
                yield told
    if sheet.empty:
        yield Refusal(
            "no row with anything in it below the header; expected at least one", f"row {known.header_row + 1}"
        )
    yield from sheet.grouped()


def _plain(header: list[str]) -> tuple[Mapping, list[Refusal]]:
    """A mapping of the headers that are fields; one refusal for all others."""
    columns = tuple(Column(name, field(name)) for name in header if is_field(name))
    lacking = [name for name in _KEYS_OF_EVENT if name not in header]
    if lacking:
        because = f"no column {', '.join(lacking)}; expected the contract's field names as headers, or --mapping FILE"
        return Mapping(columns=()), [Refusal(because, "row 1", shown(", ".join(header)))]
    others = [name for name in header if name and not is_field(name)]
    because = "not fields of the contract, left out; expected a mapping that says what they are"
    return Mapping(columns=columns), [Refusal(because, "row 1", shown(", ".join(others)))] if others else []


def _missing(header: list[str], mapping: Mapping) -> list[Refusal]:
    """A refusal for every column that the mapping names and the table lacks or has twice."""
    named = [column.header for column in mapping.columns] + list(mapping.group_by)
    named += [name for constant in mapping.constants for name in NAMED.findall(constant.text)]
    at, headers = f"row {mapping.header_row}", ", ".join(filter(None, header))
    return [
        Refusal(f"{header.count(name)} columns {name}; expected one among {shown(headers)}", at, shown(name))
        for name in dict.fromkeys(named)
        if header.count(name) != 1
    ]


class _Sheet:
    """Turns rows into events; rows of one group wait until the end, as their lines of goods may stand anywhere."""

    def __init__(self, header: list[str], mapping: Mapping, given: Given) -> None:
        self._header, self._mapping, self._given = header, mapping, given
        self.empty = True
        self._places = {name: n for n, name in reversed(list(enumerate(header)))}
        self._groups: dict[tuple[str, ...], tuple[int, dict[str, Any], dict[str, str]]] = {}

    def take(self, number: int, cells: list[Cell]) -> Event | Refusal | None:
        """The event of a row, or its refusal; None when it waits for the rest of its group."""
        if any(text_of(cell) for cell in cells[len(self._header) :]):
            return Refusal(
                f"{len(cells)} cells; expected {len(self._header)} as in the header", f"row {number}", _shown(cells)
            )
        fields: dict[str, Any] = {}
        columns: dict[str, str] = {}
        try:
            self._fill(cells, fields, columns)
        except _Wrong as wrong:
            return Refusal(wrong.because, f"row {number}, column {wrong.column}", _shown(cells))
        if not self._mapping.group_by:
            return self._event(number, fields, columns)
        key = tuple(text_of(self._cell(cells, name)) for name in self._mapping.group_by)
        first = self._groups.setdefault(key, (number, fields, columns))
        if first[1] is not fields:
            for name in ("goods", "references", "documents"):
                held = first[1].setdefault(name, [])
                held.extend(entry for entry in fields.get(name, []) if name == "goods" or entry not in held)
        return None

    def grouped(self) -> Iterator[Event | Refusal]:
        """The events of all groups, in the order of their first rows."""
        for number, fields, columns in self._groups.values():
            for line, goods in enumerate(fields.get("goods", []), 1):
                goods.setdefault("line", line)
            yield self._event(number, fields, columns)

    def _cell(self, cells: list[Cell], name: str) -> Cell:
        at = self._places[name]
        return cells[at] if at < len(cells) else None

    def _fill(self, cells: list[Cell], fields: dict[str, Any], columns: dict[str, str]) -> None:
        for constant in self._mapping.constants:
            told = NAMED.sub(lambda m: text_of(self._cell(cells, m[1])), constant.text)
            names = NAMED.findall(constant.text)
            if told and (not names or all(text_of(self._cell(cells, name)) for name in names)):
                self._put(fields, columns, Column(names[0] if names else "(constant)", constant.field), told)
        for column in self._mapping.columns:
            cell = self._cell(cells, column.header)
            told = text_of(cell)
            if told in self._mapping.empty:
                continue
            if told in ERRORS:
                raise _Wrong(column.header, f"a failed formula: {told}; expected a value")
            if column.codes is not None:
                cell = column.codes.get(told.casefold(), column.otherwise)
                if cell is None:
                    known = ", ".join(sorted(column.codes))
                    raise _Wrong(column.header, f"unknown code {shown(told)}; expected {shown(known)}")
            self._put(fields, columns, column, cell)

    def _put(self, fields: dict[str, Any], columns: dict[str, str], column: Column, cell: Cell) -> None:
        try:
            value = value_of(cell, column.field.kind, self._mapping.manner, column.times)
        except ValueError as error:
            raise _Wrong(column.header, f"{column.field.name}: {error}") from None
        columns[put(fields, column.field, value)] = column.header

    def _event(self, number: int, fields: dict[str, Any], columns: dict[str, str]) -> Event | Refusal:
        fields.setdefault("source", self._given.source)
        fields.setdefault("event_id", _digest(fields))
        try:
            return event_from_json(fields, self._given.now_ms)[0]
        except InvalidInput as error:
            column = _column(error.path, columns)
            at = f"row {number}, column {column}" if column else f"row {number}"
            return Refusal(str(error), at, shown(msgspec.json.encode(fields).decode()))


class _Wrong(Exception):
    """A cell that cannot be a value: its column, why, and what was expected."""

    def __init__(self, column: str, because: str) -> None:
        super().__init__(because)
        self.column, self.because = column, because


def _column(path: str, columns: dict[str, str]) -> str | None:
    """The column behind a path of the contract, also where the path names the part that holds it."""
    return columns.get(path) or next((c for p, c in columns.items() if p.startswith(path) or path.startswith(p)), None)


def _digest(fields: dict[str, Any]) -> str:
    """A name for an event that has none: the same row gives the same, whatever its number."""
    content = {name: value for name, value in fields.items() if name != "recorded_at"}
    return "row-" + hashlib.blake2b(msgspec.json.encode(content, order="sorted"), digest_size=12).hexdigest()


def _shown(cells: list[Cell]) -> str:
    return shown("; ".join(text_of(cell) for cell in cells))
