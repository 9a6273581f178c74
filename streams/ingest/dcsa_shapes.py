"""The three shapes of a DCSA Track & Trace event, read into one.

2.2 is flat; 3.0.0-Beta-1 has `metadata` and `payload`; 3.0.0 has `eventClassification` and details by subject.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from streams.ingest import dcsa_codes as codes
from streams.ingest.dcsa_parts import Pair, pair
from streams.ingest.json_messages import Node, refuse

FLAT, BETA, NESTED = "2.2", "3.0.0-Beta-1", "3.0"
_OLD_DOCUMENTS = {"BOK": "BKG"}


class Told(NamedTuple):
    """What an event of any shape tells, unmapped. ``recorded`` is ms UTC.

    ``retracts``: the id of the event that never happened; then the rest may be absent. ``times`` holds `eventDateTime`,
    ``codes`` the classifier and the code of the event.
    """

    version: str
    root: Node
    event_id: str
    source: str | None
    recorded: int | None
    recorded_path: str
    retracts: str | None
    kind: str | None
    times: Node
    codes: Node
    main: Pair | None
    documents: tuple[Pair, ...]
    others: tuple[Pair, ...]
    replacements: tuple[Node, ...]
    equipment: Node | None
    container: str | None
    call: Node | None
    location: Node | None

    @property
    def at(self) -> str:
        """The path of the event."""
        return self.root.path


def version_of(value: object) -> str | None:
    """Which of the shapes an object has; None when it is no Track & Trace event."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("metadata"), dict):
        return BETA
    if "eventClassification" in value or ("isRetracted" in value and "eventType" not in value):
        return NESTED
    return FLAT if "eventType" in value else None


def told(value: object, path: str) -> Told:
    """What an event tells. Raises InvalidInput for what none can be."""
    node, version = Node(value, path), version_of(value)
    if version is None:
        expected = "an event with eventType (2.2), metadata and payload (3.0.0-Beta-1) or eventClassification (3.0)"
        refuse("no Track & Trace event", path or "$", sorted(node.value)[:6], expected)
    return {FLAT: _flat, BETA: _beta, NESTED: _nested}[version](node)


def _flat(node: Node) -> Told:
    kind = node.need_code("eventType", codes.KINDS)
    event_id = node.text("eventID") or _fingerprint(node)
    retracts = node.need("eventID") if node.flag("isRetracted") else None
    main = _main(node) if kind == "SHIPMENT" and retracts is None else None
    recorded = node.time("eventCreatedDateTime") if retracts else node.need_time("eventCreatedDateTime")
    return Told(
        FLAT, node, f"{event_id}:retracted" if retracts else event_id, None, recorded, node.at("eventCreatedDateTime"),
        retracts, kind, node, node, main,
        _with(main, _pairs(node, codes.DOCUMENTS, "documentReferences", "relatedDocumentReferences")),
        _pairs(node, codes.REFERENCES, "references"), (), node, node.text("equipmentReference"),
        node.child("transportCall"), node.child("eventLocation") or node.child("location"),
    )  # fmt: skip


def _beta(node: Node) -> Told:
    metadata, payload = node.child("metadata"), node.child("payload")
    assert metadata is not None  # that is how the shape is known
    event_id, recorded = metadata.need("eventID"), metadata.need_time("eventCreatedDateTime")
    kind, retracts = metadata.code("eventType", codes.KINDS), metadata.text("retractedEventID")
    source, known_at = _publisher(metadata.child("publisher")), metadata.at("eventCreatedDateTime")
    if payload is None:
        if retracts is None:
            refuse("required field missing", node.at("payload"), None, "an object, or metadata.retractedEventID")
        return Told(
            BETA, node, event_id, source, recorded, known_at, retracts, kind, metadata, metadata, None, (), (), (), None,
            None, None, None,
        )  # fmt: skip
    if retracts is not None and payload.has("eventClassifierCode"):
        refuse(
            f"stands beside {metadata.at('retractedEventID')}",
            payload.path,
            sorted(payload.value)[:3],
            "one of the two",
        )
    inner = payload.code("eventType", codes.KINDS)
    if kind is not None and inner is not None and kind != inner:
        refuse(f"contradicts {metadata.at('eventType')} {kind!r}", payload.at("eventType"), inner, "one type")
    kind = kind or inner or metadata.need_code("eventType", codes.KINDS)
    main = _main(payload) if kind == "SHIPMENT" and retracts is None else None
    return Told(
        BETA, node, event_id, source, recorded, known_at, retracts, kind, payload, payload, main,
        _with(main, _pairs(payload, codes.DOCUMENTS, "relatedDocumentReferences", "documentReferences")),
        _pairs(payload, codes.REFERENCES, "references"), (), payload, payload.text("equipmentReference"),
        payload.child("transportCall"),
        payload.child("eventLocation") or payload.child("location") or payload.child("geoLocation"),
    )  # fmt: skip


