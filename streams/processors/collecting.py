"""Garbage collection without long pauses.

What a monitor keeps (memos, states, indexes) lives as long as the process and has no cycles, yet every full collection
walks through all of it: 50 to 70 ms in which no event is judged, some times a minute. So what has lived for a while is put
aside (`gc.freeze`) before Python finds a full collection due. Objects put aside are freed as ever when nothing refers to them; a
cycle among them would not be found again, and there is none in what the monitor keeps.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

EVERY_S = 5.0


class Collecting:
    """Puts aside what has lived, every few seconds; `turn` is called with every turn of the loop and mostly does nothing."""

    def __init__(self, every_s: float = EVERY_S, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._every_s, self._monotonic = every_s, monotonic
        self._last = monotonic()

    def turn(self) -> bool:
        """Whether anything was put aside: young garbage is collected first (a few ms)."""
        now = self._monotonic()
        if now - self._last < self._every_s:
            return False
        self._last = now
        gc.collect(1)
        gc.freeze()
        return True
