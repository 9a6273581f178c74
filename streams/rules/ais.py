"""R18 with flag F19: a ship that falls silent, takes over cargo at sea or has just changed its flag.

833/2014 Arts 3eb, 3ec; domain 2.5, 4.3 F19 and 8 R18; contract 3.1(5), 6(26), 6(32). A silence counts from
`policy:ais_gap_hours` on, or while it lasts; a transfer from ship to ship off port, or in a port of the Union without a notice. Either weighs
`policy:r18_weight` with Russian oil aboard and the weight of F19 near a listed port; whether the silence had a lawful reason
(piracy, jamming, no receiver) no event tells. A ship that flies another flag than less than `policy:flag_change_days` before
weighs as F19. Only where there is an EU nexus. Other means than ships have trackers too: their silence is none of this.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from streams.model.decision import PRECEDENCE, Condition, Finding, State, Verdict
from streams.model.events import Event, Place, Transport
from streams.model.identifiers import is_valid, normal
from streams.model.moments import DAY_MS, HOUR_MS, brussels_day, iso_day, iso_time
from streams.rules.case import Case
from streams.rules.law import PlaceFacts, kilometres, record_ref
from streams.rules.nexus import BOUND, Nexus, nexus_of, no_nexus
from streams.rules.ports import ANNEXES, WATER, listed_on
from streams.rules.price_cap import GOODS_LIST
from streams.rules.russia import russian_origin
from streams.rules.ships import ship_label
from streams.rules.state import ROVING, SILENT, sail_mark

GAP_BASIS = "833/2014 Art. 3ec; flag F19"
TRANSFER_BASIS = "833/2014 Art. 3eb; flag F19"
FLAG_BASIS = "flag F19"
AT_SEA_TYPES = frozenset({"POSITION_GAP", "STS_TRANSFER"})
"""The types that R18 looks at whatever they say of a ship."""
_PROHIBITION = "the ban on port calls after silence or transfers at sea"
_NOTICE = "AUTHORISATION"


class _Told(NamedTuple):
    """The state of one condition in words, what is missing to tell, and the records it rests on."""

    state: State
    because: str
    missing: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


class _Sign(NamedTuple):
    """What speaks against a ship at an actual event; ``subject`` tells the kinds apart."""

    subject: str
    at: int
    verdict: Verdict
    weight: int
    because: str
    basis: str
    conditions: tuple[Condition, ...]
    missing: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


class _Silence(NamedTuple):
    """A gap in the signal of a ship: the actual event, when and by which position it ended (None: not known)."""

    at: int
    until: int | None
    seen: Event | None


def r18(case: Case) -> list[Finding]:
    """A finding for the worst silence, transfer and change of flag, each; R01 CLEAR where there is no nexus."""
    actual = case.c.actual
    hot = [
        n for n, e in enumerate(actual)
        if e.type in AT_SEA_TYPES or ((t := e.transport) is not None and t.vessel_flag)
    ]  # fmt: skip
    if not hot:
        return []
    for n in reversed(hot):
        transport = actual[n].transport
        if transport is not None and transport.vessel_flag:
            case.sails = sail_mark(transport)
            break
    worst: dict[str, tuple[tuple[int, int, int], _Sign, Nexus]] = {}
    unbound: list[Nexus] = []
    for sign in (*_silences(case, hot), *_transfers(case, hot), *_reflagged(case, hot)):
        case.marks |= ROVING
        nexus = nexus_of(case, sign.at)
        rank = (PRECEDENCE[sign.verdict], sign.weight, BOUND[nexus.state])
        if nexus.state == "NOT_MET":
            unbound.append(nexus)
        elif sign.subject not in worst or rank > worst[sign.subject][0]:
            worst[sign.subject] = rank, sign, nexus
    found = [_finding(case, sign, nexus) for _, sign, nexus in worst.values()]
    return found if found or not unbound else [no_nexus(unbound[0], _PROHIBITION)]


def _afloat(case: Case, at: int) -> bool:
    """Whether an event speaks of a ship: by its means of transport, else by that last stated before; else it does."""
    for event in case.c.actual[at::-1]:
        transport = event.transport
        if transport is not None and (transport.mode or transport.vessel_imo or transport.vessel_name):
            return transport.mode is None or transport.mode in WATER
    return True


def _ship(transport: Transport | None) -> str:
    """What tells ships apart; empty when no ship is named."""
    if transport is None:
        return ""
    return normal("imo", transport.vessel_imo) if transport.vessel_imo else (transport.vessel_name or "").casefold()


def _same_ship(one: Event, other: Event) -> bool:
    """Whether two events may speak of one ship: the same, or one of them names none."""
    first, second = _ship(one.transport), _ship(other.transport)
    return not first or not second or first == second


def _silences(case: Case, hot: list[int]) -> Iterator[_Sign]:
    """What the gaps in a ship's signal amount to, where they are long enough or still open."""
    gaps = [n for n in hot if case.c.actual[n].type == "POSITION_GAP" and _afloat(case, n)]
    for n in gaps:
        silence = _silence(case, n, gaps)
        if _counts(case, silence):
            sign = _of_silence(case, silence)
            if sign is not None:
                yield sign


