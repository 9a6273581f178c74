"""The event of the contract (section 1) and its parts.

Times are ms UTC, days are days since 1970 (see `moments`), masses kilograms, countries ISO 3166-1
alpha-2. ``None`` and the empty tuple mean *not stated*, never "no". The classes are written as
arrays when encoded with msgspec, which keeps the state of a consignment small; JSON and Avro carry
the field names (`intake`, `streams.kafka.codec`). The fields and their order in `schemas/*.avsc`
are the same, checked by a test.
"""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

EventType = Literal[
    "BOOKED", "LOADED", "UNLOADED", "DEPARTED", "ARRIVED", "BORDER_CROSSED", "PORT_CALL", "STORED",
    "TRANSSHIPPED", "STS_TRANSFER", "POSITION", "POSITION_GAP", "OWNERSHIP_TRANSFERRED", "WEIGHED",
    "PROCESSED", "SEALED", "SEAL_CHECKED", "SPLIT", "MERGED", "ROUTE_CHANGED", "PARTIES_CHANGED",
    "DELIVERED", "CANCELLED", "RETRACTED",
    "DECLARED", "RELEASED_FOR_TRANSIT", "ARRIVED_AT_DESTINATION", "CONTROLLED", "DISCHARGED",
    "ENQUIRY_OPENED", "EXPORT_CONFIRMED", "INVALIDATED", "CERTIFIED",
]  # fmt: skip
EVENT_TYPES: tuple[str, ...] = get_args(EventType)
CUSTOMS_TYPES = frozenset(EVENT_TYPES[EVENT_TYPES.index("DECLARED") :])
"""Types of `customs.events`; RETRACTED may stand on either topic."""

Classifier = Literal["PLANNED", "ESTIMATED", "ACTUAL"]
Mode = Literal["SEA", "RAIL", "ROAD", "AIR", "INLAND_WATERWAY", "PIPELINE"]
Role = Literal[
    "CONSIGNOR", "CONSIGNEE", "SELLER", "BUYER", "OWNER", "CARRIER", "FORWARDER", "DECLARANT",
    "INSURER", "BANK", "END_USER", "NOTIFY_PARTY", "SHIP_OWNER", "SHIP_OPERATOR",
    "TERMINAL_OPERATOR", "GUARANTOR",
]  # fmt: skip
PortUse = Literal[
    "LOADING", "DISCHARGE", "TRANSIT", "DEPARTURE", "STORAGE", "PROCESSING", "SALE", "BUNKERING", "SUPPLY"
]
ReferenceType = Literal[
    "MRN", "BL", "CIM", "SMGS", "CMR", "BOOKING", "CONTAINER", "WAGON", "UCR", "INVOICE", "CERTIFICATE"
]
DocumentType = Literal[
    "CERTIFICATE_OF_ORIGIN", "DUE_DILIGENCE", "PRICE_ATTESTATION", "DEROGATION", "AUTHORISATION",
    "INSURANCE", "QUALITY",
]  # fmt: skip
WeighMethod = Literal["DECLARED", "WAGON_SCALE", "WEIGHBRIDGE", "DRAUGHT_SURVEY"]
SealKind = Literal["MECHANICAL", "NAVIGATION"]
SealStatus = Literal["AFFIXED", "INTACT", "BROKEN", "MISSING", "SILENT", "REMOVED"]


class Place(Struct, array_like=True, frozen=True, gc=False):
    """Where: UN/LOCODE before IATA or ESR code before coordinates before name (contract 6(6))."""

    unlocode: str | None = None
    iata: str | None = None
    esr: str | None = None
    name: str | None = None
    country: str | None = None
    facility: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class Transport(Struct, array_like=True, frozen=True, gc=False):
    """The means of transport: ship by IMO number, wagons (8 digits), containers (ISO 6346), plates."""

    mode: Mode | None = None
    vessel_imo: str | None = None
    vessel_name: str | None = None
    vessel_flag: str | None = None
    mmsi: str | None = None
    voyage: str | None = None
    wagons: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()


class Holder(Struct, array_like=True, frozen=True, gc=False):
    """A stated owner of a party: `share_pct` 0-100, `control` as a yes, a no or not stated."""

    name: str
    country: str | None = None
    birth_date: str | None = None
    identifiers: dict[str, str] | None = None
    share_pct: float | None = None
    control: bool | None = None


