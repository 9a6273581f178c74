"""Listed banks, military end users and ships: on the way before and after their listing, renamed, misread, with no EU person.

The listed ones are the invented samples of the bundled records.
"""

from __future__ import annotations

from typing import Any

from streams.feed import cast
from streams.feed.journeys import Coal, EuGoods
from streams.feed.scenario import story
from streams.feed.stories.transit import harmless
from streams.feed.story import JsonEvent, Story

_BANK: JsonEvent = {"name": "Primerny Vymyshlenny Bank PAO", "country": "RU"}
_END_USER: JsonEvent = {"name": "NPO Obrazets Optika Primer AO", "country": "RU"}
_SHIP, _SHIP_NAME = "1000007", "OBRAZTSOVY PRIMER"
BANK_LISTED, SHIP_LISTED = "2025-12-04", "2025-07-22"
"""First days of journeys that begin after the listing of the sample bank (2 December 2025) and ship (20 July 2025)."""
_DUAL_USE: tuple[JsonEvent, ...] = (
    {"hs": "84135061", "dual_use": "2B350.i", "description": "Diaphragm pumps, fluoropolymer"},
    {"hs": "90278990", "dual_use": "3A999", "description": "Spectrometers"},
)


def _booked(s: Story, *more: JsonEvent, line: JsonEvent | None = None, **fields: Any) -> EuGoods:
    """Goods over the Middle Corridor, booked with more parties."""
    run = EuGoods(s, "MIDDLE", line or harmless(s))
    roles = {p["role"] for p in more}
    run.book(parties=[*(p for p in run.parties() if p["role"] not in roles), *more], **fields)
    return run


def _through(run: EuGoods) -> None:
    run.leave()
    run.travel()
    run.deliver()


def _bank(name: str | None = None) -> JsonEvent:
    return cast.in_role("BANK", {**_BANK, "name": name} if name else _BANK)


@story(share=2, first=BANK_LISTED)
def bank_listed(s: Story) -> None:
    """A listed bank pays an exporter of the EU; its name is written in several ways."""
    _through(_booked(s, _bank(s.rng.choice((None, "PAO «Primerny Vymyshlenny Bank»", "PRIMERNY-VYMYSHLENNY BANK")))))


@story(share=1, first=BANK_LISTED)
def bank_not_named(s: Story) -> None:
    """A bank takes part of which neither name nor number is stated; sometimes it is named later."""
    run = _booked(s, {"role": "BANK"})
    if s.rng.random() < 0.4:
        s.wait(5)
        s.tell("PARTIES_CHANGED", source="operator-17", parties=[cast.in_role("BANK", cast.firm(s.rng, "KZ"))])
    _through(run)


@story(share=2, last="2025-10-10")
def bank_before_listing(s: Story) -> None:
    """The same bank pays and all is over before it is listed."""
    _through(_booked(s, _bank()))


@story(share=2, first="2025-10-20", last="2025-11-12")
def bank_listed_on_the_way(s: Story) -> None:
    """The bank is listed while the goods are on the way; another bank may have taken its place before."""
    run = _booked(s, _bank())
    run.leave()
    if s.rng.random() < 0.4:
        s.tell("PARTIES_CHANGED", source="operator-17", parties=[cast.in_role("BANK", cast.firm(s.rng, "KZ"))])
    s.go_to(s.rng.choice(("2025-12-01", "2025-12-02")), s.rng.choice(("00:10:00", "23:50:00")), "BE")
    s.tell("POSITION", "GEPTI", transport={"mode": "RAIL"})
    s.now = s.at


@story(share=1.5, first=BANK_LISTED)
def bank_in_another_role(s: Story) -> None:
    """The listed bank is buyer or guarantor, not the paying bank; a clean bank pays."""
    role = s.rng.choice(("GUARANTOR", "BUYER"))
    _through(_booked(s, cast.in_role(role, _BANK), cast.in_role("BANK", cast.firm(s.rng, "KZ"))))


def _abroad(s: Story, *more: JsonEvent, insurer: bool = True) -> list[JsonEvent]:
    """Seller, buyer, carrier and insurer from outside the Union."""
    seller, buyer = cast.firm(s.rng, "KZ"), cast.firm(s.rng, "AZ")
    cast_ = {"SELLER": seller, "CONSIGNOR": seller, "BUYER": buyer, "CARRIER": cast.firm(s.rng, "AZ")}
    insured = [cast.in_role("INSURER", cast.firm(s.rng, "KZ"))] if insurer else []
    return [*(cast.in_role(role, who) for role, who in cast_.items()), *insured, *more]


@story(share=2, first=BANK_LISTED)
def bank_nobody_of_the_eu(s: Story) -> None:
    """A listed bank in a sale from Kazakhstan to Azerbaijan: nobody of the EU, or the insurer is not stated."""
    s.tell(
        "BOOKED", "KZAAU", source="operator-17", parties=_abroad(s, _bank(), insurer=s.rng.random() < 0.6),
        goods=[{"line": 1, "net_kg": 21_500, **harmless(s)}], export_country="KZ", destination_country="AZ",
    )  # fmt: skip
    s.wait(30)
    s.tell("LOADED", "KZAAU", transport=cast.ship(s.rng))
    s.wait(40)
    s.tell("UNLOADED", "AZBAK", transport={"mode": "SEA"})


@story(share=2)
def end_user_dual_use(s: Story) -> None:
    """Dual-use goods for a listed military end user, whatever its role."""
    role = s.rng.choice(("END_USER", "CONSIGNEE", "FORWARDER", "NOTIFY_PARTY"))
    _through(_booked(s, cast.in_role(role, _END_USER), line=dict(s.rng.choice(_DUAL_USE))))


