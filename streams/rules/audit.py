"""From what was worked out of a party or ship to the record of its screening."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from streams.model.moments import brussels_day, iso_time
from streams.model.reference import Measure
from streams.model.screening import Result, Screening, Stretch
from streams.rules.clearances import party_key
from streams.rules.law import Law
from streams.rules.listing import RANK, ByDay, Listing
from streams.rules.lists import FROZEN, SHIPS
from streams.rules.ownership import Dossier
from streams.screening import MATCHER_VERSION
from streams.screening.match import Hit

_LONGEST = 1000
_MOST_ENTRIES = 20
_encode = msgspec.msgpack.Encoder().encode


def screening_of(key: Any, value: Any, law: str, consignment_id: str, at: int) -> Screening | None:
    """The record of an answer that `Law.remember` keeps; None for what is no answer about a party or ship.

    ``law`` is the digest of the records; ``at`` (ms UTC) the time of the input that asked.
    """
    if isinstance(value, Dossier):
        return _of_party(key, value, law, consignment_id, at)
    if isinstance(key, tuple) and key[0] == "ship" and (value is None or isinstance(value, Listing)):
        subject = ship_subject(key[1], key[2])
        answers: dict[Measure, ByDay] = {SHIPS.measure: value} if value is not None else {}
        return _told("SHIP", subject, answers, value.hits if value is not None else (), law, consignment_id, at)
    return None


def ship_subject(imo: str | None, name: str | None) -> str:
    """How a ship is named in the record of its screening: number and name as stated."""
    return f"imo:{imo or ''}|{(name or '').casefold()}"[:_LONGEST]


def _of_party(key: Any, dossier: Dossier, law: str, consignment_id: str, at: int) -> Screening:
    party, *rests_on = key
    answers: dict[Measure, ByDay] = {**dossier.under}
    if not dossier.clear:
        answers[FROZEN.measure] = dossier
    context = None
    if any(rests_on):
        context = hashlib.blake2b(_encode(rests_on), digest_size=8).hexdigest()
    found = _told("PARTY", party_key(party), answers, dossier.hits, law, consignment_id, at)
    cleared = tuple(dict.fromkeys(c.clearance.record_key for c in dossier.cleared if c.lapsed is None))
    if context is None and not cleared:
        return found
    return msgspec.structs.replace(found, context=context, clearances=cleared)


def _told(
    kind: Any, subject: str, answers: dict[Measure, ByDay], hits: Iterable[Hit], law: str, consignment_id: str, at: int
) -> Screening:
    best = sorted(hits, key=lambda h: (not h.certain, -h.score, h.record.record_key))
    day = brussels_day(at)
    result: Result = "clear"
    stretches: list[Stretch] = []
    for measure, answer in sorted(answers.items()):
        now = answer.at(day).state
        result = now if RANK[now] > RANK[result] else result
        stretches += _stretches(measure, answer)
    return Screening(
        kind=kind,
        law=law,
        matcher=MATCHER_VERSION,
        at=at,
        subject=subject[:_LONGEST],
        consignment_id=consignment_id,
        result=result,
        score=max((h.score for h in best), default=0.0),
        entries=tuple(h.record.record_key for h in best[:_MOST_ENTRIES]),
        stretches=tuple(stretches),
    )


def _stretches(measure: str, answer: ByDay) -> Iterator[Stretch]:
    for start, until, found in answer.stretches():
        if found.state != "clear":
            yield Stretch(measure, found.state, found.because[:_LONGEST], start, until)


def law_judged_through(law: Law, digest: str, partition: int, at: int) -> Screening:
    """The record that every consignment of a partition stands as it is judged under a law, since ``at`` (ms UTC)."""
    lists: dict[str, int] = {}
    for state in law.list_states:
        if state.fetched_at is not None:
            lists[state.list] = max(lists.get(state.list, 0), state.fetched_at)
    told = {name: iso_time(fetched) for name, fetched in sorted(lists.items())}
    subject = f"partition {partition}"
    return Screening(kind="LAW", law=digest, matcher=MATCHER_VERSION, at=at, subject=subject, lists=told)


def screening_key(screening: Screening) -> bytes:
    """The key on the topic: the same screening, by whichever worker, is there once."""
    said = "\n".join((screening.kind, screening.law, screening.matcher, screening.subject, screening.context or ""))
    return f"{screening.law[:16]}/{hashlib.blake2b(said.encode(), digest_size=16).hexdigest()}".encode()
