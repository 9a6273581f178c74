"""From the settings to what clients need: security, TLS, SASL, time limits. Options of a command win."""

from __future__ import annotations

from typing import Any

from streams.commands._common import current_settings
from streams.kafka.client import base_config
from streams.reference.connection import RedisOptions
from streams.settings import RedisSettings


def kafka_config(bootstrap: str | None) -> dict[str, Any]:
    """What a librdkafka client needs to connect. Holds secrets: not for logs. Raises SettingsError."""
    return base_config(current_settings({"kafka.bootstrap": bootstrap}).kafka)


def topic_prefix() -> str:
    """What stands before every topic name. Raises SettingsError."""
    return current_settings().kafka.topic_prefix


def redis_options(url: str | None) -> RedisOptions:
    """Where Redis is and how it is reached. Raises SettingsError."""
    return options_of(current_settings({"redis.url": url}).redis)


def options_of(redis: RedisSettings) -> RedisOptions:
    """The settings as the client takes them, secrets in the clear."""
    return RedisOptions(
        url=redis.url.reveal(),
        username=redis.username,
        password=redis.password.reveal() if redis.password is not None else None,
        ca_file=redis.ca_file,
        cert_file=redis.cert_file,
        key_file=redis.key_file,
        timeout_s=redis.timeout_s,
    )
