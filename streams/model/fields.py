"""Between Avro-decoded field dictionaries and the typed events: the hot path of the monitor.

A dictionary holds every field of `schemas/event.avsc` with times as ms UTC and days as days since 1970
(logical types not applied). What Avro cannot rule out (negative masses, shares above 100 %) is
checked here, with the same refusals as for JSON (`intake`).
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from streams.errors import InvalidInput
from streams.model import events as ev
from streams.model.intake import json_name

Fields = dict[str, Any]


def _negative(path: str, value: float) -> InvalidInput:
    return InvalidInput("negative mass", path, repr(value), "a number >= 0")


def _share(value: float | None, path: str) -> None:
    if value is not None and not 0 <= value <= 100:
        raise InvalidInput("share out of range", path, repr(value), "a percentage from 0 to 100")


def _transport(d: Fields) -> ev.Transport:
    return ev.Transport(
        d["mode"], d["vessel_imo"], d["vessel_name"], d["vessel_flag"], d["mmsi"], d["voyage"],
        tuple(d["wagons"]), tuple(d["containers"]), tuple(d["plates"]),
    )  # fmt: skip


def _party(d: Fields, path: str) -> ev.Party:
    holders: tuple[ev.Holder, ...] = ()
    if d["owners"]:
        for n, o in enumerate(d["owners"]):
            _share(o["share_pct"], f"{path}.owners[{n}].share_pct")
        holders = tuple(ev.Holder(**o) for o in d["owners"])
    return ev.Party(
        d["role"], d["name"], d["country"], d["address"], d["nationality"], d["birth_date"],
        d["identifiers"] or None, holders,
    )  # fmt: skip


def _goods(d: Fields, path: str) -> ev.Goods:
    total = 0.0
    for n, o in enumerate(d["origin"]):
        _share(o["share_pct"], f"{path}.origin[{n}].share_pct")
        total += o["share_pct"] or 0.0
    if total > 100.000001:
        raise InvalidInput("shares above 100 %", f"{path}.origin", repr(total), "shares that add up to at most 100")
    for name in ("net_kg", "gross_kg", "packages"):
        if d[name] is not None and not d[name] >= 0:
            raise _negative(f"{path}.{name}", d[name])
    value = d["value"]
    return ev.Goods(
        d["line"], d["hs"], d["dual_use"], d["description"], tuple(ev.Origin(**o) for o in d["origin"]),
        d["net_kg"], d["gross_kg"], d["packages"], ev.Money(**value) if value else None,
    )  # fmt: skip


def _document(d: Fields, path: str) -> ev.Document:
    if d["quantity_kg"] is not None and not d["quantity_kg"] >= 0:
        raise _negative(f"{path}.quantity_kg", d["quantity_kg"])
    return ev.Document(**d)


def _contract(d: Fields) -> ev.Contract:
    price = d["price"]
    return ev.Contract(
        d["number"], d["date"], d["no_russia_clause"], ev.Price(**price) if price else None, d["delivery_terms"]
    )


def _weight(d: Fields) -> ev.Weight:
    for name in ("net_kg", "gross_kg"):
        if d[name] is not None and not d[name] >= 0:
            raise _negative(f"weight.{name}", d[name])
    return ev.Weight(**d)


def event_from_fields(d: Fields, intake_time: int | None = None) -> ev.Event:
    """An event from its Avro fields.

    ``intake_time`` (ms UTC, the record's timestamp) stands in for an absent `recorded_at`. Raises InvalidInput.
    """
    recorded = d["recorded_at"]
    if recorded is None:
        recorded = intake_time
    if recorded is None or not d["event_id"] or not d["source"] or not d["consignment_id"]:
        path = next((n for n in ("event_id", "source", "consignment_id") if not d[n]), "recorded_at")
        raise InvalidInput("required field missing", path, repr(d[path]), "a value")
    place, transport, customs, contract, weight = (
        d["place"], d["transport"], d["customs"], d["contract"], d["weight"],
    )  # fmt: skip
    if d["type"] == "RETRACTED" and not d["retracts"]:
        raise InvalidInput("required field missing", "retracts", "None", "the event_id that never happened")
    parties, goods, documents = d["parties"], d["goods"], d["documents"]
    return ev.Event(
        d["event_id"], d["source"], d["type"], d["consignment_id"], d["occurred_at"], recorded, d["classifier"],
        d["replaces"], d["retracts"],
        ev.Place(**place) if place else None,
        _transport(transport) if transport else None,
        tuple([_party(p, f"parties[{n}]") for n, p in enumerate(parties)]) if parties else (),
        tuple([_goods(g, f"goods[{n}]") for n, g in enumerate(goods)]) if goods else (),
        tuple([ev.Leg(**leg) for leg in d["route"]]) if d["route"] else (),
        tuple([ev.Reference(**r) for r in d["references"]]) if d["references"] else (),
        tuple([_document(x, f"documents[{n}]") for n, x in enumerate(documents)]) if documents else (),
        d["export_country"], d["destination_country"], d["end_use_country"],
        _contract(contract) if contract else None,
        d["port_use"],
        ev.Customs(**customs) if customs else None,
        _weight(weight) if weight else None,
        d["gap_until"],
        tuple([ev.Seal(**s) for s in d["seals"]]) if d["seals"] else (),
        tuple(d["waivers"]), tuple(d["into"]), tuple(d["from"]),
    )  # fmt: skip


def _field(value: Any) -> Any:
    if isinstance(value, Struct):
        return event_to_fields(value)
    if isinstance(value, tuple):
        return [_field(v) for v in value]
    return value


def event_to_fields(value: Struct) -> Fields:
    """The Avro fields of an event or of one of its parts, every field present."""
    fields = {json_name(name): _field(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, ev.Party):
        fields["identifiers"] = value.identifiers or None
    return fields
