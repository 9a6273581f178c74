"""Between typed records and the bytes on the topics: Avro, single-object encoded or in Confluent framing.

Single-object (Avro 1.11): ``C3 01``, the fingerprint (8 bytes little endian), the datum. Confluent: ``00``, the
schema's id at the registry (4 bytes big endian), the datum. Readers take both; writers use the registry when one is
configured (`Codec`). What cannot be decoded raises `InvalidInput`, whose `what` begins with one of the reasons in
`REASONS`, and whose path names the field as far as it is known.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, Protocol

import msgspec
from fastavro import schemaless_reader, schemaless_writer
from fastavro.validation import validate

from streams.errors import InvalidInput
from streams.kafka import schemas
from streams.kafka.fastread import read_event
from streams.kafka.partial import walk
from streams.model.decision import Alert
from streams.model.events import Event
from streams.model.fields import event_from_fields, event_to_fields
from streams.model.moments import iso_time, parse_time
from streams.model.reference import RECORD_TYPES, AnyRecord, Policy
from streams.model.screening import Screening

MARKER = b"\xc3\x01"
CONFLUENT = b"\x00"
_EVENT_PREFIX = MARKER + schemas.fingerprint_by_name("event")
_EVENT_SCHEMA = schemas.parsed("event")


class Refused(InvalidInput):
    """A record that cannot be decoded; ``reason`` is one of the dead-letter reasons (bounded)."""

    def __init__(self, reason: str, what: str, path: str, value: str, expected: str) -> None:
        super().__init__(what, path, value, expected)
        self.reason = reason


class Registry(Protocol):
    """A schema registry as far as codecs need one."""

    def schema_of(self, schema_id: int) -> Any:
        """The writer's schema of an id, ready for fastavro. Raises LookupError when there is none."""

    def id_of(self, name: str) -> int:
        """The id under which the newest schema of a record is registered."""


def _shown(data: bytes) -> str:
    return data[:16].hex(" ") + ("…" if len(data) > 16 else "")


def _writer_schema(data: bytes, name: str, registry: Registry | None) -> tuple[Any, int]:
    """The writer's schema of a message, and where its datum begins. Raises Refused."""
    if data[:2] == MARKER and len(data) >= 10:
        known = schemas.by_fingerprint().get(data[2:10])
        if known is None:
            raise Refused("unknown_schema", "unknown schema fingerprint", "$", data[2:10].hex(),
                          "the fingerprint of a schema in schemas/")  # fmt: skip
        if known[0] != name:
            raise Refused("unknown_schema", f"a record of schema {known[0]}", "$", data[2:10].hex(), f"schema {name}")
        return known[1], 10
    if data[:1] == CONFLUENT and len(data) >= 5:
        number = int.from_bytes(data[1:5], "big")
        if registry is None:
            raise Refused("unknown_schema", "Confluent framing without a schema registry", "$", str(number),
                          "single-object encoding, or the setting registry.url")  # fmt: skip
        try:
            return registry.schema_of(number), 5
        except LookupError:
            raise Refused("unknown_schema", "schema id not at the registry", "$", str(number),
                          "the id of a registered schema") from None  # fmt: skip
    reason = "truncated" if data[:2] == MARKER or data[:1] == CONFLUENT else "not_avro"
    raise Refused(
        reason, "not an Avro record", "$", _shown(data) or "empty", "C3 01 and a fingerprint, or Confluent framing"
    )


def _read(data: bytes, at: int, writer: Any, reader: Any) -> Any:
    """The datum. Raises Refused with the reason as near as Avro lets it be told."""
    stream = BytesIO(data)
    stream.seek(at)
    try:
        found = schemaless_reader(stream, writer, None if writer is reader else reader)
    except Exception as error:  # fastavro raises what it meets: struct.error, ValueError, SchemaResolution…
        raise _refusal(error, data, at, writer, ended=stream.tell() == len(data)) from None
    if stream.tell() != len(data):
        raise Refused("not_avro", "bytes after the record", "$", f"{len(data) - stream.tell()} bytes too many",
                      "one record a message")  # fmt: skip
    return found


def _refusal(error: Exception, data: bytes, at: int, writer: Any, *, ended: bool) -> Refused:
    """What a datum that cannot be read is refused with; a second, slow look names the field at which it breaks."""
    broken = walk(writer, data, at)
    path = broken.path if broken.problem is not None else "$"
    if isinstance(error, EOFError) or (isinstance(error, IndexError | KeyError) and ended):
        # fastavro indexes the empty read at the end
        return Refused("truncated", "ends in the middle of a record", path, f"{len(data)} bytes", "a whole record")
    shown = _shown(data[broken.at :] if broken.problem is not None else data[at:])
    if isinstance(error, IndexError | KeyError):
        return Refused("wrong_enum", "unknown choice of an enum or union", path, shown, "a symbol of the schema")
    if isinstance(error, UnicodeDecodeError):
        return Refused("invalid_value", "a text that is not UTF-8", path, shown, str(error))
    what = f"cannot be decoded ({type(error).__name__})"
    return Refused("not_avro", what, path, shown, "an Avro datum of its schema")


def _no_negative_choice(data: bytes, at: int, writer: Any) -> None:
    """Refuse a negative symbol or branch, which fastavro takes as counted from the end. Raises Refused."""
    broken = walk(writer, data, at)
    if broken.problem is not None and broken.problem.startswith(("symbol", "choice")):
        raise Refused("wrong_enum", broken.problem, broken.path, _shown(data[broken.at :]), "a symbol of the schema")