class Party(Struct, array_like=True, frozen=True, gc=False):
    """A party in a role. ``identifiers`` are keyed by type: bin, inn, ogrn, lei, eori, imo_company, reg."""

    role: Role
    name: str | None = None
    country: str | None = None
    address: str | None = None
    nationality: str | None = None
    birth_date: str | None = None
    identifiers: dict[str, str] | None = None
    owners: tuple[Holder, ...] = ()


class Origin(Struct, array_like=True, frozen=True, gc=False):
    """A share of origin, per cent; a single country without a share is 100 (contract 1)."""

    country: str
    share_pct: float | None = None
    proof: str | None = None


class Money(Struct, array_like=True, frozen=True, gc=False):
    """An amount in an ISO 4217 currency."""

    amount: float
    currency: str


class Goods(Struct, array_like=True, frozen=True, gc=False):
    """A line of goods: HS code of 6-10 digits, masses in kg. `dual_use` "" states: no control code."""

    line: int | None = None
    hs: str | None = None
    dual_use: str | None = None
    description: str | None = None
    origin: tuple[Origin, ...] = ()
    net_kg: float | None = None
    gross_kg: float | None = None
    packages: int | None = None
    value: Money | None = None


class Leg(Struct, array_like=True, frozen=True, gc=False):
    """A planned leg of the route."""

    country: str | None = None
    unlocode: str | None = None
    mode: Mode | None = None


class Reference(Struct, array_like=True, frozen=True, gc=False):
    """A number of a document or of equipment."""

    type: ReferenceType
    value: str


class Document(Struct, array_like=True, frozen=True, gc=False):
    """Evidence; `issued_at` and `valid_until` are Brussels days."""

    type: DocumentType
    number: str | None = None
    issuer: str | None = None
    issued_at: int | None = None
    valid_until: int | None = None
    scope: str | None = None
    quantity_kg: float | None = None


class Price(Struct, array_like=True, frozen=True, gc=False):
    """A contract price `per` bbl, t or total."""

    amount: float
    currency: str | None = None
    per: str | None = None


class Contract(Struct, array_like=True, frozen=True, gc=False):
    """The sale contract; `date` is a Brussels day."""

    number: str | None = None
    date: int | None = None
    no_russia_clause: bool | None = None
    price: Price | None = None
    delivery_terms: str | None = None


class Customs(Struct, array_like=True, frozen=True, gc=False):
    """Customs data; `limit_date` is the Brussels day until which a transit must arrive."""

    mrn: str | None = None
    procedure: str | None = None
    office: str | None = None
    limit_date: int | None = None
    result: str | None = None
    message: str | None = None


class Weight(Struct, array_like=True, frozen=True, gc=False):
    """A weighing, kilograms."""

    net_kg: float | None = None
    gross_kg: float | None = None
    method: WeighMethod | None = None


class Seal(Struct, array_like=True, frozen=True, gc=False):
    """A seal and what was seen of it."""

    number: str | None = None
    kind: SealKind | None = None
    status: SealStatus | None = None


class Event(Struct, array_like=True, frozen=True, gc=False):
    """One thing that happened (or is planned) to a consignment, as its sender states it."""

    event_id: str
    source: str
    type: EventType
    consignment_id: str
    occurred_at: int
    recorded_at: int
    classifier: Classifier = "ACTUAL"
    replaces: str | None = None
    retracts: str | None = None
    place: Place | None = None
    transport: Transport | None = None
    parties: tuple[Party, ...] = ()
    goods: tuple[Goods, ...] = ()
    route: tuple[Leg, ...] = ()
    references: tuple[Reference, ...] = ()
    documents: tuple[Document, ...] = ()
    export_country: str | None = None
    destination_country: str | None = None
    end_use_country: str | None = None
    contract: Contract | None = None
    port_use: PortUse | None = None
    customs: Customs | None = None
    weight: Weight | None = None
    gap_until: int | None = None
    seals: tuple[Seal, ...] = ()
    waivers: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    from_: tuple[str, ...] = ()

    @property
    def uid(self) -> str:
        """`source/event_id`, unique over all sources; how findings name their evidence."""
        return f"{self.source}/{self.event_id}"

    @property
    def order(self) -> tuple[int, int, str, str]:
        """The key by which events fold (contract 1.2)."""
        return (self.occurred_at, self.recorded_at, self.source, self.event_id)


def topic_kind(event: Event) -> Literal["shipments", "customs"]:
    """Which of the two event topics carries an event of this type (contract 1.1)."""
    return "customs" if event.type in CUSTOMS_TYPES else "shipments"
