"""The plugin that fails a test for an error in the log, on seeded test files."""

from __future__ import annotations

import pytest

PLUGIN = ("-p", "tests.servers.logged", "--import-mode=importlib")


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "line",
    [
        "import logging; logging.getLogger('faust').error('lost the broker')",
        "import logging; logging.getLogger('faust').handlers[:] = []; logging.critical('lost the broker')",
        "import structlog; structlog.get_logger().error('lost the broker')",
        "from streams.logs import get_logger; get_logger('x').error('lost the broker')",
    ],
)
def test_an_error_in_the_log_fails_the_test(pytester: pytest.Pytester, line: str) -> None:
    pytester.makepyfile(f"def test_it():\n    {line}")
    result = pytester.runpytest_subprocess(*PLUGIN)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*lost the broker*"])


@pytest.mark.parametrize("line", ["import logging; logging.getLogger('x').warning('slow')", "pass"])
def test_without_an_error_it_passes(pytester: pytest.Pytester, line: str) -> None:
    pytester.makepyfile(f"def test_it():\n    {line}")
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)


@pytest.mark.logs_errors
def test_a_test_may_announce_errors(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import logging, pytest\n@pytest.mark.logs_errors\ndef test_it():\n    logging.error('lost the broker')"
    )
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)
