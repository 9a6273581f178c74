"""A small checker of PromQL against the closed set of metrics: names, labels, label values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streams.metric_defs import METRICS, Label, Spec

ROOT = Path(__file__).parents[3]
DASHBOARDS = tuple(sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json")))
FOREIGN = {
    "up": frozenset[str](),
    "ALERTS": frozenset({"alertname", "alertstate", "severity"}),
    "process_resident_memory_bytes": frozenset[str](),
    "process_cpu_seconds_total": frozenset[str](),
}
"""Series that Prometheus or its client library make, with their labels."""
ALWAYS = frozenset({"job", "instance"})
_SERIES = re.compile(r"\b(transitwatch_\w+|process_\w+|up|ALERTS)\b(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")


def series_of(spec: Spec) -> tuple[str, ...]:
    """The names of the time series of a metric."""
    if spec.kind == "histogram":
        return tuple(spec.name + suffix for suffix in ("_bucket", "_sum", "_count"))
    return (spec.name,)


SPECS = {name: spec for spec in METRICS for name in series_of(spec)}


def labels_of(name: str) -> dict[str, Label | None]:
    """The labels of a series; the Label where its values are known. Raises KeyError for no series of ours."""
    if name in FOREIGN:
        return dict.fromkeys(FOREIGN[name] | ALWAYS)
    labels: dict[str, Label | None] = dict.fromkeys(ALWAYS)
    labels.update({label.name: label for label in SPECS[name].labels})
    if name.endswith("_bucket"):
        labels["le"] = None
    return labels


def problems(expression: str) -> Iterator[str]:
    """What is wrong with a PromQL expression: series, labels and label values that do not exist."""
    grouping: set[str] = set()
    found = _SERIES.findall(expression)
    if not found:
        yield "no series in it"
    for name, matchers in found:
        if name not in SPECS and name not in FOREIGN:
            yield f"no series {name}"
            continue
        labels = labels_of(name)
        grouping |= labels.keys()
        for label, operator, value in _MATCHER.findall(matchers):
            if label not in labels:
                yield f"{name} has no label {label}"
            elif (known := labels[label]) is not None and known.values:
                wanted = value.split("|") if operator in ("=~", "!~") else [value]
                yield from (f"{name}: {label} is never {each}" for each in wanted if each not in known.values)
    for label in (part.strip() for group in _GROUPING.findall(expression) for part in group.split(",")):
        if label and label not in grouping:
            yield f"no series has the label {label} that is grouped by"


def queries(dashboard: Path) -> Iterator[tuple[str, str]]:
    """Title of the panel and PromQL of every query of a dashboard."""
    board: dict[str, Any] = json.loads(dashboard.read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
