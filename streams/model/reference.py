"""Reference records: law, lists and policies as dated data (contract 2).

Every record has an ``id`` unique within its ``kind``; ``applies_from``/``applies_until`` are Brussels days
(days since 1970; until is exclusive, None is open), ``recorded_at`` is ms UTC. `confidence` carries
the tag of the source (``A`` primary text ... ``?`` open question) and ``note`` what is uncertain.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from msgspec import Struct

Measure = Literal["FREEZE", "ANNEX_IV", "TRANSACTION_BAN", "VESSEL_BAN", "OTHER"]
Schema = Literal["Person", "Organization", "Vessel", "Aircraft"]
Annex = Literal["XLVII-A", "XLVII-B", "XLVII-C", "XLVII-D", "LII-A", "LII-B"]
GoodsListName = Literal[
    "CHP", "COAL", "IMPORT_BAN_RU", "TRANSIT_RU", "TRANSIT_BY", "EXPORT_KG", "NO_RUSSIA_CLAUSE",
    "DILIGENCE", "ANNEX_VII", "OIL", "EXEMPT_CARGO",
]  # fmt: skip


class Record(Struct, frozen=True, kw_only=True):
    """What all reference records share."""

    kind: ClassVar[str]

    id: str
    applies_from: int | None = None
    applies_until: int | None = None
    source: str | None = None
    legal_basis: str | None = None
    recorded_at: int | None = None
    confidence: str | None = None
    note: str | None = None

    @property
    def record_key(self) -> str:
        """`kind:id`, the identity under which a later record replaces an earlier one."""
        return f"{self.kind}:{self.id}"

    def in_force(self, day: int) -> bool:
        """Whether the record applies on a Brussels day."""
        return (self.applies_from is None or self.applies_from <= day) and (
            self.applies_until is None or day < self.applies_until
        )


class ListedName(Struct, frozen=True):
    """A name of a listed party; a weak alias alone never hits (contract 6(20))."""

    name: str
    weak: bool = False


class ListedParty(Record, frozen=True, kw_only=True):
    """A person, organisation, ship or aircraft on a list, with the measures against it."""

    kind: ClassVar[str] = "party"

    list: str
    programme: str | None = None
    schema: Schema = "Organization"
    names: tuple[ListedName, ...] = ()
    countries: tuple[str, ...] = ()
    identifiers: dict[str, str] = {}
    birth_date: str | None = None
    addresses: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()


class Owned(Struct, frozen=True):
    """Who is owned: by record id, or by name with country and identifiers."""

    id: str | None = None
    name: str | None = None
    country: str | None = None
    identifiers: dict[str, str] = {}


class Ownership(Record, frozen=True, kw_only=True):
    """A holding: `share_pct` 0-100 (None is not stated), `control` a yes or no."""

    kind: ClassVar[str] = "ownership"

    owner_id: str
    owned: Owned
    share_pct: float | None = None
    control: bool | None = None


class ListedPlace(Record, frozen=True, kw_only=True):
    """A port, lock, airport, refinery or zone of an annex; latitude and longitude in degrees."""

    kind: ClassVar[str] = "place"

    annex: Annex
    name: str | None = None
    unlocode: str | None = None
    unlocodes: tuple[str, ...] = ()
    iata: str | None = None
    aliases: tuple[str, ...] = ()
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class GoodsEntry(Record, frozen=True, kw_only=True):
    """A goods list entry: HS prefix of 2-10 digits and/or a dual-use control code prefix."""

    kind: ClassVar[str] = "goods"

    list: GoodsListName
    tier: str | None = None
    hs: str | None = None
    dual_use: str | None = None
    excluding: tuple[str, ...] = ()
    hs_version: str | None = None


class WaiverCondition(Struct, frozen=True):
    """A condition of a waiver; which of the lists is used depends on the type (contract 2)."""

    type: Literal[
        "origin_only", "owner_not_from", "owner_not_listed", "port_use_only", "destination_in", "document", "in_force"
    ]
    countries: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    document_type: str | None = None


class Quota(Struct, frozen=True):
    """A volume cap in kilograms over a period of Brussels days (until is exclusive)."""

    kg: float
    period_from: int | None = None
    period_until: int | None = None


class Waiver(Record, frozen=True, kw_only=True):
    """An exemption, derogation or authorisation and its conditions."""

    kind: ClassVar[str] = "waiver"

    rule: Literal["R03", "R04", "R05", "R25"] = "R25"
    answers: str = "R02"
    goods: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    holder: str | None = None
    conditions: tuple[WaiverCondition, ...] = ()
    quota: Quota | None = None
    verify: str | None = None


class Policy(Record, frozen=True, kw_only=True):
    """A setting of the law's application with dates; the id is ``policy:<key>`` (contract 6(31))."""

    kind: ClassVar[str] = "policy"

    key: str
    value: Any = None


class Cap(Record, frozen=True, kw_only=True):
    """A price cap in US dollars per barrel; `contract_*` are Brussels days of the carry-over."""

    kind: ClassVar[str] = "cap"

    product: Literal["crude", "product_premium", "product_discount"]
    usd_per_bbl: float
    contract_before: int | None = None
    contract_grace_until: int | None = None


class Clearance(Record, frozen=True, kw_only=True):
    """Somebody's finding that a party is not the list entry that it resembles; ends on `applies_until`.

    ``party`` is a party key and ``entry_hash`` the material content of ``entry`` (a `kind:id`) as it was looked at
    (`streams.rules.clearances`). It holds for one consignment when `consignment_id` is stated, else wherever the party
    occurs; a match by an equal identifier is overruled only with ``despite_identifiers``.
    """

    kind: ClassVar[str] = "clearance"

    party: str
    entry: str
    entry_hash: str
    cleared_by: str
    reason: str
    consignment_id: str | None = None
    despite_identifiers: bool = False


class ListState(Record, frozen=True, kw_only=True):
    """The state of a loaded list: `fetched_at` ms UTC, number of records."""

    kind: ClassVar[str] = "list"

    list: str
    measures: tuple[Measure, ...] = ()
    fetched_at: int | None = None
    records: int | None = None


AnyRecord = ListedParty | Ownership | ListedPlace | GoodsEntry | Waiver | Policy | Cap | ListState | Clearance
RECORD_TYPES: dict[str, type[Record]] = {
    cls.kind: cls
    for cls in (ListedParty, Ownership, ListedPlace, GoodsEntry, Waiver, Policy, Cap, ListState, Clearance)
}
TOPIC_OF_KIND: dict[str, str] = {
    "party": "reference.parties",
    "ownership": "reference.parties",
    "list": "reference.parties",
    "clearance": "reference.parties",
    "waiver": "reference.waivers",
    "policy": "reference.waivers",
    "cap": "reference.waivers",
    "goods": "reference.goods",
    "place": "reference.places",
}
