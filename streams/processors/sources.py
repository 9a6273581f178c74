"""From the settings to the reference source of a monitor."""

from __future__ import annotations

from streams.errors import SettingsError
from streams.metrics import Metrics
from streams.reference.bundled import bundled_records, load_records, merge_records
from streams.reference.cache import CachePolicy, RedisReferenceCache
from streams.reference.connection import RedisOptions
from streams.reference.source import FixedSource, ReferenceSource
from streams.settings import RedisSettings, Settings


def redis_options(redis: RedisSettings) -> RedisOptions:
    """How Redis is reached."""
    return RedisOptions(
        url=redis.url.reveal(), username=redis.username, password=redis.password.reveal() if redis.password is not None else None,
        ca_file=redis.ca_file, cert_file=redis.cert_file, key_file=redis.key_file, timeout_s=redis.timeout_s,
    )  # fmt: skip


def source_of(settings: Settings, metrics: Metrics | None = None) -> ReferenceSource:
    """The source that ``reference.source`` names, started. Raises SettingsError for a file with refused lines."""
    reference = settings.reference
    if reference.source == "redis":
        policy = CachePolicy(poll_s=reference.refresh_s, max_staleness_s=reference.max_staleness_s)
        on_error = metrics.redis_failed if metrics is not None else None
        return RedisReferenceCache(redis_options(settings.redis), policy, on_error=on_error).start()
    if reference.source == "bundled":
        return FixedSource(bundled_records())
    try:
        records, refusals = load_records(str(reference.path))
    except OSError as error:
        raise SettingsError("reference.path", str(reference.path), f"NDJSON files that can be read ({error})") from None
    if refusals:
        raise SettingsError("reference.path", str(refusals[0]), f"records only; {len(refusals)} lines were refused")
    return FixedSource(merge_records(bundled_records(), records))
