"""An event that cannot be decoded is refused with the reason and the field at which it breaks."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from streams.kafka import schemas
from streams.kafka.codec import Refused, decode_event, encode_event
from streams.kafka.partial import walk
from streams.metric_defs import DEAD_LETTER_REASONS
from streams.model.events import Event, Place

SCHEMA = schemas.parsed("event")
DATA = encode_event(Event("e1", "ktz", "LOADED", "KTZ-1", 1_790_000_000_000, 1_790_000_000_000, place=Place("RUULU")))
TYPE_AT = 10 + 3 + 4
"""After marker, fingerprint, ``e1`` and ``ktz`` stands the symbol of `type`."""


def refused(data: bytes) -> Refused:
    with pytest.raises(Refused) as told:
        decode_event(data, 1)
    return told.value


def test_a_cut_record_names_the_field_in_which_it_ends() -> None:
    found = refused(DATA[: DATA.index(b"RUULU") + 2])
    assert (found.reason, found.path) == ("truncated", "place.unlocode")


def test_a_text_that_is_not_utf_8_names_its_field() -> None:
    found = refused(DATA.replace(b"RUULU", b"RU\xffLU"))
    assert (found.reason, found.path) == ("invalid_value", "place.unlocode")


@pytest.mark.parametrize("symbol", [b"\x7e", b"\x01", b"\x1d"], ids=["63", "-1", "-15"])
def test_a_symbol_that_is_none_names_its_field_also_when_it_is_negative(symbol: bytes) -> None:
    found = refused(DATA[:TYPE_AT] + symbol + DATA[TYPE_AT + 1 :])
    assert (found.reason, found.path) == ("wrong_enum", "type")


def test_bytes_after_the_record_are_refused() -> None:
    assert refused(DATA + b"x").what == "bytes after the record"


def test_a_broken_record_of_megabytes_is_not_walked_through_to_its_end() -> None:
    million = b"\x80\x89\x7a"
    found = walk({"type": "array", "items": "long"}, million + b"\x02" * 999_999)
    assert (found.problem, found.at < 60_000) == ("not looked at beyond 50000 values", True)


@given(st.integers(10, len(DATA) - 1), st.integers(0, 255), st.integers(0, len(DATA)))
def test_whatever_is_broken_is_refused_with_a_known_reason_or_is_an_event(at: int, byte: int, end: int) -> None:
    data = (DATA[:at] + bytes([byte]) + DATA[at + 1 :])[: end or None]
    reason = None
    try:
        decode_event(data, 1)
    except Refused as found:
        reason = found.reason
    if reason is None:
        assert walk(SCHEMA, data, 10).problem is None
    else:
        assert reason in DEAD_LETTER_REASONS
