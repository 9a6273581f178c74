"""Pairs are found again, whatever the order in which they come."""

from __future__ import annotations

from hypothesis import given, strategies as st

from streams.screening import pairs
from streams.screening.pairs import Pairs

_NUMBER = st.integers(0, 5) | st.integers(0, 2**32 - 1)


@given(st.lists(st.tuples(_NUMBER, _NUMBER)), st.integers(1, 7), st.booleans())
def test_every_pair_is_found_by_its_first_number(added: list[tuple[int, int]], loose: int, ask_between: bool) -> None:
    before, pairs._MOST_LOOSE = pairs._MOST_LOOSE, loose
    try:
        held = Pairs()
        for first, second in added:
            held.add(first, second)
            if ask_between:
                assert second in held.get(first)
        assert len(held) == len(added)
        for first in {0, *(first for first, _ in added)}:
            assert sorted(held.get(first)) == sorted(s for f, s in added if f == first)
    finally:
        pairs._MOST_LOOSE = before


def test_a_number_that_is_first_of_none_has_none() -> None:
    held = Pairs()
    held.add(1, 2)
    assert held.get(2) == []
