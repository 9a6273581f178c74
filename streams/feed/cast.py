"""Who takes part: invented firms, persons, ships, wagons and lorries with sound numbers.

Names are put together from words that no bundled list entry holds, so that a name is either plainly one of the
list's or plainly none: the oracle compares for equality and needs no score.
"""

from __future__ import annotations

from random import Random
from typing import Any

from streams.feed import numbers

Party = dict[str, Any]

_KZ_WORDS = (
    "Saryarka",
    "Ertis",
    "Bayanaul",
    "Tulpar",
    "Zhetisu",
    "Altyn Dala",
    "Nurly Zhol",
    "Kokshe",
    "Aksu",
    "Taskala",
)
_KZ_TRADES = ("Energoresurs", "Ugol", "Otyn", "Razrez", "Snab", "Export", "Logistic", "Agro", "Metiz", "Torap")
_RU_WORDS = ("Baltika", "Kuzbass", "Nevsky", "Severnaya", "Sibir", "Volzhsky", "Ladoga", "Onega")
_RU_TRADES = ("Ugletrans", "Portservis", "Toplivo", "Kommerts", "Razvitie", "Tranzit")
_EU_WORDS = (
    "Nordlicht", "Maasdok", "Kurpfalz", "Adriana", "Vistula", "Gauja", "Nemunas", "Emsland", "Tyrrhenia", "Helmond",
    "Brabo", "Kashub", "Asturia", "Peloton", "Vänern",
)  # fmt: skip
_EU_TRADES = ("Brennstoffe", "Maschinen", "Energie", "Technika", "Pharma", "Optik", "Textil", "Automation", "Kontor")
_FORMS = {
    "NL": "B.V.", "BE": "NV", "DE": "GmbH", "PL": "Sp. z o.o.", "LT": "UAB", "LV": "SIA", "EE": "OÜ", "FI": "Oy",
    "IT": "S.r.l.", "ES": "S.L.", "CZ": "s.r.o.", "TR": "A.S.", "CH": "AG", "GB": "Ltd", "GE": "LLC", "AZ": "MMC",
    "UZ": "MChJ", "KG": "OsOO", "AE": "FZE", "MA": "SARL", "CN": "Co., Ltd.", "BG": "EOOD", "RO": "S.R.L.", "IN": "Pvt Ltd",
}  # fmt: skip
_GIVEN = ("Dauren", "Aigul", "Yerlan", "Saule", "Marat", "Zhanar", "Askhat", "Gulnara")
_FAMILY = ("Tulegen", "Sembina", "Akhmetov", "Iskakova", "Baizhan", "Omarov", "Kassymbek", "Turlybek")
_SHIPS = ("ISTRANCA", "NORDIC AMBER", "CAPE TAINARON", "SEA HERON", "LUCKY DOLPHIN", "OCEAN JUNIPER", "BALTIC TERN")
_STREETS = {
    "KZ": ("Abay Ave", "Satpayev St"),
    "RU": ("ul. Portovaya", "Nevsky pr."),
    "LT": ("Tilžės g.", "Savanorių pr."),
}
FLAGS = ("LR", "MH", "PA", "HK", "TR")
"""Flags of the open registers that carry this traffic; none is of the EU."""


def _digits(rng: Random, count: int) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(count))


def kz_bin(rng: Random, founded: str | None = None, kind: str = "40") -> str:
    """A sound BIN of a Kazakh head office registered 2004 to 2021, or in a month ``founded`` (YYMM); kind 41 is a branch."""
    while True:
        month = founded or f"{rng.randrange(4, 22):02d}{rng.randrange(1, 13):02d}"
        found = numbers.kz_bin(f"{month}{kind}{_digits(rng, 5)}")
        if found:
            return found


def _identifiers(rng: Random, country: str) -> dict[str, str]:
    if country == "KZ":
        return {"bin": kz_bin(rng)}
    if country == "RU":
        return {"inn": numbers.inn("78" + _digits(rng, 7))}
    if country in _FORMS and rng.random() < 0.5:
        return {
            "lei": numbers.lei(
                "5299" + "00" + "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(12))
            )
        }
    return {"reg": f"{country}-{_digits(rng, 8)}"}


def _name(rng: Random, country: str) -> str:
    if country == "KZ":
        return f"TOO {rng.choice(_KZ_WORDS)} {rng.choice(_KZ_TRADES)} {rng.randrange(2, 90)}"
    if country == "RU":
        return f"OOO {rng.choice(_RU_WORDS)} {rng.choice(_RU_TRADES)} {rng.randrange(2, 90)}"
    return f"{rng.choice(_EU_WORDS)} {rng.choice(_EU_TRADES)} {_FORMS.get(country, 'Ltd')}"


def firm(rng: Random, country: str) -> Party:
    """A firm of a country: name, address and identifiers, without a role."""
    street = rng.choice(_STREETS.get(country, ("Harbour Road", "Market Street", "Station Road")))
    return {
        "name": _name(rng, country),
        "country": country,
        "address": f"{street} {rng.randrange(1, 200)}",
        "identifiers": _identifiers(rng, country),
    }


def person(rng: Random) -> Party:
    """A holder of shares, a resident of Kazakhstan."""
    return {"name": f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}", "country": "KZ"}


def holder(who: Party, share_pct: float | None, control: bool | None = False) -> Party:
    """An entry of `owners`: who holds, how much (per cent), and whether they control; None leaves a fact unstated."""
    entry: Party = {k: who[k] for k in ("name", "country", "identifiers", "birth_date") if k in who}
    if share_pct is not None:
        entry["share_pct"] = share_pct
    if control is not None:
        entry["control"] = control
    return entry


def in_role(role: str, who: Party) -> Party:
    """The same firm in a role of the consignment."""
    return {"role": role, **who}


def ship(rng: Random, flag: str | None = None) -> dict[str, Any]:
    """A bulk carrier as `transport`: sound IMO number, name, flag (one of `FLAGS` unless given)."""
    return {
        "mode": "SEA",
        "vessel_imo": numbers.imo("9" + _digits(rng, 5)),
        "vessel_name": f"{rng.choice(_SHIPS)} {rng.randrange(2, 60)}",
        "vessel_flag": flag or rng.choice(FLAGS),
    }


def gondolas(rng: Random, count: int) -> dict[str, Any]:
    """A train of open wagons (number series 6) as `transport`; at most eight numbers are written out."""
    first = rng.randrange(5_000_000, 6_999_000)
    return {"mode": "RAIL", "wagons": [numbers.wagon(str(first + n)) for n in range(min(count, 8))]}


def lorry(rng: Random) -> dict[str, Any]:
    """A lorry as `transport`."""
    letters = "".join(rng.choice("ABCDEFGHKLMNPRSTV") for _ in range(3))
    return {"mode": "ROAD", "plates": [f"{letters} {_digits(rng, 3)}"]}


def container_train(rng: Random) -> dict[str, Any]:
    """A container on a train as `transport`."""
    owner = rng.choice(("TKRU", "KTZU", "MSKU", "RZDU"))
    return {"mode": "RAIL", "containers": [numbers.container(owner, _digits(rng, 6))]}


def mrn(rng: Random, country: str, year: int, letter: str = "J") -> str:
    """A sound MRN of a declaration of that country and year; ``letter`` tells the procedure (J: transit, A: export)."""
    middle = "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(12))
    return numbers.mrn(f"{year % 100:02d}{country}{middle}{letter}")


def wrong_check(number: str) -> str:
    """The same number with its last digit put out by one: the check fails."""
    return f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
