"""Alert rules: they use metrics that exist, have a runbook entry and tests, and the tests notice a broken rule."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.servers.required import absent
from tests.unit.deploy.promql import ROOT, problems

PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES = PROMETHEUS / "rules" / "alerts.yml"
RUNBOOK = ROOT / "docs" / "operations.md"


def alerts(path: Path = RULES) -> list[dict[str, Any]]:
    """All alert rules of a file."""
    return [rule for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run promtool; skips the test where it is not installed (Debian package `prometheus`)."""
    program = shutil.which("promtool")
    if program is None:
        absent("promtool is not on PATH (Debian package `prometheus`)")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=60)


def rule_tests(folder: Path = PROMETHEUS) -> list[str]:
    """The files with unit tests of rules."""
    return [str(path) for path in sorted((folder / "tests").glob("*.yml"))]


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: str(rule["alert"]))
def test_an_alert_is_made_of_metrics_that_exist(rule: dict[str, Any]) -> None:
    assert list(problems(rule["expr"])) == []


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_it_is_how_bad_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    assert rule["annotations"]["runbook_url"] == f"docs/operations.md#{rule['alert'].lower()}"


def test_every_alert_has_an_entry_in_the_runbook_and_every_entry_an_alert() -> None:
    text = RUNBOOK.read_text(encoding="utf-8").split("\n## Alerts\n", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^### (\w+)$", text, re.MULTILINE) == [rule["alert"] for rule in alerts()]


def test_every_runbook_entry_says_what_it_means_and_what_to_do() -> None:
    text = RUNBOOK.read_text(encoding="utf-8").split("\n## Alerts\n", 1)[1].split("\n## ", 1)[0]
    for entry in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        name = entry.splitlines()[0]
        assert "**Means.**" in entry and "**Do.**" in entry, name


def test_every_alert_is_tested_firing_and_silent() -> None:
    fires: set[str] = set()
    silent: set[str] = set()
    for path in rule_tests():
        for test in yaml.safe_load(Path(path).read_text(encoding="utf-8"))["tests"]:
            for case in test["alert_rule_test"]:
                (fires if case["exp_alerts"] else silent).add(case["alertname"])
    assert fires == silent == {rule["alert"] for rule in alerts()}


def test_configuration_rules_and_rule_tests_pass_promtool() -> None:
    for arguments in (
        ("check", "config", str(PROMETHEUS / "prometheus.yml")),
        ("check", "rules", str(RULES)),
        ("test", "rules", *rule_tests()),
    ):
        result = promtool(*arguments)
        assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("broken", ["vector(1) > 2", "vector(1)"], ids=["never fire", "always fire"])
def test_the_rule_tests_notice_each_rule_that_is_broken(tmp_path: Path, broken: str) -> None:
    shutil.copytree(PROMETHEUS, tmp_path / "p")
    content = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    for group in content["groups"]:
        for rule in group["rules"]:
            rule["expr"] = broken
    (tmp_path / "p" / "rules" / "alerts.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    result = promtool("test", "rules", *rule_tests(tmp_path / "p"))
    assert result.returncode != 0
    assert set(re.findall(r"alertname: ?(\w+)", result.stdout + result.stderr)) == {rule["alert"] for rule in alerts()}
