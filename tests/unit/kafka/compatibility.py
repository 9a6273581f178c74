"""Two checkers: a typed class against a schema, and a reader's schema against a writer's (Avro 1.11, resolution)."""

from __future__ import annotations

import re
import types
import typing
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from streams.model.intake import json_name, type_hints

Schema = Any
_SYMBOL = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_PLAIN = {str: "string", bool: "boolean", float: "double", bytes: "bytes", Any: "string"}
_PROMOTED = {
    "int": {"long", "float", "double"}, "long": {"float", "double"}, "float": {"double"},
    "string": {"bytes"}, "bytes": {"string"},
}  # fmt: skip


class Names:
    """Named types, learned where they are defined, so that later uses by name can be followed."""

    def __init__(self, schema: Schema) -> None:
        self._known: dict[str, Schema] = {}
        self._learn(schema)

    def _learn(self, schema: Schema) -> None:
        if isinstance(schema, list):
            for branch in schema:
                self._learn(branch)
        elif isinstance(schema, dict):
            if schema["type"] in ("record", "enum", "fixed"):
                self._known[last_name(schema["name"])] = schema
            for field in schema.get("fields", []):
                self._learn(field["type"])
            for part in ("items", "values"):
                self._learn(schema.get(part))
            if not isinstance(schema["type"], str):
                self._learn(schema["type"])

    def follow(self, schema: Schema) -> Schema:
        """The definition behind a name, or the schema itself."""
        if isinstance(schema, str):
            return self._known.get(last_name(schema), schema)
        if isinstance(schema, dict) and not isinstance(schema["type"], str):
            return self.follow(schema["type"])
        return schema


def last_name(name: str) -> str:
    """A name without its namespace, as resolution compares it."""
    return name.rpartition(".")[2]


def kind_of(schema: Schema) -> str:
    """The Avro type: ``union``, ``record``, ``string`` …"""
    if isinstance(schema, list):
        return "union"
    return schema if isinstance(schema, str) else str(schema["type"])


# A typed class against a schema


def disagreements(cls: type[Struct], schema: Schema) -> list[str]:
    """Where the fields of a class and those of its record schema are not the same, in the same order."""
    return list(_record(cls, schema, Names(schema), cls.__name__))


def _record(cls: type[Struct], schema: Schema, names: Names, path: str) -> typing.Iterator[str]:
    ours = [json_name(name) for name in cls.__struct_fields__]
    theirs = [field["name"] for field in schema["fields"]]
    if sorted(ours) != sorted(theirs):
        yield f"{path}: class has {sorted(set(ours) - set(theirs))} more, schema {sorted(set(theirs) - set(ours))}"
        return
    if ours != theirs and cls.__struct_config__.array_like:
        yield f"{path}: another order of fields"
    hints = type_hints(cls)
    by_name = {field["name"]: field for field in schema["fields"]}
    for field in msgspec.structs.fields(cls):
        known = by_name[json_name(field.name)]
        where = f"{path}.{known['name']}"
        yield from _type(hints[field.name], known["type"], names, where)
        required = field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT
        if not required and "default" not in known:
            yield f"{where}: has a default in the class and none in the schema"


def _type(hint: Any, schema: Schema, names: Names, path: str) -> typing.Iterator[str]:
    schema = names.follow(schema)
    optional = get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)
    nullable = isinstance(schema, list) and "null" in schema
    if hint is Any:
        optional = True
    if optional != nullable:
        yield f"{path}: {'optional' if optional else 'required'} in the class, not so in the schema"
        return
    if isinstance(schema, list):
        (schema,) = [names.follow(branch) for branch in schema if branch != "null"]
        if hint is not Any:
            (hint,) = [arm for arm in get_args(hint) if arm is not type(None)]
    yield from _one_type(hint, schema, names, path)


def _one_type(hint: Any, schema: Schema, names: Names, path: str) -> typing.Iterator[str]:
    kind, origin = kind_of(schema), get_origin(hint)
    if origin is Literal:
        words = get_args(hint)
        if kind == "string" and not all(_SYMBOL.fullmatch(word) for word in words):
            return  # no enum can hold them
        if kind != "enum" or set(schema["symbols"]) != set(words):
            yield f"{path}: not the same symbols"
    elif origin is tuple:
        if kind == "array":
            yield from _type(get_args(hint)[0], schema["items"], names, f"{path}[]")
        else:
            yield f"{path}: a list in the class, {kind} in the schema"
    elif origin is dict:
        if kind != "map" or schema["values"] != "string":
            yield f"{path}: texts by key in the class, {kind} in the schema"
    elif isinstance(hint, type) and issubclass(hint, Struct):
        if kind == "record":
            yield from _record(hint, schema, names, path)
        else:
            yield f"{path}: a record in the class, {kind} in the schema"
    elif hint is int:
        if kind not in ("int", "long"):
            yield f"{path}: a whole number in the class, {kind} in the schema"
    elif _PLAIN.get(hint) != kind:
        yield f"{path}: {getattr(hint, '__name__', hint)} in the class, {kind} in the schema"


# A reader's schema against a writer's


def unreadable(reader: Schema, writer: Schema) -> list[str]:
    """What of a writer's records a reader could not read; empty when it can read them all."""
    return list(_resolve(reader, writer, Names(reader), Names(writer), "$"))


def _resolve(reader: Schema, writer: Schema, r: Names, w: Names, path: str) -> typing.Iterator[str]:
    reader, writer = r.follow(reader), w.follow(writer)
    if isinstance(writer, list):
        for branch in writer:
            yield from _resolve(reader, branch, r, w, path)
    elif isinstance(reader, list):
        if not any(not list(_resolve(branch, writer, r, w, path)) for branch in reader):
            yield f"{path}: {kind_of(writer)} fits no branch of the reader's union"
    elif kind_of(reader) != kind_of(writer):
        if kind_of(reader) not in _PROMOTED.get(kind_of(writer), ()):
            yield f"{path}: {kind_of(writer)} cannot be read as {kind_of(reader)}"
    else:
        yield from _same_kind(reader, writer, r, w, path)


def _same_kind(reader: Schema, writer: Schema, r: Names, w: Names, path: str) -> typing.Iterator[str]:
    kind = kind_of(reader)
    if kind in ("record", "enum") and last_name(reader["name"]) != last_name(writer["name"]):
        yield f"{path}: {writer['name']} is read as {reader['name']}"
    elif kind == "array":
        yield from _resolve(reader["items"], writer["items"], r, w, f"{path}[]")
    elif kind == "map":
        yield from _resolve(reader["values"], writer["values"], r, w, f"{path}{{}}")
    elif kind == "enum":
        lost = set(writer["symbols"]) - set(reader["symbols"])
        if lost and "default" not in reader:
            yield f"{path}: symbols {sorted(lost)} are not known to the reader"
    elif kind == "record":
        written = {field["name"]: field for field in writer["fields"]}
        for field in reader["fields"]:
            where = f"{path}.{field['name']}"
            before = written.get(field["name"])
            if before is not None:
                yield from _resolve(field["type"], before["type"], r, w, where)
            elif "default" not in field:
                yield f"{where}: new and without a default"
