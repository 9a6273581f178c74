"""Keys go to the partitions of Kafka's Java clients."""

from __future__ import annotations

import pytest

from streams.kafka.partitioner import murmur2, partition_of


@pytest.mark.parametrize(("key", "signed"), [
    (b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536),
    (b"a-little-bit-longer-string", -1486304829),
    (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971), (b"abc", 479470107),
])  # fmt: skip
def test_the_hash_is_the_one_of_the_test_of_kafka_itself(key: bytes, signed: int) -> None:
    assert murmur2(key) == signed % 2**32


def test_a_partition_is_never_negative_and_below_the_count() -> None:
    assert {partition_of(b"C-%d" % n, 7) for n in range(200)} == set(range(7))
