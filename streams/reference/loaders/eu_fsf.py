"""The EU's consolidated list of financial sanctions: XML 1.1 with its values in attributes, and the reduced JSON.

An entry is in force from its designation date, or from an earlier regulation that names it. Where it states no such
date, the regulation it carries may be a late amendment: then the regulations of its names count too. Aliases with
strong="false" or a remark of low quality are weak; papers known to be false and the country UNKNOWN (00) say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import msgspec

from streams.errors import ListRefused
from streams.reference.loaders.base import About, Draft, Loaded, Refused, built
from streams.reference.loaders.reading import sniff
from streams.reference.loaders.words import country_of, law_day, number_kind
from streams.reference.loaders.xmlstream import entries

_MAX_JSON = 64_000_000


def _names(draft: Draft, entity: Element) -> None:
    for alias in entity.iterfind("nameAlias"):
        parts = (alias.get("firstName"), alias.get("middleName"), alias.get("lastName"))
        whole = alias.get("wholeName") or " ".join(p for p in parts if p)
        remark = (alias.findtext("remark") or "").lower()
        draft.name(whole, weak=alias.get("strong", "true").lower() == "false" or "low quality" in remark)


def _law(draft: Draft, entity: Element) -> None:
    designated = law_day(entity.get("designationDate"))
    days, acts = [designated], []
    for regulation in entity.iterfind("regulation"):
        draft.programme(regulation.get("programme"))
        acts.append(regulation.get("numberTitle") or "")
        days.append(law_day(regulation.get("entryIntoForceDate")) or law_day(regulation.get("publicationDate")))
    if designated is None:
        days += [law_day(summary.get("publicationDate")) for summary in entity.iterfind("nameAlias/regulationSummary")]
    draft.applies_from = min((day for day in days if day is not None), default=None)
    draft.legal_basis = "; ".join(dict.fromkeys(act for act in acts if act)) or None


def _birth(draft: Draft, item: Element) -> None:
    year, month, day = (item.get(key) or "" for key in ("year", "monthOfYear", "dayOfMonth"))
    stated = item.get("birthdate") or "-".join(p.zfill(2) for p in (year, month, day if month else "") if p)
    first, last = item.get("yearRangeFrom") or "", item.get("yearRangeTo") or ""
    if not stated and (first or last):
        stated = first if first == last else f"{first or '?'} to {last or '?'}"
    draft.birth(f"circa {stated}" if item.get("circa", "").lower() == "true" and stated else stated)


def _identification(draft: Draft, item: Element) -> None:
    number = item.get("latinNumber") or item.get("number") or ""
    words = f"{item.get('identificationTypeDescription', '')} {item.get('identificationTypeCode', '')}"
    if words.strip().lower() == "imo":
        words = "imo"
    if item.get("knownFalse", "").lower() == "true":
        draft.notes.append(f"a document known to be false: {words.strip()[:60]} {number[:40]}")
        return
    draft.identifier(number_kind(words, number, country_of(item.get("countryIso2Code") or "")), number)


def _draft(entity: Element, about: About) -> Draft:
    subject = entity.find("subjectType")
    code = (subject.get("code") or "") if subject is not None else ""
    draft = Draft("Person" if code.lower() == "person" else "Organization", about)
    _names(draft, entity)
    _law(draft, entity)
    for item in entity.iterfind("birthdate"):
        _birth(draft, item)
    for item in entity.iterfind("citizenship"):
        draft.country(item.get("countryIso2Code"))
    for item in entity.iterfind("address"):
        country = item.get("countryDescription") or ""
        draft.address(*(item.get(key) for key in ("street", "poBox", "zipCode", "city", "region", "place")),
                      "" if country == "UNKNOWN" else country)  # fmt: skip
        if draft.schema != "Person":  # a person's address says nothing of nationality
            draft.country(item.get("countryIso2Code"))
    for item in entity.iterfind("identification"):
        _identification(draft, item)
    return draft


def load_eu_fsf(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Records of xmlFullSanctionsList 1.1 (and 1.0 as far as it writes the same). Raises ListRefused."""
    for file in files:
        for entry in entries(file, ("export",), ("sanctionEntity",)):
            element = entry.element
            uid = element.get("euReferenceNumber") or element.get("logicalId")
            yield built(_draft(element, about), uid, str(file), f"line {entry.line}")


def _texts(value: Any) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _json_draft(item: dict[str, Any], about: About) -> Draft:
    details = item.get("details")
    details = details if isinstance(details, dict) else {}
    draft = Draft("Person" if item.get("type") == "INDIVIDUAL" else "Organization", about)
    for name in _texts([item.get("name"), *_texts(details.get("aliases"))]):
        draft.name(name)
    for birth in _texts([details.get("birthDate")]):
        draft.birth(birth)
    for country in _texts([item.get("country"), *_texts(details.get("nationalities"))]):
        draft.country(country)
    for address in _texts(details.get("addresses")):
        draft.address(address)
    for programme in _texts(item.get("programs")):
        draft.programme(programme)
    return draft


def load_eu_json(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Records of a reduced JSON of the EU list: `{"data": [{id, name, type, details: {aliases, birthDate}}]}`.

    It is read whole, so at most 64 MB are taken. It states no dates, so its entries count for every day.
    Raises ListRefused.
    """
    for file in files:
        sniff(file)
        if file.stat().st_size > _MAX_JSON:
            raise ListRefused(str(file), "", f"larger than {_MAX_JSON} bytes; use the official XML")
        try:
            found = msgspec.json.decode(file.read_bytes())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ListRefused(str(file), "", f"not JSON, or cut: {error}") from None
        data = found.get("data") if isinstance(found, dict) else None
        if not isinstance(data, list):
            raise ListRefused(str(file), "$.data", "no list of entities")
        for number, item in enumerate(data):
            if isinstance(item, dict):
                uid = item.get("id")
                where = f"$.data[{number}]"
                yield built(_json_draft(item, about), uid if isinstance(uid, str) else None, str(file), where)
            else:
                yield Refused(str(file), f"$.data[{number}]", "not an object")
