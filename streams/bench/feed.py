"""The generated feed that every contender of a benchmark is given: the same bytes in the same order.

Journeys on four lanes, interleaved as they would come in from many senders: mostly plain progress of a shipment, some
of it under a sanctions question (coal over a listed port with its owner stated or not, EU goods in transit with and without
a control code, transits that run over their limit), a few duplicates and late events.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from streams.model.events import (
    Contract,
    Customs,
    Event,
    Goods,
    Leg,
    Money,
    Origin,
    Party,
    Place,
    Reference,
    Transport,
    Weight,
    topic_kind,
)  # fmt: skip
from streams.model.moments import parse_day, parse_time

START = parse_time("2026-09-01T00:00:00+00:00")
LIMIT_DAY = parse_day("2026-10-31")
SOON = parse_day("2026-09-01")
"""A limit that passes on the way: such a transit becomes a ghost in time."""
HOUR = 3_600_000
TOPICS = {"shipments": "shipments.events", "customs": "customs.events"}
WINDOW = 2_000
"""Journeys under way at the same time: one event of each in turn."""


class Record(NamedTuple):
    """One record of the feed: which of the two event topics, the key, the encoded event."""

    topic: str
    key: bytes
    value: bytes


class Lane(NamedTuple):
    """A kind of journey: goods, countries, route of places, means of transport, share of the traffic in per cent."""

    name: str
    share: int
    hs: str
    origin: str
    destination: str
    places: tuple[tuple[str, str], ...]
    mode: str
    customs: bool


LANES = (
    Lane("coal", 15, "270112", "KZ", "NL", (("KZEKB", "KZ"), ("RUCEK", "RU"), ("RUULU", "RU"), ("NLRTM", "NL")), "RAIL",
         False),
    Lane("transit", 25, "84798997", "DE", "KZ", (("DEHAM", "DE"), ("LTVNO", "LT"), ("BYMSQ", "BY"), ("KZALA", "KZ")),
         "ROAD", True),
    Lane("corridor", 40, "73089059", "CN", "PL", (("KZHOR", "KZ"), ("KZAAU", "KZ"), ("AZBAK", "AZ"), ("PLWAW", "PL")),
         "RAIL", True),
    Lane("grain", 20, "100199", "KZ", "AF", (("KZKSN", "KZ"), ("KZSAR", "KZ"), ("UZTAS", "UZ"), ("AFHRT", "AF")),
         "RAIL", False),
)  # fmt: skip


def _parties(lane: Lane, n: int) -> tuple[Party, ...]:
    seller, buyer = f"Seller {n % 700} {lane.origin} Trade LLP", f"Buyer {n % 900} {lane.destination} GmbH"
    owner = (Party("OWNER", seller, lane.origin),) if n % 5 else ()
    return (
        Party("CONSIGNOR", seller, lane.origin),
        *owner,
        Party("CONSIGNEE", buyer, lane.destination),
        Party("CARRIER", f"Carrier {n % 60} Logistics", "PL"),
    )


def _goods(lane: Lane, mass: float, n: int) -> tuple[Goods, ...]:
    control = "3A001" if lane.name == "transit" and n % 12 == 0 else None
    origin = (Origin(lane.origin),)
    return (Goods(1, lane.hs, control, f"goods of {lane.name}", origin, mass, value=Money(mass, "EUR")),)


def _route(lane: Lane) -> tuple[Leg, ...]:
    return tuple(Leg(country, code, lane.mode) for code, country in lane.places[1:])  # type: ignore[arg-type]


def journey(n: int, rng: random.Random, length: int) -> list[Event]:
    """The events of journey ``n`` in order of time: booked, loaded, on the way, and so on; ``length`` of them."""
    lane = rng.choices(LANES, [x.share for x in LANES])[0]
    ident, source = f"TW-{lane.name}-{n:07d}", f"operator-{n % 40}"
    time = START + n * 1_000
    mass = float(rng.randrange(20, 3000) * 1000)
    wagon = Transport(lane.mode, wagons=(f"{rng.randrange(10**7, 10**8)}",))  # type: ignore[arg-type]
    base = {"source": source, "consignment_id": ident}

    def event(number: int, kind: str, **fields: object) -> Event:
        at = time + number * 7 * HOUR
        return Event(
            event_id=f"{ident}-{number:03d}", type=kind, occurred_at=at, recorded_at=at + 60_000, **base, **fields,  # type: ignore[arg-type]
        )  # fmt: skip

    events = [
        event(0, "BOOKED", parties=_parties(lane, n), goods=_goods(lane, mass, n), export_country=lane.origin,
              destination_country=lane.destination, contract=Contract(f"C-{n}", LIMIT_DAY - 300, True),
              references=(Reference("CMR", f"CMR{n:08d}"),)),
    ]  # fmt: skip
    if lane.customs:
        events.append(event(1, "RELEASED_FOR_TRANSIT", customs=Customs(f"26{lane.origin}{n:012d}J0", "T1",
                                                                       limit_date=LIMIT_DAY if n % 10 else SOON)))  # fmt: skip
    events.append(event(2, "LOADED", place=Place(*lane.places[0][:1], country=lane.places[0][1]), transport=wagon))
    number = 3
    while len(events) < length:
        code, country = lane.places[min(1 + (number - 3) // 2, len(lane.places) - 1)]
        if number % 4 == 0:
            weight = Weight(mass, method="WAGON_SCALE")
            events.append(event(number, "WEIGHED", place=Place(code, country=country), weight=weight))
        else:
            kind = "BORDER_CROSSED" if number % 2 else "ARRIVED"
            events.append(event(number, kind, place=Place(code, country=country), transport=wagon))
        number += 1
    return events[:length]


def _disturb(events: list[Event], rng: random.Random) -> None:
    """One of a hundred journeys has a duplicate, one of a hundred a late event."""
    if len(events) > 2 and rng.random() < 0.02:
        spot = rng.randrange(1, len(events) - 1)
        events[spot] = events[spot - 1] if rng.random() < 0.5 else events[spot]
        events[spot], events[spot + 1] = events[spot + 1], events[spot]


def steady_journeys(consignments: int, length: int, seed: int = 1, apart: int = 200) -> Iterator[Event]:
    """Journeys of ``length`` events that begin one after the other: at any time as many are at their start as at their end.

    An event of a journey comes when ``apart`` further journeys have begun since its last.
    """
    rng = random.Random(seed)
    under_way: deque[list[Event]] = deque(maxlen=apart * (length - 1) + 1)
    for n in range(consignments + apart * (length - 1)):
        each: list[Event] = []
        if n < consignments:
            each = journey(n, rng, length)
            _disturb(each, rng)
        under_way.append(each)
        for step in range(length):
            at = len(under_way) - 1 - step * apart
            if at >= 0 and under_way[at]:
                yield under_way[at][step]


def journeys(consignments: int, events: int, seed: int = 1, window: int = WINDOW) -> Iterator[Event]:
    """``events`` events of ``consignments`` journeys, ``window`` of them under way at a time; 1 % duplicates, 1 % late, seeded."""
    rng = random.Random(seed)
    base, more = divmod(events, consignments)
    left = events
    for first in range(0, consignments, window):
        block = [
            journey(n, rng, base + (1 if n < more else 0)) for n in range(first, min(first + window, consignments))
        ]
        for each in block:
            _disturb(each, rng)
        for step in range(base + 1):
            for each in block:
                if step < len(each) and left:
                    left -= 1
                    yield each[step]


def records(consignments: int, events: int, seed: int = 1) -> list[Record]:
    """The feed as it goes onto the topics, encoded by the product's own codec."""
    from streams.kafka.codec import encode_event

    return [
        Record(TOPICS[topic_kind(e)], e.consignment_id.encode(), encode_event(e))
        for e in journeys(consignments, events, seed)
    ]
