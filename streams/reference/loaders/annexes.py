"""Tables that users make of the annexes of 833/2014 and of other lists, as CSV with a header (docs/lists.md).

Dates are written `YYYY-MM-DD`, dd/mm/yyyy, or as in the Official Journal, d.m.yyyy and 24 July 2026. The headings of the
Journal's own tables are known too. Several values in a cell are divided by semicolons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from streams.errors import InvalidInput, ListRefused
from streams.model.identifiers import is_valid
from streams.model.intake import record_from_json
from streams.model.moments import iso_day
from streams.model.reference import Measure, Schema
from streams.reference.loaders.base import About, Draft, Loaded, Refused, built, clean
from streams.reference.loaders.rows import Table
from streams.reference.loaders.words import law_day

_SCHEMAS: dict[str, Schema] = {
    "person": "Person", "individual": "Person", "organization": "Organization", "entity": "Organization",
    "vessel": "Vessel", "ship": "Vessel", "aircraft": "Aircraft", "": "Organization",
}  # fmt: skip
_NUMBERS = ("imo", "inn", "ogrn", "bin", "lei", "swift", "reg")

_HEADINGS = {
    "no": "number", "no.": "number", "nr": "number", "#": "number", "entry": "number",
    "ship name": "name", "vessel name": "name", "name of the vessel": "name", "name of the ship": "name",
    "name of entity": "name", "names": "name", "name of bank": "name",
    "imo number": "imo", "imo no": "imo", "imo no.": "imo", "imo ship identification number": "imo",
    "grounds for listing": "grounds", "reason": "grounds", "reasons": "grounds",
    "date of application": "applies_from", "date of listing": "applies_from", "date of entry into force": "applies_from",
    "end date": "applies_until", "un/locode": "unlocode", "locode": "unlocode",
}  # fmt: skip

Cells = Mapping[str, str]


def _many(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _dates(cells: Cells) -> dict[str, int | None] | str:
    """`applies_from` and `applies_until`, or what is wrong with them."""
    found: dict[str, int | None] = {}
    for name in ("applies_from", "applies_until"):
        stated = cells.get(name, "").strip()
        found[name] = law_day(stated)
        if stated and found[name] is None:
            return f"{name}: {stated[:40]!r} is no date; expected one such as 2026-07-24"
    start, end = found["applies_from"], found["applies_until"]
    return "ends before it begins" if start is not None and end is not None and end < start else found


def _measure_of(annex: str, about: About) -> Measure | None:
    """The measure of an annex by its Roman number, its part left out (XLV.A); None for one that lists no parties."""
    return about.annexes.get(annex.partition("-")[0].partition(".")[0])


def _listed(cells: Cells, about: About, schema: Schema) -> Draft | str:
    draft, days = Draft(schema, about), _dates(cells)
    if isinstance(days, str):
        return days
    draft.applies_from, draft.applies_until = days["applies_from"], days["applies_until"]
    draft.name(cells.get("name"))
    for name in _many(cells.get("aliases", "")):
        draft.name(name)
    for country in _many(cells.get("country", "")):
        draft.country(country)
    for address in _many(cells.get("address", "")):
        draft.address(address)
    for kind in _NUMBERS:
        draft.identifier(kind, cells.get(kind))
    draft.programme(cells.get("grounds"))
    draft.legal_basis = cells.get("legal_basis", "").strip() or None
    return draft


def load_annex(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Parties of an annex: `number,name,aliases,country,imo,...,applies_from,applies_until`, `annex` in a column or given.

    Raises ListRefused when a file has no such header, or when no annex is named anywhere.
    """
    for file in files:
        table = Table(file, ("number", "name"), also=_HEADINGS)
        if about.annex is None and "annex" not in table.columns:
            raise ListRefused(
                str(file), "line 1", f"which annex? Name --annex ({', '.join(about.annexes)}) or a column annex"
            )
        for row in table:
            if isinstance(row, Refused):
                yield row
                continue
            cells, where = row
            annex = (cells.get("annex", "").strip() or about.annex or "").upper()
            measure, schema = _measure_of(annex, about), _SCHEMAS.get(cells.get("schema", "").strip().lower())
            if measure is None or schema is None:
                yield Refused(
                    str(file), where, f"annex {annex[:20]!r} or schema {cells.get('schema', '')[:20]!r} is unknown"
                )
                continue
            draft = _listed(cells, about, "Vessel" if measure == "VESSEL_BAN" else schema)
            number = cells["number"].strip().rstrip(".")
            if isinstance(draft, str):
                yield Refused(str(file), where, draft, f"{annex}-{number}" if number else None)
                continue
            draft.measures = about.measures or (measure,)
            draft.legal_basis = draft.legal_basis or f"833/2014 Annex {annex}"
            yield built(draft, f"{annex}-{number}" if number else None, str(file), where)


