"""What is no DCSA event, or has no event of the contract, is refused with its path, its value and what was expected."""

from __future__ import annotations

from typing import Any

import pytest

from streams.ingest import dcsa
from streams.ingest.adapter import Refusal
from streams.model.events import Event
from tests.unit.ingest.dcsa_messages import CALL, GIVEN, beta, flat, items, nested, refusal


@pytest.mark.parametrize(("message", "at", "because"), [
    (flat(eventType="WEATHER"), "eventType", "unknown code: 'WEATHER'; expected one of SHIPMENT, TRANSPORT, EQUIPMENT"),
    (flat(code="FLY"), "equipmentEventTypeCode", "unknown code: 'FLY'; expected one of LOAD, DISC"),
    (flat("TRANSPORT", "FLY"), "transportEventTypeCode", "unknown code: 'FLY'; expected one of ARRI, DEPA"),
    (flat("SHIPMENT", "FLY"), "shipmentEventTypeCode", "unknown code: 'FLY'"),
    (flat("SHIPMENT", "CONF", documentTypeCode="ABC"), "documentTypeCode", "unknown code: 'ABC'; expected one of CBR, BKG"),
    (flat("SHIPMENT", "CONF", documentID=None), "documentID", "required field missing"),
    (flat(eventClassifierCode="REQ"), "eventClassifierCode", "unknown code: 'REQ'; expected one of PLN, EST, ACT"),
    (flat(eventClassifierCode=None), "eventClassifierCode", "required field missing"),
    (flat(emptyIndicatorCode="HALF"), "emptyIndicatorCode", "unknown code: 'HALF'; expected one of EMPTY, LADEN"),
    (flat(eventDateTime="2026-10-02T07:15:00"), "eventDateTime", "time without offset"),
    (flat(eventDateTime="02.10.2026"), "eventDateTime", "not a time"),
    (flat(eventDateTime="9999-12-31T23:59:59-14:00", eventClassifierCode="PLN"), "eventDateTime", "not a time"),
    (flat(eventDateTime=None), "eventDateTime", "required field missing"),
    (flat(eventDateTime="2026-10-09T07:15:00Z"), "eventDateTime", "time in the future"),
    (flat(eventCreatedDateTime=None), "eventCreatedDateTime", "required field missing"),
    (flat(eventCreatedDateTime="1970-01-01T00:00:00Z"), "eventCreatedDateTime", "time too early"),
    (flat(eventCreatedDateTime="2027-01-01T00:00:00Z"), "eventCreatedDateTime", "time in the future"),
    (flat(code="AVDO"), "equipmentEventTypeCode", "no event stands for this code: 'AVDO'"),
    (flat("SHIPMENT", "VOID", documentTypeCode="TRD"), "shipmentEventTypeCode", "no event stands for this state of a document TRD"),
    (flat("SHIPMENT", "DRFT", documentTypeCode="CUC"), "shipmentEventTypeCode", "expected one of APPR, RELS"),
    (flat(equipmentReference=7), "equipmentReference", "not a text: 7; expected a string"),
    (flat(equipmentReference="A\0B"), "equipmentReference", "no NUL"),
    (flat(isTransshipmentMove="yes"), "isTransshipmentMove", "not a yes or no"),
    (flat(transportCall=[]), "transportCall", "not an object"),
    (flat(transportCall={**CALL, "modeOfTransport": "CAMEL"}), "transportCall.modeOfTransport", "unknown code: 'CAMEL'"),
    (flat(transportCall={**CALL, "location": {"UNLocationCode": "RIGA"}}), "transportCall.location.UNLocationCode", "not a UN/LOCODE"),
    (flat(transportCall={**CALL, "UNLocationCode": "XYABC"}), "transportCall.UNLocationCode", "a country that ISO 3166-1 assigns"),
    (flat(transportCall={**CALL, "UNLocationCode": "LTKLJ"}), "transportCall.location.UNLocationCode", "contradicts"),
    (flat(eventLocation={"latitude": "91", "longitude": "0"}), "eventLocation.latitude", "not degrees"),
    (flat(transportCall={**CALL, "vessel": {"vesselFlag": "LIB"}}), "transportCall.vessel.vesselFlag", "not a country"),
    (flat(seals=[{"sealNumber": "1", "sealType": "WAX"}]), "seals[0].sealType", "unknown code: 'WAX'; expected one of KLP, BLT, WIR"),
    (flat(seals=[{"sealType": "BLT"}]), "seals[0].sealNumber", "required field missing"),
    (flat(references=[{"referenceType": "??", "referenceValue": "1"}]), "references[0].referenceType", "unknown code"),
    (flat("TRANSPORT", "ARRI", transportCall=None), "transportCall", "required field missing"),
    (beta(eventType="TRANSPORT"), "payload.eventType", "contradicts [0].metadata.eventType 'EQUIPMENT'"),
    ({"metadata": beta()["metadata"]}, "payload", "required field missing"),
    ({**beta(), **beta(retracts="e-0")}, "payload", "stands beside [0].metadata.retractedEventID"),
    (nested(eventUpdatedDateTime=None), "eventUpdatedDateTime", "required field missing"),
    (nested(eventID=None), "eventID", "required field missing"),
    ({"eventID": "1", "isRetracted": False}, "eventClassification", "required field missing"),
    (nested("REEFER", "MEAS", eventLocation=None), "", "no event stands for temperatures alone"),
    (nested(shipmentDetails={"documentReferenceReplacements": [{"oldReferences": [{}], "newReferences": [{}, {}]}]}),
     "shipmentDetails.documentReferenceReplacements[0]", "1 references replaced by 2"),
    ({"colour": "red"}, "", "no Track & Trace event"),
    (None, "", "not an object: None; expected a JSON object"),
    ({"portCall": {}}, "", "a message of DCSA Port Call"),
])  # fmt: skip
def test_a_refusal_names_path_value_and_what_was_expected(message: Any, at: str, because: str) -> None:
    told = refusal(message)
    assert told.at == ("[0]." + at if at else "[0]")
    assert because in told.because
    assert told.refused


