"""A pytest plugin: what this machine lacks is said at the end, and with REQUIRE_ALL=1 it is a failure.

However a skip came about: a green run with REQUIRE_ALL=1 is one in which everything ran.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator

import pytest

from tests.servers.required import LACK, required


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why it was skipped; empty for an expected failure."""
    if hasattr(report, "wasxfail"):
        return ""
    told = report.longrepr
    text = str(told[2]) if isinstance(told, tuple) else str(told or "")
    return text.removeprefix("Skipped: ")


def _judge(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and required() and LACK.search(_reason(report)):
        reason = _reason(report)
        report.outcome = "failed"
        report.longrepr = f"REQUIRE_ALL=1 and {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge the skip of a test."""
    report = yield
    _judge(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Judge the skip of a whole file."""
    report = yield
    _judge(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
    """Say at the very end what was missing, and how many tests did not run for it."""
    yield
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", ()))
    lacks = {reason: count for reason, count in reasons.items() if LACK.search(reason)}
    if lacks:
        terminalreporter.section("missing on this machine")
        for reason, count in sorted(lacks.items()):
            tests = "1 test" if count == 1 else f"{count} tests"
            terminalreporter.line(f"{reason.removeprefix('missing: ')}: {tests} skipped")