def load_vessels(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Ships by IMO number: `imo` and yes/no columns `eu`, `ofac`, `uk`; or `imo` alone, then all have the list's measures.

    Only the EU's listing is a port ban here (833/2014 Art. 3s); the others are told as OTHER. A number with a wrong
    check digit is kept and marked, as it matches nobody (contract 1.3). Raises ListRefused.
    """
    for file in files:
        table = Table(file, ("imo",), also=_HEADINGS)
        flags = [name for name in ("eu", "ofac", "uk") if name in table.columns]
        for row in table:
            if isinstance(row, Refused):
                yield row
                continue
            cells, where = row
            number = cells["imo"].strip().upper().removeprefix("IMO").strip()
            if len(number) != 7 or not number.isascii() or not number.isdigit():
                yield Refused(str(file), where, f"imo: {cells['imo'][:40]!r} has not the 7 digits of an IMO number")
                continue
            draft = _listed(cells, about, "Vessel")
            if isinstance(draft, str):
                yield Refused(str(file), where, draft, number)
                continue
            by = [name for name in flags if cells[name].strip().lower() in ("true", "yes", "1", "y", "x")]
            if flags and not by:
                yield Refused(str(file), where, "on none of the lists: all flags say no", "")
                continue
            if flags and not about.measures:
                draft.measures = ("VESSEL_BAN",) if "eu" in by else ("OTHER",)
            draft.programme(", ".join(name.upper() for name in by))
            yield built(draft, number, str(file), where)


def _record(file: Path, where: str, fields: dict[str, Any]) -> Loaded:
    """A record by way of the reader of contract 2, which checks each field."""
    try:
        return record_from_json({k: v for k, v in fields.items() if v not in (None, "", [])})[0]
    except InvalidInput as error:
        return Refused(str(file), where, str(error))


def load_goods(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Goods: `hs` (or hs6, hscode, cn) with `tier`, `list`, `dual_use`, `excluding`, dates; ``about.annex`` names the list.

    A file of tiers without a list is that of the common high priority items (CHP). Raises ListRefused.
    """
    for file in files:
        table = Table(file, ())
        column = next((name for name in ("hs", "hs6", "hscode", "cn") if name in table.columns), None)
        default = about.annex or ("CHP" if "tier" in table.columns else None)
        if column is None or (default is None and "list" not in table.columns):
            missing = "a column hs, hs6, hscode or cn" if column is None else "a column list, or --annex CHP, COAL, ..."
            raise ListRefused(
                str(file), "line 1", f"no goods list: {missing} is needed; found {', '.join(table.columns)[:200]}"
            )
        for row in table:
            if isinstance(row, Refused):
                yield row
                continue
            cells, where = row
            code = "".join(c for c in cells[column] if c not in ". ")
            if not 2 <= len(code) <= 10 or not code.isascii() or not code.isdigit():
                yield Refused(str(file), where, f"{column}: {cells[column][:40]!r} is no HS prefix of 2 to 10 digits")
                continue
            name = cells.get("list", "").strip() or default or ""
            tier = cells.get("tier", "").strip().upper().replace(".", "")
            key = "-".join(part for part in (name, tier, code, cells.get("applies_from", "").strip()) if part)
            yield _dated(file, where, cells, {
                "kind": "goods", "id": f"{about.list}:{key}", "list": name, "tier": tier, "hs": code,
                "dual_use": clean(cells.get("dual_use")), "excluding": _many(cells.get("excluding", "")),
                "hs_version": clean(cells.get("hs_version")), "source": about.source,
                "legal_basis": clean(cells.get("legal_basis")),
            })  # fmt: skip


def _dated(file: Path, where: str, cells: Cells, fields: dict[str, Any]) -> Loaded:
    days = _dates(cells)
    if isinstance(days, str):
        return Refused(str(file), where, days)
    stated = {name: iso_day(day) for name, day in days.items() if day is not None}
    return _record(file, where, {**fields, **stated})


def _degrees(text: str) -> float | str | None:
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        return text


def load_places(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Ports, airports, zones: `annex` (XLVII-A ... LII-B, or given), `name`, `unlocode`, `iata`, `country`, position, dates.

    Raises ListRefused when a file names no annex, such as a table of country codes.
    """
    for file in files:
        table = Table(file, ("name",) if about.annex else ("name", "annex"), also=_HEADINGS)
        for row in table:
            if isinstance(row, Refused):
                yield row
                continue
            cells, where = row
            unlocode = cells.get("unlocode", "").replace(" ", "").upper()
            if unlocode and not is_valid("unlocode", unlocode):
                yield Refused(str(file), where, f"unlocode: {unlocode[:20]!r} is none; expected such as RUULU")
                continue
            annex = cells.get("annex", "").strip() or about.annex or ""
            number = cells.get("number", "").strip() or unlocode or clean(cells["name"])
            yield _dated(file, where, cells, {
                "kind": "place", "id": f"{about.list}:{annex}-{number}" if number else "", "annex": annex,
                "name": clean(cells["name"]), "unlocode": unlocode, "iata": cells.get("iata", "").strip().upper(),
                "aliases": _many(cells.get("aliases", "")), "country": cells.get("country", "").strip().upper(),
                "latitude": _degrees(cells.get("latitude", "")), "longitude": _degrees(cells.get("longitude", "")),
                "source": about.source, "legal_basis": clean(cells.get("legal_basis")) or f"833/2014 Annex {annex}",
            })  # fmt: skip
