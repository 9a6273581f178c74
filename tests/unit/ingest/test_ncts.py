"""Customs messages of phase 5 become the events of the contract."""

from __future__ import annotations

import pytest

from streams.ingest import ncts
from streams.ingest.adapter import Message, Refusal
from streams.ingest.ncts_kinds import INCIDENT_REPORT, KINDS, SILENT
from streams.model.events import Event, Leg, Reference, Seal
from streams.model.moments import iso_day, iso_time
from tests.unit.ingest.ncts_messages import (
    ARRIVAL,
    CONSIGNMENT,
    DEPARTURE,
    EXPORT,
    GIVEN,
    HOLDER,
    ITEM,
    MRN,
    all_of,
    declaration,
    event_of,
    from_customs,
    message,
    operation,
    refusal_of,
    release,
)

EXIT = "<CustomsOfficeOfExitActual><referenceNumber>LVRI0210</referenceNumber></CustomsOfficeOfExitActual>"


def exported(name: str, inside: str, more: str = "") -> str:
    return from_customs(name, f"<ExportOperation><MRN>{MRN}</MRN>{inside}</ExportOperation>{EXIT}{more}")


def moved(name: str, inside: str = "", more: str = DEPARTURE) -> str:
    return from_customs(name, operation(f"<MRN>{MRN}</MRN>{inside}") + more)


def test_a_declaration_states_parties_goods_transport_route_and_papers() -> None:
    event = event_of(declaration())
    assert (event.type, event.source, event.event_id) == ("DECLARED", "LT300012345", "M-1/CC015C")
    assert iso_time(event.occurred_at) == "2026-09-24T08:30:00Z" and event.recorded_at == event.occurred_at
    assert [(p.role, p.name, p.country) for p in event.parties] == [
        ("DECLARANT", "UAB Vilnius Transit", "LT"),
        ("CONSIGNOR", "UAB Guolis", "LT"),
        ("CONSIGNEE", "TOO Podshipnik", "KZ"),
    ]
    assert event.parties[0].identifiers == {"eori": "LT300012345"}
    (line,) = event.goods
    assert (line.line, line.hs, line.gross_kg, line.net_kg, line.packages) == (1, "84821090", 1250.5, 1200.0, 42)
    assert event.transport is not None and event.transport.mode == "ROAD"
    assert event.transport.plates == ("ABC 123",) and event.transport.containers == ("CSQU3054383",)
    assert event.route == (Leg("LV", None, "ROAD"), Leg("RU", None, "ROAD"))
    assert (event.export_country, event.destination_country) == ("LT", "KZ")
    assert event.seals == (Seal("LT-778", "MECHANICAL", "AFFIXED"),)
    assert [(d.type, d.number) for d in event.documents] == [("CERTIFICATE_OF_ORIGIN", "EUR-9")]
    assert set(event.references) == {
        Reference("UCR", "LRN:LT300012345:L-26/1"), Reference("UCR", "26LT-UCR-1"), Reference("CMR", "CMR-77"),
        Reference("INVOICE", "INV-5"), Reference("MRN", "26LT00071000A42B30"), Reference("CONTAINER", "CSQU3054383"),
    }  # fmt: skip


def test_a_consignment_is_named_by_its_mrn_and_before_that_by_declarant_and_local_reference() -> None:
    assert event_of(declaration()).consignment_id == "LRN:LT300012345:L-26/1"
    assert event_of(release()).consignment_id == f"MRN:{MRN}"


def test_the_allocation_of_an_mrn_carries_both_numbers_of_the_movement() -> None:
    inside = f"<LRN>L-26/1</LRN><MRN>{MRN}</MRN><declarationAcceptanceDate>2026-09-23</declarationAcceptanceDate>"
    event = event_of(from_customs("CC028C", operation(inside) + DEPARTURE + HOLDER))
    assert event.type == "DECLARED"
    assert event.references == (Reference("MRN", MRN), Reference("UCR", "LRN:LT300012345:L-26/1"))
    assert iso_time(event.occurred_at) == "2026-09-22T22:00:00Z"  # the day begins in Brussels


def test_a_release_carries_mrn_procedure_office_limit_and_phase() -> None:
    event = event_of(release())
    assert event.type == "RELEASED_FOR_TRANSIT" and event.customs is not None
    customs = event.customs
    assert (customs.mrn, customs.procedure, customs.office) == (MRN, "T1", "LTKR1000")
    assert customs.limit_date is not None and iso_day(customs.limit_date) == "2026-10-02"
    assert customs.message == "CC029C NCTS5.1"


def test_a_date_without_time_is_the_time_of_preparation_on_the_same_day() -> None:
    assert iso_time(event_of(release()).occurred_at) == "2026-09-24T08:30:00Z"
    assert iso_time(event_of(release("<releaseDate>2026-09-23</releaseDate>")).occurred_at) == "2026-09-22T22:00:00Z"


