"""Tables from a key to numbers, most of which hold one: a single number takes no list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Key = TypeVar("Key", int, str)
Held = int | list[int]


def enter(table: dict[Key, Held], key: Key, number: int) -> None:
    """Note a number under a key; the same number twice running is noted once."""
    held = table.get(key)
    if held is None:
        table[key] = number
    elif isinstance(held, int):
        if held != number:
            table[key] = [held, number]
    elif held[-1] != number:
        held.append(number)


def numbers(held: Held | None) -> Iterable[int]:
    """The numbers of an entry; none for a key that is not there."""
    return () if held is None else (held,) if isinstance(held, int) else held
