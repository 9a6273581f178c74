"""Identifiers: their normal forms and check digits (domain 5.3).

A wrong check digit is not bad input (contract 1.3): the value is kept and marked, and it neither
matches nor clears anything. Hence `is_valid` answers True, False, or None for a kind without a check.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache

UNIQUE_KINDS = frozenset({"bin", "inn", "ogrn", "lei", "imo"})
"""Types of which equal valid values are one party whatever the name (contract 6(20))."""

_NOT_ALNUM = re.compile(r"[^0-9A-Z]")
_LETTER_VALUES = {c: i for i, c in enumerate("0123456789")} | dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", [n for n in range(10, 39) if n % 11], strict=True)
)
_LOOKALIKE = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
_KEPT = 100_000
_memo: dict[tuple[str, str], bool | None] = {}

HS2017_SUCCESSORS: dict[str, tuple[str, ...]] = {
    "852580": ("852589", "852581", "852582", "852583"),
    "854140": ("854149", "854141", "854142", "854143"),
    "880330": ("880730",),
    "854890": ("854800",),
}
"""HS 2017 subheadings of the common high priority list and what became of them in HS 2022 (domain 3.1)."""


@lru_cache(maxsize=200_000)
def normal(kind: str, value: str) -> str:
    """The form in which two values of a kind are compared: upper case letters and digits only.

    Cyrillic letters that look like Latin ones are taken for them; `imo` loses its prefix "IMO";
    HS codes keep digits only.

    >>> normal("imo", "IMO 9319466"), normal("container", "csqu 305438-3"), normal("hs", "8542.31")
    ('9319466', 'CSQU3054383', '854231')
    """
    text = _NOT_ALNUM.sub("", value.upper().translate(_LOOKALIKE))
    if kind in ("imo", "imo_company"):
        return text.removeprefix("IMO")
    if kind == "hs":
        return "".join(c for c in text if c.isdigit())
    return text


def is_valid(kind: str, value: str) -> bool | None:
    """Whether the value has the length, shape and check digit of its kind; None when no check exists.

    >>> is_valid("imo", "8814275"), is_valid("imo", "8814274"), is_valid("reg", "whatever")
    (True, False, None)
    """
    check = _CHECKS.get(kind)
    if check is None:
        return None
    key = (kind, value)
    if key in _memo:
        return _memo[key]
    if len(_memo) >= _KEPT:
        _memo.clear()
    answer = _memo[key] = check(normal(kind, value))
    return answer


def is_branch_bin(value: str) -> bool:
    """Whether a Kazakh BIN is that of a branch or representation (6th digit 1 or 2), not of the head office."""
    text = normal("bin", value)
    return len(text) == 12 and text.isdigit() and text[4] in "456" and text[5] in "12"


@lru_cache(maxsize=20_000)
def founding_month(value: str) -> int | None:
    """The day (days since 1970) on which the month of registration begins that a firm's Kazakh BIN tells.

    None for a wrong check digit, for a person's number, and for a branch or representation, which is younger than its firm.
    Years from 70 on are of the last century.
    """
    text = normal("bin", value)
    if not is_valid("bin", text) or text[4] not in "456" or text[5] in "12":
        return None
    year, month = int(text[:2]), int(text[2:4])
    if not 1 <= month <= 12:
        return None
    return (dt.date(year + (1900 if year >= 70 else 2000), month, 1) - dt.date(1970, 1, 1)).days


def hs_successors(code: str) -> tuple[str, ...]:
    """The HS 2022 codes of a goods code: itself, or the successors of a subheading of HS 2017.

    Of several successors any may be the right one (contract 6(28)).

    >>> hs_successors("8803.30")
    ('880730',)
    """
    digits = normal("hs", code)
    return HS2017_SUCCESSORS.get(digits[:6], (digits,))


def hs_matches(code: str, prefix: str) -> bool | None:
    """Whether a goods code falls under a listed HS prefix; None when the code is too short to tell.

    Only the first six digits are shared between CN and TN VED, so a longer prefix is compared as it
    stands (domain 5.3).
    """
    answer: bool | None = False
    for successor in hs_successors(code):
        if successor.startswith(prefix):
            return True
        if successor and prefix.startswith(successor):
            answer = None
    return answer


def _weighted(text: str) -> int:
    """ISO 6346 weighting: letters from 10 without multiples of 11, times powers of two."""
    return sum(_LETTER_VALUES[c] << i for i, c in enumerate(text))


def _ascii(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


_MRN_SHAPE = _ascii(r"\d{2}[A-Z]{2}[0-9A-Z]{13}\d")
_CONTAINER_SHAPE = _ascii(r"[A-Z]{3}[UJZR]\d{7}")
_UNLOCODE_SHAPE = _ascii(r"[A-Z]{2}[A-Z2-9]{3}")
_LEI_SHAPE = _ascii(r"[0-9A-Z]{18}\d{2}")


def _digits(text: str, *lengths: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) in lengths


def _mrn(text: str) -> bool:
    """Customs movement reference number; 10 is written 0."""
    return _MRN_SHAPE(text) and _weighted(text[:17]) % 11 % 10 == int(text[17])


def _container(text: str) -> bool:
    """ISO 6346 container number; a remainder of 10 is written 0."""
    return _CONTAINER_SHAPE(text) and _weighted(text[:10]) % 11 % 10 == int(text[10])


def _imo(text: str) -> bool:
    return _digits(text, 7) and sum(int(d) * w for d, w in zip(text, range(7, 1, -1), strict=False)) % 10 == int(
        text[6]
    )


def _wagon(text: str) -> bool:
    """Wagon of 8 digits (1520 mm) or 12 digits (UIC): Luhn, the weight 2 on every second digit from the right."""
    if not _digits(text, 8, 12):
        return False
    body = text[-2::-1]
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(body))
    return -total % 10 == int(text[-1])


def _bin(text: str) -> bool:
    """Kazakh BIN or IIN: weights 1-11, when that gives 10 then 3-11, 1, 2; 10 again is never issued."""
    if not _digits(text, 12):
        return False
    numbers = [int(d) for d in text]
    check = sum(d * w for d, w in zip(numbers, range(1, 12), strict=False)) % 11
    if check == 10:
        check = sum(d * w for d, w in zip(numbers, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2), strict=False)) % 11
    return check == numbers[11]


def _inn(text: str) -> bool:
    """Russian taxpayer number of a firm (10 digits) or a person (12 digits)."""
    if not _digits(text, 10, 12):
        return False
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)

    def check(length: int) -> bool:
        total = sum(int(d) * w for d, w in zip(text[:length], weights[-length:], strict=True))
        return total % 11 % 10 == int(text[length])

    return check(9) if len(text) == 10 else check(10) and check(11)


def _ogrn(text: str) -> bool:
    """Russian register number: the body modulo 11 (firms) or 13 (sole traders), last digit of that."""
    return _digits(text, 13, 15) and int(text[:-1]) % (len(text) - 2) % 10 == int(text[-1])


def _lei(text: str) -> bool:
    """ISO 17442: letters as two digits, the whole modulo 97 is 1."""
    return _LEI_SHAPE(text) and int("".join(str(int(c, 36)) for c in text)) % 97 == 1


_CHECKS: dict[str, Callable[[str], bool]] = {
    "mrn": _mrn,
    "imo": _imo,
    "container": _container,
    "wagon": _wagon,
    "bin": _bin,
    "iin": _bin,
    "inn": _inn,
    "ogrn": _ogrn,
    "lei": _lei,
    "unlocode": _UNLOCODE_SHAPE,
}
