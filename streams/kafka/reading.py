"""Reading topics outside of consumer groups: to their present end, or following what comes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.errors import KafkaUnavailable, TopicMissing
from streams.kafka.client import AWAY, consumer_config, kafka_trouble
from streams.settings import KafkaSettings

_GROUP = "transitwatch-reader"
_ANSWER_S = 10.0


def _starts(
    consumer: Consumer, topic: str, partitions: Iterable[int] | None, since_ms: int | None, timeout_s: float
) -> list[TopicPartition]:
    """Where to begin in each partition. Raises KafkaException, TopicMissing."""
    known = consumer.list_topics(topic, timeout=timeout_s).topics[topic]
    if known.error is not None:
        raise kafka_trouble(known.error, topic=topic)
    numbers = sorted(known.partitions) if partitions is None else sorted(partitions)
    for number in numbers:
        if number not in known.partitions:
            raise TopicMissing(f"no such partition; there are {len(known.partitions)}", topic=topic, partition=number)
    if since_ms is None:
        return [TopicPartition(topic, number, OFFSET_BEGINNING) for number in numbers]
    asked = [TopicPartition(topic, number, since_ms) for number in numbers]
    return consumer.offsets_for_times(asked, timeout=timeout_s)


def scan(
    kafka: KafkaSettings, topic: str, *, partitions: Iterable[int] | None = None, since_ms: int | None = None,
    offset: int | None = None, idle_s: float = 30.0,
) -> Iterator[Message]:  # fmt: skip
    """The committed records of a topic up to its present end; of all partitions unless some are named.

    Begins at ``offset`` in each, or at the first record not older than ``since_ms`` (ms UTC), or at the beginning.
    ``idle_s``: seconds without any answer after which Kafka counts as away. Raises KafkaTrouble.
    """
    reset = "earliest" if offset is None else "error"
    more = {"enable.partition.eof": True, "auto.offset.reset": reset, "fetch.wait.max.ms": 50}
    consumer = Consumer(consumer_config(kafka, _GROUP, more))
    try:
        starts = _starts(consumer, topic, partitions, since_ms, min(_ANSWER_S, idle_s))
        if offset is not None:
            starts = [TopicPartition(topic, s.partition, offset) for s in starts]
        consumer.assign(starts)
        open_ = {start.partition for start in starts}
        heard = time.monotonic()
        while open_:
            messages = consumer.consume(500, timeout=0.05)
            if messages:
                heard = time.monotonic()
            elif time.monotonic() - heard > idle_s:
                raise KafkaUnavailable(f"no answer for {idle_s:.0f} s at {kafka.bootstrap}", topic=topic)
            for message in messages:
                error = message.error()
                if error is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    open_.discard(message.partition() or 0)
                elif error.code() not in AWAY:  # a broker that is away may come back within idle_s
                    raise kafka_trouble(
                        error, topic=topic, partition=message.partition(), servers=kafka.client_config()
                    )
    except KafkaException as error:
        raise kafka_trouble(error, topic=topic, servers=kafka.client_config()) from error
    finally:
        consumer.close()


def follow(kafka: KafkaSettings, topic: str, *, from_beginning: bool = False) -> Iterator[Message | None]:
    """The committed records of a topic from now on (or from the beginning), without end; None about twice a second.

    What is stored after the call began is told, however slow the first answer is. A broker that goes away is
    waited for. Raises KafkaTrouble.
    """
    consumer = Consumer(consumer_config(kafka, _GROUP))
    try:
        starts = _starts(consumer, topic, None, None, _ANSWER_S)
        if not from_beginning:
            starts = [
                TopicPartition(topic, s.partition, consumer.get_watermark_offsets(s, timeout=_ANSWER_S)[1])
                for s in starts
            ]
        consumer.assign(starts)
        while True:
            message = consumer.poll(0.5)
            error = message.error() if message is not None else None
            if message is None or error is None:
                yield message
            elif error.code() not in AWAY:
                raise kafka_trouble(error, topic=topic, partition=message.partition())
    except KafkaException as error:
        raise kafka_trouble(error, topic=topic, servers=kafka.client_config()) from error
    finally:
        consumer.close()
