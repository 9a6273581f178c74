"""Other cargo over listed ports: food, fertiliser, metals and oil with their own exemptions, and goods without."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from streams.feed import cast
from streams.feed.journeys import KZ_COAL, Coal
from streams.feed.scenario import story
from streams.feed.story import Story

_KZ = ({"country": "KZ"},)


def _ship(s: Story, hs: str, what: str, **more: Any) -> Coal:
    """A trainload of something else over Novorossiysk, booked."""
    return Coal(s, port="RUNVS", hs=hs, what=what, **{"origin": _KZ, "unload": "ITRAN", **more})


@story(share=3, first="2025-03-01")
def cargo_wheat(s: Story) -> None:
    """Wheat, fertiliser or medicine over Novorossiysk: exempt whatever the owner and the destination."""
    hs, what = s.rng.choice((("100199", "Wheat"), ("310210", "Urea"), ("300490", "Medicines")))
    _ship(s, hs, what, unload=s.rng.choice(("ITRAN", "TRISK")), buyer="NL", owner=None).whole()


@story(share=2, first="2025-03-01")
def cargo_metal(s: Story) -> None:
    """Copper, aluminium or iron ore over Novorossiysk, to the EU or elsewhere."""
    hs, what = s.rng.choice((("740311", "Copper cathodes"), ("760110", "Aluminium"), ("260111", "Iron ore")))
    _ship(s, hs, what, unload=s.rng.choice(("ITRAN", "BGVAR", "TRISK")), insurer="FI").whole()


@story(share=1, first="2025-03-01")
def cargo_metal_destination_corrected(s: Story) -> None:
    """Copper over Novorossiysk, booked for a country outside those of the exemption and corrected to one of the Union."""
    run = _ship(s, "740311", "Copper cathodes", buyer="NL")
    booked = run.book(destination_country="TR")
    s.replace(booked, s.rng.randrange(2, 30), destination_country="IT")
    run.rail()
    run.through_port()
    run.sail()


@story(share=1.5, first="2025-03-01")
def cargo_metal_destination_unknown(s: Story) -> None:
    """Copper over Novorossiysk, nobody says where to."""
    run = _ship(s, "740311", "Copper cathodes")
    run.book(destination_country=None)
    run.rail()
    run.through_port()
    run.sail()


@story(share=3, first="2025-03-01")
def cargo_oil(s: Story) -> None:
    """Oil of Kazakhstan over Novorossiysk: covered when neither origin nor owner is Russian."""
    owner = s.rng.choice((cast.firm(s.rng, "KZ"), cast.firm(s.rng, "KZ"), cast.firm(s.rng, "RU"), None))
    _ship(s, "270900", "Crude oil, CPC Blend", owner=owner, origin=KZ_COAL).whole()


@story(share=1.5, first="2025-03-01")
def cargo_russian_oil(s: Story) -> None:
    """Oil of Russian origin over Novorossiysk: the exemption of third-country oil does not cover it."""
    origin = s.rng.choice(
        (({"country": "RU"},), ({"country": "KZ", "share_pct": 70}, {"country": "RU", "share_pct": 30}))
    )
    _ship(s, "270900", "Crude oil", origin=origin).whole()


@story(share=2, first="2025-07-01")
def cargo_oil_with_a_price(s: Story) -> None:
    """Russian oil at a price below, between or above the caps, by an old or a new contract, attested or not."""
    hs = s.rng.choice(("270900", "270900", "271019"))
    run = _ship(s, hs, "Oil", origin=s.rng.choice((({"country": "RU"},), None)), buyer=s.rng.choice(("IN", "NL")))
    per_bbl = s.rng.choice((40.5, 46.0, 47.6, 55.5, 60.0, 61.5, 75.0, 110.0))
    per, barrels = s.rng.choice((("bbl", 1.0), ("t", 7.4), ("total", run.net_kg / 1000 * 7.4)))
    price = {"amount": round(per_bbl * barrels, 2), "currency": s.rng.choice(("USD", "USD", "USD", "EUR")), "per": per}
    made = (s.at - timedelta(days=s.rng.randrange(5, 120))).date().isoformat()
    attested = [{"type": "PRICE_ATTESTATION", "number": f"A-{s.rng.randrange(1000, 9999)}"}]
    run.book(
        contract=s.rng.choice(({"date": made, "price": price}, {"price": price}, {"date": made})),
        documents=s.rng.choice((attested, None)),
    )
    run.rail()
    run.through_port()
    run.sail()


@story(share=1, first="2025-10-20")
def cargo_oil_over_the_cap(s: Story) -> None:
    """Russian crude for a buyer of the Union, well below or above the cap in force, by a new contract."""
    run = _ship(s, "270900", "Crude oil", origin=({"country": "RU"},), buyer="NL")
    price = {"amount": s.rng.choice((38.0, 58.0, 81.5)), "currency": "USD", "per": "bbl"}
    run.book(contract={"number": "OC-1", "date": (s.at - timedelta(days=3)).date().isoformat(), "price": price})
    run.rail()
    run.through_port()
    run.sail()


@story(share=2, first="2025-03-01")
def cargo_steel(s: Story) -> None:
    """Steel over Novorossiysk: no exemption fits."""
    _ship(s, "720839", "Hot-rolled coils").whole()


@story(share=2, first="2025-07-26")
def cargo_coal_and_wheat(s: Story) -> None:
    """Coal and wheat in one consignment: two exemptions cover it together, or one of them fails."""
    run = Coal(s, port="RUNVS", unload="ITRAN", owner=s.rng.choice((cast.firm(s.rng, "KZ"), None)))
    wheat = {"line": 2, "hs": "100199", "description": "Wheat", "origin": [{"country": "KZ"}], "net_kg": 500_000}
    run.book(goods=[*run.goods(), wheat])
    run.net_kg += 500_000  # what is weighed
    run.rail()
    run.through_port()
    run.sea()
    run.deliver()


@story(share=2, first="2025-03-01")
def cargo_positions_only(s: Story) -> None:
    """Nothing but positions in Kazakhstan: neither goods nor parties are known."""
    for _ in range(s.rng.randrange(1, 5)):
        s.tell("POSITION", {"country": "KZ", "latitude": 51.7, "longitude": 75.3}, export_country="KZ")
        s.wait(20)


@story(share=2, first="2025-03-01")
def cargo_ship_position_gap(s: Story) -> None:
    """Wheat from Constanța to Casablanca with positions and a gap: nothing is wrong."""
    run = Coal(s, port="ROCND", unload="MACAS", hs="100199", what="Wheat", origin=({"country": "RO"},))
    run.book(export_country="RO", route=None)
    s.wait(40)
    s.tell("LOADED", "ROCND", transport=run.ship)
    s.wait(8)
    s.tell("DEPARTED", "ROCND", transport=run.ship)
    s.wait(30)
    s.tell("POSITION", {"latitude": 36.2, "longitude": 14.9}, transport=run.ship, source="ais")
    run.land()
    run.deliver()


@story(share=1.5, first="2026-01-10")
def cargo_karimun(s: Story) -> None:
    """Fuel oil over the Karimun Oil Terminal in Indonesia, which has no code and is listed from 24 April 2026."""
    origin = s.rng.choice((({"country": "RU"},), ({"country": "KZ"},), None))
    run = Coal(s, port="INMUN", unload="ITRAN", hs="271019", what="Fuel oil", origin=origin, route=False)
    run.book(export_country="IN")
    spot = {"name": s.rng.choice(("Karimun Oil Terminal", "KARIMUN OIL TERMINAL INDONESIA")), "country": "ID"}
    s.wait(60)
    s.tell("ARRIVED", spot, transport=run.ship)
    s.wait(30)
    s.tell("STS_TRANSFER", spot, transport=run.ship)
    run.land()
    run.deliver()
