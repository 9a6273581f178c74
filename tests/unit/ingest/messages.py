"""Helpers of the tests of adapters: read a message and tell events from refusals; spoil a message's bytes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from streams.ingest.adapter import Given, Message, Refusal
from streams.model.events import Event
from streams.model.intake import event_from_json, event_to_json

NOW = 1_790_000_000_000
GIVEN = Given("sender-1", NOW)
Read = Callable[[bytes, Given], Iterator[Event | Refusal | Message]]


def told(read: Read, data: bytes) -> tuple[list[Event], list[Refusal]]:
    """The events, each of which the contract accepts as it stands, and the refusals of a message."""
    events: list[Event] = []
    refusals: list[Refusal] = []
    for found in read(data, GIVEN):
        if isinstance(found, Message):
            assert found.kind, found
        elif isinstance(found, Refusal):
            assert found.because, found
            refusals.append(found)
        else:
            assert event_from_json(event_to_json(found), NOW) == (found, [])
            events.append(found)
    return events, refusals


def spoiled(data: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Mutations of a message: bytes changed, cut out, doubled, swapped, and the message cut."""
    chance = random.Random(seed)
    for _ in range(count):
        out = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(out) or 1)
            span = chance.choice((1, 1, 2, 8, 64))
            match chance.randrange(5):
                case 0:
                    out[at : at + 1] = bytes([chance.randrange(256)])
                case 1:
                    del out[at : at + span]
                case 2:
                    out[at:at] = out[at : at + span]
                case 3:
                    out[at : at + span] = bytes(chance.choice(b"\"'<>{}[]:,;0019-.TZ\0\xff /!*") for _ in range(span))
                case _:
                    if chance.random() < 0.2:
                        del out[at:]
        yield bytes(out)
