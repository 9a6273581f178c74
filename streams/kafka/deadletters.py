"""Dead letters: a record that could not be read, whole, with where it came from and what was wrong in its headers.

The value and the key of a dead letter are the record's own bytes; a record without a key has none here.

=================== =========================================================================
header              content (UTF-8)
=================== =========================================================================
source.topic        the topic it was read from, as named on the brokers
source.partition    its partition there
source.offset       its offset there
source.timestamp    its Kafka timestamp, ms since 1970
reason              one of `streams.metric_defs.DEAD_LETTER_REASONS`, or ``other``
what                what is wrong, in words
field               the path of the field, ``$`` for the whole record
value               the value found there, shortened
expected            what would be right
version             the version of transitwatch that refused it
original.NAME       each header of the record itself
=================== =========================================================================

A replay writes a marker to the letter's partition in the same transaction as the replayed record: a record
without a value whose headers are ``replayed.offset`` (of the letter), ``replayed.topic`` and ``replayed.at``.
A marker is younger than its letter and so outlives it; therefore a letter is never sent again by mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from confluent_kafka import Message
from msgspec import Struct

from streams import __version__
from streams.kafka.codec import Refused
from streams.metric_defs import DEAD_LETTER_REASONS, OTHER

Headers = list[tuple[str, bytes]]
ORIGINAL = "original."
_MOST_TEXT = 300
_MOST_ORIGINALS = 100
_REPLAYED_OFFSET, _REPLAYED_TOPIC, _REPLAYED_AT = "replayed.offset", "replayed.topic", "replayed.at"


class DeadLetter(Struct, frozen=True, kw_only=True):
    """A dead letter as it was read back: where it lies, where it came from, what was wrong, the original bytes.

    Times are ms UTC. `source_offset` is -1 and texts are empty where a foreign producer left a
    header out. `size` is that of the value in bytes, also where the value itself was not kept.
    """

    partition: int
    offset: int
    timestamp: int
    source_topic: str
    source_partition: int
    source_offset: int
    source_timestamp: int
    reason: str
    what: str
    field: str
    shown: str
    expected: str
    version: str
    originals: tuple[tuple[str, bytes | None], ...]
    key: bytes | None
    value: bytes | None
    size: int

    @property
    def where(self) -> str:
        """`PARTITION:OFFSET`, by which the commands name it."""
        return f"{self.partition}:{self.offset}"


class Marker(Struct, frozen=True, kw_only=True):
    """That the letter at this place was replayed: to which topic, when (ms UTC)."""

    partition: int
    letter_offset: int
    topic: str
    at: int


def _short(text: str) -> bytes:
    cut = text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"
    return cut.encode("utf-8", "backslashreplace")


def headers_of(
    topic: str, partition: int, offset: int, timestamp_ms: int, refused: Refused,
    originals: Sequence[tuple[str, bytes | None]] = (),
) -> list[tuple[str, bytes]]:  # fmt: skip
    """The headers under which a refused record goes to the dead letters; bounded in size but for ``originals``.

    ``originals`` are the record's own headers; more than a hundred are left out, so that the letter always fits.
    """
    reason = refused.reason if refused.reason in DEAD_LETTER_REASONS else OTHER
    found: Headers = [
        ("source.topic", topic.encode()),
        ("source.partition", b"%d" % partition),
        ("source.offset", b"%d" % offset),
        ("source.timestamp", b"%d" % timestamp_ms),
        ("reason", reason.encode()),
        ("what", _short(refused.what)),
        ("field", _short(refused.path)),
        ("value", _short(str(refused.value))),
        ("expected", _short(refused.expected)),
        ("version", __version__.encode()),
    ]
    if len(originals) <= _MOST_ORIGINALS:
        found += [(ORIGINAL + name, value or b"") for name, value in originals]
    return found


def marker_headers(letter: DeadLetter, topic: str, now_ms: int) -> list[tuple[str, bytes]]:
    """The headers of the marker that says: this letter was replayed to ``topic``."""
    return [
        (_REPLAYED_OFFSET, b"%d" % letter.offset),
        (_REPLAYED_TOPIC, topic.encode()),
        (_REPLAYED_AT, b"%d" % now_ms),
    ]


def _number(value: bytes | None) -> int:
    try:
        return int(value or b"-1")
    except ValueError:
        return -1


def read_letter(message: Message) -> DeadLetter | Marker:
    """The dead letter or marker in a message of the topic."""
    headers: dict[str, bytes | None] = {}
    originals = []
    for name, value in cast("list[tuple[str, str | bytes | None]]", message.headers() or []):
        data = value.encode() if isinstance(value, str) else value
        if name.startswith(ORIGINAL):
            originals.append((name.removeprefix(ORIGINAL), data))
        else:
            headers[name] = data
    partition, offset = message.partition(), message.offset()
    assert partition is not None
    assert offset is not None

    def text(name: str) -> str:
        return (headers.get(name) or b"").decode("utf-8", "replace")

    if _REPLAYED_OFFSET in headers:
        return Marker(
            partition=partition, letter_offset=_number(headers[_REPLAYED_OFFSET]), topic=text(_REPLAYED_TOPIC),
            at=_number(headers.get(_REPLAYED_AT)),
        )  # fmt: skip
    value = _bytes(message.value())
    return DeadLetter(
        partition=partition, offset=offset, timestamp=message.timestamp()[1], source_topic=text("source.topic"),
        source_partition=_number(headers.get("source.partition")), source_offset=_number(headers.get("source.offset")),
        source_timestamp=_number(headers.get("source.timestamp")), reason=text("reason"), what=text("what"),
        field=text("field"), shown=text("value"), expected=text("expected"), version=text("version"),
        originals=tuple(originals), key=_bytes(message.key()), value=value, size=len(value or b""),
    )  # fmt: skip


def _bytes(value: str | bytes | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value
