"""`transitwatch demo`: the main job on this machine with nothing but Python, told as it goes."""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from streams.commands._common import json_line, printable
from streams.commands.demo_account import HEROES, STORIES, Account, account_lines, next_lines, read_account
from streams.commands.demo_site import Site
from streams.model.events import Event
from streams.model.intake import event_from_json, load_json

EXAMPLE = """
\b
Example:
  transitwatch demo
  transitwatch demo --serve
"""
_SETTLED_S = 45.0
_A_SECOND = 20
"""Events a second that a demo which keeps running is fed."""
_FAR_MS = 4_000_000_000_000
"""Intake time beyond all traffic of the demo, so that a clock that goes wrong refuses none of it."""


def _event(line: bytes) -> Event:
    return event_from_json(load_json(line), _FAR_MS)[0]


def _traffic(count: int) -> Iterator[Event]:
    """The heroes, then generated traffic in order of arrival."""
    from streams.feed.traffic import feed

    yield from map(_event, STORIES.read_bytes().splitlines())
    yield from map(_event, feed(count, 1, lambda _: None))


def _endless() -> Iterator[Event]:
    """Further traffic, of consignments of their own."""
    from streams.feed.traffic import feed

    for line in feed(10_000_000, 2, lambda _: None):
        yield _event(line.replace(b'"TW-', b'"TX-'))


def _judge_all(site: Site, count: int) -> Account:
    """Wait until all that was fed is judged, and read what came of it. Raises DemoFailed."""

    def judged() -> bool:
        health = site.health()
        return health.get("lag") == 0 and health.get("consignments", 0) >= count

    site.wait_for(judged, f"{count} consignments judged", _SETTLED_S)
    deadline = time.monotonic() + _SETTLED_S
    before = -1
    while True:  # timers that are due follow the events: read until nothing more comes
        account = read_account(site.kafka)
        site.check()
        if account.versions == before and not account.wrong():
            return account
        if time.monotonic() > deadline:
            return account
        before = account.versions
        time.sleep(1.0)


def _serve(site: Site) -> None:
    """Feed a little all the time, until SIGINT or SIGTERM."""
    more = _endless()
    while True:
        site.feed(islice(more, _A_SECOND))
        site.check()
        time.sleep(1.0)


def _stop_on_sigterm() -> None:
    def end(number: int, _: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)


@click.command("demo", epilog=EXAMPLE)
@click.option("--consignments", type=click.IntRange(1, 5000), default=300, show_default=True,
              help="Generated traffic beside the four stories that are told.")  # fmt: skip
@click.option("--serve", is_flag=True, help="Keep it running, with /metrics and a little traffic, until stopped.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object instead of the account.")
def command(consignments: int, serve: bool, as_json: bool) -> None:
    """Show the main job on this machine with nothing but Python: flagged, covered by a waiver, and why.

    Starts a broker and a Redis of its own, publishes the bundled law, runs the agents and the monitor as in production,
    feeds them and reads the alerts. Nothing is left behind. Exit codes: 0 the four stories got their verdicts, 1 not.
    """
    started = time.monotonic()

    def tell(line: str) -> None:
        if not as_json:
            click.echo(f"{time.monotonic() - started:5.1f} s  {line}")

    _stop_on_sigterm()
    try:
        with tempfile.TemporaryDirectory(prefix="transitwatch-demo-") as folder, Site(Path(folder), tell) as site:
            count = site.feed(_traffic(consignments))
            tell(f"feed     {count} events of {consignments + len(HEROES)} consignments written to Kafka")
            account = _judge_all(site, consignments + len(HEROES))
            tell(f"judged   {len(account.decisions)} consignments, {account.versions} alert versions read back")
            _show(account, site if serve else None, as_json)
            if account.wrong():
                sys.exit(1)
            if serve:
                _serve(site)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)


def _show(account: Account, site: Site | None, as_json: bool) -> None:
    if as_json:
        json_line({**account.summary(), **({"running": site.addresses()} if site is not None else {})})
        return
    click.echo()
    for line in account_lines(account):
        click.echo(printable(line))
    for wrong in account.wrong():
        click.echo(f"NOT AS EXPECTED: {printable(wrong)}", err=True)
    for line in next_lines(site.addresses() if site is not None else None):
        click.echo(line)
    if site is not None:
        click.echo("Running; Ctrl-C ends it.")
