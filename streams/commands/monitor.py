"""`transitwatch monitor`: one worker that judges events from Kafka as they come."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from importlib.metadata import version
from types import FrameType

import click

from streams.commands._common import current_settings
from streams.logs import configure, get_logger
from streams.settings import Settings

EXAMPLE = """
\b
Example:
  transitwatch monitor --bootstrap localhost:9092 --redis redis://localhost:6379/0 --slot 0
  TRANSITWATCH_MONITOR_SLOT=1 transitwatch monitor --reference bundled
"""


@click.command("monitor", epilog=EXAMPLE)
@click.option("--bootstrap", help="Kafka servers HOST:PORT[,HOST:PORT…] (default: from the settings).")
@click.option("--redis", "url", help="Redis URL redis:// or rediss:// (default: from the settings).")
@click.option("--slot", type=int, help="Number of this worker, its own and the same after a restart.")
@click.option("--group", help="Consumer group of the monitors.")
@click.option("--reference", type=click.Choice(["redis", "bundled"]), help="Where law and lists come from.")
@click.option("--http-port", type=int, help="Port of /health/* and /metrics; 0 takes a free one.")
def command(
    bootstrap: str | None, url: str | None, slot: int | None, group: str | None, reference: str | None,
    http_port: int | None,
) -> None:  # fmt: skip
    """Judge events from Kafka as they come, exactly once, until stopped (SIGTERM).

    Serves /health/live, /health/ready and /metrics. Exit codes: 0 stopped, 1 could not go on, 2 wrong settings.
    """
    settings = current_settings({
        "kafka.bootstrap": bootstrap, "redis.url": url, "monitor.slot": slot, "monitor.group": group,
        "reference.source": reference, "http.port": http_port,
    })  # fmt: skip
    configure(settings.log.level, settings.log.format)
    run_monitor(settings)


def run_monitor(settings: Settings, stop: threading.Event | None = None) -> None:
    """Run one monitor with its health server until ``stop`` (default: a signal). Raises what `Monitor.run` raises."""
    told = stop or _on_signal()  # before the slow imports: a worker told to stop while it loads still ends with 0
    from streams.kafka.registry import registry_of
    from streams.metrics import Metrics
    from streams.processors.health import HealthServer
    from streams.processors.monitor import Monitor
    from streams.processors.sources import source_of

    log = get_logger("transitwatch.monitor")
    metrics = Metrics(version("transitwatch"))
    log.info("starting", settings=settings.shown(), unsafe=list(settings.unsafe()))
    monitor = Monitor(settings, source_of(settings, metrics), metrics, told, registry=registry_of(settings.registry))
    health = HealthServer(
        settings.http.host, settings.http.port, monitor.status.live, monitor.status.ready, metrics.text
    )
    health.start()
    log.info("serving health and metrics", host=settings.http.host, port=health.port)
    gc.collect()
    gc.freeze()
    code = 1
    try:
        monitor.run()
        code = 0
    finally:
        health.close()
        log.info("stopped")
        if monitor.left_behind:  # the client's threads would be waited for and never end
            if code:
                log.error("could not go on", because=repr(sys.exception()))
            os._exit(code)


def _on_signal() -> threading.Event:
    stop = threading.Event()

    def ask(number: int, _: FrameType | None) -> None:
        get_logger("transitwatch.monitor").info("asked to stop", signal=signal.Signals(number).name)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop
