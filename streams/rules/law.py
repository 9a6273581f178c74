"""The law as compiled from reference records: places, goods lists, policies, waivers, by date.

Immutable once built; look-ups are memoised because the same places, goods codes and parties come again and
again. Days are Brussels days (days since 1970).
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from streams.model.addresses import address_key
from streams.model.events import Place
from streams.model.identifiers import is_valid, normal
from streams.model.moments import iso_day
from streams.model.reference import (
    AnyRecord,
    Cap,
    Clearance,
    GoodsEntry,
    ListedParty,
    ListedPlace,
    ListState,
    Measure,
    Ownership,
    Policy,
    Waiver,
)
from streams.rules.clearances import Clearances
from streams.rules.goods import GoodsLists
from streams.screening.layered import LayeredScreener, worth_layering
from streams.screening.match import REVIEW_THRESHOLD, Screener

_EARTH_KM = 6371.0
_KEPT = 50_000
_FAR = 1 << 40
_ZONES = "LII-"
_ABSENT = object()


class PlaceFacts(NamedTuple):
    """What the law knows of a place: country, the listed places it may be, and whether it is known at all.

    ``listed`` holds the records of every annex and date; ``doubtful`` is set when the name is shared with a
    listed place and nothing tells them apart; ``perhaps`` are then the listed places that it may be.
    """

    country: str | None
    listed: tuple[ListedPlace, ...]
    known: bool
    doubtful: bool
    warning: str | None
    label: str
    perhaps: tuple[ListedPlace, ...] = ()


NOWHERE = PlaceFacts(None, (), False, False, None, "no place stated")


def record_ref(record: AnyRecord) -> str:
    """`kind:id@date`, how findings name the records they used."""
    start = record.applies_from
    return f"{record.record_key}@{iso_day(start)}" if start is not None else record.record_key


def _folded(name: str) -> str:
    return " ".join("".join(ch if ch.isalnum() else " " for ch in name.casefold()).split())


def kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The great-circle distance of two points in degrees, in kilometres."""
    p1, p2 = math.radians(lat1), math.radians(lat2)
    a = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, a)))


class Places:
    """Listed places by code, by position and by name (contract 6(6)); ``near_km`` is the radius of a position."""

    def __init__(self, records: Iterable[ListedPlace], shared: Iterable[str], near_km: float) -> None:
        self.near_km = near_km
        self.by_code: dict[str, list[ListedPlace]] = {}
        self.by_name: dict[str, list[ListedPlace]] = {}
        self.located: list[ListedPlace] = []
        self.shared = {_folded(name) for name in shared}
        for record in records:
            for code in {*record.unlocodes, record.unlocode, record.iata} - {None}:
                self.by_code.setdefault(str(code), []).append(record)
            for name in {record.name, *record.aliases} - {None}:
                self.by_name.setdefault(_folded(str(name)), []).append(record)
            if record.latitude is not None and record.longitude is not None:
                self.located.append(record)
        self._memo: dict[Place, PlaceFacts] = {}

    def find(self, place: Place | None) -> PlaceFacts:
        """What is known of a place; code over coordinates over name."""
        if place is None:
            return NOWHERE
        facts = self._memo.get(place)
        if facts is None:
            if len(self._memo) >= _KEPT:
                self._memo.clear()
            facts = self._memo[place] = self._find(place)
        return facts

    def _find(self, place: Place) -> PlaceFacts:
        code = place.unlocode and normal("unlocode", place.unlocode)
        warning = None
        if code and not is_valid("unlocode", code):
            warning, code = f"{place.unlocode!r} is no UN/LOCODE and is not used", None
        iata = place.iata and place.iata.strip().upper()
        country = place.country or (code[:2] if code else None)
        if code and country != code[:2]:
            warning, country = f"{code} does not lie in {country}: the code counts", code[:2]
        label = code or iata or place.name or place.facility or (f"somewhere in {country}" if country else "")
        named = self._by_name(place, country)
        if code or iata:
            listed = tuple(self.by_code.get(code or "", ()) or self.by_code.get(iata or "", ()))
            country = country or (listed[0].country if listed else None)
            if named and not {r.id for r in named} & {r.id for r in listed}:
                warning = f"{label} is not {named[0].name}, although the name says so: the code counts"
            return PlaceFacts(country, listed, True, False, warning, label)
        located = place.latitude is not None and place.longitude is not None
        if located and (near := self._near(place.latitude or 0.0, place.longitude or 0.0)):
            return PlaceFacts(country or near[0].country, near, True, False, warning, label or "a position")
        names = [n for n in (place.facility, place.name) if n]
        shared = [n for n in map(_folded, names) if n in self.shared]
        if shared and (country is None or named or not all(n in self.by_name for n in shared)):
            return PlaceFacts(country, (), located, not located, warning, label, named)
        if named and country is None:
            return PlaceFacts(None, (), located, not located, warning, label, named)
        return PlaceFacts(country, named, located or bool(names), False, warning, label or "no place stated")

    def _near(self, latitude: float, longitude: float) -> tuple[ListedPlace, ...]:
        return tuple(
            r for r in self.located
            if kilometres(latitude, longitude, r.latitude or 0.0, r.longitude or 0.0) <= self.near_km
        )  # fmt: skip

    def _by_name(self, place: Place, country: str | None) -> tuple[ListedPlace, ...]:
        found: list[ListedPlace] = []
        for name in (place.facility, place.name):
            for record in self.by_name.get(_folded(name), ()) if name else ():
                if (country is None or record.country == country) and record not in found:
                    found.append(record)
        return tuple(found)


