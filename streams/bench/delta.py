"""`bench delta`: lists change while many parties are known: are exactly those found whose answer changes, and how soon?

Parties and lists are invented: names of persons put together from syllables and common given names, of firms from
syllables and the words that many firms bear, some in Cyrillic, some a misspelt copy of a listed name.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from random import Random
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from streams.bench.site import tell
from streams.feed.numbers import inn
from streams.model.moments import parse_day
from streams.model.reference import AnyRecord, ListedName, ListedParty, Owned, Ownership
from streams.reference.bundled import bundled_records
from streams.rules.law import Law
from streams.rules.naming import Described
from streams.rules.ownership import dossier_of
from streams.rules.reach import parties_reached
from streams.rules.touched import changed_records
from streams.screening.known import Asked, KnownParties

DAYS = (parse_day("2025-01-01"), parse_day("2026-09-15"))
"""Days on which answers are compared."""
TARGET_S = 0.5
"""Seconds for each change and 100,000 parties; fewer may take as long."""
_ONSETS = ("b", "d", "g", "k", "m", "n", "r", "s", "t", "v", "z", "sh", "ch", "kh", "zh", "l", "p", "f", "st", "kr")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ya")
_ENDS = ("ov", "ev", "in", "sky", "enko", "bek", "ova", "uly", "yan", "dze", "li", "man", "", "an")
_GIVEN = (
    "Aleksandr", "Sergei", "Ivan", "Maria", "Olga", "Nursultan", "Aigul", "Dmitri", "Ali", "Mohammed", "Fatima", "Li",
    "Wei", "Anna", "Elena", "Mikhail", "Yerlan", "Timur", "Hassan", "Natalia", "Pavel", "Oleg", "Viktor", "Zhanna",
)  # fmt: skip
_TRADES = ("Trade", "Trading", "Logistics", "Group", "Invest", "Stroy", "Energo", "Metall", "Service", "Bank", "Agro")
_FORMS = ("LLC", "LLP", "JSC", "TOO", "OOO", "GmbH", "Ltd", "AO", "")
_COUNTRIES = ("RU", "KZ", "BY", "AE", "TR", "CN", "DE", "UZ", "KG", "LT")
_CYRILLIC = dict(zip("abdegiklmnoprstuvz", "абдегиклмнопрстувз", strict=True))


class DeltaPlan(Struct, frozen=True, kw_only=True):
    """How many parties, list entries and changes; ``seed`` of what is invented."""

    parties: int = 100_000
    listed: int = 2_000
    changes: int = 20
    seed: int = 1


class _Change(NamedTuple):
    """What was changed, how many parties it reached, whose answers differ, who was missed, seconds of both ways."""

    kind: str
    reached: int
    differ: int
    missed: list[int]
    delta_s: float
    full_s: float


class Invention:
    """Invents parties, list entries and changes; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self._serial = 0

    def _word(self, least: int = 2) -> str:
        rng = self.rng
        return "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.randrange(least, 4)))

    def name(self, person: bool) -> str:
        """A name; frequent words are as frequent as they are in life."""
        rng = self.rng
        if person:
            given = _GIVEN[min(int(rng.expovariate(0.12)), len(_GIVEN) - 1)]
            words = [given, (self._word(1) + rng.choice(_ENDS)).title()]
        else:
            words = [self._word().title(), rng.choice(_TRADES), rng.choice(_FORMS)]
            words[1:1] = [self._word().title()] if rng.random() < 0.5 else []
        text = " ".join(w for w in words if w)
        return "".join(_CYRILLIC.get(c, c) for c in text.lower()) if rng.random() < 0.15 else text

    def misspelt(self, name: str) -> str:
        """A name with a letter changed, two swapped, or as it was."""
        at = self.rng.randrange(max(1, len(name) - 1))
        return self.rng.choice(
            (
                name,
                name[:at] + "a" + name[at + 1 :],
                name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :],
            )
        )

    def identifiers(self) -> dict[str, str]:
        """A sound tax number, for one in four."""
        return {"inn": inn(f"77{self.rng.randrange(10**7):07d}")} if self.rng.random() < 0.25 else {}

    def entry(self, name: str | None = None) -> ListedParty:
        """A list entry of one to three names."""
        rng, self._serial = self.rng, self._serial + 1
        person = rng.random() < 0.5
        names = [name or self.name(person), *(self.name(person) for _ in range(rng.randrange(3)))]
        return ListedParty(
            id=f"DELTA-{self._serial}", list="DELTA", schema="Person" if person else "Organization",
            names=tuple(ListedName(n, weak=rng.random() < 0.05) for n in names), countries=(rng.choice(_COUNTRIES),),
            identifiers=self.identifiers(), birth_date=f"19{rng.randrange(30, 99)}" if person else None,
            measures=("FREEZE",), applies_from=DAYS[0] + rng.randrange(-400, 400),
        )  # fmt: skip

    def holding(self, owner: ListedParty, name: str | None = None) -> Ownership:
        """What a listed party holds."""
        rng, self._serial = self.rng, self._serial + 1
        owned = Owned(name=name or self.name(False), country=rng.choice(_COUNTRIES))
        return Ownership(
            id=f"DELTA-{self._serial}", owner_id=owner.id, owned=owned, share_pct=float(rng.randrange(20, 100))
        )

    def parties(self, count: int, listed: list[str]) -> list[Described]:
        """Distinct parties; one in twenty is called nearly as somebody listed."""
        rng, found = self.rng, dict[Described, None]()
        while len(found) < count:
            name = self.misspelt(rng.choice(listed)) if rng.random() < 0.05 else self.name(rng.random() < 0.3)
            birth = f"19{rng.randrange(30, 99)}" if rng.random() < 0.1 else None
            found[Described(name, rng.choice(_COUNTRIES), birth, tuple(self.identifiers().items()))] = None
        return list(found)


