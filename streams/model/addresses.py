"""Addresses, as far as two of them can be told to be one."""

from __future__ import annotations

from functools import lru_cache

_LEAST_WORDS = 4
"""A house in a street of a town takes as many words; with fewer, or without a number, an address is no house."""


@lru_cache(maxsize=50_000)
def address_key(text: str) -> str | None:
    """The form in which two addresses are compared: words and numbers in their order, without case and punctuation.

    None for what names no house: less than four words, or no number.

    >>> address_key("Abay Ave 3, Almaty"), address_key("Almaty, Kazakhstan")
    ('abay ave 3 almaty', None)
    """
    words = "".join(ch if ch.isalnum() else " " for ch in text.casefold()).split()
    if len(words) < _LEAST_WORDS or not any(ch.isdigit() for word in words for ch in word):
        return None
    return " ".join(words)
