"""From the settings to what clients need: security, TLS, SASL, time limits. Options of a command win."""

from __future__ import annotations

from typing import Any

from streams.commands._common import current_settings
from streams.kafka.client import base_config
from streams.processors.sources import redis_options as options_of
from streams.reference.connection import RedisOptions


def kafka_config(bootstrap: str | None) -> dict[str, Any]:
    """What a librdkafka client needs to connect. Holds secrets: not for logs. Raises SettingsError."""
    return base_config(current_settings({"kafka.bootstrap": bootstrap}).kafka)


def topic_prefix() -> str:
    """What stands before every topic name. Raises SettingsError."""
    return current_settings().kafka.topic_prefix


def redis_options(url: str | None) -> RedisOptions:
    """Where Redis is and how it is reached. Raises SettingsError."""
    return options_of(current_settings({"redis.url": url}).redis)
