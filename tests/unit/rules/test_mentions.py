"""Whom the states of consignments name, and which consignments name whom."""

from __future__ import annotations

from typing import Any

from streams.model.events import Event, Holder, Party, Transport
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from streams.rules.mentions import Mentions, names_somebody
from streams.screening.known import Asked, KnownParties
from tests.unit.rules.strategies import START

JUDGE = Judge(bundled_records())
FIRM = Party("OWNER", "TOO Arka", "KZ", identifiers={"bin": "940140000385"}, owners=(Holder("Aigul Sembina", "KZ"),))
ARKA = Asked("TOO Arka", "KZ", None, (("bin", "940140000385"),))


def _event(ident: str, number: int, **fields: Any) -> Event:
    at = START + number
    return Event(f"e{number}", "a", fields.pop("type", "LOADED"), ident, at, at, **fields)


def _state(*events: Event) -> bytes:
    state: bytes | None = None
    for event in events:
        state = JUDGE.apply(state, event).state
    assert state is not None
    return state


def _named(state: bytes) -> set[Asked]:
    known = KnownParties()
    Mentions(known).read("C", state)
    return {known.party(number) for number in range(len(known))}


def test_parties_their_owners_and_ships_are_asked_about_once() -> None:
    ship = Transport("SEA", "9319466", "Sea Heron", "MT")
    state = _state(
        _event("C", 0, type="BOOKED", parties=(FIRM,)), _event("C", 1, transport=ship),
        _event("C", 2, transport=ship, parties=(FIRM, Party("BANK"))), _event("C", 3, transport=Transport("RAIL")),
    )  # fmt: skip
    vessel = Asked("Sea Heron", None, None, (("imo", "9319466"),), "Vessel")
    assert _named(state) == {ARKA, Asked("Aigul Sembina", "KZ"), vessel, Asked(None)}


def test_a_person_without_a_seat_is_asked_about_by_nationality() -> None:
    state = _state(_event("C", 0, type="BOOKED", parties=(Party("BUYER", "Marat Omarov", nationality="KG"),)))
    assert _named(state) == {Asked("Marat Omarov", "KG")}


def test_a_timer_or_a_changed_law_in_the_log_names_nobody() -> None:
    state = JUDGE.tick(_state(_event("C", 0, type="BOOKED", parties=(FIRM,))), START + 5)
    assert ARKA in _named(JUDGE.rejudge(state.state, START + 9, "law").state)


def test_only_events_that_name_a_party_or_ship_name_somebody() -> None:
    naming = [
        _event("C", 0, parties=(FIRM,)), _event("C", 0, transport=Transport("SEA", "9319466")),
        _event("C", 0, transport=Transport("SEA", None, "Sea Heron")),
    ]  # fmt: skip
    assert all(map(names_somebody, naming))
    assert not any(map(names_somebody, [_event("C", 0), _event("C", 0, transport=Transport("RAIL", wagons=("1",)))]))


def test_consignments_are_found_by_whom_they_name() -> None:
    known = KnownParties()
    mentions = Mentions(known)
    mentions.read("A", _state(_event("A", 0, type="BOOKED", parties=(FIRM,))))
    mentions.read("B", _state(_event("B", 0, type="BOOKED", parties=(Party("BUYER", "Bergamo Tessuti"),))))
    mentions.read("C", _state(_event("C", 0)))
    assert sorted(mentions.naming({known.number(ARKA)})) == ["A"]
    assert sorted(mentions.naming(range(len(known)))) == ["A", "A", "B"]
    assert len(mentions) == 2
