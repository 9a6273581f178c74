"""A datum read as far as it goes, and the place where it breaks."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

from streams.kafka import schemas
from streams.kafka.codec import encode_event
from streams.kafka.partial import walk
from streams.model.intake import event_from_json

EVENT = schemas.parsed("event")
FULL = {
    "event_id": "e1", "source": "ktz", "type": "LOADED", "consignment_id": "KTZ-1",
    "occurred_at": "2026-10-02T07:15:00+05:00", "recorded_at": "2026-10-02T07:15:00+05:00",
    "place": {"unlocode": "RUULU", "latitude": 59.7}, "transport": {"mode": "RAIL", "wagons": ["52000001", "52000019"]},
    "parties": [{"role": "OWNER", "name": "Komir", "identifiers": {"bin": "010140000143"}, "owners": [{"name": "A"}]}],
    "goods": [{"hs": "27011210", "origin": [{"country": "KZ", "share_pct": 100}]}],
    "contract": {"no_russia_clause": True}, "weight": {"net_kg": 1.5}, "waivers": ["coal-5ae"],
}  # fmt: skip
DATA = encode_event(event_from_json(FULL, 1)[0])
WHOLE = walk(EVENT, DATA, 10)


def test_a_whole_record_is_read_to_its_end() -> None:
    assert (WHOLE.problem, WHOLE.at) == (None, len(DATA))


def test_fields_are_named_by_their_path() -> None:
    fields = dict(WHOLE.fields)
    wanted: dict[str, Any] = {
        "type": "LOADED", "place.unlocode": "RUULU", "place.latitude": 59.7, "transport.wagons[1]": "52000019",
        "parties[0].identifiers.bin": "010140000143", "parties[0].owners[0].name": "A",
        "goods[0].origin[0].share_pct": 100.0, "contract.no_russia_clause": True, "waivers[0]": "coal-5ae",
    }  # fmt: skip
    assert {name: fields.get(name) for name in wanted} == wanted


def test_what_is_not_stated_is_not_listed() -> None:
    assert "place.name" not in dict(WHOLE.fields)


@given(st.integers(0, len(DATA) - 11))
def test_a_cut_record_gives_the_fields_before_the_cut(left: int) -> None:
    found = walk(EVENT, DATA[: 10 + left], 10)
    assert found.problem is not None
    assert found.at <= 10 + left
    assert found.fields == WHOLE.fields[: len(found.fields)]


@given(st.binary(max_size=300))
def test_any_bytes_come_to_an_end(data: bytes) -> None:
    found = walk(EVENT, data)
    assert 0 <= found.at <= len(data)


def test_bytes_after_the_record_are_told() -> None:
    assert walk(EVENT, DATA + b"xx", 10).problem == "2 bytes after the record"


def test_an_unknown_symbol_is_told_with_its_field() -> None:
    assert "symbol" in str(walk({"type": "enum", "name": "E", "symbols": ["A"]}, b"\x02").problem)
    assert walk({"type": "enum", "name": "E", "symbols": ["A"]}, b"\x01").problem == "symbol -1 of an enum of 1"


def test_an_unknown_branch_of_a_union_is_told() -> None:
    assert walk(["null", "string"], b"\x04").problem == "choice 2 of a union of 2"
    assert walk(["null", "string"], b"\x01").problem == "choice -1 of a union of 2"


def test_a_text_that_is_not_utf_8_is_told() -> None:
    assert str(walk("string", b"\x02\xff").problem).startswith("a text that is not UTF-8")


def test_a_block_of_a_billion_items_of_no_size_is_not_walked_through() -> None:
    schema = {"type": "array", "items": "null"}
    assert walk(schema, b"\x80\x94\xeb\xdc\x03\x00").problem == "items of no size"


def test_a_number_without_end_is_told() -> None:
    assert walk("long", b"\xff" * 20).problem == "a number of more than 10 bytes"
