"""Parts of DCSA messages as parts of events: places, means of transport, references, seals."""

from __future__ import annotations

from collections.abc import Iterable

from streams.ingest import dcsa_codes as codes
from streams.ingest.json_messages import Node, refuse
from streams.model.events import Place, Reference, Seal, SealStatus, Transport
from streams.model.identifiers import is_valid

_PAIRS = (("typeCode", "reference"), ("type", "value"), ("documentReferenceType", "documentReferenceValue"),
          ("referenceType", "referenceValue"))  # fmt: skip
_LINES = ("name", "street", "streetNumber", "floor", "POBox", "postCode", "city", "stateRegion")

Pair = tuple[str, str]
"""A type of document or reference and its number."""


def unlocode(node: Node) -> str | None:
    """The UN/LOCODE of a location. Raises InvalidInput for what cannot be one."""
    stated = node.text("UNLocationCode")
    if stated is None:
        return None
    code = stated.replace(" ", "")  # "NL RTM" is how the list itself writes it
    if not (len(code) == 5 and code.isascii() and code == code.upper() and is_valid("unlocode", code)):
        refuse("not a UN/LOCODE", node.at("UNLocationCode"), stated, "two letters of the country and three of A-Z, 2-9")
    if code[:2] in codes.UNASSIGNED_COUNTRIES:
        refuse("not a UN/LOCODE", node.at("UNLocationCode"), code, "a country that ISO 3166-1 assigns")
    return code


def place_of(location: Node | None, call: Node | None) -> Place | None:
    """Where: the location of the event itself, else that of its transport call."""
    if location is not None:
        return _place(location, None)
    if call is None:
        return None
    code, inner = unlocode(call), call.child("location")
    other = unlocode(inner) if inner is not None else None
    if inner is not None and code and other and code != other:
        refuse(f"contradicts {call.at('UNLocationCode')} {code!r}", inner.at("UNLocationCode"), other, "one place")
    return _place(inner, call, code)


def _place(location: Node | None, call: Node | None, code: str | None = None) -> Place | None:
    address, name, latitude, longitude, country = None, None, None, None, None
    if location is not None:
        code = code or unlocode(location)
        name = location.text("locationName")
        for node in (location, location.child("geoCoordinate"), location.child("geoLocation")):
            if node is not None and latitude is None:
                latitude, longitude = node.degrees("latitude", 90), node.degrees("longitude", 180)
        address, country = _address(location.child("address"))
    facility = _facility(location) or _facility(call)
    country = code[:2] if code and not code.startswith("XZ") else country
    if (latitude is None) != (longitude is None):
        latitude = longitude = None
    place = Place(code, None, None, name, country, facility, address, latitude, longitude)
    return None if place == Place() else place


def _facility(node: Node | None) -> str | None:
    """The name of a facility, else its code with the list from which it is."""
    if node is None:
        return None
    inner = node.child("facility") or node
    name = inner.text("facilityName") or node.text("otherFacility")
    if name is not None:
        return name
    code, provider = inner.first("facilityCode", "facilitySMDGCode"), inner.text("facilityCodeListProvider")
    return f"{provider}:{code}" if code and provider else code


def _address(address: Node | None) -> tuple[str | None, str | None]:
    """An address on one line, and its country where it is a code."""
    if address is None:
        return None, None
    parts = [text for name in _LINES if (text := address.text(name)) is not None]
    country = address.first("countryCode", "country")
    if country is not None:
        parts.append(country)
    code = country.upper() if country is not None and len(country) == 2 and country.isalpha() else None
    return ", ".join(parts) or None, code


def transport_of(call: Node | None, containers: tuple[str, ...], arriving: bool) -> Transport | None:
    """By what: the transport call of the event, with the voyage on which its ship comes or leaves, and its container."""
    if call is None:
        return Transport(containers=containers) if containers else None
    mode = call.code("modeOfTransport", codes.MODES)
    ship = next(
        (found for name in ("vessel", "vesselTransport", "barge") if (found := call.child(name)) is not None), None
    )
    rail, truck = call.child("railTransport"), call.child("truckTransport")
    wagon = rail.text("railCarReference") if rail is not None else call.text("railCar")
    flag = ship.first("vesselFlag", "flag") if ship is not None else None
    if ship is not None and flag is not None and not (len(flag) == 2 and flag.isascii() and flag.isalpha()):
        refuse("not a country", ship.at("vesselFlag"), flag, "an ISO 3166-1 alpha-2 code")
    transport = Transport(
        codes.MODES[mode] if mode is not None else None,
        ship.text("vesselIMONumber") if ship is not None else None,
        ship.first("vesselName", "name") if ship is not None else None,
        flag.upper() if flag is not None else None,
        None,
        _voyage(call, arriving),
        (wagon,) if wagon is not None else (),
        containers,
        _plates(call, truck),
    )
    return None if transport == Transport() else transport


def _voyage(call: Node, arriving: bool) -> str | None:
    """The number of the voyage: of the ship that comes the import voyage, of the one that leaves the export voyage."""
    way, other = ("import", "export") if arriving else ("export", "import")
    for side in (way, other):
        node = call.child(f"{side}VoyageNumberOrReference")
        found = node.first("carrierVoyageNumber", "universalVoyageReference") if node is not None else None
        side_ = side.capitalize()
        found = found or call.first(
            f"carrier{side_}VoyageNumber", f"{side}VoyageNumber", f"universal{side_}VoyageReference"
        )
        if found is not None:
            return found
    return call.text("carrierVoyageNumber")


def _plates(call: Node, truck: Node | None) -> tuple[str, ...]:
    found = [call.text("licencePlate"), call.text("chassisLicencePlate")]
    if truck is not None:
        found += [
            node.text("licensePlate") for name in ("tractorDetails", "trailerDetails") if (node := truck.child(name))
        ]
    return tuple(dict.fromkeys(plate for plate in found if plate is not None))


def pair(node: Node, allowed: Iterable[str]) -> Pair:
    """A type and a number, in the names of any version."""
    names = next((names for names in _PAIRS if node.has(names[0])), None)
    if names is None:
        refuse("required field missing", node.at("type"), None, "the type of the reference")
    return node.need_code(names[0], list(allowed)), node.need(names[1])


def references(documents: Iterable[Pair], others: Iterable[Pair], containers: Iterable[str]) -> tuple[Reference, ...]:
    """The numbers that the contract knows, each once; others have no place in an event."""
    found: dict[Reference, None] = {}
    for kinds, pairs in ((codes.DOCUMENTS, documents), (codes.REFERENCES, others)):
        for kind, value in pairs:
            known = kinds[kind]
            if known is not None:
                found[Reference(known, value)] = None
    for container in containers:
        found[Reference("CONTAINER", container)] = None
    return tuple(found)


def seals(nodes: Iterable[Node], status: SealStatus | None, unnamed: bool) -> tuple[Seal, ...]:
    """The seals of an event in the state that its code tells; ``unnamed``: the code speaks of a seal though none is listed."""
    found = []
    for node in nodes:
        kind = node.code("type" if node.has("type") else "sealType", codes.SEAL_TYPES)
        number = node.need("number" if node.has("number") else "sealNumber")
        found.append(Seal(number, "MECHANICAL" if kind is not None else None, status))
    return tuple(found) or ((Seal(None, None, status),) if unnamed else ())
