"""AIS: logs of NMEA sentences, and positions decoded elsewhere as JSON (docs/feeds/ais.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Any

from msgspec import Struct

from streams.errors import InvalidInput
from streams.ingest.adapter import MOST_BYTES, Given, Message, Refusal, shown
from streams.ingest.ais_lines import Reader
from streams.ingest.ais_reports import Position, Static, Unused, decoded_elsewhere, is_good_imo, reports
from streams.ingest.ais_tracks import way_of
from streams.model.events import Event, Place, Transport
from streams.model.intake import load_json

_MARKS = (b"VDM,", b"VDO,")
_DECODED = (b'"ssvid"', b'"mmsi"')
_BOM = b"\xef\xbb\xbf"
READS_LINES = True
Told = tuple[int, Message, Event | Refusal]
"""Something at a number of line or entry, and the kind of message that says it."""
_UNUSED = Message("of no use")
_SILENCE = Message("silence", counted=False)


class _Ship(Struct):
    """What the file says of an MMSI: IMO numbers and names in the order in which they are met."""

    imos: dict[str, int]
    names: dict[str, int]

    @property
    def imo(self) -> str | None:
        """The one IMO number; None where there is none or where several contradict each other."""
        return next(iter(self.imos)) if len(self.imos) == 1 else None

    @property
    def name(self) -> str | None:
        """The name stated last."""
        return next(reversed(self.names), None)


class _Log:
    """All that a file reports, kept small: what a ship is may be said after where it was."""

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.positions: list[Position] = []
        self.refusals: list[tuple[int, Refusal]] = []
        self.ships: dict[str, _Ship] = {}
        self.first_static: dict[str, Static] = {}
        self.unused: dict[int, tuple[int, int]] = {}

    def refuse(self, number: int, because: str, refused: Any) -> None:
        self.refusals.append((number, Refusal(because, f"{self.unit} {number}", shown(refused))))

    def learn(self, static: Static) -> None:
        ship = self.ships.setdefault(static.mmsi, _Ship({}, {}))
        self.first_static.setdefault(static.mmsi, static)
        if static.imo is not None:
            ship.imos.setdefault(static.imo, static.number)
        if static.name is not None:
            ship.names.pop(static.name, None)
            ship.names[static.name] = static.number


def recognises(head: bytes) -> bool:
    """Whether the beginning of a file holds AIS sentences, or positions of ships as JSON."""
    start = head.removeprefix(_BOM).lstrip()
    if start[:1] in {b"{", b"["}:
        return any(mark in start for mark in _DECODED) and b'"lat"' in start and b'"timestamp"' in start
    return any(b"!" in line and any(mark in line for mark in _MARKS) for line in start.splitlines()[:50])


def read(data: bytes, given: Given) -> Iterator[Event | Refusal | Message]:
    """The positions and silences of one file in the order of its lines; what is of no use is refused by line."""
    if len(data) > MOST_BYTES:
        yield Refusal(f"larger than {MOST_BYTES} bytes; expected a smaller file", "file", shown(data[:200]))
        return
    body = data.removeprefix(_BOM)
    if not body.strip():
        yield Refusal("nothing in it; expected AIS sentences", "file")
        return
    if body.lstrip()[:1] not in {b"{", b"["} and not any(mark in body for mark in _MARKS):
        yield Refusal("no AIS sentence in it; expected !AIVDM,parts,part,number,channel,payload,fill*checksum", "file",
                      shown(body[:200]))  # fmt: skip
        return
    log = _json(body) if body.lstrip()[:1] in {b"{", b"["} else _nmea(body, given)
    told = None
    for _, kind, told in merge(*_told(log, given), key=lambda found: found[0]):
        yield kind
        yield told
    if told is None:
        yield Refusal("comments and time stamps alone; expected AIS sentences", "file", shown(data[:200]))


def _nmea(data: bytes, given: Given) -> _Log:
    log, reader = _Log("line"), Reader(given.now_ms)
    for number, line in enumerate(data.split(b"\n"), 1):
        heard = reader.take(number, line)
        if heard is None:
            continue
        if isinstance(heard, Refusal):
            log.refusals.append((number, heard))
            continue
        try:
            for report in reports(heard):
                if isinstance(report, Static):
                    log.learn(report)
                else:
                    log.positions.append(report)
        except Unused as unused:
            count, first = log.unused.get(unused.type, (0, heard.line))
            log.unused[unused.type] = (count + 1, first)
        except ValueError as error:
            log.refuse(heard.line, str(error), heard.parts[0])
    log.refusals.extend((number, refusal) for refusal in reader.unfinished() if (number := int(refusal.at[5:])))
    for type, (count, first) in log.unused.items():
        log.refuse(first, f"{count} of message type {type}, the first here: says neither where a ship is nor which; "
                          "expected types 1-3, 5, 18, 19, 24, 27", f"type {type}")  # fmt: skip
    for name, (count, first) in reader.others.items():
        log.refuse(first, f"{count} of sentence {name}, the first here: not AIS; expected !..VDM or !..VDO", name)
    log.refusals.sort(key=lambda pair: pair[0])
    return log


def _json(data: bytes) -> _Log:
    """Positions decoded elsewhere: a JSON list, or an object on each line."""
    body = data.lstrip()
    log = _Log("entry" if body[:1] == b"[" else "line")
    if body[:1] == b"[":
        try:
            entries = load_json(body)
        except InvalidInput as error:
            log.refuse(1, str(error), body[:200])
            return log
        numbered = enumerate(entries, 1)
    else:
        numbered = enumerate(data.split(b"\n"), 1)
    for number, entry in numbered:
        try:
            if isinstance(entry, bytes):
                if not entry.strip():
                    continue
                entry = load_json(entry)  # noqa: PLW2901 - from text to what it says
            log.positions.append(decoded_elsewhere(number, entry))
        except (InvalidInput, TypeError, ValueError) as error:
            log.refuse(number, str(error), entry)
    return log


def _told(log: _Log, given: Given) -> list[Iterator[Told]]:
    """All that is told, each in the order of lines: refusals, positions with silences, ships of which only the name is known."""
    by_ship: dict[str, list[Position]] = {}
    for position in log.positions:
        if position.time is not None:
            by_ship.setdefault(position.mmsi, []).append(position)
    end = max((p.time for p in log.positions if p.time is not None), default=0)
    ways = {mmsi: way_of(positions, end) for mmsi, positions in by_ship.items()}
    for way in ways.values():
        for leap in way.leaps:
            refused = f"{leap.position.mmsi} {leap.position.latitude:.4f} {leap.position.longitude:.4f}"
            log.refuse(leap.position.number, leap.because, refused)
    for mmsi, ship in log.ships.items():
        if len(ship.imos) > 1:
            because = f"MMSI {mmsi} states {len(ship.imos)} IMO numbers; expected one: it stays known by its MMSI alone"
            log.refuse(max(ship.imos.values()), because, ", ".join(ship.imos))
    log.refusals.sort(key=lambda pair: pair[0])
    leapt = {leap.position.number for way in ways.values() for leap in way.leaps}
    gaps = [
        (gap.after.number if gap.after else 1 << 62, _SILENCE, _gap(gap.before, gap.after, log, given))
        for way in ways.values()
        for gap in way.gaps
    ]
    heard = {position.mmsi for position in log.positions}
    met = {position.kind for position in log.positions} | {static.kind for static in log.first_static.values()}
    kinds = {kind: Message(kind) for kind in met}
    named = [(s.number, kinds[s.kind], _named(s, log, given)) for m, s in log.first_static.items() if m not in heard]
    positions = ((p.number, kinds[p.kind], _position(p, log, given)) for p in log.positions if p.number not in leapt)
    refusals = ((number, _UNUSED, refusal) for number, refusal in log.refusals)
    return [refusals, _sorted(positions), _sorted(gaps), _sorted(named)]


def _sorted(told: Iterable[Told]) -> Iterator[Told]:
    """Parts of a message may come after other messages: nearly in order already, and put in order here."""
    return iter(sorted(told, key=lambda found: found[0]))


def _of_ship(mmsi: str, log: _Log) -> tuple[str, Transport]:
    """The provisional consignment of a ship and its means of transport."""
    ship = log.ships.get(mmsi)
    imo = ship.imo if ship is not None else None
    id = f"IMO:{imo}" if imo is not None and is_good_imo(imo) else f"MMSI:{mmsi}"
    return id, Transport(mode="SEA", vessel_imo=imo, vessel_name=ship.name if ship is not None else None, mmsi=mmsi)


def _position(position: Position, log: _Log, given: Given) -> Event:
    id, transport = _of_ship(position.mmsi, log)
    stamp = "" if position.time is None else f"-{position.time // 1000}"
    return Event(
        event_id=f"ais-{position.mmsi}{stamp}-{position.digest}",
        source=given.source,
        type="POSITION",
        consignment_id=id,
        occurred_at=position.time if position.time is not None else given.now_ms,
        recorded_at=given.now_ms,
        place=Place(latitude=position.latitude, longitude=position.longitude),
        transport=transport,
    )


def _gap(before: Position, after: Position | None, log: _Log, given: Given) -> Event:
    assert before.time is not None
    id, transport = _of_ship(before.mmsi, log)
    return Event(
        event_id=f"ais-{before.mmsi}-{before.time // 1000}-gap",
        source=given.source,
        type="POSITION_GAP",
        consignment_id=id,
        occurred_at=before.time,
        recorded_at=given.now_ms,
        place=Place(latitude=before.latitude, longitude=before.longitude),
        transport=transport,
        gap_until=after.time if after is not None else None,
    )


def _named(static: Static, log: _Log, given: Given) -> Event:
    """A ship that told its name and number in this file but not where it is: heard, which links MMSI and IMO number."""
    id, transport = _of_ship(static.mmsi, log)
    return Event(
        event_id=f"ais-{static.mmsi}-{static.digest}",
        source=given.source,
        type="POSITION",
        consignment_id=id,
        occurred_at=static.time if static.time is not None else given.now_ms,
        recorded_at=given.now_ms,
        transport=transport,
    )
