"""The UK Sanctions List as XML (one list since 28 January 2026): `Designation` after `Designation` (domain 7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from streams.model.reference import Schema
from streams.reference.loaders.base import About, Draft, Loaded, built
from streams.reference.loaders.words import law_day, number_kind
from streams.reference.loaders.xmlstream import entries, text_of

_SCHEMAS: dict[str, Schema] = {"individual": "Person", "ship": "Vessel"}
_LINES = (*(f"AddressLine{n}" for n in range(1, 7)), "AddressPostalCode", "AddressCountry")
_NUMBERS = (
    ("PassportNumber", "passport"), ("NationalIdentifierNumber", "national id"),
    ("BusinessRegistrationNumber", "registration"), ("HIN", "hull"),
)  # fmt: skip


def _all(element: Element, tag: str) -> Iterator[str]:
    """The texts of all elements of a name below this one."""
    for found in element.iter(tag):
        if found.text and found.text.strip():
            yield found.text


def _names(draft: Draft, entry: Element) -> None:
    for item in entry.iterfind("Names/Name"):
        # Name6 is the surname or the one name of a firm; Name1-5 stand before it
        name = " ".join(text for n in range(1, 7) if (text := text_of(item, f"Name{n}").strip()))
        weak = "low" in text_of(item, "AliasStrength").lower() or "low" in text_of(item, "AliasQuality").lower()
        draft.name(name, weak=weak)
    for name in _all(entry, "NameNonLatinScript"):
        draft.name(name)


def _draft(entry: Element, about: About) -> Draft:
    kind = text_of(entry, "IndividualEntityShip").strip().lower()
    draft = Draft(_SCHEMAS.get(kind, "Organization"), about)
    _names(draft, entry)
    draft.programme(text_of(entry, "RegimeName"))
    draft.legal_basis = " ".join(text_of(entry, "RegimeName").split()) or None
    draft.applies_from = law_day(text_of(entry, "DateDesignated"))
    for birth in _all(entry, "DOB"):
        draft.birth(birth)
    for country in (*_all(entry, "Nationality"), *_all(entry, "CurrentBelievedFlagOfShip")):
        draft.country(country)
    for address in entry.iterfind("Addresses/Address"):
        draft.address(*(text_of(address, line) for line in _LINES))
        if draft.schema == "Organization":  # a person's address says nothing of nationality
            draft.country(text_of(address, "AddressCountry"))
    for number in _all(entry, "IMONumber"):
        draft.identifier("imo", number)
    for tag, words in _NUMBERS:
        for number in _all(entry, tag):
            draft.identifier(number_kind(words, number), number)
    return draft


def load_uk(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Records of UK-Sanctions-List.xml. Raises ListRefused when a file is not that."""
    for file in files:
        for entry in entries(file, ("Designations",), ("Designation",)):
            uid = text_of(entry.element, "UniqueID")
            yield built(_draft(entry.element, about), uid, str(file), f"line {entry.line}")
