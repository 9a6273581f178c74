"""What has lived is put aside from garbage collection now and then, and young garbage is collected before."""

from __future__ import annotations

import gc
import weakref

from streams.processors.collecting import Collecting


class _Node:
    """An object that can refer to itself."""

    def __init__(self) -> None:
        self.me: _Node | None = None


def test_what_has_lived_is_put_aside_and_young_cycles_are_collected_before() -> None:
    now = [0.0]
    collecting = Collecting(5.0, lambda: now[0])
    frozen = gc.get_freeze_count()
    try:
        kept, gone = _Node(), _Node()
        gone.me = gone
        seen = weakref.ref(gone)
        del gone
        assert not collecting.turn()
        now[0] = 5.0
        assert collecting.turn()
        assert seen() is None
        assert gc.get_freeze_count() > frozen
        assert kept.me is None
        assert not collecting.turn()
    finally:
        gc.unfreeze()
