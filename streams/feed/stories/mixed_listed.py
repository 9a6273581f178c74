"""Ships, banks and end users by lot around their listings: what no story tells on purpose."""

from __future__ import annotations

from datetime import timedelta

from streams.feed import cast
from streams.feed.scenario import story
from streams.feed.stories.transit import harmless
from streams.feed.story import JsonEvent, Story

_SHIP, _SHIP_NAME = "1000007", "OBRAZTSOVY PRIMER"
_CALLS = ("LOADED", "DEPARTED", "POSITION", "ARRIVED", "UNLOADED", "STS_TRANSFER", "TRANSSHIPPED", "PORT_CALL")
_PORTS = ("KZAAU", "AZBAK", "GEPTI", "TRISK", "BGVAR")
_PEOPLE = ("SELLER", "BUYER", "CARRIER", "INSURER")


def _ship(s: Story) -> JsonEvent:
    """A ship by lot: listed, a namesake, one of a wrong number or of none, a clean one; of the EU now and then."""
    name, rng = {"vessel_name": _SHIP_NAME}, s.rng
    kinds: tuple[JsonEvent, ...] = (
        {"vessel_imo": _SHIP}, {"vessel_imo": _SHIP, **name}, name, {"vessel_imo": cast.wrong_check(_SHIP), **name},
        {"vessel_imo": None, **name}, {"vessel_imo": None}, {}, {"mode": "RAIL"},
    )  # fmt: skip
    ship = {**cast.ship(rng, "MT" if rng.random() < 0.1 else None), **rng.choice(kinds)}
    return {"mode": "RAIL"} if ship["mode"] == "RAIL" else {k: v for k, v in ship.items() if v is not None}


def _people(s: Story) -> list[JsonEvent]:
    """Seller, buyer, carrier and insurer, of the EU or not, some left out; with a bank and an end user by lot."""
    rng = s.rng
    found = [
        cast.in_role(role, cast.firm(rng, "DE" if rng.random() < 0.12 else "KZ"))
        for role in _PEOPLE
        if rng.random() < 0.9
    ]
    if rng.random() < 0.5:
        bank = {"name": "Primerny Vymyshlenny Bank PAO", "country": "RU"}
        found.append(cast.in_role("BANK", rng.choice((bank, bank, cast.firm(rng, "KZ")))))
    if rng.random() < 0.2:
        found.append(cast.in_role("END_USER", {"name": "NPO Obrazets Optika Primer AO", "country": "RU"}))
    return found


def _voyage(s: Story) -> None:
    rng = s.rng
    line = {"line": 1, "net_kg": 21_500, **harmless(s)}
    booked = {"transport": _ship(s)} if rng.random() < 0.3 else {}
    s.tell(
        "BOOKED", "KZAAU", source="operator-17", parties=_people(s), goods=[line], destination_country="AZ", **booked
    )
    aboard = _ship(s)
    for _ in range(rng.randrange(1, 7)):
        s.wait(rng.choice((8, 40, 120)))
        aboard = _ship(s) if rng.random() < 0.3 else aboard
        named = {"transport": aboard} if rng.random() < 0.85 else {}
        s.tell(rng.choice(_CALLS), rng.choice(_PORTS), source="operator-17", **named)
        if rng.random() < 0.1:
            role = rng.choice(("BANK", "INSURER", "BUYER"))
            who = cast.in_role(role, cast.firm(rng, rng.choice(("KZ", "NL"))))
            s.tell("PARTIES_CHANGED", source="operator-17", parties=[who])
    if rng.random() < 0.3:
        s.wait(20)
        s.tell("DELIVERED", "AZBAK", source="operator-17")
    s.now = s.at + timedelta(days=rng.choice((0, 1, 6, 30)))


@story(share=2, first="2025-06-25", last="2025-07-25")
def mixed_ships(s: Story) -> None:
    """Ships by lot around the listing of 20 July 2025, told in full or not, still under way or delivered."""
    _voyage(s)


@story(share=2, first="2025-11-05", last="2025-12-08")
def mixed_banks(s: Story) -> None:
    """Banks by lot around the listing of 2 December 2025, with ships and end users by lot."""
    _voyage(s)