def test_an_event_that_names_no_consignment_is_refused() -> None:
    told = refusal(
        flat("TRANSPORT", "ARRI", documentReferences=None, transportCall={"location": {"UNLocationCode": "LVRIX"}})
    )
    assert "names no consignment" in told.because


def test_an_event_of_two_bookings_is_not_guessed_into_one() -> None:
    numbers = [{"documentReferenceType": "BKG", "documentReferenceValue": value} for value in ("BK1", "BK2")]
    assert (
        "names 2 BKG: ['BK1', 'BK2']; expected one consignment per event"
        in refusal(flat(documentReferences=numbers)).because
    )


def test_what_stands_beside_a_refused_message_goes_on() -> None:
    said = items(flat(eventID="e-1"), flat(code="FLY"), flat(eventID="e-3"))
    assert [item.event_id for item in said if isinstance(item, Event)] == ["e-1", "e-3"]
    assert [item.at for item in said if isinstance(item, Refusal)] == ["[1].equipmentEventTypeCode"]


@pytest.mark.parametrize(("text", "at", "because"), [
    (b"", "", "empty, expected JSON"), (b"  \n", "", "empty"), (b"{", "", "not JSON"), (b"\xff\xfe{\x00", "", "not JSON"),
    (b"[" * 100_000, "", "not JSON"), (b'{"a": "\\ud800"}', "", "not JSON"),
    (b'{"eventType": "SHIPMENT"}\n{"eventType"\n', "line 2", "not JSON"),
])  # fmt: skip
def test_what_is_no_json_is_refused_with_its_line(text: bytes, at: str, because: str) -> None:
    told = [item for item in dcsa.read(text, GIVEN) if isinstance(item, Refusal)][-1]
    assert (told.at, because in told.because) == (at, True)


def test_a_refusal_in_a_file_of_lines_names_line_and_path() -> None:
    text = b'{"eventType": "SHIPMENT"}\n{"eventType": "WEATHER"}\n'
    told = [item.at for item in dcsa.read(text, GIVEN) if isinstance(item, Refusal)]
    assert told == ["line 1: documentTypeCode", "line 2: eventType"]
