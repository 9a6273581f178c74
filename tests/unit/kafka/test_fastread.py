"""The own reader of events gives what the general one gives, or leaves it to that one."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given, settings, strategies as st

from streams.bench.feed import journeys
from streams.kafka import codec, schemas
from streams.kafka.fastread import read_event
from streams.model.events import Contract, Customs, Document, Event, Goods, Holder, Origin, Party, Price, Seal, Weight
from streams.model.fields import event_from_fields, event_to_fields

EVENTS = list(journeys(40, 240, seed=2))
RICH = msgspec.structs.replace(
    EVENTS[0], recorded_at=1_790_000_000_123, replaces="e0", gap_until=5, waivers=("coal-5ae",), into=("a", "b"), from_=("c",),
    parties=(Party("OWNER", "Ө" * 200, "KZ", identifiers={"bin": "940140000385", "reg": ""}),),
    goods=(Goods(1, "270112", "", "coal", (Origin("KZ", 60.5), Origin("RU", 39.5)), 1.0, 2.0, 0),),
    weight=Weight(0.0, 1.5, "WAGON_SCALE"), seals=(Seal("1", "NAVIGATION", "SILENT"),), customs=Customs(limit_date=-3),
    documents=(Document("QUALITY", issued_at=20_000),),
)  # fmt: skip


def general(data: bytes) -> Event:
    fields = codec._read(data, 10, schemas.parsed("event"), schemas.parsed("event"))
    return event_from_fields(fields, 7)


def test_it_reads_what_the_general_reader_reads() -> None:
    for event in (*EVENTS, RICH):
        data = codec.encode_event(event)
        assert read_event(data, 10, 7) == general(data) == event


def test_the_time_of_intake_stands_for_an_absent_recorded_at() -> None:
    fields = event_to_fields(EVENTS[0]) | {"recorded_at": None}
    found = read_event(codec.encode_event_fields(fields), 10, 7)
    assert found is not None
    assert found == msgspec.structs.replace(EVENTS[0], recorded_at=7)


def test_what_the_contract_refuses_is_left_to_the_general_reader() -> None:
    wrong = (
        msgspec.structs.replace(RICH, event_id=""),
        msgspec.structs.replace(RICH, type="RETRACTED", retracts=None),
        msgspec.structs.replace(RICH, weight=Weight(-1.0)),
        msgspec.structs.replace(RICH, goods=(Goods(net_kg=-0.5),)),
        msgspec.structs.replace(RICH, goods=(Goods(origin=(Origin("KZ", 70.0), Origin("RU", 31.0))),)),
        msgspec.structs.replace(RICH, goods=(Goods(gross_kg=float("nan")),)),
        msgspec.structs.replace(RICH, parties=(Party("OWNER", owners=(Holder("x", share_pct=101.0),)),)),
        msgspec.structs.replace(RICH, documents=(Document("QUALITY", quantity_kg=-1.0),)),
    )
    for event in wrong:
        assert read_event(codec.encode_event(event), 10, 7) is None, event


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(EVENTS)), st.randoms(use_true_random=False))
def test_damaged_bytes_are_read_alike_or_left_alone(number: int, rng: random.Random) -> None:
    data = bytearray(codec.encode_event((*EVENTS, RICH)[number]))
    for _ in range(rng.randrange(1, 4)):
        match rng.randrange(3):
            case 0:
                data[rng.randrange(10, len(data))] = rng.randrange(256)
            case 1:
                del data[rng.randrange(11, len(data)) :]
            case _:
                data += rng.randbytes(2)
        if len(data) < 12:
            break
    mine = read_event(bytes(data), 10, 7)
    if mine is None:
        return
    assert repr(mine) == repr(general(bytes(data)))


def test_a_price_and_a_contract_come_through() -> None:
    event = msgspec.structs.replace(RICH, contract=Contract("C-1", 20_000, True, Price(1.5, "USD", "bbl")))
    assert read_event(codec.encode_event(event), 10, 7) == event