@pytest.mark.parametrize(
    ("text", "type", "at"),
    [
        (moved("CC045C", "<writeOffDate>2026-09-30</writeOffDate>"), "DISCHARGED", "2026-09-29T22:00:00Z"),
        (moved("CC140C", "<requestOnNonArrivedMovementDate>2026-10-12+02:00</requestOnNonArrivedMovementDate>"),
         "ENQUIRY_OPENED", "2026-10-11T22:00:00Z"),
        (moved("CC035C"), "ENQUIRY_OPENED", "2026-09-24T08:30:00Z"),
        (moved("CC025C", "<releaseDate>2026-09-29</releaseDate>", ARRIVAL), "ARRIVED_AT_DESTINATION",
         "2026-09-28T22:00:00Z"),
        (moved("CC043C", "", ARRIVAL), "ARRIVED_AT_DESTINATION", "2026-09-24T08:30:00Z"),
        (moved("CC060C", "<controlNotificationDateAndTime>2026-09-24T09:00:00</controlNotificationDateAndTime>"),
         "CONTROLLED", "2026-09-24T09:00:00Z"),
        (moved("CC051C"), "CONTROLLED", "2026-09-24T08:30:00Z"),
        (moved("CC009C", "", f"<Invalidation><decision>1</decision></Invalidation>{DEPARTURE}"), "INVALIDATED",
         "2026-09-24T08:30:00Z"),
        (exported("CC525C", "<releaseDate>2026-09-25</releaseDate>"), "EXPORT_CONFIRMED", "2026-09-24T22:00:00Z"),
        (exported("CC599C", "", "<ExitControlResult><code>A2</code><exitDate>2026-09-26</exitDate></ExitControlResult>"),
         "EXPORT_CONFIRMED", "2026-09-25T22:00:00Z"),
    ],
)  # fmt: skip
def test_what_customs_says_becomes_its_event_at_its_time(text: str, type: str, at: str) -> None:
    event = event_of(text)
    assert (event.type, iso_time(event.occurred_at), event.consignment_id) == (type, at, f"MRN:{MRN}")


def test_a_request_and_a_decision_to_control_are_plans_and_a_release_for_exit_an_estimate() -> None:
    asked = event_of(message("CC014C", operation(f"<MRN>{MRN}</MRN>") + DEPARTURE))
    control = moved("CC060C", "<controlNotificationDateAndTime>2026-09-24T09:00:00Z</controlNotificationDateAndTime>")
    assert (asked.type, asked.classifier) == ("INVALIDATED", "PLANNED")
    assert event_of(control).classifier == "PLANNED"
    assert event_of(exported("CC525C", "")).classifier == "ESTIMATED"
    assert event_of(exported("CC599C", "")).classifier == "ACTUAL"


def test_an_exit_that_is_not_permitted_is_a_control_and_no_export() -> None:
    refused = event_of(exported("CC599C", "", "<ExitControlResult><code>B1</code></ExitControlResult>"))
    assert refused.type == "CONTROLLED" and refused.customs is not None
    assert refused.customs.result == "exit not permitted, exit control result B1"


def test_an_invalidation_that_is_refused_is_no_event() -> None:
    text = moved("CC009C", "", f"<Invalidation><decision>0</decision></Invalidation>{DEPARTURE}")
    assert refusal_of(text).at == "/CC009C/Invalidation/decision"


def test_an_export_declaration_names_exporter_origin_terms_and_the_procedure_of_export() -> None:
    event = event_of(EXPORT)
    assert event.type == "DECLARED" and event.customs is not None and event.customs.procedure == "EX"
    assert event.customs.message == "CC515C AES"
    assert [(p.role, p.name) for p in event.parties] == [
        ("DECLARANT", None), ("CONSIGNOR", "UAB Guolis"), ("CONSIGNEE", "TOO Podshipnik"),
    ]  # fmt: skip
    assert event.goods[0].origin[0].country == "DE" and (event.export_country, event.destination_country) == (
        "LT",
        "KZ",
    )
    assert event.contract is not None and event.contract.delivery_terms == "FCA"
    assert event.consignment_id == "LRN:LT200:E-1"


def test_a_release_for_export_opens_no_transit() -> None:
    text = EXPORT.replace("CC515C", "CC529C").replace("<LRN>E-1</LRN>", f"<LRN>E-1</LRN><MRN>{MRN}</MRN>")
    event = event_of(text)
    assert event.type == "DECLARED" and event.customs is not None and event.customs.result == "released for export"


