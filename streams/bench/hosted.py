"""The decision function as another framework hosts it: the monitor's own decoding, judging and encoding of one event.

Imports nothing of Kafka's client, so that it also runs beside another version of it.
"""

from __future__ import annotations

from typing import NamedTuple

from streams.kafka.codec import decode_event, encode_alert, encode_state
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge


class Judged(NamedTuple):
    """What one event led to: the new state (None: as before), it on the wire, the alert versions on the wire."""

    state: bytes | None
    changelog: bytes
    alerts: tuple[bytes, ...]


class Hosted:
    """A judge with the bundled records."""

    def __init__(self) -> None:
        self._judge = Judge(bundled_records())

    def __call__(self, state: bytes | None, value: bytes, time: int) -> Judged:
        """An event message of time ``time`` (ms UTC) onto a consignment's state. Raises Refused, StateError."""
        outcome = self._judge.apply(state, decode_event(value, time))
        if outcome.kind == "duplicate":
            return Judged(None, b"", ())
        return Judged(outcome.state, encode_state(outcome.state), tuple(encode_alert(a) for a in outcome.alerts))
