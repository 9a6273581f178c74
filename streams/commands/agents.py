"""`transitwatch agents`: the Faust agents; today the keeper of the reference records in Redis."""

from __future__ import annotations

import time

import click

from streams.commands._common import current_settings
from streams.commands.connect import kafka_config, redis_options, topic_prefix
from streams.errors import ReferenceUnavailable
from streams.logs import configure
from streams.reference.connection import connect
from streams.reference.store import RedisStore


@click.command("agents")
@click.option("--bootstrap", help="Kafka bootstrap servers HOST:PORT[,HOST:PORT…] (default: from the settings).")
@click.option("--redis", "url", help="Redis URL redis:// or rediss:// (default: from the settings).")
@click.option("--patience", default=300.0, show_default=True, help="Seconds without Redis or Kafka before giving up.")
def command(bootstrap: str | None, url: str | None, patience: float) -> None:
    """Keep the reference records in Redis in step with the reference topics, until stopped.

    One process is enough; a second one takes over when the first is gone. Ends with 1 when Redis or Kafka
    stay away longer than --patience.

    \b
    Example:
      transitwatch agents --bootstrap localhost:9092 --redis redis://localhost:6379/0
    """
    from streams.processors.keeper import Keeper, KeeperPolicy
    from streams.processors.keeper_app import run_agents
    from streams.reference.topics import read_topics

    config, options, prefix = kafka_config(bootstrap), redis_options(url), topic_prefix()
    log = current_settings().log
    configure(log.level, log.format)
    client = connect(options)
    keeper = Keeper(RedisStore(client), lambda: read_topics(config, prefix=prefix), KeeperPolicy(patience_s=patience))
    started = time.monotonic()
    try:
        run_agents(config, keeper, prefix)
    except (ReferenceUnavailable, ValueError) as error:
        raise click.ClickException(f"agents stopped after {time.monotonic() - started:.0f} s: {error}") from error
    finally:
        client.close()
