"""Health answers."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Health(Struct, frozen=True):
    """An answer: whether all is well, and the body that says what is not."""

    ok: bool
    body: dict[str, Any]
