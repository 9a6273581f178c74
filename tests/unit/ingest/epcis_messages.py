"""EPCIS messages of our own making for the tests of the adapter, and what it makes of them."""

from __future__ import annotations

import json
from typing import Any

from streams.ingest import epcis
from streams.ingest.adapter import Refusal
from streams.model.events import Event
from tests.unit.ingest.messages import told

CONTEXT = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
PORT = "https://vocabulary.uncefact.org/unlocode#KZAAU"
PALLET = "urn:epc:id:sscc:9521141.1234567890"
SAME_PALLET = "https://id.gs1.org/00/195211412345678900"


def document(*events: dict[str, Any], **header: Any) -> bytes:
    whole = {"@context": [CONTEXT], "type": "EPCISDocument", "schemaVersion": "2.0", **header}
    return json.dumps({**whole, "epcisBody": {"eventList": list(events)}}).encode()


def seen(step: str | None = "loading", **fields: Any) -> dict[str, Any]:
    event = {
        "type": "ObjectEvent", "eventTime": "2026-10-02T07:15:00+05:00", "eventTimeZoneOffset": "+05:00",
        "action": "OBSERVE", "epcList": [PALLET], "readPoint": {"id": PORT},
    }  # fmt: skip
    return {**event, **({"bizStep": step} if step else {}), **fields}


def blended(**fields: Any) -> dict[str, Any]:
    event = {
        "type": "TransformationEvent", "eventTime": "2026-10-02T07:15:00+05:00", "eventTimeZoneOffset": "+05:00",
        "inputQuantityList": [
            {"epcClass": "urn:epc:class:lgtin:9521141.012345.RU7", "quantity": 30, "uom": "TNE"},
            {"epcClass": "urn:epc:class:lgtin:9521141.012345.KZ4", "quantity": 70, "uom": "TNE"},
        ],
        "outputQuantityList": [{"epcClass": "urn:epc:class:lgtin:9521141.012345.MIX1", "quantity": 100, "uom": "TNE"}],
    }  # fmt: skip
    return {**event, **fields}


def events_of(data: bytes) -> list[Event]:
    events, refusals = told(epcis.read, data)
    assert refusals == []
    return events


def refusal_of(data: bytes) -> Refusal:
    events, refusals = told(epcis.read, data)
    assert events == [] and len(refusals) == 1
    return refusals[0]


XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-10-02T03:00:00Z">
 <EPCISBody><EventList>
  <ObjectEvent>
   <eventTime>2026-10-02T07:15:00+05:00</eventTime><eventTimeZoneOffset>+05:00</eventTimeZoneOffset>
   <baseExtension><eventID>urn:uuid:11111111-2222-4333-8444-555555555555</eventID></baseExtension>
   <epcList><epc>{PALLET}</epc></epcList><action>OBSERVE</action>
   <bizStep>urn:epcglobal:cbv:bizstep:departing</bizStep>
   <readPoint><id>{PORT}</id></readPoint>
   <bizTransactionList>
    <bizTransaction type="urn:epcglobal:cbv:btt:bol">urn:epcglobal:cbv:bt:9521141000003:BL-77</bizTransaction>
   </bizTransactionList>
   <mine:note xmlns:mine="https://example.com/ns">Состав</mine:note>
  </ObjectEvent>
  <extension><TransformationEvent>
   <eventTime>2026-10-03T00:00:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset>
   <inputEPCList><epc>urn:epc:id:sgtin:9521141.001234.1</epc></inputEPCList>
   <outputEPCList><epc>urn:epc:id:sgtin:9521141.001234.2</epc></outputEPCList>
  </TransformationEvent></extension>
 </EventList></EPCISBody>
</epcis:EPCISDocument>"""


HEADER = {
    "epcisMasterData": {
        "vocabularyList": [
            {
                "type": "urn:epcglobal:epcis:vtype:Location",
                "vocabularyElementList": [
                    {
                        "id": "urn:epc:id:pgln:9521141.12345",
                        "attributes": [
                            {"id": "urn:epcglobal:cbv:mda#name", "attribute": "Каспий Трейд"},
                            {"id": "cbvmda:countryCode", "attribute": "KZ"},
                        ],
                    }
                ],
            }
        ]
    }
}
