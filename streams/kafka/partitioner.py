"""Which partition a key belongs to: murmur2 as in Kafka's Java clients (librdkafka: `murmur2_random`)."""

from __future__ import annotations

_SEED = 0x9747B28C
_M = 0x5BD1E995
_32 = 0xFFFFFFFF


def murmur2(data: bytes) -> int:
    """The 32-bit murmur2 hash that Kafka uses, unsigned (org.apache.kafka.common.utils.Utils.murmur2)."""
    length = len(data)
    h = (_SEED ^ length) & _32
    whole = length & ~3
    for at in range(0, whole, 4):
        k = int.from_bytes(data[at : at + 4], "little") * _M & _32
        k = (k ^ (k >> 24)) * _M & _32
        h = (h * _M & _32) ^ k
    rest = data[whole:]
    if rest:
        h = (h ^ int.from_bytes(rest, "little")) * _M & _32
    h = (h ^ (h >> 13)) * _M & _32
    return h ^ (h >> 15)


def partition_of(key: bytes, count: int) -> int:
    """The partition of a key in a topic of ``count`` partitions."""
    return (murmur2(key) & 0x7FFFFFFF) % count
