"""Which consignments of this worker name whom: read out of the states at leisure, complete when a list changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from streams.kafka.changelog import PartitionStore
from streams.rules.law import Law
from streams.rules.mentions import Mentions
from streams.rules.touched import Touch
from streams.screening.known import KnownParties

_AT_ONCE = 16
_SPARE = 10_000


class PartyIndex:
    """The mentions of every partition over one set of known parties. Not thread-safe.

    What a store lists as ``unread`` is read by `read_on` in slices of time; the rest is read when a change asks.
    """

    def __init__(self) -> None:
        self.known = KnownParties()
        self._mentions: dict[int, Mentions] = {}
        self._memo: dict[bytes, tuple[int, ...]] = {}

    def read_on(self, stores: Mapping[int, PartitionStore], seconds: float) -> bool:
        """Read states for about so many seconds; whether some are left."""
        if not any(store.unread for store in stores.values()):
            return False
        deadline = time.monotonic() + seconds
        for store in stores.values():
            for _ in self._read(store):
                if time.monotonic() > deadline:
                    return True
        return False

    def touched(
        self, before: Law | None, after: Law, stores: Mapping[int, PartitionStore], current: Callable[[PartitionStore], bool],
        pause: Callable[[], None],
    ) -> Iterator[tuple[PartitionStore, list[str]]]:  # fmt: skip
        """The touched consignments of each store; all of those that are not ``current`` under the law before.

        ``pause`` is called now and then. Raises StateError.
        """
        for store in stores.values():
            for _ in self._read(store):
                pause()
        change, everything = Touch(before, after, self.known, pause), Touch(None, after, self.known)
        for store in stores.values():
            reach = change if current(store) else everything
            yield store, list(dict.fromkeys(reach.among(store.states, self._of(store))))
            pause()

    def _of(self, store: PartitionStore) -> Mentions:
        """The mentions of a store; begun anew when most of what they hold was said again since."""
        found = self._mentions.get(store.partition)
        if found is None or len(found) > 2 * len(store.states) + _SPARE:
            found = self._mentions[store.partition] = Mentions(self.known, self._memo)
            store.unread.update(store.states)
        return found

    def _read(self, store: PartitionStore) -> Iterator[None]:
        """Read what is unread, a few states between two stops."""
        mentions, unread, states = self._of(store), store.unread, store.states
        while unread:
            for _ in range(min(_AT_ONCE, len(unread))):
                ident = unread.pop()
                state = states.get(ident)
                if state is not None:
                    mentions.read(ident, state)
            yield
        store.unread = set()
