"""From what a DCSA event tells to the event of the contract, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from streams.ingest import dcsa_codes as codes
from streams.ingest.adapter import Given
from streams.ingest.dcsa_parts import place_of, references, seals, transport_of
from streams.ingest.dcsa_shapes import FLAT, NESTED, Told
from streams.ingest.json_messages import Node, refuse
from streams.model.events import Customs, Event, EventType, Transport
from streams.model.moments import DAY_MS, iso_time, parse_time

EARLIEST = parse_time("2000-01-01T00:00:00Z")
"""No message is older: an earlier time is that of a clock that lost its own."""
LATEST_AHEAD_MS = DAY_MS
"""How far a clock of a sender may be ahead of ours."""
_BY_NUMBER = ("BKG", "TRD", "CBR", "SHI")


class Seen:
    """What is known of the events of one file: the consignment of each, and which of them have their base."""

    def __init__(self) -> None:
        self.consignments: dict[tuple[str, str], str] = {}
        self.based: set[tuple[str, str, str]] = set()


class _Meaning(NamedTuple):
    """For which event a code stands; ``planned``: whatever its classifier, it is on its way only."""

    type: EventType
    code: str
    customs: Customs | None = None
    planned: bool = False


def events_of(told: Told, given: Given, seen: Seen) -> Iterator[Event]:
    """The events for one message: one, and of 3.0 after it the base in whose place its versions stand. Raises InvalidInput."""
    source = told.source or given.source
    recorded = _recorded(told, given)
    if told.retracts is not None:
        event = _retraction(told, told.retracts, source, recorded, seen)
    else:
        event = _event(told, source, recorded, given)
        seen.consignments[source, told.event_id] = event.consignment_id
    yield event
    if told.version == NESTED:
        key = (source, told.event_id, event.consignment_id)
        if key not in seen.based:
            seen.based.add(key)
            yield _base(*key)


def is_base(event: Event) -> bool:
    """Whether an event is only the place in which the versions of a 3.0 event stand."""
    return event.type == "RETRACTED" and event.retracts == event.event_id


def _base(source: str, event_id: str, consignment: str) -> Event:
    """A record that says nothing, in whose place all versions of a 3.0 event stand: of these the latest counts (contract 6(1))."""
    return Event(event_id, source, "RETRACTED", consignment, EARLIEST, EARLIEST, retracts=event_id)


def _recorded(told: Told, given: Given) -> int:
    """When the sender knew it, ms UTC; of a retraction without a time the moment of intake."""
    if told.recorded is None:
        return given.now_ms
    _bounded(told.recorded, told.recorded_path, given.now_ms)
    return told.recorded


def _bounded(time: int, path: str, now_ms: int | None) -> None:
    """A time lies in or after the year 2000, and with ``now_ms`` at most a day later than that. Raises InvalidInput."""
    if time < EARLIEST:
        refuse("time too early", path, iso_time(time), "a time from the year 2000 on")
    if now_ms is not None and time > now_ms + LATEST_AHEAD_MS:
        refuse("time in the future", path, iso_time(time), "a time at most a day after the message came in")


def _retraction(told: Told, retracts: str, source: str, recorded: int, seen: Seen) -> Event:
    """The event that takes back another one, in the consignment of that one as far as it can be told."""
    consignment = seen.consignments.get((source, retracts)) or _provisional(told, None) or f"EVENT:{retracts}"
    if told.version != NESTED:
        return Event(told.event_id, source, "RETRACTED", consignment, recorded, recorded, retracts=retracts)
    return Event(
        f"{retracts}@{iso_time(recorded)}:retracted", source, "RETRACTED", consignment, recorded, recorded,
        replaces=retracts, retracts=retracts,
    )  # fmt: skip


def _event(told: Told, source: str, recorded: int, given: Given) -> Event:
    """The event that stands for a message that takes nothing back."""
    classifier = codes.CLASSIFIERS[told.codes.need_code("eventClassifierCode", codes.CLASSIFIERS)]
    occurred = told.times.need_time("eventDateTime")
    assert told.kind is not None  # only a retraction may do without
    meaning = _MEANINGS[told.kind](told)
    _bounded(occurred, told.times.at("eventDateTime"), given.now_ms if classifier == "ACTUAL" else None)
    _one_for_one(told.replacements)
    inside = (told.container,) if told.container is not None else ()
    transport = transport_of(told.call, inside, meaning.code in codes.ARRIVING)
    consignment = _provisional(told, transport)
    if consignment is None:
        refuse("names no consignment", told.at or "$", None, "a booking, bill of lading, container, or ship and voyage")
    versioned = told.version == NESTED
    listed = told.equipment.children("seals") if told.equipment is not None else []
    of_seals = told.kind == "EQUIPMENT" and meaning.code in codes.SEAL_STATES
    return Event(
        f"{told.event_id}@{iso_time(recorded)}" if versioned else told.event_id, source, meaning.type, consignment,
        occurred, recorded, "PLANNED" if meaning.planned else classifier, told.event_id if versioned else None,
        place=place_of(told.location, told.call), transport=transport,
        references=references(told.documents, told.others, inside), customs=meaning.customs,
        seals=seals(listed, codes.SEAL_STATES[meaning.code] if of_seals else None, unnamed=of_seals),
    )  # fmt: skip


def _code(told: Told, name: str, allowed: Collection[str]) -> str:
    """The code of an event; 2.2 still takes it under the name that 2.0 had for it."""
    old = told.version == FLAT and not told.codes.has(name) and told.codes.has("eventTypeCode")
    return told.codes.need_code("eventTypeCode" if old else name, allowed)


def _transport(told: Told) -> _Meaning:
    code = _code(told, "transportEventTypeCode", codes.TRANSPORT)
    if told.call is None and told.location is None:
        refuse("required field missing", told.times.at("transportCall"), None, "the call of a ship, train or truck")
    return _Meaning(codes.TRANSPORT[code], code)


def _equipment(told: Told) -> _Meaning:
    code = _code(told, "equipmentEventTypeCode", codes.EQUIPMENT)
    stated = told.equipment or told.codes
    empty = stated.code("emptyIndicatorCode", codes.INDICATORS) == codes.EMPTY
    transshipment = stated.flag("isTransshipmentMove")
    transshipment |= stated.code("movementType", codes.MOVEMENTS) == codes.TRANSSHIPMENT
    kind = codes.EQUIPMENT[code]
    if kind is None:
        expected = "a code that tells of the container, not of a place that would take it"
        refuse("no event stands for this code", told.codes.at("equipmentEventTypeCode"), code, expected)
    if empty and code in codes.OF_THE_GOODS:
        kind = "POSITION"
    elif transshipment and code == "LOAD":
        kind = "TRANSSHIPPED"
    result = codes.CUSTOMS_RESULTS.get(code)
    return _Meaning(kind, code, Customs(result=result, message=code) if result is not None else None)


def _iot(told: Told) -> _Meaning:
    told.codes.need_code("iotEventTypeCode", codes.IOT_TYPES)
    details = told.root.child("iotDetails") or told.codes
    code = details.need_code("iotEventCode", codes.IOT)
    return _Meaning(codes.IOT[code], code)


def _reefer(told: Told) -> _Meaning:
    code = told.codes.need_code("reeferEventTypeCode", codes.REEFER_TYPES)
    if told.location is None:
        refuse("no event stands for temperatures alone", told.at or "$", code, "a place, of which a POSITION tells")
    return _Meaning("POSITION", code)


def _shipment(told: Told) -> _Meaning:
    """What the state of a document means for the movement."""
    code = _code(told, "shipmentEventTypeCode", codes.SHIPMENT)
    path = told.codes.at("shipmentEventTypeCode")
    if told.main is None:
        refuse(
            "required field missing", f"{told.at}.shipmentDetails.documentReference", None, "the document it is about"
        )
    document = told.main[0]
    if document in codes.CUSTOMS_DOCUMENTS:
        result = codes.CUSTOMS_STATES.get(code)
        if result is None:
            expected = "one of " + ", ".join(codes.CUSTOMS_STATES)
            refuse(f"no event stands for this state of a document {document}", path, code, expected)
        return _Meaning("CONTROLLED", code, Customs(result=result, message=f"{document} {code}"))
    if code in codes.NO_MORE:
        if document not in codes.BOOKINGS or code == "VOID":
            refuse(
                f"no event stands for this state of a document {document}", path, code, "a document that holds or will"
            )
        return _Meaning("CANCELLED", code)
    if document == codes.DELIVERY_PROOF and code in codes.STANDS:
        return _Meaning("DELIVERED", code)
    return _Meaning("BOOKED", code, planned=code in codes.UNDER_WAY)


_MEANINGS = {
    "SHIPMENT": _shipment, "TRANSPORT": _transport, "EQUIPMENT": _equipment, "IOT": _iot, "REEFER": _reefer,
}  # fmt: skip


def _provisional(told: Told, transport: Transport | None) -> str | None:
    """The consignment until numbers are joined: of the booking, else bill of lading, else container, else ship and voyage.

    Raises InvalidInput where a message names two of the best kind of number that it has.
    """
    numbers: dict[str, dict[str, None]] = {}
    for kind, value in (*told.documents, *told.others):
        numbers.setdefault(kind, {})[value] = None
    if told.container is not None:
        numbers["EQ"] = {told.container: None}
    for kind in (*_BY_NUMBER, "EQ", *numbers):
        found = list(numbers.get(kind, ()))
        if len(found) > 1:
            refuse(f"names {len(found)} {kind}", told.at or "$", found, "one consignment per event")
        if found:
            return f"{kind}:{found[0]}"
    if transport is not None and transport.voyage and (transport.vessel_imo or transport.vessel_name):
        return f"VOYAGE:{transport.vessel_imo or transport.vessel_name}/{transport.voyage}"
    return None


def _one_for_one(replacements: tuple[Node, ...]) -> None:
    """A number that takes the place of another is one more number; a split or merger of bookings is not read."""
    for node in replacements:
        old, new = node.children("oldReferences"), node.children("newReferences")
        if len(old) > 1 or len(new) > 1:
            expected = "one number in the place of one; tell a split or merger as a canonical event SPLIT or MERGED"
            refuse(f"{len(old)} references replaced by {len(new)}", node.path, None, expected)
