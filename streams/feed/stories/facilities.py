"""A refinery that is listed on a day to come, and airports: by date, by name, planned, done, flown over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from streams.feed import cast
from streams.feed.journeys import Coal, EuGoods
from streams.feed.scenario import story
from streams.feed.story import Story

_KULEVI: tuple[dict[str, Any], ...] = (
    {"name": "Kulevi", "country": "GE", "facility": "Kulevi Oil Refinery"},
    {"name": "Kulevi Oil Refinery", "country": "GE"},
    {"name": "ყულევი", "country": "GE"},
)
_ELSEWHERE: tuple[dict[str, Any], ...] = (
    {"unlocode": "GEPTI", "name": "Poti", "country": "GE"},
    {"name": "Supsa", "country": "GE"},
)
_DAY = "2027-01-25"
_AIRPORTS = ("VKO", "VKO", "SVO", "DME")
"""Listed since 25 February 2025, listed since 24 July 2026, and never."""


def _oil(s: Story, **more: Any) -> Coal:
    return Coal(s, port="GEPTI", hs="270900", what="Crude oil, Uzen", unload="ROCND", route=False, **more)


def _sail_the_caspian(run: Coal) -> None:
    s = run.story
    s.wait(60)
    s.tell("LOADED", "KZAAU", transport={**run.ship, "vessel_flag": "KZ"})
    s.wait(40)
    s.tell("UNLOADED", "AZALA", transport={**run.ship, "vessel_flag": "KZ"})


@story(share=2, first="2026-04-01")
def refinery_before_its_day(s: Story) -> None:
    """Kazakh crude unloaded at Kulevi long before the refinery is listed, or at another place in Georgia."""
    run = _oil(s)
    where = s.rng.choice((*_KULEVI, *_ELSEWHERE))
    run.book()
    _sail_the_caspian(run)
    s.wait(50)
    s.tell("UNLOADED", where, transport=run.train)
    if s.rng.random() < 0.5:
        s.wait(90)
        s.tell("DEPARTED", where, transport=run.ship)
        run.land()
        run.deliver()


@story(share=3, first="2026-07-25")
def refinery_planned(s: Story) -> None:
    """Crude planned to be unloaded at Kulevi around the day of its listing; judged before that day or after it."""
    run = _oil(s, buyer=s.rng.choice(("", "CH", "CH")), insurer=s.rng.choice(("GB", "GB", None)))
    run.book()
    _sail_the_caspian(run)
    known = s.at
    s.go_to(
        s.rng.choice(("2027-01-24", _DAY, _DAY, "2027-03-01", "2026-12-20")),
        s.rng.choice(("01:00:00", "04:30:00")),
        "GE",
    )
    ahead, s.at = s.at, known
    s.tell("UNLOADED", s.rng.choice(_KULEVI), transport=run.train, classifier="PLANNED", occurred=ahead)
    end = s.rng.choice((None, None, "ROUTE_CHANGED", "CANCELLED"))
    if end:
        s.wait(40)
        s.tell(end, source="shipper-erp")
    if s.rng.random() < 0.4:
        s.now = datetime(2027, 1, 25, tzinfo=UTC) + timedelta(hours=s.rng.choice((-30, -1, 0, 200)))


@story(share=2, first="2025-02-01")
def airport_landing(s: Story) -> None:
    """Goods of the EU flown to Kazakhstan with a stop in Russia, at an airport listed then, later or never."""
    line = {"hs": "18063290", "description": "Chocolate bars, filled"}
    run = EuGoods(s, "MIDDLE", line)
    buyer = s.rng.choice(("KZ", "RU"))
    iata = s.rng.choice(_AIRPORTS)
    where = s.rng.choice(({"iata": iata, "country": "RU"}, {"name": "Шереметьево", "country": "RU"}))
    plane = {"mode": "AIR"}
    run.book(route=None, destination_country=buyer)
    s.wait(30)
    s.tell("DEPARTED", "DEHAM", transport=plane)
    if s.rng.random() < 0.3:
        s.tell("ARRIVED", where, transport=plane, classifier="ESTIMATED", source="operator-17")
    s.wait(5)
    if s.rng.random() < 0.7:
        s.tell("ARRIVED", where, transport=plane)
        s.tell("UNLOADED", where, transport=plane)
    else:
        s.tell("BORDER_CROSSED", where, transport=plane)


@story(share=1.5, first="2025-03-01")
def airport_without_nexus(s: Story) -> None:
    """A flight over a listed airport while nobody of the EU takes part, or it cannot be told."""
    who = [
        cast.in_role(role, cast.firm(s.rng, country))
        for role, country in (("SELLER", "CN"), ("BUYER", "KZ"), ("CARRIER", "TR"))
    ]
    insurer = [cast.in_role("INSURER", cast.firm(s.rng, "GB"))] if s.rng.random() < 0.6 else []
    goods = [{"line": 1, "hs": "610910", "description": "T-shirts", "net_kg": 900, "origin": [{"country": "CN"}]}]
    s.tell(
        "BOOKED",
        parties=[*who, *insurer],
        goods=goods,
        export_country="CN",
        destination_country="KZ",
        source="operator-17",
    )
    s.wait(30)
    s.tell("ARRIVED", {"iata": s.rng.choice(_AIRPORTS), "country": "RU"}, transport={"mode": "AIR"})


@story(share=1, first="2026-08-01")
def airport_reported_by_mistake(s: Story) -> None:
    """A landing at a listed airport in Russia, named and not coded, that is sometimes taken back: it never happened."""
    run = EuGoods(s, "MIDDLE", {"hs": "18063290", "description": "Chocolate bars, filled"})
    run.book(route=None, destination_country="KZ")
    s.wait(30)
    s.tell("DEPARTED", "DEHAM", transport={"mode": "AIR"})
    s.wait(5)
    stop = {"name": s.rng.choice(("Sheremetyevo", "Vnukovo")), "country": "RU"}
    landed = s.tell("ARRIVED", stop, transport={"mode": "AIR"})
    if s.rng.random() < 0.5:
        s.retract(landed, 20)
