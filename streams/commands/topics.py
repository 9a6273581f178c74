"""`transitwatch topics`: create, list and check the topics."""

from __future__ import annotations

import sys

import click

from streams.commands._common import current_settings, json_line, kafka_options
from streams.kafka.client import base_config
from streams.kafka.topics import DEFAULT_PARTITIONS, TOPICS, check_topics, create_topics, find_topics, topic_name


@click.group("topics")
def command() -> None:
    """The topics on Kafka: create those that are missing, list them, check how they are kept.

    \b
    Example:
      transitwatch topics create --bootstrap localhost:9092 --partitions 12 --replication 3
      transitwatch topics check --json
    """


@command.command("create")
@kafka_options
@click.option("--partitions", type=click.IntRange(1, 1000), default=DEFAULT_PARTITIONS, show_default=True,
              help="Of the event topics, state and alerts: the most workers that can share the load.")  # fmt: skip
@click.option("--replication", type=click.IntRange(1, 9), default=1, show_default=True,
              help="Copies of each record; 3 where there are three brokers.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def create_command(bootstrap: str | None, partitions: int, replication: int, as_json: bool) -> None:
    """Create the topics that are not there. What is there stays as it is; running it again does no harm.

    Exit codes: 0 all are there, 1 a problem remains (told as by `check`).

    \b
    Example:
      transitwatch topics create --bootstrap localhost:9092 --partitions 12 --replication 3
    """
    kafka = current_settings({"kafka.bootstrap": bootstrap}).kafka
    config = base_config(kafka)
    done = create_topics(config, kafka.topic_prefix, partitions, replication)
    problems = check_topics(config, kafka.topic_prefix)
    if as_json:
        json_line({"created": done.created, "present": done.present, "problems": problems})
    else:
        for name in done.created:
            click.echo(f"created  {name}")
        for name in done.present:
            click.echo(f"present  {name}")
    _end(problems, as_json)


@command.command("list")
@kafka_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object per topic and line.")
def list_command(bootstrap: str | None, as_json: bool) -> None:
    """List the topics, what they are for, and how the brokers have them.

    \b
    Example:
      transitwatch topics list --bootstrap localhost:9092
    """
    kafka = current_settings({"kafka.bootstrap": bootstrap}).kafka
    found = find_topics(base_config(kafka), kafka.topic_prefix)
    for spec in TOPICS:
        name, topic = topic_name(kafka.topic_prefix, spec.name), found.get(spec.name)
        if as_json:
            json_line({
                "topic": name, "present": topic is not None, "partitions": topic and topic.partitions,
                "replication": topic and topic.replication, "cleanup": topic and topic.cleanup,
                "meaning": spec.meaning,
            })  # fmt: skip
        elif topic is None:
            click.echo(f"{name:24}  missing                  {spec.meaning}")
        else:
            click.echo(
                f"{name:24}  {topic.partitions:3} x {topic.replication}  {topic.cleanup or '?':16} {spec.meaning}"
            )


@command.command("check")
@kafka_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def check_command(bootstrap: str | None, as_json: bool) -> None:
    """Say what is wrong with the topics and what to do. Exit codes: 0 nothing, 1 something.

    \b
    Example:
      transitwatch topics check --bootstrap localhost:9092
    """
    kafka = current_settings({"kafka.bootstrap": bootstrap}).kafka
    problems = check_topics(base_config(kafka), kafka.topic_prefix)
    if as_json:
        json_line({"problems": problems})
    elif not problems:
        click.echo("all topics are as they should be")
    _end(problems, as_json)


def _end(problems: list[str], as_json: bool) -> None:
    if problems:
        if not as_json:
            for problem in problems:
                click.echo(f"problem: {problem}", err=True)
        sys.exit(1)
