"""The column mapping of a table: which column is which field of the contract (docs/feeds/csv.md), read from YAML or JSON."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from msgspec import Struct

from streams.errors import InvalidInput
from streams.ingest.adapter import shown
from streams.ingest.csv_cells import Manner, text_of
from streams.ingest.csv_fields import Field, field
from streams.model.intake import load_json

_KEYS = frozenset({
    "delimiter", "encoding", "sheet", "header_row", "time_zone", "date_formats", "decimal", "empty", "constants", "columns",
    "group_by",
})  # fmt: skip
_COLUMN_KEYS = frozenset({"field", "codes", "otherwise", "times"})
NAMED = re.compile(r"\{([^{}]+)\}")
"""A column named in a constant: `SMGS:{№ накладной}`."""
EMPTY = ("", "-", "—")


class Column(Struct, frozen=True):
    """A column: its header, its field, codes (compared without case) with what stands for others, a factor for numbers."""

    header: str
    field: Field
    codes: dict[str, str] | None = None
    otherwise: str | None = None
    times: float = 1.0


class Constant(Struct, frozen=True):
    """A field that is the same in every row but for the columns named in it."""

    field: Field
    text: str


class Mapping(Struct, frozen=True):
    """A whole mapping; what is None is found out from the file."""

    columns: tuple[Column, ...]
    constants: tuple[Constant, ...] = ()
    manner: Manner = Manner()
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header_row: int = 1
    empty: tuple[str, ...] = EMPTY
    group_by: tuple[str, ...] = ()


def _refuse(what: str, path: str, value: object, expected: str) -> InvalidInput:
    return InvalidInput(what, f"mapping {path}", shown("not stated" if value is None else value), expected)


def load_mapping(text: str) -> Mapping:
    """A mapping from its YAML or JSON. Raises InvalidInput with the place of what is wrong in it."""
    try:
        told = load_json(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (yaml.YAMLError, InvalidInput, RecursionError, ValueError) as error:
        raise _refuse("neither YAML nor JSON", "file", str(error).replace("\n", " "), "a column mapping") from None
    told = _table(told, "file")
    for key in told:
        if key not in _KEYS:
            raise _refuse("unknown key", "file", key, "one of " + ", ".join(sorted(_KEYS)))
    columns = _table(told.get("columns"), "columns")
    constants = _table(told.get("constants") or {}, "constants")
    if not columns:
        raise _refuse("no columns", "columns", None, "at least one column and its field")
    return Mapping(
        columns=tuple(_column(header, entry) for header, entry in columns.items()),
        constants=tuple(
            Constant(_field(name, f"constants.{name}"), _plain(value)) for name, value in constants.items()
        ),
        manner=_manner(told),
        delimiter=_one_of_length(told, "delimiter"),
        encoding=_encoding(told),
        sheet=_text(told, "sheet"),
        header_row=_row(told.get("header_row", 1)),
        empty=(*EMPTY, *_texts(told, "empty")),
        group_by=_texts(told, "group_by"),
    )


def _table(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _refuse("not a table", path, value, "names and what stands for them")
    return {str(name): entry for name, entry in value.items()}


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else text_of(value)


def _field(name: Any, path: str) -> Field:
    try:
        return field(str(name))
    except InvalidInput as error:
        raise _refuse("unknown field", path, name, error.expected) from None


def _column(header: str, entry: Any) -> Column:
    path = f"columns.{header}"
    if not isinstance(entry, dict):
        return Column(header, _field(entry, path))
    for key in entry:
        if key not in _COLUMN_KEYS:
            raise _refuse("unknown key", path, key, "one of " + ", ".join(sorted(_COLUMN_KEYS)))
    codes, times, otherwise = entry.get("codes"), entry.get("times", 1), entry.get("otherwise")
    if isinstance(times, bool) or not isinstance(times, int | float) or not times > 0:
        raise _refuse("not a factor", f"{path}.times", times, "a number above 0")
    return Column(
        header, _field(entry.get("field"), f"{path}.field"),
        {_plain(k).casefold(): _plain(v) for k, v in _table(codes, f"{path}.codes").items()} if codes is not None else None,
        _plain(otherwise) if otherwise is not None else None, float(times),
    )  # fmt: skip


def _text(told: dict[str, Any], key: str) -> str | None:
    value = told.get(key)
    if value is not None and (not isinstance(value, str) or not value):
        raise _refuse("not a text", key, value, "a text")
    return value


def _texts(told: dict[str, Any], key: str) -> tuple[str, ...]:
    value = told.get(key) or []
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise _refuse("not a list of texts", key, value, "a list of texts")
    return tuple(value)


def _one_of_length(told: dict[str, Any], key: str) -> str | None:
    value = _text(told, key)
    if value is not None and (len(value) != 1 or value in '"\r\n'):
        raise _refuse("not a single sign", key, value, "one sign such as ;")
    return value


def _encoding(told: dict[str, Any]) -> str | None:
    value = _text(told, "encoding")
    if value is not None:
        try:
            "a".encode(value)
        except (LookupError, UnicodeError):
            raise _refuse("unknown encoding", "encoding", value, "utf-8, windows-1251 or another") from None
    return value


def _row(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        raise _refuse("not a row", "header_row", value, "a number from 1 to 1000")
    return value


def _manner(told: dict[str, Any]) -> Manner:
    name, decimal = _text(told, "time_zone"), _one_of_length(told, "decimal")
    zone = None
    if name is not None:
        try:
            zone = ZoneInfo(name)
        except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
            raise _refuse("unknown time zone", "time_zone", name, "a name such as Asia/Almaty") from None
    if decimal not in {None, ".", ","}:
        raise _refuse("not a decimal sign", "decimal", decimal, ". or ,")
    formats = _texts(told, "date_formats")
    for form in formats:
        sample = dt.datetime(2026, 10, 2, 7, 15, tzinfo=dt.UTC).strftime(form)
        try:
            dt.datetime.strptime(sample, form)  # noqa: DTZ007 - only whether the form can be read at all
        except ValueError as error:
            raise _refuse("not a date format", "date_formats", form, f"a form such as %d.%m.%Y ({error})") from None
    return Manner(zone, formats, decimal)
