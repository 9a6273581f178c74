"""Goods of the EU on their way to Central Asia: over Lithuania and Belarus, over Latvia and Russia, the Middle Corridor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from streams.feed import cast
from streams.feed.journeys import EuGoods
from streams.feed.scenario import story
from streams.feed.story import JsonEvent, Story

_LISTED: tuple[JsonEvent, ...] = (
    {"hs": "85423190", "dual_use": "3A001.a.2", "description": "Integrated circuits, radiation hardened"},
    {"hs": "84571010", "dual_use": "2B001.b.2", "description": "Machining centre, five axes"},
    {"hs": "90148000", "dual_use": "7A003.a", "description": "Inertial navigation units"},
    {"hs": "90273000", "dual_use": "X.A.III.104", "description": "Spectrometers"},
    {"hs": "88073000", "description": "Parts of aircraft, landing gear"},
    {"hs": "85171300", "dual_use": "5A002.a", "description": "Encrypting terminals"},
)
_HARMLESS: tuple[JsonEvent, ...] = (
    {"hs": "84501111", "dual_use": "", "description": "Washing machines, household"},
    {"hs": "18063290", "description": "Chocolate bars, filled"},
    {"hs": "30049000", "description": "Medicines in retail packs"},
    {"hs": "84342000", "dual_use": "", "description": "Dairy machinery"},
    {"hs": "61099020", "description": "T-shirts of wool"},
)
_CHP: tuple[JsonEvent, ...] = (
    {"hs": "85423290", "description": "Memories, commercial grade"},
    {"hs": "84821010", "dual_use": "", "description": "Ball bearings up to 30 mm"},
    {"hs": "85258900", "description": "Television cameras"},
)


def listed(s: Story) -> JsonEvent:
    """A line of goods under the transit bans."""
    return dict(s.rng.choice(_LISTED))


def harmless(s: Story) -> JsonEvent:
    """A line of goods on no list."""
    return dict(s.rng.choice(_HARMLESS))


def high_priority(s: Story) -> JsonEvent:
    """A line of goods on the common high priority list only."""
    return dict(s.rng.choice(_CHP))


def _whole(run: EuGoods) -> None:
    run.book()
    run.leave()
    run.travel()
    run.deliver()


@story(share=8)
def transit_harmless(s: Story) -> None:
    """Harmless EU goods by one of the usual ways to Kazakhstan."""
    _whole(EuGoods(s, s.rng.choice(("LT-BY-RU", "PL-BY-RU", "LV-RU", "MIDDLE")), harmless(s)))


@story(share=4)
def transit_chp_middle(s: Story) -> None:
    """High priority goods over the Middle Corridor: no ban of transit is touched."""
    _whole(EuGoods(s, "MIDDLE", high_priority(s)))


@story(share=3)
def transit_listed_middle(s: Story) -> None:
    """Listed goods over the Middle Corridor: Russia and Belarus are not touched."""
    _whole(EuGoods(s, "MIDDLE", listed(s)))


@story(share=3, first="2024-07-05")
def transit_chp_belarus(s: Story) -> None:
    """High priority goods that no transit list names, over Belarus and Russia."""
    _whole(EuGoods(s, s.rng.choice(("LT-BY-RU", "PL-BY-RU")), high_priority(s)))


@story(share=4)
def transit_listed_russia(s: Story) -> None:
    """Listed goods from Latvia through Russia: banned in transit."""
    _whole(EuGoods(s, "LV-RU", listed(s)))


@story(share=4, first="2024-07-05")
def transit_listed_belarus(s: Story) -> None:
    """Listed goods over Lithuania or Poland, Belarus and Russia: banned by both."""
    _whole(EuGoods(s, s.rng.choice(("LT-BY-RU", "PL-BY-RU")), listed(s)))


@story(share=1.5, last="2024-06-10")
def transit_belarus_before_ban(s: Story) -> None:
    """Listed goods over Belarus in May or June 2024, before the ban of transit there: only Russia's counts."""
    _whole(EuGoods(s, "LT-BY-RU", listed(s)))


@story(share=1.5, first="2024-06-20", last="2024-06-26")
def transit_belarus_midnight(s: Story) -> None:
    """Listed goods enter Belarus in the night to 1 July 2024: the day begins at midnight in Brussels."""
    run = EuGoods(s, "LT-BY-RU", listed(s))
    run.book(route=None)
    run.leave()
    s.go_to("2024-07-01", s.rng.choice(("00:30:00", "00:59:59", "01:00:00", "01:40:00")), "BY")
    s.tell("BORDER_CROSSED", "BYMSQ", transport=run.lorry)
    s.at += timedelta(minutes=10)
    s.tell("BORDER_CROSSED", "RUKUF", transport=run.lorry)
    run.deliver()


@story(share=3)
def transit_planned_only(s: Story) -> None:
    """Booked through Russia, not yet departed."""
    EuGoods(s, s.rng.choice(("LV-RU", "LT-BY-RU")), listed(s)).book()


