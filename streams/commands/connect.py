"""From the settings to what clients need: security, TLS, SASL, time limits. Options of a command win."""

from __future__ import annotations

from typing import Any

import redis

from streams.commands._common import current_settings
from streams.errors import ReferenceUnavailable
from streams.kafka.client import base_config
from streams.model.reference import AnyRecord
from streams.processors.sources import redis_options as options_of
from streams.reference.connection import RedisOptions, connect
from streams.reference.store import Pointer, RedisStore, VersionGone


def kafka_config(bootstrap: str | None) -> dict[str, Any]:
    """What a librdkafka client needs to connect. Holds secrets: not for logs. Raises SettingsError."""
    return base_config(current_settings({"kafka.bootstrap": bootstrap}).kafka)


def topic_prefix() -> str:
    """What stands before every topic name. Raises SettingsError."""
    return current_settings().kafka.topic_prefix


def redis_options(url: str | None) -> RedisOptions:
    """Where Redis is and how it is reached. Raises SettingsError."""
    return options_of(current_settings({"redis.url": url}).redis)


def records_in_redis(url: str | None) -> tuple[Pointer, list[AnyRecord]]:
    """The version in force in Redis and its records. Raises ReferenceUnavailable when it holds none or is away."""
    options = redis_options(url)
    client = connect(options)
    store = RedisStore(client)
    try:
        pointer = store.pointer()
        if pointer is None:
            raise ReferenceUnavailable(
                f"{options}: Redis holds no reference records; start `transitwatch agents` and publish"
            )
        return pointer, store.read(pointer)
    except (redis.RedisError, VersionGone) as error:
        raise ReferenceUnavailable(f"{options}: {type(error).__name__}: {error}") from error
    finally:
        client.close()
