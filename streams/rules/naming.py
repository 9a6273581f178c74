"""A party as it is screened: what identifies it, in a form that can be a key."""

from __future__ import annotations

from typing import NamedTuple

from streams.model.events import Holder, Party
from streams.model.reference import ListedParty, Owned


class Described(NamedTuple):
    """Name, country, birth date and identifiers of a party, whatever its role; equal ones are screened once."""

    name: str | None
    country: str | None = None
    birth_date: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()


def described(party: Party | Holder) -> Described:
    """What identifies a party or holder; a nationality stands in for a seat that is not stated."""
    identifiers = tuple(sorted(party.identifiers.items())) if party.identifiers else ()
    country = party.country or (party.nationality if isinstance(party, Party) else None)
    return Described(party.name, country, party.birth_date, identifiers)


def described_record(record: ListedParty) -> list[Described]:
    """What identifies a listed party, once for every name that is not weak."""
    identifiers = tuple(sorted(record.identifiers.items()))
    country = record.countries[0] if record.countries else None
    names: list[str | None] = [n.name for n in record.names if not n.weak]
    return [Described(name, country, record.birth_date, identifiers) for name in names or [None]]


def described_owned(owned: Owned) -> Described:
    """What identifies the owned side of an ownership record."""
    return Described(owned.name, owned.country, None, tuple(sorted(owned.identifiers.items())))
