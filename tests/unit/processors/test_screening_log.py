"""Records of screenings wait until a transaction that carries them is committed."""

from __future__ import annotations

from typing import Any

from streams.kafka.codec import decode_screening
from streams.model.events import Party
from streams.processors.screening_log import ScreeningLog
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import event


class Written:
    """Keeps what is produced."""

    def __init__(self) -> None:
        self.records: list[tuple[str, bytes | None, bytes | None]] = []

    def produce(self, topic: str, key: bytes | None, value: bytes | None, partition: int = -1) -> None:
        self.records.append((topic, key, value))


def written(log: ScreeningLog) -> list[str]:
    writer: Any = Written()
    log.write(writer)
    return [decode_screening(value).subject for topic, _, value in writer.records]


def test_what_an_aborted_transaction_did_not_store_goes_into_the_next_and_what_was_stored_does_not() -> None:
    judge, log = Judge(bundled_records()), ScreeningLog("s")
    log.watch(judge.law)
    judge.apply(None, event("BOOKED", "2026-07-06", parties=(Party("BUYER", "Quillfeather Society", "KZ"),)))
    log.take(judge.law, "d1", "C-1", 1)
    assert written(log) == ["quillfeather society|KZ||"]
    log.judged_through(judge.law, "d1", 2, 1)
    assert written(log) == ["quillfeather society|KZ||", "partition 2"]
    log.keep()
    assert written(log) == []
