"""`transitwatch doctor`: look at this installation and say what to do."""

from __future__ import annotations

import sys

import click
import msgspec

from streams import __version__
from streams.commands._common import current_settings, json_line, kafka_options, printable
from streams.commands.doctor_checks import Check, all_checks
from streams.setting_defs import SETTINGS
from streams.settings import Settings


def _url(_: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not value.startswith(("http://", "https://")):
        raise click.BadParameter(f"{value!r}; expected a URL such as http://localhost:8080", param=option)
    return value


@click.command("doctor")
@kafka_options
@click.option("--redis", "url", help="Redis URL redis:// or rediss:// (default: from the settings).")
@click.option("--live", callback=_url, help="Also ask a running monitor at this URL for its health.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(bootstrap: str | None, url: str | None, live: str | None, as_json: bool) -> None:
    """Check settings, schemas, Kafka and its topics, the schema registry, Redis and the age of the lists.

    Changes nothing. Secrets are hidden. Exit codes: 0 all is well, 1 something is not (each with what to do),
    2 settings that cannot be.

    \b
    Example:
      transitwatch doctor
      transitwatch doctor --live http://localhost:8080 --json
    """
    settings = current_settings({"kafka.bootstrap": bootstrap, "redis.url": url})
    if not as_json:
        _print_settings(settings)
    checks = []
    for check in all_checks(settings, live):
        checks.append(check)
        if not as_json:
            _print(check)
    bad = [check for check in checks if not check.ok]
    if as_json:
        json_line({
            "ok": not bad, "version": __version__, "settings": settings.shown(), "unsafe": settings.unsafe(),
            "checks": msgspec.to_builtins(checks),
        })  # fmt: skip
    else:
        click.echo(f"{len(bad)} of {len(checks)} checks found something to do" if bad else "all is well")
    if bad:
        sys.exit(1)


def _print_settings(settings: Settings) -> None:
    """What differs from the defaults."""
    click.echo(f"transitwatch {__version__}; settings that are not the default:")
    shown = settings.shown()
    for setting in SETTINGS:
        if shown[setting.key] != setting.default:
            click.echo(f"  {setting.key} = {shown[setting.key]}")


def _print(check: Check) -> None:
    click.echo(printable(f"{'ok     ' if check.ok else 'PROBLEM'} {check.name:9} {check.told}"))
    if check.do:
        click.echo(printable(f"                  do: {check.do}"))
