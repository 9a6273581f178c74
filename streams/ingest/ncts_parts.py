"""Parties, goods and places out of a customs message, whichever of its levels states them.

NCTS states them on the consignment, on each house consignment and on each item; AES on the message, on the goods
shipment and on each item. What is stated on several levels counts once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from streams.errors import InvalidInput
from streams.ingest.ncts_values import BULK, count, country, gnss, mass, office_country
from streams.ingest.ncts_xml import Node
from streams.model.events import Goods, Origin, Party, Place, Role
from streams.model.identifiers import is_valid, normal

_EORI = re.compile(r"[A-Z]{2}[0-9A-Z]{1,15}", re.ASCII)
_CN = re.compile(r"\d{2}", re.ASCII)
_ACTORS: dict[str, Role] = {"CS": "FORWARDER", "FW": "FORWARDER", "WH": "TERMINAL_OPERATOR"}
"""Additional supply chain actors (CL704): consolidator, freight forwarder, warehouse keeper."""
_LEVELS: tuple[tuple[str, Role], ...] = (
    ("Consignor", "CONSIGNOR"), ("Consignee", "CONSIGNEE"), ("Carrier", "CARRIER"),
)  # fmt: skip
_MESSAGE: tuple[tuple[str, Role], ...] = (
    ("HolderOfTheTransitProcedure", "DECLARANT"), ("Declarant", "DECLARANT"), ("Representative", "FORWARDER"),
    ("Exporter", "CONSIGNOR"), ("TraderAtDestination", "NOTIFY_PARTY"), ("Guarantor", "GUARANTOR"),
    ("GoodsShipment/Seller", "SELLER"), ("GoodsShipment/Buyer", "BUYER"),
)  # fmt: skip


class Levels:
    """The levels of a message that state parties, documents and goods."""

    def __init__(self, message: Node) -> None:
        self.message = message
        self.shipment = message.child("GoodsShipment")
        self.consignment = (self.shipment or message).child("Consignment")
        self.houses = self.consignment.children("HouseConsignment") if self.consignment is not None else []
        self.items = [item for house in self.houses for item in house.children("ConsignmentItem")]
        if self.shipment is not None:
            self.items += self.shipment.children("GoodsItem")
        self.top = [node for node in (self.shipment, self.consignment) if node is not None]
        self._named = [_named(nodes) for nodes in (self.top, self.houses, self.items)]

    def upper(self) -> list[Node]:
        """The shipment, the consignment and its house consignments, as far as they are stated."""
        return [*self.top, *self.houses]

    def named(self, name: str) -> list[Node]:
        """The elements of a name on all levels from above to below; of no use for saying where they stand."""
        return [Node(element, name) for level in self._named for element in level.get(name, ())]

    def one(self, *names: str) -> str | None:
        """What the uppermost level states under one of the names; below that, what all that state it agree on."""
        for level in self._named:
            texts = {(element.text or "").strip() for name in names for element in level.get(name, ())} - {""}
            if texts:
                return texts.pop() if len(texts) == 1 else None
        return None


def _named(nodes: list[Node]) -> dict[str, list[Element]]:
    """What stands below some nodes, by name: most levels state little, and are looked through once."""
    found: dict[str, list[Element]] = {}
    for node in nodes:
        for child in node.element:
            found.setdefault(child.tag, []).append(child)
    return found


def _party(node: Node, role: Role) -> Party | None:
    """A party of a message; None when it has neither name nor number."""
    number, name = node.text("identificationNumber"), node.text("name")
    identifiers: dict[str, str] = {}
    if number is not None:
        identifiers["eori" if _EORI.fullmatch(number.upper()) else "reg"] = number
    if (carnet := node.text("TIRHolderIdentificationNumber")) is not None:
        identifiers.setdefault("reg", carnet)
    if name is None and not identifiers:
        return None
    address = ", ".join(
        text for part in ("streetAndNumber", "postcode", "city") if (text := node.text(f"Address/{part}")) is not None
    )
    return Party(role, name, country(node.text("Address/country")), address or None, identifiers=identifiers or None)


def parties(levels: Levels, *, named_only: bool) -> tuple[Party, ...]:
    """The parties of a message, each once.

    ``named_only`` leaves out those with a number and no name: a role stated again replaces what was known of it
    (contract 1), and a notice would replace a name by a bare number. The trader at destination is told of nowhere else.
    """
    found: dict[str, Party] = {}

    def add(node: Node | None, role: Role | None) -> None:
        party = _party(node, role) if node is not None and role is not None else None
        if party is not None and (party.name is not None or not named_only or party.role == "NOTIFY_PARTY"):
            found.setdefault(repr(party), party)

    for path, role in _MESSAGE:
        add(levels.message.child(path), role)
    for name, role in _LEVELS:
        for node in levels.named(name):
            add(node, role)
    for actor in levels.named("AdditionalSupplyChainActor"):
        add(actor, _ACTORS.get(actor.text("role") or ""))
    return tuple(found.values())


def _hs(code: Element | None) -> tuple[str | None, str | None]:
    """The goods code, and what is stated in its place and is none (contract: 6 to 10 digits; the law judges shorter ones).

    Six digits of the Harmonized System and the two of the Combined Nomenclature after them. What is no code must not
    stand as one: goods of an unknown code are unknown, those of a wrong one would match no list.
    """
    text = code.findtext("harmonizedSystemSubHeadingCode", "").strip() if code is not None else ""
    if not text or code is None:
        return None, None
    digits = text if text.isascii() and text.isdigit() else normal("hs", text)
    if not 4 <= len(digits) <= 10 or (digits is not text and any(c.isalpha() for c in text)):
        return None, text
    more = code.findtext("combinedNomenclatureCode", "").strip()
    return (digits + more if len(digits) == 6 and _CN.fullmatch(more) else digits), None


def goods(levels: Levels) -> tuple[Goods, ...]:
    """The lines of goods. Raises InvalidInput for a mass or number that is none."""
    return tuple(_line(item) for item in levels.items)


def _line(item: Node) -> Goods:
    element = item.element
    commodity = element.find("Commodity")
    hs, description = None, ""
    if commodity is not None:
        hs, no_code = _hs(commodity.find("CommodityCode"))
        description = (commodity.findtext("descriptionOfGoods") or "").strip()
        if no_code is not None:
            description = f"{description} (code stated: {no_code})".strip()
    origin = country(item.text("Origin/countryOfOrigin"))
    number = count(item, "declarationGoodsItemNumber")
    return Goods(
        number if number is not None else count(item, "goodsItemNumber"),
        hs,
        None,
        description or None,
        (Origin(origin),) if origin is not None else (),
        mass(item, "Commodity/GoodsMeasure/netMass"),
        mass(item, "Commodity/GoodsMeasure/grossMass"),
        _packages(item),
    )


def _packages(item: Node) -> int | None:
    """The number of packages; None when none are counted, and for bulk."""
    total: int | None = None
    for packaging in item.children("Packaging"):
        if packaging.text("typeOfPackages") not in BULK:
            number = count(packaging, "numberOfPackages")
            total = total if number is None else (total or 0) + number
    return total


def check_masses(levels: Levels) -> None:
    """Looks at the masses that no line carries. Raises InvalidInput for one that is none."""
    for level in levels.upper():
        mass(level, "grossMass")


def _address(node: Node) -> str | None:
    parts = ("Address/streetAndNumber", "Address/postcode", "Address/city")
    return ", ".join(text for part in parts if (text := node.text(part)) is not None) or None


def place(node: Node | None, office: str | None) -> Place | None:
    """Where: the location of goods or of an incident, with the country of the office where it names none."""
    land = office_country(office)
    if node is None:
        return Place(country=land) if land is not None else None
    stated = node.text("UNLocode") or ""
    code = stated.upper() if is_valid("unlocode", stated) and " " not in stated else None
    own = country(node.text("country") or node.text("Address/country") or node.text("PostcodeAddress/country"))
    latitude, longitude = gnss(node.text("GNSS/latitude"), 90), gnss(node.text("GNSS/longitude"), 180)
    both = latitude is not None and longitude is not None
    found = Place(
        unlocode=code,
        name=(stated or None) if code is None else None,
        country=own or (code[:2] if code else land),
        address=_address(node),
        latitude=latitude if both else None,
        longitude=longitude if both else None,
    )
    return found if found != Place() else None


def incidents(levels: Levels) -> Iterator[tuple[int, Node]]:
    """The incidents of a message, counted from 1."""
    if levels.consignment is not None:
        yield from enumerate(levels.consignment.children("Incident"), 1)


def refuse_empty(levels: Levels) -> None:
    """A declaration without a line of goods declares nothing. Raises InvalidInput."""
    if not levels.items:
        where = levels.consignment or levels.shipment or levels.message
        raise InvalidInput("no goods", f"{where.path}/HouseConsignment/ConsignmentItem", "nothing", "at least one item")
