"""The plugin that makes a lack a failure where everything is required, on seeded test files."""

from __future__ import annotations

import pytest

SEEDED = """
import pytest
from tests.servers.required import absent

def test_server():
    absent("java is not on PATH")

def test_by_hand():
    pytest.skip("promtool is not on PATH")

def test_data():
    pytest.skip("../shared/data is not here")

@pytest.mark.skipif(True, reason="missing: openssl")
def test_marked():
    pass

def test_other_case():
    pytest.skip("this rule has no flag")

@pytest.mark.xfail(reason="missing in the law", strict=True)
def test_known():
    assert False

def test_fine():
    pass
"""
PLUGIN = ("-p", "tests.servers.lacks", "-p", "no:randomly", "--import-mode=importlib")


def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, required: str | None) -> pytest.RunResult:
    if required is None:
        monkeypatch.delenv("REQUIRE_ALL", raising=False)
    else:
        monkeypatch.setenv("REQUIRE_ALL", required)
    return pytester.runpytest(*PLUGIN)


def test_lacks_are_skips_and_told_at_the_end(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile(SEEDED)
    result = run(pytester, monkeypatch, None)
    result.assert_outcomes(passed=1, skipped=5, xfailed=1)
    result.stdout.fnmatch_lines(["*missing on this machine*", "java is not on PATH: 1 test skipped"])
    result.stdout.no_fnmatch_line("this rule has no flag: *")


def test_with_require_all_each_lack_fails(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile(SEEDED)
    result = run(pytester, monkeypatch, "1")
    result.assert_outcomes(passed=1, skipped=1, xfailed=1, failed=3, errors=1)
    result.stdout.fnmatch_lines(["*REQUIRE_ALL=1 and missing: java is not on PATH*"])


def test_with_require_all_a_file_that_is_skipped_whole_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile("import pytest\npytest.skip('missing: java', allow_module_level=True)")
    assert run(pytester, monkeypatch, "1").ret == pytest.ExitCode.INTERRUPTED


@pytest.mark.parametrize("value", [None, "", "0"])
def test_only_the_value_1_requires_all(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    pytester.makepyfile(SEEDED)
    run(pytester, monkeypatch, value).assert_outcomes(passed=1, skipped=5, xfailed=1)
