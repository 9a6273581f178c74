"""Checks of a Dockerfile: stages, pinned bases, the user, the health check, and what is copied."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PINNED = re.compile(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?")
_BUILDS = re.compile(r"\bapt(-get)? install|\bapk add|\b(gcc|g\+\+|make|build-essential|git)\b|\bpip\S* install")


class Step(NamedTuple):
    """One instruction and what follows it."""

    name: str
    text: str


def steps(text: str) -> list[Step]:
    """The instructions in order, continued lines joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [Step(*(line.split(None, 1) if " " in line else (line, ""))) for line in joined.splitlines()]


def stages(text: str) -> list[list[Step]]:
    """The instructions by stage."""
    found: list[list[Step]] = []
    for step in steps(text):
        if step.name == "FROM":
            found.append([])
        if found:
            found[-1].append(step)
    return found


def last(stage: list[Step], name: str) -> str:
    """What the last instruction of that name says; empty when there is none."""
    return next((step.text for step in reversed(stage) if step.name == name), "")


def _copied(text: str) -> Iterator[str]:
    for step in steps(text):
        if step.name in ("COPY", "ADD") and not step.text.startswith("--from"):
            yield from [part for part in shlex.split(step.text) if not part.startswith("--")][:-1]


def ignored(source: str, dockerignore: str) -> bool:
    """Whether the build context lacks a top-level file or folder; the last rule that speaks of it decides."""
    out = False
    for rule in dockerignore.split("\n"):
        if rule.strip() in ("*", source):
            out = True
        elif rule.strip() == f"!{source}":
            out = False
    return out


def problems(text: str, root: Path, dockerignore: str = "") -> list[str]:
    """What is wrong with a Dockerfile whose build context is ``root``."""
    found, parts = [], stages(text)
    final = parts[-1]
    if len(parts) < 2:
        found.append("one stage: what builds stays in the image")
    for stage in parts:
        base = stage[0].text.split()[0]
        if not _PINNED.fullmatch(base):
            found.append(f"base {base} has no pinned version")
    if re.split(r":", last(final, "USER"))[0] in ("", "root", "0"):
        found.append("runs as root")
    if "/health/live" not in last(final, "HEALTHCHECK"):
        found.append("no health check on /health/live")
    found += [f"builds in the final stage: {s.text[:60]}" for s in final if s.name == "RUN" and _BUILDS.search(s.text)]
    for source in _copied(text):
        if not (root / source).exists():
            found.append(f"copies {source}, which does not exist")
        elif ignored(source, dockerignore):
            found.append(f"copies {source}, which .dockerignore leaves out")
    for name in ("ENTRYPOINT", "CMD"):
        if not last(final, name).startswith("["):
            found.append(f"{name} is not in exec form: signals would not reach the process")
    return found


def arguments(text: str) -> list[str]:
    """The command line of the image without arguments, ENTRYPOINT and CMD together."""
    final = stages(text)[-1]
    return [*json.loads(last(final, "ENTRYPOINT")), *json.loads(last(final, "CMD"))]
