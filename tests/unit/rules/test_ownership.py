"""Ownership of the frozen: more never frees, order never matters, circles end, and what is told suffices (domain 2.9)."""

from __future__ import annotations

import random
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import assume, given, strategies as st

from streams.model.reference import AnyRecord, ListedName, ListedParty, Owned, Ownership, Policy
from streams.reference.bundled import bundled_records
from streams.rules.holdings import Statement
from streams.rules.law import Law
from streams.rules.naming import Described
from streams.rules.ownership import Screened, dossier_of
from tests.unit.rules.strategies import QUICK

DAY = 20_600
RANK = {"clear": 0, "review": 1, "listed": 2}
OWNERS = ("Makar Innokentyevich Dolgorukikh", "Arseny Valeryanovich Tolmachev", "Yulian Rostislavovich Berezhkov")
FIRMS = ("TOO Zvezdapad", "TOO Korallgrad", "TOO Munaiqurylys", "TOO Bylinaprom", "TOO Terekshinsk")
POLICIES = [r for r in bundled_records() if isinstance(r, Policy)]


class Held(NamedTuple):
    """A holding: of which firm, by whom (owners first, then firms), how much, with or without control, from which day."""

    holder: int
    firm: int
    share: float | None
    control: bool | None
    start: int = 0


def _parties(measure: str = "FREEZE") -> list[AnyRecord]:
    people = [
        ListedParty(id=f"P{n}", list="T", schema="Person", names=(ListedName(name),), measures=(measure,))  # type: ignore[arg-type]
        for n, name in enumerate(OWNERS)
    ]
    firms = [
        ListedParty(id=f"F{n}", list="T", names=(ListedName(name),), measures=("OTHER",))
        for n, name in enumerate(FIRMS)
    ]
    return [*people, *firms]


def _record(held: Held) -> Ownership:
    owner = f"P{held.holder}" if held.holder < len(OWNERS) else f"F{held.holder - len(OWNERS)}"
    return Ownership(
        id=f"{owner}>F{held.firm}", owner_id=owner, owned=Owned(id=f"F{held.firm}"), share_pct=held.share,
        control=held.control, applies_from=held.start,
    )  # fmt: skip


def _answers(records: list[AnyRecord], day: int = DAY) -> list[Screened]:
    """What is said of each firm under these records and the bundled policies."""
    law = Law([*POLICIES, *records])
    return [dossier_of(law, Described(name)).at(day) for name in FIRMS]


def _states(held: list[Held], day: int = DAY) -> list[str]:
    return [answer.state for answer in _answers([*_parties(), *map(_record, held)], day)]


def _counted(held: list[Held], doubtful: bool) -> set[int]:
    """The firms that frozen persons own or control, surely or perhaps, found by adding until nothing is added."""
    reached = set(range(len(OWNERS)))
    while True:
        more = set(reached)
        for firm in range(len(FIRMS)):
            own = [h for h in held if h.firm == firm and h.holder in reached]
            unknown = doubtful and any(h.share is None for h in own)
            if unknown or any(h.control for h in own) or round(sum(h.share or 0 for h in own), 6) >= 50:
                more.add(firm + len(OWNERS))
        if more == reached:
            return {n - len(OWNERS) for n in reached if n >= len(OWNERS)}
        reached = more


_HELD = st.builds(
    Held, st.integers(0, 7), st.integers(0, 4), st.sampled_from((None, 0.0, 10.0, 24.5, 25.0, 25.5, 49.9, 50.0, 60.0, 100.0)),
    st.sampled_from((None, None, False, True)), st.sampled_from((0, 0, DAY - 1, DAY, DAY + 1)),
)  # fmt: skip
GRAPHS = st.lists(_HELD, max_size=9, unique_by=lambda h: (h.holder, h.firm))
"""Holdings of which some are circles, and some firms hold themselves."""


@QUICK
@given(GRAPHS)
def test_frozen_is_what_frozen_persons_own_together_or_control_through_any_chain(held: list[Held]) -> None:
    now = [h for h in held if h.start <= DAY]
    sure, perhaps = _counted(now, doubtful=False), _counted(now, doubtful=True)
    wanted = ["listed" if n in sure else "review" if n in perhaps else "clear" for n in range(len(FIRMS))]
    assert _states(held) == wanted


@QUICK
@given(GRAPHS, st.data())
def test_a_greater_stake_or_control_frees_nobody(held: list[Held], data: st.DataObject) -> None:
    assume(any(h.share is not None for h in held))
    known = [n for n, h in enumerate(held) if h.share is not None]
    at = data.draw(st.sampled_from(known))
    share = data.draw(st.floats(held[at].share or 0, 100))
    more = list(held)
    more[at] = held[at]._replace(share=share, control=data.draw(st.sampled_from((held[at].control, True))))
    assert all(RANK[new] >= RANK[old] for old, new in zip(_states(held), _states(more), strict=True))


