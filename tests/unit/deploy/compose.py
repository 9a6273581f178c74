"""Checks of a compose file against the compose schema, the real command line, the files of the project, and sense."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import click
import jsonschema

from streams.cli import cli

ROOT = Path(__file__).parents[3]
SCHEMA = Path(__file__).parent / "data" / "compose-spec.json"
PINNED = re.compile(r"[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*(@sha256:[0-9a-f]{64})?")
_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|AUTH$")
_FROM_OUTSIDE = re.compile(r"\$\{[A-Z_]+(:?[-?][^}]*)?\}")
_ENDS = frozenset({";", "|", "||", "&&", "\n"})
ONCE = ("topics", "reference")
"""Commands that end by themselves; whoever waits for one waits for its success."""

Compose = Mapping[str, Any]


@lru_cache(maxsize=1)
def _schema() -> Any:
    return json.loads(SCHEMA.read_text("utf-8"))


def schema_problems(compose: Compose) -> Iterator[str]:
    """What the compose schema does not allow."""
    for error in jsonschema.Draft201909Validator(_schema()).iter_errors(compose):
        yield f"schema: {'.'.join(map(str, error.absolute_path))}: {error.message[:200]}"


def _ours(service: Mapping[str, Any]) -> bool:
    return str(service.get("image", "")).startswith("transitwatch:")


def _arguments(text: Any) -> list[str]:
    return shlex.split(text) if isinstance(text, str) else [str(part) for part in text or ()]


def shell_commands(script: str) -> Iterator[list[str]]:
    """The calls of `transitwatch` in a shell script, each as its arguments; variables become 1."""
    text = re.sub(r"\$\$\(\(.*?\)\)|\$\$\(.*?\)|\$\$\{?\w+\}?", "1", script)
    tokens = shlex.shlex(text.replace("\n", " ; "), posix=True, punctuation_chars=True)
    tokens.whitespace_split = True
    call: list[str] | None = None
    for token in [*tokens, ";"]:
        if token in _ENDS:
            if call is not None:
                yield call
            call = None
        elif call is not None:
            call.append(token)
        elif token == "transitwatch":
            call = []


def calls_of(service: Mapping[str, Any]) -> list[list[str]]:
    """The command lines of `transitwatch` that a service runs."""
    entry, command = _arguments(service.get("entrypoint")), _arguments(service.get("command"))
    if not entry:
        return [command]
    return [call for script in (*entry, *command) for call in shell_commands(script)]


def cli_problem(arguments: list[str]) -> str | None:
    """Why the real command line would refuse the arguments; None when it would run them."""
    command: click.Command = cli
    context, rest = click.Context(cli, info_name="transitwatch"), list(arguments)
    try:
        while isinstance(command, click.Group):
            if not rest:
                return "no command"
            found = command.get_command(context, rest[0])
            if found is None:
                return f"no such command: {rest[0]}"
            command, rest = found, rest[1:]
        command.make_context(command.name, rest, parent=context)
    except click.ClickException as error:
        return error.format_message()
    except click.exceptions.Exit:
        return "it would only show its help"
    return None


def command_problems(compose: Compose) -> Iterator[str]:
    """Commands of ours that the command line refuses, and services that run none."""
    for name, service in compose["services"].items():
        if not _ours(service):
            continue
        calls = calls_of(service)
        if not calls:
            yield f"{name}: runs no command of transitwatch"
        for call in calls:
            because = cli_problem(call)
            if because is not None:
                yield f"{name}: `transitwatch {' '.join(call)}`: {because}"


def file_problems(compose: Compose, root: Path = ROOT) -> Iterator[str]:
    """Mounted files and build files that are not there, and named volumes that are not declared."""
    for name, service in compose["services"].items():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0] if isinstance(mount, str) else mount["source"]
            if source.startswith((".", "/")):
                if not (root / source).exists():
                    yield f"{name}: {source} does not exist"
            elif source not in compose.get("volumes", {}):
                yield f"{name}: volume {source} is not declared"
        build = service.get("build")
        if build and not (root / build["context"] / build["dockerfile"]).is_file():
            yield f"{name}: {build['dockerfile']} does not exist"


def image_problems(compose: Compose) -> Iterator[str]:
    """Images without a pinned version."""
    for name, service in compose["services"].items():
        if not PINNED.fullmatch(str(service.get("image", ""))):
            yield f"{name}: image {service.get('image')} has no pinned version"


def _needs(service: Mapping[str, Any]) -> Mapping[str, Any]:
    needs = service.get("depends_on", {})
    return needs if isinstance(needs, dict) else {name: {"condition": "service_started"} for name in needs}


def _has_health(service: Mapping[str, Any]) -> bool:
    health = service.get("healthcheck")
    return bool(health.get("test")) if health is not None else _ours(service)  # ours: that of the Dockerfile


def order_problems(compose: Compose) -> Iterator[str]:
    """Services that wait for one that is not there, for a health nobody checks, or for the wrong thing."""
    services = compose["services"]
    for name, service in services.items():
        for other, how in _needs(service).items():
            condition = how["condition"]
            if other not in services:
                yield f"{name}: depends on {other}, which is not there"
            elif condition == "service_healthy" and not _has_health(services[other]):
                yield f"{name}: waits for the health of {other}, which has no check"
            elif (other in ONCE) != (condition == "service_completed_successfully"):
                yield f"{name}: depends on {other} by {condition}"


def secret_problems(compose: Compose) -> Iterator[str]:
    """Secrets written down instead of taken from the environment, and ports open to other machines."""
    for name, service in compose["services"].items():
        for key, value in service.get("environment", {}).items():
            if _SECRET.search(key) and not _FROM_OUTSIDE.fullmatch(str(value)):
                yield f"{name}: {key} is written down"
        for port in service.get("ports", ()):
            if not str(port).startswith("127.0.0.1:"):
                yield f"{name}: port {port} is open to other machines"


def problems(compose: Compose) -> list[str]:
    """Everything that is wrong with a compose file."""
    checks = (schema_problems, command_problems, file_problems, image_problems, order_problems, secret_problems)
    return [found for check in checks for found in check(compose)]