def test_a_notice_replaces_neither_names_nor_goods_that_are_known() -> None:
    bare = HOLDER[: HOLDER.index("<name>")] + "</HolderOfTheTransitProcedure>"
    event = event_of(moved("CC045C", "<writeOffDate>2026-09-30</writeOffDate>", DEPARTURE + bare + CONSIGNMENT))
    assert [p.role for p in event.parties] == ["CONSIGNOR", "CONSIGNEE"] and event.goods == () and event.seals == ()


def test_unloading_remarks_tell_whether_seals_were_whole() -> None:
    remark = "<UnloadingRemark><conform>0</conform><stateOfSeals>0</stateOfSeals></UnloadingRemark>"
    body = operation(f"<MRN>{MRN}</MRN>") + ARRIVAL + remark
    event = event_of(message("CC044C", body, to="NTA.LV"))
    assert event.type == "CONTROLLED" and event.seals == (Seal(None, "MECHANICAL", "BROKEN"),)
    assert event.customs is not None and event.customs.result == "not conform"


def incident(code: str, more: str = "") -> str:
    return (
        f"<Incident><sequenceNumber>1</sequenceNumber><code>{code}</code><text>on the road</text>"
        "<Endorsement><date>2026-09-26</date></Endorsement><Location><country>RU</country></Location>"
        f"{more}</Incident>"
    )


def test_incidents_become_events_of_their_own_where_they_happened() -> None:
    means = "<typeOfIdentification>30</typeOfIdentification><identificationNumber>X 9</identificationNumber>"
    moved_on = f"<Transhipment><TransportMeans>{means}</TransportMeans></Transhipment>"
    seal = "<TransportEquipment><Seal><identifier>N-2</identifier></Seal></TransportEquipment>"
    all_three = incident("3", moved_on) + incident("2", seal) + incident("1")
    found = all_of(moved("CC182C", "", DEPARTURE + f"<Consignment>{all_three}</Consignment>"))
    events = [e for e in found if isinstance(e, Event)]
    assert [e.type for e in events] == ["TRANSSHIPPED", "SEAL_CHECKED", "POSITION"]
    assert all(e.place is not None and e.place.country == "RU" for e in events)
    assert events[0].transport is not None and (events[0].transport.mode, events[0].transport.plates) == (
        "ROAD",
        ("X 9",),
    )
    assert [s.status for s in events[1].seals] == ["BROKEN", "AFFIXED"]
    assert len({e.event_id for e in events}) == 3


def test_an_arrival_with_an_incident_is_two_events() -> None:
    body = operation(f"<MRN>{MRN}</MRN>") + ARRIVAL + f"<Consignment>{incident('5')}</Consignment>"
    found = all_of(message("CC007C", body, to="NTA.LV"))
    assert [e.type for e in found if isinstance(e, Event)] == ["ARRIVED_AT_DESTINATION", "POSITION"]


def test_an_mrn_with_a_wrong_check_character_is_kept_as_it_is_stated() -> None:
    event = event_of(release().replace(MRN, MRN[:-1] + "3"))
    assert event.customs is not None and event.customs.mrn == MRN[:-1] + "3"


def test_what_is_no_goods_code_stays_in_the_description_and_the_code_is_unknown() -> None:
    text = declaration(consignment=CONSIGNMENT.replace("848210", "bearng"))
    (line,) = event_of(text).goods
    assert line.hs is None and line.description == "ball bearings (code stated: bearng)"


def test_bulk_has_no_number_of_packages() -> None:
    bulk = ITEM.replace("<typeOfPackages>BX</typeOfPackages>", "<typeOfPackages>VR</typeOfPackages>").replace(
        "<typeOfPackages>CT</typeOfPackages>", "<typeOfPackages>VQ</typeOfPackages>"
    )
    assert event_of(declaration(consignment=CONSIGNMENT.replace(ITEM, bulk))).goods[0].packages is None


def test_without_countries_of_routing_the_offices_of_transit_are_the_route() -> None:
    office = (
        "<CustomsOfficeOfTransitDeclared><referenceNumber>LVRI0210</referenceNumber></CustomsOfficeOfTransitDeclared>"
    )
    text = declaration(consignment=office + CONSIGNMENT.replace("CountryOfRoutingOfConsignment", "Other"))
    assert [leg.country for leg in event_of(text).route] == ["LV"]


@pytest.mark.parametrize("number", sorted(SILENT))
def test_a_message_of_which_nothing_happens_is_refused_by_its_name_and_reason(number: int) -> None:
    name = f"CC{number:03}C"
    refusal = refusal_of(from_customs(name, operation(f"<MRN>{MRN}</MRN>")))
    assert refusal.at == f"/{name}" and f"message {name} {SILENT[number]}" in refusal.because