@QUICK
@given(GRAPHS, _HELD)
def test_one_more_holding_frees_nobody(held: list[Held], more: Held) -> None:
    assume(all((h.holder, h.firm) != (more.holder, more.firm) for h in held))
    assert all(RANK[new] >= RANK[old] for old, new in zip(_states(held), _states([*held, more]), strict=True))


@QUICK
@given(GRAPHS, st.integers(0, 2**32))
def test_the_order_of_records_changes_neither_answer_nor_explanation(held: list[Held], seed: int) -> None:
    records = [*_parties(), *map(_record, held)]
    shuffled = list(records)
    random.Random(seed).shuffle(shuffled)
    assert _answers(shuffled) == _answers(records)


@QUICK
@given(GRAPHS)
def test_the_records_that_an_answer_names_are_enough_for_it(held: list[Held]) -> None:
    records = [*_parties(), *map(_record, held)]
    for firm, answer in enumerate(_answers(records)):
        if answer.state == "listed":
            named = {key.partition("@")[0] for key in answer.records}
            told = [
                r
                for r in records
                if r.record_key in named or (isinstance(r, ListedParty) and "FREEZE" not in r.measures)
            ]
            assert _answers(told)[firm].state == "listed", answer.because


@QUICK
@given(GRAPHS, st.integers(0, 2**32))
def test_holders_told_by_an_event_count_as_those_of_records_in_any_order(held: list[Held], seed: int) -> None:
    own = [h._replace(firm=0, start=0) for h in held if h.holder < len(OWNERS)]
    own = list({h.holder: h for h in own}.values())
    assume(own)
    holders = [(Described(OWNERS[h.holder]), h.share, h.control) for h in own]
    random.Random(seed).shuffle(holders)
    statement = Statement(0, 0, Described(FIRMS[0]), tuple(holders))
    law = Law([*POLICIES, *_parties()])
    assert dossier_of(law, Described(FIRMS[0]), (statement,)).at(DAY).state == _states(own)[0]


@QUICK
@given(GRAPHS)
def test_without_a_frozen_owner_nobody_is_frozen_whoever_holds_whom(held: list[Held]) -> None:
    records = [*_parties("OTHER"), *map(_record, held)]
    assert [answer.state for answer in _answers(records)] == ["clear"] * len(FIRMS)


@pytest.mark.parametrize(("rule", "half"), [("ge50", "listed"), ("ge", "listed"), ("gt50", "clear"), ("gt", "clear")])
def test_whether_exactly_half_counts_is_a_rule_of_the_regime(rule: str, half: str) -> None:
    threshold = Policy(id="policy:owner_share_rules", key="owner_share_rules", value={"freeze": rule})
    for share, state in ((49.9, "clear"), (50.0, half), (50.1, "listed")):
        records = [*_parties(), _record(Held(0, 0, share, None)), threshold]
        assert _answers(records)[0].state == state, share


def test_a_chain_is_told_link_by_link_with_its_records() -> None:
    chain = [Held(0, 0, 50.0, None), Held(3, 1, 60.0, None), Held(4, 2, None, True)]
    answer = _answers([*_parties(), *map(_record, chain)])[2]
    assert answer.state == "listed"
    places = [answer.because.index(text) for text in (FIRMS[1], "control", FIRMS[0], "60 %", OWNERS[0], "50 %")]
    assert places == sorted(places)
    assert {key.partition("@")[0] for key in answer.records} >= {
        "ownership:P0>F0", "ownership:F0>F1", "ownership:F1>F2", "party:P0",
    }  # fmt: skip


def test_a_frozen_firm_counts_with_its_whole_stake_downstream() -> None:
    # the frozen person holds 50 % of 50 %: 25 % through, and yet all of it is frozen
    assert _states([Held(0, 0, 50.0, None), Held(3, 1, 50.0, None)])[:2] == ["listed", "listed"]


def test_a_holding_counts_from_its_day_on_and_not_before() -> None:
    held = [Held(0, 0, 60.0, None, DAY)]
    assert [_states(held, day)[0] for day in (DAY - 1, DAY, DAY + 1)] == ["clear", "listed", "listed"]


def test_a_delisted_owner_freezes_no_longer() -> None:
    records = [*_parties(), _record(Held(0, 0, 60.0, None))]
    ended = [msgspec.structs.replace(r, applies_until=DAY) if r.id == "P0" else r for r in records]
    assert [_answers(ended, day)[0].state for day in (DAY - 1, DAY)] == ["listed", "clear"]
