"""Which consignments a change of the reference records may touch: cheap, conservative, never missing one.

The change is the set of records that differ between two laws. Each kind of record reaches a consignment by a way of
its own: a place by being named, a special zone by a consignee in its country, a goods entry by a line it speaks of, a
waiver by a dealing with a port or by being relied on, a party, a ship, a holding or a clearance by somebody that resembles it. What reaches
everything (policies, caps, a first list of parties or of goods for Kyrgyzstan, a first zone of a country) touches all. Who
resembles whom is asked of the index of known parties (`streams.rules.mentions`); for places, goods, waivers and the age
of lists the encoded states are read (about 10 us each).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec
from msgspec import Raw, Struct

from streams.model.events import Goods, Leg, Place
from streams.model.moments import DAY_MS, brussels_day
from streams.model.reference import (
    AnyRecord,
    Clearance,
    GoodsEntry,
    ListedParty,
    ListedPlace,
    ListState,
    Measure,
    Ownership,
    Waiver,
)
from streams.rules.ais import AT_SEA_TYPES
from streams.rules.case import FOREVER
from streams.rules.export_bans import GOODS_LIST as EXPORT_LIST
from streams.rules.law import Law
from streams.rules.lists import BANKS, LIST_RULES, SHIPS
from streams.rules.mentions import Mentions
from streams.rules.ports import ANNEXES
from streams.rules.reach import parties_reached
from streams.rules.state import (
    BANK,
    PORTS,
    QUOTED,
    SHIP,
    ZONED,
    EventHead,
    Header,
    ReferenceEntry,
    TimerEntry,
    header_of,
    log_array,
    unpack,
)
from streams.screening.known import KnownParties

_ASKING = {BANKS.rule: BANK, SHIPS.rule: SHIP}
"""The flag of the consignments for which a rule looks at its lists; other rules do for all."""


class _Named(EventHead, array_like=True, frozen=True):
    """What an event names; what follows stays encoded."""

    place: Place | None
    transport: Raw
    parties: Raw
    goods: tuple[Goods, ...]
    route: tuple[Leg, ...]


class _NamedEntry(Struct, array_like=True, frozen=True, tag=0):
    event: _Named


_decode = msgspec.msgpack.Decoder(list[_NamedEntry | TimerEntry | ReferenceEntry]).decode
_AT_SEA = frozenset(msgspec.msgpack.encode(kind) for kind in AT_SEA_TYPES)
_HeaderTest = Callable[[Header], bool]
_EventTest = Callable[[_Named], bool]


class Touch:
    """What the change from one law to another touches. ``before`` None: everything.

    ``known`` are the parties that `Mentions` number; ``pause`` is called now and then while they are gone through.
    """

    def __init__(
        self, before: Law | None, after: Law, known: KnownParties, pause: Callable[[], None] = lambda: None
    ) -> None:
        changed = changed_records(before, after) if before is not None else []
        self.all = before is None or _reaches_all(changed, before, after)
        self._parties: set[int] = set()
        self._by_header: list[_HeaderTest] = []
        self._by_event: list[_EventTest] = []
        if before is not None and not self.all:
            self._parties = parties_reached(_rows(changed, before, after), before, after, known, pause)
            self._by_header = _header_tests(changed, before, after)
            self._by_event = _event_tests(changed, before, after)

    def among(self, states: Mapping[str, bytes], mentions: Mentions) -> Iterator[str]:
        """The touched consignments of a partition (encoded states by id), perhaps some of them twice.

        ``mentions`` must have read every one of the states. Raises StateError for a state of an unknown format.
        """
        if self.all:
            yield from states
            return
        yield from (ident for ident in mentions.naming(self._parties) if ident in states)
        if not (self._by_header or self._by_event):
            return
        for ident, state in states.items():
            if self._by_header and self._marked(header_of(state)):
                yield ident
            elif self._by_event:
                _, size, log = unpack(state)
                events = [e.event for e in _decode(log_array(size, log)) if isinstance(e, _NamedEntry)]
                if any(test(event) for event in events for test in self._by_event):
                    yield ident

    def _marked(self, header: Header) -> bool:
        return any(test(header) for test in self._by_header)


def touched(states: Iterable[tuple[str, bytes]], before: Law | None, after: Law) -> set[str]:
    """The consignments (id, encoded state) whose decision may differ between two laws, without an index kept beside.

    All of them when ``before`` is None. Raises StateError for a state of an unknown format.
    """
    held = dict(states)
    known = KnownParties()
    mentions = Mentions(known)
    for ident, state in held.items():
        mentions.read(ident, state)
    return set(Touch(before, after, known).among(held, mentions))


def changed_records(before: Law, after: Law) -> list[AnyRecord]:
    """The records that one law has and the other has not, or has otherwise: both versions, old ones first."""
    old, new = before.records, after.records
    if old is new:
        return []
    gone = [record for key, record in old.items() if new.get(key) != record]
    return gone + [record for key, record in new.items() if old.get(key) != record]


def _reaches_all(changed: list[AnyRecord], before: Law, after: Law) -> bool:
    if before.zones.countries != after.zones.countries:
        return True
    if (EXPORT_LIST in before.goods.lists) != (EXPORT_LIST in after.goods.lists):
        return True
    return any(before.has_measure(rule.measure) != after.has_measure(rule.measure) for rule in LIST_RULES) or any(
        not isinstance(r, ListedParty | Ownership | ListedPlace | GoodsEntry | Waiver | ListState | Clearance)
        for r in changed
    )


def _header_tests(changed: list[AnyRecord], before: Law, after: Law) -> list[_HeaderTest]:
    tests: list[_HeaderTest] = []
    if any(isinstance(r, Waiver) for r in changed):
        tests.append(lambda header: bool(header.flags & (PORTS | QUOTED)))
    if before.zones.records != after.zones.records:
        tests.append(lambda header: bool(header.flags & ZONED))
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
    return tests


def _rows(changed: list[AnyRecord], before: Law, after: Law) -> list[ListedParty | Ownership]:
    """The list entries and holdings among changed records, and those of which a changed clearance speaks."""
    rows = [r for r in changed if isinstance(r, ListedParty | Ownership)]
    cleared = {r.entry for r in changed if isinstance(r, Clearance)}
    spoken_of = (law.records.get(key) for law in (before, after) for key in cleared)
    return rows + [r for r in spoken_of if isinstance(r, ListedParty | Ownership)]


def _place_test(changed: list[ListedPlace], before: Law, after: Law) -> _EventTest:
    codes = {code for r in changed for code in (r.unlocode, *r.unlocodes)}
    far = any(r.annex in ANNEXES for r in changed)
    known: dict[Place, bool] = {}

    def differs(place: Place) -> bool:
        answer = known.get(place)
        if answer is None:
            answer = known[place] = before.places.find(place) != after.places.find(place)
        return answer

    return lambda event: (
        (event.place is not None and differs(event.place))
        or any(leg.unlocode in codes for leg in event.route)
        or (far and bytes(event.type) in _AT_SEA)  # R18 asks for listed ports far around
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
