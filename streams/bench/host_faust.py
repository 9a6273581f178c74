"""Faust as host of the decision function. Run as a process by `bench throughput`.

One agent on both event topics, aiokafka driver, concurrency 1, state in memory, changelog and alerts sent as a Faust
user would (not waiting for each), offsets committed by Faust; at least once, as that is what works there.
"""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from typing import Any

import faust

from streams.bench.hosted import Hosted

LINGER_MS = 5
COMMIT_S = 1.0


def build_app(bootstrap: str, prefix: str, group: str) -> faust.App:
    """The app."""
    app = faust.App(
        group, broker=[f"kafka://{server}" for server in bootstrap.split(",")], autodiscover=False, store="memory://",
        consumer_auto_offset_reset="earliest", datadir=tempfile.mkdtemp(prefix="bench-faust-"), key_serializer="raw",
        value_serializer="raw", topic_allow_declare=False, topic_disable_leader=True, web_enabled=False,
        stream_wait_empty=False, producer_linger=LINGER_MS / 1000, producer_max_batch_size=1024 * 1024,
        broker_commit_interval=COMMIT_S, broker_commit_every=100_000,
        broker_max_poll_records=4_000, stream_buffer_maxsize=4_096,
    )  # fmt: skip
    judge = Hosted()
    states: dict[bytes, bytes] = {}
    raw = {"key_serializer": "raw", "value_serializer": "raw"}
    changelog, alerts = app.topic(prefix + "faust.state", **raw), app.topic(prefix + "alerts", **raw)

    @app.agent(app.topic(prefix + "shipments.events", prefix + "customs.events", **raw), concurrency=1, name="judge")  # type: ignore[untyped-decorator]  # Faust ships no types
    async def judge_events(stream: Any) -> None:
        async for event in stream.events():
            key, message = event.key, event.message
            done = judge(states.get(key), event.value, int(message.timestamp * 1000))
            if done.state is not None:
                states[key] = done.state
                await changelog.send(key=key, value=done.changelog, partition=message.partition)
                for alert in done.alerts:
                    await alerts.send(key=key, value=alert)

    return app


async def serve(app: faust.App) -> None:
    """Run the app until it stops."""
    app.finalize()
    await app.start()
    await app.wait_until_stopped()


def main() -> None:
    """Run until ended."""
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(serve(build_app(os.environ["BENCH_BOOTSTRAP"], os.environ["BENCH_PREFIX"], os.environ["BENCH_GROUP"])))
