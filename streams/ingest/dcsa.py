"""DCSA Track & Trace 2.2, 3.0.0-Beta-1 and 3.0: SHIPMENT, TRANSPORT, EQUIPMENT, IOT and REEFER events (docs/feeds/dcsa.md).

A file is one event, a list of events, an object with `events`, or NDJSON of these.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streams.errors import InvalidInput
from streams.ingest import dcsa_codes as codes
from streams.ingest.adapter import Given, Message, Refusal
from streams.ingest.dcsa_events import Seen, events_of, is_base
from streams.ingest.dcsa_shapes import NESTED, told, version_of
from streams.ingest.json_messages import beginning, documents
from streams.model.events import Event

READS_LINES = True
"""A retraction on one line takes back what another line tells."""
_MARKS = (
    b'"eventClassifierCode"', b'"eventClassification"', b'"transportEventTypeCode"', b'"equipmentEventTypeCode"',
    b'"shipmentEventTypeCode"', b'"retractedEventID"', b'"eventCreatedDateTime"', b'"eventUpdatedDateTime"',
    b'"VGMDeclarations"', b'"arrivalNotices"',
)  # fmt: skip
_OTHERS = {"VGMDeclarations": "Verified Gross Mass", "arrivalNotices": "Arrival Notice"}
_CODES = (
    "shipmentEventTypeCode",
    "transportEventTypeCode",
    "equipmentEventTypeCode",
    "iotEventTypeCode",
    "reeferEventTypeCode",
)


def recognises(head: bytes) -> bool:
    """Whether the beginning of a file is JSON with the names of DCSA events."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[") and any(mark in head for mark in _MARKS)


def read(data: bytes, given: Given) -> Iterator[Event | Refusal | Message]:
    """The events and refusals of a file, in its order."""
    seen = Seen()
    for document in documents(data):
        if isinstance(document, Refusal):
            yield document
            continue
        where, value = document
        for path, item in _messages(value):
            yield from _read_one(item, where, path, given, seen)


def _messages(value: Any) -> Iterator[tuple[str, Any]]:
    """The messages of a document with their paths."""
    if isinstance(value, dict) and isinstance(value.get("events"), list):
        yield from ((f"events[{n}]", item) for n, item in enumerate(value["events"]))
        return
    if isinstance(value, dict):
        for name in _OTHERS:
            if isinstance(value.get(name), list):
                yield from ((f"{name}[{n}]", item) for n, item in enumerate(value[name]))
                return
    if isinstance(value, list):
        yield from ((f"[{n}]", item) for n, item in enumerate(value))
        return
    yield "", value


def _read_one(item: Any, where: str, path: str, given: Given, seen: Seen) -> Iterator[Event | Refusal | Message]:
    other = next((title for name, title in _OTHERS.items() if path.startswith(name)), None)
    if other is None and isinstance(item, dict) and ("portCall" in item or "portCallService" in item):
        other = "Port Call"
    yield Message(f"{other} message" if other else _kind(item))
    if other is not None:
        because = f"a message of DCSA {other}; expected events of Track & Trace"
        yield Refusal(because, f"{where}{path}", beginning(item))
        return
    try:
        for event in events_of(told(item, path), given, seen):
            if is_base(event):
                yield Message("3.0 base of versions", counted=False)
            yield event
    except InvalidInput as error:
        at = error.path if error.path != "$" else path
        yield Refusal(str(error), f"{where}{at}" or "$", beginning(item))


def _kind(item: Any) -> str:
    """What a message is, as far as it can be told: version, type, code, of which document."""
    version = version_of(item)
    if version is None:
        return "unknown"
    body: dict[str, Any] = {}
    for part in (item, item.get("metadata"), item.get("payload"), item.get("eventClassification")):
        body |= part if isinstance(part, dict) else {}
    if item.get("isRetracted") is True or body.get("retractedEventID") is not None:
        return f"{version} retraction"
    kind = body.get("eventTypeCode" if version == NESTED else "eventType")
    code = next((body[name] for name in _CODES if isinstance(body.get(name), str)), "")
    known = kind if isinstance(kind, str) and kind in codes.KINDS else "unknown"
    return f"{version} {known} {code[:8]}".rstrip()
