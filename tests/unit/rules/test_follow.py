"""A law that follows another takes over its index of names, and answers as one compiled anew."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings, strategies as st

from streams.bench.delta import EDITS, Invention, answer
from streams.model.reference import AnyRecord, ListedName, Policy
from streams.reference.bundled import bundled_records
from streams.rules.law import Law
from streams.rules.naming import Described
from streams.screening.layered import LayeredScreener
from streams.screening.match import Screener
from tests.unit.rules.strategies import party


def _copies(records: dict[str, AnyRecord]) -> list[AnyRecord]:
    """Equal records that are other objects, as a source that is read again gives them."""
    return [msgspec.structs.replace(record) for record in records.values()]


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10**6), st.lists(st.sampled_from(EDITS), min_size=1, max_size=6))
def test_after_any_changes_the_answers_are_those_of_a_law_compiled_anew(seed: int, edits: list[object]) -> None:
    invention = Invention(seed)
    held: dict[str, AnyRecord] = {r.record_key: r for r in bundled_records()}
    entries = [invention.entry() for _ in range(40)]
    listed: list[AnyRecord] = [*entries, *(invention.holding(e) for e in entries[:10])]
    held.update((r.record_key, r) for r in listed)
    parties = invention.parties(30, [n.name for e in entries for n in e.names])
    law = Law(held.values())
    assert isinstance(law.screener, Screener)
    for edit in edits:
        edit(invention, held, parties)  # type: ignore[operator]  # one of EDITS
        before, law = law, Law(law.keeping(_copies(held)))
        law.follow(before)
        assert isinstance(law.screener, LayeredScreener)
    anew = Law(held.values())
    named = [Described(n.name) for e in entries for n in e.names]
    assert [answer(law, p) for p in (*parties, *named)] == [answer(anew, p) for p in (*parties, *named)]


def test_equal_records_are_kept_as_the_objects_that_they_were() -> None:
    law = Law(bundled_records())
    kept = law.keeping(_copies(law.records))
    assert all(record is law.records[record.record_key] for record in kept)


def test_a_law_of_which_much_changed_builds_its_own_index() -> None:
    before = Law([*bundled_records(), party("A", "Zarya Finans")])
    before.screener  # noqa: B018  # builds it
    after = Law([*bundled_records(), *(party(f"N{n}", f"Firma {n}") for n in range(300))])
    after.follow(before)
    assert isinstance(after.screener, Screener)


def test_a_law_with_another_threshold_builds_its_own_index() -> None:
    before = Law(bundled_records())
    before.screener  # noqa: B018  # builds it
    lower = Policy(id="T-LOW", key="review_threshold", value=0.5)
    after = Law([*before.records.values(), lower])
    after.follow(before)
    assert isinstance(after.screener, Screener)
    assert after.screening_floor == 0.5


def test_a_renamed_entry_is_found_by_its_new_name_and_no_longer_by_the_old() -> None:
    before = Law([*bundled_records(), party("A", "Zarya Finans")])
    before.screener  # noqa: B018  # builds it
    renamed = msgspec.structs.replace(party("A", "x"), names=(ListedName("Brabo Kontor"),))
    after = Law(before.keeping([*bundled_records(), renamed]))
    after.follow(before)
    assert [h.record.id for h in after.screener.screen("Brabo Kontor")] == ["A"]
    assert after.screener.screen("Zarya Finans") == ()
