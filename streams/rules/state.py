"""The encoded state of a consignment: one bytes value of a header and a log.

The header says what must be known without unpacking the log: whether the consignment is open, when to look again,
what is announced, and whether a further event can matter at all. The log holds every input (event, timer, reference
change) in order of arrival; it is the truth, the header is derived from it.

Layout: one byte format, four bytes header length (little endian), header (msgpack array), log (msgpack array with
a four-byte count, so that an entry is appended without unpacking the rest).
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import NamedTuple

import msgspec
from msgspec import Struct

from streams.errors import StateError
from streams.model.events import Event, Transport

FORMAT = 1
DIRECTED, PLANS, PORTS, TRANSIT, UNROUTED, BANK, SHIP, LISTED, CAPPED, ORIGIN = 1, 2, 4, 8, 16, 32, 64, 128, 256, 512
ROVING, SILENT, ZONED, ROUTED, CUSTOMS, QUOTED = 1024, 2048, 4096, 8192, 16384, 32768
"""Bits of `Header.flags`: corrections are known; plans or legs stand; a listed or unknown port was used; the goods are
(or may be) on a transit list; and of such goods nothing tells the route; a bank is named; a ship is
named; a list of some date speaks of an end user, bank or ship, or one of their lists is missing; the goods may be
banned from export or import, or were called off; the goods are declared of an origin that a place of loading may
contradict; the ship or the oil aboard is looked at, so that signals outside the Union matter no more; a ship that fell silent
has not been seen since; the consignee may be in a special zone; some countries lie off every corridor to the
destination; a customs transit was opened, or something was said of one; and a waiver is relied on, or the goods claim of the
quota of one. Where a bit is set, fewer events are neutral (see `streams.rules.neutral`)."""

_PREFIX = struct.Struct("<BI")
_COUNT = struct.Struct(">BI")
_ARRAY32 = 0xDD


class Weighable(NamedTuple):
    """Declared masses (kg; None: not declared) and the tolerance (per cent): a weighing that agrees changes no finding."""

    gross_kg: float | None = None
    net_kg: float | None = None
    tolerance_pct: float = 0.0


class Announced(Struct, array_like=True, gc=False):
    """What was last announced of one finding: enough to tell whether it changed and to chain the next version."""

    rule: str
    subject: str
    version: int
    live: bool
    digest: bytes
    evidence: bytes
    verdict: str


class Header(Struct, array_like=True):
    """What must be known without unpacking the log. Times are ms UTC, `steady_*` Brussels days (until exclusive)."""

    consignment_id: str
    open: bool = True
    due: int | None = None
    clock: int = 0
    last: tuple[int, int] = (0, 0)
    marks: list[int] = []
    """`mark_of` each event of the log: 8 bytes tell a repeat from a new event without unpacking the log."""
    flags: int = 0
    steady_from: int = 0
    steady_until: int = 0
    announced: list[Announced] = []
    weighable: Weighable | None = None
    """What a further weighing is compared with; None: nothing."""
    seals: tuple[str, ...] | None = ()
    """The seal numbers told so far; None: too many to keep."""
    sails: int = 0
    """`sail_mark` of the ship whose flag was stated last; 0: none."""


def mark_of(uid: str) -> int:
    """A 64-bit hash of an event's uid, stable over processes."""
    return int.from_bytes(hashlib.blake2b(uid.encode(), digest_size=8).digest(), "big")


def sail_mark(transport: Transport) -> int:
    """A hash of a ship's number and flag, stable over processes: another one tells of another ship or flag."""
    return zlib.crc32(f"{transport.vessel_imo}\n{transport.vessel_flag}".encode())


class EventEntry(Struct, array_like=True, tag=0, gc=False):
    """An event as it arrived."""

    event: Event


class EventHead(Struct, array_like=True, frozen=True):
    """The leading fields of an encoded `streams.model.events.Event`, left encoded: for readers of what comes after them."""

    event_id: msgspec.Raw
    source: msgspec.Raw
    type: msgspec.Raw
    consignment_id: msgspec.Raw
    occurred_at: msgspec.Raw
    recorded_at: msgspec.Raw
    classifier: msgspec.Raw
    replaces: msgspec.Raw
    retracts: msgspec.Raw


class TimerEntry(Struct, array_like=True, tag=1, gc=False):
    """A timer that fired, with its due time (ms UTC)."""

    at: int


class ReferenceEntry(Struct, array_like=True, tag=2, gc=False):
    """A reference change that reached the consignment, with its time (ms UTC)."""

    at: int
    record: str


Entry = EventEntry | TimerEntry | ReferenceEntry

_encode = msgspec.msgpack.Encoder().encode
_decode_header = msgspec.msgpack.Decoder(Header).decode
_decode_log = msgspec.msgpack.Decoder(list[Entry]).decode


class Held(NamedTuple):
    """A state taken apart as far as needed: header, number of log entries, the entries still encoded."""

    header: Header
    size: int
    log: bytes


EMPTY_LOG = b""


def unpack(state: bytes) -> Held:
    """Header and encoded log of a state. Raises StateError for an unknown format."""
    version, length = _PREFIX.unpack_from(state)
    if version != FORMAT:
        raise StateError(f"state of format {version}; this version reads format {FORMAT}")
    start = _PREFIX.size + length
    _, count = _COUNT.unpack_from(state, start)
    return Held(_decode_header(memoryview(state)[_PREFIX.size : start]), count, state[start + _COUNT.size :])


def header_of(state: bytes) -> Header:
    """The header alone. Raises StateError for an unknown format."""
    version, length = _PREFIX.unpack_from(state)
    if version != FORMAT:
        raise StateError(f"state of format {version}; this version reads format {FORMAT}")
    return _decode_header(memoryview(state)[_PREFIX.size : _PREFIX.size + length])


def encoded_log(state: bytes) -> memoryview:
    """The log of a state as one msgpack array; the header is not read. Raises StateError for an unknown format."""
    version, length = _PREFIX.unpack_from(state)
    if version != FORMAT:
        raise StateError(f"state of format {version}; this version reads format {FORMAT}")
    return memoryview(state)[_PREFIX.size + length :]


def pack(header: Header, count: int, log: bytes, entry: bytes = b"") -> bytes:
    """A state of ``count`` entries: those of ``log`` and, last, ``entry``."""
    head = _encode(header)
    return b"".join((_PREFIX.pack(FORMAT, len(head)), head, _COUNT.pack(_ARRAY32, count), log, entry))


def encode_entry(entry: Entry) -> bytes:
    """An entry as it is appended to a log."""
    return _encode(entry)


def log_array(count: int, log: bytes) -> bytes:
    """An encoded log as one msgpack array of ``count`` entries."""
    return _COUNT.pack(_ARRAY32, count) + log


def decode_log(count: int, log: bytes) -> list[Entry]:
    """The entries of an encoded log, in order of arrival."""
    return _decode_log(log_array(count, log)) if count else []


def entries_of(state: bytes) -> list[Entry]:
    """The log of a state, in order of arrival."""
    held = unpack(state)
    return decode_log(held.size, held.log)


def events_of(state: bytes) -> list[Event]:
    """The events of a state, in order of arrival."""
    return [entry.event for entry in entries_of(state) if isinstance(entry, EventEntry)]


def due_of(state: bytes) -> int | None:
    """When the consignment must be looked at again (ms UTC), or None."""
    return header_of(state).due


def is_open(state: bytes) -> bool:
    """Whether the consignment is open (contract 6(5))."""
    return header_of(state).open