def _silence(case: Case, at: int, gaps: list[int]) -> _Silence:
    """A gap ends when its event says so, else with the next position or gap of the ship that shows it back."""
    actual = case.c.actual
    gap = actual[at]
    until = gap.gap_until
    if until is None:
        others = (actual[n] for n in gaps if n != at and _same_ship(gap, actual[n]))
        until = min((o.gap_until for o in others if o.gap_until and o.gap_until > gap.occurred_at), default=None)
    ended = gap.occurred_at + 1 if gap.gap_until is None else gap.gap_until
    seen = next(
        (e for e in actual[at + 1 :] if e.type == "POSITION" and e.occurred_at >= ended and _same_ship(gap, e)),
        None,
    )
    if gap.gap_until is None and seen is not None:
        until = seen.occurred_at if until is None else min(until, seen.occurred_at)
    return _Silence(at, until, seen)


def _counts(case: Case, silence: _Silence) -> bool:
    """Whether a silence is long enough, or lasts (contract 6(26)); sets the timer of one that is not long enough yet."""
    gap = case.c.actual[silence.at]
    day = brussels_day(gap.occurred_at)
    if silence.until is not None:
        counts = silence.until - gap.occurred_at >= float(case.law.policy("ais_gap_hours", day)) * HOUR_MS
    else:
        patience = round(float(case.law.policy("ais_open_gap_hours", day)) * HOUR_MS)
        counts = not patience or case.now >= gap.occurred_at + patience
        if not counts:
            case.wake_at(gap.occurred_at + patience)
    if silence.seen is None and (counts or silence.until is None):
        case.marks |= SILENT
    return counts


def _of_silence(case: Case, silence: _Silence) -> _Sign | None:
    gap = case.c.actual[silence.at]
    day = brussels_day(gap.occurred_at)
    oil = _oil(case, silence.at, day)
    near = _near(case, gap.place, case.place(silence.at), day, "position of the gap (place)")
    if near.state != "MET" and silence.seen is not None:
        back = _near(case, silence.seen.place, case.place_of(silence.seen), day, "")
        near = back._replace(because=f"back {back.because}") if back.state == "MET" else near
    if silence.until is None:
        length = "and was not heard again"
    else:
        length = f"for {(silence.until - gap.occurred_at) / HOUR_MS:.3g} hours"
    told = f"{_name(gap)} sent no signal {length} from {iso_time(gap.occurred_at)} on"
    weight = _weight(case, day, oil=oil.state == "MET") if "MET" in (oil.state, near.state) else 0
    return _sign(case, "gap", silence.at, told, GAP_BASIS, weight, (("russian_oil", oil), ("near_listed_port", near)))


def _transfers(case: Case, hot: list[int]) -> Iterator[_Sign]:
    """What transfers from ship to ship amount to: off port anywhere, in a port only of the Union, which is to be told of them."""
    for n in hot:
        event = case.c.actual[n]
        if event.type == "STS_TRANSFER" and _afloat(case, n):
            port = _in_port(event.place, case.place(n))
            if not port or case.place(n).country in case.law.eu_members(brussels_day(event.occurred_at)):
                sign = _of_transfer(case, n, port=port)
                if sign is not None:
                    yield sign


