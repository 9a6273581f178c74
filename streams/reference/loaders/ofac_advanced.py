"""OFAC's advanced XML, sdn_advanced.xml: read twice, as parties stand between the tables they refer to.

The first reading gathers the value sets, the places, the documents and the entries with programmes and dates, all by
number; the second gives the parties one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from streams.model.reference import Schema
from streams.reference.loaders.base import About, Draft, Loaded, built
from streams.reference.loaders.words import country_of, law_day, number_kind
from streams.reference.loaders.xmlstream import entries

ROOT = "Sanctions"
_VALUES = ("PartySubType", "FeatureType", "AreaCode", "Country", "IDRegDocType", "NamePartType")
_SCHEMAS: dict[str, Schema] = {"vessel": "Vessel", "aircraft": "Aircraft"}


def _joined(element: Element, tag: str) -> str:
    return " ".join(found.text.strip() for found in element.iter(tag) if found.text and found.text.strip())


class _Tables:
    """What the parties refer to, by number."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, str]] = {name: {} for name in _VALUES}
        self.persons: set[str] = set()
        self.places: dict[str, tuple[str, str]] = {}
        self.documents: dict[str, list[tuple[str, str, str]]] = {}
        self.entries: dict[str, tuple[list[str], int | None]] = {}

    def take(self, element: Element) -> None:
        """Keep one element of the first reading."""
        tag = element.tag
        if tag == "Location":
            area = element.find("LocationCountry")
            country = self.values["Country"].get(area.get("CountryID", ""), "") if area is not None else ""
            code = element.find("LocationAreaCode")
            if not country and code is not None:
                country = self.values["AreaCode"].get(code.get("AreaCodeID", ""), "")
            self.places[element.get("ID", "")] = (_joined(element, "Value"), country)
        elif tag == "IDRegDocument":
            kind = self.values["IDRegDocType"].get(element.get("IDRegDocTypeID", ""), "")
            country = self.values["Country"].get(element.get("IssuedBy-CountryID", ""), "")
            number = _joined(element, "IDRegistrationNo")
            self.documents.setdefault(element.get("IdentityID", ""), []).append((kind, number, country))
        elif tag == "SanctionsEntry":
            programmes = [_joined(m, "Comment") for m in element.iterfind("SanctionsMeasure")]
            self.entries[element.get("ProfileID", "")] = (programmes, _entry_day(element))
        else:
            self.values[tag][element.get("ID", "")] = (element.text or "").strip()
            if tag == "PartySubType" and element.get("PartyTypeID") == "1":
                self.persons.add(element.get("ID", ""))


def _date(element: Element | None) -> str:
    """`YYYY-MM-DD` of an element with Year, Month and Day."""
    if element is None:
        return ""
    parts = [(element.findtext(part) or "").strip() for part in ("Year", "Month", "Day")]
    return "-".join(part.zfill(2) for part in parts if part)


def _entry_day(element: Element) -> int | None:
    days = [law_day(_date(event.find("Date"))) for event in element.iterfind("EntryEvent")]
    return min((day for day in days if day is not None), default=None)


def _names(draft: Draft, profile: Element, person: bool) -> None:
    for alias in profile.iter("Alias"):
        weak = alias.get("LowQuality", "false").lower() == "true"
        for documented in alias.iterfind("DocumentedName"):
            parts = [p.text.strip() for p in documented.iter("NamePartValue") if p.text and p.text.strip()]
            if person and len(parts) > 1 and documented.find(".//NamePartValue[@ScriptID='215']") is not None:
                parts = [*parts[1:], parts[0]]  # Latin names of people stand with the surname first
            draft.name(" ".join(parts), weak=weak)


def _features(draft: Draft, profile: Element, tables: _Tables) -> None:
    for feature in profile.iterfind("Feature"):
        kind = tables.values["FeatureType"].get(feature.get("FeatureTypeID", ""), "")
        said, words = _joined(feature, "VersionDetail"), kind.lower()
        if words == "birthdate":
            start, end = (_date(feature.find(f".//DatePeriod/{edge}/From")) for edge in ("Start", "End"))
            draft.birth(
                start if start == end or not end else start[:4] if start[:4] == end[:4] else f"{start} to {end}"
            )
        elif said and (number := number_kind(kind, said)) != "other":
            draft.identifier(number, said)
        for place in feature.iter("VersionLocation"):
            text, country = tables.places.get(place.get("LocationID", ""), ("", ""))
            if words == "location":
                draft.address(text, country)
            if words in ("nationality country", "citizenship country") or (
                words == "location" and draft.schema != "Person"
            ):
                draft.country(country)


def _draft(profile: Element, tables: _Tables, about: About) -> Draft:
    subtype = profile.get("PartySubTypeID", "")
    named = tables.values["PartySubType"].get(subtype, "").lower()
    person = subtype in tables.persons or named == "individual"
    draft = Draft("Person" if person else _SCHEMAS.get(named, "Organization"), about)
    _names(draft, profile, person)
    _features(draft, profile, tables)
    for identity in profile.iterfind("Identity"):
        for kind, number, country in tables.documents.get(identity.get("ID", ""), ()):
            code = country_of(country)
            if (known := number_kind(kind, number, code)) != "other":
                draft.identifier(known, number)
    programmes, draft.applies_from = tables.entries.get(profile.get("ID", ""), ([], None))
    for programme in programmes:
        draft.programme(programme)
    return draft


def load_ofac_advanced(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Records of sdn_advanced.xml or cons_advanced.xml. Raises ListRefused when a file is not that."""
    for file in files:
        tables = _Tables()
        for entry in entries(file, (ROOT,), (*_VALUES, "Location", "IDRegDocument", "SanctionsEntry")):
            tables.take(entry.element)
        for entry in entries(file, (ROOT,), ("DistinctParty",)):
            for profile in entry.element.iterfind("Profile"):
                uid = entry.element.get("FixedRef") or profile.get("ID")
                yield built(_draft(profile, tables, about), uid, str(file), f"line {entry.line}")
