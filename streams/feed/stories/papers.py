"""Papers, scales and seals that agree with each other or do not: seals, masses, goods codes, receivers, certificates."""

from __future__ import annotations

from typing import Any

from streams.feed import cast
from streams.feed.journeys import Coal, EuGoods
from streams.feed.scenario import story
from streams.feed.stories.transit import harmless, high_priority
from streams.feed.story import JsonEvent, Story


def _seal(number: str, status: str | None = None, kind: str = "MECHANICAL") -> JsonEvent:
    return {"number": number, "kind": kind, **({"status": status} if status else {})}


def _sealed(s: Story) -> tuple[EuGoods, str]:
    """Harmless goods over Lithuania, Belarus and Russia, sealed before they leave; the number of the seal."""
    run = EuGoods(s, "LT-BY-RU", harmless(s))
    number = f"LT{s.rng.randrange(10**6, 10**7)}"
    run.book()
    s.wait(6)
    told: dict[str, Any] = {"seals": [_seal(number, "AFFIXED"), _seal(f"NP-{number[-5:]}", "AFFIXED", "NAVIGATION")]}
    s.tell("SEALED", run.start, transport=run.lorry, **told)
    run.leave()
    return run, number


@story(share=3)
def papers_seals_intact(s: Story) -> None:
    """Sealed in Vilnius, checked on the way, taken off by the receiver: nothing is wrong."""
    run, number = _sealed(s)
    run.travel(until=3)
    s.wait(2)
    spelled = s.rng.choice((number, f"{number[:2]} {number[2:]}", number.lower()))
    s.tell("SEAL_CHECKED", "RUKUF", transport=run.lorry, seals=[_seal(spelled, "INTACT")])
    run.deliver()
    s.wait(2)
    s.tell("SEAL_CHECKED", run.end, seals=[_seal(number, "REMOVED")])


@story(share=4)
def papers_seal_trouble(s: Story) -> None:
    """A seal broken, missing, another one or taken off on the way, once or again; in half of them taken back as an error."""
    run, number = _sealed(s)
    run.travel(until=3)
    told: JsonEvent = {}
    for _ in range(s.rng.randrange(1, 3)):
        s.wait(3)
        status = s.rng.choice(("BROKEN", "MISSING", "REMOVED", "INTACT"))
        seen = _seal(number if status != "INTACT" else f"RU{s.rng.randrange(10**5, 10**6)}", status)
        told = s.tell("SEAL_CHECKED", "RUKUF", transport=run.lorry, seals=[seen])
    if s.rng.random() < 0.4:
        s.retract(told, 20)
    elif s.rng.random() < 0.3:
        s.replace(told, 20, seals=[_seal(number, "INTACT")])
    run.deliver()


@story(share=4)
def papers_seal_after_control(s: Story) -> None:
    """Customs open the lorry and seal it anew: explained at the same place within a day, not elsewhere or later."""
    run, number = _sealed(s)
    run.travel(until=2)
    s.wait(4)
    s.tell("CONTROLLED", "BYMSQ", customs={"mrn": run.mrn, "result": "conform"})
    s.wait(s.rng.choice((2, 10, 40)))
    new = f"BY{s.rng.randrange(10**5, 10**6)}"
    where = s.rng.choice(("BYMSQ", "BYMSQ", "BYOSH"))
    s.tell("SEALED", where, transport=run.lorry, seals=[_seal(number, "REMOVED"), _seal(new, "AFFIXED")])
    s.wait(30)
    s.tell("SEAL_CHECKED", "RUKUF", transport=run.lorry, seals=[_seal(new, "INTACT")])
    run.deliver()


@story(share=3)
def papers_seal_silent(s: Story) -> None:
    """The tracker falls silent: in Belarus or Russia, on the leg there, or in Kazakhstan, where it does not count."""
    run, number = _sealed(s)
    run.travel(until=s.rng.randrange(1, 5))
    s.wait(4)
    where = s.rng.choice(("BYMSQ", "RUKUF", "KZURA", None, None))
    s.tell("SEAL_CHECKED", where, transport=run.lorry, seals=[_seal(f"NP-{number[-5:]}", "SILENT", "NAVIGATION")])
    run.deliver()


