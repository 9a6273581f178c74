"""Conditions of the coal waiver broken or not known: origin, owner, use of the port, goods."""

from __future__ import annotations

from typing import Any

from streams.feed import cast
from streams.feed.journeys import Coal
from streams.feed.scenario import story
from streams.feed.stories.coal import WAIVER
from streams.feed.story import Story


def _shares(s: Story, russian: float, *, control: bool = False) -> dict[str, Any]:
    """A Kazakh firm of which Russian holders together hold that share (per cent)."""
    owner = cast.firm(s.rng, "KZ")
    half = russian / 2
    russians = [cast.holder(cast.firm(s.rng, "RU"), share, control) for share in (half, russian - half)]
    return {**owner, "owners": [*russians, cast.holder(cast.person(s.rng), 100 - russian)]}


@story(share=3, first=WAIVER)
def coal_blend(s: Story) -> None:
    """Kazakh coal blended with coal of the Kuzbass."""
    share = s.rng.choice((1, 5, 20, 50))
    Coal(s, origin=({"country": "KZ", "share_pct": 100 - share}, {"country": "RU", "share_pct": share})).whole()


@story(share=1.5, first=WAIVER)
def coal_second_country_without_share(s: Story) -> None:
    """A second country of origin is named without a share."""
    Coal(s, origin=({"country": "KZ"}, {"country": "RU"})).whole()


@story(share=2, first=WAIVER)
def coal_blended_at_port(s: Story) -> None:
    """The coal is blended with Russian coal while it lies at the port."""
    run = Coal(s)
    run.book()
    run.rail()
    run.arrive()
    run.tip()
    s.wait(20)
    run.origin = ({"country": "KZ", "share_pct": 80}, {"country": "RU", "share_pct": 20})
    s.tell("PROCESSED", run.port, goods=run.goods())
    run.load_ship()
    run.sea()
    run.deliver()


@story(share=3, first=WAIVER)
def coal_origin_unknown(s: Story) -> None:
    """Nobody says where the coal comes from."""
    Coal(s, origin=None).whole()


@story(share=2, first=WAIVER)
def coal_origin_partly_known(s: Story) -> None:
    """The origin of a part of the coal is not told."""
    Coal(s, origin=({"country": "KZ", "share_pct": s.rng.choice((60, 90))},)).whole()


@story(share=2, first=WAIVER)
def coal_screened_at_home(s: Story) -> None:
    """Screened at the mine in Kazakhstan before loading: no use of the Russian port."""
    run = Coal(s)
    run.book()
    s.wait(30)
    s.tell("PROCESSED", run.station, goods=run.goods())
    run.rail()
    run.through_port()
    run.sea()
    run.deliver()


@story(share=3, first=WAIVER)
def coal_owner_unknown(s: Story) -> None:
    """Nobody says who owns the coal."""
    Coal(s, owner=None).whole()


@story(share=2, first=WAIVER)
def coal_owner_country_unknown(s: Story) -> None:
    """The owner is named, its country is not."""
    run = Coal(s)
    run.owner = {"name": run.owner["name"]}
    run.whole()


@story(share=2, first=WAIVER)
def coal_russian_owner(s: Story) -> None:
    """The coal belongs to a Russian trader from the start, or to a Kazakh firm together with one."""
    run = Coal(s, owner=cast.firm(s.rng, "RU"))
    if s.rng.random() < 0.4:
        second = cast.in_role("OWNER", cast.firm(s.rng, "KZ"))
        run.book(parties=[*run.parties(), second])
    else:
        run.book()
    run.rail()
    run.through_port()
    run.sea()
    run.deliver()


@story(share=1.5, first=WAIVER)
def coal_owner_russian_national(s: Story) -> None:
    """The owner is a Russian national who lives in Kazakhstan."""
    Coal(s, owner={**cast.person(s.rng), "nationality": "RU"}).whole()


@story(share=3, first=WAIVER)
def coal_title_to_russian(s: Story) -> None:
    """Title passes to a Russian trader on the way through Russia, and back before the ship is loaded or not."""
    run = Coal(s)
    run.book()
    run.rail()
    s.tell("OWNERSHIP_TRANSFERRED", source="shipper-erp", parties=[cast.in_role("OWNER", cast.firm(s.rng, "RU"))])
    s.wait(5)
    run.arrive()
    run.tip()
    if s.rng.random() < 0.5:
        s.tell("OWNERSHIP_TRANSFERRED", source="shipper-erp", parties=[cast.in_role("OWNER", run.seller)])
        s.wait(4)
    run.load_ship()
    run.sea()
    run.deliver()


@story(share=2, first=WAIVER)
def coal_title_after_departure(s: Story) -> None:
    """Title passes to a Russian trader only when the ship has left Russia."""
    run = Coal(s)
    run.book()
    run.rail()
    run.through_port()
    run.sail()
    s.wait(20)
    s.tell("OWNERSHIP_TRANSFERRED", source="shipper-erp", parties=[cast.in_role("OWNER", cast.firm(s.rng, "RU"))])
    run.land()
    run.deliver()


