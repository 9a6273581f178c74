"""Quix Streams as host of the decision function. Run as a process, in an environment of its own, by `bench throughput`.

Exactly once, its own state store with its changelog topic, both event topics as one dataframe, a checkpoint every 4,000
events as the monitor's batch; decoding and judging are the monitor's own functions.
"""

from __future__ import annotations

import os
import tempfile
from typing import Any

from quixstreams import Application

from streams.bench.hosted import Hosted

BATCH = 4_000


def build_app(bootstrap: str, prefix: str, group: str) -> Application:
    """The application."""
    app = Application(
        broker_address=bootstrap, consumer_group=group, auto_offset_reset="earliest", loglevel="WARNING",
        processing_guarantee="exactly-once", commit_every=BATCH, commit_interval=5.0,
        state_dir=tempfile.mkdtemp(prefix="bench-quix-"), auto_create_topics=True,
        consumer_extra_config={
            "fetch.wait.max.ms": 20, "queued.max.messages.kbytes": 65_536, "fetch.message.max.bytes": 4 * 1024 * 1024,
        },
        producer_extra_config={
            "linger.ms": 5, "batch.num.messages": 10_000, "queue.buffering.max.messages": 1_000_000,
            "compression.type": "lz4", "partitioner": "murmur2_random",
        },
    )  # fmt: skip
    raw = {"key_deserializer": "bytes", "value_deserializer": "bytes"}
    inputs = [app.dataframe(app.topic(prefix + name, **raw)) for name in ("shipments.events", "customs.events")]
    alerts = app.topic(prefix + "alerts", key_serializer="bytes", value_serializer="bytes")
    judge = Hosted()

    def apply(value: bytes, key: bytes, timestamp: int, headers: Any, state: Any) -> tuple[bytes, ...]:
        done = judge(state.get_bytes("state"), value, timestamp)
        if done.state is not None:
            state.set_bytes("state", done.state)
        return done.alerts

    inputs[0].concat(inputs[1]).apply(apply, stateful=True, expand=True, metadata=True).to_topic(alerts)
    return app


def main() -> None:
    """Run until ended."""
    build_app(os.environ["BENCH_BOOTSTRAP"], os.environ["BENCH_PREFIX"], os.environ["BENCH_GROUP"]).run()
