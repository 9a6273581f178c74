"""The ledger of quotas: served in order of acceptance, whatever the order of arrival, and never more than the cap."""

from __future__ import annotations

from hypothesis import given, strategies as st

from streams.model.reference import Quota, Waiver
from streams.rules.ledger import Account, Claim, Entry, Ledger, Move, MoveKind
from tests.unit.rules.strategies import QUICK

CAP = Waiver(id="W", quota=Quota(kg=10.0))
OTHER = Waiver(id="V", quota=Quota(kg=4.0))
UNLIMITED = Waiver(id="U")


def move(time: int, kind: MoveKind, grams: int, ident: str = "e") -> Move:
    return Move((time, time, "t", f"{ident}{time}"), kind, grams)


def claim(who: str, *moves: Move, waiver: str = "W", within: bool = True) -> Claim:
    return Claim(waiver, who, moves, known=True, within=within)


def booked(who: str, time: int, grams: int, waiver: str = "W") -> Claim:
    return claim(who, move(time, "RESERVED", grams, who), waiver=waiver)


def settled(*claims: Claim) -> Ledger:
    ledger = Ledger((CAP, OTHER, UNLIMITED))
    for one in claims:
        ledger.apply(one.consignment_id, [one])
    return ledger


def told(entries: list[Entry]) -> list[tuple[str, str, str, int, int]]:
    return [(e.uid, e.kind, e.consignment_id, e.grams, e.total) for e in entries]


def test_who_was_accepted_first_is_served_first_though_it_became_known_last() -> None:
    ledger = settled(booked("B", 2, 7000))
    assert ledger.apply("A", [booked("A", 1, 6000)]) == {"A", "B"}
    assert (ledger.grants("A"), ledger.grants("B")) == ({"W": 6000}, {"W": 4000})


def test_at_the_same_moment_the_order_in_which_events_fold_decides() -> None:
    first, second = move(1, "RESERVED", 7000, "a"), move(1, "RESERVED", 7000, "b")
    ledger = settled(claim("Z", first), claim("A", second))
    assert (ledger.grants("Z"), ledger.grants("A")) == ({"W": 7000}, {"W": 3000})


def test_a_cancelled_claim_gives_its_share_to_the_next_in_order() -> None:
    ledger = settled(booked("A", 1, 6000), booked("B", 2, 7000), booked("C", 3, 2000))
    gone = claim("A", *booked("A", 1, 6000).moves, move(4, "RELEASED", 0, "A"))
    assert ledger.apply("A", [gone]) == {"A", "B", "C"}
    assert (ledger.grants("B"), ledger.grants("C"), ledger.total("W")) == ({"W": 7000}, {"W": 2000}, 9000)


def test_a_heavier_weighing_takes_from_those_accepted_later() -> None:
    ledger = settled(booked("A", 1, 6000), booked("B", 2, 4000))
    heavier = claim("A", *booked("A", 1, 6000).moves, move(3, "WEIGHED", 6500, "A"))
    assert ledger.apply("A", [heavier]) == {"A", "B"}
    assert ledger.grants("B") == {"W": 3500}


def test_a_change_reports_only_those_whose_answer_changed() -> None:
    ledger = settled(booked("A", 1, 3000), booked("B", 2, 3000), booked("C", 3, 3000), booked("D", 4, 3000))
    assert ledger.apply("B", [claim("B", *booked("B", 2, 3000).moves, move(5, "WEIGHED", 2500, "B"))]) == {"B", "D"}
    assert ledger.apply("B", ledger_claims(ledger, "B")) == set()


def ledger_claims(ledger: Ledger, who: str) -> list[Claim]:
    return [c for ident in ledger.waivers for c, _ in ledger.claims(ident) if c.consignment_id == who]


def test_each_waiver_is_settled_by_itself() -> None:
    ledger = settled(booked("A", 1, 9000))
    assert ledger.apply("B", [booked("B", 2, 3000), booked("B", 2, 5000, "V")]) == {"B"}
    assert ledger.grants("B") == {"W": 1000, "V": 4000}
    assert set(ledger.waivers) == {"W", "V"}


def test_what_is_accepted_outside_the_period_is_granted_nothing_and_takes_nothing() -> None:
    ledger = settled(claim("A", move(1, "RESERVED", 9000, "A"), within=False), booked("B", 2, 10_000))
    assert (ledger.grants("A"), ledger.grants("B")) == ({"W": 0}, {"W": 10_000})


