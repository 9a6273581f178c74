"""The words of EPCIS 1.2 and 2.0 and of the Core Business Vocabulary (GS1 CBV 2.0), and what they mean in the contract."""

from __future__ import annotations

from functools import lru_cache

from streams.model.events import EventType, ReferenceType

KINDS = ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent")
"""The event types of EPCIS; `QuantityEvent`, deprecated since 1.1, is refused by name."""

ACTIONS = ("ADD", "OBSERVE", "DELETE")

FIELDS = frozenset({
    "@context", "type", "eventID", "eventTime", "eventTimeZoneOffset", "recordTime", "errorDeclaration", "certificationInfo",
    "action", "bizStep", "disposition", "persistentDisposition", "readPoint", "bizLocation", "bizTransactionList",
    "sourceList", "destinationList", "sensorElementList", "ilmd", "epcList", "quantityList", "parentID", "childEPCs",
    "childQuantityList", "inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID",
})  # fmt: skip
"""Fields of the standard; anything else needs a namespace of its own."""

STEPS: dict[str, EventType] = {
    "accepting": "ARRIVED", "arriving": "ARRIVED", "receiving": "ARRIVED",
    "consigning": "DEPARTED", "departing": "DEPARTED", "shipping": "DEPARTED",
    "loading": "LOADED", "unloading": "UNLOADED",
    "holding": "STORED", "staging_outbound": "STORED", "stocking": "STORED", "storing": "STORED",
    "assembling": "PROCESSED", "disassembling": "PROCESSED", "repackaging": "PROCESSED",
    "collecting": "POSITION", "commissioning": "POSITION", "creating_class_instance": "POSITION",
    "cycle_counting": "POSITION", "decommissioning": "POSITION", "destroying": "POSITION", "dispensing": "POSITION",
    "encoding": "POSITION", "entering_exiting": "POSITION", "inspecting": "POSITION", "installing": "POSITION",
    "killing": "POSITION", "other": "POSITION", "packing": "POSITION", "picking": "POSITION", "removing": "POSITION",
    "repairing": "POSITION", "replacing": "POSITION", "reserving": "POSITION", "retail_selling": "POSITION",
    "sampling": "POSITION", "sensor_reporting": "POSITION", "stock_taking": "POSITION", "transporting": "POSITION",
    "unpacking": "POSITION",
}  # fmt: skip
"""CBV 7.1: what a business step says of the movement; POSITION where it says no more than: seen here."""

VOID_SHIPPING = "void_shipping"
"""Takes back an outbound step without naming its event: nothing in the contract can follow it."""

DISPOSITIONS = frozenset({
    "active", "available", "completeness_inferred", "completeness_verified", "conformant", "container_closed",
    "container_open", "damaged", "destroyed", "dispensed", "disposed", "encoded", "expired", "in_progress", "in_transit",
    "inactive", "mismatch_class", "mismatch_instance", "mismatch_quantity", "needs_replacement", "no_pedigree_match",
    "non_conformant", "non_sellable_damaged", "non_sellable_disposed", "non_sellable_expired",
    "non_sellable_no_pedigree_match", "non_sellable_other", "non_sellable_recalled", "partially_dispensed", "recalled",
    "reserved", "retail_sold", "returned", "sellable_accessible", "sellable_not_accessible", "stolen", "unavailable",
    "unknown",
})  # fmt: skip
"""CBV 7.2."""

BY_DISPOSITION: dict[str, EventType] = {"container_closed": "SEALED"}
"""What a disposition says where the step says no more than: seen here (CBV 7.2: loaded, doors closed and sealed)."""

DOCUMENTS: dict[str, ReferenceType] = {
    "bol": "BL", "cert": "CERTIFICATE", "inv": "INVOICE",
    "booking": "BOOKING", "cim": "CIM", "cmr": "CMR", "mrn": "MRN", "smgs": "SMGS", "ucr": "UCR",
}  # fmt: skip
"""Business transaction types (CBV 7.3) that the contract has a reference for; the last six are no words of CBV, but the
last part of a type of one's own (`https://example.com/btt/cmr`) is read likewise."""

MOVEMENT_DOCUMENTS = ("mrn", "bol", "cmr", "smgs", "cim", "ucr", "booking", "desadv")
"""Documents of one movement, the best first: their number is the consignment before that of any unit."""

TRADE_DOCUMENTS = ("inv", "po", "poc", "prodorder", "recadv", "rma", "cert", "pedigree")
"""Documents of the deal: their number is the consignment before those of single items."""

KILOGRAMS: dict[str, float] = {
    "KGM": 1.0, "GRM": 1e-3, "MGM": 1e-6, "TNE": 1000.0, "DTN": 100.0, "LBR": 0.45359237, "ONZ": 0.028349523125,
    "STN": 907.18474, "LTN": 1016.0469088,
}  # fmt: skip
"""Kilograms per unit of mass by UN/ECE Recommendation 20 code."""

_STEMS = (
    "urn:epcglobal:cbv:bizstep:", "urn:epcglobal:cbv:disp:", "urn:epcglobal:cbv:btt:", "urn:epcglobal:cbv:sdt:",
    "urn:epcglobal:cbv:er:", "https://ref.gs1.org/cbv/BizStep-", "https://ref.gs1.org/cbv/Disp-",
    "https://ref.gs1.org/cbv/BTT-", "https://ref.gs1.org/cbv/SDT-", "https://ref.gs1.org/cbv/ER-",
    "https://ref.gs1.org/cbv/Comp-", "https://ref.gs1.org/voc/", "cbv:BizStep-", "cbv:Disp-", "cbv:BTT-", "cbv:SDT-",
    "cbv:ER-", "cbv:Comp-", "cbv:", "gs1:", "https://gs1.org/voc/", "http://gs1.org/voc/",
)  # fmt: skip


_LONGEST_KEPT = 200
"""What is longer is no word of the vocabulary, and is not kept in memory."""


def word(text: str) -> str:
    """The bare word of the vocabulary in a URN, web address or CURIE; a word of one's own stays whole."""
    return _bare(text) if len(text) <= _LONGEST_KEPT else text


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    return next((text[len(stem) :] for stem in _STEMS if text.startswith(stem)), text)


def is_own(text: str) -> bool:
    """Whether a word is somebody's own: a URI or CURIE outside of the vocabulary."""
    return ":" in word(text)


def last_part(text: str) -> str:
    """The last part of a word or of a URI, in lower case."""
    return word(text).rstrip("/").replace("#", "/").replace(":", "/").rpartition("/")[2].lower()