@story(share=2)
def end_user_harmless_goods(s: Story) -> None:
    """Harmless goods for a listed military end user: a red flag."""
    name = s.rng.choice(("NPO Obrazets Optika Primer AO", "НПО «Образец Оптика Пример»", "NPO OBRAZETS-OPTIKA-PRIMER"))
    _through(_booked(s, cast.in_role("END_USER", {**_END_USER, "name": name})))


@story(share=1.5)
def end_user_goods_unknown(s: Story) -> None:
    """A listed military end user, and goods that are not stated or have no code."""
    line = {"hs": None, "description": "Spare parts"} if s.rng.random() < 0.5 else None
    more = {} if line else {"goods": None}
    _through(_booked(s, cast.in_role("END_USER", _END_USER), line=_without_none(line), **more))


def _without_none(line: JsonEvent | None) -> JsonEvent | None:
    return {k: v for k, v in line.items() if v is not None} if line else None


@story(share=1.5)
def end_user_comes_in_later(s: Story) -> None:
    """A listed end user is named on the way, or was named by mistake and is taken back."""
    run = _booked(s, line=dict(s.rng.choice(_DUAL_USE)))
    run.leave()
    told = s.tell("PARTIES_CHANGED", source="operator-17", parties=[cast.in_role("END_USER", _END_USER)])
    if s.rng.random() < 0.4:
        s.retract(told, 20)
    run.travel()
    run.deliver()


def _sea(s: Story, ship: JsonEvent, *, unload: str = "ROCND", nobody: bool = False) -> None:
    """Coal from Georgia by a given ship; the ship may go on with something else."""
    run = Coal(s, port="GEPTI", unload=unload, owner=None, route=False, carrier="AZ" if nobody else "TR")
    run.ship = ship
    run.book()
    s.wait(60)
    run.load_ship()
    run.sail()
    s.wait(60)
    s.tell("POSITION", transport=ship)
    run.land()
    run.deliver()


def _named(s: Story, **fields: Any) -> JsonEvent:
    ship = {**cast.ship(s.rng), **fields}
    return {k: v for k, v in ship.items() if v is not None}


@story(share=2, first=SHIP_LISTED)
def ship_listed(s: Story) -> None:
    """A listed ship under its own or another name."""
    _sea(s, _named(s, vessel_imo=_SHIP, **({} if s.rng.random() < 0.6 else {"vessel_name": _SHIP_NAME})))


@story(share=1.5, first="2025-01-01", last="2025-06-10")
def ship_before_listing(s: Story) -> None:
    """The same ship before it is listed."""
    _sea(s, _named(s, vessel_imo=_SHIP))


@story(share=4, first="2025-06-20", last="2025-07-10")
def ship_listed_at_sea(s: Story) -> None:
    """The ship is listed while at sea, or just after it was unloaded."""
    run = Coal(s, port="GEPTI", unload="ROCND", owner=None, route=False)
    run.ship = _named(s, vessel_imo=_SHIP)
    run.book()
    s.wait(40)
    run.load_ship()
    if s.rng.random() < 0.5:
        s.wait(30)
        s.tell("UNLOADED", "ROCND", transport=run.ship)
    s.go_to(s.rng.choice(("2025-07-19", "2025-07-20")), s.rng.choice(("00:20:00", "23:30:00")), "BE")
    s.now = s.at


@story(share=1.5, first=SHIP_LISTED)
def ship_without_sound_number(s: Story) -> None:
    """A ship of a listed or of another name whose number fails its check or is not stated: a question at most."""
    number = s.rng.choice((None, cast.wrong_check(_SHIP)))
    _sea(s, _named(s, vessel_imo=number, **({"vessel_name": _SHIP_NAME} if s.rng.random() < 0.6 else {})))


@story(share=1.5, first=SHIP_LISTED)
def ship_namesake(s: Story) -> None:
    """A ship that bears the name of a listed one and has a sound number of its own."""
    _sea(s, _named(s, vessel_name=_SHIP_NAME))


@story(share=1.5, first=SHIP_LISTED)
def ship_nobody_of_the_eu(s: Story) -> None:
    """A listed ship from Aktau to Baku: nobody of the EU, or it is not known."""
    ship = _named(s, vessel_imo=_SHIP)
    goods = [{"line": 1, "net_kg": 400_000, **harmless(s)}]
    s.tell(
        "BOOKED", "KZAAU", source="operator-17", parties=_abroad(s, insurer=s.rng.random() < 0.6), goods=goods,
        export_country="KZ", destination_country="AZ", transport=s.rng.choice((None, ship)),
    )  # fmt: skip
    s.wait(30)
    if s.rng.random() < 0.8:
        s.tell("LOADED", "KZAAU", transport=ship)
        s.wait(40)
        s.tell("UNLOADED", s.rng.choice(("AZBAK", "BGVAR")), transport=ship)


@story(share=1.5, first=SHIP_LISTED)
def ship_planned(s: Story) -> None:
    """A listed ship is planned and then, perhaps, another one comes."""
    run = Coal(s, port="GEPTI", unload="ROCND", owner=None, route=False)
    run.book()
    s.wait(20)
    plan = _named(s, vessel_imo=_SHIP)
    s.tell("LOADED", "GEPTI", classifier="PLANNED", transport=plan, occurred=s.at, source="operator-17")
    if s.rng.random() < 0.5:
        s.wait(50)
        run.load_ship()
        run.sea()
