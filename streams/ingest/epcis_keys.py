"""GS1 keys in their two writings, EPC URN (Tag Data Standard) and Digital Link, brought to one.

A number has one text whichever writing it came in, check digit included: a shipment that one sender reports by URN and
the next by Digital Link stays one shipment.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

from msgspec import Struct

_PRIMARY = {
    "00": "SSCC", "01": "GTIN", "253": "GDTI", "401": "GINC", "402": "GSIN", "414": "GLN", "417": "PGLN", "8003": "GRAI",
    "8004": "GIAI", "8006": "ITIP", "8010": "CPI", "8017": "GSRN", "8018": "GSRN",
}  # fmt: skip
_QUALIFIERS = {"10": "LOT", "21": "SERIAL", "235": "SERIAL", "254": "EXTENSION", "8011": "SERIAL"}
_URN = re.compile(r"urn:epc:(?:id|class|idpat):([a-z]+):(.+)", re.IGNORECASE | re.DOTALL)
_GEO = re.compile(r"geo:(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)(?:[,;].*)?", re.IGNORECASE | re.ASCII)
_UNLOCODE = re.compile(r"un-?/?locode[:#/=?]+([a-z]{2}[a-z2-9]{3})$", re.IGNORECASE | re.ASCII)
_BT = re.compile(r"urn:epcglobal:cbv:bt:[0-9]{13}:(.+)", re.IGNORECASE | re.DOTALL)
UNITS = frozenset({"SSCC", "CONTAINER"})
"""Logistic units: what is moved and counted as one."""


class Key(Struct, frozen=True):
    """A number of a kind; ``str()`` of it is what consignments are called after it."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


def check_digit(digits: str) -> str:
    """The GS1 check digit (weights 3, 1 from the right) of a number without it.

    >>> check_digit("0952114101234")
    '5'
    """
    total = sum(int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(digits)))
    return str(-total % 10)


def _numeric(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _from_urn(scheme: str, rest: str) -> Key:
    parts = rest.split(".")
    prefix, item, tail = parts[0], parts[1] if len(parts) > 1 else "", ".".join(parts[2:])
    body = prefix + item
    plain = Key(scheme.upper(), rest)
    if scheme == "bic":
        return Key("CONTAINER", rest.upper())
    if scheme == "imovn":
        return Key("IMO", rest)
    if scheme in {"giai", "ginc"}:
        return Key(scheme.upper(), prefix + ".".join(parts[1:]))
    if not _numeric(body) or (not item and scheme != "gsin"):
        return plain
    if scheme in {"sgtin", "lgtin", "itip", "upui"}:
        gtin = item[:1] + prefix + item[1:]
        kind = {"sgtin": "SGTIN", "lgtin": "LGTIN"}.get(scheme, scheme.upper())
        if len(gtin) != 13:
            return plain
        gtin += check_digit(gtin)
        return Key("GTIN", gtin) if tail in {"", "*"} else Key(kind, f"{gtin}.{tail}")
    if scheme == "sscc":
        number = item[:1] + prefix + item[1:]
        return Key("SSCC", number + check_digit(number)) if len(number) == 17 else plain
    if scheme == "gsin":
        return Key("GSIN", body + check_digit(body)) if len(body) == 16 else plain
    if scheme in {"sgln", "pgln", "grai", "gdti"} and len(body) == 12:
        number = body + check_digit(body)
        kind = {"sgln": "GLN"}.get(scheme, scheme.upper())
        return Key(kind, number if (tail in {"", "0"} and kind == "GLN") or not tail else f"{number}.{tail}")
    return plain


def _from_link(address: str) -> Key | None:
    path = address.split("?", 1)[0].split("#", 1)[0]
    parts = [unquote(part) for part in path.split("/")[3:]]
    for n in range(len(parts) - 1):
        kind, value = _PRIMARY.get(parts[n]), parts[n + 1]
        if kind is None or not value or (kind not in {"GINC", "GIAI", "CPI", "ITIP"} and not _numeric(value[:8])):
            continue
        tail = parts[n + 2 :]
        more = {_QUALIFIERS[a]: v for a, v in zip(tail[::2], tail[1::2], strict=False) if a in _QUALIFIERS and v}
        return _linked(kind, value, more)
    return None


def _linked(kind: str, value: str, more: dict[str, str]) -> Key:
    if kind == "GTIN":
        value = value.zfill(14)
        if "SERIAL" in more:
            return Key("SGTIN", f"{value}.{more['SERIAL']}")
        return Key("LGTIN", f"{value}.{more['LOT']}") if "LOT" in more else Key("GTIN", value)
    if kind == "GRAI" and len(value) >= 14:  # a filler 0, the 13 digits, the serial
        return Key("GRAI", value[1:14] + ("." + value[14:] if value[14:] else ""))
    if kind == "GDTI" and len(value) > 13:
        return Key("GDTI", f"{value[:13]}.{value[13:]}")
    extension = more.get("EXTENSION", "0")
    return Key(kind, value if kind != "GLN" or extension == "0" else f"{value}.{extension}")


def key_of(text: str) -> Key:
    """The key in an EPC URN or Digital Link; anything else is a key of kind `EPC` with the text whole.

    >>> str(key_of("urn:epc:id:sscc:9521141.1234567890")) == str(key_of("https://id.gs1.org/00/195211412345678900"))
    True
    """
    text = text.strip()
    return _kept(text) if len(text) <= _LONGEST_KEPT else _key(text)


def _key(text: str) -> Key:
    urn = _URN.fullmatch(text)
    if urn is not None:
        return _from_urn(urn[1].lower(), urn[2])
    if text[:8].lower().startswith(("https://", "http://")):
        found = _from_link(text)
        if found is not None:
            return found
    return Key("EPC", text)


_LONGEST_KEPT = 200
_kept = lru_cache(maxsize=8192)(_key)
"""Places, parties and parents come again and again; what is too long for a key is not kept in memory."""


def number_of(text: str) -> str:
    """The number of a business transaction: of `urn:epcglobal:cbv:bt:GLN:NUMBER`, of a GS1 key, of a web address its last part."""
    text = text.strip()
    own = _BT.fullmatch(text)
    if own is not None:
        return own[1]
    key = key_of(text)
    if key.kind != "EPC":
        return key.value
    if text[:8].lower().startswith(("https://", "http://")):
        return unquote(text.split("?", 1)[0].rstrip("/").rpartition("/")[2]) or text
    return text


def coordinates(text: str) -> tuple[float, float] | None:
    """Latitude and longitude (degrees) of a `geo:` address (RFC 5870) inside of the globe."""
    found = _GEO.fullmatch(text.strip())
    if found is None:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def unlocode(text: str) -> str | None:
    """The UN/LOCODE at the end of an address or URN that says it is one (`…/unlocode#KZAAU`, `urn:unlocode:KZAAU`)."""
    found = _UNLOCODE.search(text.strip())
    return found[1].upper() if found is not None else None
