"""Which formats there are, and which one a file is in.

An adapter is found by the presence of its module ``streams.ingest.NAME`` and imported only when it is asked for: reading
canonical events does not pay for an XML parser.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from typing import cast

from streams.ingest.adapter import Adapter

CANONICAL = "canonical"
AUTO = "auto"
ADAPTED = ("dcsa", "ncts", "epcis", "ais", "csv")
"""Formats with an adapter, in the order in which `auto` asks them: a table of texts is the least particular."""
FORMATS = (CANONICAL, *ADAPTED, AUTO)
HEAD_BYTES = 8 * 1024
"""How much of the beginning of a file is looked at to tell its format."""


def is_built(name: str) -> bool:
    """Whether this version reads a format."""
    return name in (CANONICAL, AUTO) or importlib.util.find_spec(f"streams.ingest.{name}") is not None


def built() -> list[str]:
    """The formats that this version reads."""
    return [name for name in FORMATS if is_built(name)]


def adapter(name: str) -> Adapter:
    """The adapter of a format that is built. Raises ModuleNotFoundError."""
    return cast("Adapter", importlib.import_module(f"streams.ingest.{name}"))


def recognised(head: bytes) -> str | None:
    """The format of a file by its first bytes: that of the first adapter that knows it, else canonical, which has an object a line.

    None where the file is neither. An empty one is canonical: there is nothing in it to refuse.
    """
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text or _looks_canonical(text):
        return CANONICAL
    known = next(_knowing(text), None)
    line = text.split(b"\n", 1)[0].strip()
    return known or (CANONICAL if line.startswith(b"{") and len(line) > 1 else None)


def _looks_canonical(text: bytes) -> bool:
    """Whether the first line is an object with the two names that every event of the contract has."""
    line = text.split(b"\n", 1)[0]
    return line.startswith(b"{") and b'"consignment_id"' in line and b'"event_id"' in line


def _knowing(text: bytes) -> Iterator[str]:
    return (name for name in ADAPTED if is_built(name) and adapter(name).recognises(text))
