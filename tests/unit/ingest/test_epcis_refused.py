"""What is wrong in an EPCIS message is refused by field or by file, and never breaks the adapter."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streams.ingest import epcis
from streams.ingest.adapter import Given, Message
from streams.model.events import Event
from tests.unit.ingest.epcis_messages import HEADER, XML, blended, document, events_of, refusal_of, seen
from tests.unit.ingest.messages import spoiled, told


@pytest.mark.parametrize(
    ("event", "at"),
    [
        (seen(action="CREATE"), "action: unknown action: CREATE; expected one of ADD, OBSERVE, DELETE"),
        (seen(action=None), "action: unknown action: not stated"),
        (seen("jumping"), "bizStep: unknown business step: jumping"),
        (seen("void_shipping"), "bizStep: takes back a shipping without naming its event"),
        (seen(disposition="in_orbit"), "disposition: unknown disposition: in_orbit"),
        (seen(eventTime="22-07-2026"), "eventTime: not a time: 22-07-2026"),
        (seen(eventTime="2026-10-02T07:15:00"), "eventTime: time without offset"),
        (seen(eventTime="9999-12-31T23:59:59-14:00"), "eventTime: not a time"),
        (seen(eventTimeZoneOffset="five"), "eventTimeZoneOffset: not an offset: five"),
        (seen(colour="red"), "colour: unknown field: red"),
        (seen(ilmd={"lot": "1"}), "ilmd.lot: a field without namespace: 1"),
        (seen(epcList=[]), "epcList: names nothing that can be followed"),
        (seen(epcList=[7]), "epcList[0]: not a text: 7"),
        (seen(type="QuantityEvent"), "type: unknown type of event: QuantityEvent"),
        (seen(certificationInfo=[{"x:auditDate": "soon"}]), "certificationInfo[0].x:auditDate: not a date: soon"),
        (
            blended(outputQuantityList=[{"epcClass": "urn:a", "quantity": -1}]),
            "outputQuantityList[0].quantity: not a quantity",
        ),
    ],
)
def test_a_wrong_event_is_refused_by_field_and_its_neighbours_go_on(event: dict[str, Any], at: str) -> None:
    events, refusals = told(epcis.read, document(seen(), event, seen("unloading")))
    assert [e.type for e in events] == ["LOADED", "UNLOADED"]
    assert [r.at for r in refusals] == ["epcisBody.eventList[1]"] and refusals[0].because.startswith(at)


def test_a_field_of_ones_own_that_the_context_defines_is_allowed() -> None:
    whole = json.loads(document(seen(colour="red")))
    whole["@context"].append({"colour": "https://example.com/colour"})
    assert len(events_of(json.dumps(whole).encode())) == 1


def test_json_without_context_is_refused() -> None:
    whole = json.loads(document(seen()))
    del whole["@context"]
    assert refusal_of(json.dumps(whole).encode()).at == "@context"


def test_an_unknown_element_and_a_query_are_refused_with_their_path() -> None:
    odd = XML.replace("<epcList>", "<madeUp>x</madeUp><epcList>")
    _, refusals = told(epcis.read, odd.encode())
    assert [(r.at, r.because.split(":")[0]) for r in refusals] == [
        ("EPCISDocument/EPCISBody[1]/EventList[1]/ObjectEvent[1]", "madeUp")
    ]
    query = b'<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:2"><EPCISBody><q:Poll/></EPCISBody></q:EPCISQueryDocument>'
    assert refusal_of(query).at == "EPCISQueryDocument/EPCISBody[1]/Poll[1]"


@pytest.mark.parametrize(
    ("data", "because"),
    [
        (
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><EPCISDocument>&b;</EPCISDocument>',
            "document type declaration",
        ),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><EPCISDocument/>', "document type declaration"),
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "document type declaration"),
        (b"<a>" * 101 + b"</a>" * 101, "elements nested deeper than 100"),
        (b"<EPCISDocument>", "not well-formed XML"),
        (b'<?xml version="1.0" encoding="martian"?><EPCISDocument/>', "martian"),
        (b"<EPCISDocument/>", "holds no event"),
        (b"[" * 100_000, "not JSON"),
        (b"", "nothing in it"),
        (b"\xff\xfe\x00", "not well-formed XML"),
    ],
)
def test_hostile_and_broken_files_are_refused_whole(data: bytes, because: str) -> None:
    assert because in refusal_of(data).because


def test_more_ties_than_any_real_event_has_are_refused() -> None:
    many = [f"urn:epc:id:sgtin:9521141.001234.{n}" for n in range(400)]
    assert "at most 100000 ties" in refusal_of(document(blended(inputEPCList=many, outputEPCList=many))).because


def test_other_formats_are_not_taken_for_epcis() -> None:
    assert not epcis.recognises(b'{"eventType": "TRANSPORT", "eventID": "1"}')
    assert not epcis.recognises(b"!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23")
    assert epcis.recognises(document(seen())) and epcis.recognises(XML.encode())


@pytest.mark.parametrize("seed", range(4))
def test_spoiled_bytes_never_crash_the_adapter(seed: int) -> None:
    whole = document(seen(), blended(errorDeclaration={"declarationTime": "2026-10-05T00:00:00Z"}), epcisHeader=HEADER)
    for data in (whole, XML.encode()):
        for bad in spoiled(data, seed, 250):
            events, refusals = told(epcis.read, bad)
            assert events or refusals


def test_a_source_is_the_sender_that_is_given() -> None:
    (event,) = (found for found in epcis.read(document(seen()), Given("ktz", 5)) if isinstance(found, Event))
    assert (event.source, event.recorded_at) == ("ktz", 5)


def test_the_account_names_kinds_of_messages_by_words_of_the_standard_alone() -> None:
    wrong = {"declarationTime": "2026-10-05T00:00:00Z"}
    data = document(
        seen("loading"), seen("https://example.com/x"), seen(None, type="Odd"), blended(errorDeclaration=wrong)
    )
    assert [found.kind for found in epcis.read(data, Given("ktz", 5)) if isinstance(found, Message)] == [
        "ObjectEvent loading",
        "ObjectEvent with a step of its own",
        "unknown event",
        "TransformationEvent, error declaration",
    ]
