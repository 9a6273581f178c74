"""Coal that is Russian by origin or by sale, or may be, on its way into the EU; and what keeps the ban away."""

from __future__ import annotations

from typing import Any

from streams.feed import cast
from streams.feed.journeys import KZ_COAL, Coal
from streams.feed.scenario import story
from streams.feed.story import Story

_RU = ({"country": "RU"},)
_BLENDS: tuple[Any, ...] = (
    _RU,
    ({"country": "KZ", "share_pct": 80}, {"country": "RU", "share_pct": 20}),
    ({"country": "KZ", "share_pct": 70},),
    ({"country": "KZ"}, {"country": "PL"}),
    None,
)
_PORTS = ("RUTAM", "RUVYG", "LVRIX", "RUTAM")
"""Ports that are not listed: the ban on imports stands alone."""


def _coal(s: Story, **more: Any) -> Coal:
    return Coal(s, **{"port": s.rng.choice(_PORTS), "route": s.rng.random() < 0.5, **more})


@story(share=3)
def import_origin(s: Story) -> None:
    """Coal of Russian, mixed or unstated origin to the EU or elsewhere, over ports that are not listed."""
    hs = s.rng.choice(("270112", "270112", "270400", "270210", "250100"))
    unload = s.rng.choice((None, None, "TRISK", "MACAS"))
    _coal(s, hs=hs, origin=s.rng.choice(_BLENDS), unload=unload).whole()


@story(share=3)
def import_sold_in_russia(s: Story) -> None:
    """Kazakh coal that a Russian firm owns, sells or sends: before Russia, in it, or after it was left."""
    run = _coal(s, port="RUTAM", buyer=s.rng.choice(("", "CH")))
    russian = cast.firm(s.rng, "RU")
    role, when = (
        s.rng.choice(("OWNER", "OWNER", "SELLER", "CONSIGNOR")),
        s.rng.choice(("before", "in", "after", "at sea")),
    )
    held = [cast.in_role(role, russian)]
    kazakh = [cast.in_role(role, run.seller)]
    run.book(parties=[*(p for p in run.parties() if p["role"] != role), *(held if when == "before" else kazakh)])
    if when == "before":
        s.wait(20)
        s.tell("PARTIES_CHANGED", parties=kazakh, source="shipper-erp")
    run.rail()
    run.arrive()
    if when == "in":
        s.tell("OWNERSHIP_TRANSFERRED" if role == "OWNER" else "PARTIES_CHANGED", parties=held, source="shipper-erp")
    run.load_ship()
    run.sail()
    if when in {"after", "at sea"}:
        s.wait(30)
        s.tell("PARTIES_CHANGED", parties=held, source="shipper-erp")
    if when != "at sea":
        run.land()
        run.deliver()


@story(share=2)
def import_exported_from_russia(s: Story) -> None:
    """Kazakh coal that is declared as exported from Russia, from the beginning or after it was released there."""
    run = _coal(s, port="RUVYG", origin=KZ_COAL)
    later = s.rng.random() < 0.5
    run.book(export_country="KZ" if later else "RU")
    run.rail()
    if later:
        s.tell("PARTIES_CHANGED", export_country="RU", source="shipper-erp")
    run.through_port()
    run.sail()
    if s.rng.random() < 0.5:
        s.wait(20)
        s.tell("PARTIES_CHANGED", export_country="KZ", source="shipper-erp")
    run.land()
    run.deliver()


@story(share=2)
def import_destination_unknown(s: Story) -> None:
    """Coal whose destination nobody states: it comes into the EU, elsewhere, or is still at sea."""
    run = _coal(s, origin=s.rng.choice(_BLENDS), unload=s.rng.choice((None, None, "TRISK")))
    run.book(destination_country=None, route=None)
    run.rail()
    run.through_port()
    run.sail()
    if s.rng.random() < 0.6:
        run.land()
    if s.rng.random() < 0.5:
        run.deliver()


@story(share=2)
def import_origin_corrected(s: Story) -> None:
    """Coal first booked as Russian, corrected to Kazakh, or the other way round."""
    run = _coal(s)
    first, last = s.rng.choice(((_RU, KZ_COAL), (KZ_COAL, _RU), (None, KZ_COAL)))
    run.origin = first
    booked = run.book()
    run.origin = last
    s.replace(booked, s.rng.randrange(10, 200), goods=run.goods())
    run.rail()
    run.through_port()
    run.sea()


@story(share=2)
def import_goods_not_named(s: Story) -> None:
    """Goods through Russia to the EU of which nobody says what they are, or only where they come from."""
    run = _coal(s, hs=None, origin=s.rng.choice((None, _RU, KZ_COAL)), what="Bulk cargo")
    run.book(goods=s.rng.choice((run.goods(), None)))
    run.rail()
    run.through_port()
    run.sea()


@story(share=2)
def import_booked_only(s: Story) -> None:
    """Coal of Russian or unknown origin booked to the EU, cancelled or not; nothing has moved."""
    _coal(s, origin=s.rng.choice((_RU, None))).book()
    if s.rng.random() < 0.4:
        s.wait(30)
        s.tell("CANCELLED", source="shipper-erp")


@story(share=1.5)
def import_without_nexus(s: Story) -> None:
    """Russian coal bound for the EU while nobody of the EU is in it yet."""
    run = _coal(s, port="RUTAM", origin=_RU, buyer="CH", insurer=s.rng.choice(("GB", None)))
    run.book()
    run.rail()
    run.through_port()
    run.sail()