@story(share=2, first=WAIVER)
def coal_title_before_entry(s: Story) -> None:
    """A Russian trader owned the coal in Kazakhstan and sold it to a Kazakh firm before it entered Russia."""
    run = Coal(s, owner=cast.firm(s.rng, "RU"))
    run.book()
    s.wait(24)
    s.tell("OWNERSHIP_TRANSFERRED", source="shipper-erp", parties=[cast.in_role("OWNER", run.seller)])
    run.rail()
    run.through_port()
    run.sea()
    run.deliver()


@story(share=2, first=WAIVER)
def coal_owner_known_at_port_only(s: Story) -> None:
    """The owner becomes known only at the port; for the way through Russia nobody said."""
    run = Coal(s, owner=None)
    run.book()
    run.rail()
    run.arrive()
    s.wait(4)
    s.tell("PARTIES_CHANGED", source="shipper-erp", parties=[cast.in_role("OWNER", run.seller)])
    run.tip()
    run.load_ship()
    run.sea()
    run.deliver()


@story(share=3, first=WAIVER)
def coal_half_russian_owner(s: Story) -> None:
    """Russian holders have half or more of the owner together."""
    Coal(s, owner=_shares(s, s.rng.choice((50, 50, 64, 100)))).whole()


@story(share=2, first=WAIVER)
def coal_minority_russian_owner(s: Story) -> None:
    """Russian holders have less than half of the owner together."""
    Coal(s, owner=_shares(s, s.rng.choice((49, 49.9, 20)))).whole()


@story(share=2, first=WAIVER)
def coal_unloaded_from_ship(s: Story) -> None:
    """At the listed port the coal comes off a ship: that is no discharge from land transport."""
    run = Coal(s)
    run.book()
    run.rail()
    s.tell("UNLOADED", run.port, transport=cast.ship(s.rng))
    run.load_ship()
    run.sea()
    run.deliver()


@story(share=3, first=WAIVER)
def coal_port_use(s: Story) -> None:
    """The coal is stored, sold, processed or supplied as bunkers at the listed port."""
    run = Coal(s)
    run.book()
    run.rail()
    run.arrive()
    run.tip()
    s.wait(8)
    kind = s.rng.choice(("STORED", "SALE", "PROCESSED", "SUPPLY"))
    if kind == "STORED":
        s.tell("STORED", run.port)
    elif kind == "PROCESSED":
        s.tell("PROCESSED", run.port, goods=run.goods())
    elif kind == "SALE":
        buyer = [cast.in_role("OWNER", run.buyer)]
        s.tell("OWNERSHIP_TRANSFERRED", run.port, parties=buyer, port_use="SALE")
    else:
        s.tell("PORT_CALL", run.port, transport=run.ship, port_use="SUPPLY")
    run.load_ship()
    run.sea()
    run.deliver()


@story(share=2, first=WAIVER)
def coal_title_at_port_without_sale(s: Story) -> None:
    """Title passes to the EU buyer while the coal is at the port; no sale there is stated."""
    run = Coal(s)
    run.book()
    run.rail()
    run.arrive()
    run.tip()
    s.wait(5)
    s.tell("OWNERSHIP_TRANSFERRED", run.port, source="shipper-erp", parties=[cast.in_role("OWNER", run.buyer)])
    run.load_ship()
    run.sea()
    run.deliver()


@story(share=2, first=WAIVER)
def coal_lignite_or_coke(s: Story) -> None:
    """Kazakh lignite or coke: not the coal of the waiver."""
    hs, what = s.rng.choice((("270210", "Lignite, not agglomerated"), ("270400", "Coke of coal, 25-80 mm")))
    Coal(s, hs=hs, what=what).whole()


@story(share=1.5, first=WAIVER)
def coal_goods_unknown(s: Story) -> None:
    """A shipment over the listed port of which nobody says what it is."""
    run = Coal(s)
    run.book(goods=None)
    run.rail()
    run.through_port()
    run.sea()
    run.deliver()


@story(share=1.5, first=WAIVER)
def coal_and_coke(s: Story) -> None:
    """Coal and coke in one ship: the waiver covers only the coal."""
    run = Coal(s)
    coke = {"line": 2, "hs": "270400", "description": "Coke", "origin": [{"country": "KZ"}], "net_kg": 900_000}
    run.book(goods=[*run.goods(), coke])
    run.net_kg += 900_000  # what is weighed
    run.rail()
    run.through_port()
    run.sea()
    run.deliver()


@story(share=1.5, first="2026-07-28")
def coal_listed_owner(s: Story) -> None:
    """The coal belongs to a frozen Kazakh firm."""
    listed = {"name": "TOO «Ulgi Komir Sauda»", "country": "KZ", "identifiers": {"bin": "210140099997"}}
    Coal(s, owner=listed).whole()
