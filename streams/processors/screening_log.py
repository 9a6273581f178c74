"""The record of every screening: written in the transaction of the consignment for which it was made.

A law remembers what it worked out of a party, so only the first question for a party under a law is a screening; what
is asked again is answered from memory and costs nothing here. What a transaction that was aborted would have written
waits for the next one: no consignment counts as judged before the screenings of its parties are stored.
"""

from __future__ import annotations

from streams.kafka.codec import encode_screening
from streams.kafka.transaction import Writer
from streams.rules.audit import law_judged_through, screening_key, screening_of
from streams.rules.law import Law


class ScreeningLog:
    """Collects records and writes them to ``topic``."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._pending: dict[bytes, bytes] = {}

    @staticmethod
    def watch(law: Law) -> None:
        """Have a law tell what it works out."""
        if law.fresh is None:
            law.fresh = []

    def take(self, law: Law, digest: str, consignment_id: str, at: int) -> None:
        """Note what the law worked out since, for a consignment, at ``at`` (ms UTC)."""
        fresh = law.fresh or []
        for key, value in fresh:
            screening = screening_of(key, value, digest, consignment_id, at)
            if screening is not None:
                self._pending.setdefault(screening_key(screening), encode_screening(screening))
        fresh.clear()

    def judged_through(self, law: Law, digest: str, partition: int, at: int) -> None:
        """Note that a partition is judged through under a law that came into force at ``at`` (ms UTC)."""
        screening = law_judged_through(law, digest, partition, at)
        self._pending[screening_key(screening)] = encode_screening(screening)

    def write(self, writer: Writer) -> None:
        """Add what is noted to the running transaction. Raises TransactionAborted, ProducerLost."""
        for key, value in self._pending.items():
            writer.produce(self._topic, key, value)

    def keep(self) -> None:
        """The transaction was committed."""
        self._pending.clear()
