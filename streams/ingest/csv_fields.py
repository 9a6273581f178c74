"""Fields of the contract by dotted names, as a column mapping writes them: what each takes, and how it is put in its place.

`occurred_at`, `place.unlocode`, `transport.wagons`, `parties.CONSIGNOR.identifiers.bin`, `goods.origin.country`,
`references.SMGS`, `documents.CERTIFICATE_OF_ORIGIN.number`, `route.country`.
"""

from __future__ import annotations

import types
from typing import Any, Literal, Union, get_args, get_origin

from msgspec import Struct

from streams.errors import InvalidInput
from streams.model.events import Document, DocumentType, Event, Party, ReferenceType, Role
from streams.model.intake import type_hints

Kind = Literal["text", "texts", "number", "whole", "time", "day", "yesno"]
_TIMES = frozenset({"occurred_at", "recorded_at", "gap_until"})
_WHOLE = frozenset({"line", "packages"})
_KEYED: dict[str, tuple[type[Struct], tuple[str, ...], str]] = {
    "parties": (Party, get_args(Role), "role"),
    "documents": (Document, get_args(DocumentType), "type"),
}
_REFERENCES: tuple[str, ...] = get_args(ReferenceType)
_EXPECTED = "a field of the contract such as occurred_at, place.unlocode, parties.CONSIGNOR.name, references.SMGS"


class Field(Struct, frozen=True):
    """A field: its dotted name, in parts, and the kind of value that it takes."""

    name: str
    parts: tuple[str, ...]
    kind: Kind


def _unknown(name: str) -> InvalidInput:
    return InvalidInput("unknown field", "field", name, _EXPECTED)


def field(name: str) -> Field:
    """The field of a dotted name. Raises InvalidInput when the contract has none of that name."""
    parts = tuple(name.split("."))
    kind: Kind | None
    if parts[0] == "references":
        kind = "texts" if len(parts) == 2 and parts[1] in _REFERENCES else None
    elif parts[0] == "route":
        kind = "texts" if parts == ("route", "country") else None
    elif parts[0] in _KEYED:
        cls, keys, key = _KEYED[parts[0]]
        kind = _kind(cls, parts[2:]) if len(parts) > 2 and parts[1] in keys and parts[2] != key else None
    else:
        kind = _kind(Event, parts)
    if kind is None:
        raise _unknown(name)
    return Field(name, parts, kind)


def is_field(name: str) -> bool:
    """Whether the contract has a field of that dotted name."""
    try:
        field(name)
    except InvalidInput:
        return False
    return True


def _hint(cls: type[Struct], name: str) -> Any:
    """The type of a field without its None; None when there is no such field."""
    hint = type_hints(cls).get("from_" if name == "from" else name)
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(a for a in get_args(hint) if a is not type(None))
    return hint


def _kind(cls: type[Struct], names: tuple[str, ...]) -> Kind | None:
    name, rest = names[0], names[1:]
    hint = _hint(cls, name)
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        if item is str:
            return None if rest else "texts"
        return _kind(item, rest) if rest else None
    if get_origin(hint) is dict:
        return "text" if len(rest) == 1 and rest[0] else None
    if isinstance(hint, type) and issubclass(hint, Struct):
        return _kind(hint, rest) if rest else None
    if rest or hint is None:
        return None
    if hint is int:
        return "time" if name in _TIMES else "whole" if name in _WHOLE else "day"
    return "number" if hint is float else "yesno" if hint is bool else "text"


def put(event: dict[str, Any], target: Field, value: Any) -> str:
    """Put a value in its place in the JSON object of an event; gives the path under which the contract names it."""
    first, parts = target.parts[0], target.parts
    if first == "references":
        held = event.setdefault("references", [])
        held.extend({"type": parts[1], "value": number} for number in value)
        return "references"
    if first == "route":
        event.setdefault("route", []).extend({"country": country} for country in value)
        return "route"
    if first in _KEYED:
        cls, _, key = _KEYED[first]
        held = event.setdefault(first, [])
        holder = next((entry for entry in held if entry[key] == parts[1]), None)
        if holder is None:
            holder = {key: parts[1]}
            held.append(holder)
        return f"{first}[{held.index(holder)}].{_put(holder, cls, parts[2:], value)}"
    return _put(event, Event, parts, value)


def _put(holder: dict[str, Any], cls: type[Struct], names: tuple[str, ...], value: Any) -> str:
    name, rest = names[0], names[1:]
    if not rest:
        holder[name] = value
        return name
    hint = _hint(cls, name)
    if get_origin(hint) is tuple:
        held = holder.setdefault(name, [{}])
        return f"{name}[0].{_put(held[0], get_args(hint)[0], rest, value)}"
    if get_origin(hint) is dict:
        holder.setdefault(name, {})[rest[0]] = value
        return f"{name}.{rest[0]}"
    return f"{name}.{_put(holder.setdefault(name, {}), hint, rest, value)}"
