"""A call that does not come back is left behind; one that does gives its answer or its error."""

from __future__ import annotations

import threading

import pytest

from streams.kafka.bounded import BoundedCaller, CallHangs


def test_a_call_comes_back_and_its_error_is_raised() -> None:
    caller, done = BoundedCaller("test"), []
    caller.call(lambda: done.append(1), 10)
    with pytest.raises(ZeroDivisionError):
        caller.call(lambda: 1 // 0, 10)
    caller.call(lambda: done.append(2), 10)
    assert done == [1, 2]
    assert not caller.hangs
    caller.close()


def test_a_call_that_hangs_is_left_behind_and_no_other_is_made() -> None:
    caller, gate, waits = BoundedCaller("test"), threading.Event(), []
    with pytest.raises(CallHangs):
        caller.call(gate.wait, 0.05, lambda: waits.append(1))
    assert caller.hangs
    assert waits
    made: list[int] = []
    with pytest.raises(CallHangs):
        caller.call(lambda: made.append(1), 10)
    assert made == []
    gate.set()
    caller.close()
