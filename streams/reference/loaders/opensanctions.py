"""OpenSanctions: `targets.simple.csv`, and FollowTheMoney entities as NDJSON with their holdings (domain 7).

Entities that are no person, organisation, ship or aircraft (addresses, sanctions, ...) are not parties; those of
the NDJSON are passed over in silence, as the format is made of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from streams.model.reference import Owned, Ownership, Schema
from streams.reference.loaders.base import About, Draft, Loaded, Refused, built, clean
from streams.reference.loaders.rows import Table, json_rows
from streams.reference.loaders.words import law_day, number_kind

_SCHEMAS: dict[str, Schema] = {
    "Person": "Person", "Organization": "Organization", "Company": "Organization", "LegalEntity": "Organization",
    "PublicBody": "Organization", "Vessel": "Vessel", "Airplane": "Aircraft",
}  # fmt: skip
_KINDS = {
    "imoNumber": "imo", "leiCode": "lei", "innCode": "inn", "ogrnCode": "ogrn", "mmsi": "mmsi", "callSign": "call_sign",
    "passportNumber": "passport", "swiftBic": "swift", "registrationNumber": "reg", "taxNumber": "tax",
    "idNumber": "national_id", "serialNumber": "aircraft_serial",
}  # fmt: skip
_COUNTRIES = ("country", "nationality", "citizenship", "jurisdiction", "flag", "mainCountry")


def _many(text: str) -> list[str]:
    """The values of a cell joined by semicolons, each perhaps in quotes."""
    try:
        return [value for value in next(csv.reader([text], delimiter=";"), []) if value.strip()]
    except csv.Error:
        return [text]


def load_opensanctions(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Records of `*.targets.simple.csv`. Raises ListRefused when a file is not that."""
    for file in files:
        for row in Table(file, ("id", "schema", "name", "aliases", "countries", "identifiers", "dataset")):
            if isinstance(row, Refused):
                yield row
                continue
            cells, where = row
            schema = _SCHEMAS.get(cells["schema"].strip())
            if schema is None:
                because = f"schema {cells['schema'][:40]!r} is no party"
                yield Refused(str(file), where, because, clean(cells["id"]) or None)
                continue
            draft = Draft(schema, about)
            for name in (cells["name"], *_many(cells["aliases"])):
                draft.name(name)
            for birth in _many(cells.get("birth_date", "")):
                draft.birth(birth)
            for country in _many(cells["countries"]):
                draft.country(country)
            for address in _many(cells.get("addresses", "")):
                draft.address(address)
            single = cells["countries"].upper() if len(cells["countries"]) == 2 else None
            for number in _many(cells["identifiers"]):
                draft.identifier(number_kind("imo" if number.upper().startswith("IMO") else "", number, single), number)
            draft.programme(cells.get("program_ids") or cells["dataset"])
            yield built(draft, cells["id"], str(file), where)


def _values(entity: dict[str, Any], name: str) -> list[str]:
    properties = entity.get("properties")
    found = properties.get(name) if isinstance(properties, dict) else None
    return [v for v in found if isinstance(v, str)] if isinstance(found, list) else []


def _party(entity: dict[str, Any], schema: Schema, about: About) -> Draft:
    draft = Draft(schema, about)
    for prop, weak in (("name", False), ("alias", False), ("previousName", False), ("weakAlias", True)):
        for name in _values(entity, prop):
            draft.name(name, weak=weak)
    if not _values(entity, "name") and isinstance(entity.get("caption"), str):
        draft.name(entity["caption"])
    for birth in _values(entity, "birthDate"):
        draft.birth(birth)
    for prop in _COUNTRIES:
        for country in _values(entity, prop):
            draft.country(country)
    for address in _values(entity, "address"):
        draft.address(address)
    for prop, kind in _KINDS.items():
        for number in _values(entity, prop):
            draft.identifier(kind, number)
    for programme in (*_values(entity, "programId"), *_values(entity, "program")):
        draft.programme(programme)
    return draft


class _Term(NamedTuple):
    """From which day until before which one an entity is listed, by all that lists say of it."""

    start: int | None
    end: int | None


def _terms(file: Path) -> dict[str, _Term]:
    """The terms of the listed, from the `Sanction` entities of the file: the earliest start, and the last end if all ended."""
    found: dict[str, _Term] = {}
    for row in json_rows(file):
        if isinstance(row, Refused) or row[0].get("schema") != "Sanction":
            continue
        starts = [
            day for prop in ("startDate", "listingDate") for text in _values(row[0], prop) if (day := law_day(text))
        ]
        ends = [law_day(text) for text in _values(row[0], "endDate")]
        start, end = min(starts, default=None), max((e for e in ends if e is not None), default=None)
        for listed in _values(row[0], "entity"):
            known = found.get(listed)
            if known is not None:
                both = known.start is not None and start is not None
                start = min(known.start or 0, start or 0) if both else None
                end = max(known.end, end) if known.end is not None and end is not None else None
            found[listed] = _Term(start, end)
    return found


def _share(text: str) -> float | None:
    try:
        share = float(text.strip().rstrip("%").replace(",", "."))
    except ValueError:
        return None
    return share if 0 <= share <= 100 else None


def _holding(entity: dict[str, Any], about: About) -> Ownership | str:
    owner, asset = _values(entity, "owner"), _values(entity, "asset")
    uid = entity.get("id")
    if len(owner) != 1 or len(asset) != 1 or not isinstance(uid, str) or not clean(uid):
        return "a holding without exactly one owner and one asset"
    shares = _values(entity, "percentage")
    start, end = (law_day(next(iter(_values(entity, prop)), None)) for prop in ("startDate", "endDate"))
    if start is not None and end is not None and end < start:
        return "a holding that ends before it begins"
    return Ownership(
        id=f"{about.list}:{clean(uid)}",
        owner_id=f"{about.list}:{clean(owner[0])}",
        owned=Owned(id=f"{about.list}:{clean(asset[0])}"),
        share_pct=_share(shares[0]) if len(shares) == 1 else None,
        applies_from=start,
        applies_until=end,
        source=about.source,
    )


def load_ftm(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Records of `entities.ftm.json`: parties with the dates of their `Sanction` entities, and `Ownership` between them.

    The file is read twice, as those stand anywhere in it. Raises ListRefused.
    """
    for file in files:
        terms = _terms(file)
        for row in json_rows(file):
            if isinstance(row, Refused):
                yield row
                continue
            entity, where = row
            named = entity.get("schema")
            if not isinstance(named, str):
                yield Refused(str(file), where, "no `schema`")
            elif named == "Ownership":
                holding = _holding(entity, about)
                uid = entity.get("id")
                known = clean(uid) or None if isinstance(uid, str) else None
                yield Refused(str(file), where, holding, known) if isinstance(holding, str) else holding
            elif (schema := _SCHEMAS.get(named)) is not None:
                uid = entity.get("id")
                # an entity that is not a target is a neighbour of one: no measure is on it
                draft = _party(entity, schema, about)
                draft.measures = about.measures if entity.get("target", True) is True else ()
                start, end = terms.get(uid, _Term(None, None)) if isinstance(uid, str) else _Term(None, None)
                draft.applies_from = start
                draft.applies_until = end if end is None or start is None or end >= start else None
                yield built(draft, uid if isinstance(uid, str) else None, str(file), where)
