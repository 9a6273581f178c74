"""OFAC's simple XML, sdn.xml and consolidated.xml (domain 7): one `sdnEntry` after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from streams.model.reference import Schema
from streams.reference.loaders.base import About, Draft, Loaded, built
from streams.reference.loaders.words import country_of, number_kind
from streams.reference.loaders.xmlstream import entries, text_of

ROOT = "sdnList"
_SCHEMAS: dict[str, Schema] = {"individual": "Person", "vessel": "Vessel", "aircraft": "Aircraft"}
_BIRTHS = "dateOfBirthList/dateOfBirthItem"


def _name(element: Element) -> str:
    return f"{text_of(element, 'firstName')} {text_of(element, 'lastName')}"


def _numbers(draft: Draft, entry: Element) -> None:
    for item in entry.iterfind("idList/id"):
        words, value = text_of(item, "idType"), text_of(item, "idNumber")
        kind = number_kind(words, value, country_of(text_of(item, "idCountry")))
        if kind != "other":
            draft.identifier(kind, value)


def _draft(entry: Element, about: About) -> Draft:
    draft = Draft(_SCHEMAS.get(text_of(entry, "sdnType").strip().lower(), "Organization"), about)
    draft.name(_name(entry))
    for alias in entry.iterfind("akaList/aka"):
        draft.name(_name(alias), weak=text_of(alias, "category").strip().lower() == "weak")
    for programme in entry.iterfind("programList/program"):
        draft.programme(programme.text)
    for birth in entry.iterfind(_BIRTHS):
        draft.birth(text_of(birth, "dateOfBirth"))
    for path in ("nationalityList/nationality", "citizenshipList/citizenship"):
        for item in entry.iterfind(path):
            draft.country(text_of(item, "country"))
    for item in entry.iterfind("addressList/address"):
        draft.address(*(text_of(item, part) for part in (
            "address1", "address2", "address3", "city", "stateOrProvince", "postalCode", "country",
        )))  # fmt: skip
        if draft.schema != "Person":  # a person's address says nothing of nationality
            draft.country(text_of(item, "country"))
    draft.identifier("call_sign", text_of(entry, "vesselInfo/callSign"))
    draft.country(text_of(entry, "vesselInfo/vesselFlag"))
    if owner := text_of(entry, "vesselInfo/vesselOwner"):
        draft.notes.append(f"owner {owner}")
    _numbers(draft, entry)
    return draft


def load_ofac_xml(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Records of sdn.xml or consolidated.xml. Raises ListRefused when a file is not that."""
    for file in files:
        for entry in entries(file, (ROOT,), ("sdnEntry",)):
            draft = _draft(entry.element, about)
            yield built(draft, text_of(entry.element, "uid"), str(file), f"line {entry.line}")