Records = dict[str, AnyRecord]
Edit = Callable[[Invention, Records, list[Described]], None]


def _some(invention: Invention, held: Records, kind: type[Any]) -> Any:
    return invention.rng.choice([r for k, r in held.items() if isinstance(r, kind) and r.id.startswith("DELTA-")])


def _put(held: Records, *records: AnyRecord) -> None:
    held.update((r.record_key, r) for r in records)


def _add(invention: Invention, held: Records, parties: list[Described]) -> None:
    _put(held, *(invention.entry(invention.misspelt(str(invention.rng.choice(parties).name))) for _ in range(3)))


def _remove(invention: Invention, held: Records, _: list[Described]) -> None:
    for _number in range(3):
        del held[_some(invention, held, ListedParty).record_key]


def _rename(invention: Invention, held: Records, parties: list[Described]) -> None:
    record = _some(invention, held, ListedParty)
    name = ListedName(invention.misspelt(str(invention.rng.choice(parties).name)))
    _put(held, msgspec.structs.replace(record, names=(name, *record.names[1:])))


def _number(invention: Invention, held: Records, parties: list[Described]) -> None:
    stated = invention.rng.choice([p for p in parties if p.identifiers])
    _put(held, msgspec.structs.replace(_some(invention, held, ListedParty), identifiers=dict(stated.identifiers)))


def _date(invention: Invention, held: Records, _: list[Described]) -> None:
    record = _some(invention, held, ListedParty)
    _put(held, msgspec.structs.replace(record, applies_from=DAYS[1] + 30, birth_date="1955"))


def _measure(invention: Invention, held: Records, _: list[Described]) -> None:
    _put(held, msgspec.structs.replace(_some(invention, held, ListedParty), measures=("OTHER",)))


def _hold(invention: Invention, held: Records, parties: list[Described]) -> None:
    owner = _some(invention, held, ListedParty)
    _put(held, invention.holding(owner, str(invention.rng.choice(parties).name)))


