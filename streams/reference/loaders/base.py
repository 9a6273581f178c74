"""What all loaders share: what they are told, what they give, and how a listed party is put together."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import get_args

from msgspec import Struct

from streams.model.identifiers import is_valid, normal
from streams.model.reference import AnyRecord, ListedName, ListedParty, Measure, Schema
from streams.reference.loaders.words import birth_date, country_of

MAX_NAME = 1_000
"""Letters of the longest name that is taken; the official lists stay under 400."""
MEASURES: tuple[Measure, ...] = get_args(Measure)


class Refused(Struct, frozen=True):
    """A row or element that gives no record: the file, where in it, why, and the list's number of the entry if it is told.

    What was listed under that number before stays in force; where the number is not told (None), any entry may be meant.
    An empty number is that of a row which says that nobody is listed.
    """

    file: str
    where: str
    because: str
    entry: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.where}: {self.because}"


class About(Struct, frozen=True):
    """What the caller says of the list: its name, the measures of its records, where it came from, its annex.

    ``annexes`` gives the measure of each annex of 833/2014 that lists parties (policy `annex_measures`).
    """

    list: str
    measures: tuple[Measure, ...]
    source: str
    annex: str | None = None
    annexes: dict[str, Measure] = {}


Loaded = AnyRecord | Refused
Loader = Callable[[Sequence[Path], About], Iterator[Loaded]]


def clean(text: str | None) -> str:
    r"""A text without control characters and with single spaces; empty for None.

    >>> clean("  Obrazets\n OOO ")
    'Obrazets OOO'
    """
    if not text:
        return ""
    if not text.isprintable():
        text = "".join(c if unicodedata.category(c) not in ("Cc", "Co", "Cs", "Cn") else " " for c in text)
    return " ".join(text.split())


class Draft:
    """A listed party while its names, countries, numbers and addresses are gathered from a list's entry."""

    def __init__(self, schema: Schema, about: About) -> None:
        self.schema: Schema = schema
        self.about = about
        self.legal_basis: str | None = None
        self.programmes: list[str] = []
        self.applies_from: int | None = None
        self.applies_until: int | None = None
        self.measures = about.measures
        self.notes: list[str] = []
        self._names: dict[str, bool] = {}
        self._births: list[str] = []
        self._countries: list[str] = []
        self._addresses: list[str] = []
        self._identifiers: dict[str, str] = {}

    def name(self, text: str | None, *, weak: bool = False) -> None:
        """Add a name; one that is given strong anywhere is strong."""
        name = clean(text)
        if not name:
            return
        if len(name) > MAX_NAME:
            self.notes.append(f"a name of {len(name)} letters was left out")
            return
        self._names[name] = self._names.get(name, True) and weak

    def birth(self, text: str | None) -> None:
        """Add a birth date in the form of any of the lists; one that cannot be read goes to the note."""
        if found := clean(text):
            date = birth_date(found)
            if date is None:
                self.notes.append(f"birth date as stated: {found[:80]}")
            elif date not in self._births:
                self._births.append(date)

    def country(self, text: str | None) -> None:
        """Add a country by code or name; what is none, such as UNKNOWN, is left out."""
        code = country_of(clean(text))
        if code is not None and code not in self._countries:
            self._countries.append(code)

    def address(self, *parts: str | None) -> None:
        """Add an address from its parts in order of writing."""
        text = ", ".join(p for p in map(clean, parts) if p)
        if text and text not in self._addresses:
            self._addresses.append(text)

    def identifier(self, kind: str, text: str | None) -> None:
        """Add an identifier; a further value of a kind is kept as ``kind_2`` and so on."""
        value = clean(text)
        if not value:
            return
        value = normal(kind, value) if kind in ("imo", "mmsi", "lei", "inn", "ogrn", "bin") else value
        names = (kind if n == 1 else f"{kind}_{n}" for n in range(1, 100))
        for name in names:
            held = self._identifiers.setdefault(name, value)
            if held == value:
                break
        if is_valid(kind, value) is False:
            self.notes.append(f"{kind} {value[:40]} fails its check digit")

    def programme(self, text: str | None) -> None:
        """Add a programme of sanctions."""
        if (found := clean(text)) and found not in self.programmes:
            self.programmes.append(found)

    def _birth(self) -> str | None:
        """The one birth date; of several only the year they share: a wrong one would exclude a true match."""
        if len(self._births) <= 1:
            return self._births[0] if self._births else None
        self.notes.append("birth dates stated: " + ", ".join(self._births))
        years = {date[:4] for date in self._births}
        return years.pop() if len(years) == 1 else None

    def build(self, uid: str | None) -> ListedParty | str:
        """The record, or why there is none. ``uid`` is the list's own number of the entry."""
        uid = clean(uid)
        if not uid:
            return "no identity number"
        if not self._names and not self._identifiers:
            return "neither a name nor an identifier"
        birth = self._birth()
        return ListedParty(
            id=f"{self.about.list}:{uid}",
            list=self.about.list,
            programme="; ".join(self.programmes) or None,
            schema=self.schema,
            names=tuple(ListedName(name, weak) for name, weak in self._names.items()),
            countries=tuple(self._countries),
            identifiers=self._identifiers,
            birth_date=birth,
            addresses=tuple(self._addresses),
            measures=self.measures,
            applies_from=self.applies_from,
            applies_until=self.applies_until,
            source=self.about.source,
            legal_basis=self.legal_basis,
            note="; ".join(self.notes)[:1000] or None,
        )


def built(draft: Draft, uid: str | None, file: str, where: str) -> Loaded:
    """The record of a draft, or the refusal with its place."""
    record = draft.build(uid)
    return Refused(file, where, record, clean(uid) or None) if isinstance(record, str) else record
