"""What several commands share: settings of the running command line, printing, bounded output."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from streams.model.moments import parse_time
from streams.settings import Settings, load_settings

F = TypeVar("F", bound=Callable[..., Any])


def current_settings(options: dict[str, Any] | None = None) -> Settings:
    """The settings from environment and `--config`, under what the options of this command say (by key).

    Raises SettingsError.
    """
    context = click.get_current_context(silent=True)
    file = context.find_root().params.get("config") if context else None
    return load_settings(os.environ, file, options)


def kafka_options(function: F) -> F:
    """The option `--bootstrap` of every command that speaks to Kafka."""
    help_ = "Kafka servers HOST:PORT[,HOST:PORT…] (default: from the settings)."
    return click.option("--bootstrap", help=help_)(function)


def moment(_: click.Context, option: click.Parameter, value: str | None) -> int | None:
    """An option that is a time with offset, as ms UTC; a click callback. Raises BadParameter."""
    if value is None:
        return None
    try:
        return parse_time(value)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(
            f"{value!r} is no time with offset ({error}); write 2026-10-12T12:00:00+03:00", param=option
        ) from None


def json_line(value: Any) -> None:
    """One JSON object on a line of standard output."""
    click.echo(msgspec.json.encode(value).decode())


def printable(text: str) -> str:
    """Text from a record, safe for a terminal: control characters are shown, not obeyed."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


_SPAN = re.compile(r"(\d+)([smhd])")
_SPAN_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def _since(_: click.Context, option: click.Parameter, value: str | None) -> int | None:
    """A moment, ms UTC, from a time with offset or a span back from now."""
    if value is None:
        return None
    span = _SPAN.fullmatch(value)
    if span is not None:
        return time.time_ns() // 1_000_000 - int(span[1]) * _SPAN_MS[span[2]]
    try:
        return parse_time(value)
    except ValueError:
        expected = "a time with offset such as 2026-10-02T07:15:00+05:00, or a span such as 90s, 15m, 2h, 3d"
        raise click.BadParameter(f"{value!r}; expected {expected}", param=option) from None


def since_option(function: F) -> F:
    """The option `--since`; the command gets ms UTC or None."""
    help_ = "Only what is not older: a time with offset, or a span such as 90s, 15m, 2h, 3d."
    return click.option("--since", callback=_since, help=help_)(function)
