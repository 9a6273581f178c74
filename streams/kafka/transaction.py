"""Writing with Kafka transactions: state, alerts, dead letters and consumed offsets of a batch, all or nothing.

========================================  ==========================================================================
if it fails here                          then
========================================  ==========================================================================
while records are produced                `TransactionAborted`: the caller reads its input again
offsets sent, generation is not current   `TransactionAborted`: a rebalance went on; the new owner reads them
commit: the broker says retriable         the same commit is called again until `patience_s`
commit: no answer within `patience_s`     `ProducerLost("commit_unknown")`: only a new producer of the same id finds out
fenced, or a fatal error                  `ProducerLost("fenced" | "fatal")`
a call of the client hangs                `ProducerLost("timeout")`: the client is left behind (see `bounded`)
killed in the middle                      the next producer of the same id aborts what was left open (`start`)
========================================  ==========================================================================

A stable `transactional.id` per worker slot makes the last line true at once instead of after the transaction's timeout.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from msgspec import Struct

from streams.errors import DeadLetterUnwritable, ProducerLost, TransactionAborted
from streams.kafka.bounded import BoundedCaller, CallHangs

_FENCED = frozenset({
    KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH, KafkaError.FENCED_INSTANCE_ID,
})  # fmt: skip
_STEP_S = 5.0
_HANGS_AFTER_S = 15.0
_AGAIN_MS, _AGAIN_MOST_MS = 10, 20
"""A broker that still writes the marks of the last transaction refuses the next one for some ms. The client then asks again
after its ordinary pause of 100 ms and more, which was most of the latency of one alert in a hundred (compare KAFKA-5477)."""
Headers = Sequence[tuple[str, bytes]]


class TransactionPolicy(Struct, frozen=True, kw_only=True):
    """How long a commit is waited for before its result counts as unknown (`patience_s`), in seconds.

    `timeout_s`: after which the broker aborts an open transaction by itself.
    """

    timeout_s: float = 60.0
    patience_s: float = 120.0


class Writer(Protocol):
    """Where a batch is written; `commit` makes all of it and the consumed offsets count at once."""

    def start(self) -> None:
        """Get ready to write; ends what an earlier writer of the same id left open. Raises ProducerLost."""

    def begin(self) -> None:
        """Begin a batch. Raises ProducerLost."""

    def produce(self, topic: str, key: bytes | None, value: bytes | None, partition: int = -1) -> None:
        """Add a record; ``partition`` -1 leaves it to the partitioner. Raises TransactionAborted, ProducerLost."""

    def produce_dead(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Add a dead letter; if it cannot be stored, `commit` raises DeadLetterUnwritable."""

    def commit(self, offsets: Iterable[TopicPartition], group: object) -> None:
        """Make the batch and the consumed offsets count; ``group`` is what `group_of` gave when they were read.

        Raises TransactionAborted, ProducerLost, DeadLetterUnwritable.
        """

    @property
    def hangs(self) -> bool:
        """Whether a call into the client never came back."""

    def abort(self) -> None:
        """Drop the batch. Raises ProducerLost."""

    def close(self) -> None:
        """Let go of the client."""


