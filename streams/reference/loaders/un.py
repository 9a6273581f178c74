"""The consolidated list of the UN Security Council as XML: `INDIVIDUAL` and `ENTITY` (domain 7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from streams.reference.loaders.base import About, Draft, Loaded, built
from streams.reference.loaders.words import country_of, law_day, number_kind
from streams.reference.loaders.xmlstream import entries, text_of

_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_ADDRESS = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")


def _birth(draft: Draft, item: Element) -> None:
    """A birth date; a span or an approximation is told in the note, as it must not exclude anyone."""
    kind = text_of(item, "TYPE_OF_DATE").strip().upper()
    stated = text_of(item, "DATE") or text_of(item, "YEAR")
    if kind == "BETWEEN":
        stated = f"{text_of(item, 'FROM_YEAR')} to {text_of(item, 'TO_YEAR')}"
    draft.birth(f"{kind.lower()} {stated}" if kind == "APPROXIMATELY" and stated else stated)


def _aliases(draft: Draft, entry: Element, kind: str) -> None:
    for alias in entry.iterfind(f"{kind}_ALIAS"):
        weak = text_of(alias, "QUALITY").strip().lower() == "low"
        for name in text_of(alias, "ALIAS_NAME").split(";"):
            draft.name(name, weak=weak)


def _draft(entry: Element, about: About) -> Draft:
    kind = "INDIVIDUAL" if entry.tag == "INDIVIDUAL" else "ENTITY"
    draft = Draft("Person" if kind == "INDIVIDUAL" else "Organization", about)
    draft.name(" ".join(text_of(entry, part) for part in _NAMES))
    draft.name(text_of(entry, "NAME_ORIGINAL_SCRIPT"))
    _aliases(draft, entry, kind)
    draft.programme(text_of(entry, "UN_LIST_TYPE"))
    draft.legal_basis = text_of(entry, "REFERENCE_NUMBER").strip() or None
    draft.applies_from = law_day(text_of(entry, "LISTED_ON")[:10])
    for birth in entry.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        _birth(draft, birth)
    for country in entry.iterfind("NATIONALITY/VALUE"):
        draft.country(country.text)
    for address in entry.iterfind(f"{kind}_ADDRESS"):
        draft.address(*(text_of(address, part) for part in _ADDRESS))
        if kind == "ENTITY":  # a person's address says nothing of nationality
            draft.country(text_of(address, "COUNTRY"))
    for document in entry.iterfind("INDIVIDUAL_DOCUMENT"):
        number = text_of(document, "NUMBER")
        words = f"{text_of(document, 'TYPE_OF_DOCUMENT')} {text_of(document, 'TYPE_OF_DOCUMENT2')}"
        issuer = text_of(document, "ISSUING_COUNTRY") or text_of(document, "COUNTRY_OF_ISSUE")
        draft.identifier(number_kind(words, number, country_of(issuer)), number)
    return draft


def load_un(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Records of consolidated.xml. Raises ListRefused when a file is not that."""
    for file in files:
        for entry in entries(file, ("CONSOLIDATED_LIST",), ("INDIVIDUAL", "ENTITY")):
            uid = text_of(entry.element, "REFERENCE_NUMBER").strip() or text_of(entry.element, "DATAID")
            yield built(_draft(entry.element, about), uid, str(file), f"line {entry.line}")
