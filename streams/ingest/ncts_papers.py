"""Transport, route, seals, references and documents out of a customs message (code lists of the Union)."""

from __future__ import annotations

from typing import Literal

from streams.ingest.ncts_parts import Levels
from streams.ingest.ncts_values import MODES, country, office_country
from streams.ingest.ncts_xml import Node
from streams.model.events import (
    Document,
    DocumentType,
    Leg,
    Mode,
    Reference,
    ReferenceType,
    Seal,
    SealStatus,
    Transport,
)  # fmt: skip
from streams.model.identifiers import normal

_Field = Literal["vessel_imo", "vessel_name", "wagons", "plates", "voyage"]
_MEANS: dict[str, tuple[_Field | None, Mode]] = {
    "10": ("vessel_imo", "SEA"), "11": ("vessel_name", "SEA"), "20": ("wagons", "RAIL"), "21": ("voyage", "RAIL"),
    "30": ("plates", "ROAD"), "31": ("plates", "ROAD"), "40": ("voyage", "AIR"), "41": (None, "AIR"),
    "80": (None, "INLAND_WATERWAY"), "81": ("vessel_name", "INLAND_WATERWAY"),
}  # fmt: skip
"""Type of identification of a means of transport (CL750): what the number is, and of which mode."""
_BY_MODE: dict[Mode, _Field] = {"SEA": "vessel_name", "INLAND_WATERWAY": "vessel_name", "ROAD": "plates"}
"""What an identity without a type is (phase 4)."""
_NUMBERS: dict[str, ReferenceType] = {
    "704": "BL", "705": "BL", "714": "BL", "720": "CIM", "722": "SMGS", "730": "CMR", "380": "INVOICE", "325": "INVOICE",
    "935": "INVOICE",
}  # fmt: skip
"""Types of documents (CL013, CL754; without the letter N) whose number is a reference of the contract."""
_DECLARATIONS = frozenset({"830", "820", "821", "822", "825", "MRN"})
"""Previous documents that are customs declarations: an export (830) or a transit."""
_EVIDENCE: dict[str, DocumentType] = {
    "861": "CERTIFICATE_OF_ORIGIN", "862": "CERTIFICATE_OF_ORIGIN", "865": "CERTIFICATE_OF_ORIGIN",
    "954": "CERTIFICATE_OF_ORIGIN", "003": "QUALITY", "X002": "AUTHORISATION",
}  # fmt: skip
_MRN_LENGTH = 18


def _number(node: Node) -> str:
    return (node.text("type") or "").upper().removeprefix("N")


def _means(levels: Levels, name: str) -> list[Node]:
    return [means for level in levels.upper() for means in level.children(name)]


def transport_of(
    means: list[tuple[Node, Mode | None]], containers: tuple[str, ...], mode: Mode | None
) -> Transport | None:
    """The means of transport with their modes as stated (None: by the type of their number), and the containers."""
    one: dict[str, str] = {}
    many: dict[str, dict[str, None]] = {"wagons": {}, "plates": {}}
    for node, stated in means:
        number = node.text("identificationNumber")
        kind = node.text("typeOfIdentification")
        field, by_type = _MEANS.get(kind or "", (None, None))
        if kind is None and stated is not None:
            field = _BY_MODE.get(stated)
        mode = mode or stated or by_type
        if field in many and number is not None:
            many[field][number] = None
        elif field is not None and number is not None:
            one.setdefault(field, number)
        if field in ("vessel_imo", "vessel_name") and (flag := country(node.text("nationality"))) is not None:
            one.setdefault("vessel_flag", flag)
        if (voyage := node.text("conveyanceReferenceNumber")) is not None:
            one.setdefault("voyage", voyage)
    found = Transport(
        mode, one.get("vessel_imo"), one.get("vessel_name"), one.get("vessel_flag"), None, one.get("voyage"),
        tuple(many["wagons"]), containers, tuple(many["plates"]),
    )  # fmt: skip
    return found if found != Transport() else None


