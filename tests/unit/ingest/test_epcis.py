"""EPCIS in both writings becomes the events of the contract, and what is wrong is refused by name."""

from __future__ import annotations

import json

import pytest

from streams.ingest import epcis
from streams.model.events import Origin, Reference
from streams.model.moments import parse_time
from tests.unit.ingest.epcis_messages import (
    CONTEXT,
    HEADER,
    PALLET,
    PORT,
    SAME_PALLET,
    XML,
    blended,
    document,
    events_of,
    seen,
)
from tests.unit.ingest.messages import NOW, told


def test_an_object_event_says_what_where_and_when() -> None:
    (event,) = events_of(document(seen()))
    assert (event.type, event.consignment_id, event.source) == ("LOADED", "SSCC:195211412345678900", "sender-1")
    assert event.occurred_at == parse_time("2026-10-02T02:15:00Z") and event.recorded_at == NOW
    assert event.place is not None and (event.place.unlocode, event.place.country) == ("KZAAU", "KZ")


def test_the_record_time_is_when_it_became_known() -> None:
    (event,) = events_of(document(seen(recordTime="2026-10-02T08:00:00+05:00")))
    assert event.recorded_at == parse_time("2026-10-02T03:00:00Z")


def test_urn_and_digital_link_name_one_consignment() -> None:
    first, second = events_of(document(seen(), seen("unloading", epcList=[SAME_PALLET])))
    assert first.consignment_id == second.consignment_id


def test_an_event_without_id_that_comes_twice_is_one_event() -> None:
    first, again = events_of(document(seen(), seen(recordTime="2026-10-02T09:00:00+05:00")))
    assert first.event_id == again.event_id


@pytest.mark.parametrize(
    ("step", "type"),
    [
        ("urn:epcglobal:cbv:bizstep:loading", "LOADED"),
        ("https://ref.gs1.org/cbv/BizStep-unloading", "UNLOADED"),
        ("cbv:BizStep-arriving", "ARRIVED"),
        ("shipping", "DEPARTED"),
        ("storing", "STORED"),
        ("repackaging", "PROCESSED"),
        ("inspecting", "POSITION"),
        ("https://example.com/steps/blessing", "POSITION"),
        (None, "POSITION"),
    ],
)
def test_a_business_step_says_what_happened(step: str | None, type: str) -> None:
    assert [event.type for event in events_of(document(seen(step)))] == [type]


def test_a_closed_container_was_sealed() -> None:
    assert events_of(document(seen(None, disposition="container_closed")))[0].type == "SEALED"


def test_goods_received_at_their_destination_are_delivered() -> None:
    goal = [{"type": "location", "destination": PORT}]
    assert [e.type for e in events_of(document(seen("receiving", destinationList=goal), seen("receiving")))] == [
        "DELIVERED",
        "ARRIVED",
    ]


def test_a_bill_of_lading_is_the_consignment_and_a_reference() -> None:
    deal = [{"type": "bol", "bizTransaction": "urn:epcglobal:cbv:bt:9521141000003:BL-77"}]
    (event,) = events_of(document(seen(bizTransactionList=deal)))
    assert event.consignment_id == "BL:BL-77" and event.references == (Reference("BL", "BL-77"),)


def test_pallets_without_a_common_number_are_consignments_of_their_own() -> None:
    other = "urn:epc:id:sscc:9521141.1234567891"
    events = events_of(document(seen(epcList=[PALLET, other])))
    assert len({e.consignment_id for e in events}) == len({e.event_id for e in events}) == 2


def test_a_container_is_reference_and_transport() -> None:
    (event,) = events_of(document(seen(epcList=["urn:epc:id:bic:CSQU3054383"])))
    assert event.consignment_id == "CONTAINER:CSQU3054383"
    assert event.transport is not None and event.transport.containers == ("CSQU3054383",)
    assert event.references == (Reference("CONTAINER", "CSQU3054383"),)


