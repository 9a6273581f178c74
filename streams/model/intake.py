"""From JSON or Avro fields to the typed records, and back (contract 1, 1.3, 2).

What cannot be a record is refused with `InvalidInput`: what is wrong, the field path, the value, and
what would be right. Unknown extra fields are left out and reported as warnings.
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from streams.errors import InvalidInput
from streams.model import events as ev, reference as ref
from streams.model.moments import iso_day, iso_time, parse_day, parse_time

S = TypeVar("S", bound=Struct)
Builder = Callable[[Any, str, list[str]], Any]

_TIMES = {"occurred_at", "recorded_at", "gap_until", "fetched_at"}
_DAYS = {
    "issued_at", "valid_until", "limit_date", "date", "applies_from", "applies_until",
    "contract_before", "contract_grace_until", "period_from", "period_until",
}  # fmt: skip
_MASSES = {"net_kg", "gross_kg", "quantity_kg", "packages", "kg"}
_SHARES = {"share_pct"}
_COUNTRIES = {
    "country", "nationality", "vessel_flag", "export_country", "destination_country", "end_use_country",
}  # fmt: skip
_RENAMED = {"from_": "from"}


def json_name(field: str) -> str:
    """The contract's name of a struct field."""
    return _RENAMED.get(field, field)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _refuse(what: str, path: str, value: object, expected: str) -> InvalidInput:
    return InvalidInput(what, path, _shown(value), expected)


def country_code(text: str) -> str:
    """A country in upper case; anything that is no alpha-2 code stays as it is stated."""
    return text.strip().upper() if len(text.strip()) == 2 else text


