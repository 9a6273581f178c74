"""Everything at once: circumstances thrown together by lot, as no story would put them.

These find what nobody thought of: the oracle and the judge must agree on any combination.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from streams.feed import cast
from streams.feed.journeys import KZ_COAL, ROADS, Coal, EuGoods
from streams.feed.scenario import story
from streams.feed.stories.transit import harmless, high_priority, listed
from streams.feed.story import JsonEvent, Story

_ORIGINS: tuple[tuple[JsonEvent, ...] | None, ...] = (
    KZ_COAL, KZ_COAL, KZ_COAL, ({"country": "KZ"},), None, ({"country": "RU"},), ({"country": "KZ", "share_pct": 95},),
    ({"country": "KZ", "share_pct": 97}, {"country": "RU", "share_pct": 3}), ({"country": "KZ"}, {"country": "MN"}),
)  # fmt: skip
_GOODS = (
    ("270112", "Steam coal"), ("270112", "Steam coal"), ("2701190000", "Other coal"), ("270210", "Lignite"),
    ("720839", "Hot-rolled coils"), ("270900", "Crude oil"), ("100199", "Wheat"), ("740311", "Copper"), (None, "Cargo"),
)  # fmt: skip
_PORTS = ("RUULU", "RUULU", "RUNVS", "RUVYS", "RUMMK", "RUTUA", "RUTAM", "LVRIX", "RUASF", "RUOYA", "RUPRI")


def _owner(s: Story) -> JsonEvent | None:
    """An owner by lot: Kazakh, Russian, Swiss, of mixed holders, of an unknown country, or none."""
    rng = s.rng
    kz = cast.firm(rng, "KZ")
    share = rng.choice((10, 49, 50, 75))
    held = [cast.holder(cast.firm(rng, "RU"), share), cast.holder(cast.person(rng), 100 - share)]
    return rng.choice(
        (kz, kz, kz, cast.firm(rng, "RU"), cast.firm(rng, "CH"), {**kz, "owners": held}, {"name": kz["name"]}, None)
    )


def _frozen(s: Story) -> JsonEvent:
    """A frozen party by lot, listed at different dates."""
    late = {"name": "TOO Ulgi Komir Sauda", "country": "KZ"}
    firm = {"name": "ООО «Образец Сырьё Трейдинг»", "country": "RU", "identifiers": {"inn": "7799999997"}}
    owned = {**cast.firm(s.rng, "KZ"), "owners": [cast.holder(late, s.rng.choice((30, 50, 80)))]}
    return s.rng.choice((late, firm, owned))


def _perhaps(s: Story, chance: float) -> bool:
    return s.rng.random() < chance


def _transfer(run: Coal) -> None:
    """Title passes to somebody by lot."""
    owner = _owner(run.story)
    run.story.wait(1)
    if owner:
        run.story.tell("OWNERSHIP_TRANSFERRED", source="shipper-erp", parties=[cast.in_role("OWNER", owner)])


def _port_stages(run: Coal) -> None:
    """What happens at the port, with events that may be missing and uses that may be forbidden."""
    s = run.story
    if _perhaps(s, 0.9):
        run.arrive()
    if _perhaps(s, 0.7):
        run.tip()
    if _perhaps(s, 0.12):
        _transfer(run)
    s.wait(5)
    if _perhaps(s, 0.12):
        kind = s.rng.choice(("STORED", "TRANSSHIPPED", "PORT_CALL", "STS_TRANSFER"))
        s.tell(kind, run.port, transport=run.ship)
    if _perhaps(s, 0.06):
        s.tell("OWNERSHIP_TRANSFERRED", run.port, parties=[cast.in_role("OWNER", run.seller)], port_use="SALE")
    s.wait(5)
    if _perhaps(s, 0.9):
        run.load_ship()


@story(share=10)
def mixed_coal(s: Story) -> None:
    """Cargo over a port with goods, origin, owner, port, people and events by lot."""
    hs, what = s.rng.choice(_GOODS)
    run = Coal(
        s, port=s.rng.choice(_PORTS), unload=s.rng.choice(("NLRTM", "ITRAN", "TRISK", "MACAS", "INMUN")), hs=hs, what=what,
        origin=s.rng.choice(_ORIGINS), owner=_owner(s), buyer=s.rng.choice(("", "", "CH", "AE", "NL")),
        insurer=s.rng.choice(("GB", "GB", "FI", None)), carrier=s.rng.choice(("TR", "TR", "GR", None)),
        route=_perhaps(s, 0.7),
    )  # fmt: skip
    more: dict[str, Any] = {}
    if _perhaps(s, 0.1):
        more["goods"] = None
    elif _perhaps(s, 0.12):
        second = s.rng.choice(_GOODS[:-1])
        line = {"line": 2, "hs": second[0], "description": second[1], "origin": [{"country": "KZ"}], "net_kg": 70_000}
        more["goods"] = [*run.goods(), line]
    if _perhaps(s, 0.1):
        more["parties"] = [*run.parties(), cast.in_role("NOTIFY_PARTY", _frozen(s))]
    run.book(**more)
    if _perhaps(s, 0.1):
        return
    if _perhaps(s, 0.12):
        _transfer(run)
    run.rail()
    if _perhaps(s, 0.12):
        _transfer(run)
        s.wait(3)
    _port_stages(run)
    if _perhaps(s, 0.85):
        run.sail()
    if _perhaps(s, 0.1):
        _transfer(run)
    if _perhaps(s, 0.8):
        run.land()
        if _perhaps(s, 0.8):
            run.deliver()


@story(share=4)
def mixed_plans(s: Story) -> None:
    """Plans over ports by lot, changed once or twice, carried out in part."""
    run = Coal(s, port=s.rng.choice(_PORTS), origin=s.rng.choice(_ORIGINS[:5]), owner=_owner(s), route=_perhaps(s, 0.7))
    run.book()
    for _ in range(s.rng.randrange(3)):
        s.wait(20)
        kind = s.rng.choice(("ARRIVED", "LOADED", "DEPARTED"))
        ahead = s.at + timedelta(days=s.rng.randrange(4, 30))
        sure = s.rng.choice(("PLANNED", "ESTIMATED"))
        told = s.tell(kind, run.port, transport=run.ship, classifier=sure, source="port-agent-ru", occurred=ahead)
        if _perhaps(s, 0.2):
            s.retract(told, 10)
        s.wait(20)
        if _perhaps(s, 0.5):
            run.port = s.rng.choice(_PORTS)
            s.tell("ROUTE_CHANGED", source="shipper-erp", route=s.rng.choice((run.legs(), run.legs(), None)))
    s.wait(12)
    if _perhaps(s, 0.6):
        run.rail()
        _port_stages(run)
    if _perhaps(s, 0.3):
        s.wait(10)
        s.tell("CANCELLED", source="shipper-erp")


def _parties(s: Story, run: EuGoods) -> list[JsonEvent]:
    parties = run.parties()
    if _perhaps(s, 0.15):
        parties = [p for p in parties if p["role"] != "CONSIGNEE"]
        parties.append(cast.in_role("CONSIGNEE", _frozen(s)))
    return parties


def _papers(s: Story) -> list[JsonEvent] | None:
    kind, scope = s.rng.choice(
        (("DEROGATION", None), ("AUTHORISATION", "transit through RU"), ("INSURANCE", "all risks"))
    )
    paper = {"type": kind, "number": f"D-{s.rng.randrange(1000)}"} | ({"scope": scope} if scope else {})
    return [paper] if _perhaps(s, 0.15) else None


@story(share=10)
def mixed_goods(s: Story) -> None:
    """EU goods with goods, way, papers, people and customs by lot."""
    parts: JsonEvent = {"description": "Parts"}
    line = s.rng.choice((listed(s), listed(s), harmless(s), high_priority(s), parts, {"hs": "8", **parts}))
    end = s.rng.choice(("KZALA", "KZALA", "KZAST", "KGFRU", "UZTAS", "RUMOW", "BYMSQ"))
    run = EuGoods(s, s.rng.choice(tuple(ROADS)), line, end=end, seller=s.rng.choice(("", "", "", "TR", "CN")))
    fields: dict[str, Any] = {"parties": _parties(s, run), "documents": _papers(s)}
    unrouted = _perhaps(s, 0.1)
    if unrouted:
        fields["route"] = None
    if _perhaps(s, 0.1):
        fields["goods"] = [run.line, {"line": 2, **harmless(s), "net_kg": 300}]
    run.book(**fields)
    if _perhaps(s, 0.1):
        return
    run.leave()
    if _perhaps(s, 0.1):
        s.tell("EXPORT_CONFIRMED", run.start, customs={"mrn": cast.mrn(s.rng, run.start[:2], s.at.year, "A")})
    days = s.rng.randrange(5, 20)
    released = _perhaps(s, 0.6)
    if released:
        run.release(days=days)
    if _perhaps(s, 0.1):
        run.road = s.rng.choice(tuple(ROADS.values()))
        s.wait(8)
        s.tell("ROUTE_CHANGED", source="operator-17", route=run.legs())
    s.wait(10)
    # a way told by events alone is told in full: whether a part of a way is a known way is left open by the contract
    until = None if unrouted else s.rng.choice((None, None, None, 2))
    run.travel(until=until)
    if _perhaps(s, 0.1):
        s.tell("PARTIES_CHANGED", source="operator-17", parties=[cast.in_role("CONSIGNEE", _frozen(s))])
    s.wait(12)
    if released and _perhaps(s, 0.1):
        run.customs_note("ENQUIRY_OPENED", run.start)
    if released and _perhaps(s, 0.6):
        number = s.rng.choice((None, None, "", cast.wrong_check(run.mrn)))
        run.customs_note("DISCHARGED", None if until else run.end, mrn=number)
    if unrouted or _perhaps(s, 0.7):
        run.deliver()
    s.now = s.at + timedelta(days=s.rng.choice((1, 40)))


_FROZEN_NAMES: tuple[JsonEvent, ...] = (
    {"name": "Obrazets Syrye Treyding", "country": "RU"}, {"name": "Vymysel Primerovich Nesushchestvov", "country": "RU"},
    {"name": "TOO Ulgi Komir Sauda", "country": "KZ"}, {"name": "Any Firm", "identifiers": {"bin": "210140099997"}},
    {"name": "TOO Ulgi Kenish Holding", "country": "KZ"}, {"name": "Etalon", "country": "RU"},
)  # fmt: skip


def _anybody(s: Story) -> JsonEvent:
    """Somebody by lot: clean, frozen, or held by clean and frozen ones with shares and control by lot."""
    rng = s.rng
    if _perhaps(s, 0.25):
        return dict(rng.choice(_FROZEN_NAMES))
    who = cast.firm(rng, rng.choice(("KZ", "DE", "AE")))
    if _perhaps(s, 0.6):
        return who
    shares = rng.choice(((50,), (25, 25), (30, 19.99), (49, 1), (10, 20, 20), (40,), (100,)))
    # each of them once: whether two different shares of one holder are two blocks is left open by the contract
    holders = rng.sample([h for h in _FROZEN_NAMES if h["name"] != "Any Firm"], len(shares))
    control = rng.choice((False, False, False, True, None))
    owners = [cast.holder(h, share, control) for h, share in zip(holders, shares, strict=True)]
    rest = 100 - sum(shares)
    return {**who, "owners": [*owners, cast.holder(cast.person(rng), rest)] if rest else owners}


@story(share=5, first="2026-05-20", last="2026-08-10")
def mixed_parties(s: Story) -> None:
    """People by lot around the listing of 24 July 2026, changed on the way, closed or not."""
    run = EuGoods(s, "MIDDLE", harmless(s))
    roles = ("SELLER", "BUYER", "CONSIGNEE", "FORWARDER", "BANK", "SHIP_OPERATOR", "TERMINAL_OPERATOR")
    run.book(parties=[cast.in_role(role, _anybody(s)) for role in s.rng.sample(roles, s.rng.randrange(1, 4))])
    if _perhaps(s, 0.5):
        run.leave()
    if _perhaps(s, 0.5):
        s.wait(100)
        changed = [cast.in_role(s.rng.choice(roles), _anybody(s))]
        told = s.tell("PARTIES_CHANGED", source="operator-17", parties=changed)
        if _perhaps(s, 0.2):
            s.retract(told, 40)
    s.wait(s.rng.choice((40, 400)))
    closing = s.rng.choice(("DELIVERED", "CANCELLED", None))
    if closing:
        s.tell(closing, source="operator-17")
    s.now = s.at + timedelta(days=s.rng.choice((1, 30, 90)))
