"""What every adapter is: bytes of one message or file in, events or refusals out; nothing is lost without a word.

An adapter is a module ``streams.ingest.NAME`` with two functions, both pure (no I/O, no clock, no state kept):

* ``recognises(head: bytes) -> bool``: whether the first few KB look like its format (for ``auto``);
* ``read(data: bytes, given: Given) -> Iterator[Event | Refusal]``: its events in the order of the message. It never raises for
  what is in the bytes: what cannot become an event comes out as a `Refusal`, and what stands beside it goes on. It may yield a
  `Message` before what it makes of one message, so that the account at the end names kinds of messages instead of the format.

A file of JSON documents one a line (NDJSON) is given line by line, unless the module says ``READS_LINES = True``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from streams.model.events import Event

MOST_BYTES = 64 * 1024 * 1024
"""A message larger than this is refused before it is parsed."""
_SHOWN = 200


class Given(Struct, frozen=True):
    """What the message itself does not say: its sender (`Event.source` where it names none) and when it came in (ms UTC)."""

    source: str
    now_ms: int


class Refusal(Struct, frozen=True):
    """What did not become an event: why, in one sentence with what was expected; where (path or line); its beginning."""

    because: str
    at: str
    refused: str = ""


class Message(Struct, frozen=True):
    """What follows was said by a message of this kind, such as ``EQUIPMENT LOAD``.

    ``counted``: False where what follows belongs to the message before and is only accounted for apart.
    """

    kind: str
    counted: bool = True


class Adapter(Protocol):
    """A module that follows the interface above."""

    def recognises(self, head: bytes) -> bool:
        """Whether the beginning of a file looks like the adapter's format."""
        ...

    def read(self, data: bytes, given: Given) -> Iterator[Event | Refusal | Message]:
        """The events and refusals of a file, in its order."""
        ...


def shown(value: object) -> str:
    """The beginning of a value as text, for a refusal: control characters escaped, at most 200 characters."""
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    text = text.strip().encode("unicode_escape" if not text.isprintable() else "utf-8", "backslashreplace").decode()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