def _text(value: Any, path: str, _: list[str]) -> str:
    if not isinstance(value, str):
        raise _refuse("not a text", path, value, "a string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _refuse("not valid Unicode", path, value, "a string without lone surrogates") from None
    return value


def _country(value: Any, path: str, warnings: list[str]) -> str:
    code = country_code(_text(value, path, warnings))
    if len(code) != 2 or not code.isalpha():
        warnings.append(f"{path}: {_shown(value)} is no ISO 3166-1 alpha-2 country")
    return code


def _number(value: Any, path: str, _: list[str]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _refuse("not a number", path, value, "a finite number")
    return float(value)


def _mass(value: Any, path: str, warnings: list[str]) -> float:
    number = _number(value, path, warnings)
    if number < 0:
        raise _refuse("negative mass", path, value, "a number >= 0")
    return number


def _share(value: Any, path: str, warnings: list[str]) -> float:
    number = _number(value, path, warnings)
    if not 0 <= number <= 100:
        raise _refuse("share out of range", path, value, "a percentage from 0 to 100")
    return number


def _integer(value: Any, path: str, _: list[str]) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**62:
        raise _refuse("not a whole number", path, value, "an integer")
    return value


def _count(value: Any, path: str, warnings: list[str]) -> int:
    number = _integer(value, path, warnings)
    if number < 0:
        raise _refuse("negative number", path, value, "an integer >= 0")
    return number


def _boolean(value: Any, path: str, _: list[str]) -> bool:
    if not isinstance(value, bool):
        raise _refuse("not a yes or no", path, value, "true or false")
    return value


def _time(value: Any, path: str, _: list[str]) -> int:
    expected = "an ISO 8601 time with offset, such as 2026-10-02T07:15:00+05:00"
    if not isinstance(value, str):
        raise _refuse("not a time", path, value, expected)
    try:
        return parse_time(value)
    except (ValueError, OverflowError) as error:
        what = "time without offset" if "no offset" in str(error) else "not a time"
        raise _refuse(what, path, value, expected) from None


def _day(value: Any, path: str, _: list[str]) -> int:
    if isinstance(value, str):
        try:
            return parse_day(value)
        except (ValueError, OverflowError):
            pass
    raise _refuse("not a date", path, value, "a date such as 2026-10-02, or a time with offset")


def _anything(value: Any, _path: str, _warnings: list[str]) -> Any:
    return value


def _texts(value: Any, path: str, warnings: list[str]) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _refuse("not an object", path, value, "an object of texts")
    return {str(k): _text(v, f"{path}.{k}", warnings) for k, v in value.items() if v is not None}


def _choice(allowed: tuple[str, ...]) -> Builder:
    known = frozenset(allowed)

    def build(value: Any, path: str, _: list[str]) -> str:
        if not isinstance(value, str) or value not in known:
            raise _refuse("unknown value", path, value, "one of " + ", ".join(allowed))
        return value

    return build


def _many(item: Builder) -> Builder:
    def build(value: Any, path: str, warnings: list[str]) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise _refuse("not a list", path, value, "a list")
        return tuple(item(v, f"{path}[{n}]", warnings) for n, v in enumerate(value))

    return build


_NAMED: tuple[tuple[set[str], Builder], ...] = (
    (_TIMES, _time), (_DAYS, _day), (_SHARES, _share), (_COUNTRIES, _country),
)  # fmt: skip
_PLAIN: dict[Any, Builder] = {str: _text, float: _number, int: _integer, bool: _boolean, Any: _anything}


def _builder(name: str, hint: Any) -> Builder:
    """How a field of this name and type is read."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(a for a in get_args(hint) if a is not type(None))
    for names, builder in _NAMED:
        if name in names:
            return builder
    if name in _MASSES:
        return _count if hint is int else _mass
    origin = get_origin(hint)
    if origin is Literal:
        return _choice(get_args(hint))
    if origin is tuple:
        return _many(_builder("country" if name == "countries" else "", get_args(hint)[0]))
    if origin is dict:
        return _texts
    if isinstance(hint, type) and issubclass(hint, Struct):
        return _reader(hint)
    return _PLAIN[hint]


class _Reader:
    """Reads one struct class out of a JSON object; built once per class."""

    def __init__(self, cls: type[Struct]) -> None:
        self.cls = cls
        hints = get_type_hints(cls)
        self.fields = {}
        self.required = []
        for field in msgspec.structs.fields(cls):
            self.fields[json_name(field.name)] = (field.name, _builder(field.name, hints[field.name]))
            if field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT:
                self.required.append(json_name(field.name))

    def __call__(self, value: Any, path: str, warnings: list[str]) -> Any:
        if not isinstance(value, Mapping):
            raise _refuse("not an object", path or "$", value, "a JSON object")
        prefix = path + "." if path else ""
        found: dict[str, Any] = {}
        for name, item in value.items():
            known = self.fields.get(name)
            if known is None:
                warnings.append(f"{prefix}{name}: unknown field, left out")
            elif item is not None:
                found[known[0]] = known[1](item, prefix + name, warnings)
        for name in self.required:
            if found.get(self.fields[name][0]) in (None, ""):
                raise _refuse("required field missing", prefix + name, value.get(name), "a value")
        return self.cls(**found)


_readers: dict[type[Struct], _Reader] = {}


def _reader(cls: type[Struct]) -> _Reader:
    reader = _readers.get(cls)
    if reader is None:
        reader = _readers[cls] = _Reader(cls)
    return reader


def _check_goods(goods: tuple[ev.Goods, ...]) -> None:
    """Origin shares of a line must not add up to more than 100 % (contract 6(15))."""
    for n, line in enumerate(goods):
        total = sum(o.share_pct or 0.0 for o in line.origin)
        if total > 100.000001:
            raise _refuse("shares above 100 %", f"goods[{n}].origin", total, "shares that add up to at most 100")


def _check_event(event: ev.Event) -> ev.Event:
    if event.goods:
        _check_goods(event.goods)
    if event.type == "RETRACTED" and not event.retracts:
        raise _refuse("required field missing", "retracts", None, "the event_id that never happened")
    return event


def event_from_json(obj: Any, intake_time: int) -> tuple[ev.Event, list[str]]:
    """An event and warnings from its JSON object.

    ``intake_time`` (ms UTC) stands in for an absent `recorded_at`. Raises InvalidInput.
    """
    warnings: list[str] = []
    if isinstance(obj, Mapping) and obj.get("recorded_at") is None:
        obj = {**obj, "recorded_at": iso_time(intake_time)}
    event: ev.Event = _reader(ev.Event)(obj, "", warnings)
    return _check_event(event), warnings


def record_from_json(obj: Any) -> tuple[ref.AnyRecord, list[str]]:
    """A reference record and warnings from its JSON object (`kind` says which). Raises InvalidInput."""
    if not isinstance(obj, Mapping):
        raise _refuse("not an object", "$", obj, "a JSON object with `kind`")
    kind = obj.get("kind")
    cls = ref.RECORD_TYPES.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise _refuse("unknown kind of record", "kind", kind, "one of " + ", ".join(ref.RECORD_TYPES))
    warnings: list[str] = []
    fields = {name: value for name, value in obj.items() if name != "kind"}
    record: ref.AnyRecord = _reader(cls)(fields, "", warnings)
    start, end = record.applies_from, record.applies_until
    if start is not None and end is not None and end < start:
        raise _refuse("ends before it begins", "applies_until", iso_day(end), f"a date from {iso_day(start)} on")
    if isinstance(record, ref.Clearance):
        _check_clearance(record)
    return record, warnings


def _check_clearance(record: ref.Clearance) -> None:
    """Nothing is cleared for ever, and only entries that screening finds can be cleared."""
    if record.applies_until is None:
        raise _refuse("required field missing", "applies_until", None, "the day on which the clearance ends")
    if not record.entry.startswith(("party:", "ownership:")):
        raise _refuse("no list entry", "entry", record.entry, "party:ID or ownership:ID")


def _plain(value: Any, name: str) -> Any:
    if isinstance(value, Struct):
        return struct_to_json(value)
    if isinstance(value, tuple | list):
        return [_plain(v, "") for v in value]
    if name in _TIMES:
        return iso_time(value)
    if name in _DAYS:
        return iso_day(value)
    return value


def struct_to_json(value: Struct) -> dict[str, Any]:
    """A struct of the model as a JSON object; what is not stated is left out."""
    out: dict[str, Any] = {}
    for field in value.__struct_fields__:
        item = getattr(value, field)
        if item is None or (isinstance(item, tuple | dict) and not item):
            continue
        out[json_name(field)] = _plain(item, field)
    return out


def event_to_json(event: ev.Event) -> dict[str, Any]:
    """The contract's JSON object of an event, times in UTC."""
    return struct_to_json(event)


def record_to_json(record: ref.AnyRecord) -> dict[str, Any]:
    """The contract's JSON object of a reference record, `kind` first."""
    out = {"kind": record.kind, **struct_to_json(record)}
    if isinstance(record, ref.Policy) and record.value is not None:
        out.setdefault("value", record.value)  # an empty table is a value
    return out


def load_json(line: str | bytes) -> Any:
    """One JSON text. Raises InvalidInput with the position when it is none."""
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refuse("not JSON", "$", line[:60], str(error)) from None


def type_hints(cls: type[Struct]) -> dict[str, Any]:
    """The resolved annotations of a struct class (for checks of the schemas against the classes)."""
    return typing.get_type_hints(cls)
