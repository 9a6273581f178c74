"""Frozen parties: named plainly, in other letters, through holdings and control, listed before or after.

The listed ones are the invented samples of the bundled records.
"""

from __future__ import annotations

from typing import Any

from streams.feed import cast
from streams.feed.journeys import EuGoods
from streams.feed.scenario import story
from streams.feed.stories.transit import harmless
from streams.feed.story import JsonEvent, Story

_FROZEN_FIRM: JsonEvent = {"name": "Obrazets Syrye Treyding OOO", "country": "RU", "identifiers": {"inn": "7799999997"}}
_FROZEN_MAN: JsonEvent = {"name": "Vymysel Primerovich Nesushchestvov", "country": "RU", "birth_date": "1960-01-01"}
_FROZEN_LATE: JsonEvent = {"name": "TOO Ulgi Komir Sauda", "country": "KZ", "identifiers": {"bin": "210140099997"}}
_OWNED = {"name": "TOO Ulgi Kenish Holding", "country": "KZ"}
_WRITINGS = (
    "Obrazets Syrye Treyding OOO", "OBRAZETS SYR'YE TREYDING, LLC", "ООО «Образец Сырьё Трейдинг»",
    "«ОБРАЗЕЦ СЫРЬЕ ТРЕЙДИНГ» ООО", "Obrazets-Syrye-Treyding",
)  # fmt: skip
_ROLES = ("BUYER", "CONSIGNEE", "FORWARDER", "BANK", "NOTIFY_PARTY", "END_USER")


def _shipment(s: Story, who: JsonEvent, role: str = "", **more: Any) -> EuGoods:
    """Harmless goods over the Middle Corridor, booked, with ``who`` in a role."""
    run = EuGoods(s, "MIDDLE", harmless(s))
    role = role or s.rng.choice(_ROLES)
    others = [p for p in run.parties() if p["role"] != role]
    run.book(parties=[*others, cast.in_role(role, who)], **more)
    return run


def _finish(run: EuGoods) -> None:
    run.leave()
    run.travel()
    run.deliver()


def _owned(s: Story, *owners: JsonEvent) -> JsonEvent:
    return {**cast.firm(s.rng, "KZ"), "owners": list(owners)}


@story(share=3, first="2024-06-26")
def frozen_by_name(s: Story) -> None:
    """A frozen firm by its name, in Latin or Cyrillic letters, with another legal form or punctuation."""
    _finish(_shipment(s, {"name": s.rng.choice(_WRITINGS), "country": "RU"}))


@story(share=3, first="2024-06-26")
def frozen_by_identifier(s: Story) -> None:
    """A frozen firm under another name, known by its tax number."""
    _finish(_shipment(s, {**cast.firm(s.rng, "RU"), "identifiers": {"inn": "7799999997"}}))


@story(share=2, first="2024-06-26")
def frozen_other_identifier(s: Story) -> None:
    """A namesake of a frozen firm with a sound tax number of its own."""
    _finish(_shipment(s, {**cast.firm(s.rng, "RU"), "name": "Obrazets Syrye Treyding OOO"}))


@story(share=2, first="2024-06-26")
def frozen_identifier_wrong_check(s: Story) -> None:
    """The tax number fails its check: alone it matches nobody, and it excludes no match by name."""
    name = s.rng.choice(("Obrazets Syrye Treyding OOO", cast.firm(s.rng, "RU")["name"]))
    _finish(_shipment(s, {"name": name, "country": "RU", "identifiers": {"inn": "7799999998"}}))


@story(share=2, first="2024-06-26")
def frozen_weak_alias(s: Story) -> None:
    """A firm that bears only the weak alias of a frozen one, or the alias with its tax number."""
    who: JsonEvent = {"name": "Etalon", "country": "RU"}
    if s.rng.random() < 0.5:
        who["identifiers"] = {"inn": "7799999997"}
    _finish(_shipment(s, who))


@story(share=2)
def frozen_person(s: Story) -> None:
    """A frozen person, in Latin or Cyrillic letters."""
    name = s.rng.choice(("Vymysel Primerovich Nesushchestvov", "Вымысел Примерович НЕСУЩЕСТВОВ"))
    _finish(_shipment(s, {"name": name, "country": "RU", "birth_date": "1960-01-01"}))


@story(share=3, first="2024-06-26")
def frozen_owned_half(s: Story) -> None:
    """A firm of which frozen persons hold half or more."""
    share = s.rng.choice((50, 51, 100))
    owners = [cast.holder(_FROZEN_FIRM, share), cast.holder(cast.person(s.rng), 100 - share)]
    _finish(_shipment(s, _owned(s, *owners[: 1 if share == 100 else 2])))


@story(share=3, first="2024-06-26")
def frozen_owned_minority(s: Story) -> None:
    """A firm of which a frozen person holds less than half and which he does not control."""
    share = s.rng.choice((49, 49.99, 25))
    _finish(_shipment(s, _owned(s, cast.holder(_FROZEN_MAN, share), cast.holder(cast.person(s.rng), 100 - share))))


