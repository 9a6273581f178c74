"""Logs: one JSON object a line, secrets hidden, repetition held back."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from streams.logs import Repetition, configure, get_logger


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_a_json_object_with_time_level_and_fields() -> None:
    out = io.StringIO()
    configure(stream=out)
    get_logger("streams.test").info("partitions assigned", partitions=[1, 2])
    (line,) = lines(out)
    assert (line["event"], line["level"], line["partitions"]) == ("partitions assigned", "info", [1, 2])
    assert line["timestamp"].endswith("Z")
    assert "streams.test" in line.values()


def test_what_is_less_than_the_level_is_left_out() -> None:
    out = io.StringIO()
    configure("warning", stream=out)
    get_logger("t").info("no")
    get_logger("t").warning("yes")
    assert [line["event"] for line in lines(out)] == ["yes"]


@pytest.mark.parametrize("fields", [
    {"password": "hunter2"}, {"sasl_password": "hunter2"}, {"settings": {"api_key": "hunter2"}},
    {"url": "rediss://user:hunter2@redis:6379/0"}, {"Authorization": "Basic hunter2"},
])  # fmt: skip
def test_a_secret_is_hidden_by_its_name_or_in_a_url(fields: dict[str, Any]) -> None:
    out = io.StringIO()
    configure(stream=out)
    get_logger("t").info("connecting", **fields)
    assert "hunter2" not in out.getvalue()
    assert "***" in out.getvalue()


def test_lines_of_libraries_take_the_same_form() -> None:
    out = io.StringIO()
    configure(stream=out)
    logging.getLogger("librdkafka").warning("broker %s away", "kafka-1")
    (line,) = lines(out)
    assert (line["event"], line["logger"], line["level"]) == ("broker kafka-1 away", "librdkafka", "warning")


def test_an_exception_is_told_in_its_line() -> None:
    out = io.StringIO()
    configure(stream=out)
    try:
        dict[str, int]()["gone"]
    except KeyError:
        get_logger("t").exception("failed")
    (line,) = lines(out)
    assert line["exception"][0]["exc_type"] == "KeyError"


def test_what_json_cannot_hold_does_not_break_the_line() -> None:
    out = io.StringIO()
    configure(stream=out)
    get_logger("t").info("odd", value=object, many={1, 2})
    assert lines(out)[0]["event"] == "odd"


def test_the_console_form_is_for_eyes() -> None:
    out = io.StringIO()
    configure(form="console", stream=out)
    get_logger("t").info("hello", n=1)
    assert "hello" in out.getvalue()
    assert "n=1" in out.getvalue()


def test_a_repeated_warning_is_held_back_and_counted() -> None:
    clock = [0.0]
    repetition = Repetition(most=2, per_s=60, monotonic=lambda: clock[0])

    def tell() -> dict[str, Any] | None:
        try:
            return dict(repetition(None, "warning", {"event": "broker away"}))
        except structlog.DropEvent:
            return None

    assert [tell() is not None for _ in range(5)] == [True, True, False, False, False]
    clock[0] = 61.0
    assert tell() == {"event": "broker away", "repeated": 3}


def test_information_is_never_held_back() -> None:
    repetition = Repetition(most=1)
    assert [repetition(None, "info", {"event": "e"}) for _ in range(3)] == [{"event": "e"}] * 3
