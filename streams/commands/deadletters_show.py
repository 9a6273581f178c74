"""The bytes of a dead letter for eyes: what framing they have, the fields as far as they go, and a hex dump."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streams.kafka import schemas
from streams.kafka.codec import CONFLUENT, MARKER
from streams.kafka.partial import walk

_DUMPED = 512
_WIDTH = 16


def hex_lines(data: bytes, start: int = 0) -> Iterator[str]:
    """A hex dump: offset, bytes, printable ASCII."""
    for at in range(0, len(data), _WIDTH):
        row = data[at : at + _WIDTH]
        letters = "".join(chr(b) if 32 <= b < 127 else "." for b in row)
        yield f"  {start + at:08x}  {row.hex(' '):47}  {letters}"


def _walk_lines(name: str, schema: Any, data: bytes, at: int) -> Iterator[str]:
    found = walk(schema, data, at)
    yield f"read as {name}, as far as it goes:"
    for path, value in found.fields:
        yield f"  {path:28} {value!r}"
    if found.problem is None:
        yield "  to its end: a whole datum (its content was refused, not its form)"
    else:
        yield f"  breaks at {found.path}, byte {found.at}: {found.problem}"


def show_lines(data: bytes) -> Iterator[str]:
    """Framing, fields and hex dump of a record's bytes; the dump surrounds nothing larger than its first 512 bytes."""
    yield ""
    if not data:
        yield "no value"
        return
    if data[:2] == MARKER and len(data) >= 10:
        known = schemas.by_fingerprint().get(data[2:10])
        if known is None:
            yield f"Avro single-object encoding, fingerprint {data[2:10].hex()}: of no known schema"
            yield from _walk_lines("the newest event", schemas.parsed("event"), data, 10)
        else:
            yield f"Avro single-object encoding, fingerprint {data[2:10].hex()}"
            yield from _walk_lines(known[0], known[1], data, 10)
    elif data[:1] == CONFLUENT and len(data) >= 5:
        yield f"Confluent framing, schema id {int.from_bytes(data[1:5], 'big')}"
        yield from _walk_lines("the newest event", schemas.parsed("event"), data, 5)
    elif data.lstrip()[:1] in (b"{", b"["):
        yield "looks like JSON; `transitwatch ingest canonical` brings JSON onto the topics"
    else:
        yield "no framing that is known"
    yield ""
    yield from hex_lines(data[:_DUMPED])
    if len(data) > _DUMPED:
        yield f"  … {len(data) - _DUMPED} bytes more; --raw has all"