@story(share=3)
def transit_rerouted_away(s: Story) -> None:
    """Booked through Russia, then changed to the Middle Corridor before departure."""
    run = EuGoods(s, s.rng.choice(("LV-RU", "LT-BY-RU")), listed(s))
    run.book()
    s.wait(30)
    other = EuGoods(s, "MIDDLE", run.line, seller=run.seller["country"])
    s.tell("ROUTE_CHANGED", source="operator-17", route=other.legs())
    other.leave()
    other.travel()
    if s.rng.random() < 0.6:
        other.deliver()


@story(share=3)
def transit_diverted_into_russia(s: Story) -> None:
    """Booked over the Middle Corridor; the lorry crosses into Russia instead."""
    run = EuGoods(s, "MIDDLE", listed(s))
    run.book()
    run.leave()
    s.wait(50)
    s.tell("BORDER_CROSSED", "RUPKV", transport=run.lorry)
    s.wait(70)
    s.tell("ARRIVED", "KZURA", transport=run.lorry)
    run.deliver()


@story(share=2)
def transit_crossing_retracted(s: Story) -> None:
    """A crossing into Russia is reported for the wrong lorry and taken back."""
    run = EuGoods(s, "MIDDLE", listed(s))
    run.book()
    run.leave()
    s.wait(50)
    wrong = s.tell("BORDER_CROSSED", "RUPKV", transport=run.lorry)
    s.retract(wrong, s.rng.randrange(2, 90))
    run.travel()
    run.deliver()


@story(share=3)
def transit_derogation(s: Story) -> None:
    """Listed goods through Russia with a derogation declared, or an authorisation that names the transit."""
    run = EuGoods(s, "LV-RU", listed(s))
    number = f"BAFA-{s.rng.randrange(1000, 9999)}/{s.at.year}"
    scope = s.rng.choice(("Transit through Russia to Kazakhstan", "transit via RU of the goods named"))
    derogation = {"type": "DEROGATION", "number": number, "issuer": "LV competent authority"}
    authorisation = {"type": "AUTHORISATION", "number": number, "scope": scope}
    run.book(documents=[s.rng.choice((derogation, authorisation))])
    run.leave()
    run.travel()
    run.deliver()


@story(share=2)
def transit_authorisation_of_other_things(s: Story) -> None:
    """An authorisation that speaks of something else does not cover the transit."""
    run = EuGoods(s, "LV-RU", listed(s))
    run.book(documents=[{"type": "AUTHORISATION", "number": "X-1", "scope": "Supply of medicines"}])
    run.leave()
    run.travel()
    run.deliver()


@story(share=2)
def transit_route_unknown(s: Story) -> None:
    """Listed goods booked, nobody says by which way."""
    EuGoods(s, "MIDDLE", listed(s)).book(route=None)


@story(share=2)
def transit_goods_code_unknown(s: Story) -> None:
    """EU goods through Russia described in words only."""
    line = {"description": s.rng.choice(("Spare parts", "Equipment as per contract", "Electronics"))}
    _whole(EuGoods(s, "LV-RU", line))


@story(share=2)
def transit_short_code(s: Story) -> None:
    """The goods code is too short to tell whether the list holds it."""
    _whole(EuGoods(s, "LV-RU", {"hs": "8", "dual_use": "", "description": "Parts"}))


@story(share=2)
def transit_to_russia_or_belarus(s: Story) -> None:
    """Goods of the EU with a destination in Russia or Belarus: the bans of transit do not ask."""
    end, road = s.rng.choice((("RUMOW", "LV-RU"), ("BYMSQ", "LT-BY-RU")))
    run = EuGoods(s, road, s.rng.choice((listed(s), harmless(s))), buyer=end[:2], end=end)
    run.road = run.road[:1]
    run.book()
    run.leave()
    s.wait(40)
    run.deliver()


@story(share=2)
def transit_export_by_departure(s: Story) -> None:
    """The exporting country is not stated: the first departure in the EU tells it."""
    run = EuGoods(s, "LV-RU", listed(s))
    run.book(export_country=None)
    run.leave()
    run.travel()
    run.deliver()


@story(share=3)
def transit_chinese_goods(s: Story) -> None:
    """Chinese goods through Russia to Kazakhstan: not exported from the EU."""
    line = {"line": 1, **listed(s), "net_kg": 8_600, "packages": 14}
    legs = [{"country": c[:2], "unlocode": c, "mode": "RAIL"} for c in ("CNMLX", "RUCEK", "KZPPK")]
    train = cast.container_train(s.rng)
    seller, buyer = cast.firm(s.rng, "CN"), cast.firm(s.rng, "KZ")
    parties = [cast.in_role("SELLER", seller), cast.in_role("CONSIGNEE", buyer)]
    booked: dict[str, Any] = {
        "parties": parties,
        "goods": [line],
        "route": legs,
        "export_country": "CN",
        "destination_country": "KZ",
    }
    s.tell("BOOKED", source="operator-17", **booked)
    for code in ("CNMLX", "RUCEK", "KZPPK"):
        s.wait(80)
        s.tell("ARRIVED" if code != "CNMLX" else "LOADED", code, transport=train)
    s.wait(20)
    s.tell("DELIVERED", "KZPPK")
