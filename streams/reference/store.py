"""How the reference records lie in Redis: version N+1 beside N, one pointer, atomic switch.

=========================  ======  =====================================================================
key                        type    content
=========================  ======  =====================================================================
``tw:ref:current``         string  the pointer (JSON of `Pointer`); the only key that decides
``tw:ref:{N}:{kind}``      hash    record id -> record (JSON of the struct; days as days since 1970)
``tw:ref:{N}:offsets``     hash    ``topic:partition`` -> first offset of the topics that N does not hold
``tw:ref:seq``             string  the last version number given out
``tw:ref:changed``         channel the new version's number, published with the switch
=========================  ======  =====================================================================

A version is written under a time to live, counted, and made permanent in the same transaction that
moves the pointer; the version before stays for `LINGER_S` so that a reader in the middle of it can end.
Whoever dies on the way leaves keys that expire. Redis errors pass through as ``redis.RedisError``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import redis
from msgspec import Struct

from streams.model.reference import RECORD_TYPES, AnyRecord

PREFIX = "tw:ref"
LINGER_S = 600
BUILD_S = 3600
_CHUNK = 500
_MASK = (1 << 128) - 1
_decoders: dict[str, msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(cls) for kind, cls in RECORD_TYPES.items()
}


class Pointer(Struct, frozen=True):
    """Which version is in force: its number, the digest of its content, how many records, when built (ms UTC)."""

    version: int
    digest: str
    records: int
    built_at: int


class VersionGone(Exception):
    """The version that the pointer named is not complete (any more)."""


def encode(record: AnyRecord) -> bytes:
    """A record as it lies in Redis; equal records give equal bytes."""
    return msgspec.json.encode(record, order="deterministic")


def decode(kind: str, data: bytes) -> AnyRecord:
    """The inverse of `encode`. Raises msgspec.ValidationError."""
    record: AnyRecord = _decoders[kind].decode(data)
    return record


def _share(key: str, data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode() + b"\0" + data, digest_size=16).digest(), "big")


def digest_of(records: Iterable[AnyRecord]) -> str:
    """A digest of a set of records that does not depend on their order (a sum, so it follows changes cheaply)."""
    return f"{sum(_share(r.record_key, encode(r)) for r in records) & _MASK:032x}"


class RedisStore:
    """Reads and writes the versions of the reference records.

    ``client`` is a redis-py client that returns bytes; ``prefix`` keeps several systems apart.
    """

    def __init__(self, client: redis.Redis, prefix: str = PREFIX) -> None:
        self.client = client
        self.prefix = prefix
        self.channel = f"{prefix}:changed"
        self._current = f"{prefix}:current"
        self._given = 0

    def _key(self, version: int, part: str) -> str:
        return f"{self.prefix}:{version}:{part}"

    def _keys(self, version: int) -> list[str]:
        return [self._key(version, part) for part in (*RECORD_TYPES, "offsets")]

    def pointer(self) -> Pointer | None:
        """The version in force; None when Redis holds none."""
        data: Any = self.client.get(self._current)
        return None if data is None else msgspec.json.decode(data, type=Pointer)

    def read(self, pointer: Pointer) -> list[AnyRecord]:
        """All records of a version. Raises VersionGone when it is incomplete."""
        pipe = self.client.pipeline(transaction=False)
        for kind in RECORD_TYPES:
            pipe.hvals(self._key(pointer.version, kind))
        found = [
            decode(kind, data) for kind, values in zip(RECORD_TYPES, pipe.execute(), strict=True) for data in values
        ]
        if len(found) != pointer.records:
            raise VersionGone(f"version {pointer.version} holds {len(found)} of {pointer.records} records")
        return found

    def offsets(self, pointer: Pointer) -> dict[str, int]:
        """``topic:partition`` -> first offset that the version does not hold."""
        raw: Any = self.client.hgetall(self._key(pointer.version, "offsets"))
        return {key.decode(): int(value) for key, value in raw.items()}

    def replace(self, records: Iterable[AnyRecord], offsets: Mapping[str, int], now: int) -> Pointer:
        """Put a whole set in force, unless Redis holds the same already. ``now`` in ms UTC."""
        records = list(records)
        base = self.pointer()
        digest = digest_of(records)
        if base is not None and base.digest == digest and self._count(base.version) == base.records == len(records):
            self._note_offsets(base, offsets)
            return base
        version = self._next(base)
        self._write(version, {r.record_key: (r.kind, r.id, encode(r)) for r in records}, offsets)
        return self._switch(base, Pointer(version, digest, len(records), now))

    def apply(self, changes: Mapping[str, AnyRecord], offsets: Mapping[str, int], now: int) -> Pointer:
        """Put changed records (by record key) in force on top of the current version. ``now`` in ms UTC.

        Raises VersionGone when Redis holds no version, or another writer was faster: build anew.
        """
        base = self.pointer()
        if base is None or self._count(base.version) != base.records:
            raise VersionGone("Redis holds no complete version")
        digest, added, fresh = int(base.digest, 16), 0, {}
        for key, before in self._before(base, changes).items():
            after = encode(changes[key])
            if before != after:
                digest += _share(key, after) - (_share(key, before) if before is not None else 0)
                added += before is None
                fresh[key] = (changes[key].kind, changes[key].id, after)
        if not fresh:
            self._note_offsets(base, offsets)
            return base
        version = self._next(base)
        for old, new in zip(self._keys(base.version), self._keys(version), strict=True):
            content: Any = self.client.dump(old)
            if content is not None:
                self.client.restore(new, BUILD_S * 1000, content, replace=True)
        self._write(version, fresh, offsets)
        return self._switch(base, Pointer(version, f"{digest & _MASK:032x}", base.records + added, now))

    def _before(self, base: Pointer, changes: Mapping[str, AnyRecord]) -> dict[str, bytes | None]:
        pipe = self.client.pipeline(transaction=False)
        for record in changes.values():
            pipe.hget(self._key(base.version, record.kind), record.id)
        return dict(zip(changes, pipe.execute(), strict=True))

    def _next(self, base: Pointer | None) -> int:
        version = int(self.client.incr(f"{self.prefix}:seq"))
        before = max(self._given, base.version if base is not None else 0)
        if version <= before:  # Redis was emptied: go on counting, so that people see the order
            version = before + 1
            self.client.set(f"{self.prefix}:seq", version)
        self._given = version
        return version

    def complete(self, pointer: Pointer | None) -> bool:
        """Whether Redis holds as many records as the pointer says; False without a pointer."""
        return pointer is not None and self._count(pointer.version) == pointer.records

    def _count(self, version: int) -> int:
        pipe = self.client.pipeline(transaction=False)
        for kind in RECORD_TYPES:
            pipe.hlen(self._key(version, kind))
        return sum(pipe.execute())

    def _note_offsets(self, base: Pointer, offsets: Mapping[str, int]) -> None:
        if offsets:
            self.client.hset(
                self._key(base.version, "offsets"), mapping={key: str(value) for key, value in offsets.items()}
            )

    def _write(self, version: int, records: Mapping[str, tuple[str, str, bytes]], offsets: Mapping[str, int]) -> None:
        items = list(records.values())
        for start in range(0, len(items), _CHUNK):
            pipe = self.client.pipeline(transaction=False)
            for kind, record_id, data in items[start : start + _CHUNK]:
                pipe.hset(self._key(version, kind), record_id, data)
            pipe.execute()
        pipe = self.client.pipeline(transaction=False)
        if offsets:
            pipe.hset(self._key(version, "offsets"), mapping={key: str(value) for key, value in offsets.items()})
        for key in self._keys(version):
            pipe.expire(key, BUILD_S)
        pipe.execute()

    def _switch(self, base: Pointer | None, new: Pointer) -> Pointer:
        """Move the pointer from ``base`` to ``new``, or raise VersionGone when it is no longer there."""
        if self._count(new.version) != new.records:
            raise VersionGone(f"version {new.version} was not written completely")
        with self.client.pipeline(transaction=True) as pipe:
            try:
                pipe.watch(self._current)  # type: ignore[no-untyped-call]  # untyped in redis-py
                if self.pointer() != base:
                    raise VersionGone("another writer moved the pointer")
                pipe.multi()
                for key in self._keys(new.version):
                    pipe.persist(key)
                pipe.set(self._current, msgspec.json.encode(new))
                pipe.publish(self.channel, str(new.version))
                if base is not None:
                    for key in self._keys(base.version):
                        pipe.expire(key, LINGER_S)
                pipe.execute()
            except redis.WatchError as error:
                raise VersionGone("another writer moved the pointer") from error
        return new
