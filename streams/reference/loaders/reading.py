"""Opening the files of lists: what their first bytes tell, and how far a reading has come."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

from streams.errors import ListRefused

_HTML = (b"<!doctype html", b"<html")
_PACKED = (
    (b"\x1f\x8b", "a gzip file"), (b"PK\x03\x04", "a zip file"), (b"BZh", "a bzip2 file"), (b"\xfd7zXZ", "an xz file"),
)  # fmt: skip
BOM = b"\xef\xbb\xbf"

Listener = Callable[[Path, int], None]
listener: ContextVar[Listener | None] = ContextVar("listener", default=None)
"""Who hears, now and then, how many bytes of a file were read."""


def sniff(path: Path) -> bytes:
    """The first 4 KiB of a file. Raises ListRefused when it is empty, packed or an HTML page; OSError."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.removeprefix(BOM).strip():
        raise ListRefused(str(path), "", "the file is empty")
    for sign, what in _PACKED:
        if start.startswith(sign):
            # unpacking on the way would let a small file become one of any size
            raise ListRefused(str(path), "", f"{what}: unpack it first, and see that it is as large as it should be")
    if looks_like_html(start):
        raise ListRefused(
            str(path), "line 1", "an HTML page: the server gave an error or login page instead of the list"
        )
    return start


def looks_like_html(start: bytes) -> bool:
    """Whether the first bytes of a file are those of an HTML page."""
    return start.removeprefix(BOM).lstrip()[:20].lower().startswith(_HTML)