def test_coordinates_of_a_read_point_or_a_sensor_are_the_place() -> None:
    axes = [{"type": "Latitude", "value": 43.6, "uom": "DD"}, {"type": "Longitude", "value": 51.2, "uom": "DD"}]
    read_at, sensed = events_of(
        document(
            seen("transporting", readPoint={"id": "geo:43.65,51.17;u=10"}),
            seen("sensor_reporting", readPoint=None, sensorElementList=[{"sensorReport": axes}]),
        )
    )
    assert read_at.place is not None and (read_at.place.latitude, read_at.place.longitude) == (43.65, 51.17)
    assert sensed.place is not None and (sensed.place.latitude, sensed.place.longitude) == (43.6, 51.2)


def test_a_mass_that_a_sensor_reports_is_a_weighing_of_its_own_time() -> None:
    report = {
        "sensorMetadata": {"time": "2026-10-02T02:00:00Z"},
        "sensorReport": [{"type": "gs1:Mass", "value": 68.5, "uom": "TNE"}],
    }
    (event,) = events_of(document(seen("sensor_reporting", sensorElementList=[report])))
    assert event.type == "WEIGHED" and event.weight is not None and event.weight.gross_kg == 68_500
    assert event.occurred_at == parse_time("2026-10-02T02:00:00Z")


def test_a_mass_of_several_consignments_together_is_refused_and_their_movement_stays() -> None:
    report = {"sensorReport": [{"type": "Mass", "value": 9, "uom": "KGM"}]}
    both = [PALLET, "urn:epc:id:sscc:9521141.1234567891"]
    events, refusals = told(epcis.read, document(seen(epcList=both, sensorElementList=[report])))
    assert [e.type for e in events] == ["LOADED", "LOADED"]
    assert [r.at for r in refusals] == ["epcisBody.eventList[0].sensorElementList"]


def test_a_transformation_is_evidence_of_blending() -> None:
    merged, processed = events_of(document(blended()))
    assert (merged.type, processed.type) == ("MERGED", "PROCESSED")
    assert merged.from_ == ("LGTIN:09521141123454.RU7", "LGTIN:09521141123454.KZ4")
    assert merged.consignment_id == processed.consignment_id == "LGTIN:09521141123454.MIX1"
    assert [line.net_kg for line in processed.goods] == [100_000]


def test_a_transformation_of_many_outputs_gives_each_its_own_goods() -> None:
    outputs = ["urn:epc:id:sgtin:9521141.001234.1", "urn:epc:id:sgtin:9521141.001234.2"]
    processed = [
        e for e in events_of(document(blended(outputEPCList=outputs, outputQuantityList=[]))) if e.type == "PROCESSED"
    ]
    assert [[line.packages for line in e.goods] for e in processed] == [[1], [1]]


def test_a_transformation_in_two_events_is_joined_by_its_number() -> None:
    number = "urn:epc:id:gdti:9521141.00001.7"
    inputs, outputs = blended(transformationID=number, outputQuantityList=[]), blended(transformationID=number)
    del outputs["inputQuantityList"]
    first = events_of(document(inputs))
    last = events_of(document(outputs))
    assert {e.consignment_id for e in first} == {"TRANSFORMATION:9521141000014.7"} == set(last[0].from_)


def test_packing_merges_the_children_and_unpacking_parts_them() -> None:
    children = ["urn:epc:id:sscc:9521141.1000000001", "urn:epc:id:sscc:9521141.1000000002"]
    packed = {**seen("packing"), "type": "AggregationEvent", "parentID": PALLET, "childEPCs": children, "action": "ADD"}
    del packed["epcList"]
    merged, split = events_of(document(packed, {**packed, "bizStep": "unpacking", "action": "DELETE"}))
    assert (merged.type, split.type) == ("MERGED", "SPLIT")
    assert merged.from_ == split.into and len(merged.from_) == 2


@pytest.mark.parametrize("step", ["installing", "assembling"])
def test_an_association_of_a_sensor_merges_and_processes_nothing(step: str) -> None:
    event = {**seen(step), "type": "AssociationEvent", "parentID": PALLET, "action": "ADD"}
    event["childEPCs"] = ["urn:epc:id:giai:9521141.S1"]
    assert [e.type for e in events_of(document(event))] == ["POSITION"]


