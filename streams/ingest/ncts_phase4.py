"""Phase 4 of NCTS (CC007A, CC015B …): the same facts under the names of EDIFACT segments, as a phase 5 tree.

Each group of phase 4 (`HEAHEA`, `TRACONCO1` …) has one place in phase 5; a leaf ends in a number that is left out here
(`NamCO17` and `NamCO27` are both the consignor's name). What is not listed says nothing that an event carries.
"""

from __future__ import annotations

import re
from functools import cache
from xml.etree.ElementTree import Element, SubElement

from msgspec import Struct

from streams.errors import InvalidInput
from streams.ingest.ncts_xml import AT, Node

_DATE = re.compile(r"(\d{2}|\d{4})(\d{2})(\d{2})", re.ASCII)
_TIME = re.compile(r"(?:\d{8})?(\d{2})(\d{2})", re.ASCII)
_DATED = frozenset({
    "DatLimERS", "AccDatHEA", "IssDatHEA", "GooRelDatHEA", "ArrNotDatHEA", "WriOffDatHEA", "DatOfConNotHEA",
    "DatOfCanReqHEA", "DatOfCanDecHEA", "UnlDatREM", "EndDatINC", "EndDatSHP", "DatOfReqENQ", "ConDatERS",
})  # fmt: skip
"""Leaves that are dates, written YYYYMMDD or YYMMDD."""


class Group(Struct, frozen=True):
    """Where a group stands in phase 5, its leaves, the groups inside it, and whether each occurrence is one more."""

    to: str
    """Path from the group around it; from the message when it begins with `/`."""
    leaves: dict[str, str] = {}
    inside: dict[str, Group] = {}
    again: bool = False


def _party(end: str, to: str) -> Group:
    return Group(to, {
        f"Nam{end}": "name", f"StrAndNum{end}": "Address/streetAndNumber", f"PosCod{end}": "Address/postcode",
        f"Cit{end}": "Address/city", f"Cou{end}": "Address/country", f"TIN{end}": "identificationNumber",
        f"HIT{end}": "TIRHolderIdentificationNumber",
    })  # fmt: skip


def _office(end: str, to: str, *, again: bool = False) -> Group:
    return Group(to, {f"RefNum{end}": "referenceNumber"}, again=again)


def _container(end: str, to: str) -> Group:
    return Group(to, {f"ConNum{end}": "containerIdentificationNumber"}, again=True)


