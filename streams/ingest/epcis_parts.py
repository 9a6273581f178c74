"""The parts of an EPCIS event as parts of the contract: places, parties, goods, documents, masses."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from msgspec.structs import replace

from streams.ingest.epcis_check import Fields, items, moment, objects, place_id, refuse, text, texts
from streams.ingest.epcis_keys import Key, coordinates, key_of, number_of, unlocode
from streams.ingest.epcis_words import DOCUMENTS, KILOGRAMS, last_part, word
from streams.model.events import Goods, Origin, Party, Place, Reference, Role, Transport, Weight

MasterData = dict[str, dict[str, str]]
"""What the document's header tells of places, parties and goods, by `str(key_of(id))`."""
_ADDRESS = ("streetAddressOne", "streetAddressTwo", "streetAddressThree", "postalCode", "city", "state", "countryCode")
_SEEN_BY = {"Latitude": "latitude", "Longitude": "longitude"}


def _country(facts: dict[str, str]) -> str | None:
    code = facts.get("countryCode", "").upper()
    return code if len(code) == 2 and code.isalpha() and code.isascii() else None


def _degrees(facts: dict[str, str]) -> tuple[float, float] | None:
    return coordinates(f"geo:{facts.get('latitude', '')},{facts.get('longitude', '')}")


def _address(facts: dict[str, str]) -> str | None:
    return ", ".join(facts[name] for name in _ADDRESS if name in facts) or None


def place(event: Fields, known: MasterData) -> Place | None:
    """Where: the read point with its code, coordinates or master data; what it does not tell, the business location does."""
    spots = [spot for name in ("readPoint", "bizLocation") if (spot := place_id(event, name)) is not None]
    if not spots and not event.get("sensorElementList"):
        return None
    code = next((c for spot in spots if (c := unlocode(spot)) is not None), None)
    facts = next((known[name] for spot in spots if (name := str(key_of(spot))) in known), {})
    at = (
        next((xy for spot in spots if (xy := coordinates(spot)) is not None), None)
        or _degrees(facts)
        or measured(event)
    )
    facility = next((str(key_of(s)) for s in spots if unlocode(s) is None and coordinates(s) is None), None)
    country = code[:2] if code is not None else _country(facts)
    if code is None and at is None and facility is None:
        return None
    return Place(
        unlocode=code, name=facts.get("name"), country=country, facility=facility, address=_address(facts),
        latitude=at[0] if at is not None else None, longitude=at[1] if at is not None else None,
    )  # fmt: skip


