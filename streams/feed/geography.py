"""The places of the feed, as reports name them, and the local time there."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

_PLACES = {
    "KZEKB": "Ekibastuz", "KZPWQ": "Pavlodar", "KZKGF": "Karaganda", "KZKSN": "Kostanay", "KZPPK": "Petropavl",
    "KZAKX": "Aktobe", "KZURA": "Oral", "KZALA": "Almaty", "KZAST": "Astana", "KZAAU": "Aktau", "KZCIT": "Shymkent",
    "KGFRU": "Bishkek", "UZTAS": "Tashkent", "AZBAK": "Baku", "AZALA": "Alat", "GEPTI": "Poti", "GETBS": "Tbilisi",
    "RUCEK": "Chelyabinsk", "RUKUF": "Samara", "RUREN": "Orenburg", "RUMOW": "Moscow", "RULED": "St Petersburg",
    "RUULU": "Ust-Luga", "RUVYS": "Vysotsk", "RUVYG": "Vyborg", "RUMMK": "Murmansk", "RUTUA": "Tuapse",
    "RUTAM": "Taman", "RUNVS": "Novorossiysk", "RUNOI": "Novorossiysk", "RUASF": "Astrakhan", "RUOYA": "Olya", "RUPRI": "Primorsk", "RUPKV": "Pskov",
    "BYMSQ": "Minsk", "BYBQT": "Brest", "BYOSH": "Orsha", "LTVNO": "Vilnius", "LTMDK": "Medininkai",
    "LTKLJ": "Klaipėda", "LTKEN": "Kena", "LVRIX": "Riga", "LVTER": "Terehova", "LVZLP": "Zilupe", "LVREZ": "Rēzekne",
    "PLTER": "Terespol", "PLGDN": "Gdańsk", "PLWAW": "Warszawa", "NLRTM": "Rotterdam", "BEANR": "Antwerpen",
    "DEHAM": "Hamburg", "DEWVN": "Wilhelmshaven", "ESGIJ": "Gijón", "ITRAN": "Ravenna", "FIHEL": "Helsinki",
    "ROCND": "Constanța", "BGVAR": "Varna", "TRISK": "İskenderun", "MACAS": "Casablanca", "CNMLX": "Manzhouli",
    "CNHUP": "Khorgas", "INMUN": "Mundra", "AEJEA": "Jebel Ali", "AMEVN": "Yerevan", "RSBEG": "Beograd", "HKHKG": "Hong Kong", "NOOSL": "Oslo",
}  # fmt: skip
_ZONES = {
    "KZ": "Asia/Almaty", "KG": "Asia/Bishkek", "UZ": "Asia/Tashkent", "AZ": "Asia/Baku", "GE": "Asia/Tbilisi",
    "RU": "Europe/Moscow", "BY": "Europe/Minsk", "LT": "Europe/Vilnius", "LV": "Europe/Riga", "EE": "Europe/Tallinn",
    "FI": "Europe/Helsinki", "RO": "Europe/Bucharest", "BG": "Europe/Sofia", "TR": "Europe/Istanbul",
    "CN": "Asia/Shanghai", "MA": "Africa/Casablanca", "IN": "Asia/Kolkata", "GB": "Europe/London",
}  # fmt: skip
STEAM_COAL_STATIONS = ("KZEKB", "KZPWQ", "KZKGF")
EU_COAL_PORTS = ("NLRTM", "BEANR", "DEHAM", "DEWVN", "ESGIJ", "PLGDN", "FIHEL")


def place(unlocode: str) -> dict[str, Any]:
    """A place as most senders state it: code, name, country."""
    return {"unlocode": unlocode, "name": _PLACES[unlocode], "country": unlocode[:2]}


def zone_of(country: str | None) -> ZoneInfo:
    """Local time of a country: its main zone; Brussels where it matters little."""
    return ZoneInfo(_ZONES.get(country or "", "Europe/Brussels"))
