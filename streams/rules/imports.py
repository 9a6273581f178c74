"""R06: coal and other revenue goods of Russia into the Union (833/2014 Art. 3i, Annex XXI; domain 2.8 and 8 R06).

The ban reaches goods that originate in Russia and goods that are exported from it: those that somebody of Russia owns, sells
or consigns while they are there, or that are stated to be exported from there (contract 6(19)). It asks for a landing in the
Union or a destination in it. Coal that only crosses Russia, its status unbroken, is none of it.
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.consignment import Holding
from streams.model.decision import Condition, Finding, State, Verdict
from streams.model.events import Goods
from streams.model.moments import brussels_day, iso_day
from streams.model.reference import GoodsEntry
from streams.rules.case import PAPER, Case
from streams.rules.goods import UNCODED
from streams.rules.law import record_ref
from streams.rules.nexus import BOUND, Nexus, nexus_of, no_nexus
from streams.rules.russia import COUNTRY, russian_origin, stay_in_russia
from streams.rules.state import CAPPED

LEGAL_BASIS = "833/2014 Art. 3i, Annex XXI"
GOODS_LIST = "IMPORT_BAN_RU"
SOLD_BY = frozenset({"OWNER", "SELLER", "CONSIGNOR"})
"""Who of Russia makes an export from Russia of goods that are there."""
_LANDINGS = frozenset({"UNLOADED", "DELIVERED"})
_PROHIBITION = "the ban on imports from Russia"
_ORIGIN: dict[str, State] = {"yes": "MET", "no": "NOT_MET", "unknown": "NOT_KNOWN"}
_UNSTATED = Goods()


class _Entry(NamedTuple):
    """An entry into the Union: the landing (an actual event's index), or None for one that lies ahead, and its day."""

    at: int | None
    day: int
    into_eu: Condition

    @property
    def certain(self) -> bool:
        """Whether it is known to lead into the Union."""
        return self.into_eu.state == "MET"


class _Bought(NamedTuple):
    """Why the goods count as bought in Russia, the event that says so, and whether they have yet to come there."""

    because: str
    events: tuple[str, ...]
    ahead: bool = False


class _Opinion(NamedTuple):
    """What the ban says of a line of goods at an entry."""

    verdict: Verdict
    line: Goods
    origin: str
    listed: GoodsEntry | None
    entry: _Entry
    bought: _Bought | None
    missing: tuple[str, ...]


def r06(case: Case) -> list[Finding]:
    """A finding for goods on the list that are, or may be, Russian and come into the Union; R01 CLEAR without nexus."""
    if case.goods_lists.isdisjoint((GOODS_LIST, UNCODED)):
        return []
    statements = case.c.goods_statements
    on = case.law.goods.candidates
    if statements and not any(on(GOODS_LIST, g) or _uncoded(g) for s in statements for g in s.goods):
        return []
    sellers = _sellers(case)
    bought = _bought(case, sellers)
    if bought is None and not sellers and not _may_be_russian(case):
        return []
    case.marks |= CAPPED
    opinions = [o for entry in _entries(case) for o in _of_entry(case, entry, bought)]
    if not opinions:
        return []
    judged = [(opinion, nexus_of(case, opinion.entry.at)) for opinion in opinions]
    bound = [(opinion, nexus) for opinion, nexus in judged if nexus.state != "NOT_MET"]
    if not bound:
        return [no_nexus(judged[0][1], _PROHIBITION)]
    opinion, nexus = max(bound, key=lambda b: (b[0].verdict == "BREACH", BOUND[b[1].state]))
    return [_finding(case, opinion, nexus)]


def _uncoded(line: Goods) -> bool:
    """Whether nothing tells what the goods are."""
    return not line.hs and not line.dual_use


def _may_be_russian(case: Case) -> bool:
    """Whether any of the goods may be Russian; goods of which nobody says what they are only once they touch Russia."""
    lines = [line for s in case.c.goods_statements for line in s.goods]
    on = case.law.goods.candidates
    origins = [(russian_origin(line), line) for line in lines if _uncoded(line) or on(GOODS_LIST, line)]
    if any(origin == "yes" or (origin == "unknown" and not _uncoded(line)) for origin, line in origins):
        return True
    return (not lines or any(origin == "unknown" for origin, _ in origins)) and _touches_russia(case)


def _touches_russia(case: Case) -> bool:
    return bool(case.presence(COUNTRY)) or _planned_in_russia(case)


def _planned_in_russia(case: Case) -> bool:
    c = case.c
    return any(case.place_of(plan).country == COUNTRY and plan.type not in PAPER for plan in c.plans) or any(
        (leg.country or (leg.unlocode or "")[:2]) == COUNTRY for leg in c.legs
    )


def _sellers(case: Case) -> list[Holding]:
    """Whoever of Russia owns, sells or consigns the goods, at whatever time."""
    return [
        h
        for h in case.c.holdings
        if h.role in SOLD_BY and any(COUNTRY in (p.country, p.nationality) for p in h.parties)
    ]


def _bought(case: Case, sellers: list[Holding]) -> _Bought | None:
    """Who of Russia has the goods while they are there, or that they are stated to be exported from there."""
    c = case.c
    if c.export_country == COUNTRY:
        return _Bought("the goods are exported from RU, as stated", ())
    stated = COUNTRY in {e.export_country for e in c.actual}
    stay = stay_in_russia(case) if sellers or stated else None
    if stay is None:
        return _bought_ahead(case, sellers) if sellers else None
    first, last = stay
    for h in sellers:
        if h.start <= last and (h.end is None or h.end > first):
            return _Bought(f"{_who(h)} is of RU while the goods are there", (h.uid,))
    country, uid = None, ""
    for n, event in enumerate(c.actual[: last + 1]):
        if event.export_country:
            country, uid = event.export_country, event.uid
        if n >= first and country == COUNTRY:
            return _Bought("the goods were exported from RU, as stated while they were there", (uid,))
    return None


def _bought_ahead(case: Case, sellers: list[Holding]) -> _Bought | None:
    """Who of Russia has the goods now, while a plan or the stated route leads them there (contract 3.1(6))."""
    now = next((h for h in sellers if h.end is None), None)
    if now is None or not _planned_in_russia(case):
        return None
    return _Bought(f"{_who(now)} is of RU and the goods are to come there", (now.uid,), ahead=True)


def _who(holding: Holding) -> str:
    party = next(p for p in holding.parties if COUNTRY in (p.country, p.nationality))
    return f"{party.name or 'somebody'} ({holding.role})"


def _entries(case: Case) -> list[_Entry]:
    """The landings in the Union; without one, what the destination tells while one may still come."""
    c = case.c
    members = case.law.eu_members(case.today)
    found = []
    for n, event in enumerate(c.actual):
        if event.type in _LANDINGS:
            country = case.place(n).country or (c.destination_country if event.type == "DELIVERED" else None)
            if country in members:
                day = brussels_day(event.occurred_at)
                because = f"{event.type} in {country} on {iso_day(day)}"
                found.append(_Entry(n, day, Condition("into_eu", "MET", because, (event.uid,))))
    ended = {e.type for e in c.actual if e.type in {"DELIVERED", "CANCELLED"}}
    if found or "CANCELLED" in ended:
        return found
    day = case.today if c.is_open or not c.actual else brussels_day(c.actual[-1].occurred_at)
    if c.destination_country in members:
        return [_Entry(None, day, Condition("into_eu", "MET", f"the destination is {c.destination_country}"))]
    if c.destination_country is None and not ended:
        return [_Entry(None, day, Condition("into_eu", "NOT_KNOWN", "the destination is not stated"))]
    return []


def _of_entry(case: Case, entry: _Entry, bought: _Bought | None) -> list[_Opinion]:
    statement = case.c.goods_at(entry.at) if entry.at is not None else None
    lines = statement.goods if statement is not None else case.c.goods
    if entry.at is None and case.c.is_open:
        case.watch_list(GOODS_LIST, lines)
    if entry.at is not None and bought is not None and bought.ahead:
        bought = None  # what has been landed did not come through Russia as far as is known
    found = [_judge(case, entry, line, bought) for line in lines or (_UNSTATED,)]
    return [opinion for opinion in found if opinion is not None]


def _judge(case: Case, entry: _Entry, line: Goods, bought: _Bought | None) -> _Opinion | None:
    """None where the line is not on the list or not Russian, or where too little speaks for either."""
    hit = case.law.goods.match(GOODS_LIST, line, entry.day)
    origin = russian_origin(line)
    if (hit.entry is None and hit.short is None and not _uncoded(line)) or (origin == "no" and bought is None):
        return None
    proved = origin == "yes" or bought is not None
    guess = hit.entry is None and hit.short is None and not proved
    if guess and not (entry.certain and _touches_russia(case)):
        return None
    missing: tuple[str, ...] = () if proved else ("origin",)
    if hit.entry is None:
        missing += ("goods",) if line is _UNSTATED else ("goods code in full (goods.hs)",)
    if not entry.certain:
        missing += ("destination_country",)
    return _Opinion("INSUFFICIENT_DATA" if missing else "BREACH", line, origin, hit.entry, entry, bought, missing)


def _finding(case: Case, opinion: _Opinion, nexus: Nexus) -> Finding:
    entry, listed, line, bought = opinion.entry, opinion.listed, opinion.line, opinion.bought
    what = "goods that nobody names" if line is _UNSTATED else f"goods of {line.hs or 'a code not stated'}"
    origin = {
        "yes": "Russian origin, wholly or in part",
        "unknown": "the origin is not stated in full",
        "no": "another origin",
    }
    why = origin[opinion.origin] if bought is None or opinion.origin == "yes" else bought.because
    ahead = bought is not None and bought.ahead and opinion.origin != "yes"
    unsure = opinion.verdict == "INSUFFICIENT_DATA"
    because = f"{'It is not known whether ' if unsure else ''}{what} come into the EU from Russia"
    event = case.c.actual[entry.at] if entry.at is not None else None
    conditions = (
        Condition("goods_listed", "MET" if listed is not None else "NOT_KNOWN", f"{line.hs or '?'} on {GOODS_LIST}"),
        entry.into_eu,
        Condition("russian_origin", _ORIGIN[opinion.origin], origin[opinion.origin]),
        Condition(
            "exported_from_russia",
            "MET" if bought is not None else "NOT_MET",
            bought.because if bought is not None else "nobody of RU is stated to own, sell or consign the goods there",
            bought.events if bought is not None else (),
        ),
        nexus.condition(),
    )
    return Finding(
        rule="R06",
        verdict=opinion.verdict,
        planned=event is None and (ahead or all(e.type in PAPER for e in case.c.actual)),
        legal_basis=(listed.legal_basis if listed is not None else None) or LEGAL_BASIS,
        because=f"{because[0].upper()}{because[1:]}: {entry.into_eu.because}; {why}.",
        conditions=conditions,
        missing=(*opinion.missing, *nexus.missing),
        exposed=nexus.exposed,
        clocks=case.clocks(event.occurred_at if event is not None else None),
        records=(record_ref(listed),) if listed is not None else (),
    )
