"""The two ways most consignments go, in stages: coal by rail to a port and on by ship; EU goods to Central Asia.

A story calls the stages one by one and does its own between them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from streams.feed import cast
from streams.feed.geography import EU_COAL_PORTS, STEAM_COAL_STATIONS, place
from streams.feed.story import JsonEvent, Story

KZ_COAL = ({"country": "KZ", "share_pct": 100},)
_NOT_SAID: Any = object()


class Coal:
    """A trainload of coal from Kazakhstan over a port to its buyer; ``cast`` names roles, None leaves one out."""

    def __init__(
        self, story: Story, *, port: str = "RUULU", unload: str | None = None, hs: str | None = "270112",
        origin: tuple[JsonEvent, ...] | None = KZ_COAL, buyer: str = "", insurer: str | None = "GB",
        carrier: str | None = "TR", owner: Any = _NOT_SAID, flag: str | None = None, route: bool = True,
        what: str = "Steam coal, Ekibastuz basin, 0-300 mm",
    ) -> None:  # fmt: skip
        rng = story.rng
        self.story = story
        self.port = port
        self.unload = unload or rng.choice(EU_COAL_PORTS)
        self.station = rng.choice(STEAM_COAL_STATIONS)
        self.wagons = rng.randrange(30, 71)
        self.net_kg = self.wagons * rng.randrange(68_000, 70_500, 100)
        self.seller = cast.firm(rng, "KZ")
        self.buyer = cast.firm(rng, buyer or self.unload[:2])
        self.owner = self.seller if owner is _NOT_SAID else owner
        self.insurer = cast.firm(rng, insurer) if insurer else None
        self.carrier = cast.firm(rng, carrier) if carrier else None
        self.train = cast.gondolas(rng, self.wagons)
        self.ship = cast.ship(rng, flag)
        self.hs, self.origin, self.what, self.with_route = hs, origin, what, route

    def goods(self) -> list[JsonEvent]:
        """The line of goods as the booking states it, at a price of 48 to 95 USD a tonne."""
        line: JsonEvent = {"line": 1, "description": self.what, "net_kg": self.net_kg}
        if self.hs:
            line["hs"] = self.hs
        if self.origin:
            line["origin"] = [dict(o) for o in self.origin]
        price = self.story.rng.randrange(48, 96)
        line["value"] = {"amount": round(self.net_kg / 1000 * price), "currency": "USD"}
        return [line]

    def parties(self) -> list[JsonEvent]:
        """Who takes part, as the booking states it."""
        cast_ = {
            "SELLER": self.seller, "CONSIGNOR": self.seller, "BUYER": self.buyer, "CONSIGNEE": self.buyer,
            "OWNER": self.owner, "INSURER": self.insurer, "CARRIER": self.carrier,
        }  # fmt: skip
        return [cast.in_role(role, who) for role, who in cast_.items() if who]

    def legs(self) -> list[JsonEvent]:
        """The planned way: station, border station, port, port of discharge."""
        return [
            {"country": "KZ", "unlocode": self.station, "mode": "RAIL"},
            {"country": "RU", "unlocode": "RUCEK", "mode": "RAIL"},
            {"country": self.port[:2], "unlocode": self.port, "mode": "RAIL"},
            {"country": self.unload[:2], "unlocode": self.unload, "mode": "SEA"},
        ]

    def book(self, **more: Any) -> JsonEvent:
        """The booking; ``more`` replaces or adds fields, None leaves one out."""
        fields: dict[str, Any] = {
            "parties": self.parties(), "goods": self.goods(), "route": self.legs() if self.with_route else None,
            "export_country": "KZ", "destination_country": self.unload[:2],
            "contract": {"number": f"KC-{self.story.rng.randrange(1000, 9999)}", "delivery_terms": "FOB"},
            **more,
        }  # fmt: skip
        return self.story.tell("BOOKED", source="shipper-erp", **fields)

    def rail(self) -> None:
        """Loaded into wagons, over the border, through Russia to the port (six to ten days)."""
        s = self.story
        s.wait(96)
        smgs = f"{s.rng.randrange(10_000_000, 99_999_999)}"
        s.tell("LOADED", self.station, transport=self.train, references=[{"type": "SMGS", "value": smgs}])
        s.wait(10)
        s.tell("WEIGHED", self.station, weight={"net_kg": self.net_kg, "method": "WAGON_SCALE"})
        s.wait(14)
        s.tell("DEPARTED", self.station, transport=self.train)
        s.wait(40)
        s.tell("BORDER_CROSSED", "RUCEK", transport=self.train)
        s.wait(110)

    def arrive(self) -> JsonEvent:
        """The train stands at the port."""
        return self.story.tell("ARRIVED", self.port, transport=self.train)

    def tip(self) -> JsonEvent:
        """Wagons are tipped at the port: discharge from land transport."""
        self.story.wait(16)
        return self.story.tell("UNLOADED", self.port, transport=self.train)

    def load_ship(self, **more: Any) -> JsonEvent:
        """Loaded into the ship, with its draught survey."""
        self.story.wait(30)
        told = self.story.tell("LOADED", self.port, transport=self.ship, **more)
        survey = round(self.net_kg * self.story.rng.uniform(0.99, 1.005))
        self.story.wait(3)
        self.story.tell("WEIGHED", self.port, weight={"net_kg": survey, "method": "DRAUGHT_SURVEY"})
        return told

    def sail(self) -> JsonEvent:
        """The ship leaves the port."""
        self.story.wait(12)
        bl = f"{self.port[2:]}{self.story.rng.randrange(10_000, 99_999)}"
        return self.story.tell("DEPARTED", self.port, transport=self.ship, references=[{"type": "BL", "value": bl}])

    def sea(self) -> JsonEvent:
        """The ship leaves, and unloads at the buyer's port."""
        self.sail()
        return self.land()

    def land(self) -> JsonEvent:
        """Unloaded at the port of discharge."""
        s = self.story
        s.wait(150)
        s.tell("ARRIVED", self.unload, transport=self.ship)
        s.wait(24)
        return s.tell("UNLOADED", self.unload, transport=self.ship)

    def deliver(self) -> JsonEvent:
        """Handed over to the consignee: the consignment is closed."""
        self.story.wait(30)
        return self.story.tell("DELIVERED", self.unload)

    def through_port(self) -> None:
        """Arrival, tipping and loading at the port."""
        self.arrive()
        self.tip()
        self.load_ship()

    def whole(self) -> None:
        """The whole way without anything in between."""
        self.book()
        self.rail()
        self.through_port()
        self.sea()
        self.deliver()