class TransactionalWriter:
    """A `Writer` on one Kafka transaction after the other."""

    def __init__(
        self, config: Mapping[str, Any], transactional_id: str, policy: TransactionPolicy,
        on_wait: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self.transactional_id = transactional_id
        self._policy = policy
        self._on_wait = on_wait
        self._producer = Producer({
            "linger.ms": 5, "batch.num.messages": 10_000, "queue.buffering.max.messages": 1_000_000,
            "queue.buffering.max.kbytes": 512 * 1024, "compression.type": "lz4", "partitioner": "murmur2_random",
            "retry.backoff.ms": _AGAIN_MS, "retry.backoff.max.ms": _AGAIN_MOST_MS, **config,
            "transactional.id": transactional_id, "transaction.timeout.ms": int(policy.timeout_s * 1000),
        })  # fmt: skip
        self._caller = BoundedCaller(f"calls of {transactional_id}")
        self._dead: KafkaError | None = None
        self._dead_topic = ""
        self._open = False

    @property
    def hangs(self) -> bool:
        """Whether a call into the client never came back: the process must then end without waiting for it."""
        return self._caller.hangs

    def start(self) -> None:
        """See `Writer.start`."""
        self._steadily("init_transactions", lambda: self._producer.init_transactions(_STEP_S))

    def begin(self) -> None:
        """See `Writer.begin`."""
        self._dead = None
        try:
            self._producer.begin_transaction()
        except KafkaException as error:
            raise _lost(error.args[0]) from error
        self._open = True

    def produce(self, topic: str, key: bytes | None, value: bytes | None, partition: int = -1) -> None:
        """See `Writer.produce`."""
        try:
            self._producer.produce(topic, value, key, partition)
        except BufferError:
            self._producer.poll(0.1)
            self.produce(topic, key, value, partition)
        except KafkaException as error:
            self._failed("produce", error)

    def produce_dead(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """See `Writer.produce_dead`."""

        def stored(error: KafkaError | None, _: Message) -> None:
            if error is not None and error.code() not in (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT):
                self._dead = error

        self._dead_topic = topic
        try:
            self._producer.produce(topic, value, key, headers=[*headers], on_delivery=stored)
        except BufferError:
            self._producer.poll(0.1)
            self.produce_dead(topic, key, value, headers)
        except KafkaException as error:
            if error.args[0].code() in _FENCED:
                self._failed("produce", error)
            self._dead = error.args[0]
            self._raise_dead()

    def commit(self, offsets: Iterable[TopicPartition], group: object) -> None:
        """See `Writer.commit`."""
        wanted = list(offsets)
        if wanted:
            self._steadily(
                "send_offsets_to_transaction",
                lambda: self._producer.send_offsets_to_transaction(wanted, group, _STEP_S),
            )
        self._steadily("commit_transaction", lambda: self._producer.commit_transaction(_STEP_S))
        self._open = False

    def abort(self) -> None:
        """See `Writer.abort`."""
        if not self._open:
            return
        self._steadily("abort_transaction", lambda: self._producer.abort_transaction(_STEP_S))
        self._open = False

    def close(self) -> None:
        """See `Writer.close`."""
        if not self.hangs:
            self._producer.purge()
            self._producer.close()
        self._caller.close()

    def _steadily(self, step: str, call: Callable[[], None]) -> None:
        """Call until it is done, as long as the client says that it may be called again."""
        deadline = time.monotonic() + self._policy.patience_s
        while True:
            try:
                self._caller.call(call, _HANGS_AFTER_S, self._on_wait)
            except CallHangs:
                self._open = False
                raise ProducerLost("timeout", f"{step} did not come back in {_HANGS_AFTER_S:.0f} s") from None
            except KafkaException as error:
                told: KafkaError = error.args[0]
                if not told.retriable() or time.monotonic() > deadline:
                    self._failed(step, error)
                self._on_wait()
            else:
                return

    def _failed(self, step: str, error: KafkaException) -> None:
        """Turn a client error into ours; what can be aborted is."""
        told: KafkaError = error.args[0]
        if told.code() in _FENCED:
            raise ProducerLost("fenced", f"{step}: {told.str()}") from error
        if told.fatal():
            raise _lost(told, step) from error
        if step == "abort_transaction":
            raise ProducerLost("timeout", f"{step}: {told.str()}") from error
        if told.retriable() and step == "commit_transaction":
            raise ProducerLost("commit_unknown", f"{step}: {told.str()}") from error
        if told.retriable() and step == "init_transactions":
            raise ProducerLost("timeout", f"{step}: {told.str()}") from error
        self.abort()
        self._producer.poll(0)
        self._raise_dead(error)
        raise TransactionAborted(f"{step}: {told.str()}") from error

    def _raise_dead(self, cause: BaseException | None = None) -> None:
        if self._dead is not None:
            self.abort()
            raise DeadLetterUnwritable(self._dead_topic, self._dead.str()) from cause


def _lost(error: KafkaError, step: str = "begin_transaction") -> ProducerLost:
    cause = "fenced" if error.code() in _FENCED else "fatal"
    return ProducerLost(cause, f"{step}: {error.str()}")


class AtLeastOnceWriter:
    """A `Writer` without transactions, for comparisons: after a crash alerts may be repeated or disagree with the state.

    Offsets are committed last, after the records of the batch were stored.
    """

    def __init__(self, config: Mapping[str, Any], consumer: Consumer, flush_s: float = 60.0) -> None:
        self._producer = Producer({"linger.ms": 5, "partitioner": "murmur2_random", **config, "acks": "all"})
        self._consumer = consumer
        self._flush_s = flush_s

    hangs = False

    def start(self) -> None:
        """Nothing to wait for."""

    def begin(self) -> None:
        """Nothing to begin."""

    def produce(self, topic: str, key: bytes | None, value: bytes | None, partition: int = -1) -> None:
        """Send at once."""
        try:
            self._producer.produce(topic, value, key, partition)
        except BufferError:
            self._producer.poll(0.1)
            self.produce(topic, key, value, partition)

    def produce_dead(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Send at once."""
        self._producer.produce(topic, value, key, headers=[*headers])

    def commit(self, offsets: Iterable[TopicPartition], group: object) -> None:
        """Wait for what was sent, then commit the offsets. Raises ProducerLost, TransactionAborted."""
        if self._producer.flush(self._flush_s):
            raise ProducerLost("timeout", "flush: records not stored in time")
        wanted = list(offsets)
        try:
            if wanted:
                self._consumer.commit(offsets=wanted, asynchronous=False)
        except KafkaException as error:
            raise TransactionAborted(f"commit of offsets: {error.args[0].str()}") from error

    def abort(self) -> None:
        """What was sent stays sent."""

    def close(self) -> None:
        """Send what is left."""
        self._producer.flush(5)
