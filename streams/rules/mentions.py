"""Who and which ships the consignments of a partition name, so that a changed list finds them without reading states.

The index is read out of the encoded states, about 15 us each, at leisure: what was not read yet is noted by whoever keeps the
states. It takes about 12 bytes for each consignment and 8 for each party that it names. It only grows: who was named
in an event that was replaced since is still found, which costs a judgement and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Raw, Struct

from streams.model.events import Event, Party
from streams.rules.naming import described
from streams.rules.state import ReferenceEntry, TimerEntry, log_array, unpack
from streams.screening.known import Asked, KnownParties
from streams.screening.pairs import Pairs


class _Ship(Struct, array_like=True, frozen=True, gc=False):
    """The leading fields of `streams.model.events.Transport`."""

    mode: Raw
    vessel_imo: str | None = None
    vessel_name: str | None = None


class _Naming(Struct, array_like=True, frozen=True, gc=False):
    """Who an event names: the leading fields of `streams.model.events.Event`, others left encoded."""

    event_id: Raw
    source: Raw
    type: Raw
    consignment_id: Raw
    occurred_at: Raw
    recorded_at: Raw
    classifier: Raw
    replaces: Raw
    retracts: Raw
    place: Raw
    transport: _Ship | None
    parties: tuple[Party, ...]


class _NamingEntry(Struct, array_like=True, frozen=True, tag=0, gc=False):
    event: _Naming


_decode = msgspec.msgpack.Decoder(list[_NamingEntry | TimerEntry | ReferenceEntry]).decode


def names_somebody(event: Event) -> bool:
    """Whether an event names a party or a ship, so that its consignment must be read again."""
    ship = event.transport
    return bool(event.parties) or (ship is not None and (ship.vessel_imo is not None or ship.vessel_name is not None))


def asked_in(state: bytes) -> set[Asked]:
    """What the rules ask the screener about the parties, their stated owners and the ships of a consignment.

    Raises StateError for a state of an unknown format.
    """
    held = unpack(state)
    found: set[Asked] = set()
    for entry in _decode(log_array(held.size, held.log)):
        if not isinstance(entry, _NamingEntry):
            continue
        for party in entry.event.parties:
            found.add(Asked(*described(party)))
            for holder in party.owners:
                found.add(Asked(*described(holder)))
        ship = entry.event.transport
        if ship is not None and (ship.vessel_imo or ship.vessel_name):
            numbers = (("imo", ship.vessel_imo),) if ship.vessel_imo else ()
            found.add(Asked(ship.vessel_name, None, None, numbers, "Vessel"))
    return found


class Mentions:
    """The consignments of a partition by the parties that they name. Not thread-safe."""

    __slots__ = ("_idents", "_known", "_pairs")

    def __init__(self, known: KnownParties) -> None:
        self._known = known
        self._idents: list[str] = []
        self._pairs = Pairs()

    def __len__(self) -> int:
        return len(self._idents)

    def read(self, ident: str, state: bytes) -> None:
        """Note whom a consignment names; one that is read again counts twice. Raises StateError."""
        parties = asked_in(state)
        if parties:
            for party in parties:
                self._pairs.add(self._known.number(party), len(self._idents))
            self._idents.append(ident)

    def naming(self, parties: Iterable[int]) -> Iterator[str]:
        """The consignments that name one of these parties (by number), perhaps some of them twice."""
        for party in parties:
            for number in self._pairs.get(party):
                yield self._idents[number]
