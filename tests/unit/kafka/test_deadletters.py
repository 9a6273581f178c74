"""Headers of dead letters: written, bounded, read back."""

from __future__ import annotations

from typing import cast

import pytest
from confluent_kafka import Message

from streams.kafka.codec import Refused
from streams.kafka.deadletters import DeadLetter, Headers, Marker, headers_of, marker_headers, read_letter
from streams.metric_defs import DEAD_LETTER_REASONS

REFUSED = Refused("wrong_enum", "unknown value", "type", "TELEPORTED", "one of LOADED")


class Stored:
    """A message as a consumer gives it; the client library has no public way to make one."""

    def __init__(self, headers: Headers | None, value: bytes | None = b"v", key: bytes | None = b"k") -> None:
        self._headers, self._value, self._key = headers, value, key

    def headers(self) -> Headers | None:
        return self._headers

    def partition(self) -> int:
        return 2

    def offset(self) -> int:
        return 9

    def timestamp(self) -> tuple[int, int]:
        return 1, 1_790_000_000_000

    def key(self) -> bytes | None:
        return self._key

    def value(self) -> bytes | None:
        return self._value


def read(headers: Headers | None, value: bytes | None = b"v") -> DeadLetter | Marker:
    return read_letter(cast("Message", Stored(headers, value)))


def test_a_letter_tells_where_it_came_from_and_what_was_wrong() -> None:
    letter = read(headers_of("customs.events", 3, 17, 1_780_000_000_000, REFUSED))
    assert isinstance(letter, DeadLetter)
    assert (letter.source_topic, letter.source_partition, letter.source_offset) == ("customs.events", 3, 17)
    assert letter.source_timestamp == 1_780_000_000_000
    assert (letter.reason, letter.what, letter.field) == ("wrong_enum", "unknown value", "type")
    assert (letter.shown, letter.expected) == ("TELEPORTED", "one of LOADED")
    assert (letter.where, letter.key, letter.value, letter.size) == ("2:9", b"k", b"v", 1)


def test_headers_of_the_record_come_back_under_their_own_names() -> None:
    letter = read(headers_of("t", 0, 0, 0, REFUSED, [("reason", b"mine"), ("trace", b"\xff")]))
    assert isinstance(letter, DeadLetter)
    assert letter.reason == "wrong_enum"
    assert letter.originals == (("reason", b"mine"), ("trace", b"\xff"))


def test_a_reason_that_is_none_of_the_known_ones_becomes_other() -> None:
    assert ("reason", b"other") in headers_of("t", 0, 0, 0, Refused("bad_luck", "w", "$", "v", "e"))
    assert "bad_luck" not in DEAD_LETTER_REASONS


def test_headers_are_bounded_however_long_the_value_was_and_however_many_headers_came() -> None:
    refused = Refused("invalid_value", "w" * 9999, "$" * 9999, "v" * 10_000_000, "e" * 9999)
    found = headers_of("t", 0, 0, 0, refused, [("h", b"x")] * 1000)
    assert sum(len(name) + len(value) for name, value in found) < 5000


def test_a_text_that_is_no_valid_unicode_does_not_stop_the_letter() -> None:
    assert ("value", b"\\udc80") in headers_of("t", 0, 0, 0, Refused("invalid_value", "w", "$", "\udc80", "e"))


def test_a_marker_tells_which_letter_was_replayed_when_and_where_to() -> None:
    letter = read(headers_of("t", 0, 0, 0, REFUSED))
    assert isinstance(letter, DeadLetter)
    assert read(marker_headers(letter, "customs.events", 5), None) == Marker(
        partition=2, letter_offset=9, topic="customs.events", at=5
    )


@pytest.mark.parametrize("headers", [None, [], [("source.offset", b"x"), ("reason", b"\xff")]])
def test_a_record_of_a_foreign_producer_is_read_as_far_as_it_goes(headers: Headers | None) -> None:
    letter = read(headers, None)
    assert isinstance(letter, DeadLetter)
    assert (letter.source_offset, letter.source_topic, letter.value, letter.size) == (-1, "", None, 0)