def test_every_entry_names_the_event_that_led_to_it() -> None:
    ledger = settled(
        claim("A", move(1, "RESERVED", 6000, "a"), move(4, "RELEASED", 0, "a")),
        claim("B", move(2, "RESERVED", 7000, "b"), move(3, "WEIGHED", 6500, "b"), move(6, "SETTLED", 6500, "b")),
        claim("C", move(5, "RESERVED", 9000, "c")),
    )
    assert told(ledger.entries("W")) == [
        ("t/a1", "RESERVED", "A", 6000, 6000), ("t/b2", "RESERVED", "B", 4000, 10_000),
        ("t/b3", "WEIGHED", "B", 0, 10_000), ("t/a4", "RELEASED", "A", -6000, 6500),
        ("t/a4", "ADVANCED", "B", 2500, 6500), ("t/c5", "RESERVED", "C", 3500, 10_000),
        ("t/b6", "SETTLED", "B", 0, 10_000),
    ]  # fmt: skip


def test_the_status_of_a_claim_is_how_far_it_came_since_it_was_last_accepted() -> None:
    moves = (move(1, "RESERVED", 5), move(2, "DRAWN", 5), move(3, "RELEASED", 0), move(4, "RESERVED", 5))
    assert [claim("A", *moves[:n]).status for n in (1, 2, 3, 4)] == ["RESERVED", "DRAWN", "RELEASED", "RESERVED"]


_GRAMS = st.sampled_from((0, 1, 2999, 3000, 5000, 10_000, 12_000))


@st.composite
def _claims(draw: st.DrawFn) -> Claim:
    who, time = draw(st.sampled_from("ABCDEF")), draw(st.integers(1, 5))
    moves = [move(time, "RESERVED", draw(_GRAMS), who)]
    moves += [move(time + n + 1, "WEIGHED", draw(_GRAMS), who) for n in range(draw(st.integers(0, 2)))]
    if draw(st.booleans()):
        moves.append(move(time + 4, "RELEASED", 0, who))
    return claim(who, *moves, waiver=draw(st.sampled_from(("W", "V"))), within=draw(st.integers(0, 5)) > 0)


def _granted(ledger: Ledger) -> dict[str, dict[str, int]]:
    return {who: dict(ledger.grants(who)) for who in "ABCDEF"}


def _served_simply(cap: int, claims: list[Claim]) -> dict[str, int]:
    """The same by adding up in order."""
    granted, left = {}, cap
    for one in sorted(claims, key=lambda c: (c.accepted.at, c.consignment_id)):
        granted[one.consignment_id] = min(one.grams, left) if one.within else 0
        left -= granted[one.consignment_id]
    return granted


@QUICK
@given(st.lists(_claims(), max_size=20))
def test_one_change_after_another_gives_what_settling_anew_gives(changes: list[Claim]) -> None:
    ledger, held = Ledger((CAP, OTHER)), dict[str, dict[str, Claim]]()
    for one in changes:
        before = _granted(ledger), {w: c.grams for w, c in held.get(one.consignment_id, {}).items()}
        held.setdefault(one.consignment_id, {})[one.waiver_id] = one
        changed = ledger.apply(one.consignment_id, held[one.consignment_id].values())
        after = _granted(ledger)
        assert {who for who in after if after[who] != before[0][who]} <= changed
        for waiver in (CAP, OTHER):
            own = [c[waiver.id] for c in held.values() if waiver.id in c]
            expected = _served_simply(round((waiver.quota or Quota(0)).kg * 1000), own)
            assert {c.consignment_id: granted for c, granted in ledger.claims(waiver.id)} == expected
            assert ledger.total(waiver.id) == sum(expected.values())


@QUICK
@given(st.lists(_claims(), max_size=12, unique_by=lambda c: c.consignment_id), st.randoms(use_true_random=False))
def test_the_order_in_which_consignments_come_changes_nothing(claims: list[Claim], random: object) -> None:
    shuffled = list(claims)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = settled(*claims), settled(*shuffled)
    assert _granted(one) == _granted(other)
    assert [one.entries(w) for w in ("W", "V")] == [other.entries(w) for w in ("W", "V")]


@QUICK
@given(st.lists(_claims(), max_size=12, unique_by=lambda c: c.consignment_id))
def test_the_entries_never_add_up_to_more_than_the_cap_and_end_where_the_ledger_stands(claims: list[Claim]) -> None:
    ledger = settled(*claims)
    for waiver in (CAP, OTHER):
        running, by_whom = 0, dict[str, int]()
        for entry in ledger.entries(waiver.id):
            running += entry.grams
            by_whom[entry.consignment_id] = by_whom.get(entry.consignment_id, 0) + entry.grams
            assert by_whom[entry.consignment_id] == entry.granted
        for total in [e.total for e in ledger.entries(waiver.id)]:
            assert 0 <= total <= (waiver.quota or Quota(0)).kg * 1000
        assert running == ledger.total(waiver.id)
        assert by_whom == {c.consignment_id: granted for c, granted in ledger.claims(waiver.id)}


def test_an_account_forgets_who_is_gone() -> None:
    account = Account(5)
    place = (1, 1, "t", "e")
    assert account.put("A", place, 7) == {"A": 5}
    assert account.put("A", None) == {"A": -5}
    assert (account.total, account.granted("A")) == (0, 0)
