"""Which consignments a change of the reference records may touch: cheap, conservative, never missing one.

The change is the set of records that differ between two laws. Each kind of record reaches a consignment by a way of
its own: a place by being named, a goods entry by a line it speaks of, a waiver by a dealing with a port, a party or
a holding by somebody that resembles it. What reaches everything (policies, caps, a first list) touches all.
Reading what consignments name out of their encoded states takes most of the time (about 15 us each).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec import Raw, Struct

from streams.model.events import Goods, Leg, Party, Place
from streams.model.moments import DAY_MS, brussels_day
from streams.model.reference import (
    AnyRecord,
    GoodsEntry,
    ListedParty,
    ListedPlace,
    ListState,
    Measure,
    Ownership,
    Waiver,
)
from streams.rules.case import FOREVER
from streams.rules.law import Law
from streams.rules.lists import BANKS, LIST_RULES, SHIPS
from streams.rules.naming import Described, described, described_owned, described_record
from streams.rules.state import BANK, PORTS, SHIP, Header, ReferenceEntry, TimerEntry, log_array, unpack
from streams.screening.match import Screener

_ASKING = {BANKS.rule: BANK, SHIPS.rule: SHIP}
"""The flag of the consignments for which a rule looks at its lists; other rules do for all."""
_MARGIN = 0.05
"""How much lower than the law's own the floor of the small index is: its scores may differ a little."""


class _Named(Struct, array_like=True, frozen=True):
    """What an event names: the leading fields of `streams.model.events.Event`, others left encoded."""

    event_id: Raw
    source: Raw
    type: Raw
    consignment_id: Raw
    occurred_at: Raw
    recorded_at: Raw
    classifier: Raw
    replaces: Raw
    retracts: Raw
    place: Place | None
    transport: Raw
    parties: tuple[Party, ...]
    goods: tuple[Goods, ...]
    route: tuple[Leg, ...]


class _NamedEntry(Struct, array_like=True, frozen=True, tag=0):
    event: _Named


_decode = msgspec.msgpack.Decoder(list[_NamedEntry | TimerEntry | ReferenceEntry]).decode
_HeaderTest = Callable[[Header], bool]
_EventTest = Callable[[_Named], bool]


def touched(states: Iterable[tuple[str, bytes]], before: Law | None, after: Law) -> Iterator[str]:
    """The consignments (id, encoded state) whose decision may differ between two laws.

    All of them when ``before`` is None. Raises StateError for a state of an unknown format.
    """
    changed = changed_records(before, after) if before is not None else []
    if before is None or _reaches_all(changed, before, after):
        for ident, _ in states:
            yield ident
        return
    if not changed:
        return
    by_header = _header_tests(changed, before, after)
    by_event = _event_tests(changed, before, after)
    for ident, state in states:
        header, size, log = unpack(state)
        if any(test(header) for test in by_header):
            yield ident
        elif by_event:
            events = [e.event for e in _decode(log_array(size, log)) if isinstance(e, _NamedEntry)]
            if any(test(event) for event in events for test in by_event):
                yield ident


def changed_records(before: Law, after: Law) -> list[AnyRecord]:
    """The records that one law has and the other has not, or has otherwise: both versions, old ones first."""
    old, new = before.records, after.records
    if old is new:
        return []
    gone = [record for key, record in old.items() if new.get(key) != record]
    return gone + [record for key, record in new.items() if old.get(key) != record]


def _reaches_all(changed: list[AnyRecord], before: Law, after: Law) -> bool:
    return any(before.has_measure(rule.measure) != after.has_measure(rule.measure) for rule in LIST_RULES) or any(
        not isinstance(r, ListedParty | Ownership | ListedPlace | GoodsEntry | Waiver | ListState) for r in changed
    )


def _header_tests(changed: list[AnyRecord], before: Law, after: Law) -> list[_HeaderTest]:
    tests: list[_HeaderTest] = []
    if any(isinstance(r, Waiver) for r in changed):
        tests.append(lambda header: bool(header.flags & PORTS))
    states = [r for r in changed if isinstance(r, ListState) and r.fetched_at is not None]
    for rule in LIST_RULES if states else ():
        lists = [r for r in states if rule.measure in r.measures]
        if lists:
            tests.append(_age_test(lists, after, rule.measure, _ASKING.get(rule.rule, 0)))
    return tests


