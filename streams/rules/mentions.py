"""Who and which ships the consignments of a partition name, so that a changed list finds them without reading states.

The index is read out of the encoded states, about 15 us each, at leisure: what was not read yet is noted by whoever keeps the
states. It takes about 12 bytes for each consignment and 8 for each party that it names. It only grows: who was named
in an event that was replaced since is still found, which costs a judgement and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Raw, Struct

from streams.model.addresses import address_key
from streams.model.events import Event, Party
from streams.rules.naming import described
from streams.rules.state import EventHead, ReferenceEntry, TimerEntry, encoded_log
from streams.screening.known import ADDRESS, Asked, KnownParties
from streams.screening.pairs import Pairs

_KEPT = 20_000


class _Ship(Struct, array_like=True, frozen=True, gc=False):
    """The leading fields of `streams.model.events.Transport`."""

    mode: Raw
    vessel_imo: str | None = None
    vessel_name: str | None = None


class _Naming(EventHead, array_like=True, frozen=True, gc=False):
    """Who an event names; what follows stays encoded."""

    place: Raw
    transport: _Ship | None
    parties: tuple[Raw, ...]


class _NamingEntry(Struct, array_like=True, frozen=True, tag=0, gc=False):
    event: _Naming


_decode_party = msgspec.msgpack.Decoder(Party).decode
_decode = msgspec.msgpack.Decoder(list[_NamingEntry | TimerEntry | ReferenceEntry]).decode


def names_somebody(event: Event) -> bool:
    """Whether an event names a party or a ship, so that its consignment must be read again."""
    ship = event.transport
    return bool(event.parties) or (ship is not None and (ship.vessel_imo is not None or ship.vessel_name is not None))


def _asked_about(party: Party) -> list[Asked]:
    """What the rules ask the screener about a party and its stated owners; its address is asked for beside."""
    house = address_key(party.address) if party.address else None
    asked = Asked(*described(party))
    if house is not None:
        asked = asked._replace(identifiers=(*asked.identifiers, (ADDRESS, house)))
    return [asked, *(Asked(*described(holder)) for holder in party.owners)]


def _asked_about_ship(imo: str | None, name: str | None) -> Asked:
    return Asked(name, None, None, (("imo", imo),) if imo else (), "Vessel")


class Mentions:
    """The consignments of a partition by the parties that they name. Not thread-safe.

    ``memo`` keeps the numbers of encoded parties; several partitions over the same ``known`` share one.
    """

    __slots__ = ("_idents", "_known", "_memo", "_pairs")

    def __init__(self, known: KnownParties, memo: dict[bytes, tuple[int, ...]] | None = None) -> None:
        self._known = known
        self._idents: list[str] = []
        self._pairs = Pairs()
        self._memo = memo if memo is not None else {}

    def __len__(self) -> int:
        return len(self._idents)

    def read(self, ident: str, state: bytes) -> None:
        """Note whom a consignment names; one that is read again counts twice.

        Raises StateError for a state of an unknown format.
        """
        parties: set[int] = set()
        for entry in _decode(encoded_log(state)):
            if isinstance(entry, _NamingEntry):
                for raw in entry.event.parties:
                    parties.update(self._numbers_of(bytes(raw)))
                ship = entry.event.transport
                if ship is not None and (ship.vessel_imo or ship.vessel_name):
                    parties.add(self._known.number(_asked_about_ship(ship.vessel_imo, ship.vessel_name)))
        if parties:
            for party in parties:
                self._pairs.add(party, len(self._idents))
            self._idents.append(ident)

    def _numbers_of(self, raw: bytes) -> tuple[int, ...]:
        """The numbers of an encoded party and its owners; most are the same as of consignments before."""
        found = self._memo.get(raw)
        if found is None:
            if len(self._memo) >= _KEPT:
                self._memo.clear()
            numbers = tuple(self._known.number(asked) for asked in _asked_about(_decode_party(raw)))
            found = self._memo[raw] = numbers
        return found

    def naming(self, parties: Iterable[int]) -> Iterator[str]:
        """The consignments that name one of these parties (by number), perhaps some of them twice."""
        for party in parties:
            for number in self._pairs.get(party):
                yield self._idents[number]
