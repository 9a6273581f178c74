"""A pytest plugin: a test fails when an ERROR was logged that it did not announce with the mark `logs_errors`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

MARK = "logs_errors"
_PASSED_OVER = frozenset({"librdkafka"})
"""A client that loses its broker tells of it at length; what counts is what becomes of it, and that is told by us."""
_BAD = frozenset({"error", "exception", "critical", "fatal"})
_found: list[str] = []
_lock = threading.Lock()


def _note(text: str) -> None:
    with _lock:
        _found.append(text)


def _noting(_: Any, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A processor of structlog, in front of those that a test finds."""
    if method in _BAD:
        _note(f"{event.get('logger_name', 'structlog')}: {event.get('event')} {event.get('because', '')}".rstrip())
    return event


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known, and see every record of `logging`, whatever becomes of its handlers."""
    config.addinivalue_line("markers", f"{MARK}: errors in the log are part of what this test is about")
    made = logging.getLogRecordFactory()

    def factory(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = made(*args, **kwargs)
        if (record.levelno or 0) >= logging.ERROR:  # None in a record that `makeLogRecord` is about to fill
            _note(f"{record.name}: {record.getMessage()}")
        return record

    logging.setLogRecordFactory(factory)
    config.add_cleanup(lambda: logging.setLogRecordFactory(made))


@pytest.fixture(autouse=True)
def no_error_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test when an unexpected error was logged; leave logging as it was found."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    structlog.configure(processors=[_noting, *structlog.get_config()["processors"]])
    with _lock:
        _found.clear()
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level
    with _lock:
        found = list(_found)
    if found and request.node.get_closest_marker(MARK) is None:
        pytest.fail(f"logged errors, without the mark {MARK}:\n" + "\n".join(found), pytrace=False)
