"""Buyers, consignees and their helpers that raise a red flag by what they are: young firms, forwarders, banks, contacts in Russia."""

from __future__ import annotations

from typing import Any

from streams.feed import cast
from streams.feed.journeys import EuGoods
from streams.feed.scenario import story
from streams.feed.stories.transit import harmless
from streams.feed.story import JsonEvent, Story

_BANK: JsonEvent = {"name": "Primerny Vymyshlenny Bank PAO", "country": "RU"}


def _run(s: Story, *more: JsonEvent, **fields: Any) -> EuGoods:
    """Harmless goods over the Middle Corridor, booked with more or other parties."""
    run = EuGoods(s, "MIDDLE", harmless(s))
    roles = {p["role"] for p in more}
    run.book(parties=[*(p for p in run.parties() if p["role"] not in roles), *more], **fields)
    return run


def _on(run: EuGoods) -> None:
    run.leave()
    if run.story.rng.random() < 0.6:
        run.travel()
        run.deliver()


def _month(s: Story, before: int) -> str:
    """The month (YYMM) so many months before the clock."""
    years, month = divmod(s.at.year * 12 + s.at.month - 1 - before, 12)
    return f"{years % 100:02d}{month + 1:02d}"


@story(share=2)
def buyer_of_some_age(s: Story) -> None:
    """A Kazakh buyer whose number tells when it was founded: just before or after February 2022, or within a year."""
    founded = s.rng.choice(("2201", "2202", "2203", "9403", _month(s, 0), _month(s, 11), _month(s, 12), _month(s, 13)))
    number = cast.kz_bin(s.rng, founded, s.rng.choice(("40", "40", "40", "41", "50")))
    if s.rng.random() < 0.15:
        number = cast.wrong_check(number)
    role = s.rng.choice(("BUYER", "BUYER", "BUYER", "CONSIGNEE"))
    _on(_run(s, cast.in_role(role, {**cast.firm(s.rng, "KZ"), "identifiers": {"bin": number}})))


@story(share=1.5)
def buyer_founded_lately_comes_in(s: Story) -> None:
    """A young firm takes the place of the buyer on the way, perhaps by mistake."""
    run = _run(s)
    run.leave()
    young = {**cast.firm(s.rng, "KZ"), "identifiers": {"bin": cast.kz_bin(s.rng, _month(s, s.rng.choice((2, 20))))}}
    told = s.tell("PARTIES_CHANGED", source="operator-17", parties=[cast.in_role("BUYER", young)])
    if s.rng.random() < 0.4:
        s.retract(told, 20)
    run.travel()
    run.deliver()


@story(share=1.5)
def consignee_is_forwarder(s: Story) -> None:
    """The consignee forwards the goods itself, or a firm of its name does, or another one; or its name only sounds like it."""
    firm = cast.firm(s.rng, "KZ")
    named = {"name": firm["name"], "country": "KZ"}
    other = s.rng.choice((
        firm, named, {**named, "country": "UZ"}, {**named, "identifiers": {"bin": cast.kz_bin(s.rng)}}, cast.firm(s.rng, "KZ"),
    ))  # fmt: skip
    if s.rng.random() < 0.2:
        firm = {**firm, "name": "TOO Aksu Forwarding Broker Bank"}
    role = s.rng.choice(("FORWARDER", "FORWARDER", "BANK", "CARRIER"))
    _on(_run(s, cast.in_role("CONSIGNEE", firm), cast.in_role(role, other)))


@story(share=1.5)
def consignee_or_guarantor_is_a_banned_bank(s: Story) -> None:
    """A bank under a transaction ban, before or after its listing, is consignee, guarantor or something else."""
    role = s.rng.choice(("CONSIGNEE", "GUARANTOR", "GUARANTOR", "NOTIFY_PARTY"))
    _on(_run(s, cast.in_role(role, _BANK), cast.in_role("BANK", cast.firm(s.rng, "KZ"))))


@story(share=1.5)
def contact_in_russia(s: Story) -> None:
    """A buyer, consignee or end user with a Russian or another number or mailbox; or a Russian forwarder."""
    reach = s.rng.choice((
        "sales@saryarka.ru", "info@taskala.kz", "+7 (495) 123-45-67", "+7 727 250 11 22", "007 812 555 01 02",
        "office@ru.example.kz", "Abay Ave 3, snab@zhetisu.kz, +7 901 5550102",
    ))  # fmt: skip
    role = s.rng.choice(("BUYER", "CONSIGNEE", "END_USER", "CARRIER"))
    firm = cast.firm(s.rng, s.rng.choice(("KZ", "KZ", "KG", "RU")))
    key = s.rng.choice(("address", "phone", "reg"))
    if key == "address":
        firm["address"] = f"{firm['address']}, {reach}"
    else:
        firm["identifiers"] = {**firm["identifiers"], key: reach}
    helper = cast.in_role("FORWARDER", cast.firm(s.rng, s.rng.choice(("RU", "KZ", "KZ", "KZ"))))
    _on(_run(s, cast.in_role(role, firm), helper, export_country=s.rng.choice(("DE", "DE", "TR"))))


@story(share=1.5)
def consignee_at_a_listed_address(s: Story) -> None:
    """The consignee has the address of a frozen firm, one beside it, or only its town; or it is that firm."""
    address = s.rng.choice(
        ("Primernaya ul. 1, Moskva", "PRIMERNAYA UL 1 MOSKVA", "Primernaya ul. 11, Moskva", "Moskva")
    )
    firm = {**cast.firm(s.rng, s.rng.choice(("KZ", "KG"))), "address": address}
    if s.rng.random() < 0.2:
        firm = {**firm, "name": "Obrazets Syrye Treyding OOO", "country": "RU", "identifiers": {}}
    told = cast.in_role(s.rng.choice(("CONSIGNEE", "CONSIGNEE", "CONSIGNEE", "BUYER")), firm)
    if s.rng.random() < 0.7:
        _on(_run(s, told))
        return
    run = _run(s)
    run.leave()
    changed = s.tell("PARTIES_CHANGED", source="operator-17", parties=[told])
    if s.rng.random() < 0.4:
        s.retract(changed, 20)
