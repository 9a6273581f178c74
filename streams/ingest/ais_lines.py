"""Lines of an AIS log: NMEA 0183 sentences with their tag blocks and time stamps, parts of one message joined (IEC 61162-1)."""

from __future__ import annotations

import datetime as dt
import re
from collections import OrderedDict
from functools import reduce
from operator import xor

from msgspec import Struct

from streams.ingest.adapter import Refusal, shown
from streams.model.moments import DAY_MS, parse_time

_SENTENCE = re.compile(
    rb"!([A-Z]{2})(VD[MO]),(\d+),(\d+),(\d*),([A-Za-z0-9]?),([^,*]*),([0-5])\*([0-9A-Fa-f]{1,2})(?:,(?:[^,]*,)*?(\d{9,13}))?\s*"
)
_TAGGED = re.compile(rb"\\([^\\]*)\\(.*)", re.DOTALL)
_STAMPED = re.compile(rb"([0-9][0-9T:.+Z-]{8,34})[ ,;\t]+([!\\].*)", re.DOTALL)
_GATEHOUSE = re.compile(rb"\$PGHP,1,(\d{4}),(\d+),(\d+),(\d+),(\d+),(\d+),(\d+),.*")
_OTHER = re.compile(rb"[$!]([A-Z]{2,5}),")
_WAITING = 256
_MOST_DIGITS = 13
_EARLIEST_MS = 631_152_000_000  # 1990: before AIS
_MOST_SHOWN = 120


class Heard(Struct, frozen=True):
    """A whole message: its number of line (of its first part), its time (ms UTC; None when no stamp tells it), its parts."""

    line: int
    time: int | None
    parts: tuple[bytes, ...]


class _Waiting(Struct):
    line: int
    time: int | None
    total: int
    parts: dict[int, bytes]


def checksum(text: bytes) -> int:
    """The XOR of all bytes, as NMEA 0183 and the tag block have it."""
    return reduce(xor, text, 0)


