"""What several commands share: settings of the running command line, printing, bounded output."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

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


def json_line(value: Any) -> None:
    """One JSON object on a line of standard output."""
    click.echo(msgspec.json.encode(value).decode())


def printable(text: str) -> str:
    """Text from a record, safe for a terminal: control characters are shown, not obeyed."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