class Zones:
    """Special zones (Annex LII of 833/2014) by the names under which addresses mention them."""

    def __init__(self, records: Iterable[ListedPlace]) -> None:
        self.records = tuple(r for r in records if r.annex.startswith(_ZONES))
        self.countries = frozenset(r.country for r in self.records if r.country)
        self._names = [(_folded(n), r) for r in self.records for n in {r.name, *r.aliases} if n and _folded(n)]
        self._memo: dict[str, tuple[ListedPlace, ...]] = {}

    def named_in(self, address: str) -> tuple[ListedPlace, ...]:
        """The zones whose name an address contains, in whole words, by id."""
        found = self._memo.get(address)
        if found is None:
            if len(self._memo) >= _KEPT:
                self._memo.clear()
            words = f" {_folded(address)} "
            named = {record.id for name, record in self._names if f" {name} " in words}
            found = self._memo[address] = tuple(r for r in self.records if r.id in named)
        return found


class Law:
    """All reference records, compiled. ``version`` names the set of records."""

    def __init__(self, records: Iterable[AnyRecord]) -> None:
        held: dict[str, AnyRecord] = {}
        for record in records:
            held[record.record_key] = record
        self.records = held
        self._policies: dict[str, list[Policy]] = {}
        for policy in held.values():
            if isinstance(policy, Policy):
                self._policies.setdefault(policy.key, []).append(policy)
        for rows in self._policies.values():
            rows.sort(key=lambda p: (p.applies_from if p.applies_from is not None else -(10**9), p.id), reverse=True)
        days = {d for p in held.values() if isinstance(p, Policy) for d in (p.applies_from, p.applies_until)}
        self._policy_changes = sorted({d for d in days if d is not None} | {-_FAR, _FAR})
        shared = {name for p in self._policies.get("shared_place_names", ()) for name in p.value}
        radius = max(self._policy_values("place_radius_km"), default=0.0)
        places = sorted((r for r in held.values() if isinstance(r, ListedPlace)), key=lambda r: r.id)
        self.places = Places(places, shared, radius)
        self.zones = Zones(places)
        self.caps = sorted((r for r in held.values() if isinstance(r, Cap)), key=lambda c: c.id)
        self.goods = GoodsLists(r for r in held.values() if isinstance(r, GoodsEntry))
        self.waivers = sorted((r for r in held.values() if isinstance(r, Waiver)), key=lambda w: w.id)
        self.capped = {w.id: w for w in self.waivers if w.quota is not None}
        """The waivers with a quota, by id."""
        self._answering: dict[str, list[Waiver]] = {}
        self.list_states = [r for r in held.values() if isinstance(r, ListState)]
        self._under: dict[Measure, tuple[ListedParty, ...]] = {}
        self._newest: dict[Measure, tuple[ListState, ...]] = {}
        self.party_by_id = {r.id: r for r in held.values() if isinstance(r, ListedParty)}
        self._holdings: dict[str, list[Ownership]] = {}
        self.holdings_by_owner: dict[str, list[Ownership]] = {}
        for record in sorted((r for r in held.values() if isinstance(r, Ownership)), key=lambda r: r.id):
            self.holdings_by_owner.setdefault(record.owner_id, []).append(record)
            if record.owned.id is not None:
                self._holdings.setdefault(record.owned.id, []).append(record)
        self.clearances = Clearances(r for r in held.values() if isinstance(r, Clearance))
        self._houses: dict[str, tuple[ListedParty, ...]] | None = None
        self._measures = {m for party in self.party_by_id.values() for m in party.measures}
        self._screener: Screener | LayeredScreener | None = None
        self._base: tuple[Screener, dict[str, ListedParty | Ownership]] | None = None
        self.dossiers: dict[Any, Any] = {}
        """Memo of `streams.rules.ownership`: what is known of a party, by what identifies it."""
        self.quiet: set[tuple[str | None, ...]] = set()
        """Memo of `streams.rules.parties`: name, country, nationality and birth date of parties without numbers, whom no list
        of any date speaks of."""
        self.fresh: list[tuple[Any, Any]] | None = None
        """What was put into `dossiers` since it was last emptied, for who keeps a record of it; None: nobody does."""
        self.route_watch = frozenset(
            c for p in self._policies.get("route_watch_countries", ()) for e in p.value for c in e.split("/")
        )
        """The countries that the flag of detours watches at any time (`streams.rules.routes`)."""
        self.detours: dict[tuple[str, int], dict[str, str]] = {}
        """Memo of `streams.rules.routes`: the countries off every corridor to a destination, by day."""
        self._policy_memo: dict[tuple[str, int], Any] = {}
        self._eu: dict[int, frozenset[str]] = {}
        self._version: str | None = None

    @property
    def version(self) -> str:
        """A hash over all records: the same records, in any order, give the same version."""
        if self._version is None:
            rows = sorted(msgspec.json.encode((r.record_key, r)) for r in self.records.values())
            self._version = hashlib.blake2b(b"\n".join(rows), digest_size=12).hexdigest()
        return self._version

    def policy(self, key: str, day: int) -> Any:
        """The value of a policy on a day (contract 6(31)).

        Raises KeyError when no record gives it: a missing policy is never guessed.
        """
        found = self._policy_memo.get((key, day), _ABSENT)
        if found is not _ABSENT:
            return found
        for record in self._policies.get(key, ()):
            if record.in_force(day):
                if len(self._policy_memo) >= _KEPT:
                    self._policy_memo.clear()
                self._policy_memo[key, day] = record.value
                return record.value
        raise KeyError(f"no policy record `policy:{key}` is in force on {iso_day(day)}")

    def policy_days(self, key: str) -> set[int]:
        """The Brussels days on which the value of a policy may change."""
        days = {d for p in self._policies.get(key, ()) for d in (p.applies_from, p.applies_until)}
        return {d for d in days if d is not None}

    def policies_steady(self, day: int) -> tuple[int, int]:
        """The Brussels days (until exclusive) around a day on which no policy changes."""
        at = bisect_right(self._policy_changes, day)
        return self._policy_changes[at - 1], self._policy_changes[at]

    def _policy_values(self, key: str) -> list[float]:
        return [float(p.value) for p in self._policies.get(key, ())]

    def least(self, key: str) -> float:
        """The smallest value that a numeric policy ever has; 0 when there is none."""
        return min(self._policy_values(key), default=0.0)

    @property
    def match_floor(self) -> float:
        """The lowest match threshold that is ever in force."""
        return min(self._policy_values("match_threshold"), default=1.0)

    @property
    def screening_floor(self) -> float:
        """The lowest score that ever counts: least of all review and match thresholds."""
        thresholds = self._policy_values("review_threshold") + self._policy_values("match_threshold")
        return min(thresholds, default=REVIEW_THRESHOLD)

    @property
    def screener(self) -> Screener | LayeredScreener:
        """The index over listed parties and ownership records, built on first use."""
        if self._screener is None:
            rows = self._screened()
            self._base = Screener(rows.values(), self.screening_floor), rows
            self._screener = self._base[0]
        return self._screener

    def follow(self, before: Law) -> None:
        """Take over the index of the law before, with what changed on top, where that is the cheaper way.

        Only records that are the same objects in both count as unchanged: see `keeping`.
        """
        if before._base is None or before.screening_floor != self.screening_floor:
            return
        base, held = before._base
        rows = self._screened()
        if worth_layering(held, rows):
            self._base = before._base
            self._screener = LayeredScreener(base, held, rows, self.screening_floor)

    def keeping(self, records: Iterable[AnyRecord]) -> list[AnyRecord]:
        """Records, those that this law holds just so as the objects that it holds."""
        found = []
        for record in records:
            held = self.records.get(record.record_key)
            found.append(held if held is not None and held == record else record)
        return found

    def _screened(self) -> dict[str, ListedParty | Ownership]:
        return {key: r for key, r in self.records.items() if isinstance(r, ListedParty | Ownership)}

    def has_measure(self, measure: Measure) -> bool:
        """Whether any party record, of whatever date, carries a measure."""
        return measure in self._measures

    def parties_under(self, measure: Measure) -> tuple[ListedParty, ...]:
        """The listed parties, ships and aircraft that carry a measure, of whatever date, by id."""
        found = self._under.get(measure)
        if found is None:
            rows = (r for r in self.party_by_id.values() if measure in r.measures)
            found = self._under[measure] = tuple(sorted(rows, key=lambda r: r.id))
        return found

    def newest_lists(self, measure: Measure) -> tuple[ListState, ...]:
        """The lists of a measure by name, each in the state fetched last."""
        found = self._newest.get(measure)
        if found is None:
            newest: dict[str, ListState] = {}
            for state in self.list_states:
                if measure in state.measures and state.fetched_at is not None:
                    held = newest.get(state.list)
                    if held is None or state.fetched_at > (held.fetched_at or 0):
                        newest[state.list] = state
            found = self._newest[measure] = tuple(newest[name] for name in sorted(newest))
        return found

    def listed_at(self, house: str) -> tuple[ListedParty, ...]:
        """The listed parties, of whatever date, with this address (an `address_key`), by id."""
        if self._houses is None:
            self._houses = {}
            for record in sorted(self.party_by_id.values(), key=lambda r: r.id):
                for key in {address_key(text) for text in record.addresses} - {None}:
                    self._houses[str(key)] = (*self._houses.get(str(key), ()), record)
        return self._houses.get(house, ())

    def holdings_of_id(self, ident: str) -> list[Ownership]:
        """The ownership records that name who is owned by this id."""
        return self._holdings.get(ident, [])

    def remember(self, key: Any, value: Any) -> None:
        """Keep an answer in `dossiers`, which is emptied when it grows too large."""
        if len(self.dossiers) >= 4 * _KEPT:
            self.dossiers.clear()
            self.quiet.clear()
        self.dossiers[key] = value
        if self.fresh is not None:
            self.fresh.append((key, value))

    def waivers_against(self, prohibition: str) -> list[Waiver]:
        """The waivers that answer a prohibition (a rule id such as R02), by id."""
        found = self._answering.get(prohibition)
        if found is None:
            found = self._answering[prohibition] = [w for w in self.waivers if w.answers == prohibition]
        return found

    def eu_members(self, day: int) -> frozenset[str]:
        """The member states of the European Union on a day, alpha-2."""
        members = self._eu.get(day)
        if members is None:
            members = self._eu[day] = frozenset(self.policy("eu_members", day))
        return members
