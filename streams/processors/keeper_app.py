"""The Faust app `transitwatch agents`: reads the reference topics for the keeper and stops when the keeper fails.

Faust runs here on its aiokafka driver with concurrency 1, no tables, no leader topic and no topic
creation: it then starts against any broker that has the topics, the one inside librdkafka included.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import faust
import structlog
from faust.types.auth import CredentialsT

from streams.errors import ReferenceUnavailable
from streams.processors.keeper import Keeper
from streams.reference.topics import REFERENCE_TOPICS

log = structlog.get_logger(__name__)


def tls_context(config: Mapping[str, Any]) -> ssl.SSLContext:
    """A TLS context out of librdkafka's ``ssl.*`` settings (CA, client certificate and key as PEM files)."""
    context = ssl.create_default_context(cafile=config.get("ssl.ca.location"))
    if config.get("ssl.certificate.location"):
        context.load_cert_chain(
            config["ssl.certificate.location"], config.get("ssl.key.location"), config.get("ssl.key.password")
        )
    if config.get("ssl.endpoint.identification.algorithm") == "none":
        context.check_hostname = False
    return context


def credentials(config: Mapping[str, Any]) -> CredentialsT | None:
    """Faust's credentials out of librdkafka's settings; None for a plain connection.

    Raises ValueError for a security protocol or SASL mechanism that is not one.
    """
    protocol = str(config.get("security.protocol", "PLAINTEXT")).upper()
    if protocol not in {"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"}:
        raise ValueError(f"security.protocol {protocol!r}: expected PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL")
    if protocol == "PLAINTEXT":
        return None
    if protocol == "SSL":
        return faust.SSLCredentials(tls_context(config))
    mechanism = config.get("sasl.mechanism") or config.get("sasl.mechanisms") or "PLAIN"
    return faust.SASLCredentials(
        username=config.get("sasl.username"),
        password=config.get("sasl.password"),
        mechanism=mechanism,
        ssl_context=tls_context(config) if protocol == "SASL_SSL" else None,
    )


def build_app(config: Mapping[str, Any], keeper: Keeper, prefix: str = "") -> faust.App:
    """The Faust app that hands every message of the reference topics to the keeper.

    ``config`` is what a librdkafka client would get: ``bootstrap.servers`` and security. ``prefix`` stands before
    the topics' names and that of the consumer group.
    """
    topics = [prefix + base for base in REFERENCE_TOPICS]
    servers = [f"kafka://{server.strip()}" for server in str(config["bootstrap.servers"]).split(",")]
    app = faust.App(
        f"{prefix}transitwatch-reference-keeper",
        broker=servers,
        broker_credentials=credentials(config),
        autodiscover=False,
        consumer_auto_offset_reset="earliest",
        datadir=str(Path(tempfile.gettempdir()) / "transitwatch-agents"),  # Faust wants one, though no table is kept
        key_serializer="raw",
        value_serializer="raw",
        store="memory://",
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        stream_wait_empty=False,
    )

    @app.agent(app.topic(*topics, key_serializer="raw", value_serializer="raw"), name="reference-keeper")  # type: ignore[untyped-decorator]  # Faust ships no types
    async def keep(stream: Any) -> None:
        async for event in stream.events():
            message = event.message
            keeper.take(message.topic, message.partition, message.offset, message.value)

    return app


async def serve(app: faust.App, keeper: Keeper, stop: asyncio.Event) -> None:
    """Run app and keeper until ``stop`` is set.

    Raises ReferenceUnavailable when the keeper gave up or Faust stopped by itself.
    """
    keeping = asyncio.create_task(keeper.run(), name="keeper")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    app.finalize()
    await app.start()
    ended = asyncio.create_task(app.wait_until_stopped(), name="faust")
    try:
        await asyncio.wait({keeping, stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (stopping, ended):
            task.cancel()
        await app.stop()
        if not keeping.done():
            keeping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await keeping  # raises what made it give up
    if not stop.is_set():
        raise ReferenceUnavailable("the Kafka side of the reference keeper stopped by itself; see the log above")


def run_agents(config: Mapping[str, Any], keeper: Keeper, prefix: str = "") -> None:
    """Run until SIGTERM or SIGINT; ``prefix`` as in `build_app`. Raises ReferenceUnavailable as `serve` does."""

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await serve(build_app(config, keeper, prefix), keeper, stop)

    asyncio.run(main())
