"""`transitwatch alerts`: follow the alerts as they are committed."""

from __future__ import annotations

import time
from collections.abc import Callable

import click

from streams.commands._common import current_settings, json_line, kafka_options, printable
from streams.errors import InvalidInput
from streams.kafka.codec import decode_alert
from streams.kafka.reading import follow
from streams.kafka.registry import registry_of
from streams.kafka.topics import ALERTS, topic_name
from streams.model.decision import ALERTING, PRECEDENCE, Alert

_UNLOCODE = 5
VERDICTS = click.Choice([v for v in PRECEDENCE if v in ALERTING or v == "CLEAR"])


@click.group("alerts")
def command() -> None:
    """Alerts: versions of findings, opened, updated, withdrawn.

    \b
    Example:
      transitwatch alerts tail --verdict BREACH
    """


def line_of(alert: Alert) -> str:
    """An alert version in one line: when it was decided, what it is about, why, and who is exposed."""
    text = (
        f"{alert.decided_at}  {alert.consignment_id}  {alert.verdict}  {alert.rule} {alert.status} v{alert.version}  "
        f"{alert.because}"
    )
    if alert.missing:
        text += f"  missing: {', '.join(alert.missing)}"
    if alert.exposed:
        text += "  exposed: " + ", ".join(
            f"{e.name} ({e.role}{', ' + e.country if e.country else ''})" for e in alert.exposed
        )
    for warning in alert.warnings:
        text += f"  warning: {warning}"
    return printable(text)


def in_country(alert: Alert, country: str) -> bool:
    """Whether someone exposed is of the country, or a place of the consignment lies in it (by UN/LOCODE)."""
    return any(e.country == country for e in alert.exposed) or any(
        (len(p) == _UNLOCODE and p.startswith(country)) or p == f"somewhere in {country}" for p in alert.places
    )


def _wanted(rules: tuple[str, ...], verdicts: tuple[str, ...], country: str | None) -> Callable[[Alert], bool]:
    def wanted(alert: Alert) -> bool:
        return (
            (not rules or alert.rule in rules)
            and (not verdicts or alert.verdict in verdicts)
            and (country is None or in_country(alert, country))
        )

    return wanted


def _country(_: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not (len(value) == 2 and value.isascii() and value.isalpha()):
        raise click.BadParameter(f"{value!r}; expected an ISO 3166-1 alpha-2 code such as EE", param=option)
    return value.upper() if value is not None else None


@command.command("tail")
@kafka_options
@click.option("--rule", "rules", multiple=True, metavar="R02", help="Only this rule; several allowed.")
@click.option("--verdict", "verdicts", multiple=True, type=VERDICTS,
              help="Only this verdict; several allowed. A withdrawn alert may carry CLEAR.")  # fmt: skip
@click.option(
    "--country", callback=_country, help="Only where someone exposed is of, or a place lies in, this country."
)
@click.option("--from-beginning", is_flag=True, help="Also what is there already.")
@click.option("--limit", type=click.IntRange(1), help="End after so many alerts.")
@click.option("--timeout", type=click.FloatRange(0.1), help="End after so many seconds without an alert to show.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per alert version and line (contract 3.2).")
def tail_command(
    bootstrap: str | None, rules: tuple[str, ...], verdicts: tuple[str, ...], country: str | None,
    from_beginning: bool, limit: int | None, timeout: float | None, as_json: bool,
) -> None:  # fmt: skip
    """Show alerts as they are committed, until stopped, `--limit` or `--timeout`. Aborted transactions are not seen.

    \b
    Example:
      transitwatch alerts tail --verdict BREACH --verdict NEEDS_WAIVER --country EE
      transitwatch alerts tail --from-beginning --timeout 5 --json
    """
    settings = current_settings({"kafka.bootstrap": bootstrap})
    registry, wanted = registry_of(settings.registry), _wanted(rules, verdicts, country)
    topic = topic_name(settings.kafka.topic_prefix, ALERTS)
    shown, heard = 0, time.monotonic()
    try:
        for message in follow(settings.kafka, topic, from_beginning=from_beginning):
            value = message.value() if message is not None else None
            alert = None
            if message is not None and value is not None:
                try:
                    alert = decode_alert(value, registry)
                except InvalidInput as error:
                    click.echo(f"unreadable: {topic}[{message.partition()}]@{message.offset()}: {error}", err=True)
            if alert is not None and wanted(alert):
                if as_json:
                    json_line(alert)
                else:
                    click.echo(line_of(alert))
                shown, heard = shown + 1, time.monotonic()
            if shown == limit or (timeout is not None and time.monotonic() - heard > timeout):
                return
    except KeyboardInterrupt:
        return  # the ordinary way to end it