def test_an_error_declaration_retracts_all_that_the_event_gave() -> None:
    wrong = {
        "declarationTime": "2026-10-05T00:00:00Z",
        "reason": "incorrect_data",
        "correctiveEventIDs": ["urn:uuid:9"],
    }
    first = events_of(document(blended()))
    retractions = events_of(document(blended(errorDeclaration=wrong)))
    assert {e.type for e in retractions} == {"RETRACTED"}
    assert [e.retracts for e in retractions] == [e.event_id for e in first]
    assert {e.occurred_at for e in retractions} == {parse_time("2026-10-05T00:00:00Z")}


def test_origin_and_export_country_come_from_the_master_data_of_the_goods() -> None:
    made = seen("commissioning", action="ADD", ilmd={"cbvmda:countryOfOrigin": "KZ", "cbvmda:countryOfExport": "KZ"})
    (event,) = events_of(document(made))
    assert event.goods[0].origin == (Origin("KZ"),) and event.export_country == "KZ"


def test_a_mere_sighting_states_no_goods_that_would_replace_the_declared_ones() -> None:
    amount = [{"epcClass": "urn:epc:class:lgtin:9521141.012345.KZ4", "quantity": 70, "uom": "TNE"}]
    assert events_of(document(seen("receiving", quantityList=amount)))[0].goods == ()


def test_a_party_is_named_by_the_master_data_of_the_header() -> None:
    buyer = [{"type": "owning_party", "destination": "https://id.gs1.org/417/9521141123454"}]
    (event,) = events_of(document(seen(destinationList=buyer), epcisHeader=HEADER))
    (party,) = event.parties
    assert (party.role, party.name, party.country) == ("BUYER", "Каспий Трейд", "KZ")


def test_a_party_known_by_its_number_alone_stays_unnamed_and_is_never_screened_as_clear() -> None:
    sender = [{"type": "possessing_party", "source": "urn:epc:id:pgln:9521141.12345"}]
    (event,) = events_of(document(seen(sourceList=sender)))
    (party,) = event.parties
    assert (party.role, party.name, party.identifiers) == ("CONSIGNOR", None, None)
    assert party.address == "PGLN:9521141123454"


def test_an_owner_is_stated_only_by_a_transfer_or_when_it_stays_the_same() -> None:
    one, two = "urn:epc:id:pgln:9521141.12345", "urn:epc:id:pgln:9521141.54321"
    old, new, same = (
        [{"type": "owning_party", "source": one}],
        [{"type": "owning_party", "destination": two}],
        [{"type": "owning_party", "destination": one}],
    )
    shipped, kept, accepted = events_of(
        document(
            seen("shipping", sourceList=old, destinationList=new),
            seen("shipping", sourceList=old, destinationList=same),
            seen("accepting", sourceList=old, destinationList=new),
        )
    )
    assert [p.role for p in shipped.parties] == ["SELLER", "BUYER"]
    assert [p.role for p in kept.parties] == ["OWNER"]
    assert accepted.type == "OWNERSHIP_TRANSFERRED" and [p.role for p in accepted.parties] == [
        "SELLER",
        "BUYER",
        "OWNER",
    ]


def test_xml_of_1_2_with_nested_extensions_says_the_same_as_json() -> None:
    departed, merged, processed = events_of(XML.encode())
    assert (departed.type, departed.consignment_id) == ("DEPARTED", "BL:BL-77")
    assert departed.event_id == "urn:uuid:11111111-2222-4333-8444-555555555555"
    assert (merged.type, processed.type) == ("MERGED", "PROCESSED")


def test_windows_1251_and_utf_16_are_read() -> None:
    for encoding in ("windows-1251", "utf-16"):
        data = XML.replace("UTF-8", encoding).encode(encoding)
        assert epcis.recognises(data[:4096])
        assert events_of(data)[0].type == "DEPARTED"


def test_a_list_of_events_a_single_event_and_a_query_result_are_read() -> None:
    single = {"@context": CONTEXT, **seen()}
    result = {"queryResults": {"queryName": "q", "resultsBody": {"eventList": [seen()]}}}
    query = {"@context": CONTEXT, "type": "EPCISQueryDocument", "epcisBody": result}
    for whole in (single, [single], query):
        assert [e.type for e in events_of(json.dumps(whole).encode())] == ["LOADED"]