def _of_transfer(case: Case, at: int, *, port: bool) -> _Sign | None:
    event, facts = case.c.actual[at], case.place(at)
    day = brussels_day(event.occurred_at)
    oil = _oil(case, at, day)
    if port:
        near = _Told("NOT_MET", f"in the port {facts.label}")
    else:
        near = _near(case, event.place, facts, day, "place of the transfer (place)")
    if near.state == "NOT_MET" and not port:
        near = _off_usual_spots(case, event.place, day) or near
    notice = _notice(case, day)
    bound = oil if notice is None else _Told("NOT_MET", f"{oil.because}; {notice}")
    where = f"in the port {facts.label}" if port else _where(event.place, facts)
    told = f"Cargo went from ship to ship {where} on {iso_day(day)} ({_name(event)})"
    told += "" if notice or bound.state != "MET" else " without a notice that is stated"
    weight = 0
    if bound.state == "MET" and near.state != "NOT_KNOWN":
        weight = _weight(case, day, oil=True)
    elif near.state == "MET":
        weight = _weight(case, day, oil=False)
    return _sign(
        case, "transfer", at, told, TRANSFER_BASIS, weight, (("russian_oil", bound), ("near_listed_port", near))
    )


def _in_port(place: Place | None, facts: PlaceFacts) -> bool:
    """Whether a port or terminal is stated; a position alone is off port, near as it may be."""
    if place is None:
        return False
    if place.facility or (place.unlocode and is_valid("unlocode", normal("unlocode", place.unlocode))):
        return True
    return place.latitude is None and bool(facts.listed)


def _where(place: Place | None, facts: PlaceFacts) -> str:
    """A place off port in words."""
    if place is None:
        return "at sea"
    if place.latitude is not None and place.longitude is not None:
        return f"at {place.latitude:.2f}, {place.longitude:.2f}"
    return f"off {facts.label}" if facts.known else facts.label or "at sea"


def _notice(case: Case, day: int) -> str | None:
    """The notice of a transfer: a document of authorisation in force whose scope names it."""
    words = [f" {_plain(word)} " for word in case.law.policy("sts_notice_words", day)]
    for paper in case.c.documents:
        if paper.type == _NOTICE and paper.scope and (paper.valid_until is None or paper.valid_until >= day):
            scope = f" {_plain(paper.scope)} "
            if any(word in scope for word in words):
                return f"notice {paper.number or 'without a number'} is stated"
    return None


def _plain(text: str) -> str:
    return " ".join("".join(ch if ch.isalnum() else " " for ch in text.casefold()).split())


def _off_usual_spots(case: Case, place: Place | None, day: int) -> _Told | None:
    """MET when a position lies outside every area of `policy:sts_usual_spots`; None when none are given or it does not."""
    spots = case.law.policy("sts_usual_spots", day)
    if not spots or place is None or place.latitude is None or place.longitude is None:
        return None
    here = place.latitude, place.longitude
    if any(kilometres(*here, spot["latitude"], spot["longitude"]) <= spot["radius_km"] for spot in spots):
        return None
    return _Told("MET", "the spot is none of the usual ones", (), ("policy:policy:sts_usual_spots",))


def _reflagged(case: Case, hot: list[int]) -> Iterator[_Sign]:
    """The ships (by sound IMO number) that fly another flag than they did too short a time before."""
    before: dict[str, tuple[str, int]] = {}
    for n in hot:
        event = case.c.actual[n]
        transport = event.transport
        if transport is None or not transport.vessel_flag or not transport.vessel_imo:
            continue
        number, flag = normal("imo", transport.vessel_imo), transport.vessel_flag.upper()
        if not is_valid("imo", number):
            continue
        old, seen = before.get(number, (flag, n))
        before[number] = flag, n
        first = case.c.actual[seen]
        day = brussels_day(event.occurred_at)
        if old != flag:
            limit = int(case.law.policy("flag_change_days", day))
            if event.occurred_at - first.occurred_at < limit * DAY_MS:
                since = iso_day(brussels_day(first.occurred_at))
                told = f"{_name(event)} flew the flag of {old} on {since} and of {flag} on {iso_day(day)}"
                condition = Condition("flag_change", "MET", f"{told}, within {limit} days", (first.uid, event.uid))
                yield _Sign(
                    "flag", n, "RED_FLAG", _weight(case, day, oil=False), f"{told}: less than {limit} days apart.",
                    FLAG_BASIS, (condition,),
                )  # fmt: skip


