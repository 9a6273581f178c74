"""How the lists write dates, countries and kinds of numbers, read into the forms of the model."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from importlib import resources

from streams.model.identifiers import is_valid

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {m: n for n, m in enumerate(_MONTH_NAMES, 1)}
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:T.*)?", re.ASCII)
_WORDS = re.compile(r"(?:(\d{1,2})\s+)?([A-Za-z]{3,9})\.?,?\s+(\d{4})", re.ASCII)
_SLASHED = re.compile(r"([0-9]{1,2}|dd)[/.]([0-9]{1,2}|mm)[/.](\d{4})", re.ASCII | re.IGNORECASE)
_EPOCH = dt.date(1970, 1, 1)

_ALSO = {
    "russia": "RU", "russian federation": "RU", "iran": "IR", "islamic republic of iran": "IR",
    "iran (islamic republic of)": "IR", "syrian arab republic": "SY", "korea, north": "KP", "north korea": "KP",
    "democratic people's republic of korea": "KP", "dprk": "KP", "korea, south": "KR", "south korea": "KR",
    "republic of korea": "KR", "burma": "MM", "myanmar": "MM", "united kingdom": "GB", "great britain": "GB",
    "united states of america": "US", "usa": "US", "united republic of tanzania": "TZ", "viet nam": "VN",
    "democratic republic of the congo": "CD", "congo, democratic republic of the": "CD", "cote d'ivoire": "CI",
    "ivory coast": "CI", "moldova, republic of": "MD", "republic of moldova": "MD", "czech republic": "CZ",
    "turkiye": "TR", "türkiye": "TR", "venezuela (bolivarian republic of)": "VE", "palestinian": "PS",
    "palestine, state of": "PS", "state of palestine": "PS", "west bank": "PS", "region: gaza": "PS",
    "libyan arab jamahiriya": "LY", "hong kong": "HK", "macau": "MO", "macao": "MO", "bosnia and herzegovina": "BA",
    "trinidad and tobago": "TT", "antigua and barbuda": "AG", "saint kitts and nevis": "KN",
    "saint vincent and the grenadines": "VC", "the gambia": "GM", "gambia, the": "GM", "the bahamas": "BS",
    "bahamas, the": "BS", "central african republic": "CF", "republic of the congo": "CG", "lao pdr": "LA",
    "cape verde": "CV", "swaziland": "SZ", "macedonia": "MK", "virgin islands, british": "VG",
    "british virgin islands": "VG", "kyrgyz republic": "KG", "brunei darussalam": "BN", "holy see": "VA",
    "plurinational state of bolivia": "BO", "taiwan, province of china": "TW", "sao tome and principe": "ST",
    "crimea": "UA", "region: crimea": "UA", "kazakhstan, republic of": "KZ", "people's republic of china": "CN",
    "the netherlands": "NL", "netherlands, the": "NL", "marshall islands": "MH", "cook islands": "CK",
}  # fmt: skip


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Country names in lower case to codes: ISO 3166 as the zone database has it, and how the lists write them."""
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    names = {name.replace("&", "and").lower(): code for code, name in rows}
    return {**names, **_ALSO, **{code.lower(): code for code, _ in rows}}


@lru_cache(maxsize=5_000)
def country_of(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a code or English name; None for what is none (UNKNOWN, 00, CS).

    >>> country_of("Islamic Republic of Iran"), country_of("ru"), country_of("UNKNOWN")
    ('IR', 'RU', None)
    """
    known = _countries()
    key = text.strip().lower().replace("’", "'")
    if key == "uk":
        return "GB"
    return known.get(key) or known.get(key.replace("&", "and")) or known.get(key.removeprefix("the "))


def _checked(year: str, month: str | None, day: str | None) -> str | None:
    if month is None:
        return year if 1000 <= int(year) <= 2999 else None
    try:
        date = dt.date(int(year), int(month), int(day or 1))
    except ValueError:
        return None
    return date.isoformat() if day is not None else date.isoformat()[:7]


@lru_cache(maxsize=20_000)
def birth_date(text: str) -> str | None:
    """A date as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; None for spans, approximations and what is no date.

    >>> birth_date("17 May 1962"), birth_date("dd/mm/1962"), birth_date("circa 1962"), birth_date("May 1962")
    ('1962-05-17', '1962', None, '1962-05')
    """
    text = text.strip()
    if found := _ISO.fullmatch(text):
        return _checked(found[1], found[2], found[3])
    if found := _SLASHED.fullmatch(text):
        day, month = (None if part.isalpha() else part for part in (found[1], found[2]))
        return _checked(found[3], month, day if month is not None else None)
    if (found := _WORDS.fullmatch(text)) and (number := _MONTHS.get(found[2][:3].lower())) is not None:
        return _checked(found[3], str(number), found[1])
    return None


def law_day(text: str | None) -> int | None:
    """A day (days since 1970) of a full date in any of the lists' forms; None when it is not one."""
    date = birth_date(text.strip()) if text else None
    if date is None or len(date) != 10:
        return None
    return (dt.date.fromisoformat(date) - _EPOCH).days


_KINDS = (
    ("imo", ("imo", "vessel registration identification")), ("mmsi", ("mmsi", "maritime mobile")),
    ("lei", ("lei", "legal entity identifier")), ("ogrn", ("ogrn", "primary state registration", "psrn")),
    ("inn", ("inn", "taxpayer identification", "tax identification")), ("bin", ("business identification number",)),
    ("passport", ("passport",)), ("swift", ("swift", "bic")), ("tax", ("tax", "fiscal", "vat", "nit", "r.f.c")),
    ("national_id", ("national id", "identification number", "identity", "id card", "cedula", "c.u.r.p", "national no")),
    ("call_sign", ("call sign",)),
    ("aircraft_serial", ("manufacturer's serial", "serial number", "msn")),
    ("tail", ("tail number",)),
    ("reg", ("regist", "company number", "trade licen", "commercial")),
)  # fmt: skip
_UNIQUE = ("inn", "ogrn", "bin", "lei", "imo")
_SPLIT = re.compile(r"[^0-9A-Za-z]")


def number_kind(words: str, value: str, country: str | None = None) -> str:
    """The model's kind of identifier for a list's own words and value.

    Russian and Kazakh numbers are known by length and check digit where the words only say tax or registration.

    >>> number_kind("Tax ID No.", "7799999997", "RU"), number_kind("Passport", "A1234"), number_kind("Odd", "1")
    ('inn', 'passport', 'other')
    """
    said = words.lower()
    kind = next((kind for kind, signs in _KINDS if any(_says(said, sign) for sign in signs)), "other")
    number = _SPLIT.sub("", value)
    if kind in _UNIQUE and kind != "inn":
        return kind
    open_to = ("tax", "inn", "reg", "other", "national_id") if country == "RU" else ("tax", "inn", "reg", "other")
    if (
        country in ("RU", None) and kind in open_to and number.isdigit()
    ):  # other states' identity cards have 13 digits too
        if len(number) in (13, 15) and is_valid("ogrn", number):
            return "ogrn"
        if kind in ("tax", "inn") and len(number) in (10, 12) and is_valid("inn", number):
            return "inn"
    if country == "KZ" and kind in ("tax", "inn", "reg", "national_id", "other") and is_valid("bin", number):
        return "bin"
    return "tax" if kind == "inn" else kind


def _says(text: str, sign: str) -> bool:
    """Whether the words hold the sign; short signs only as words of their own."""
    return sign in text if len(sign) > 4 else sign in re.split(r"[^a-z.]+", text) or text.startswith(sign + " ")
