"""DCSA Track & Trace messages become events of the contract."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from streams.ingest import dcsa
from streams.ingest.adapter import Message
from streams.model.events import Customs, Event, Place, Reference, Seal, Transport
from streams.model.moments import parse_time
from tests.unit.ingest.dcsa_messages import CALL, GIVEN, beta, event, events, flat, items, nested


def test_an_equipment_event_of_2_2_carries_all_that_the_contract_knows() -> None:
    assert event(flat(seals=[{"sealNumber": "S1", "sealType": "BLT"}])) == Event(
        "e-1", "carrier-7", "LOADED", "BKG:BK100", parse_time("2026-10-02T02:15:00Z"), parse_time("2026-10-02T08:00:00Z"),
        place=Place(unlocode="LVRIX", name="Riga", country="LV"),
        transport=Transport("SEA", "9319466", "MV Steppe", "LR", voyage="041E", containers=("CSQU3054383",)),
        references=(Reference("BOOKING", "BK100"), Reference("BL", "BL200"), Reference("CONTAINER", "CSQU3054383")),
        seals=(Seal("S1", "MECHANICAL"),),
    )  # fmt: skip


@pytest.mark.parametrize("message", [flat(), beta(), nested()])
def test_the_three_shapes_tell_of_the_same_event(message: dict[str, Any]) -> None:
    found = event(message)
    assert (found.type, found.classifier, found.consignment_id) == ("LOADED", "ACTUAL", "BKG:BK100")
    assert found.place == Place(unlocode="LVRIX", name="Riga", country="LV")
    assert found.transport is not None
    assert found.transport.containers == ("CSQU3054383",)


@pytest.mark.parametrize(("code", "type_"), [
    ("LOAD", "LOADED"), ("DISC", "UNLOADED"), ("GTIN", "ARRIVED"), ("GTOT", "DEPARTED"), ("STUF", "LOADED"),
    ("STRP", "UNLOADED"), ("PICK", "DEPARTED"), ("DROP", "ARRIVED"), ("AVPU", "POSITION"), ("INSP", "SEAL_CHECKED"),
    ("RSEA", "SEALED"), ("RMVD", "SEAL_CHECKED"), ("CUSS", "CONTROLLED"), ("CUSI", "CONTROLLED"),
    ("CUSR", "CONTROLLED"), ("CROS", "BORDER_CROSSED"),
])  # fmt: skip
def test_every_code_of_equipment_has_its_event(code: str, type_: str) -> None:
    assert event(flat(code=code)).type == type_


@pytest.mark.parametrize("code", ["LOAD", "DISC", "GTIN", "GTOT", "PICK", "DROP", "CROS"])
def test_an_empty_container_tells_only_where_it_is(code: str) -> None:
    assert event(flat(code=code, emptyIndicatorCode="EMPTY")).type == "POSITION"


@pytest.mark.parametrize("message", [
    flat(isTransshipmentMove=True), beta(isTransshipmentMove=True),
    nested(equipmentDetails={"equipmentReference": "CSQU3054383", "movementType": "TRANSSHIPMENT"}),
])  # fmt: skip
def test_a_container_loaded_on_its_next_ship_is_transshipped(message: dict[str, Any]) -> None:
    assert event(message).type == "TRANSSHIPPED"


def test_a_container_that_leaves_its_first_ship_is_unloaded() -> None:
    assert event(flat(code="DISC", isTransshipmentMove=True)).type == "UNLOADED"


@pytest.mark.parametrize(("code", "type_", "voyage"), [("ARRI", "ARRIVED", "040W"), ("DEPA", "DEPARTED", "041E")])
def test_a_ship_arrives_on_its_import_voyage_and_leaves_on_its_export_voyage(
    code: str, type_: str, voyage: str
) -> None:
    found = event(flat("TRANSPORT", code))
    assert found.transport is not None
    assert (found.type, found.transport.voyage) == (type_, voyage)


@pytest.mark.parametrize(("code", "classifier"), [("PLN", "PLANNED"), ("EST", "ESTIMATED"), ("ACT", "ACTUAL")])
def test_plans_and_estimates_stay_what_they_are(code: str, classifier: str) -> None:
    assert event(flat("TRANSPORT", "ARRI", eventClassifierCode=code)).classifier == classifier


def test_a_code_under_the_name_it_had_in_2_0_is_read() -> None:
    assert event(flat("TRANSPORT", "ARRI", transportEventTypeCode=None, eventTypeCode="DEPA")).type == "DEPARTED"


@pytest.mark.parametrize(("document", "code", "type_", "classifier"), [
    ("BKG", "CONF", "BOOKED", "ACTUAL"), ("BKG", "RECE", "BOOKED", "PLANNED"), ("BKG", "REJE", "CANCELLED", "ACTUAL"),
    ("BKG", "CANC", "CANCELLED", "ACTUAL"), ("CBR", "DECL", "CANCELLED", "ACTUAL"), ("BKG", "CADC", "BOOKED", "ACTUAL"),
    ("TRD", "ISSU", "BOOKED", "ACTUAL"), ("SHI", "DRFT", "BOOKED", "PLANNED"), ("PFD", "ISSU", "DELIVERED", "ACTUAL"),
    ("CUC", "RELS", "CONTROLLED", "ACTUAL"), ("CUC", "HOLD", "CONTROLLED", "ACTUAL"),
])  # fmt: skip
def test_the_state_of_a_document_has_its_event(document: str, code: str, type_: str, classifier: str) -> None:
    found = event(flat("SHIPMENT", code, documentTypeCode=document))
    assert (found.type, found.classifier) == (type_, classifier)


def test_what_customs_did_is_told() -> None:
    assert event(flat(code="CUSR")).customs == Customs(result="RELEASED", message="CUSR")
    assert event(flat("SHIPMENT", "HOLD", documentTypeCode="CUC")).customs == Customs(result="HOLD", message="CUC HOLD")


@pytest.mark.parametrize(("code", "status"), [("RSEA", "AFFIXED"), ("RMVD", "REMOVED"), ("INSP", None)])
def test_a_seal_has_the_state_that_the_code_tells(code: str, status: str | None) -> None:
    (seal,) = event(flat(code=code, seals=[{"number": "S1", "type": "WIR"}])).seals
    assert (seal.number, seal.status) == ("S1", status)


def test_a_removal_without_a_number_is_still_a_removal() -> None:
    assert event(flat(code="RMVD")).seals == (Seal(None, None, "REMOVED"),)
    assert event(flat(code="LOAD")).seals == ()


@pytest.mark.parametrize(("message", "consignment"), [
    (flat(), "BKG:BK100"),
    (flat(documentReferences=[{"documentReferenceType": "TRD", "documentReferenceValue": "BL200"}]), "TRD:BL200"),
    (flat("SHIPMENT", "DRFT", documentTypeCode="SHI"), "SHI:BK100"),
    (flat(documentReferences=None), "EQ:CSQU3054383"),
    (flat(documentReferences=None, equipmentReference=None, references=[{"referenceType": "EQ", "referenceValue": "X1"}]), "EQ:X1"),
    (flat("TRANSPORT", "DEPA", documentReferences=None), "VOYAGE:9319466/041E"),
])  # fmt: skip
def test_the_provisional_consignment_is_named_by_the_best_number(message: dict[str, Any], consignment: str) -> None:
    assert event(message).consignment_id == consignment


def test_trains_and_trucks_are_told_with_wagon_and_plates() -> None:
    rail = event(
        beta(
            "TRANSPORT",
            "ARRI",
            transportCall={"modeOfTransport": "RAIL", "railCar": "64782352", "location": {"UNLocationCode": "KZALA"}},
        )
    )
    assert rail.transport == Transport("RAIL", wagons=("64782352",))
    truck = event(
        beta(
            "TRANSPORT", "ARRI", transportCall={"modeOfTransport": "TRUCK", "licencePlate": "123ABC02", "location": {}}
        )
    )
    assert truck.transport == Transport("ROAD", plates=("123ABC02",))
    call = {
        "modeOfTransport": "TRUCK",
        "truckTransport": {"tractorDetails": {"licensePlate": "1"}, "trailerDetails": {"licensePlate": "2"}},
    }
    assert event(nested("TRANSPORT", "ARRI", transportDetails={"transportCall": call})).transport == Transport(
        "ROAD", plates=("1", "2")
    )


def test_a_place_may_be_coordinates_a_facility_or_an_address() -> None:
    location = {
        "geoCoordinate": {"latitude": "43.65", "longitude": "51.15"},
        "facility": {"facilityCode": "AKT", "facilityCodeListProvider": "SMDG"},
    }
    assert event(nested(eventLocation=location)).place == Place(facility="SMDG:AKT", latitude=43.65, longitude=51.15)
    location = {"address": {"street": "Long Street", "city": "Aktau", "countryCode": "KZ"}}
    assert event(nested(eventLocation=location)).place == Place(country="KZ", address="Long Street, Aktau, KZ")


def test_a_code_of_a_place_may_be_written_with_a_space() -> None:
    place = event(flat(transportCall={**CALL, "location": {"UNLocationCode": "LV RIX"}})).place
    assert place == Place(unlocode="LVRIX", country="LV")


def test_numbers_with_a_wrong_check_digit_are_kept() -> None:
    found = event(
        flat(equipmentReference="CSQU3054384", transportCall={**CALL, "vessel": {"vesselIMONumber": "9319467"}})
    )
    assert found.transport is not None
    assert (found.transport.containers, found.transport.vessel_imo) == (("CSQU3054384",), "9319467")


def test_the_sender_is_whom_the_message_names_else_whom_we_were_given() -> None:
    assert [event(m).source for m in (flat(), beta(), nested())] == ["carrier-7", "SMDG:STP", "SMDG:LCL:STP"]


def test_a_code_without_its_list_names_no_sender() -> None:
    message = beta()
    message["metadata"]["publisher"] = {"carrierCode": "lt-customs", "partyName": "lt-customs"}
    assert event(message).source == "carrier-7"


def test_a_message_of_2_2_without_an_id_has_the_same_one_each_time() -> None:
    one, again, other = events(flat(eventID=None), flat(eventID=None), flat(eventID=None, code="DISC"))
    assert one.event_id == again.event_id != other.event_id


def test_a_position_and_a_door_of_a_container_are_told() -> None:
    location, door = (event(nested("IOT", "DETC", iotDetails={"iotEventCode": code})) for code in ("LOC", "DRO"))
    assert (location.type, door.type, door.seals) == ("POSITION", "SEAL_CHECKED", ())
    assert event(nested("REEFER", "MEAS")).type == "POSITION"


@pytest.mark.parametrize("text", [
    msgspec.json.encode(flat()), msgspec.json.encode([flat()]), msgspec.json.encode({"events": [flat()]}),
    msgspec.json.format(msgspec.json.encode([flat()])), b"\xef\xbb\xbf" + msgspec.json.encode(flat()) + b"\r\n",
])  # fmt: skip
def test_a_file_is_an_event_a_list_or_an_object_of_events(text: bytes) -> None:
    assert dcsa.recognises(text)
    assert [item.type for item in dcsa.read(text, GIVEN) if isinstance(item, Event)] == ["LOADED"]


def test_a_file_of_lines_is_read_line_by_line() -> None:
    text = b"\n".join(msgspec.json.encode(m) for m in (flat(), [flat(eventID="e-2"), flat(eventID="e-3")])) + b"\n"
    assert [item.event_id for item in dcsa.read(text, GIVEN) if isinstance(item, Event)] == ["e-1", "e-2", "e-3"]


def test_each_message_is_accounted_for_by_version_type_and_code() -> None:
    said = items(flat(), beta("TRANSPORT", "ARRI"), nested("SHIPMENT", "CONF"), beta(retracts="e-0"), {"colour": "red"})
    assert [item.kind for item in said if isinstance(item, Message) and item.counted] == [
        "2.2 EQUIPMENT LOAD", "3.0.0-Beta-1 TRANSPORT ARRI", "3.0 SHIPMENT CONF", "3.0.0-Beta-1 retraction", "unknown",
    ]  # fmt: skip


@pytest.mark.parametrize("head", [b"", b"<xml/>", b'{"a": 1}', b'eventDateTime,"eventClassifierCode"', b"[]"])
def test_other_files_are_not_taken_for_dcsa(head: bytes) -> None:
    assert not dcsa.recognises(head)
