"""Bytes that were damaged give events or refusals that say where, never an exception."""

from __future__ import annotations

import json
import random
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from streams.ingest import ncts
from streams.ingest.adapter import Refusal
from streams.model.intake import event_from_json, event_to_json
from tests.unit.ingest.ncts_messages import EXPORT, OLD_RELEASE, all_of, declaration, release
from tests.unit.ingest.test_ncts_xml import as_json

SEEDS = [
    declaration().encode(),
    release().encode("utf-16"),
    EXPORT.encode(),
    OLD_RELEASE.encode(),
    json.dumps(as_json(fromstring(release()), "CC029C")).encode(),  # noqa: S314  own text
]
TOKENS = [b"<", b">", b"/", b"&", b"&b;", b"<!DOCTYPE a>", b"\x00", b"\xff", b"-", b"9" * 30, b'"', b"{", b"}", b"<a>",
          b"2026-99-99", b"CC015C", b"null", b"[]", b"]]>", b"<![CDATA["]  # fmt: skip


def check(data: bytes) -> None:
    """Everything that comes out is an event that the contract reads back, or a refusal that says why and where."""
    found = all_of(data)
    assert found
    for item in found:
        if isinstance(item, Refusal):
            assert item.because and item.at
        else:
            assert event_from_json(event_to_json(item), 0)[0] == item
    ncts.recognises(data[:4096])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(TOKENS), st.integers(0, 40)), max_size=6),
)
def test_a_damaged_message_is_an_event_or_a_named_refusal(seed: bytes, wounds: list[tuple[float, bytes, int]]) -> None:
    data = bytearray(seed)
    for where, token, cut in wounds:
        at = int(where * len(data))
        data[at : at + cut] = token
    check(bytes(data))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_an_event_or_a_named_refusal(data: bytes) -> None:
    check(data)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_message_whose_texts_are_exchanged_is_an_event_or_a_named_refusal(seed: bytes) -> None:
    rng = random.Random(7)
    for _ in range(100):
        data = bytearray(seed)
        for _ in range(rng.randrange(1, 4)):
            start = rng.randrange(len(data))
            size = rng.randrange(0, 30)
            other = rng.randrange(len(data))
            data[start : start + size] = data[other : other + size]
        check(bytes(data))
