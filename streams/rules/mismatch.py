"""R22: documents that do not agree with each other, with the scales, or with the seals (domain 8 R22, 4.3; contract 6(32)).

One finding for each of the flags F04, F08 to F11, F20 and F21, its subject the F-id: several troubles of one flag count
once (contract 3.1(4)). A flag says that two statements differ, never that something is missing; where one of the two is
not stated nothing is raised. That a number was used for another consignment too (F21) is not seen here.
"""

from __future__ import annotations

from itertools import pairwise

from streams.model.decision import Finding
from streams.model.events import Event, Goods, Party
from streams.model.identifiers import UNIQUE_KINDS, hs_successors, is_branch_bin, is_valid, normal
from streams.model.moments import brussels_day
from streams.rules.case import Case
from streams.rules.flagging import Trouble, flagged, on, weight_of
from streams.rules.law import record_ref
from streams.rules.masses import CERTIFICATE, PRICE, WEIGHT, look_at_masses
from streams.rules.ports import WATER
from streams.rules.seals import FLAG as SEALS, f04, numbers_known
from streams.rules.state import ORIGIN
from streams.screening.names import name_of

RULE = "R22"
LEGAL_BASIS = "UCC data duty"
LATE_CHANGE, GOODS_CODE, LOADING = "F08", "F09", "F20"
DOCUMENTS = frozenset({"DECLARED", "RELEASED_FOR_TRANSIT", "ARRIVED_AT_DESTINATION", "CONTROLLED"})
"""Types whose goods codes F09 compares (contract 6(32))."""
_ANEW = frozenset({"PROCESSED", "MERGED"})
"""Types after which other goods codes are no surprise."""
_PORTS = frozenset({"XLVII-A", "XLVII-C"})
_RECEIVERS = ("CONSIGNEE", "NOTIFY_PARTY")


def r22(case: Case) -> list[Finding]:
    """A finding for each flag of documents, masses and seals that is raised; marks what further events can change."""
    c = case.c
    types: set[str] = {e.type for e in c.actual}
    seen = [e for e in c.actual if e.weight is not None or e.seals]
    statements = c.goods_statements
    found: list[Finding] = []
    if seen and any(e.seals for e in seen):
        case.seal_numbers = numbers_known(case)
        found += _flag(case, SEALS, "seals_intact", f04(case))
    if "RELEASED_FOR_TRANSIT" in types or "EXPORT_CONFIRMED" in types:
        found += _flag(case, LATE_CHANGE, "receiver_unchanged", _f08(case))
    if len(statements) > 1 and not types.isdisjoint(DOCUMENTS):
        found += _flag(case, GOODS_CODE, "codes_agree", _f09(case))
    if statements and _origin_matters(case):
        case.marks |= ORIGIN
        if "LOADED" in types:
            found += _flag(case, LOADING, "loaded_where_made", _f20(case))
    if statements or c.documents:
        case.weighable, masses = look_at_masses(case, types, seen)
        if masses is not None:
            weighings = masses.weighings() if seen else []
            found += _flag(case, WEIGHT, "weight_agrees", masses.f10(weighings))
            found += _flag(case, PRICE, "value_plausible", masses.f11())
            found += _flag(case, CERTIFICATE, "certificate_covers", masses.f21(weighings))
    return found


def _flag(case: Case, flag: str, name: str, troubles: list[Trouble]) -> list[Finding]:
    return flagged(case, RULE, flag, name, LEGAL_BASIS, troubles) if troubles else []


def _f08(case: Case) -> list[Trouble]:
    """Changes of consignee, notify party or destination after the release: of the export, else for transit."""
    c = case.c
    for kind in ("EXPORT_CONFIRMED", "RELEASED_FOR_TRANSIT"):
        for n, event in enumerate(c.actual):
            if event.type == kind:
                return _changes_after(case, n)
    return []


def _changes_after(case: Case, released: int) -> list[Trouble]:
    c = case.c
    found = []
    if c.holdings and c.holdings[-1].start > released:  # holdings stand in order of their start
        found = [t for role in _RECEIVERS for t in _receivers_changed(case, role, released)]
    if any(e.destination_country for e in c.actual[released + 1 :]):
        found += _destination_changed(case, released)
    return sorted(found, key=lambda t: t.event.order) if found else found


def _receivers_changed(case: Case, role: str, released: int) -> list[Trouble]:
    actual, found = case.c.actual, []
    held = [h for h in case.c.holdings if h.role == role]
    for before, after in pairwise(held):
        event = actual[after.start] if released < after.start < len(actual) else None
        if event is not None and event.uid == after.uid and _others(before.parties, after.parties):
            found.append(_changed(case, event, role, _names(before.parties), _names(after.parties)))
    return found


def _destination_changed(case: Case, released: int) -> list[Trouble]:
    found = []
    before: str | None = None
    for n, event in enumerate(case.c.actual):
        stated = event.destination_country
        if before is not None and stated is not None and stated != before and n > released:
            found.append(_changed(case, event, "destination", before, stated))
        before = stated or before
    return found


def _changed(case: Case, event: Event, what: str, old: str, new: str) -> Trouble:
    weight = weight_of(case, LATE_CHANGE, brussels_day(event.occurred_at))
    because = f"{what} changed from {old} to {new} on {on(event)}, after the release"
    return Trouble(because, event, weight)


def _names(parties: tuple[Party, ...]) -> str:
    return ", ".join(p.name or "a party without name" for p in parties)


