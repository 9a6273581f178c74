"""Whether something that a test needs may be missing: a test that needs a server calls `absent` with what is missing."""

from __future__ import annotations

import os
import re
from typing import NoReturn

import pytest

LACK = re.compile(r"\bmissing\b|not on PATH|not installed|shared/data|could not import", re.IGNORECASE)
"""A skip whose reason says this is one for lack of something, not one of a case that does not apply."""


def required() -> bool:
    """Whether a lack is a failure."""
    return os.environ.get("REQUIRE_ALL") == "1"


def absent(what: str) -> NoReturn:
    """Skip, or with REQUIRE_ALL=1 fail, because something is missing on this machine."""
    if required():
        pytest.fail(f"REQUIRE_ALL=1 and missing: {what}", pytrace=False)
    pytest.skip(f"missing: {what}")