ROADS: dict[str, tuple[tuple[str, str], ...]] = {
    "LT-BY-RU": (("LTVNO", "ROAD"), ("BYMSQ", "ROAD"), ("RUKUF", "ROAD"), ("KZURA", "ROAD")),
    "PL-BY-RU": (("PLWAW", "RAIL"), ("BYBQT", "RAIL"), ("RUREN", "RAIL"), ("KZAKX", "RAIL")),
    "LV-RU": (("LVREZ", "ROAD"), ("RUMOW", "ROAD"), ("KZURA", "ROAD")),
    "MIDDLE": (("DEHAM", "ROAD"), ("ROCND", "SEA"), ("GEPTI", "RAIL"), ("AZALA", "SEA"), ("KZAAU", "RAIL")),
}
"""Ways of EU goods to Kazakhstan: places in order, each with the mode of the leg that leads on from it."""


class EuGoods:
    """Goods of the EU on their way to a buyer in Central Asia by one of `ROADS`."""

    def __init__(
        self, story: Story, road: str, line: JsonEvent, *, seller: str = "", buyer: str = "KZ", end: str = "KZALA",
    ) -> None:  # fmt: skip
        rng = story.rng
        self.story = story
        self.road = ROADS[road]
        self.start = self.road[0][0]
        self.seller = cast.firm(rng, seller or self.start[:2])
        self.buyer = cast.firm(rng, buyer)
        self.end = end
        packages = rng.randrange(4, 30)
        net = packages * rng.randrange(90, 420)
        self.line = {"line": 1, "net_kg": net, "gross_kg": round(net * 1.08), "packages": packages, **line}
        self.lorry = cast.lorry(rng)
        self.mrn = cast.mrn(rng, self.start[:2], story.at.year)

    def parties(self) -> list[JsonEvent]:
        """Seller, buyer and a carrier of the exporting country."""
        carrier = cast.firm(self.story.rng, self.start[:2])
        cast_ = {"SELLER": self.seller, "CONSIGNOR": self.seller, "BUYER": self.buyer, "CONSIGNEE": self.buyer}
        return [*(cast.in_role(role, who) for role, who in cast_.items()), cast.in_role("CARRIER", carrier)]

    def legs(self) -> list[JsonEvent]:
        """The planned way, the destination last."""
        way = [{"country": code[:2], "unlocode": code, "mode": mode} for code, mode in self.road]
        return [*way, {"country": self.end[:2], "unlocode": self.end, "mode": "ROAD"}]

    def book(self, **more: Any) -> JsonEvent:
        """The booking; ``more`` replaces or adds fields, None leaves one out."""
        fields: dict[str, Any] = {
            "parties": self.parties(), "goods": [self.line], "route": self.legs(),
            "export_country": self.seller["country"], "destination_country": self.end[:2],
            "contract": self.contract(), "documents": self.documents(), **more,
        }  # fmt: skip
        return self.story.tell("BOOKED", source="operator-17", **fields)

    def contract(self, **terms: Any) -> JsonEvent:
        """The sale contract, some weeks old, with a clause against re-export to Russia unless ``terms`` say otherwise."""
        made = (self.story.at - timedelta(days=self.story.rng.randrange(10, 60))).date().isoformat()
        stated = {
            "number": f"K-{self.story.rng.randrange(1000, 9999)}",
            "date": made,
            "no_russia_clause": True,
            **terms,
        }
        return {name: value for name, value in stated.items() if value is not None}

    def documents(self) -> list[JsonEvent]:
        """An assessment of the risks of most exports."""
        number = f"DD-{self.story.at.year}-{self.story.rng.randrange(1000, 9999)}"
        assessed = [{"type": "DUE_DILIGENCE", "number": number, "issuer": self.seller["name"]}]
        return assessed if self.story.rng.random() < 0.7 else []

    def leave(self) -> None:
        """Declared for export and departed."""
        s = self.story
        s.wait(40)
        customs = {"mrn": cast.mrn(s.rng, self.start[:2], s.at.year, "A"), "procedure": "EX"}
        s.tell("DECLARED", self.start, customs=customs)
        s.wait(9)
        s.tell("DEPARTED", self.start, transport=self.lorry)

    def travel(self, *, until: int | None = None) -> None:
        """Reported in each country of the way, up to the place of number ``until`` (all but the destination)."""
        s = self.story
        for code, mode in self.road[1:until]:
            s.wait(45)
            s.tell("BORDER_CROSSED" if mode == "ROAD" else "ARRIVED", code, transport={**self.lorry, "mode": mode})

    def deliver(self) -> JsonEvent:
        """Handed over to the consignee: the consignment is closed."""
        self.story.wait(60)
        return self.story.tell("DELIVERED", self.end)

    def release(self, *, days: int = 12, mrn: str | None = None) -> JsonEvent:
        """Released for transit, to arrive within ``days``; the limit date is that many days after now."""
        s = self.story
        s.wait(3)
        day = (s.at.date() + timedelta(days=days)).isoformat()
        customs = {
            "mrn": mrn or self.mrn,
            "procedure": "T1",
            "office": f"{self.start[:2]}00{s.rng.randrange(1000, 9999)}",
        }
        return s.tell("RELEASED_FOR_TRANSIT", self.start, customs={**customs, "limit_date": day})

    def customs_note(self, type: str, where: str | None, *, mrn: str | None = None, **more: Any) -> JsonEvent:
        """A customs message about the transit, at a place or at none stated; ``mrn`` "" leaves the number out."""
        number = self.mrn if mrn is None else mrn
        return self.story.tell(type, where, customs={"mrn": number} if number else None, **more)


def near(unlocode: str, latitude: float, longitude: float) -> JsonEvent:
    """A place told by coordinates only (degrees), with the country of a code."""
    return {"country": place(unlocode)["country"], "latitude": latitude, "longitude": longitude}
