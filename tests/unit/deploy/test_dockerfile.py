"""The image, checked without a container engine; each check on seeded violations."""

from __future__ import annotations

import ast
import json

import pytest

from streams.setting_defs import PREFIX, SETTINGS
from tests.unit.deploy.compose import ROOT, cli_problem
from tests.unit.deploy.dockerfile import arguments, ignored, last, problems, stages

TEXT = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
IGNORE = (ROOT / ".dockerignore").read_text("utf-8")


def test_nothing_is_wrong_with_the_dockerfile() -> None:
    assert problems(TEXT, ROOT, IGNORE) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("FROM python:3.11.11-slim-bookworm AS build", "FROM python:latest AS build", "no pinned version"),
        ("FROM python:3.11.11-slim-bookworm AS build", "FROM python AS build", "no pinned version"),
        ("USER 10001:10001", "USER root", "runs as root"),
        ("USER 10001:10001", "", "runs as root"),
        ("HEALTHCHECK", "LABEL", "no health check"),
        ("/health/live", "/health/ready", "no health check"),
        ("EXPOSE 8080", "RUN apt-get install -y gcc", "builds in the final stage"),
        ("EXPOSE 8080", "RUN pip install --upgrade foo", "builds in the final stage"),
        ("COPY streams streams", "COPY stream streams", "does not exist"),
        ("COPY streams streams", "COPY tests streams", "leaves out"),
        ('CMD ["monitor"]', "CMD monitor", "exec form"),
    ],
)
def test_a_violation_is_noticed(before: str, after: str, expected: str) -> None:
    assert before in TEXT
    assert any(expected in found for found in problems(TEXT.replace(before, after), ROOT, IGNORE))


def test_a_single_stage_is_noticed() -> None:
    assert any("one stage" in found for found in problems(TEXT[TEXT.rindex("FROM ") :], ROOT, IGNORE))


def test_the_last_rule_of_dockerignore_decides() -> None:
    assert ignored("streams", "*\n!streams\nstreams") and not ignored("streams", "*\n!streams")


def test_what_the_image_runs_is_a_command_of_ours() -> None:
    program, *rest = arguments(TEXT)
    assert program == "transitwatch" and cli_problem(rest) is None


def test_the_health_check_is_python_that_compiles() -> None:
    words = json.loads(last(stages(TEXT)[-1], "HEALTHCHECK").partition(" CMD ")[2])
    assert words[:2] == ["python", "-c"]
    assert isinstance(ast.parse(words[2]), ast.Module)


def test_every_variable_of_ours_in_the_image_is_a_setting() -> None:
    words = last(stages(TEXT)[-1], "ENV").split()
    told = {word.partition("=")[0] for word in words if word.startswith(PREFIX)}
    assert told == {"TRANSITWATCH_HTTP_HOST", "TRANSITWATCH_HTTP_PORT"} <= {s.variable for s in SETTINGS}