def decode_event(data: bytes, intake_time: int, registry: Registry | None = None) -> Event:
    """An event from a message; ``intake_time`` (ms UTC, the record's timestamp) stands for an absent `recorded_at`.

    Raises Refused.
    """
    if data[:10] == _EVENT_PREFIX:
        plain = read_event(data, 10, intake_time)
        if plain is not None:
            return plain
        fields = _read(data, 10, _EVENT_SCHEMA, _EVENT_SCHEMA)
        _no_negative_choice(data, 10, _EVENT_SCHEMA)
    else:
        writer, at = _writer_schema(data, "event", registry)
        fields = _read(data, at, writer, _EVENT_SCHEMA)
    try:
        return event_from_fields(fields, intake_time)
    except InvalidInput as error:
        reason = "missing_field" if "required" in error.what else "invalid_value"
        raise Refused(reason, error.what, error.path, str(error.value), error.expected) from None


def _write(name: str, fields: Any, registry: Registry | None) -> bytes:
    schema = schemas.parsed(name)
    out = BytesIO()
    if registry is None:
        out.write(MARKER + schemas.fingerprint_by_name(name))
    else:
        out.write(CONFLUENT + registry.id_of(name).to_bytes(4, "big"))
    schemaless_writer(out, schema, fields)
    return out.getvalue()


def encode_event(event: Event, registry: Registry | None = None) -> bytes:
    """An event as it goes onto its topic."""
    return _write("event", event_to_fields(event), registry)


def encode_event_fields(fields: dict[str, Any], registry: Registry | None = None) -> bytes:
    """An event from Avro fields, checked against the schema. Raises fastavro's ValidationError."""
    validate(fields, schemas.parsed("event"))
    return _write("event", fields, registry)


def encode_record(record: AnyRecord, registry: Registry | None = None) -> bytes:
    """A reference record as it goes onto its topic; a policy's value travels as JSON text."""
    fields = msgspec.to_builtins(record)
    if isinstance(record, Policy):
        fields["value"] = msgspec.json.encode(record.value).decode() if record.value is not None else None
    return _write(record.kind, fields, registry)


def _record_of(kind: str, fields: dict[str, Any]) -> AnyRecord:
    if kind == "policy" and fields["value"] is not None:
        fields["value"] = msgspec.json.decode(fields["value"])
    return msgspec.convert(fields, RECORD_TYPES[kind])  # type: ignore[return-value]  # each kind by its own class


def decode_record(data: bytes, registry: Registry | None = None) -> AnyRecord:
    """A reference record from a message. Raises Refused."""
    if data[:2] == MARKER and len(data) >= 10:
        known = schemas.by_fingerprint().get(data[2:10])
        kind = known[0] if known is not None else ""
    elif data[:1] == CONFLUENT and len(data) >= 5 and registry is not None:
        try:
            kind = str(registry.schema_of(int.from_bytes(data[1:5], "big"))["name"]).rpartition(".")[2].lower()
        except LookupError:
            kind = ""
    else:
        kind = ""
    if kind not in RECORD_TYPES:
        raise Refused(
            "unknown_schema", "not a reference record", "$", _shown(data), "one of " + ", ".join(RECORD_TYPES)
        )
    writer, at = _writer_schema(data, kind, registry)
    fields = _read(data, at, writer, schemas.parsed(kind))
    try:
        return _record_of(kind, fields)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise Refused("invalid_value", "not a reference record", "$", kind, str(error)) from None


_ALERT_TIMES = ("occurred_at", "decided_at")
"""Text in the struct, so that its canonical JSON is what is hashed; `timestamp-millis` on the wire."""


def encode_alert(alert: Alert, registry: Registry | None = None) -> bytes:
    """An alert version as it goes onto `alerts`."""
    fields = msgspec.to_builtins(alert)
    for name in _ALERT_TIMES:
        if fields[name] is not None:
            fields[name] = parse_time(fields[name])
    return _write("alert", fields, registry)


def decode_alert(data: bytes, registry: Registry | None = None) -> Alert:
    """An alert version from a message. Raises Refused."""
    writer, at = _writer_schema(data, "alert", registry)
    fields = _read(data, at, writer, schemas.parsed("alert"))
    for name in _ALERT_TIMES:
        if fields[name] is not None:
            fields[name] = iso_time(fields[name])
    return msgspec.convert(fields, Alert)


def encode_screening(screening: Screening) -> bytes:
    """The record of a screening as it goes onto `screening.decisions`."""
    return _write("screening", msgspec.to_builtins(screening), None)


def decode_screening(data: bytes) -> Screening:
    """The record of a screening from a message. Raises Refused."""
    writer, at = _writer_schema(data, "screening", None)
    return msgspec.convert(_read(data, at, writer, schemas.parsed("screening")), Screening)


_STATE_PREFIX = MARKER + schemas.fingerprint_by_name("consignment_state")
STATE_FORMAT = 1


def _varint(number: int) -> bytes:
    """Avro's zig-zag variable-length integer of a number >= 0."""
    number <<= 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


_STATE_HEAD = _STATE_PREFIX + _varint(STATE_FORMAT)


def encode_state(body: bytes) -> bytes:
    """A consignment's encoded state as it goes onto `consignments.state`: Avro by hand, as it is on the hot path."""
    return b"".join((_STATE_HEAD, _varint(len(body)), body))


def decode_state(data: bytes) -> bytes:
    """The inverse of `encode_state`. Raises Refused."""
    if data.startswith(_STATE_HEAD):
        at, shift, length = len(_STATE_HEAD), 0, 0
        while at < len(data):
            byte = data[at]
            length |= (byte & 0x7F) << shift
            shift += 7
            at += 1
            if byte < 0x80:
                break
        if len(data) - at == length >> 1:
            return data[at:]
    raise Refused(
        "unknown_schema", "not a consignment state of this version", "$", _shown(data), f"format {STATE_FORMAT}"
    )
