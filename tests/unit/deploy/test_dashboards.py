"""Dashboards: two of them, provisioned, made of queries of metrics that exist."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from streams.metric_defs import METRICS
from tests.unit.deploy.promql import DASHBOARDS, ROOT, problems, queries, series_of

GRAFANA = ROOT / "deploy" / "grafana"
QUERIES = [
    pytest.param(expression, id=f"{path.stem}: {title}") for path in DASHBOARDS for title, expression in queries(path)
]


@pytest.mark.parametrize("expression", QUERIES)
def test_a_query_uses_metrics_labels_and_values_that_exist(expression: str) -> None:
    assert list(problems(expression)) == []


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("transitwatch_event_total", "no series transitwatch_event_total"),
        ("transitwatch_event_to_alert_seconds", "no series transitwatch_event_to_alert_seconds"),
        ('transitwatch_alerts_total{color="red"}', "transitwatch_alerts_total has no label color"),
        ('transitwatch_alerts_total{verdict="BREECH"}', "transitwatch_alerts_total: verdict is never BREECH"),
        ('transitwatch_alerts_total{rule=~"R01|R99"}', "transitwatch_alerts_total: rule is never R99"),
        ("sum by (reason) (transitwatch_alerts_total)", "no series has the label reason that is grouped by"),
        ("vector(1)", "no series in it"),
    ],
)
def test_the_checker_notices_a_wrong_query(expression: str, problem: str) -> None:
    assert list(problems(expression)) == [problem]


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_is_complete(path: Path) -> None:
    board = json.loads(path.read_text(encoding="utf-8"))
    assert board["uid"] == f"transitwatch-{path.stem}"
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(numbers) == len(set(numbers))
    sources = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text(encoding="utf-8"))
    known = {source["uid"] for source in sources["datasources"]}
    for panel in board["panels"]:
        if panel["type"] != "row":
            assert panel["description"] and panel["targets"] and panel["datasource"]["uid"] in known, panel["title"]


def test_panels_do_not_overlap() -> None:
    for path in DASHBOARDS:
        taken: set[tuple[int, int]] = set()
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            assert not cells & taken and at["x"] + at["w"] <= 24, f"{path.stem}: {panel['title']}"
            taken |= cells


def test_there_is_one_dashboard_for_operations_and_one_for_compliance() -> None:
    assert [path.stem for path in DASHBOARDS] == ["compliance", "operations"]


def test_every_metric_is_on_a_dashboard() -> None:
    shown = " ".join(expression for path in DASHBOARDS for _, expression in queries(path))
    assert [spec.name for spec in METRICS if not any(name in shown for name in series_of(spec))] == []
