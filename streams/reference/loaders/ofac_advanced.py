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
_LATIN = "215"
_VALUES = ("PartySubType", "FeatureType", "DetailReference", "AreaCode", "Country", "IDRegDocType", "NamePartType")
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
            issued = element.find("IssuedBy")
            by = element.get("IssuedBy-CountryID", "") if issued is None else issued.get("CountryID", "")
            country = self.values["Country"].get(by, "")
            number = _joined(element, "IDRegistrationNo")
            self.documents.setdefault(element.get("IdentityID", ""), []).append((kind, number, country))
        elif tag == "SanctionsEntry":
            programmes, day = self.entries.get(element.get("ProfileID", ""), ([], None))  # one a list it stands on
            programmes = programmes + [_joined(m, "Comment") for m in element.iterfind("SanctionsMeasure")]
            days = [known for known in (day, _entry_day(element)) if known is not None]
            self.entries[element.get("ProfileID", "")] = (programmes, min(days, default=None))
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


_ORDER = ("nickname", "first name", "middle name", "patronymic", "matronymic", "last name", "maiden name")


def _names(draft: Draft, profile: Element, tables: _Tables, person: bool) -> None:
    kinds = tables.values["NamePartType"]
    groups = {
        group.get("ID"): kinds.get(group.get("NamePartTypeID", ""), "").lower()
        for group in profile.iter("NamePartGroup")
    }
    for alias in profile.iter("Alias"):
        weak = alias.get("LowQuality", "false").lower() == "true"
        for documented in alias.iterfind("DocumentedName"):
            found = [p for p in documented.iter("NamePartValue") if p.text and p.text.strip()]
            if person:
                found = _ordered(found, [groups.get(part.get("NamePartGroupID"), "") for part in found])
            draft.name(" ".join((part.text or "").strip() for part in found), weak=weak)


def _ordered(parts: list[Element], kinds: list[str]) -> list[Element]:
    """The parts of a person's name with the given names first; they may stand in any order, mostly the surname first."""
    if all(kind in _ORDER for kind in kinds):
        order = sorted(range(len(parts)), key=lambda n: _ORDER.index(kinds[n]))  # stable: equal kinds keep their order
        return [parts[n] for n in order]
    return [*parts[1:], *parts[:1]] if parts and parts[0].get("ScriptID") == _LATIN else parts


def _features(draft: Draft, profile: Element, tables: _Tables) -> None:
    for feature in profile.iterfind("Feature"):
        kind = tables.values["FeatureType"].get(feature.get("FeatureTypeID", ""), "")
        said, words = _detail(feature, tables), kind.strip().lower()
        if words == "birthdate":
            for period in feature.iter("DatePeriod"):
                draft.birth(_period(period))
        elif said and (number := number_kind(kind, said)) != "other":
            draft.identifier(number, said)
        if words == "vessel flag":
            draft.country(said)
        for place in feature.iter("VersionLocation"):
            text, country = tables.places.get(place.get("LocationID", ""), ("", ""))
            if words == "location":
                draft.address(text, country)
            if words in (
                "nationality country",
                "citizenship country",
                "nationality of registration",
                "vessel flag",
            ) or (words == "location" and draft.schema != "Person"):
                draft.country(country)


def _detail(feature: Element, tables: _Tables) -> str:
    """The text of a feature, its own or that of the value it refers to."""
    referred = (detail.get("DetailReferenceID") for detail in feature.iter("VersionDetail"))
    texts = [tables.values["DetailReference"].get(number, "") for number in referred if number]
    return " ".join(text for text in (_joined(feature, "VersionDetail"), *texts) if text)


def _period(period: Element) -> str:
    """A birth date of a period: a whole month or year is written by its first and last day, both edges as spans."""
    start, end = (_date(period.find(f"{edge}/From")) for edge in ("Start", "End"))
    last = _date(period.find("End/To")) or end
    if any((edge.get("Approximate") or "").lower() == "true" for edge in period):
        return f"circa {start}"
    if not last or start == last:
        return start
    if start[:7] == last[:7]:
        return start[:7]
    return start[:4] if start[:4] == last[:4] else f"{start} to {last}"


def _draft(profile: Element, tables: _Tables, about: About) -> Draft:
    subtype = profile.get("PartySubTypeID", "")
    named = tables.values["PartySubType"].get(subtype, "").lower()
    person = subtype in tables.persons or named == "individual"
    draft = Draft("Person" if person else _SCHEMAS.get(named, "Organization"), about)
    _names(draft, profile, tables, person)
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
