"""A reader of events made for their one schema: Avro bytes to `Event` without dictionaries on the way.

The general reader makes a dictionary of every field of every part and costs more than all the judging of an ordinary event
(`docs/decisions/0004-own-event-reader.md` has the measurement). This one is Python code written out from
`schemas/event.avsc` at import; bytes that mean "not stated" are passed over in runs. It only ever says yes: whatever
it does not take as a sound event goes to the general reader, which refuses it with the reason.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import fields as struct_fields

from streams.kafka import schemas
from streams.model import events as ev
from streams.model.intake import json_name

_CLASSES: dict[str, type[Struct]] = {
    c.__name__: c
    for c in (
        ev.Event, ev.Place, ev.Transport, ev.Holder, ev.Party, ev.Origin, ev.Money, ev.Goods, ev.Leg, ev.Reference,
        ev.Document, ev.Price, ev.Contract, ev.Customs, ev.Weight, ev.Seal,
    )
}  # fmt: skip
_RUN = 3
"""Fewest neighbours that may all be absent for which one comparison of bytes is made."""


class NotPlain(Exception):
    """Not an event that this reader takes; the general one must look."""


def _varint(b: bytes, i: int) -> tuple[int, int]:
    """A zig-zag integer at ``i``, and where it ends."""
    shift = number = 0
    while True:
        byte = b[i]
        i += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (number >> 1) ^ -(number & 1), i
        shift += 7
        if shift > 63:
            raise NotPlain


class _Writer:
    """Writes the source of one function per record."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.names: dict[str, Any] = {
            "_varint": _varint, "NotPlain": NotPlain, "unpack": struct.Struct("<d").unpack_from,
            "from_bytes": int.from_bytes, **_CLASSES,
        }  # fmt: skip
        self._done: set[str] = set()
        self._enums: dict[str, str] = {}
        self.source: list[str] = []
        self.record(schema)

    def record(self, schema: dict[str, Any]) -> None:
        """The function ``read_NAME(b, i)`` of a record; those of its parts first."""
        name = schema["name"].rpartition(".")[2]
        self._done.add(name)
        lines: list[str] = []
        names = [f"f{n}" for n in range(len(schema["fields"]))]
        wanted = [json_name(f.name) for f in struct_fields(_CLASSES[name])]
        if [f["name"] for f in schema["fields"]] != wanted:
            raise TypeError(f"fields of {name} differ between schema and class")
        n = 0
        while n < len(names):
            run = n
            while run < len(names) and self._absent(schema["fields"][run]["type"]) is not None:
                run += 1
            if run - n >= _RUN:
                absent = [str(self._absent(schema["fields"][m]["type"])) for m in range(n, run)]
                lines.append(f"if b[i:i+{run - n}] == {bytes(run - n)!r}:")
                lines.append(f"    {', '.join(names[n:run])} = {', '.join(absent)}")
                lines.append(f"    i += {run - n}")
                lines.append("else:")
                for m in range(n, run):
                    lines += ["    " + x for x in self.value(schema["fields"][m]["type"], names[m])]
                n = run
            else:
                lines += self.value(schema["fields"][n]["type"], names[n])
                n += 1
        self.source += [
            f"def read_{name}(b, i):",
            *("    " + x for x in lines),
            f"    return {name}({', '.join(names)}), i",
        ]

    @staticmethod
    def _absent(kind: Any) -> str | None:
        """What the one byte 0 means for a type: not stated, or nothing in it; None when it means something else."""
        if isinstance(kind, list) and kind[0] == "null":
            return "None"
        if isinstance(kind, dict) and kind["type"] == "array":
            return "()"
        return None

    def value(self, kind: Any, to: str) -> list[str]:
        """Lines that read a value of a type into the variable ``to``."""
        if isinstance(kind, list):
            inner = self.value(kind[1], to)
            return [
                "u = b[i]", "i += 1", "if u == 0:", f"    {to} = None", "elif u == 2:",
                *("    " + x for x in inner), "else:", "    raise NotPlain",
            ]  # fmt: skip
        if isinstance(kind, str):
            return self._plain(kind, to)
        match kind["type"]:
            case "record":
                self.record(kind)
                return self._named(kind["name"], to)
            case "enum":
                self._enums[kind["name"].rpartition(".")[2]] = name = f"S{len(self._enums)}"
                self.names[name] = tuple(kind["symbols"])
                return self._named(kind["name"], to)
            case "array":
                return self._blocks(
                    to, "[]", self.value(kind["items"], f"{to}x"), f"{to}.append({to}x)", f"tuple({to})"
                )
            case "map":
                body = [*self._plain("string", f"{to}k"), *self.value(kind["values"], f"{to}x")]
                return self._blocks(to, "{}", body, f"{to}[{to}k] = {to}x", f"{to} or None")
        return self._plain(kind["type"], to)

    def _named(self, name: str, to: str) -> list[str]:
        short = name.rpartition(".")[2]
        if short in self._enums:
            return [
                "n = b[i]",
                "i += 1",
                "if n & 1 or n > 127:",
                "    raise NotPlain",
                f"{to} = {self._enums[short]}[n >> 1]",
            ]
        return [f"{to}, i = read_{short}(b, i)"]

    def _plain(self, kind: str, to: str) -> list[str]:
        match kind:
            case "string":
                return [
                    "n = b[i]", "i += 1", "if n > 127:", "    n, i = _varint(b, i - 1)", "    n <<= 1",
                    "n >>= 1", "if n < 0:", "    raise NotPlain", f"{to} = b[i:i+n].decode()", "i += n",
                ]  # fmt: skip
            case "long":
                return [  # a time of our days takes six bytes: read them at once
                    "n = from_bytes(b[i:i+6], 'little')", "if n & 0x808080808080 == 0x8080808080:",
                    "    n = (n & 0x7f | n >> 1 & 0x3f80 | n >> 2 & 0x1fc000 | n >> 3 & 0xfe00000 | n >> 4 & 0x7f0000000",
                    "         | n >> 5 & 0x3f800000000)", f"    {to} = n >> 1 ^ -(n & 1)", "    i += 6",
                    "else:", f"    {to}, i = _varint(b, i)",
                ]  # fmt: skip
            case "int":
                return [f"{to}, i = _varint(b, i)"]
            case "double":
                return [f"{to} = unpack(b, i)[0]", "i += 8"]
            case "boolean":
                return ["u = b[i]", "i += 1", "if u > 1:", "    raise NotPlain", f"{to} = u == 1"]
        return self._named(kind, to)

    @staticmethod
    def _blocks(to: str, empty: str, body: list[str], put: str, end: str) -> list[str]:
        count = f"{to}n"
        none = "()" if empty == "[]" else "None"
        return [
            f"{count} = b[i]", "i += 1", f"if {count} == 0:", f"    {to} = {none}", "else:",
            f"    if {count} & 1 or {count} > 127:", "        raise NotPlain", f"    {count} >>= 1", f"    {to} = {empty}",
            f"    for _ in range({count}):", *("        " + x for x in (*body, put)), "    if b[i]:", "        raise NotPlain",
            "    i += 1", f"    {to} = {end}",
        ]  # fmt: skip


