"""Structured logs on standard error: one JSON object a line, or a console form for eyes.

Secrets are hidden by the name of their field and in URLs; an error that repeats is told a few times a
minute and then counted, so that a broker that is away does not fill a disk.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO

import msgspec
import structlog
from structlog.typing import EventDict, Processor

_SECRET = re.compile(r"password|passwd|secret|token|authorization|api_?key|credential", re.IGNORECASE)
_URL_USER = re.compile(r"(\w+://)[^/\s@]+@")
_HIDDEN = "***"
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_MOST_KEYS = 500


def hide_secrets(_: Any, __: str, event: EventDict) -> EventDict:
    """A processor that hides fields with telling names, and user and password in URLs."""
    return _hidden(event)


def _hidden(fields: MutableMapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in fields.items():
        if _SECRET.search(name):
            out[name] = _HIDDEN
        elif isinstance(value, str):
            out[name] = _URL_USER.sub(rf"\1{_HIDDEN}@", value)
        elif isinstance(value, dict):
            out[name] = _hidden(value)
        else:
            out[name] = value
    return out


class Repetition:
    """A processor that lets ``most`` warnings or errors of one text through in ``per_s`` seconds and counts the rest.

    The first one let through again says how many were held back, as `repeated`.
    """

    def __init__(self, most: int = 5, per_s: float = 60.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most, self._per_s, self._monotonic = most, per_s, monotonic
        self._seen: dict[str, tuple[float, int]] = {}

    def __call__(self, _: Any, method: str, event: EventDict) -> EventDict:
        """The line, or `structlog.DropEvent` when it is held back."""
        if method not in ("warning", "error", "exception", "critical"):
            return event
        key, now = f"{method}:{event.get('event')}", self._monotonic()
        start, count = self._seen.get(key, (now, 0))
        if now - start >= self._per_s:
            if count > self._most:
                event["repeated"] = count - self._most
            start, count = now, 0
        if len(self._seen) >= _MOST_KEYS and key not in self._seen:
            self._seen.clear()
        self._seen[key] = (start, count + 1)
        if count >= self._most:
            raise structlog.DropEvent
        return event


def _to_json(event: Any, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()


def _processors(form: str) -> list[Processor]:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    if form == "console":
        return [*shared, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    return [
        *shared,
        structlog.processors.dict_tracebacks,
        structlog.processors.JSONRenderer(serializer=_to_json),
    ]


def configure(level: str = "info", form: str = "json", stream: TextIO | None = None) -> None:
    """Set up logging of this process: ours and that of libraries, to ``stream`` (default standard error)."""
    out = stream or sys.stderr
    processors = _processors(form)
    structlog.configure(
        processors=[Repetition(), *processors],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *processors[:-1]],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, processors[-1]],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(_LEVELS[level], logging.WARNING) if level != "debug" else logging.INFO)


def get_logger(name: str) -> Any:
    """A logger whose lines carry `logger`: ``log.info("what happened", partition=3)``."""
    return structlog.stdlib.get_logger(logger_name=name)
