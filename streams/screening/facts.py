"""What qualifies a hit beside the name: identifiers, country, birth date (contract 6(20), domain 5.3)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from streams.model.identifiers import UNIQUE_KINDS, is_branch_bin, is_valid, normal
from streams.model.reference import ListedParty, Ownership

EQUAL_IDENTIFIER = 0.05
EQUAL_BIRTH_DATE = 0.05
NEAR_YEAR = -0.05
"""Another day of the same year or the year next to it: day and month swapped, a slip, a date nobody knows exactly."""
OTHER_YEAR = -0.3
OTHER_COUNTRY = -0.05
_ORGANISATIONS = (None, "Organization", "Company", "LegalEntity")


class Facts(Struct, frozen=True):
    """What a record says of its party, in the form in which it is compared."""

    names: tuple[tuple[str, bool], ...]
    countries: tuple[str, ...]
    birth_date: str | None
    identifiers: dict[str, str]
    schema: str

    @property
    def person(self) -> bool:
        """Whether its names are compared as those of a person."""
        return self.schema == "Person"


def facts_of(record: ListedParty | Ownership) -> Facts:
    """The facts of a listed party, or of the owned side of an ownership record."""
    if isinstance(record, ListedParty):
        names = tuple((n.name, n.weak) for n in record.names)
        return Facts(names, record.countries, record.birth_date, sound(record.identifiers), record.schema)
    owned = record.owned
    countries = (owned.country,) if owned.country else ()
    names = ((owned.name, False),) if owned.name else ()
    return Facts(names, countries, None, sound(owned.identifiers), "Organization")


def sound(identifiers: Mapping[str, str]) -> dict[str, str]:
    """Identifiers in normal form without those whose check digit is wrong."""
    return {
        kind: normal(kind, value) for kind, value in identifiers.items() if value and is_valid(kind, value) is not False
    }


def excluded(ours: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    """Whether one type holds two different valid numbers; branches keep the number of their head office."""
    for kind in UNIQUE_KINDS:
        a, b = ours.get(kind), theirs.get(kind)
        if a and b and a != b and not (kind == "bin" and (is_branch_bin(a) or is_branch_bin(b))):
            return True
    return False


def schema_fits(schema: str | None, facts: Facts, certain_firm: bool) -> bool:
    """Whether a party of that schema can be the record; ``certain_firm`` when its name shows a firm."""
    if facts.schema in ("Vessel", "Aircraft"):
        return schema == facts.schema
    if facts.person:
        return schema in (None, "Person", "LegalEntity") and not certain_firm
    return schema in _ORGANISATIONS


def birth_likeness(ours: str | None, theirs: str | None) -> float:
    """What two birth dates do to a score: equal (to the precision both have) adds, different ones take away."""
    if not ours or not theirs:
        return 0.0
    length = min(len(ours), len(theirs), 10)
    if ours[:length] == theirs[:length]:
        return EQUAL_BIRTH_DATE
    if not (ours[:4].isdecimal() and theirs[:4].isdecimal()):
        return 0.0
    return NEAR_YEAR if abs(int(ours[:4]) - int(theirs[:4])) <= 1 else OTHER_YEAR