def _compiled() -> Callable[[bytes, int], tuple[ev.Event, int]]:
    writer = _Writer(schemas.parsed("event"))
    exec(compile("\n".join(writer.source), "<reader of event.avsc>", "exec"), writer.names)  # noqa: S102 - our own source
    reader: Callable[[bytes, int], tuple[ev.Event, int]] = writer.names["read_Event"]
    return reader


_read_event = _compiled()


def _sound_goods(goods: tuple[ev.Goods, ...]) -> bool:
    for line in goods:
        total = 0.0
        for origin in line.origin:
            share = origin.share_pct
            if share is not None:
                if not 0 <= share <= 100:
                    return False
                total += share
        masses = (line.net_kg or 0.0, line.gross_kg or 0.0, line.packages or 0)
        if total > 100.000001 or not all(mass >= 0 for mass in masses):
            return False
    return True


def _sound(event: ev.Event) -> bool:
    """Whether nothing in it is refused by `event_from_fields`; in doubt no."""
    if not (event.event_id and event.source and event.consignment_id):
        return False
    if event.type == "RETRACTED" and not event.retracts:
        return False
    if event.goods and not _sound_goods(event.goods):
        return False
    if any(party.owners for party in event.parties) or any(d.quantity_kg is not None for d in event.documents):
        return False
    weight = event.weight
    return weight is None or ((weight.net_kg or 0.0) >= 0 and (weight.gross_kg or 0.0) >= 0)


def read_event(data: bytes, at: int, intake_time: int) -> ev.Event | None:
    """The event whose datum begins at ``at`` and ends with ``data``; None when the general reader must look at it.

    ``intake_time`` (ms UTC) stands for an absent `recorded_at`.
    """
    try:
        event, end = _read_event(data, at)
    except (NotPlain, IndexError, UnicodeDecodeError, struct.error, OverflowError):
        return None
    if end != len(data) or not _sound(event):
        return None
    if cast("int | None", event.recorded_at) is None:  # as it stands on the wire
        return _with_recorded(event, intake_time)
    return event


def _with_recorded(event: ev.Event, time: int) -> ev.Event:
    values = [getattr(event, name) for name in event.__struct_fields__]
    values[5] = time
    return ev.Event(*values)