@story(share=2, first="2024-06-26")
def frozen_two_quarters(s: Story) -> None:
    """Two frozen holders of a quarter each make half."""
    quarter = [cast.holder(_FROZEN_FIRM, 25), cast.holder(_FROZEN_MAN, 25), cast.holder(cast.person(s.rng), 50)]
    _finish(_shipment(s, _owned(s, *quarter)))


@story(share=2)
def frozen_controlled(s: Story) -> None:
    """A firm in which a frozen person holds little but has control."""
    owners = [cast.holder(_FROZEN_MAN, s.rng.choice((0, 10)), True), cast.holder(cast.person(s.rng), 90)]
    _finish(_shipment(s, _owned(s, *owners)))


@story(share=2)
def frozen_holding_unknown(s: Story) -> None:
    """A frozen person is named as a holder, neither share nor control is stated."""
    _finish(_shipment(s, _owned(s, cast.holder(_FROZEN_MAN, None, None))))


@story(share=2)
def frozen_by_register(s: Story) -> None:
    """A firm that a register shows under a frozen person, itself or through a holding of half."""
    own = _OWNED if s.rng.random() < 0.5 else _owned(s, cast.holder(_OWNED, 50), cast.holder(cast.person(s.rng), 50))
    _finish(_shipment(s, own))


@story(share=2, first="2025-06-01", last="2026-05-25")
def frozen_listed_afterwards(s: Story) -> None:
    """Delivered before the buyer was listed on 24 July 2026, looked at again afterwards."""
    _finish(_shipment(s, _FROZEN_LATE))
    s.go_to("2026-08-03")
    s.now = s.at


@story(share=2, first="2026-07-26")
def frozen_listed_before(s: Story) -> None:
    """The buyer was listed before the booking."""
    _finish(_shipment(s, _FROZEN_LATE))


@story(share=2, first="2026-06-10", last="2026-07-05")
def frozen_listed_on_the_way(s: Story) -> None:
    """The buyer is listed while the goods are on the way; they are delivered or stand still."""
    run = _shipment(s, _FROZEN_LATE)
    run.leave()
    s.go_to("2026-07-23", s.rng.choice(("12:00:00", "20:00:00")), "KZ")
    if s.rng.random() < 0.5:
        s.tell("DELIVERED", run.end)
    s.go_to(s.rng.choice(("2026-07-23", "2026-07-26")), "23:40:00", "BE")
    s.now = s.at


@story(share=2, first="2026-06-10", last="2026-07-05")
def frozen_changed_before_listing(s: Story) -> None:
    """The buyer leaves the deal before it is listed: another takes its role."""
    run = _shipment(s, _FROZEN_LATE, "BUYER")
    s.wait(50)
    s.tell("PARTIES_CHANGED", source="operator-17", parties=[cast.in_role("BUYER", cast.firm(s.rng, "KZ"))])
    s.go_to("2026-07-28", "10:00:00", "LT")
    run.leave()
    run.travel()


@story(share=2, first="2024-06-26")
def frozen_changed_away(s: Story) -> None:
    """A frozen consignee is replaced by another on the way: what happened before stays found."""
    run = _shipment(s, _FROZEN_FIRM, "CONSIGNEE")
    run.leave()
    s.tell("PARTIES_CHANGED", source="operator-17", parties=[cast.in_role("CONSIGNEE", cast.firm(s.rng, "KZ"))])
    run.travel()
    run.deliver()


@story(share=2, first="2024-06-26")
def frozen_comes_in(s: Story) -> None:
    """A frozen notify party or forwarder comes in on the way; the report of it may be taken back."""
    run = EuGoods(s, "MIDDLE", harmless(s))
    run.book()
    run.leave()
    s.wait(20)
    told = s.tell("PARTIES_CHANGED", source="operator-17", parties=[cast.in_role("NOTIFY_PARTY", _FROZEN_FIRM)])
    if s.rng.random() < 0.5:
        s.retract(told, 30)
    run.travel()
    run.deliver()


@story(share=2)
def frozen_corrected(s: Story) -> None:
    """The booking named a frozen firm by mistake and is corrected."""
    run = EuGoods(s, "MIDDLE", harmless(s))
    parties = [p for p in run.parties() if p["role"] != "BUYER"]
    wrong = run.book(parties=[*parties, cast.in_role("BUYER", _FROZEN_FIRM)])
    s.replace(wrong, 5, parties=[*parties, cast.in_role("BUYER", run.buyer)])
    s.wait(40)
    _finish(run)


@story(share=2)
def parties_not_stated(s: Story) -> None:
    """Goods are booked and nobody is named."""
    run = EuGoods(s, "MIDDLE", harmless(s))
    run.book(parties=None)
    _finish(run)