def _others(before: tuple[Party, ...], after: tuple[Party, ...]) -> bool:
    """Whether the parties of a role are others: somebody came or went, among those of whom something is known."""
    old, new = [p for p in before if _known(p)], [p for p in after if _known(p)]
    if not old or not new:
        return False
    came = any(not any(_same(p, q) for q in old) for p in new)
    return came or any(not any(_same(p, q) for q in new) for p in old)


def _known(party: Party) -> bool:
    return bool(party.name or party.identifiers)


def _same(one: Party, other: Party) -> bool:
    """Whether two parties are one: by a sound number, else by name without its legal form, and country (contract 6(20))."""
    answer = _same_number(one.identifiers or {}, other.identifiers or {})
    if answer is not None:
        return answer
    if not one.name or not other.name:
        return True
    if one.country and other.country and one.country != other.country:
        return False
    if one.name.casefold() == other.name.casefold():
        return True
    return not set(name_of(one.name).joined).isdisjoint(name_of(other.name).joined)


def _same_number(one: dict[str, str], other: dict[str, str]) -> bool | None:
    """Equal sound numbers of one type, different ones, or nothing that tells; a branch may be its head office."""
    answer: bool | None = None
    for kind in UNIQUE_KINDS & one.keys() & other.keys():
        if is_valid(kind, one[kind]) and is_valid(kind, other[kind]):
            if normal(kind, one[kind]) == normal(kind, other[kind]):
                return True
            if not (kind == "bin" and (is_branch_bin(one[kind]) or is_branch_bin(other[kind]))):
                answer = False
    return answer


def _f09(case: Case) -> list[Trouble]:
    """Goods codes that differ between two documents, each compared with all before it."""
    found = []
    documents: list[Event] = []
    for event in case.c.actual:
        if event.type in _ANEW:
            documents = []
        elif event.type in DOCUMENTS and any(line.hs for line in event.goods):
            trouble = next((t for before in documents if (t := _code_differs(case, before, event)) is not None), None)
            if trouble is not None:
                found.append(trouble)
            documents.append(event)
    return found


def _code_differs(case: Case, before: Event, after: Event) -> Trouble | None:
    """A code of the later document that the earlier has not, or one that went though no fewer lines are stated."""
    old, new = _coded(before), _coded(after)
    came = [line for line in new if not any(_agree(line, other) for other in old)]
    gone = [line for line in old if not any(_agree(line, other) for other in new)]
    if not came and (not gone or len(new) < len(old)):
        return None
    day = brussels_day(after.occurred_at)
    weight, tail = weight_of(case, GOODS_CODE, day), ""
    records: tuple[str, ...] = ()
    for name in case.law.policy("controlled_goods_lists", day):
        entry = next((e for line in gone if (e := case.law.goods.match(name, line, day).entry) is not None), None)
        if entry is not None and not any(case.law.goods.match(name, line, day).entry for line in came):
            weight = max(weight, int(case.law.policy("f09_weight_leaves_list", day)))
            records = (record_ref(entry),)
            tail = f", which leaves the list {name}"
            break
    was, now = (", ".join(dict.fromkeys(line.hs or "" for line in lines)) for lines in (gone or old, came or new))
    because = f"goods code {was} in {before.type} of {on(before)} is {now} in {after.type} of {on(after)}{tail}"
    return Trouble(because, after, weight, records)


def _coded(event: Event) -> list[Goods]:
    return [line for line in event.goods if line.hs]


def _agree(one: Goods, other: Goods) -> bool:
    """Whether two codes may be one: on six digits, any successor of an older one (contract 6(28))."""
    codes = {code[:6] for code in hs_successors(one.hs or "")}
    return not codes.isdisjoint(code[:6] for code in hs_successors(other.hs or ""))


def _origin_matters(case: Case) -> bool:
    """Whether goods were ever declared of an origin that a place of loading may contradict."""
    conflicts = case.law.policy("origin_loading_conflicts", case.today)
    for statement in case.c.goods_statements:
        for line in statement.goods:
            for share in line.origin:
                if share.country in conflicts:
                    return True
    return False


def _f20(case: Case) -> list[Trouble]:
    """Loading at a station in a country that the declared origin contradicts."""
    found = []
    for n, event in enumerate(case.c.actual):
        if event.type != "LOADED" or not _by_land(event):
            continue
        facts, day = case.place(n), brussels_day(event.occurred_at)
        statement = case.c.goods_at(n)
        if statement is None or any(r.annex in _PORTS for r in facts.listed):
            continue
        for origin, countries in case.law.policy("origin_loading_conflicts", day).items():
            if facts.country in countries and any(_only_from(g, origin, countries) for g in statement.goods):
                because = f"goods declared as of {origin} were loaded at {facts.label} ({facts.country}) on {on(event)}"
                found.append(Trouble(because, event, weight_of(case, LOADING, day)))
    return found


def _only_from(line: Goods, origin: str, others: list[str]) -> bool:
    """Whether a line is declared as of an origin, and no share of it as of the country of loading."""
    stated = {o.country for o in line.origin if o.share_pct is None or o.share_pct > 0}
    return origin in stated and stated.isdisjoint(others)


def _by_land(event: Event) -> bool:
    """Whether goods were loaded onto rail or road: as stated, else by wagons, plates or a railway code."""
    transport, place = event.transport, event.place
    if transport is not None and transport.mode is not None:
        return transport.mode in ("RAIL", "ROAD")
    if transport is not None and (transport.wagons or transport.plates):
        return True
    return place is not None and place.esr is not None


def loading_may_matter(event: Event, country: str | None, conflicts: dict[str, list[str]]) -> bool:
    """Whether a loading in a country can raise F20 for goods of an origin that it may contradict."""
    transport = event.transport
    afloat = transport is not None and transport.mode in WATER
    return not afloat and any(country in countries for countries in conflicts.values())