_EQUIPMENT = "/Consignment/TransportEquipment"
_ITEM = Group(
    "Consignment/HouseConsignment/ConsignmentItem",
    {
        "IteNumGDS": "declarationGoodsItemNumber", "GooDesGDS": "Commodity/descriptionOfGoods",
        "ComCodTarCodGDS": "Commodity/CommodityCode/harmonizedSystemSubHeadingCode",
        "GroMasGDS": "Commodity/GoodsMeasure/grossMass", "NetMasGDS": "Commodity/GoodsMeasure/netMass",
        "CouOfDisGDS": "countryOfDispatch", "CouOfDesGDS": "countryOfDestination", "ComRefNumGIM": "referenceNumberUCR",
    },
    {
        "TRACONCO2": _party("CO", "Consignor"), "TRACONCE2": _party("CE", "Consignee"),
        "PREADMREFAR2": Group("PreviousDocument", {"PreDocTypAR": "type", "PreDocRefAR": "referenceNumber"}, again=True),
        "PRODOCDC2": Group("SupportingDocument", {"DocTypDC": "type", "DocRefDC": "referenceNumber"}, again=True),
        "PACGS2": Group("Packaging", {"NumOfPacGS": "numberOfPackages", "KinOfPacGS": "typeOfPackages"}, again=True),
        "CONNR2": _container("NR", _EQUIPMENT),
    },
    again=True,
)  # fmt: skip
_EVENT = Group(
    "Consignment/Incident",
    {"PlaTEV": "Location/Address/city", "CouTEV": "Location/country"},
    {
        "INCINC": Group(".", {"IncInfINC": "text", "EndDatINC": "Endorsement/date"}),
        "SEAINFSF1": Group("TransportEquipment", {}, {"SEAIDSI1": Group("Seal", {"SeaIdeSI": "identifier"}, again=True)}),
        "TRASHP": Group(".", {
            "NewTraMeaIdeSHP": "Transhipment/TransportMeans/identificationNumber",
            "NewTraMeaNatSHP": "Transhipment/TransportMeans/nationality", "EndDatSHP": "Endorsement/date",
        }, {"CONNR3": _container("NR", "TransportEquipment")}),
    },
    again=True,
)  # fmt: skip
_OP, _CON = "TransitOperation", "Consignment"
_GROUPS: dict[str, Group] = {
    "HEAHEA": Group(".", {
        "RefNumHEA": f"{_OP}/LRN", "DocNumHEA": f"{_OP}/MRN", "TypOfDecHEA": f"{_OP}/declarationType",
        "CouOfDesCodHEA": f"{_CON}/countryOfDestination", "CouOfDisCodHEA": f"{_CON}/countryOfDispatch",
        "InlTraModHEA": f"{_CON}/inlandModeOfTransport", "TraModAtBorHEA": f"{_CON}/modeOfTransportAtTheBorder",
        "IdeOfMeaOfTraAtDHEA": f"{_CON}/DepartureTransportMeans/identificationNumber",
        "NatOfMeaOfTraAtDHEA": f"{_CON}/DepartureTransportMeans/nationality",
        "IdeOfMeaOfTraCroHEA": f"{_CON}/ActiveBorderTransportMeans/identificationNumber",
        "NatOfMeaOfTraCroHEA": f"{_CON}/ActiveBorderTransportMeans/nationality",
        "TotGroMasHEA": f"{_CON}/grossMass", "ComRefNumHEA": f"{_CON}/referenceNumberUCR",
        "AccDatHEA": f"{_OP}/declarationAcceptanceDate", "IssDatHEA": f"{_OP}/releaseDate",
        "GooRelDatHEA": f"{_OP}/releaseDate", "ArrNotDatHEA": f"{_OP}/arrivalNotificationDateAndTime",
        "WriOffDatHEA": f"{_OP}/writeOffDate", "DatOfConNotHEA": f"{_OP}/controlNotificationDateAndTime",
        "DatOfCanReqHEA": "Invalidation/requestDateAndTime", "DatOfCanDecHEA": "Invalidation/decisionDateAndTime",
        "CanDecHEA": "Invalidation/decision",
    }),
    "TRAPRIPC1": _party("PC", "HolderOfTheTransitProcedure"), "TRACONCO1": _party("CO", f"{_CON}/Consignor"),
    "TRACONCE1": _party("CE", f"{_CON}/Consignee"), "TRADESTRD": _party("TRD", "TraderAtDestination"),
    "CARTRA100": _party("CARTRA", f"{_CON}/Carrier"), "TRAEXPEX1": _party("EX", f"{_CON}/Consignor"),
    "CUSOFFDEPEPT": _office("EPT", "CustomsOfficeOfDeparture"),
    "CUSOFFDESEST": _office("EST", "CustomsOfficeOfDestinationDeclared"),
    "CUSOFFTRARNS": _office("RNS", "CustomsOfficeOfTransitDeclared", again=True),
    "CUSOFFPREOFFRES": _office("RES", "CustomsOfficeOfDestinationActual"),
    "CONRESERS": Group(".", {"DatLimERS": f"{_OP}/limitDate", "ConResCodERS": "ControlResult/code",
                             "ConDatERS": "ControlResult/date"}),
    "SEAINFSLI": Group("Consignment/TransportEquipment", {}, {
        "SEAIDSID": Group("Seal", {"SeaIdeSID": "identifier"}, again=True),
    }, again=True),
    "UNLREMREM": Group("UnloadingRemark", {"StaOfTheSeaOKREM": "stateOfSeals", "ConREM": "conform",
                                           "UnlDatREM": "unloadingDate", "UnlRemREM": "unloadingRemark"}),
    "ITI": Group("Consignment/CountryOfRoutingOfConsignment", {"CouOfRouCodITI": "country"}, again=True),
    "GOOITEGDS": _ITEM, "ENROUEVETEV": _EVENT,
}  # fmt: skip
_HEADER = {
    "MesSenMES": "messageSender", "MesRecMES": "messageRecipient", "MesIdeMES": "messageIdentification",
    "MesTypMES": "messageType",
}  # fmt: skip


