"""From the options of a command to client settings: what is said on the command line wins over the settings."""

from __future__ import annotations

import os
from typing import Any

from streams.reference.connection import RedisOptions


def kafka_config(bootstrap: str | None) -> dict[str, Any]:
    """What a librdkafka client needs to connect."""
    return {"bootstrap.servers": bootstrap or os.environ.get("TRANSITWATCH_KAFKA_BOOTSTRAP", "localhost:9092")}


def redis_options(url: str | None) -> RedisOptions:
    """Where Redis is."""
    return RedisOptions(url=url or os.environ.get("TRANSITWATCH_REDIS_URL", "redis://localhost:6379/0"))
