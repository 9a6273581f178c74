"""Events of a consignment as sentences, and who can supply a fact that is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from streams.model.events import Event, Goods, Party, Place
from streams.model.moments import iso_day

PHRASES: dict[str, str] = {
    "BOOKED": "booked", "LOADED": "loaded", "UNLOADED": "unloaded", "DEPARTED": "departed", "ARRIVED": "arrived",
    "BORDER_CROSSED": "border crossed", "PORT_CALL": "port call", "STORED": "stored", "TRANSSHIPPED": "transshipped",
    "STS_TRANSFER": "transferred from ship to ship", "POSITION": "position", "POSITION_GAP": "no signal",
    "OWNERSHIP_TRANSFERRED": "ownership transferred", "WEIGHED": "weighed", "PROCESSED": "processed",
    "SEALED": "sealed", "SEAL_CHECKED": "seal checked", "SPLIT": "split", "MERGED": "merged",
    "ROUTE_CHANGED": "route changed", "PARTIES_CHANGED": "parties changed", "DELIVERED": "delivered",
    "CANCELLED": "cancelled", "RETRACTED": "retraction", "DECLARED": "declared to customs",
    "RELEASED_FOR_TRANSIT": "released for transit", "ARRIVED_AT_DESTINATION": "arrived at the office of destination",
    "CONTROLLED": "controlled by customs", "DISCHARGED": "transit discharged", "ENQUIRY_OPENED": "enquiry opened",
    "EXPORT_CONFIRMED": "export confirmed", "INVALIDATED": "declaration invalidated",
    "CERTIFIED": "document checked by an authority",
}  # fmt: skip

_SUPPLIERS: tuple[tuple[str, str], ...] = (
    ("imo number", "the carrier or the ship's agent (certificate of registry); the IMO number stays with the hull"),
    ("identity of", "the party: an extract of its register with number, or its birth date; compare the list's entry"),
    ("share or control", "the register of companies of the firm that is held, through the consignor"),
    ("whether its transfer was authorised", "the competent national authority, through the party that holds it"),
    ("name of the", "the consignor or the forwarder (consignment note, contract)"),
    ("transport.mode", "the port agent or terminal operator"),
    ("certificate_of_origin", "the chamber of commerce of the country of origin, through the consignor"),
    ("price_attestation", "the seller or trader of the oil, through the carrier or insurer"),
    ("derogation", "the competent national authority, through the exporter"),
    ("authorisation", "the competent national authority, through the party that holds it"),
    ("due_diligence", "the exporter"),
    ("insurance", "the insurer or the carrier"),
    ("quality", "the inspection company at loading"),
    ("origin", "the consignor, by a certificate of origin (issued by the chamber of commerce)"),
    ("owner", "the seller or consignor: title documents with ownership at each moment; company registers for shares"),
    ("port_use", "the port agent or terminal operator"),
    ("country of", "the carrier or the port agent"),
    ("port of", "the carrier or the port agent"),
    ("address of the", "the consignor or the forwarder (consignment note, contract)"),
    ("no-russia clause", "the exporter, from the sales contract"),
    ("date of the contract", "the exporter, from the sales contract"),
    ("codes of the goods of art. 12f", "the operator of this system: load the codes as goods records"),
    ("destination_country", "the consignor or the declarant (export declaration)"),
    ("export_country", "the exporter or the declarant (export declaration)"),
    ("dual_use", "the exporter or the manufacturer (classification)"),
    ("goods", "the consignor or the declarant (commodity code of the declaration)"),
    ("discharge", "the customs office of destination, by the holder of the transit procedure (NCTS 045)"),
    ("limit_date", "the customs office of departure (NCTS release for transit)"),
    ("route", "the carrier or forwarder"),
    ("parties", "the consignor or the forwarder (consignment note, contract)"),
    ("seller", "the consignor, from the sales contract"),
    ("buyer", "the consignor, from the sales contract"),
    ("consignee", "the consignor, from the sales contract"),
    ("carrier", "the carrier or forwarder (consignment note, ship's papers)"),
    ("flag", "the carrier (ship's papers)"),
    ("insurer", "the carrier or the consignor (certificate of insurance)"),
    ("price", "the seller, from the sales contract"),
    ("list", "the operator of this system: load the list with `transitwatch reference`"),
)


def who_can_supply(missing: str) -> str:
    """Who is asked for a missing fact."""
    wanted = missing.casefold()
    return next((who for word, who in _SUPPLIERS if word in wanted), "the consignor or the carrier")


def kilograms(mass: float) -> str:
    """A mass in kg, from 1,000 kg on in tonnes.

    >>> kilograms(28_000_000), kilograms(420.5)
    ('28,000 t', '420.5 kg')
    """
    if mass >= 1000:
        return f"{mass / 1000:,.3f}".rstrip("0").rstrip(".") + " t"
    return f"{mass:g} kg"


def _place(place: Place) -> str:
    name = place.name or place.facility or place.address
    code = place.unlocode or place.iata or (f"ESR {place.esr}" if place.esr else None)
    inside = ", ".join(x for x in (code, place.country) if x)
    if name:
        return f"{name} ({inside})" if inside else name
    if inside:
        return inside
    if place.latitude is not None and place.longitude is not None:
        return f"{place.latitude:g}, {place.longitude:g}"
    return "a place not named"


def _transport(event: Event) -> str | None:
    t = event.transport
    if t is None:
        return None
    parts = [t.mode.lower().replace("_", " ") if t.mode else ""]
    if t.vessel_name or t.vessel_imo:
        flag = f", flag {t.vessel_flag}" if t.vessel_flag else ""
        parts.append(f"ship {t.vessel_name or ''} IMO {t.vessel_imo or 'not stated'}{flag}".replace("  ", " "))
    for what, numbers in (("wagons", t.wagons), ("containers", t.containers), ("plates", t.plates)):
        if numbers:
            more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
            parts.append(f"{what} {', '.join(numbers[:3])}{more}")
    return "by " + ", ".join(p for p in parts if p) if any(parts) else None


def _party(party: Party) -> str:
    country = party.country or party.nationality
    owners = "; ".join(
        f"{o.name} {f'{o.share_pct:g} %' if o.share_pct is not None else 'share not stated'}"
        + (", controls" if o.control else "")
        for o in party.owners
    )
    return (
        f"{party.role} {party.name or 'not named'}"
        + (f" ({country})" if country else " (country not stated)")
        + (f" [owned by {owners}]" if owners else "")
    )


def _goods(line: Goods) -> str:
    shares = ", ".join(
        o.country + (f" {o.share_pct:g} %" if o.share_pct is not None else "") + (f" by {o.proof}" if o.proof else "")
        for o in line.origin
    )
    mass = line.net_kg if line.net_kg is not None else line.gross_kg
    parts = [
        f"HS {line.hs}" if line.hs else "no HS code",
        line.description or "",
        kilograms(mass) if mass is not None else "",
        f"origin {shares}" if shares else "origin not stated",
        f"dual-use {line.dual_use}" if line.dual_use else "",
    ]
    return ", ".join(p for p in parts if p)


def _customs(event: Event) -> str | None:
    c = event.customs
    if c is None:
        return None
    parts = [
        f"MRN {c.mrn}" if c.mrn else "",
        f"procedure {c.procedure}" if c.procedure else "",
        f"office {c.office}" if c.office else "",
        f"to arrive by {iso_day(c.limit_date)}" if c.limit_date is not None else "",
        f"result {c.result}" if c.result else "",
    ]
    return "customs: " + ", ".join(p for p in parts if p) if any(parts) else None


def _documents(event: Event) -> Iterable[str]:
    for d in event.documents:
        until = f", valid until {iso_day(d.valid_until)}" if d.valid_until is not None else ""
        by = f" by {d.issuer}" if d.issuer else ""
        yield f"document: {d.type} {d.number or 'without number'}{by}{until}"


def _contract(event: Event) -> str | None:
    c = event.contract
    if c is None:
        return None
    price = f", {c.price.amount:g} {c.price.currency or ''} per {c.price.per or '?'}" if c.price else ""
    clause = {True: ", with no-Russia clause", False: ", without no-Russia clause", None: ""}[c.no_russia_clause]
    return f"contract {c.number or 'without number'}{f' of {iso_day(c.date)}' if c.date is not None else ''}{price}{clause}"


def _weight(event: Event) -> str | None:
    w = event.weight
    if w is None:
        return None
    masses = [f"{name} {kilograms(v)}" for name, v in (("net", w.net_kg), ("gross", w.gross_kg)) if v is not None]
    return f"weight: {', '.join(masses) or 'not stated'}{f' ({w.method})' if w.method else ''}"


def headline(event: Event) -> str:
    """What happened and where, in one line."""
    planned = "" if event.classifier == "ACTUAL" else f"{event.classifier.lower()}: "
    where = f" at {_place(event.place)}" if event.place is not None else ""
    use = f", used for {event.port_use}" if event.port_use else ""
    how = _transport(event)
    return f"{planned}{PHRASES.get(event.type, event.type.lower())}{where}{use}" + (f", {how}" if how else "")


def details(event: Event) -> list[str]:
    """What else the event states, a line each."""
    lines = [_party(p) for p in event.parties]
    lines += [f"goods: {_goods(g)}" for g in event.goods]
    if event.route:
        lines.append("route: " + " → ".join(leg.unlocode or leg.country or "?" for leg in event.route))
    tell: tuple[Callable[[Event], str | None], ...] = (_contract, _customs, _weight)
    lines += [text for text in (f(event) for f in tell) if text]
    lines += _documents(event)
    ways = ((event.export_country, "from"), (event.destination_country, "to"), (event.end_use_country, "for use in"))
    if any(country for country, _ in ways):
        lines.append("journey: " + ", ".join(f"{word} {country}" for country, word in ways if country))
    if event.seals:
        lines.append("seals: " + ", ".join(f"{s.number or '?'} {s.status or ''}".strip() for s in event.seals))
    if event.waivers:
        lines.append("relies on waivers " + ", ".join(event.waivers))
    return lines
