"""The client for Redis: plain or TLS, with user and password, always with timeouts."""

from __future__ import annotations

from typing import Any

import redis
from msgspec import Struct
from redis.backoff import NoBackoff
from redis.retry import Retry


class RedisOptions(Struct, frozen=True, kw_only=True):
    """Where Redis is and how it is reached.

    ``url`` is ``redis://host:port/db``, ``rediss://`` for TLS or ``unix://``; user and password may stand in it
    or beside it. `ca_file` (PEM) is what the server's certificate is checked against (None: the
    system's), `cert_file`/`key_file` are a client certificate. `timeout_s` bounds every call, in seconds.
    """

    url: str = "redis://localhost:6379/0"
    username: str | None = None
    password: str | None = None
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    timeout_s: float = 2.0

    def __repr__(self) -> str:
        return f"RedisOptions(url={hide_password(self.url)!r}, ca_file={self.ca_file!r}, timeout_s={self.timeout_s})"

    __str__ = __repr__  # no secret in logs


def hide_password(url: str) -> str:
    """The URL without what stands before ``@`` in it."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://***@{rest.rpartition('@')[2]}" if "@" in rest else url


def connect(options: RedisOptions) -> redis.Redis:
    """A client that answers or fails within `timeout_s`; nothing is sent yet.

    It does not retry by itself: readers and writers say how they go on when Redis is away.
    Raises ValueError when the URL is none.
    """
    more: dict[str, Any] = {}
    if options.url.startswith("rediss://"):
        more["ssl_cert_reqs"] = "required"
        if options.ca_file:
            more["ssl_ca_certs"] = options.ca_file
        if options.cert_file:
            more |= {"ssl_certfile": options.cert_file, "ssl_keyfile": options.key_file}
    if options.username:
        more["username"] = options.username
    if options.password:
        more["password"] = options.password
    return redis.Redis.from_url(
        options.url, socket_timeout=options.timeout_s, socket_connect_timeout=options.timeout_s,
        retry=Retry(NoBackoff(), 0), **more,
    )  # fmt: skip