def _reports(event: Fields) -> list[tuple[Fields, Fields, str]]:
    """The reports of all sensors with the metadata that they stand under and their path."""
    if "sensorElementList" not in event:
        return []
    out = []
    for n, element in enumerate(objects(event, "sensorElementList")):
        metadata = element.get("sensorMetadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        for m, report in enumerate(items(element, "sensorReport")):
            path = f"sensorElementList[{n}].sensorReport[{m}]"
            if not isinstance(report, dict):
                raise refuse("not an object", path, report, "an object")
            out.append((report, metadata, path))
    return out


def _figure(value: Any, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise refuse("not a quantity", path, value, "a number >= 0")
    return float(value)


def _kind_of_report(report: Fields) -> str:
    kind = report.get("type")
    return word(kind) if isinstance(kind, str) else ""


def measured(event: Fields) -> tuple[float, float] | None:
    """Latitude and longitude that a sensor reports in degrees (WGS 84)."""
    found: dict[str, float] = {}
    for report, _, _ in _reports(event):
        component = report.get("component")
        axis = word(component).capitalize() if isinstance(component, str) else _kind_of_report(report)
        name, value = _SEEN_BY.get(axis), report.get("value")
        system = str(report.get("coordinateReferenceSystem", "4326"))
        if name and isinstance(value, int | float) and not isinstance(value, bool) and system.endswith("4326"):
            found[name] = float(value)
    if len(found) != len(_SEEN_BY) or not (abs(found["latitude"]) <= 90 and abs(found["longitude"]) <= 180):
        return None
    return found["latitude"], found["longitude"]


def weighings(event: Fields) -> list[tuple[int, Weight]]:
    """The masses that sensors report, with their times: what stands on a scale is gross. Raises InvalidInput."""
    out = []
    for report, metadata, path in _reports(event):
        unit = report.get("uom")
        if _kind_of_report(report) == "Mass" and _kilograms(unit) and report.get("value") is not None:
            time = report.get("time") or metadata.get("time") or event.get("eventTime")
            kg = _figure(report["value"], f"{path}.value") * _kilograms(unit)
            out.append((moment(time, f"{path}.time"), Weight(gross_kg=kg)))
    return out


def keys(event: Fields, *names: str) -> list[Key]:
    """The keys in lists of EPCs and quantities, each once, in order. Raises InvalidInput."""
    found: dict[Key, None] = {}
    for name in names:
        if name not in event:
            continue
        if name.endswith("QuantityList") or name == "quantityList":
            for n, entry in enumerate(objects(event, name)):
                found.setdefault(key_of(text(entry.get("epcClass"), f"{name}[{n}].epcClass")))
        else:
            found.update(dict.fromkeys(map(key_of, texts(event, name))))
    return list(found)


def goods(event: Fields, epcs: str, quantities: str, known: MasterData) -> dict[str, Goods]:
    """What lists of EPCs and quantities name, by class or number; kilograms where a unit of mass is stated."""
    origin = _origin(event)
    lines: dict[str, Goods] = {}
    counted = Counter(_class_of(key_of(item)) for item in texts(event, epcs))
    for name, count in counted.items():
        lines[name] = Goods(description=_described(name, known), packages=count, origin=origin)
    for n, entry in enumerate(objects(event, quantities)):
        name = str(key_of(text(entry.get("epcClass"), f"{quantities}[{n}].epcClass")))
        amount, unit = entry.get("quantity"), entry.get("uom")
        number = None if amount is None else _figure(amount, f"{quantities}[{n}].quantity")
        mass = number * _kilograms(unit) if number is not None and _kilograms(unit) else None
        pieces = int(number) if number is not None and unit is None and number.is_integer() else None
        lines[name] = Goods(description=_described(name, known), net_kg=mass, packages=pieces, origin=origin)
    return lines


def goods_of(subject: str, lines: dict[str, Goods]) -> tuple[Goods, ...]:
    """The line of one of several consignments: its own lot, or one piece of its class."""
    if subject in lines:
        return (lines[subject],)
    kind, _, value = subject.partition(":")
    line = lines.get(_class_of(Key(kind, value)))
    return (replace(line, packages=1),) if line is not None else ()


def numbered(lines: tuple[Goods, ...]) -> tuple[Goods, ...]:
    """The lines of goods with their numbers from 1."""
    return tuple(replace(line, line=n) for n, line in enumerate(lines, 1))


def _kilograms(unit: Any) -> float:
    return KILOGRAMS.get(unit, 0.0) if isinstance(unit, str) else 0.0


def _class_of(key: Key) -> str:
    return f"GTIN:{key.value[:14]}" if key.kind == "SGTIN" else str(key)


def _described(name: str, known: MasterData) -> str:
    facts = known.get(name, {})
    told = facts.get("descriptionShort") or facts.get("regulatedProductName") or facts.get("name")
    return f"{told} ({name})" if told else name


def _alpha2(event: Fields, name: str) -> str | None:
    code = (event.get("ilmd") or {}).get(f"cbvmda:{name}")
    return code.upper() if isinstance(code, str) and len(code) == 2 and code.isalpha() and code.isascii() else None


def _origin(event: Fields) -> tuple[Origin, ...]:
    country = _alpha2(event, "countryOfOrigin")
    return (Origin(country),) if country is not None else ()


def export_country(event: Fields) -> str | None:
    """The country of export that the master data of the goods states."""
    return _alpha2(event, "countryOfExport")


def business(event: Fields) -> list[tuple[str, str]]:
    """The business transactions as type (the last word of it; empty when not stated) and number."""
    out = []
    for n, entry in enumerate(objects(event, "bizTransactionList")):
        at = f"bizTransactionList[{n}]"
        kind = entry.get("type")
        out.append(
            (
                last_part(text(kind, f"{at}.type")) if kind is not None else "",
                text(entry.get("bizTransaction"), f"{at}.bizTransaction"),
            )
        )
    return out


def references(deals: list[tuple[str, str]], carried: list[Key]) -> tuple[Reference, ...]:
    """The documents that the contract has a type for, and the containers."""
    found = [Reference(DOCUMENTS[kind], number_of(number)) for kind, number in deals if kind in DOCUMENTS]
    found += [Reference("CONTAINER", key.value) for key in carried if key.kind == "CONTAINER"]
    return tuple(dict.fromkeys(found))


def transport(carried: list[Key]) -> Transport | None:
    """The containers and the ship among the keys of an event."""
    boxes = tuple(key.value for key in carried if key.kind == "CONTAINER")
    ship = next((key.value for key in carried if key.kind == "IMO"), None)
    return Transport(vessel_imo=ship, containers=boxes) if boxes or ship else None


def ends(event: Fields, side: str) -> dict[str, str]:
    """The sources or destinations (``side``: `source`, `destination`) by type of CBV. Raises InvalidInput."""
    name = f"{side}List"
    return {
        word(text(entry.get("type"), f"{name}[{n}].type")): text(entry.get(side), f"{name}[{n}].{side}")
        for n, entry in enumerate(objects(event, name))
    }


def party(role: Role, id: str, known: MasterData) -> Party:
    """A party: named by the master data, else unnamed with its number as address.

    A GLN alone is not screened as an identifier: a party of which no list could know the number would come out clear.
    """
    facts = known.get(str(key_of(id)), {})
    if not facts.get("name"):
        return Party(role, country=_country(facts), address=_address(facts) or str(key_of(id)))
    number = key_of(id)
    numbers = {number.kind.lower(): number.value} if number.kind in {"GLN", "PGLN"} else None
    return Party(role, name=facts["name"], country=_country(facts), address=_address(facts), identifiers=numbers)


def parties(event: Fields, known: MasterData, *, transferred: bool) -> tuple[Party, ...]:
    """Sources and destinations as parties; an owner only where one is stated: the same on both sides, or after a transfer."""
    source, destination = ends(event, "source"), ends(event, "destination")
    stated: list[tuple[Role, str | None]] = [
        ("CONSIGNOR", source.get("possessing_party")), ("CONSIGNEE", destination.get("possessing_party")),
        ("SELLER", source.get("owning_party")), ("BUYER", destination.get("owning_party")),
    ]  # fmt: skip
    owner = destination.get("owning_party")
    if transferred or owner == source.get("owning_party"):
        stated = [*stated[:2], *(stated[2:] if transferred else ()), ("OWNER", owner)]
    return tuple(party(role, id, known) for role, id in stated if id is not None)


def destination_country(event: Fields, known: MasterData) -> str | None:
    """The country of the destination's place, by its UN/LOCODE or its master data."""
    spot = ends(event, "destination").get("location")
    if spot is None:
        return None
    code = unlocode(spot)
    return code[:2] if code is not None else _country(known.get(str(key_of(spot)), {}))