def is_phase4(message: Node) -> bool:
    """Whether a message has the form of phase 4: its header is one of EDIFACT."""
    return message.element.find("MesTypMES20") is not None or message.element.find("HEAHEA") is not None


def _day(text: str) -> str:
    """A date of phase 4 in the form of phase 5; what is none stays as it is and is refused where it is read."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return text
    year = found[1] if len(found[1]) == 4 else f"20{found[1]}"
    return f"{year}-{found[2]}-{found[3]}"


def _put(root: Element, path: str, *, again: bool = False) -> Element:
    """The element under a path, made where it is missing; ``again`` makes one more of the last name."""
    names = _steps(path)
    for n, name in enumerate(names):
        found = None if again and n == len(names) - 1 else root.find(name)
        root = SubElement(root, name) if found is None else found
    return root


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(name for name in path.split("/") if name not in ("", "."))


def _translate(root: Element, around: Element, source: Element, path: str, groups: dict[str, Group]) -> None:
    counts: dict[str, int] = {}
    for node in source:
        group = groups.get(node.tag)
        if group is None:
            continue
        counts[node.tag] = n = counts.get(node.tag, 0) + 1
        at = f"{path}/{node.tag}[{n}]"
        target = _put(root if group.to.startswith("/") else around, group.to, again=group.again)
        if target is not root and AT not in target.attrib:
            target.set(AT, at)
        for leaf in node:
            short = leaf.tag.rstrip("0123456789")
            to = group.leaves.get(short)
            if to is not None and leaf.text and leaf.text.strip():
                made = _put(target, to)
                made.text = _day(leaf.text) if short in _DATED else leaf.text
                made.set(AT, f"{at}/{leaf.tag}")
        if group.inside:
            _translate(root, target, node, at, group.inside)


def phase5_tree(message: Node) -> Node:
    """A message of phase 4 with the names of phase 5; each element knows where it stood."""
    root = Element(message.element.tag)
    root.set("PhaseID", "NCTS4")
    for leaf in message.element:
        path = _HEADER.get(leaf.tag.rstrip("0123456789"))
        if path is not None:
            made = SubElement(root, path)
            made.text = leaf.text
            made.set(AT, f"{message.path}/{leaf.tag}")
    day, time = message.text("DatOfPreMES9"), _TIME.fullmatch(message.text("TimOfPreMES10") or "")
    if day is not None:
        made = SubElement(root, "preparationDateAndTime")
        made.text = f"{_day(day)}T{time[1]}:{time[2]}:00" if time else f"{_day(day)}T00:00:00"
        made.set(AT, f"{message.path}/DatOfPreMES9")
    _translate(root, root, message.element, message.path, _GROUPS)
    return Node(root, message.path)


def _joined(*parts: str) -> str:
    return "/".join(part for part in parts if part not in ("", "."))


_BACK = {
    **{_joined(g.to, path): f"{name}/{leaf}" for name, g in _GROUPS.items() for leaf, path in g.leaves.items()},
    **{path: leaf for leaf, path in _HEADER.items()},
    "preparationDateAndTime": "DatOfPreMES",
}


def phase4_path(error: InvalidInput, message: Node) -> InvalidInput:
    """A refusal that names what is missing as phase 4 does; the number that ends a name is left open (`*`)."""
    name = _BACK.get(error.path.removeprefix(f"{message.path}/"))
    if name is None:
        return error
    return InvalidInput(error.what, f"{message.path}/{name}*", error.value, error.expected)