class Reader:
    """Takes line after line and gives messages and refusals; what waits for its parts is bounded."""

    def __init__(self, now_ms: int) -> None:
        self._latest = now_ms + DAY_MS
        self._waiting: OrderedDict[tuple[bytes, bytes, bytes, int], _Waiting] = OrderedDict()
        self._groups: OrderedDict[bytes, int] = OrderedDict()
        self._stamp: int | None = None
        self.others: dict[str, tuple[int, int]] = {}
        """Sentences that are not AIS, by name: how many, and the line of the first."""

    def take(self, line: int, text: bytes) -> Heard | Refusal | None:
        """A message that the line completes, a refusal, or None where it waits, is blank, a comment or no AIS."""
        text = text.strip()
        if not text or text.startswith(b"#"):
            return None
        gatehouse = _GATEHOUSE.fullmatch(text) if text.startswith(b"$PGHP") else None
        if gatehouse is not None:
            return self._gatehouse(line, text, gatehouse)
        stamp, self._stamp = self._stamp, None
        try:
            time, body = self._time(text)
        except ValueError as error:
            return Refusal(str(error), f"line {line}", shown(text[:_MOST_SHOWN]))
        return self._sentence(line, body, time if time is not None else stamp)

    def unfinished(self) -> list[Refusal]:
        """Refusals of the messages whose parts have not all come."""
        return [_unfinished(waiting) for waiting in self._waiting.values()]

    def _gatehouse(self, line: int, text: bytes, found: re.Match[bytes]) -> Refusal | None:
        year, month, day, hour, minute, second, ms = (int(part) for part in found.groups())
        try:
            moment = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
            self._stamp = self._plausible(int(moment.timestamp()) * 1000 + ms)
        except (ValueError, OverflowError) as error:
            return Refusal(
                f"$PGHP: not a time: {error}; expected year to ms", f"line {line}", shown(text[:_MOST_SHOWN])
            )
        return None

    def _plausible(self, time: int) -> int:
        if not _EARLIEST_MS <= time <= self._latest:
            raise ValueError(
                f"time stamp {time // 1000} lies before 1990 or in the future; expected seconds since 1970"
            )
        return time

    def _time(self, text: bytes) -> tuple[int | None, bytes]:
        """The time that stands before the sentence, in a tag block or plain, and the sentence. Raises ValueError."""
        stamped = _STAMPED.fullmatch(text) if text[:1].isdigit() else None
        time = None
        if stamped is not None:
            time, text = self._plain(stamped[1].decode("ascii")), stamped[2]
        tagged = _TAGGED.fullmatch(text) if text.startswith(b"\\") else None
        if tagged is not None:
            told = self._tag(tagged[1])
            return told if told is not None else time, tagged[2]
        return time, text

    def _plain(self, text: str) -> int:
        if text.isdigit():
            number = int(text)
            return self._plausible(number if number > 99_999_999_999 else number * 1000)
        try:
            return self._plausible(parse_time(text))
        except (ValueError, OverflowError):
            raise ValueError(
                f"not a time: {shown(text)}; expected seconds since 1970 or ISO 8601 with offset"
            ) from None

    def _tag(self, block: bytes) -> int | None:
        """The time of a tag block; the lines of one group share that of its first. Raises ValueError."""
        body, star, digits = block.partition(b"*")
        if star and (not re.fullmatch(rb"[0-9A-Fa-f]{1,2}", digits) or int(digits, 16) != checksum(body)):
            raise ValueError(f"wrong checksum of the tag block; expected *{checksum(body):02X}")
        fields = dict(field.split(b":", 1) for field in body.split(b",") if b":" in field)
        group = fields.get(b"g", b"").rpartition(b"-")[2]
        time = None
        if b"c" in fields:
            if not fields[b"c"].isdigit() or len(fields[b"c"]) > _MOST_DIGITS:
                raise ValueError(f"tag block c: not a time: {shown(fields[b'c'])}; expected seconds since 1970")
            time = self._plain(fields[b"c"].decode())
        if not group:
            return time
        if time is None:
            return self._groups.get(group)
        self._groups[group] = time
        if len(self._groups) > _WAITING:
            self._groups.popitem(last=False)
        return time

    def _sentence(self, line: int, text: bytes, time: int | None) -> Heard | Refusal | None:
        found = _SENTENCE.fullmatch(text)
        if found is None:
            return self._other(line, text)
        try:
            return self._part(line, text, found, time)
        except ValueError as error:
            return Refusal(str(error), f"line {line}", shown(text[:_MOST_SHOWN]))

    def _part(self, line: int, text: bytes, found: re.Match[bytes], time: int | None) -> Heard | Refusal | None:
        """What a sentence completes. Raises ValueError with the reason when it is none."""
        talker, _, parts, part, sequence, channel, payload, _, digits, stamp = found.groups()
        end = found.end(9)
        total = checksum(text[1 : found.end(8)])
        if int(digits, 16) != total:
            raise ValueError(f"wrong checksum *{digits.decode()}; expected *{total:02X}")
        if not payload:
            raise ValueError("a sentence without payload; expected an AIS message")
        if time is None and stamp is not None:
            time = self._plain(stamp.decode())
        if parts == part == b"1":
            return Heard(line, time, (text[:end],))
        count, number = int(parts), int(part)
        if not 1 <= number <= count <= 9:
            raise ValueError(f"part {number} of {count}; expected part 1 to 9 of at most 9")
        heard = Heard(line, time, (text[:end],))
        return self._join((talker, sequence, channel, count), number, heard)

    def _join(self, key: tuple[bytes, bytes, bytes, int], number: int, heard: Heard) -> Heard | Refusal | None:
        waiting, given_up = self._waiting.get(key), None
        if waiting is not None and number in waiting.parts:
            given_up = _unfinished(self._waiting.pop(key))
            waiting = None
        if waiting is None:
            waiting = self._waiting[key] = _Waiting(heard.line, heard.time, key[3], {})
        waiting.parts[number] = heard.parts[0]
        if waiting.time is None:
            waiting.time = heard.time
        if len(waiting.parts) == waiting.total:
            del self._waiting[key]
            return Heard(waiting.line, waiting.time, tuple(waiting.parts[n] for n in sorted(waiting.parts)))
        if given_up is None and len(self._waiting) > _WAITING:
            given_up = _unfinished(self._waiting.popitem(last=False)[1])
        return given_up

    def _other(self, line: int, text: bytes) -> Refusal | None:
        name = _OTHER.match(text)
        if name is None or name[1][-3:] in {b"VDM", b"VDO"}:
            because = "not an AIS sentence; expected !AIVDM,parts,part,number,channel,payload,fill*checksum"
            return Refusal(because, f"line {line}", shown(text[:_MOST_SHOWN]))
        kind = text[:1].decode() + name[1].decode()
        count, first = self.others.get(kind, (0, line))
        self.others[kind] = (count + 1, first)
        return None


def _unfinished(waiting: _Waiting) -> Refusal:
    because = f"message of {waiting.total} parts of which {len(waiting.parts)} came; expected all parts in the file"
    return Refusal(because, f"line {waiting.line}", shown(next(iter(waiting.parts.values()))[:_MOST_SHOWN]))
