"""Stories by name: each is one function that plays one consignment and is entered with the decorator `story`.

A new story is one function in a file of its family under ``streams/feed/stories``: its docstring's first line is
the label in `expected.ndjson`; nothing else has to be told, the oracle judges what the function wrote.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from streams.feed.story import Story

Play = Callable[[Story], None]

FIRST = datetime(2024, 5, 1, tzinfo=UTC)
LAST = datetime(2026, 10, 20, tzinfo=UTC)
"""Consignments start between these; their events go on for some weeks."""


class Scenario(NamedTuple):
    """A story that can be played: name, label, share of the traffic (relative), when it may start."""

    name: str
    family: str
    label: str
    share: float
    first: datetime
    last: datetime
    play: Play


SCENARIOS: dict[str, Scenario] = {}


def _day(text: str | None, default: datetime) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else default


def story(share: float = 1.0, first: str | None = None, last: str | None = None) -> Callable[[Play], Play]:
    """Enter a function as a story: its share of the traffic, and the days (UTC) between which it may start."""

    def enter(play: Play) -> Play:
        label = (play.__doc__ or play.__name__).strip().splitlines()[0].rstrip(".")
        family = play.__module__.rpartition(".")[2]
        if play.__name__ in SCENARIOS:
            raise ValueError(f"two stories are called {play.__name__}")
        SCENARIOS[play.__name__] = Scenario(
            play.__name__, family, label, share, _day(first, FIRST), _day(last, LAST), play
        )
        return play

    return enter


@lru_cache(maxsize=1)
def all_scenarios() -> tuple[Scenario, ...]:
    """Every story of every family, by name."""
    package = importlib.import_module("streams.feed.stories")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"streams.feed.stories.{module.name}")
    return tuple(SCENARIOS[name] for name in sorted(SCENARIOS))
