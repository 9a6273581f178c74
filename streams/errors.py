"""The exceptions of transitwatch.

    TransitwatchError
    +-- InvalidInput        a record that is none: what, field path, value, what would be right
"""

from __future__ import annotations


class TransitwatchError(Exception):
    """The root of all errors that are told to the user in one line."""


class InvalidInput(TransitwatchError):
    """An input that cannot be a record (contract 1.3)."""

    def __init__(self, what: str, path: str, value: str, expected: str) -> None:
        super().__init__(f"{path}: {what}: {value}; expected {expected}")
        self.what = what
        self.path = path
        self.value = value
        self.expected = expected
