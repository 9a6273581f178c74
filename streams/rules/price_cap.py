"""R19: Russian oil above the price cap (833/2014 Art. 3n, Annex XXVIII; domain 2.4 and 8 R19, contract 6(25)).

The cap of the day on which the oil is loaded counts, else of its departure; before either, a booking is judged as planned
by the cap of today. A contract made before a cap falls is carried over until its day of grace if its price kept to the cap
then in force. Oil within the cap needs an attestation of its price within `policy:price_attestation_days` of loading.
Nothing is guessed: a price in another currency, or of a product between the cap of discounted and that of premium
products, is a question.
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.decision import Condition, Finding, State, Verdict
from streams.model.events import Event, Goods
from streams.model.moments import brussels_day, brussels_midnight, iso_day
from streams.model.reference import Cap
from streams.rules.case import Case
from streams.rules.law import Law, record_ref
from streams.rules.nexus import Nexus, nexus_of, no_nexus
from streams.rules.ports import WATER
from streams.rules.russia import russian_origin
from streams.rules.state import ROVING

LEGAL_BASIS = "833/2014 Art. 3n, Annex XXVIII"
GOODS_LIST = "OIL"
_CURRENCY = "USD"
_PROHIBITION = "the oil price cap"
_CAPS_OF = {"2709": ("crude",), "2710": ("product_premium", "product_discount")}
"""The caps that a heading of the tariff may fall under: which products are traded at a discount no code tells."""
_ATTESTATION = "PRICE_ATTESTATION"


class _Shipment(NamedTuple):
    """When the oil was loaded or left: the Brussels day that counts, the actual event, None for a plan."""

    day: int
    at: int | None
    event: Event | None


class _Opinion(NamedTuple):
    """What the cap says of a line of goods; no verdict when it is kept."""

    verdict: Verdict | None
    because: str
    missing: tuple[str, ...] = ()
    caps: tuple[Cap, ...] = ()


_RANK: dict[Verdict | None, int] = {None: 0, "INSUFFICIENT_DATA": 1, "BREACH": 2}
"""Which line of several counts."""


def r19(case: Case) -> list[Finding]:
    """A finding for oil above the cap, of which that cannot be told, or whose price nobody attested; R01 CLEAR without nexus."""
    if GOODS_LIST not in case.goods_lists:
        return []
    case.marks |= ROVING
    shipment = _shipment(case)
    oil = _oil(case, shipment)
    if not oil:
        return []
    nexus = nexus_of(case, shipment.at)
    if nexus.state == "NOT_MET":
        return [no_nexus(nexus, _PROHIBITION)]
    worst = max((_judge(case, shipment, line) for line in oil), key=lambda o: _RANK[o.verdict])
    if worst.verdict is None:
        worst = _attested(case, shipment, worst)
    return [_finding(case, shipment, nexus, worst)] if worst.verdict is not None else []


def _shipment(case: Case) -> _Shipment:
    """Loading onto a ship, else any loading, else departure (contract 6(25)); else as planned, by the law of today."""
    actual = case.c.actual
    loadings = [n for n, e in enumerate(actual) if e.type == "LOADED"]
    aboard = [n for n in loadings if (t := actual[n].transport) is not None and t.mode in WATER]
    left = [n for n, e in enumerate(actual) if e.type == "DEPARTED"]
    for found in (aboard, loadings, left):
        if found:
            return _Shipment(brussels_day(actual[found[0]].occurred_at), found[0], actual[found[0]])
    planned = next((e for e in case.c.plans if e.type == "LOADED"), None)
    if planned is not None:
        return _Shipment(brussels_day(planned.occurred_at), None, planned)
    if case.c.is_open:
        changes = [day for cap in case.law.caps for day in (cap.applies_from, cap.applies_until) if day is not None]
        case.wake_at(brussels_midnight(min((d for d in changes if d > case.today), default=case.today)))
    return _Shipment(case.today, None, None)


def _oil(case: Case, shipment: _Shipment) -> list[Goods]:
    """The lines that are oil and of which Russian origin is stated or cannot be excluded."""
    statement = case.c.goods_at(shipment.at) if shipment.at is not None else None
    lines = statement.goods if statement is not None else case.c.goods
    match = case.law.goods.match
    return [g for g in lines if match(GOODS_LIST, g, shipment.day).entry and russian_origin(g) != "no"]


def _judge(case: Case, shipment: _Shipment, line: Goods) -> _Opinion:
    caps = _in_force(case.law, line, shipment.day)
    if not caps:
        return _Opinion(None, "no cap is in force")
    if russian_origin(line) == "unknown":
        return _Opinion("INSUFFICIENT_DATA", "where the oil comes from is not stated in full", ("origin",), caps)
    price = _price(case, shipment.day, "crude" if caps[0].product == "crude" else "product")
    if isinstance(price, _Opinion):
        return price._replace(caps=caps)
    over = [cap for cap in caps if price > cap.usd_per_bbl + 1e-9]
    if not over:
        return _Opinion(None, f"{price:g} USD a barrel is within the cap", (), caps)
    carried = [_carried_over(case, shipment, line, price, cap) for cap in over]
    unsure = [o for o in carried if o.verdict is not None]
    if not unsure:
        return _Opinion(None, carried[0].because, (), caps)
    worst = max(unsure, key=lambda o: _RANK[o.verdict])
    if len(unsure) < len(caps) and worst.verdict == "BREACH":
        between = ", ".join(f"{cap.usd_per_bbl:g} ({cap.product})" for cap in caps)
        because = f"{price:g} USD a barrel lies between the caps {between}"
        return _Opinion(
            "INSUFFICIENT_DATA", because, ("whether the product is traded at a premium or a discount",), caps
        )
    return worst._replace(caps=caps)


def _in_force(law: Law, line: Goods, day: int) -> tuple[Cap, ...]:
    """The caps that a line may be under on a day; of several records for one product the latest, then the lowest."""
    products = next((names for code, names in _CAPS_OF.items() if (line.hs or "").startswith(code)), ())
    found = []
    for product in products:
        held = [cap for cap in law.caps if cap.product == product and cap.in_force(day)]
        if held:
            found.append(min(held, key=lambda c: (-(c.applies_from or 0), c.usd_per_bbl, c.id)))
    return tuple(found)


def _price(case: Case, day: int, kind: str) -> float | _Opinion:
    """US dollars a barrel, or what is missing to tell."""
    contract = case.c.contract
    price = contract.price if contract is not None else None
    if price is None:
        return _unknown("the price is not stated", "price (contract.price)")
    if price.currency != _CURRENCY:
        named = price.currency or "a currency that is not named"
        return _unknown(f"the price is in {named}, the cap in {_CURRENCY}", f"price in {_CURRENCY} (contract.price)")
    if price.per == "bbl":
        return price.amount
    per_t = float(case.law.policy("oil_bbl_per_t", day)[kind])
    if price.per == "t":
        return price.amount / per_t
    if price.per != "total":
        return _unknown("it is not stated what the price is for", "unit of the price (contract.price.per)")
    masses = [g.net_kg for g in case.c.goods]
    tonnes = sum(m or 0.0 for m in masses) / 1000
    if tonnes <= 0 or None in masses:
        return _unknown("the price is for the whole, of which the mass is not stated", "net mass (goods.net_kg)")
    return price.amount / tonnes / per_t


def _unknown(because: str, missing: str) -> _Opinion:
    return _Opinion("INSUFFICIENT_DATA", because, (missing,))


def _carried_over(case: Case, shipment: _Shipment, line: Goods, price: float, cap: Cap) -> _Opinion:
    """No verdict when an older contract lets oil above a new cap pass (Art. 3n, 90 days); else why not.

    Older than the day that the record names, or than the cap itself where it names none.
    """
    above = f"{price:g} USD a barrel is above the cap of {cap.usd_per_bbl:g} in force on {iso_day(shipment.day)}"
    before = cap.contract_before if cap.contract_before is not None else cap.applies_from
    grace = cap.contract_grace_until
    if before is None or grace is None or shipment.day > grace:
        return _Opinion("BREACH", above)
    made = case.c.contract.date if case.c.contract is not None else None
    if made is None:
        because = f"{above}; whether the contract is older than {iso_day(before)} is not stated"
        return _Opinion("INSUFFICIENT_DATA", because, ("date of the contract (contract.date)",))
    if made >= before:
        return _Opinion("BREACH", f"{above}, and the contract of {iso_day(made)} is not older than {iso_day(before)}")
    then = next((c for c in _in_force(case.law, line, made) if c.product == cap.product), None)
    if then is not None and price > then.usd_per_bbl + 1e-9:
        return _Opinion("BREACH", f"{above}, and above that of {then.usd_per_bbl:g} at the contract of {iso_day(made)}")
    return _Opinion(None, f"a contract of {iso_day(made)} is carried over until {iso_day(grace)}")


def _attested(case: Case, shipment: _Shipment, kept: _Opinion) -> _Opinion:
    """NEEDS_WAIVER once the time for the attestation is over and none is stated; sets the timer until then."""
    if shipment.at is None or not kept.caps or any(d.type == _ATTESTATION for d in case.c.documents):
        return kept
    days = int(case.law.policy("price_attestation_days", shipment.day))
    over = brussels_midnight(shipment.day + days + 1)
    if case.now < over:
        case.wake_at(over)
        return kept
    because = f"{kept.because}, but {days} days after {iso_day(shipment.day)} nobody has attested the price"
    return _Opinion("NEEDS_WAIVER", because, (_ATTESTATION,), kept.caps)


def _finding(case: Case, shipment: _Shipment, nexus: Nexus, opinion: _Opinion) -> Finding:
    event = shipment.event
    uids = (event.uid,) if event is not None else ()
    assert opinion.verdict is not None
    state: State = "NOT_KNOWN" if opinion.verdict == "INSUFFICIENT_DATA" else "NOT_MET"
    name = "price_attested" if opinion.verdict == "NEEDS_WAIVER" else "within_cap"
    return Finding(
        rule="R19",
        verdict=opinion.verdict,
        planned=shipment.at is None,
        legal_basis=LEGAL_BASIS,
        because=f"Russian oil: {opinion.because}.",
        conditions=(Condition(name, state, opinion.because, uids), nexus.condition()),
        missing=(*opinion.missing, *nexus.missing),
        exposed=nexus.exposed,
        clocks=case.clocks(event.occurred_at if event is not None and shipment.at is not None else None),
        records=tuple(record_ref(cap) for cap in opinion.caps),
    )
