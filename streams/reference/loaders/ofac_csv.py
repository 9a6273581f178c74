"""OFAC's CSV files: sdn/alt/add and the consolidated cons_prim/cons_alt/cons_add (domain 7).

The files have no header; ``-0-`` is null; the free text of the remarks holds birth dates, numbers, nationalities and the
weak aliases (in single quotes). Files from another day than the main file may speak of entries it lacks; those
rows are refused. Without a main file the aliases alone are loaded: a name that is on the list is worth screening.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from streams.errors import ListRefused
from streams.model.reference import Schema
from streams.reference.loaders.base import About, Draft, Loaded, Refused, built
from streams.reference.loaders.rows import Row, csv_rows
from streams.reference.loaders.words import country_of, number_kind

_WIDTHS = {12: "main", 5: "alt", 6: "add"}
_SCHEMAS: dict[str, Schema] = {"individual": "Person", "vessel": "Vessel", "aircraft": "Aircraft"}
_WEAK = re.compile(r"\b[afn]\.k\.a\. '([^']+)'")
_WORDS = re.compile(r"(?:alt\. )?([A-Za-z][A-Za-z0-9 .'\-/]*)")
_STARTS = re.compile(r"[ #](?=[A-Z]{0,8}[-/]?\d)")
_VALUE = re.compile(r"([\w\-/. ]+?)(?: \(([^)]*)\).*)?")
_MAX_REMARK = 600
_MAX_STARTS = 12
_PERSON = re.compile(r"[^a-zà-ÿ,]+, [^,]*[a-zà-ÿ][^,]*")

Group = dict[str, list[Row]]


def _value(text: str) -> str:
    text = text.strip()
    return "" if text == "-0-" else text


def _role(path: Path) -> tuple[str, str]:
    """Which of the three files this is, by the number of columns of its first rows."""
    for row in csv_rows(path):
        if isinstance(row, Row):
            role = _WIDTHS.get(len(row.fields))
            if role is None or not row.fields[0].strip().isdigit():
                raise ListRefused(
                    str(path), f"line {row.line}",
                    f"no file of OFAC: {len(row.fields)} columns that begin with {row.fields[0][:20]!r}; expected 12 "
                    "(sdn, cons_prim), 5 (alt) or 6 (add), the first a number",
                )  # fmt: skip
            return role, str(path)
    raise ListRefused(str(path), "line 1", "no row that can be read")


def _remark(draft: Draft, part: str) -> None:
    """One part of the remarks, as they are divided by semicolons."""
    for prefix, take in (
        ("DOB ", draft.birth), ("alt. DOB ", draft.birth), ("nationality ", draft.country), ("citizen ", draft.country),
        ("alt. nationality ", draft.country), ("alt. citizen ", draft.country),
    ):  # fmt: skip
        if part.startswith(prefix):
            take(part.removeprefix(prefix))
            return
    for name in _WEAK.findall(part):
        draft.name(name, weak=True)
    if len(part) <= _MAX_REMARK and not part.startswith(("POB", "Linked To", "Gender")):
        _number(draft, part)


def _number(draft: Draft, part: str) -> None:
    """A number with its words before it and its country behind: `Tax ID No. 7799999997 (Russia)`."""
    for start in islice(_STARTS.finditer(part), _MAX_STARTS):
        words = _WORDS.fullmatch(part[: start.start()].rstrip(" #"))
        value = _VALUE.fullmatch(part, start.end())
        if words and value:
            kind = number_kind(words[1], value[1], country_of(value[2] or ""))
            if kind != "other":
                draft.identifier(kind, value[1].strip(" ."))
            return


def _draft(fields: list[str], about: About) -> Draft:
    _, name, kind, programmes, title, call_sign, vessel_type, _, _, flag, owner, remarks = map(_value, fields)
    draft = Draft(_SCHEMAS.get(kind.lower(), "Organization"), about)
    draft.name(name)
    for programme in re.split(r"\]\s*\[|;", programmes.strip("[]")):
        draft.programme(programme)
    draft.identifier("call_sign", call_sign)
    draft.country(flag)
    draft.notes += [
        f"{word} {text}" for word, text in (("title", title), ("vessel type", vessel_type), ("owner", owner)) if text
    ]
    for part in remarks.rstrip(".").split(";"):
        _remark(draft, part.strip())
    return draft


def _further(draft: Draft, aliases: list[Row], addresses: list[Row]) -> None:
    for row in aliases:
        draft.name(_value(row.fields[3]), weak="weak" in row.fields[4].lower())
    for row in addresses:
        street, city, country = map(_value, row.fields[2:5])
        draft.address(street, city, country)
        if draft.schema != "Person":  # a person's address says nothing of nationality
            draft.country(country)


def _grouped(path: Path | None, width: int) -> Iterator[tuple[str | None, Row | Refused]]:
    """The rows of a file by the number of their entry; None where a row is refused."""
    held: Refused | None = None
    for row in csv_rows(path) if path is not None else ():
        if held is not None:
            yield None, held
            held = None
        if isinstance(row, Refused):
            yield None, row
        elif len(row.fields) == width and row.fields[0].strip().isdigit():
            yield row.fields[0].strip(), row
        else:
            uid = row.fields[0].strip()
            held = Refused(
                str(path), f"line {row.line}", f"{len(row.fields)} columns, expected {width} with a number first",
                uid if uid.isdigit() else None,
            )  # fmt: skip
    if held is not None:
        raise ListRefused(held.file, held.where, f"the last row has {held.because}: the file is cut")


def _collect(path: Path | None, width: int, refused: list[Refused]) -> Group:
    found: Group = {}
    for uid, row in _grouped(path, width):
        if isinstance(row, Refused):
            refused.append(row)
        else:
            found.setdefault(uid or "", []).append(row)
    return found


def _orphans(file: Path | None, group: Group, main: Path | None) -> Iterator[Refused]:
    """Rows that nothing can be made of. With a main file it says who is listed: what it lacks is listed no longer."""
    for rows in group.values():
        for row in rows:
            because = f"speaks of entry {row.fields[0]}, of which no file gives a name: are the files of one day?"
            yield Refused(str(file), f"line {row.line}", because, "" if main is not None else row.fields[0].strip())


def _from_aliases(file: Path, about: About, aliases: Group, addresses: Group) -> Iterator[Loaded]:
    """Records of aliases without the main file; a person is known by the way OFAC writes one: SURNAME, Given."""
    for uid, rows in aliases.items():
        person = any(_PERSON.fullmatch(_value(row.fields[3])) for row in rows)
        draft = Draft("Person" if person else "Organization", about)
        draft.notes.append("from the aliases alone, the main file was not given")
        _further(draft, rows, addresses.pop(uid, []))
        yield built(draft, uid, str(file), f"line {rows[0].line}")


def load_ofac_csv(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """Records of OFAC's CSV files, in any order: the main file with aliases and addresses, or aliases alone.

    Raises ListRefused when a file is none of the three, is given twice, or is cut.
    """
    roles: dict[str, Path] = {}
    for file in files:
        role, _ = _role(file)
        if role in roles:
            raise ListRefused(
                str(file), "", f"a second file of the same columns as {roles[role]}: load the lists apart"
            )
        roles[role] = file
    main, alt, add = (roles.get(role) for role in ("main", "alt", "add"))
    refused: list[Refused] = []
    aliases, addresses = _collect(alt, 5, refused), _collect(add, 6, refused)
    yield from refused
    if main is None:
        if alt is None:
            raise ListRefused(str(add), "", "addresses alone name nobody; give sdn.csv or alt.csv with it")
        yield from _from_aliases(alt, about, aliases, addresses)
    else:
        for uid, row in _grouped(main, 12):
            if isinstance(row, Refused):
                yield row
                continue
            draft = _draft(row.fields, about)
            _further(draft, aliases.pop(uid or "", []), addresses.pop(uid or "", []))
            yield built(draft, uid, str(main), f"line {row.line}")
        yield from _orphans(alt, aliases, main)
    yield from _orphans(add, addresses, main)
