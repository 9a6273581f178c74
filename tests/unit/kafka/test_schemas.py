"""Schemas and typed classes are the same records; what was ever released stays readable."""

from __future__ import annotations

import copy
import struct
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from fastavro import parse_schema, schemaless_reader, schemaless_writer
from fastavro.utils import generate_one
from msgspec import Struct

from streams.kafka import schemas
from streams.model.decision import Alert
from streams.model.events import Event
from streams.model.reference import RECORD_TYPES
from streams.model.screening import Screening
from tests.unit.kafka.compatibility import disagreements, unreadable

CLASSES: dict[str, type[Struct]] = {"event": Event, "alert": Alert, "screening": Screening, **RECORD_TYPES}
KNOWN = {
    "Alert.occurred_at: str in the class, long in the schema",  # text in the model (contract 3.2), a time on the wire
    "Alert.decided_at: str in the class, long in the schema",
    "Event.recorded_at: required in the class, not so in the schema",  # absent: the moment of intake
}


def newest(name: str) -> Any:
    return schemas.load_schema(schemas.SCHEMA_DIR / f"{name}.avsc")


@pytest.mark.parametrize("name", CLASSES)
def test_class_and_schema_have_the_same_fields_of_the_same_types(name: str) -> None:
    assert set(disagreements(CLASSES[name], newest(name))) - KNOWN == set()


def test_every_schema_is_a_record_with_a_class_or_the_encoded_state() -> None:
    assert {path.stem for path in schemas.SCHEMA_DIR.glob("*.avsc")} == {*CLASSES, "consignment_state"}
    assert {*CLASSES, "consignment_state"} == set(schemas.RECORD_NAMES)
    assert [(f["name"], f["type"]) for f in newest("consignment_state")["fields"]] == [
        ("format", "int"),
        ("body", "bytes"),
    ]


def _field(schema: Any, name: str) -> Any:
    return next(field for field in schema["fields"] if field["name"] == name)


def _drop(schema: Any) -> None:
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "seals"]


def _rename(schema: Any) -> None:
    _field(schema, "seals")["name"] = "seal"


def _swap(schema: Any) -> None:
    schema["fields"][0], schema["fields"][1] = schema["fields"][1], schema["fields"][0]


def _require(schema: Any) -> None:
    field = _field(schema, "retracts")
    field["type"] = "string"
    del field["default"]


def _lose_a_symbol(schema: Any) -> None:
    _field(schema, "type")["type"]["symbols"].remove("STORED")


def _turn_into_text(schema: Any) -> None:
    _field(schema, "occurred_at")["type"] = "string"


def _add_without_default(schema: Any) -> None:
    schema["fields"].append({"name": "weather", "type": "string"})


def _add_with_default(schema: Any) -> None:
    schema["fields"].append({"name": "weather", "type": ["null", "string"], "default": None})


def _add_a_symbol(schema: Any) -> None:
    _field(schema, "type")["type"]["symbols"].append("TELEPORTED")


Change = Callable[[Any], None]


@pytest.mark.parametrize("change", [_drop, _rename, _swap, _require, _lose_a_symbol, _turn_into_text])
def test_a_schema_that_leaves_its_class_is_noticed(change: Change) -> None:
    schema = newest("event")
    change(schema)
    assert disagreements(Event, schema) != []


@pytest.mark.parametrize("name", schemas.RECORD_NAMES)
def test_the_newest_schema_reads_every_released_version(name: str) -> None:
    released = schemas.released_files(name)
    assert released, "every schema has a released version"
    for path in released:
        assert unreadable(newest(name), schemas.load_schema(path)) == [], path.name


@pytest.mark.parametrize("name", schemas.RECORD_NAMES)
def test_records_of_every_released_version_are_read_by_the_newest_schema(name: str) -> None:
    reader = schemas.parsed(name)
    for path in schemas.released_files(name):
        writer = schemas.parsed_text(path.read_text("utf-8"))
        data = BytesIO()
        schemaless_writer(data, writer, generate_one(writer))
        data.seek(0)
        assert set(schemaless_reader(data, writer, reader)) == {field["name"] for field in reader["fields"]}


@pytest.mark.parametrize("change", [_turn_into_text, _require, _lose_a_symbol, _add_without_default])
def test_an_incompatible_change_is_caught(change: Change) -> None:
    changed = newest("event")
    change(changed)
    assert unreadable(changed, newest("event")) != []


@pytest.mark.parametrize("change", [_add_with_default, _add_a_symbol, _drop])
def test_a_compatible_change_passes(change: Change) -> None:
    changed = newest("event")
    change(changed)
    assert unreadable(changed, newest("event")) == []


def test_an_incompatible_change_is_one_that_fastavro_cannot_read_either() -> None:
    old, new = newest("event"), newest("event")
    _add_without_default(new)
    writer, reader = parse_schema(copy.deepcopy(old)), parse_schema(new)
    data = BytesIO()
    schemaless_writer(data, writer, generate_one(writer))
    data.seek(0)
    with pytest.raises(Exception, match="weather"):
        schemaless_reader(data, writer, reader)


@pytest.mark.parametrize("name", schemas.RECORD_NAMES)
def test_the_newest_schema_is_a_released_one(name: str) -> None:
    ours = schemas.fingerprint_by_name(name)
    released = [schemas.fingerprint_of(schemas.load_schema(path)) for path in schemas.released_files(name)]
    assert ours in released, f"put it beside the others as schemas/released/{name}.{len(released) + 1}.avsc"


def test_all_schemas_have_different_fingerprints_that_are_known() -> None:
    prints = [schemas.fingerprint_by_name(name) for name in schemas.RECORD_NAMES]
    assert len(set(prints)) == len(prints)
    assert {schemas.by_fingerprint()[p][0] for p in prints} == set(schemas.RECORD_NAMES)


def _crc64_avro(data: bytes) -> int:
    """CRC-64-AVRO as the specification writes it (Avro 1.11, schema fingerprints)."""
    empty = 0xC15D213AA4D7A795
    value = empty
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (empty & -(value & 1))
    return value


def test_the_fingerprint_is_crc_64_avro_of_the_canonical_form_in_little_endian() -> None:
    assert schemas.fingerprint_of("null") == struct.pack("<Q", 0x63DD24E7CC258F8A)
    assert schemas.fingerprint_of("int") == struct.pack("<Q", _crc64_avro(b'"int"'))
