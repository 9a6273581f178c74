"""An Avro datum read as far as it goes: for showing what is left of a broken record and naming the place where it breaks.

A slow second reader by the Avro specification (1.11, binary encoding), used on records that the fast one
refused. It never guesses: at the first byte that the schema does not allow it stops and says so.
"""

from __future__ import annotations

import struct
from typing import Any

from msgspec import Struct

_MOST_FIELDS = 2000
_MOST_STEPS = 50_000
_DEFINING = ("record", "enum", "fixed")


class Walk(Struct):
    """What was read: fields as path and value, and, when it broke, where and why.

    `path` is the field at which it stopped, `at` the byte; `problem` None means that the whole datum was read.
    """

    fields: list[tuple[str, Any]]
    path: str
    at: int
    problem: str | None


class _Broken(Exception):
    """The datum breaks here."""


class _Reader:
    def __init__(self, data: bytes, at: int, schema: Any) -> None:
        self.data, self.at = data, at
        self.path = "$"
        self.fields: list[tuple[str, Any]] = []
        self._steps = 0
        self._named: dict[str, Any] = {}
        self._learn(schema)

    def _learn(self, schema: Any) -> None:
        """Named types are used by name after their first place."""
        if isinstance(schema, list):
            for branch in schema:
                self._learn(branch)
        elif isinstance(schema, dict):
            if schema["type"] in _DEFINING:
                self._named[schema["name"]] = schema
            for field in schema.get("fields", ()):
                self._learn(field["type"])
            self._learn(schema.get("items"))
            self._learn(schema.get("values"))
            if not isinstance(schema["type"], str):
                self._learn(schema["type"])

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise _Broken(f"{count} bytes announced, {len(self.data) - self.at} left")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value >> 1 ^ -(value & 1)
            shift += 7
            if shift > 63:
                raise _Broken("a number of more than 10 bytes")

    def keep(self, value: Any) -> None:
        if len(self.fields) < _MOST_FIELDS:
            self.fields.append((self.path, value))

    def text(self) -> str:
        raw = self.take(self.number())
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise _Broken(f"a text that is not UTF-8 (byte {error.start} of it)") from None

    def read(self, schema: Any, path: str) -> None:
        self.path = path
        self._steps += 1
        if self._steps > _MOST_STEPS:  # a broken record of megabytes must not hold up what comes after it
            raise _Broken(f"not looked at beyond {_MOST_STEPS} values")
        if isinstance(schema, list):
            index = self.number()
            if not 0 <= index < len(schema):
                raise _Broken(f"choice {index} of a union of {len(schema)}")
            self.read(schema[index], path)
            return
        kind = schema["type"] if isinstance(schema, dict) else schema
        if isinstance(kind, dict | list):
            self.read(kind, path)
        elif kind in self._named:
            self.read(self._named[kind], path)
        else:
            self._one(kind, schema, path)

    def _one(self, kind: str, schema: Any, path: str) -> None:
        if kind == "record":
            for field in schema["fields"]:
                self.read(field["type"], field["name"] if path == "$" else f"{path}.{field['name']}")
        elif kind == "array":
            self._blocks(lambda n: self.read(schema["items"], f"{path}[{n}]"))
        elif kind == "map":
            self._blocks(lambda _: self.read(schema["values"], f"{path}.{self.text()}"))
        elif kind == "enum":
            index = self.number()
            if not 0 <= index < len(schema["symbols"]):
                raise _Broken(f"symbol {index} of an enum of {len(schema['symbols'])}")
            self.keep(schema["symbols"][index])
        else:
            self.keep(self._plain(kind, schema))

    def _plain(self, kind: str, schema: Any) -> Any:
        if kind == "null":
            return None
        if kind == "string":
            return self.text()
        if kind in ("int", "long"):
            return self.number()
        if kind in ("float", "double"):
            form, size = ("<f", 4) if kind == "float" else ("<d", 8)
            return struct.unpack(form, self.take(size))[0]
        if kind == "boolean":
            byte = self.take(1)
            if byte > b"\x01":
                raise _Broken(f"byte {byte.hex()} for a boolean")
            return byte == b"\x01"
        return self.take(schema["size"] if kind == "fixed" else self.number())

    def _blocks(self, item: Any) -> None:
        path, number = self.path, 0
        while True:
            self.path = path
            count = self.number()
            if count < 0:
                count = -count
                self.number()  # the size of the block in bytes
            if count == 0:
                return
            for _ in range(count):
                before = self.at
                item(number)
                number += 1
                if self.at == before:
                    raise _Broken("items of no size")  # would go on as long as the announced number says


def walk(schema: Any, data: bytes, at: int = 0) -> Walk:
    """Read the datum of ``schema`` (as fastavro parses it) that begins at byte ``at``."""
    reader = _Reader(data, at, schema)
    problem = None
    try:
        reader.read(schema, "$")
        reader.path = "$"
        if reader.at != len(data):
            problem = f"{len(data) - reader.at} bytes after the record"
    except _Broken as broken:
        problem = str(broken)
    return Walk([pair for pair in reader.fields if pair[1] is not None], reader.path, reader.at, problem)