def containers_of(nodes: list[Node]) -> tuple[str, ...]:
    """The container numbers of transport equipment, each once."""
    numbers = (e.text("containerIdentificationNumber") for node in nodes for e in node.children("TransportEquipment"))
    return tuple(dict.fromkeys(number for number in numbers if number is not None))


def _mode(levels: Levels, name: str) -> Mode | None:
    return MODES.get(levels.consignment.text(name) or "") if levels.consignment is not None else None


def transport(levels: Levels) -> Transport | None:
    """What carries the goods: the means at departure, the active means at the border, the containers."""
    inland, border = _mode(levels, "inlandModeOfTransport"), _mode(levels, "modeOfTransportAtTheBorder")
    means: list[tuple[Node, Mode | None]] = [(node, inland) for node in _means(levels, "DepartureTransportMeans")]
    means += [(node, border) for node in _means(levels, "ActiveBorderTransportMeans")]
    return transport_of(means, containers_of(levels.upper()), inland or border)


def route(levels: Levels) -> tuple[Leg, ...]:
    """The planned legs: the countries of routing; without those the countries of the offices of transit and exit.

    A leg has a mode only where the inland mode and that at the border do not differ.
    """
    modes = {m for n in ("inlandModeOfTransport", "modeOfTransportAtTheBorder") if (m := _mode(levels, n)) is not None}
    mode = modes.pop() if len(modes) == 1 else None
    nodes = levels.consignment.children("CountryOfRoutingOfConsignment") if levels.consignment is not None else []
    lands = [country(node.text("country")) for node in sorted(nodes, key=_sequence)]
    if not lands:
        names = ("CustomsOfficeOfTransitDeclared", "CustomsOfficeOfExitForTransitDeclared")
        offices = [node for name in names for node in sorted(levels.message.children(name), key=_sequence)]
        lands = list(dict.fromkeys(office_country(node.text("referenceNumber")) for node in offices))
    return tuple(Leg(land, None, mode) for land in lands if land is not None)


def _sequence(node: Node) -> int:
    text = node.text("sequenceNumber") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def seals(nodes: list[Node], status: SealStatus | None) -> tuple[Seal, ...]:
    """The seals of the transport equipment of some levels, each once."""
    found = [
        seal.text("identifier")
        for node in nodes
        for equipment in node.children("TransportEquipment")
        for seal in equipment.children("Seal")
    ]
    return tuple(Seal(number, "MECHANICAL", status) for number in dict.fromkeys(found) if number is not None)


def _papers(levels: Levels, name: str) -> list[tuple[str, str, Node]]:
    found = [(_number(node), node) for node in levels.named(name)]
    return [(number, text, node) for number, node in found if (text := node.text("referenceNumber")) is not None]


def references(levels: Levels, carried: Transport | None) -> list[Reference]:
    """Numbers of transport documents, invoices, earlier declarations, UCR, containers and wagons."""
    stated = (node.element.text for node in levels.named("referenceNumberUCR"))
    found: list[Reference] = [Reference("UCR", text.strip()) for text in stated if text and text.strip()]
    for name in ("TransportDocument", "SupportingDocument", "PreviousDocument"):
        for number, text, _node in _papers(levels, name):
            kind = _NUMBERS.get(number)
            if kind is None and number in _DECLARATIONS and len(normal("mrn", text)) == _MRN_LENGTH:
                kind = "MRN"
            if kind is not None:
                found.append(Reference(kind, text))
    if carried is not None:
        found += [Reference("CONTAINER", number) for number in carried.containers]
        found += [Reference("WAGON", number) for number in carried.wagons]
    return found


def documents(levels: Levels) -> tuple[Document, ...]:
    """Supporting documents that are evidence in the sense of the contract."""
    found = [
        Document(_EVIDENCE[number], text, scope=node.text("complementOfInformation"))
        for number, text, node in _papers(levels, "SupportingDocument")
        if number in _EVIDENCE
    ]
    return tuple(dict.fromkeys(found))
