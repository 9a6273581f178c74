"""The Avro schemas of every wire record: found, parsed without logical types, known by fingerprint.

`schemas/*.avsc` is the one source. `schemas/released/NAME.N.avsc` are the versions that were ever written to a
topic: readers resolve them against the newest, and a test holds each new schema backward compatible with all of
them. The fingerprint is CRC-64-AVRO of the parsing canonical form (Avro specification 1.11, single-object encoding).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

_HERE = Path(__file__).resolve().parent.parent
SCHEMA_DIR = next((d for d in (_HERE / "schemas", _HERE.parent / "schemas") if d.is_dir()), _HERE / "schemas")
"""In an installed package the schemas lie within it, in a checkout beside it."""
RECORD_NAMES = (
    "event", "alert", "consignment_state", "party", "ownership", "place", "goods", "waiver", "policy", "cap", "list",
    "clearance", "screening",
)  # fmt: skip


def _without_logical_types(schema: Any) -> Any:
    """Times stay ms and days stay days since 1970: the model's own form, and no datetime objects on the hot path."""
    if isinstance(schema, dict):
        return {k: _without_logical_types(v) for k, v in schema.items() if k != "logicalType"}
    if isinstance(schema, list):
        return [_without_logical_types(s) for s in schema]
    return schema


def load_schema(path: Path) -> Any:
    """The schema in a file as it is written. Raises OSError, ValueError."""
    return json.loads(path.read_text("utf-8"))


def fingerprint_of(schema: Any) -> bytes:
    """The 8 bytes, little endian, that stand before a single-object encoded record."""
    text = fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO")
    return bytes.fromhex(text)  # fastavro gives it little endian already


@cache
def schema_text(name: str) -> str:
    """The schema as JSON text, for a registry."""
    return json.dumps(load_schema(SCHEMA_DIR / f"{name}.avsc"), separators=(",", ":"))


@cache
def parsed(name: str) -> Any:
    """The newest schema of a record, ready for fastavro."""
    return parse_schema(_without_logical_types(load_schema(SCHEMA_DIR / f"{name}.avsc")))


def parsed_text(text: str) -> Any:
    """A schema from elsewhere (a registry), ready for fastavro."""
    return parse_schema(_without_logical_types(json.loads(text)))


@cache
def fingerprint_by_name(name: str) -> bytes:
    """The fingerprint of the newest schema of a record."""
    return fingerprint_of(load_schema(SCHEMA_DIR / f"{name}.avsc"))


def released_files(name: str) -> list[Path]:
    """The released versions of a schema, oldest first."""
    return sorted(SCHEMA_DIR.glob(f"released/{name}.*.avsc"), key=lambda p: int(p.name.split(".")[1]))


@cache
def by_fingerprint() -> dict[bytes, tuple[str, Any]]:
    """Record name and writer's schema by fingerprint, of all newest and released schemas."""
    known: dict[bytes, tuple[str, Any]] = {}
    for name in RECORD_NAMES:
        for path in (*released_files(name), SCHEMA_DIR / f"{name}.avsc"):
            schema = load_schema(path)
            known[fingerprint_of(schema)] = (name, parse_schema(_without_logical_types(schema)))
    return known
