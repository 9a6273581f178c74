"""Ways that do not fit their destination: unloaded in Russia, or by countries that lie on no corridor."""

from __future__ import annotations

from streams.feed.journeys import EuGoods
from streams.feed.scenario import story
from streams.feed.stories.transit import harmless, high_priority
from streams.feed.story import Story

_ENDS = ("KZALA", "KZALA", "UZTAS", "KGFRU", "AZBAK", "TRISK", "RUMOW")
_DETOURS = (
    ("AEJEA",),
    ("AEJEA", "AMEVN"),
    ("RSBEG", "TRISK"),
    ("HKHKG", "CNMLX"),
    ("AEJEA", "AMEVN", "RSBEG", "HKHKG"),
    ("GEPTI",),
)


def _run(s: Story, end: str) -> EuGoods:
    return EuGoods(s, "MIDDLE", s.rng.choice((harmless, high_priority))(s), buyer=end[:2], end=end)


@story(share=3)
def route_unloaded_in_russia(s: Story) -> None:
    """EU goods that are unloaded, planned to be unloaded or delivered in Russia on their way to somebody else."""
    run = _run(s, s.rng.choice(("KZALA", "KZALA", "UZTAS", "KGFRU", "AZBAK")))
    where = s.rng.choice(("RUMOW", "RUKUF", "RUREN", "KZURA"))
    run.book(route=None)
    run.leave()
    s.wait(60)
    kind = s.rng.choice(("UNLOADED", "UNLOADED", "UNLOADED", "ARRIVED", "DELIVERED", "PLANNED"))
    if kind == "PLANNED":
        s.tell("UNLOADED", where, transport=run.lorry, classifier="PLANNED", source="operator-17")
        if s.rng.random() < 0.5:
            s.wait(20)
            s.tell("UNLOADED", s.rng.choice((where, "KZALA")), transport=run.lorry)
        return
    told = s.tell(kind, where, transport=run.lorry)
    if s.rng.random() < 0.3:
        s.replace(told, 30, place={"unlocode": "KZURA", "name": "Oral", "country": "KZ"})
    if kind != "DELIVERED" and s.rng.random() < 0.6:
        run.deliver()


@story(share=4)
def route_by_detour(s: Story) -> None:
    """EU goods by way of countries that lie on no corridor to their destination, as it was or as it is planned."""
    run = _run(s, s.rng.choice(_ENDS))
    stops = s.rng.choice(_DETOURS)
    legs = [{"country": code[:2], "unlocode": code, "mode": "SEA"} for code in stops]
    planned, stated = s.rng.random() < 0.4, s.rng.random() < 0.8
    more = {} if stated else {"destination_country": None}
    run.book(route=legs if planned else None, **more)
    run.leave()
    if planned and s.rng.random() < 0.5:
        s.wait(30)
        s.tell("ROUTE_CHANGED", source="operator-17")
        return
    for code in stops:
        s.wait(50)
        s.tell(s.rng.choice(("ARRIVED", "BORDER_CROSSED")), code, transport=run.lorry)
    if s.rng.random() < 0.5:
        run.deliver()


@story(share=2)
def route_starts_on_detour(s: Story) -> None:
    """Goods that start in a watched country, or are first seen there, on the way to Kazakhstan."""
    run = _run(s, "KZALA")
    start = s.rng.choice(("AEJEA", "RSBEG", "HKHKG", "AMEVN"))
    export = s.rng.choice(("DE", start[:2], None))
    run.book(route=None, export_country=export)
    s.wait(30)
    s.tell(s.rng.choice(("LOADED", "DEPARTED", "ARRIVED")), start, transport=run.lorry)
    s.wait(90)
    s.tell("ARRIVED", s.rng.choice(("KZAAU", "CNMLX", "AEJEA")), transport=run.lorry)
    if s.rng.random() < 0.5:
        run.deliver()