def test_no_message_is_both_an_event_and_none() -> None:
    assert not SILENT.keys() & {*KINDS, INCIDENT_REPORT}


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        (declaration().replace("1250.5</grossMass><netMass>", "-3</grossMass><netMass>"),
         "/CC015C/Consignment/HouseConsignment[1]/ConsignmentItem[1]/Commodity/GoodsMeasure/grossMass",
         "negative mass: '-3'; expected kilograms"),
        (release("<releaseDate>2026-02-30</releaseDate>"), "/CC029C/TransitOperation/releaseDate",
         "not a date: '2026-02-30'; expected a date"),
        (release("<limitDate>02.10.2026</limitDate>"), "/CC029C/TransitOperation/limitDate", "not a date: '02.10.2026'"),
        (declaration(inside="<LRN>{{LRN}}</LRN>"), "/CC015C/TransitOperation/LRN", "not a local reference number"),
        (declaration(inside="<LRN> </LRN>"), "/CC015C/TransitOperation/LRN", "required element missing or empty"),
        (message("CC013C", operation(f"<LRN>L</LRN><MRN>{MRN}</MRN>") + DEPARTURE + CONSIGNMENT),
         "/CC013C/TransitOperation/MRN", "both LRN and MRN"),
        (message("CC013C", operation("") + DEPARTURE + CONSIGNMENT), "/CC013C/TransitOperation/LRN", "LRN or MRN"),
        (release().replace(PREP := "2026-09-24T08:30:00", "2026-13-24T08:30:00"), "/CC029C/preparationDateAndTime",
         "not a time: '2026-13-24T08:30:00'"),
        (release().replace(PREP, "0001-01-01T00:00:00+14:00"), "/CC029C/preparationDateAndTime", "not a time"),
        (release().replace("<messageType>CC029C", "<messageType>CC028C"), "/CC029C/messageType", "another type"),
        (release().replace("<messageType>CC029C</messageType>", ""), "/CC029C/messageType", "missing or empty"),
        (release().replace("<messageSender>NTA.LT", "<messageSender>"), "/CC029C/messageSender", "missing or empty"),
        (release().replace("<messageSender>NTA.LT", "<messageSender>" + "x" * 36), "/CC029C/messageSender",
         "36 characters"),
        (declaration().replace("NTA.LT", "NTA.PL"), "/CC015C/messageRecipient", "not the administration of"),
        (message("CC007C", operation(f"<MRN>{MRN}</MRN>") + ARRIVAL, to="somebody"), "/CC007C/messageRecipient",
         "no administration of customs: 'somebody'; expected the administration of LVRI0210, such as NTA.LV"),
        (declaration(consignment=CONSIGNMENT.replace(ITEM, "")),
         "/CC015C/Consignment/HouseConsignment/ConsignmentItem", "no goods"),
        (declaration(consignment=""), "/CC015C/Consignment", "required element missing"),
        (declaration(consignment=CONSIGNMENT.replace(">40<", ">many<")),
         "/CC015C/Consignment/HouseConsignment[1]/ConsignmentItem[1]/Packaging[1]/numberOfPackages", "not a count"),
        (moved("CC182C"), "/CC182C/Consignment/Incident", "at least one incident"),
        (from_customs("CC777C", ""), "/CC777C", "message CC777C is not known"),
    ],
)  # fmt: skip
def test_wrong_data_are_refused_with_path_value_and_what_was_expected(text: str, at: str, words: str) -> None:
    refusal = refusal_of(text)
    assert refusal.at == at
    assert words in refusal.because and "expected" in refusal.because
    assert refusal.refused.startswith(at.split("/")[1])


def test_every_message_of_an_envelope_is_read_and_a_bad_one_does_not_take_the_good_one_with_it() -> None:
    bad = release().replace("<limitDate>2026-10-02", "<limitDate>soon")
    found = all_of(f'<s:Envelope xmlns:s="http://soap"><s:Body>{bad}{release()}</s:Body></s:Envelope>')
    assert isinstance(found[0], Refusal) and isinstance(found[1], Event) and len(found) == 2
    assert found[0].at == "//message[1]/CC029C/TransitOperation/limitDate"


def test_each_message_is_told_of_by_its_name_before_what_it_gives() -> None:
    found = list(ncts.read(f"<all>{release()}{EXPORT}</all>".encode(), GIVEN))
    assert [item.kind for item in found if isinstance(item, Message)] == ["CC029C", "CC515C"]
    assert isinstance(found[0], Message) and isinstance(found[1], Event)


def test_messages_are_recognised_by_their_name_in_xml_and_json() -> None:
    assert ncts.recognises(release().encode()) and ncts.recognises(b"\xef\xbb\xbf <CC015B>")
    assert ncts.recognises(b'{"n1:CC007C": {') and ncts.recognises("\ufeff<CC015C>".encode("utf-16-le"))
    assert not ncts.recognises(b"<epcis:EPCISDocument>") and not ncts.recognises(b'{"event_id": "CC015C"}')
