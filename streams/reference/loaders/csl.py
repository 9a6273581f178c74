"""The consolidated screening list of the United States as CSV, and the denied persons list as BIS writes it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from streams.model.reference import Schema
from streams.reference.loaders.base import About, Draft, Loaded, Refused, built
from streams.reference.loaders.reading import sniff
from streams.reference.loaders.rows import Table
from streams.reference.loaders.words import country_of, law_day, number_kind

_SCHEMAS: dict[str, Schema] = {"individual": "Person", "vessel": "Vessel", "aircraft": "Aircraft"}
_NEEDED = ("source", "type", "name", "addresses", "alt_names")
_DENIED = ("name", "street_address", "city", "country", "effective_date", "expiration_date")
_SHORT = re.compile(r"\(([A-Z]{2,6})\)")

Cells = Mapping[str, str]


def _many(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _uid(cells: Cells, *keys: str) -> str:
    """A number of our own for an entry that has none: its content says who it is."""
    digest = hashlib.sha256("\x1f".join(" ".join(cells.get(key, "").split()) for key in keys).encode()).hexdigest()
    return digest[:16]


def _numbers(draft: Draft, text: str) -> None:
    """Numbers as `COUNTRY, NUMBER, KIND; ...`, the country sometimes left out."""
    for item in _many(text):
        parts = [part.strip() for part in item.split(",")]
        country = country_of(parts[0]) if len(parts) > 2 else None
        if len(parts) >= 2:
            kind = number_kind(parts[-1], parts[-2], country)
            if kind != "other":
                draft.identifier(kind, parts[-2])


def _set_days(draft: Draft, start: str, end: str) -> None:
    draft.applies_from, draft.applies_until = law_day(start), law_day(end)
    if draft.applies_from is not None and draft.applies_until is not None and draft.applies_until < draft.applies_from:
        draft.notes.append(f"stated to end on {end.strip()}, before it begins; taken as open")
        draft.applies_until = None


def _draft(cells: Cells, about: About) -> Draft:
    draft = Draft(_SCHEMAS.get(cells["type"].strip().lower(), "Organization"), about)
    for name in (cells["name"], *_many(cells["alt_names"])):
        draft.name(name)
    draft.legal_basis = cells["source"].strip() or None
    draft.programme(cells["source"])
    for programme in _many(cells.get("programs", "")):
        draft.programme(programme)
    for birth in _many(cells.get("dates_of_birth", "")):
        draft.birth(birth)
    for country in (*_many(cells.get("citizenships", "")), *_many(cells.get("nationalities", ""))):
        draft.country(country)
    draft.country(cells.get("vessel_flag"))
    draft.identifier("call_sign", cells.get("call_sign"))
    for address in _many(cells["addresses"]):
        draft.address(address)
        if draft.schema != "Person":  # a person's address says nothing of nationality
            draft.country(address.rpartition(",")[2])
    _numbers(draft, cells.get("ids", ""))
    _set_days(draft, cells.get("start_date", ""), cells.get("end_date", ""))
    return draft


def _consolidated(file: Path, about: About) -> Iterator[Loaded]:
    for row in Table(file, _NEEDED):
        if isinstance(row, Refused):
            yield row
            continue
        cells, where = row
        short = _SHORT.search(cells["source"])
        number = cells.get("entity_number", "").strip() or _uid(cells, "name", "addresses", "start_date")
        yield built(_draft(cells, about), f"{short[1] if short else 'US'}-{number}", str(file), where)


def _denied(file: Path, about: About) -> Iterator[Loaded]:
    seen: dict[str, str] = {}
    for row in Table(file, _DENIED, delimiter="\t"):
        if isinstance(row, Refused):
            yield row
            continue
        cells, where = row
        draft = Draft("Organization", about)
        draft.notes.append("the denied persons list does not say whether this is a person or a firm")
        draft.name(cells["name"])
        draft.programme("Denied Persons List")
        address = ("street_address", "city", "state", "postal_code", "country")
        draft.address(*(cells.get(key) for key in address))
        draft.country(cells["country"])
        _set_days(draft, _american(cells["effective_date"]), _american(cells["expiration_date"]))
        uid = f"DPL-{_uid(cells, 'name', 'street_address', 'city', 'effective_date', 'expiration_date', 'fr_citation')}"
        if uid in seen:  # the file repeats some orders word for word
            yield Refused(str(file), where, f"the same order as on {seen[uid]}, which is kept", uid)
            continue
        seen[uid] = where
        yield built(draft, uid, str(file), where)


def _american(text: str) -> str:
    """mm/dd/yyyy as yyyy-mm-dd; anything else as it is."""
    parts = text.strip().split("/")
    return f"{parts[2]}-{parts[0]}-{parts[1]}" if len(parts) == 3 else text


def load_csl(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Records of consolidated.csv, or of dpl.txt (columns divided by tabs). Raises ListRefused."""
    for file in files:
        first = sniff(file).partition(b"\n")[0]
        yield from (_denied if b"\t" in first else _consolidated)(file, about)