def _age_test(changed: list[ListState], after: Law, measure: Measure, asking: int) -> _HeaderTest:
    """Whether the age of a list of a measure may count: for who asks (all, or those with a flag), at its clock or soon."""
    allowed = round(after.least("list_max_age_days") * DAY_MS)
    limit = min(r.fetched_at or 0 for r in changed) + allowed
    held = [r.fetched_at for r in after.list_states if measure in r.measures and r.fetched_at is not None]
    until = brussels_day(min(held) + allowed) if held else FOREVER
    return lambda header: (
        (not asking or bool(header.flags & asking)) and (header.clock > limit or header.steady_until > until)
    )


def _event_tests(changed: list[AnyRecord], before: Law, after: Law) -> list[_EventTest]:
    tests: list[_EventTest] = []
    places = [r for r in changed if isinstance(r, ListedPlace)]
    if places:
        tests.append(_place_test(places, before, after))
    entries = [r for r in changed if isinstance(r, GoodsEntry)]
    if entries:
        tests.append(_goods_test({r.list for r in entries}, before, after))
    parties = [r for r in changed if isinstance(r, ListedParty | Ownership)]
    if parties:
        tests.append(_party_test(parties, before, after))
    return tests


def _place_test(changed: list[ListedPlace], before: Law, after: Law) -> _EventTest:
    codes = {code for r in changed for code in (r.unlocode, *r.unlocodes)}
    known: dict[Place, bool] = {}

    def differs(place: Place) -> bool:
        answer = known.get(place)
        if answer is None:
            answer = known[place] = before.places.find(place) != after.places.find(place)
        return answer

    return lambda event: (
        (event.place is not None and differs(event.place)) or any(leg.unlocode in codes for leg in event.route)
    )


def _goods_test(names: set[str], before: Law, after: Law) -> _EventTest:
    known: dict[tuple[str | None, str | None], bool] = {}

    def differs(line: Goods) -> bool:
        key = (line.hs, line.dual_use)
        answer = known.get(key)
        if answer is None:
            answer = known[key] = any(
                before.goods.candidates(name, line) != after.goods.candidates(name, line) for name in names
            )
        return answer

    return lambda event: any(differs(line) for line in event.goods)


def _party_test(changed: list[ListedParty | Ownership], before: Law, after: Law) -> _EventTest:
    affected = _affected(changed, before, after)
    floor = min(before.screening_floor, after.screening_floor) - _MARGIN
    sides = [Screener(rows, floor) for rows in affected]
    known: dict[Described, bool] = {}

    def resembles(party: Described) -> bool:
        answer = known.get(party)
        if answer is None:
            identifiers = dict(party.identifiers) or None
            answer = known[party] = any(
                side.screen(party.name, party.country, party.birth_date, identifiers) for side in sides
            )
        return answer

    return lambda event: any(
        resembles(described(party)) or any(resembles(described(holder)) for holder in party.owners)
        for party in event.parties
    )


def _affected(changed: list[ListedParty | Ownership], before: Law, after: Law) -> list[list[ListedParty | Ownership]]:
    """The changed records and all that lies downstream: what they hold, what is the same person on another list.

    Once for each law, because an id may stand for another content in the other.
    """
    return [_downstream([r for r in changed if law.records.get(r.record_key) == r], law) for law in (before, after)]


def _downstream(start: list[ListedParty | Ownership], law: Law) -> list[ListedParty | Ownership]:
    found = {r.record_key: r for r in start}
    open_ = list(start)
    owned_by = law.holdings_by_owner

    def add(record: ListedParty | Ownership) -> None:
        if record.record_key not in found:
            found[record.record_key] = record
            open_.append(record)

    while open_:
        record = open_.pop()
        if isinstance(record, ListedParty):
            ids, descriptions, schema = [record.id], described_record(record), record.schema
        else:
            ids = [record.owned.id] if record.owned.id is not None else []
            descriptions, schema = [described_owned(record.owned)], None
        for ident in ids:
            if ident in law.party_by_id:
                add(law.party_by_id[ident])
            for holding in (*owned_by.get(ident, ()), *(law.holdings_of_id(ident))):
                add(holding)
        for party in descriptions:
            for hit in law.screener.screen(
                party.name, party.country, party.birth_date, dict(party.identifiers) or None, schema
            ):
                add(hit.record)
    return list(found.values())