def _nested(node: Node) -> Told:
    event_id, known_at = node.need("eventID"), node.at("eventUpdatedDateTime")
    routing = node.child("eventRouting")
    origin = routing.child("originatingParty") if routing is not None else None
    source = _party(origin)
    if node.flag(
        "isRetracted"
    ):  # whatever else it says is irrelevant by the standard, its numbers still tell which consignment
        shipment = node.child("shipmentDetails")
        documents, container = _documents(shipment), _container(node.child("equipmentDetails"))
        return Told(
            NESTED, node, event_id, source, node.time("eventUpdatedDateTime"), known_at, event_id, None, node, node, None,
            documents, (), (), None, container, None, None,
        )  # fmt: skip
    classification = node.child("eventClassification")
    if classification is None:
        refuse("required field missing", node.at("eventClassification"), None, "an object, or isRetracted true")
    shipment, equipment = node.child("shipmentDetails"), node.child("equipmentDetails")
    details = node.child("transportDetails")
    documents = _documents(shipment)
    return Told(
        NESTED, node, event_id, source, node.need_time("eventUpdatedDateTime"), known_at, None,
        classification.need_code("eventTypeCode", codes.KINDS), node, classification,
        documents[0] if documents and shipment is not None and shipment.has("documentReference") else None, documents,
        _pairs(shipment, codes.REFERENCES, "shipmentReferences"), _replacements(shipment), equipment,
        _container(equipment), details.child("transportCall") if details is not None else None,
        node.child("eventLocation"),
    )  # fmt: skip


def _fingerprint(node: Node) -> str:
    """An id for a message of 2.2 that has none (there it is optional): equal messages get equal ids."""
    return "sha256:" + hashlib.sha256(msgspec.json.encode(node.value, order="deterministic")).hexdigest()[:32]


def _main(node: Node) -> Pair:
    """The document that a SHIPMENT event of 2.2 or 3.0.0-Beta-1 is about."""
    if not node.has("documentTypeCode") and node.has("shipmentInformationTypeCode"):
        kind = node.need_code("shipmentInformationTypeCode", [*_OLD_DOCUMENTS, *codes.DOCUMENTS])
        kind = _OLD_DOCUMENTS.get(kind, kind)
    else:
        kind = node.need_code("documentTypeCode", codes.DOCUMENTS)
    return kind, node.need("documentReference" if node.has("documentReference") else "documentID")


def _pairs(node: Node | None, allowed: Iterable[str], *names: str) -> tuple[Pair, ...]:
    return () if node is None else tuple(pair(child, allowed) for name in names for child in node.children(name))


def _with(main: Pair | None, documents: tuple[Pair, ...]) -> tuple[Pair, ...]:
    return documents if main is None else (main, *documents)


def _documents(shipment: Node | None) -> tuple[Pair, ...]:
    """The documents of a 3.0 event, that which it is about first."""
    if shipment is None:
        return ()
    main = shipment.child("documentReference")
    first = () if main is None else (pair(main, codes.DOCUMENTS),)
    return first + _pairs(shipment, codes.DOCUMENTS, "additionalDocumentReferences")


def _replacements(shipment: Node | None) -> tuple[Node, ...]:
    names = ("documentReferenceReplacements", "shipmentReferenceReplacements")
    return () if shipment is None else tuple(child for name in names for child in shipment.children(name))


def _container(equipment: Node | None) -> str | None:
    return equipment.text("equipmentReference") if equipment is not None else None


def _publisher(publisher: Node | None) -> str | None:
    """The sender of a 3.0.0-Beta-1 message: its carrier code with the list from which it is."""
    return (
        None
        if publisher is None
        else _sender(publisher.text("carrierCodeListProvider"), None, publisher.text("carrierCode"))
    )


def _party(party: Node | None) -> str | None:
    """The sender of a 3.0 message: the parts of its code that make event ids unique by the standard."""
    if party is None:
        return None
    return _sender(party.text("codeListProvider"), party.text("codeListName"), party.text("partyCode"))


def _sender(provider: str | None, name: str | None, code: str | None) -> str | None:
    """A code with its list; a code without a list could be anybody's and names no sender."""
    return ":".join(part for part in (provider, name, code) if part) if provider and code else None
