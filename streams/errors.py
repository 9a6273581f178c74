"""The exceptions of transitwatch.

TransitwatchError
+-- SettingsError       a setting that cannot be: which, its value, what would be right
+-- InvalidInput        a record that is none: what, field path, value, what would be right
+-- StateError          an encoded state that this version cannot read
+-- ReferenceUnavailable  no reference records can be had (Redis empty or away, topics unreadable)
+-- ReferenceStale      the held reference records are older than the configured limit
"""

from __future__ import annotations


class TransitwatchError(Exception):
    """The root of all errors that are told to the user in one line."""


class SettingsError(TransitwatchError):
    """A setting that cannot be used; ``value`` is hidden by the caller when it is a secret."""

    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(f"{name}: {value}; expected {expected}")
        self.name = name
        self.value = value
        self.expected = expected


class InvalidInput(TransitwatchError):
    """An input that cannot be a record (contract 1.3)."""

    def __init__(self, what: str, path: str, value: str, expected: str) -> None:
        super().__init__(f"{path}: {what}: {value}; expected {expected}")
        self.what = what
        self.path = path
        self.value = value
        self.expected = expected


class StateError(TransitwatchError):
    """An encoded state of a consignment that this version cannot read."""


class ReferenceUnavailable(TransitwatchError):
    """No reference records can be had: Redis is empty or away, or the topics cannot be read."""


class ReferenceStale(TransitwatchError):
    """The held reference records were last confirmed longer ago than the limit: ages in seconds."""

    def __init__(self, age_s: float, limit_s: float, because: str) -> None:
        super().__init__(
            f"reference records last confirmed {age_s:.0f} s ago, the limit is {limit_s:.0f} s ({because}); "
            "bring Redis and `transitwatch agents` back, then start again"
        )
        self.age_s = age_s
        self.limit_s = limit_s
        self.because = because