@story(share=4)
def papers_weighed(s: Story) -> None:
    """Boxed goods weighed on a bridge: within the tolerance, beyond it, or far beyond it, gross or net; some corrected."""
    run = EuGoods(s, "MIDDLE", harmless(s))
    run.book()
    run.leave()
    off = s.rng.choice((1.0, 1.02, 0.96, 1.049, 0.949, 1.06, 0.91, 0.89, 1.3))
    own = run.line
    weight = s.rng.choice(({"gross_kg": own["gross_kg"] * off}, {"net_kg": own["net_kg"] * off}))
    method = s.rng.choice(("WEIGHBRIDGE", "WEIGHBRIDGE", None, "DECLARED"))
    told = s.tell("WEIGHED", run.start, weight={k: v for k, v in {**weight, "method": method}.items() if v})
    if s.rng.random() < 0.3:
        s.replace(told, 12, weight={"gross_kg": own["gross_kg"], "net_kg": own["net_kg"]})
    run.travel()
    if s.rng.random() < 0.2:
        s.tell("PROCESSED", "AZALA", goods=[{**own, "net_kg": round(own["net_kg"] * off)}])
        s.tell("WEIGHED", "AZALA", weight={"net_kg": round(own["net_kg"] * off)})
    run.deliver()


@story(share=4)
def papers_wagons_weighed(s: Story) -> None:
    """Wheat in bulk weighed at the border: the whole train, or some of its wagons only."""
    run = Coal(s, port="GEPTI", unload="TRISK", hs="100199", what="Wheat", route=False)
    run.book()
    run.rail()
    off = s.rng.choice((1.0, 0.985, 1.019, 0.975, 0.965, 1.035, 0.95, 1.5))
    some = s.rng.random() < 0.3
    train = {**run.train, "wagons": run.train["wagons"][:3]} if some else s.rng.choice((run.train, None))
    s.tell("WEIGHED", "AZALA", transport=train, weight={"net_kg": round(run.net_kg * off / (4 if some else 1))})
    s.wait(20)
    s.tell("UNLOADED", "GEPTI", transport=run.train)


@story(share=4)
def papers_receiver_changes(s: Story) -> None:
    """Consignee, notify party or destination are others, before or after the export is confirmed, or only written otherwise."""
    run = EuGoods(s, "MIDDLE", harmless(s))
    run.book(parties=[*run.parties(), cast.in_role("NOTIFY_PARTY", run.buyer)])
    run.leave()
    if s.rng.random() < 0.6:
        run.release(days=40)
    for what in s.rng.choice((("export", "other"), ("export", "other"), ("other", "export"), ("other",))):
        s.wait(15)
        if what == "export":
            s.tell("EXPORT_CONFIRMED", None, source="lt-customs")
        else:
            _other_receiver(s, run)
    run.travel()
    run.customs_note("DISCHARGED", run.end)
    run.deliver()


def _other_receiver(s: Story, run: EuGoods) -> None:
    role = s.rng.choice(("CONSIGNEE", "NOTIFY_PARTY", "destination", "END_USER", "same"))
    if role == "destination":
        told = s.tell("ROUTE_CHANGED", "GEPTI", route=run.legs(), destination_country=s.rng.choice(("UZ", "KZ")))
    elif role == "same":
        again = {**run.buyer, "address": "Tole Bi St 1"}
        told = s.tell("PARTIES_CHANGED", None, parties=[cast.in_role("CONSIGNEE", again)])
    else:
        told = s.tell("PARTIES_CHANGED", None, parties=[cast.in_role(role, cast.firm(s.rng, "KZ"))])
    if s.rng.random() < 0.2:
        s.retract(told, 30)