def _sell(invention: Invention, held: Records, _: list[Described]) -> None:
    record = _some(invention, held, Ownership)
    _put(held, msgspec.structs.replace(record, share_pct=10.0, control=None))


EDITS: tuple[Edit, ...] = (_add, _remove, _rename, _number, _date, _measure, _hold, _sell)


def answer(law: Law, party: Described) -> int:
    """A hash of all that a law says of a party: the hits, and the answers on `DAYS`; 0 where no record resembles it."""
    hits = law.screener.screen(party.name, party.country, party.birth_date, dict(party.identifiers) or None)
    if not hits:
        return 0
    dossier = dossier_of(law, party)
    told = tuple(dossier.at(day) for day in DAYS)
    return hash((tuple((h.record.record_key, h.score, h.because, h.certain) for h in hits), told))


def run_delta(plan: DeltaPlan) -> dict[str, object]:
    """Change lists and compare with screening everybody anew; progress on standard error."""
    invention = Invention(plan.seed)
    held: Records = {r.record_key: r for r in bundled_records()}
    entries = [invention.entry() for _ in range(plan.listed)]
    _put(held, *entries, *(invention.holding(e) for e in entries[:: max(1, len(entries) // 100)]))
    parties = invention.parties(plan.parties, [n.name for e in entries for n in e.names])
    tell(f"{len(parties)} parties, {len(held)} records")
    known, started = KnownParties(), time.perf_counter()
    for party in parties:
        known.number(Asked(*party))
    index_s = time.perf_counter() - started
    law = Law(held.values())
    answers = [answer(law, party) for party in parties]
    done = []
    for number in range(plan.changes):
        edit = EDITS[number % len(EDITS)]
        edit(invention, held, parties)
        after = Law(held.values())
        change = _compare(edit.__name__.strip("_"), law, after, known, parties, answers)
        tell(
            f"  {change.kind}: {change.reached} reached, {change.differ} differ, {len(change.missed)} missed, {change.delta_s:.3f} s"
        )
        done.append(change)
        law = after
    return report_of(plan, done, index_s)


def _compare(
    kind: str, before: Law, after: Law, known: KnownParties, parties: list[Described], answers: list[int]
) -> _Change:
    """Both ways of one change; ``answers`` becomes those of the law after it."""
    before.screener, after.screener  # noqa: B018  # a monitor has built both before it asks whom a change reaches
    started = time.perf_counter()
    rows = [r for r in changed_records(before, after) if isinstance(r, ListedParty | Ownership)]
    reached = parties_reached(rows, before, after, known)
    middle = time.perf_counter()
    fresh = [answer(after, party) for party in parties]
    ended = time.perf_counter()
    differ = [n for n, value in enumerate(fresh) if value != answers[n]]
    missed = [n for n in differ if n not in reached]
    answers[:] = fresh
    return _Change(kind, len(reached), len(differ), missed, middle - started, ended - middle)


def report_of(plan: DeltaPlan, changes: Iterable[_Change], index_s: float) -> dict[str, object]:
    """The figures with their target."""
    rows = list(changes)
    seconds = [row.delta_s for row in rows]
    most = max(seconds, default=0.0)
    missed = sum(len(row.missed) for row in rows)
    return {
        "parties": plan.parties, "listed": plan.listed, "changes": len(rows),
        "reached": sum(row.reached for row in rows), "differ": sum(row.differ for row in rows), "missed": missed,
        "change_s": {"median": round(statistics.median(seconds), 4), "most": round(most, 4)},
        "all_anew_s": round(statistics.median(row.full_s for row in rows), 3), "index_s": round(index_s, 3),
        "targets": {"missed": 0, "most_s_for_100000": TARGET_S}, "met": not missed and most <= TARGET_S * max(1.0, plan.parties / 100_000),
    }  # fmt: skip
