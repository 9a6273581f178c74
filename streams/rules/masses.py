"""Flags of R22 that compare masses and values: F10 weighed against declared, F11 value for mass, F21 more than certified.

Masses are compared like with like: gross with gross, else net with net (contract 6(32)), and only between statements of
the same goods: PROCESSED, SPLIT and MERGED make other goods. What is not stated is not compared.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from streams.model.consignment import CHANGES_GOODS, GoodsStatement
from streams.model.events import Document, Event, Goods, Weight
from streams.model.identifiers import normal
from streams.model.moments import brussels_day
from streams.rules.case import Case
from streams.rules.flagging import Trouble, on, weight_of
from streams.rules.law import Law, record_ref
from streams.rules.state import Weighable

WEIGHT, PRICE, CERTIFICATE = "F10", "F11", "F21"
_EPSILON = 1e-9
_KG_PER_T = 1000.0
_UNIT_MARGIN = 0.1
"""How near to a thousandfold one mass must be of the other for a slip of the unit to be named; it is a mismatch all the same."""
_CURRENCY = "USD"
"""Of the coal price band."""
_COAL = "COAL"
_CERTIFICATES = ("CERTIFICATE_OF_ORIGIN", "QUALITY")


def agrees(weight: Weight, declared: Weighable) -> bool:
    """Whether each mass weighed has a declared one to be compared with, and is within the tolerance of it."""
    gross, net, tolerance = declared
    return _near(weight.gross_kg, gross, tolerance) and _near(weight.net_kg, net, tolerance)


def _near(weighed: float | None, declared: float | None, tolerance_pct: float) -> bool:
    return weighed is None or (declared is not None and not _beyond(weighed, declared, tolerance_pct))


def _beyond(weighed: float, declared: float, tolerance_pct: float) -> bool:
    return abs(weighed - declared) * 100 > declared * (tolerance_pct + _EPSILON)


class Declared(NamedTuple):
    """The masses of one statement of goods: the sum over its lines where all of them state it, kg."""

    gross_kg: float | None
    net_kg: float | None
    boxed: bool
    statement: GoodsStatement


def look_at_masses(case: Case, types: set[str], seen: list[Event]) -> tuple[Weighable | None, Masses | None]:
    """What the next weighing is compared with, and the masses where there may be something wrong with them.

    ``types`` are those of the actual events, ``seen`` those with a weight or seals. Most consignments state their
    goods once, without a price of interest or a certificate for a quantity, and all weighings agree.
    """
    c = case.c
    if len(c.goods_statements) != 1 or not types.isdisjoint(CHANGES_GOODS) or _certified_quantity(c.documents):
        return _all_masses(case)
    statement = c.goods_statements[0]
    told = _masses(statement)
    weighable = None
    if told.gross_kg is not None or told.net_kg is not None:
        weighable = Weighable(told.gross_kg, told.net_kg, _tolerance(case.law, told.boxed, case.today))
        if seen and not all(_quiet(case, e, weighable, told.boxed) for e in seen):
            return _all_masses(case)
    return _all_masses(case) if _comparable_value(case, statement) else (weighable, None)


def _all_masses(case: Case) -> tuple[Weighable | None, Masses]:
    masses = Masses(case)
    return masses.weighable(), masses


def _certified_quantity(documents: list[Document]) -> bool:
    return bool(documents) and any(d.quantity_kg is not None for d in documents)


def _quiet(case: Case, event: Event, declared: Weighable, boxed: bool) -> bool:
    """Whether an event weighs nothing, or what is declared by the tolerance of its day."""
    if event.weight is None:
        return True
    tolerance = _tolerance(case.law, boxed, brussels_day(event.occurred_at))
    if tolerance != declared.tolerance_pct:
        declared = declared._replace(tolerance_pct=tolerance)
    return agrees(event.weight, declared)


def _comparable_value(case: Case, statement: GoodsStatement) -> bool:
    """Whether the value of a line may be compared with something."""
    law, contract = case.law, case.c.contract
    priced = contract is not None and contract.price is not None
    medians = law.policy("value_per_kg_medians", case.today)
    for line in statement.goods:
        dollars = priced if line.value is None else line.value.currency == _CURRENCY
        if (dollars and law.goods.candidates(_COAL, line)) or (medians and line.value is not None):
            return True
    return False


def _tolerance(law: Law, boxed: bool, day: int) -> float:
    return float(law.policy("weight_tolerance_boxed_pct" if boxed else "weight_tolerance_bulk_pct", day))


def weighings_of(actual: list[Event]) -> list[tuple[int, Event, Weight]]:
    """The weighings of the whole, by index: one that names only some of the wagons or containers is of a part."""
    found = []
    named: set[str] = set()
    for n, event in enumerate(actual):
        transport, weight = event.transport, event.weight
        own = {*transport.wagons, *transport.containers} if transport is not None else set()
        if weight is not None:
            if weight.method != "DECLARED" and not (own and own < named):
                found.append((n, event, weight))
        elif own:
            named = own
    return found


class Masses:
    """What the statements of goods, the weighings and the certificates of a consignment say of mass."""

    def __init__(self, case: Case) -> None:
        self.case = case
        c = case.c
        self._changes = [n for n, e in enumerate(c.actual) if e.type in CHANGES_GOODS]
        self._declared: dict[int, list[Declared]] = {}
        for statement in c.goods_statements:
            masses = _masses(statement)
            if masses.gross_kg is not None or masses.net_kg is not None:
                self._declared.setdefault(self._part(statement.at), []).append(masses)
        self._certified = _certified(c.documents) if c.documents else []

    def _part(self, index: int) -> int:
        """Which goods an actual event is about: 0 until they are first changed, then 1, and so on."""
        return bisect_right(self._changes, index) if self._changes else 0

    def weighable(self) -> Weighable | None:
        """What the next weighing is compared with; None when there is nothing."""
        held = self._declared.get(len(self._changes), ())
        if not held:
            return Weighable() if self._certified else None
        last = held[-1]
        return Weighable(last.gross_kg, last.net_kg, _tolerance(self.case.law, last.boxed, self.case.today))

    def weighings(self) -> list[tuple[int, Event, Weight]]:
        """The weighings of the whole, by index."""
        return weighings_of(self.case.c.actual)

    def f10(self, weighings: list[tuple[int, Event, Weight]]) -> list[Trouble]:
        """Weighings that differ from what is declared of the same goods by more than the tolerance."""
        found = []
        for n, event, weight in weighings:
            for declared in reversed(self._declared.get(self._part(n), ())):
                pair = _comparable(weight, declared)
                if pair is not None:
                    found += self._differ(event, *pair, declared.boxed)
                    break
        return found

    def _differ(self, event: Event, what: str, weighed: float, declared: float, boxed: bool) -> list[Trouble]:
        day = brussels_day(event.occurred_at)
        tolerance = _tolerance(self.case.law, boxed, day)
        if not _beyond(weighed, declared, tolerance):
            return []
        gross = _beyond(weighed, declared, 2 * tolerance)
        weight = int(self.case.law.policy("f10_weight_gross", day)) if gross else weight_of(self.case, WEIGHT, day)
        kind = f"tolerance {tolerance:g} %, {'boxed' if boxed else 'bulk'}"
        off = _apart(weighed, declared)
        because = f"{what} weighed {_kg(weighed)} on {on(event)}, declared {_kg(declared)}{off} ({kind})"
        return [Trouble(because, event, weight)]

    def f11(self) -> list[Trouble]:
        """Goods as last stated whose value for their mass is out of the price band of coal, or far below the median."""
        settled: dict[int, GoodsStatement] = {}
        for statement in self.case.c.goods_statements:
            part = self._part(statement.at)
            if part not in settled or _valued(statement) or not _valued(settled[part]):
                settled[part] = statement
        return [t for s in settled.values() for line in s.goods for t in self._priced(s, line)]

    def _priced(self, statement: GoodsStatement, line: Goods) -> list[Trouble]:
        goods, coal = self.case.law.goods, bool(self.case.law.goods.candidates(_COAL, line))
        if not coal and (line.value is None or not line.net_kg):
            return []
        event = self._event_of(statement)
        day = brussels_day(event.occurred_at)
        found, law = [], self.case.law
        per_t = self._usd_per_t(line) if coal else None
        if per_t is not None and (entry := goods.match(_COAL, line, day).entry) is not None:
            low, high = law.policy("coal_price_band_usd_per_t", day)
            if not low * (1 - _EPSILON) <= per_t <= high * (1 + _EPSILON):
                because = f"coal at {per_t:.4g} USD a tonne, outside {low:g} to {high:g}"
                found.append(Trouble(because, event, weight_of(self.case, PRICE, day), (record_ref(entry),)))
        median = law.policy("value_per_kg_medians", day).get(normal("hs", line.hs)[:6] if line.hs else "")
        if median is not None and line.value is not None and line.net_kg and line.value.currency == median["currency"]:
            floor, per_kg = float(law.policy("value_per_kg_floor_pct", day)), line.value.amount / line.net_kg
            if per_kg * 100 < median["amount"] * floor:
                because = f"{line.hs} at {per_kg:.4g} {line.value.currency} a kilogram, below {floor:g} % of the median {median['amount']:g}"
                found.append(Trouble(because, event, weight_of(self.case, PRICE, day)))
        return found

    def _usd_per_t(self, line: Goods) -> float | None:
        """US dollars a tonne: of the value stated, else of the contract; None when neither tells."""
        if line.value is not None:
            usable = line.value.currency == _CURRENCY and line.net_kg
            return line.value.amount / line.net_kg * _KG_PER_T if usable and line.net_kg else None
        price = self.case.c.contract.price if self.case.c.contract is not None else None
        return price.amount if price is not None and (price.currency, price.per) == (_CURRENCY, "t") else None

    def _event_of(self, statement: GoodsStatement) -> Event:
        """The event that states goods; for a plan that is overtaken the first that happened."""
        c = self.case.c
        told = next((e for e in (*c.actual[statement.at :], *c.plans) if e.uid == statement.uid), None)
        return told or c.actual[0]

    def f21(self, weighings: list[tuple[int, Event, Weight]]) -> list[Trouble]:
        """The first that shows that more is declared, or weighed beyond the tolerance, than the certificates are for.

        Not for goods merged of several consignments, whose certificates stay with these.
        """
        if not self._certified or any(e.type == "MERGED" for e in self.case.c.actual):
            return []
        return [t for held in self._certified for t in self._more_than(held, weighings)][:1]

    def _more_than(self, held: _Certified, weighings: list[tuple[int, Event, Weight]]) -> Iterator[Trouble]:
        for told in self._declared.values():
            for declared in reversed(told):
                mass = _covered(declared.statement, held)
                if mass is not None:
                    if mass > held.quantity_kg * (1 + _EPSILON):
                        yield self._exceeded(self._event_of(declared.statement), "declared", mass, held)
                    break
        for n, event, weight in weighings:
            last = next(reversed(self._declared.get(self._part(n), ())), None)
            tolerance = _tolerance(self.case.law, last is not None and last.boxed, brussels_day(event.occurred_at))
            whole = last is None or _lines_of(last.statement, held) == last.statement.goods
            if (
                weight.net_kg is not None
                and whole
                and weight.net_kg * 100 > held.quantity_kg * (100 + tolerance + _EPSILON)
            ):
                yield self._exceeded(event, "weighed", weight.net_kg, held)

    def _exceeded(self, event: Event, how: str, mass: float, held: _Certified) -> Trouble:
        because = f"{_kg(mass)} net {how} on {on(event)}, {held.name} for {_kg(held.quantity_kg)}"
        return Trouble(because, event, weight_of(self.case, CERTIFICATE, brussels_day(event.occurred_at)))


class _Certified(NamedTuple):
    """The certificates of one type: their numbers, and for how much they are together."""

    type: str
    numbers: frozenset[str]
    quantity_kg: float

    @property
    def name(self) -> str:
        word = self.type.lower().replace("_", " ")
        return f"{word} {', '.join(sorted(self.numbers))}".strip()


def _certified(documents: list[Document]) -> list[_Certified]:
    """The certificates by type, where each of them states a quantity; the same number again is the same certificate."""
    found = []
    for kind in _CERTIFICATES:
        quantities: dict[str, float | None] = {}
        for n, document in enumerate(d for d in documents if d.type == kind):
            key = document.number or f"#{n}"
            quantities[key] = document.quantity_kg if document.quantity_kg is not None else quantities.get(key)
        stated = [q for q in quantities.values() if q is not None]
        if stated and len(stated) == len(quantities):
            numbers = frozenset(key for key in quantities if not key.startswith("#"))
            found.append(_Certified(kind, numbers, sum(stated)))
    return found


def _lines_of(statement: GoodsStatement, held: _Certified) -> tuple[Goods, ...]:
    """The lines that the certificates are for: those whose proof of origin names one, else all if they are alike."""
    lines = statement.goods
    proved = tuple(g for g in lines if any(o.proof in held.numbers for o in g.origin if o.proof))
    if proved and held.type == "CERTIFICATE_OF_ORIGIN":
        return proved
    if held.type == "CERTIFICATE_OF_ORIGIN":
        return lines if len({tuple(o.country for o in g.origin) for g in lines}) == 1 else ()
    return lines if len({(g.hs or "")[:6] for g in lines}) == 1 else ()


def _covered(statement: GoodsStatement, held: _Certified) -> float | None:
    """The net mass (kg) of the lines that the certificates are for; for bulk the gross where no net is stated."""
    lines = _lines_of(statement, held)
    net = _sum([g.net_kg for g in lines])
    return net if net is not None or any(g.packages for g in lines) else _sum([g.gross_kg for g in lines])


def _valued(statement: GoodsStatement) -> bool:
    return any(line.value is not None for line in statement.goods)


def _apart(weighed: float, declared: float) -> str:
    """How far apart two masses are, in words: in per cent, or that one of them looks like tonnes."""
    if not declared or not weighed:
        return ""
    if any(abs(ratio - 1) < _UNIT_MARGIN for ratio in (weighed / declared / _KG_PER_T, declared / weighed / _KG_PER_T)):
        return ", as if one of them were in tonnes"
    return f", {abs(weighed - declared) * 100 / declared:.1f} % {'less' if weighed < declared else 'more'}"


def _kg(mass: float) -> str:
    return f"{mass:,.0f} kg" if mass >= 100 else f"{mass:g} kg"


def _sum(values: list[float | None]) -> float | None:
    stated = [v for v in values if v is not None]
    return sum(stated) if stated and len(stated) == len(values) else None


def _masses(statement: GoodsStatement) -> Declared:
    lines = statement.goods
    if len(lines) == 1:
        line = lines[0]
        return Declared(line.gross_kg, line.net_kg, bool(line.packages), statement)
    return Declared(
        _sum([g.gross_kg for g in lines]), _sum([g.net_kg for g in lines]), any(g.packages for g in lines), statement
    )


def _comparable(weight: Weight, declared: Declared) -> tuple[str, float, float] | None:
    """What of a weighing and a declaration can be compared: gross with gross, else net with net."""
    if weight.gross_kg is not None and declared.gross_kg is not None:
        return "gross", weight.gross_kg, declared.gross_kg
    if weight.net_kg is not None and declared.net_kg is not None:
        return "net", weight.net_kg, declared.net_kg
    return None