def _oil(case: Case, at: int, day: int) -> _Told:
    """Whether Russian oil is aboard at an actual event."""
    statement = case.c.goods_at(at)
    if statement is None:
        return _Told("NOT_KNOWN", "the goods are not stated", ("goods",))
    doubt: _Told | None = None
    for line in statement.goods:
        hit = case.law.goods.match(GOODS_LIST, line, day)
        name = f"goods {line.hs or line.description or 'not named'}"
        if hit.entry is not None:
            origin = russian_origin(line)
            if origin == "yes":
                return _Told("MET", f"{name} are Russian oil", (), (record_ref(hit.entry),))
            if origin == "unknown":
                doubt = doubt or _Told("NOT_KNOWN", f"where {name} come from is not stated in full", ("origin",))
        elif not line.hs:
            doubt = doubt or _Told("NOT_KNOWN", f"{name} have no code", ("goods code (goods.hs)",))
        elif hit.short is not None:
            doubt = doubt or _Told("NOT_KNOWN", f"the code of {name} is too short", ("full goods code (goods.hs)",))
    return doubt or _Told("NOT_MET", "no Russian oil is aboard")


def _near(case: Case, place: Place | None, facts: PlaceFacts, day: int, missing: str) -> _Told:
    """Whether a place is, or lies within `policy:ais_near_km` of, a port listed on a day."""
    listing = listed_on(facts, ANNEXES, day)
    if listing is not None:
        return _Told("MET", f"at {facts.label}, a listed port", (), (record_ref(listing),))
    ports = [r for r in case.law.places.located if r.annex in ANNEXES and r.in_force(day)]
    if place is not None and place.latitude is not None and place.longitude is not None:
        here = place.latitude, place.longitude
        ways = [(kilometres(*here, r.latitude or 0.0, r.longitude or 0.0), r) for r in ports]
        km, port = min(ways, key=lambda way: (way[0], way[1].id), default=(float("inf"), None))
        if port is not None and km <= float(case.law.policy("ais_near_km", day)):
            return _Told("MET", f"{km:.0f} km off {port.name}, a listed port", (), (record_ref(port),))
    if (facts.known and not facts.doubtful) or facts.country not in {None, *(r.country for r in ports)}:
        return _Told("NOT_MET", f"{facts.label or 'the place'} is not near a listed port")
    return _Told("NOT_KNOWN", "where it was is not stated", (missing,))


def _weight(case: Case, day: int, *, oil: bool) -> int:
    return int(case.law.policy("r18_weight", day) if oil else case.law.policy("flag_weights", day)["F19"])


def _name(event: Event) -> str:
    transport = event.transport
    if transport is None or not (transport.vessel_imo or transport.vessel_name):
        return "A ship that is not named"
    return f"Ship {ship_label(transport.vessel_imo, transport.vessel_name)}"


def _sign(
    case: Case, kind: str, at: int, told: str, basis: str, weight: int, asked: tuple[tuple[str, _Told], ...]
) -> _Sign | None:
    """A red flag of a weight; without one, a question where a condition is not known, else None."""
    doubts = [answer for _, answer in asked if answer.state == "NOT_KNOWN"]
    if not weight and not doubts:
        return None
    uid = case.c.actual[at].uid
    counted = [answer for _, answer in asked if answer.state == "MET"] if weight else doubts
    because = f"{told}; {'; '.join(dict.fromkeys(answer.because for answer in counted))}."
    return _Sign(
        kind if weight else f"{kind} unknown",
        at,
        "RED_FLAG" if weight else "INSUFFICIENT_DATA",
        weight,
        because,
        basis,
        tuple(Condition(name, answer.state, answer.because, (uid,)) for name, answer in asked),
        tuple(m for answer in doubts for m in answer.missing),
        tuple(r for answer in counted for r in answer.records),
    )


def _finding(case: Case, sign: _Sign, nexus: Nexus) -> Finding:
    return Finding(
        rule="R18",
        subject=sign.subject,
        verdict=sign.verdict,
        weight=sign.weight,
        legal_basis=sign.basis,
        because=sign.because,
        conditions=(*sign.conditions, nexus.condition()),
        missing=(*sign.missing, *nexus.missing),
        exposed=nexus.exposed,
        clocks=case.clocks(case.c.actual[sign.at].occurred_at),
        records=sign.records,
    )
