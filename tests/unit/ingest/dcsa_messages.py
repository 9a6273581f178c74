"""Invented DCSA messages in their three shapes, and what the adapter makes of them."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.ingest import dcsa
from streams.ingest.adapter import Given, Message, Refusal
from streams.ingest.dcsa_events import is_base
from streams.model.events import Event
from streams.model.moments import parse_time

GIVEN = Given("carrier-7", parse_time("2026-10-05T00:00:00Z"))
KNOWN, HAPPENED = "2026-10-02T08:00:00Z", "2026-10-02T07:15:00+05:00"
CODE = {
    "SHIPMENT": "shipmentEventTypeCode",
    "TRANSPORT": "transportEventTypeCode",
    "EQUIPMENT": "equipmentEventTypeCode",
}
VESSEL = {"vesselIMONumber": "9319466", "vesselName": "MV Steppe", "vesselFlag": "LR"}
CALL = {
    "transportCallID": "tc-1", "modeOfTransport": "VESSEL", "exportVoyageNumber": "041E", "importVoyageNumber": "040W",
    "location": {"locationName": "Riga", "UNLocationCode": "LVRIX"}, "vessel": VESSEL,
}  # fmt: skip


def flat(kind: str = "EQUIPMENT", code: str = "LOAD", **more: Any) -> dict[str, Any]:
    """An event of 2.2; None takes a member away."""
    event: dict[str, Any] = {
        "eventID": "e-1", "eventCreatedDateTime": KNOWN, "eventType": kind, "eventClassifierCode": "ACT",
        "eventDateTime": HAPPENED, CODE[kind]: code,
    }  # fmt: skip
    if kind == "SHIPMENT":
        event |= {"documentTypeCode": "BKG", "documentID": "BK100"}
    else:
        event |= {"transportCall": CALL, "documentReferences": [
            {"documentReferenceType": "BKG", "documentReferenceValue": "BK100"},
            {"documentReferenceType": "TRD", "documentReferenceValue": "BL200"},
        ]}  # fmt: skip
    if kind == "EQUIPMENT":
        event |= {"equipmentReference": "CSQU3054383", "emptyIndicatorCode": "LADEN"}
    return {name: value for name, value in (event | more).items() if value is not None}


def beta(kind: str = "EQUIPMENT", code: str = "LOAD", retracts: str | None = None, **more: Any) -> dict[str, Any]:
    """An event of 3.0.0-Beta-1."""
    metadata = {
        "eventID": "e-1", "eventCreatedDateTime": KNOWN, "eventType": kind, "publisherRole": "CA",
        "publisher": {"carrierCode": "STP", "carrierCodeListProvider": "SMDG"},
    }  # fmt: skip
    if retracts is not None:
        return {"metadata": metadata | {"retractedEventID": retracts}}
    payload = flat(kind, code, eventID=None, eventCreatedDateTime=None, documentReferences=None)
    payload["relatedDocumentReferences"] = [{"type": "BKG", "value": "BK100"}]
    return {"metadata": metadata, "payload": payload | more}


def nested(kind: str = "EQUIPMENT", code: str = "LOAD", at: str = KNOWN, **more: Any) -> dict[str, Any]:
    """An event of 3.0.0, known at a time."""
    names = {**CODE, "REEFER": "reeferEventTypeCode", "IOT": "iotEventTypeCode"}
    event: dict[str, Any] = {
        "eventRouting": {"originatingParty": {"partyCode": "STP", "codeListProvider": "SMDG", "codeListName": "LCL"}},
        "eventID": "e-1", "eventDateTime": HAPPENED, "eventUpdatedDateTime": at,
        "eventLocation": {"locationName": "Riga", "UNLocationCode": "LVRIX"},
        "eventClassification": {"eventTypeCode": kind, "eventClassifierCode": "ACT", names[kind]: code},
        "shipmentDetails": {"documentReference": {"typeCode": "BKG", "reference": "BK100"}},
    }  # fmt: skip
    if kind not in ("SHIPMENT", "TRANSPORT"):
        event["equipmentDetails"] = {"equipmentReference": "CSQU3054383"}
    return {name: value for name, value in (event | more).items() if value is not None}


def items(*messages: Any) -> list[Event | Refusal | Message]:
    """All that the adapter says of a list of messages."""
    return list(dcsa.read(msgspec.json.encode(list(messages)), GIVEN))


def events(*messages: Any) -> list[Event]:
    """The events for messages of which none is refused, without the bases of versions."""
    found = items(*messages)
    refused = [item for item in found if isinstance(item, Refusal)]
    assert refused == []
    return [item for item in found if isinstance(item, Event) and not is_base(item)]


def event(message: Any) -> Event:
    """The one event for a message."""
    (found,) = events(message)
    return found


def refusal(message: Any) -> Refusal:
    """The one refusal of a message that gives no event."""
    found = [item for item in items(message) if not isinstance(item, Message)]
    assert len(found) == 1
    assert isinstance(found[0], Refusal)
    return found[0]
