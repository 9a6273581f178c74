"""From one EPCIS event to the events of the contract: which consignments it speaks of and what happened to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from streams.ingest.adapter import Given, Refusal, shown
from streams.ingest.epcis_check import Fields, check, moment, refuse, text
from streams.ingest.epcis_keys import UNITS, Key, key_of, number_of
from streams.ingest.epcis_parts import (
    MasterData,
    business,
    destination_country,
    ends,
    export_country,
    goods,
    goods_of,
    keys,
    numbered,
    parties,
    place,
    references,
    transport,
    weighings,
)  # fmt: skip
from streams.ingest.epcis_words import BY_DISPOSITION, DOCUMENTS, MOVEMENT_DOCUMENTS, STEPS, TRADE_DOCUMENTS, word
from streams.model.events import Event, EventType, Goods

_LISTS = ("epcList", "childEPCs", "outputEPCList", "quantityList", "childQuantityList", "outputQuantityList")
_SHIPMENTS = ("GSIN", "GINC")
_FIXED = frozenset({"GLN", "PGLN"})
_BEGINNINGS = frozenset({"commissioning", "creating_class_instance"})
_MOST_TIES = 100_000


def events_of(
    event: Fields, at: str, given: Given, known: MasterData, terms: frozenset[str] = frozenset()
) -> Iterator[Event | Refusal]:
    """The events of the contract that an EPCIS event (in the shape of 2.0 JSON) gives. Raises InvalidInput.

    An erroneous event gives the retractions of all that it gave when it was reported first.
    """
    check(event, terms)
    declaration = event.get("errorDeclaration")
    if declaration is None:
        yield from _Reading(event, at, given, known).told()
        return
    if not isinstance(declaration, dict):
        raise refuse("not an object", "errorDeclaration", declaration, "an object with `declarationTime`")
    declared = moment(declaration.get("declarationTime"), "errorDeclaration.declarationTime")
    recorded = moment(event["recordTime"], "recordTime") if event.get("recordTime") is not None else declared
    for told in _Reading(event, at, given, known).told():
        if isinstance(told, Event):
            yield Event(
                event_id=f"{told.event_id}#error", source=told.source, type="RETRACTED",
                consignment_id=told.consignment_id, occurred_at=declared, recorded_at=max(recorded, declared),
                retracts=told.event_id,
            )  # fmt: skip


def own_id(event: Fields) -> str:
    """The event's id: `eventID`, else the SHA-256 of all it says but `recordTime` and `errorDeclaration`.

    So an event without `eventID` that comes twice is one event, and its error declaration finds it.
    """
    stated = event.get("eventID")
    if stated is not None:
        return text(stated, "eventID")
    content = {
        name: value for name, value in event.items() if name not in {"recordTime", "errorDeclaration", "@context"}
    }
    return "sha256:" + hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def subjects(event: Fields, deals: list[tuple[str, str]], units: list[Key]) -> list[str]:
    """The consignments that an event speaks of, by the best number it has (docs/feeds/epcis.md). Raises InvalidInput.

    ``deals``: its business transactions; ``units``: the keys in its lists.
    """
    parent = event.get("parentID")
    head = key_of(text(parent, "parentID")) if parent is not None else None
    named = [*(key_of(number) for _, number in deals), *([head] if head is not None else []), *units]
    for kind in _SHIPMENTS:
        if (shipment := next((key for key in named if key.kind == kind), None)) is not None:
            return [str(shipment)]
    if (document := _document(deals, MOVEMENT_DOCUMENTS)) is not None:
        return [document]
    if head is not None and head.kind not in _FIXED:
        return [str(head)]
    if boxes := [str(key) for key in units if key.kind in UNITS]:
        return boxes
    if (document := _document(deals, TRADE_DOCUMENTS)) is not None:
        return [document]
    if event["type"] == "TransactionEvent" and deals:
        return [f"TRANSACTION:{number_of(deals[0][1])}"]
    if items := [str(key) for key in units if key.kind not in _FIXED]:
        return items
    if event.get("transformationID") is not None:
        return [_unfinished(event)]
    raise refuse("names nothing that can be followed", "epcList", None,
                 "an EPC, a class, a parentID, or a business transaction")  # fmt: skip


def _document(deals: list[tuple[str, str]], order: tuple[str, ...]) -> str | None:
    for kind in order:
        for stated, number in deals:
            if stated == kind:
                return f"{DOCUMENTS.get(kind, kind).upper()}:{number_of(number)}"
    return None


def _unfinished(event: Fields) -> str:
    return f"TRANSFORMATION:{number_of(text(event['transformationID'], 'transformationID'))}"


class _Reading:
    """One event, read once whatever the number of its consignments."""

    def __init__(self, event: Fields, at: str, given: Given, known: MasterData) -> None:
        self._event, self._at, self._id = event, at, own_id(event)
        deals, carried = business(event), keys(event, *_LISTS)
        self._subjects = subjects(event, deals, carried)
        self._time = moment(event.get("eventTime"), "eventTime")
        stated = event.get("recordTime")
        self._common: dict[str, Any] = {
            "source": given.source,
            "recorded_at": moment(stated, "recordTime") if stated is not None else given.now_ms,
            "place": place(event, known),
        }
        self._main = main_type(event)
        self._weighed = weighings(event)
        self._lines = _goods(event, self._main, known)
        self._content = _content(event, self._main, known, deals, carried)
        self._others = _inputs(event)
        if len(self._subjects) * max(1, len(self._others)) > _MOST_TIES:
            raise refuse(
                f"{len(self._subjects)} consignments tied to {len(self._others)} others", "epcList", None,
                f"at most {_MOST_TIES} ties in one event, or the number of a shipping document that covers them",
            )  # fmt: skip

    def told(self) -> Iterator[Event | Refusal]:
        """The events of all consignments; a mass that belongs to several together is refused, never shared out."""
        lone = len(self._subjects) == 1
        for subject in self._subjects:
            yield from self._of(subject, self._id if lone else f"{self._id}#{subject}", lone=lone)
        if self._weighed and not lone:
            because = f"a mass of {len(self._subjects)} consignments together; expected a sensor report for one"
            yield Refusal(because, f"{self._at}.sensorElementList", shown(self._weighed[0][1].gross_kg))

    def _of(self, subject: str, id: str, *, lone: bool) -> Iterator[Event]:
        """The events of one consignment: the mixing or parting first, then what happened, then the weighings."""
        common = {**self._common, "consignment_id": subject}
        linked = _link(self._event, subject, self._others)
        if linked is not None:
            type, others = linked
            mixed: dict[str, Any] = {"from_": others} if type == "MERGED" else {"into": others}
            yield Event(event_id=f"{id}#{type.lower()}", type=type, occurred_at=self._time, **common, **mixed)
        weighed = self._weighed if lone else []
        if self._main != "POSITION" or not (linked or weighed):
            lines = tuple(self._lines.values()) if lone else goods_of(subject, self._lines)
            happened = {**common, **self._content, "goods": numbered(lines)}
            yield Event(event_id=id, type=self._main, occurred_at=self._time, **happened)
        for n, (at, weight) in enumerate(weighed):
            yield Event(event_id=f"{id}#weighed{n or ''}", type="WEIGHED", occurred_at=at, weight=weight, **common)


def _content(
    event: Fields, main: EventType, known: MasterData, deals: list[tuple[str, str]], listed: list[Key]
) -> dict[str, Any]:
    spots = (event.get("parentID"), *_spots(event))
    carried = [*listed, *(key_of(spot) for spot in spots if isinstance(spot, str))]
    return {
        "transport": transport(carried),
        "parties": parties(event, known, transferred=main == "OWNERSHIP_TRANSFERRED"),
        "references": references(deals, carried),
        "export_country": export_country(event),
        "destination_country": destination_country(event, known),
    }


def _spots(event: Fields) -> Iterator[str]:
    for name in ("readPoint", "bizLocation"):
        value = event.get(name)
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            yield value["id"]


def _goods(event: Fields, main: EventType, known: MasterData) -> dict[str, Goods]:
    """Goods are stated where they begin or change; a mere sighting by class would wipe out the codes of the declaration."""
    if event["type"] == "TransformationEvent":
        return goods(event, "outputEPCList", "outputQuantityList", known)
    if event["type"] in {"AggregationEvent", "AssociationEvent"}:
        return {}
    if main in {"BOOKED", "PROCESSED"} or word(str(event.get("bizStep"))) in _BEGINNINGS:
        return goods(event, "epcList", "quantityList", known)
    return {}


def main_type(event: Fields) -> EventType:
    """What happened, by kind, business step, disposition and destination."""
    kind, step = event["type"], word(str(event.get("bizStep", "")))
    if kind == "TransformationEvent":
        return "PROCESSED"
    type = STEPS.get(step)
    if type == "PROCESSED" and kind == "AssociationEvent":
        return "POSITION"  # a sensor or a part is fixed to a carrier: the goods stay as they are
    if type is None:
        type = BY_DISPOSITION.get(word(str(event.get("disposition", ""))))
        return type or ("BOOKED" if kind == "TransactionEvent" and event["action"] == "ADD" else "POSITION")
    if type == "POSITION":
        return BY_DISPOSITION.get(word(str(event.get("disposition", ""))), type)
    if step == "accepting" and "owning_party" in ends(event, "destination"):
        return "OWNERSHIP_TRANSFERRED"
    goal = ends(event, "destination").get("location")
    if type == "ARRIVED" and goal is not None and key_of(goal) in map(key_of, _spots(event)):
        return "DELIVERED"
    return type


def _inputs(event: Fields) -> list[str]:
    """What was mixed or packed: inputs and children; what a class alone names is goods, no consignment."""
    lists = {
        "TransformationEvent": ("inputEPCList", "inputQuantityList"),
        "AggregationEvent": ("childEPCs", "childQuantityList"),
    }.get(event["type"], ())
    return [str(key) for key in keys(event, *lists) if key.kind not in {*_FIXED, "GTIN"}]


def _link(event: Fields, subject: str, inputs: list[str]) -> tuple[EventType, tuple[str, ...]] | None:
    """Whether consignments were mixed into this one or parted from it, and which: transformation and aggregation."""
    others = tuple(name for name in inputs if name != subject)
    if event["type"] == "TransformationEvent":
        if not others and event.get("transformationID") is not None and subject != _unfinished(event):
            others = (_unfinished(event),)
        return ("MERGED", others) if others else None
    parent = event.get("parentID")
    if not others or parent is None or str(key_of(parent)) != subject or event["action"] == "OBSERVE":
        return None
    return ("MERGED" if event["action"] == "ADD" else "SPLIT", others)
