"""Whatever stands in a file, the DCSA adapter gives events that are events, or refusals that say why and where."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
from hypothesis import given, settings, strategies as st

from streams.ingest import dcsa
from streams.ingest.adapter import Message, Refusal
from streams.model.events import Event
from streams.model.intake import event_from_json, event_to_json
from tests.unit.ingest.dcsa_messages import GIVEN, beta, flat, nested

SEEDS = [
    flat(seals=[{"sealNumber": "S1", "sealType": "BLT"}]), flat("TRANSPORT", "ARRI"), flat("SHIPMENT", "CONF"),
    beta(), beta("TRANSPORT", "DEPA"), beta(retracts="e-0"), nested(), nested("SHIPMENT", "CANC"), nested("REEFER", "MEAS"),
    nested("IOT", "DETC", iotDetails={"iotEventCode": "DRO"}, isRetracted=False),
]  # fmt: skip
WORDS = sorted({str(w) for seed in SEEDS for w in msgspec.json.encode(seed).decode().split('"') if w.strip(":,{}[] ")})
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(), inner, max_size=3),
    max_leaves=6,
)


def _spots(value: Any) -> list[tuple[Any, Any]]:
    """Every container of a JSON value with each of its keys."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [spot for key in keys for spot in [(value, key), *_spots(value[key])]]


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A message in which up to three members are taken away or stand for something else."""
    message = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 3))):
        spots = _spots(message)
        if not spots:
            break
        container, key = draw(st.sampled_from(spots))
        if draw(st.booleans()):
            container[key] = draw(VALUES)
        else:
            del container[key]
    return message


def _held(data: bytes) -> list[Event | Refusal | Message]:
    """What the adapter says, after it has been held against what it must be."""
    said = list(dcsa.read(data, GIVEN))
    assert [item for item in said if not isinstance(item, Message)]
    for item in said:
        if isinstance(item, Event):
            again, warnings = event_from_json(msgspec.json.decode(msgspec.json.encode(event_to_json(item))), 0)
            assert (again, warnings) == (item, [])
        elif isinstance(item, Refusal):
            assert item.because
    return said


@settings(max_examples=400, deadline=None)
@given(st.lists(mutated(), min_size=1, max_size=3))
def test_a_mutated_message_gives_events_or_named_refusals(messages: list[Any]) -> None:
    said = _held(msgspec.json.encode(messages))
    assert len([item for item in said if isinstance(item, Message) and item.counted]) == len(messages)
    assert all(item.at.startswith("[") for item in said if isinstance(item, Refusal))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 2000), st.binary(max_size=4))
def test_a_file_with_spoilt_bytes_gives_events_or_named_refusals(seed: dict[str, Any], at: int, spoilt: bytes) -> None:
    text = msgspec.json.encode([seed])
    assert _held(text[:at] + spoilt + text[at + len(spoilt) :])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_named_refusals(data: bytes) -> None:
    assert not dcsa.recognises(data) or data
    assert _held(data or b" ")
