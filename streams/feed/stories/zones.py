"""Goods of the EU for firms in Russia, in a special zone or next to one, before and after the zones were listed."""

from __future__ import annotations

from streams.feed import cast
from streams.feed.journeys import EuGoods
from streams.feed.scenario import story
from streams.feed.stories.transit import harmless
from streams.feed.story import JsonEvent, Story

_ZONES = (
    "Alabuga Special Economic Zone, Sh-2 Street 4, 423601 Yelabuga", "ОЭЗ «Алабуга», ул. Ш-2, д. 4/1, Елабуга",
    "Technopolis Moscow, Volgogradsky pr. 42, Moscow", "SEZ St. Petersburg, Noydorf, Strelna",
    "Free Port of Vladivostok, Nazimovo 1", "Свободный порт Владивосток, ул. Верхнепортовая 2",
)  # fmt: skip
_BESIDE = (
    "Alabugskaya ul. 7, Kazan",
    "Volgogradsky pr. 42, Moscow",
    "St Petersburg, Nevsky pr. 9",
    "Vladivostok, Svetlanskaya 3",
)


def _to_russia(s: Story, address: str | None, **who: str | None) -> EuGoods:
    """Harmless goods from Latvia, booked for a consignee with that address."""
    run = EuGoods(s, "LV-RU", harmless(s), buyer="RU", end="RUMOW")
    run.road = run.road[:1]
    stated: JsonEvent = {**run.buyer, "address": address, **who}
    consignee = cast.in_role("CONSIGNEE", {name: value for name, value in stated.items() if value is not None})
    run.book(parties=[*(p for p in run.parties() if p["role"] != "CONSIGNEE"), consignee])
    return run


def _through(run: EuGoods) -> None:
    run.leave()
    run.deliver()


@story(share=2, first="2025-09-01")
def zone_consignee(s: Story) -> None:
    """The address of the consignee names a special zone, or a place that only sounds like one."""
    _through(_to_russia(s, s.rng.choice((*_ZONES, *_BESIDE))))


@story(share=2, first="2025-10-05", last="2025-10-20")
def zone_listed_on_the_way(s: Story) -> None:
    """The zone is listed while the goods are on the way: at midnight in Brussels; or just after they were delivered."""
    run = _to_russia(s, s.rng.choice(_ZONES))
    run.leave()
    s.go_to(*s.rng.choice((("2025-10-23", "23:50:00"), ("2025-10-24", "00:10:00"))), "BE")
    s.tell(s.rng.choice(("POSITION", "DELIVERED")), "RUMOW", transport=run.lorry)
    if s.rng.random() < 0.5:
        s.go_to("2025-10-26")
        s.now = s.at


@story(share=1.5, first="2025-11-01")
def zone_place_of_delivery(s: Story) -> None:
    """The postal address is elsewhere, and the goods are delivered, or to be delivered, in the zone."""
    run = _to_russia(s, s.rng.choice(_BESIDE))
    run.leave()
    s.wait(50)
    site = {s.rng.choice(("facility", "name")): s.rng.choice(("Alabuga", "Free Port of Vladivostok")), "country": "RU"}
    s.tell("DELIVERED", site, **s.rng.choice(({}, {"classifier": "PLANNED"})))


@story(share=1.5, first="2025-09-15")
def zone_not_told(s: Story) -> None:
    """The address of the consignee is not stated, or no country, or nobody of the EU is in it."""
    kind = s.rng.randrange(3)
    if kind == 0:
        _through(_to_russia(s, None))
    elif kind == 1:
        _through(_to_russia(s, s.rng.choice(_ZONES), country=None))
    else:
        seller = cast.in_role("SELLER", cast.firm(s.rng, "KZ"))
        consignee = cast.in_role("CONSIGNEE", {**cast.firm(s.rng, "RU"), "address": s.rng.choice(_ZONES)})
        s.tell(
            "BOOKED", source="operator-17", parties=[seller, consignee], goods=[{"line": 1, "net_kg": 900, **harmless(s)}],
            export_country=s.rng.choice(("KZ", None)), destination_country="RU",
        )  # fmt: skip
        s.wait(30)
        s.tell("DEPARTED", "KZAST", transport=cast.lorry(s.rng))


@story(share=1.5, first="2025-11-01")
def zone_consignee_changes(s: Story) -> None:
    """Another consignee takes the place of one in a zone on the way; or the one in the zone was a mistake."""
    run = _to_russia(s, s.rng.choice(_ZONES))
    told = s.events[-1]
    other = cast.in_role("CONSIGNEE", {**run.buyer, "address": s.rng.choice(_BESIDE)})
    if s.rng.random() < 0.5:
        s.replace(told, 6, parties=[*(p for p in told["parties"] if p["role"] != "CONSIGNEE"), other])
        run.leave()
    else:
        run.leave()
        s.wait(10)
        s.tell("PARTIES_CHANGED", source="operator-17", parties=[other])
    run.deliver()
