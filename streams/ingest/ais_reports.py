"""What AIS messages report (ITU-R M.1371): positions and static data; and positions that were decoded elsewhere, as JSON."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from typing import Any

import pyais
from msgspec import Struct
from pyais.exceptions import AISBaseException

from streams.ingest.ais_lines import Heard
from streams.model.identifiers import is_valid
from streams.model.moments import parse_time

POSITIONS = frozenset({1, 2, 3, 18, 19, 27})
STATIC = frozenset({5, 19, 24})
_USED = POSITIONS | STATIC
_KINDS = {type: f"type {type}" for type in _USED}
_NO_LATITUDE, _NO_LONGITUDE = 91.0, 181.0


class Position(Struct, frozen=True, gc=False):
    """Where a ship was: number of line or entry, MMSI, time (ms UTC or None), degrees, digest and kind of message."""

    number: int
    mmsi: str
    time: int | None
    latitude: float
    longitude: float
    digest: str
    kind: str


class Static(Struct, frozen=True, gc=False):
    """What a ship says of itself: IMO number and name, where stated."""

    number: int
    mmsi: str
    time: int | None
    imo: str | None
    name: str | None
    digest: str
    kind: str


class Unused(Exception):
    """A message of a type that says neither where a ship is nor which."""

    def __init__(self, type: int) -> None:
        super().__init__(str(type))
        self.type = type


def reports(heard: Heard) -> list[Position | Static]:
    """What a message reports. Raises ValueError with the reason when it cannot be used, `Unused` for other types."""
    message = _decoded(heard)
    type = message.msg_type
    if type not in _USED:
        raise Unused(type)
    if not message.mmsi:
        raise ValueError("MMSI 0; expected the nine digits of a ship")
    mmsi = f"{message.mmsi:09d}"
    digest = _digest(heard.parts)
    out: list[Position | Static] = []
    if type in STATIC:
        imo, name = _imo(getattr(message, "imo", None)), _name(getattr(message, "shipname", None))
        if imo or name or type != 19:
            out.append(Static(heard.line, mmsi, heard.time, imo, name, digest, _KINDS[type]))
    if type in POSITIONS:
        latitude, longitude = on_globe(message.lat, message.lon)
        out.append(Position(heard.line, mmsi, heard.time, latitude, longitude, digest, _KINDS[type]))
    return out


def _digest(parts: tuple[bytes, ...]) -> str:
    return hashlib.blake2b(b"".join(parts), digest_size=8).hexdigest()


def _decoded(heard: Heard) -> Any:
    """The message; its fields are those of ITU-R M.1371. Raises ValueError."""
    try:
        message = pyais.decode(*heard.parts)
    except AISBaseException as error:
        raise ValueError(f"cannot be decoded: {type(error).__name__}; expected an AIS message") from None
    except Exception as error:  # what the library does not foresee in a payload is no reason to stop
        raise ValueError(f"cannot be decoded: {type(error).__name__}: {error}; expected an AIS message") from None
    if message.msg_type is None or message.mmsi is None:
        raise ValueError("cut off before the MMSI; expected an AIS message")
    return message


def _imo(value: Any) -> str | None:
    """The IMO number, of seven digits; 0 says that there is none. One with a wrong check digit is kept."""
    return f"{value:07d}" if isinstance(value, int) and 0 < value <= 9_999_999 else None


def _name(value: Any) -> str | None:
    text = value.replace("@", " ").strip() if isinstance(value, str) else ""
    return text or None


def on_globe(latitude: Any, longitude: Any) -> tuple[float, float]:
    """Degrees that are a place on earth. Raises ValueError for the values that say: not known, and for impossible ones."""
    if type(latitude) is type(longitude) is float and -90 <= latitude <= 90 and -180 <= longitude <= 180:
        return latitude, longitude
    for name, value in (("latitude", latitude), ("longitude", longitude)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(f"{name} is not stated; expected degrees")
    if latitude == _NO_LATITUDE or longitude == _NO_LONGITUDE:
        raise ValueError("the ship does not know its position (latitude 91 or longitude 181); expected degrees")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError(
            f"latitude {latitude}, longitude {longitude} is no place on earth; expected -90 to 90, -180 to 180"
        )
    return float(latitude), float(longitude)


def decoded_elsewhere(number: int, entry: Any) -> Position:
    """A position as JSON: `ssvid` or `mmsi`, `timestamp` (seconds or a time), `lat`, `lon`. Raises ValueError or TypeError."""
    if not isinstance(entry, dict):
        raise TypeError("not an object; expected ssvid or mmsi, timestamp, lat, lon")
    mmsi = str(entry.get("ssvid", entry.get("mmsi", ""))).strip()
    if not (mmsi.isascii() and mmsi.isdigit() and len(mmsi) <= 9 and int(mmsi)):
        raise ValueError("ssvid: not an MMSI; expected nine digits")
    time = _time_of(entry.get("timestamp"))
    latitude, longitude = on_globe(entry.get("lat"), entry.get("lon"))
    digest = _digest((f"{time}/{latitude}/{longitude}".encode(),))
    return Position(number, mmsi.zfill(9), time, latitude, longitude, digest, "decoded position")


def _time_of(value: Any) -> int:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            time = round(value * 1000)
            dt.datetime.fromtimestamp(value, dt.UTC)
            return time
        return parse_time(str(value).replace(" UTC", "+00:00"))
    except (ValueError, OverflowError, OSError):
        raise ValueError("timestamp: not a time; expected seconds since 1970 or ISO 8601 with offset") from None


def is_good_imo(imo: str) -> bool:
    """Whether an IMO number has the right check digit."""
    return bool(is_valid("imo", imo))