@story(share=4)
def papers_goods_codes(s: Story) -> None:
    """The goods code of export, transit and import documents: the same, told longer, of HS 2017, or another one."""
    first = s.rng.choice((harmless(s), high_priority(s), {"hs": "85258000"}, {"hs": "88033000"}))
    run = EuGoods(s, "MIDDLE", first)
    run.book()
    s.wait(20)
    customs = {"mrn": cast.mrn(s.rng, run.start[:2], s.at.year, "A"), "procedure": "EX"}
    s.tell("DECLARED", run.start, customs=customs, goods=[run.line])
    s.wait(9)
    s.tell("DEPARTED", run.start, transport=run.lorry)
    run.travel()
    if s.rng.random() < 0.2:
        s.tell("PROCESSED", "AZALA", goods=[{**run.line, "hs": "84799070"}])
    codes = (first["hs"], first["hs"][:6], f"{first['hs'][:6]}0099", "85258900", "88073000", "73269098", "84821010")
    arrived = {**run.line, "hs": s.rng.choice(codes), "dual_use": None}
    told = {k: v for k, v in arrived.items() if v is not None}
    more = s.rng.choice(([], [], [{"line": 2, "hs": "48191000", "net_kg": 20, "gross_kg": 20}]))
    event = s.tell(s.rng.choice(("ARRIVED_AT_DESTINATION", "CONTROLLED")), run.end, goods=[told, *more])
    if s.rng.random() < 0.2:
        s.replace(event, 10, goods=[run.line])
    run.deliver()


@story(share=3, first="2025-07-26")
def papers_loaded_in_russia(s: Story) -> None:
    """Coal said to be of Kazakhstan, wholly or in part, loaded into wagons in Russia or where it was mined."""
    mixed = ({"country": "KZ", "share_pct": 70}, {"country": "RU", "share_pct": 30})
    run = Coal(s, origin=s.rng.choice((({"country": "KZ"},), ({"country": "KZ", "share_pct": 100},), mixed, None)))
    run.station = s.rng.choice(("RUCEK", "RUKUF", "RUULU", "KZEKB"))
    run.whole()


@story(share=4, first="2025-07-26")
def papers_certificate(s: Story) -> None:
    """Coal with one or two certificates of origin, for as much as there is, for less, or for how much is not said."""
    run = Coal(s)
    share = s.rng.choice((1.0, 1.05, 0.9, 0.5, 0.985))
    first = {"type": "CERTIFICATE_OF_ORIGIN", "number": "CT-1", "quantity_kg": round(run.net_kg * share)}
    second = {"type": "CERTIFICATE_OF_ORIGIN", "number": "CT-2", "quantity_kg": round(run.net_kg / 2)}
    documents = [first, *s.rng.choice(([], [second], [dict(first)], [{"type": second["type"], "number": "CT-3"}]))]
    goods = run.goods()
    if s.rng.random() < 0.3:
        goods[0].pop("net_kg")
    run.book(documents=documents, goods=goods)
    run.rail()
    run.through_port()
    run.sail()


@story(share=3, first="2025-03-01")
def papers_coal_price(s: Story) -> None:
    """Coal at a price inside or outside the band of Kazakh coal, in dollars or not, by its value or by the contract."""
    run = Coal(s, port="RUVYG")
    goods, price = run.goods(), s.rng.choice((25, 39, 40, 60, 110, 111, 160))
    currency = s.rng.choice(("USD", "USD", "USD", "EUR"))
    contract = {"number": "KC-1", "price": {"amount": price, "currency": currency, "per": s.rng.choice(("t", "total"))}}
    goods[0]["value"] = {"amount": round(run.net_kg / 1000 * price), "currency": currency}
    if s.rng.random() < 0.4:
        goods[0].pop("value")
    run.book(goods=goods, contract=s.rng.choice((contract, None)))
    run.rail()
    run.through_port()
    run.sea()
