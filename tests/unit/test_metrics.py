"""Metrics: a closed set, bounded labels, counts of committed transactions only, ages that grow by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.metric_defs import DEAD_LETTER_REASONS, METRICS, Spec, reference_page
from streams.metrics import Metrics

ROOT = Path(__file__).parents[2]


class Hands:
    """A clock moved by hand, in seconds."""

    def __init__(self) -> None:
        self.at = 1_000_000.0

    def __call__(self) -> float:
        return self.at


def scraped(metrics: Metrics) -> dict[tuple[str, frozenset[str]], float]:
    """All samples by name and label values."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (sample.name, frozenset(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def value(metrics: Metrics, name: str, *labels: str) -> float | None:
    """One sample, None when there is none."""
    return scraped(metrics).get((f"transitwatch_{name}", frozenset(labels)))


def test_exactly_the_defined_metrics_are_registered() -> None:
    registered = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in Metrics().registry.collect()
        if family.name.startswith("transitwatch_")
    }
    assert registered == {spec.name for spec in METRICS}


@pytest.mark.parametrize("spec", METRICS, ids=lambda spec: spec.name)
def test_names_follow_the_prometheus_conventions(spec: Spec) -> None:
    assert spec.name.startswith("transitwatch_")
    assert spec.name.endswith("_total") == (spec.kind == "counter")
    assert bool(spec.buckets) == (spec.kind == "histogram")
    if spec.unit == "seconds":
        assert "_seconds" in spec.name
    assert spec.meaning.endswith(".") and spec.rises.endswith((".", "`"))
    if spec.at_zero:
        assert len(spec.labels) == 1 and spec.labels[0].values


def test_a_discarded_batch_counts_nothing_and_a_committed_one_once() -> None:
    metrics = Metrics()
    batch = metrics.batch()
    batch.event("LOADED", "folded")
    batch.discard()
    batch.event("LOADED", "folded", 3)
    batch.finding("R02", "BREACH")
    batch.alert("R02", "BREACH", "OPEN")
    batch.dead_letter("truncated")
    batch.commit()
    batch.commit()
    assert value(metrics, "events_total", "LOADED", "folded") == 3
    assert value(metrics, "findings_total", "R02", "BREACH") == 1
    assert value(metrics, "alerts_total", "R02", "BREACH", "OPEN") == 1
    assert value(metrics, "dead_letters_total", "truncated") == 1


def test_latency_runs_from_the_kafka_timestamp_to_the_commit() -> None:
    clock = Hands()
    metrics = Metrics(now=clock)
    batch = metrics.batch()
    batch.alert("R02", "BREACH", "OPEN", caused_ms=int(clock.at * 1000))
    clock.at += 0.25
    batch.commit()
    assert value(metrics, "event_to_alert_seconds_count") == 1
    assert value(metrics, "event_to_alert_seconds_sum") == pytest.approx(0.25)


def test_unknown_label_values_become_other() -> None:
    metrics = Metrics()
    metrics.dead_letters.add(1, "x" * 500)
    metrics.events.add(2, "NEVER_HEARD_OF", "folded")
    assert value(metrics, "dead_letters_total", "other") == 1
    assert value(metrics, "events_total", "other", "folded") == 2


def test_an_open_label_takes_only_so_many_values() -> None:
    metrics = Metrics(now=lambda: 100.0)
    metrics.lists({f"list-{number}": 0 for number in range(500)} | {"not a name\n": 0})
    ages = [labels for name, labels in scraped(metrics) if name == "transitwatch_list_age_seconds"]
    assert len(ages) == 61  # 60 and `other`
    assert frozenset({"other"}) in ages


def test_a_wrong_number_of_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="transitwatch_events_total has 2 labels"):
        Metrics().events.add(1, "LOADED")


def test_ages_grow_between_scrapes_and_are_zero_when_nothing_waits() -> None:
    clock = Hands()
    metrics = Metrics(now=clock)
    metrics.oldest_event_age.since(clock.at - 5)
    assert value(metrics, "oldest_unprocessed_event_age_seconds") == 5
    clock.at += 10
    assert value(metrics, "oldest_unprocessed_event_age_seconds") == 15
    metrics.oldest_event_age.since(None)
    assert value(metrics, "oldest_unprocessed_event_age_seconds") == 0


def test_degraded_time_is_counted_while_it_lasts() -> None:
    clock = Hands()
    metrics = Metrics(monotonic=clock)
    metrics.reference.set("fresh")
    clock.at += 100
    metrics.reference.set("held")
    clock.at += 30
    assert value(metrics, "reference_degraded_seconds_total") == 30
    metrics.reference.set("fresh")
    clock.at += 50
    assert value(metrics, "reference_degraded_seconds_total") == 30
    assert value(metrics, "reference_state", "fresh") == 1
    assert value(metrics, "reference_state", "held") == 0


def test_reference_info_shows_one_version_at_a_time() -> None:
    metrics = Metrics()
    metrics.reference_info.show("a" * 64)
    metrics.reference_info.show("b" * 64)
    shown = [labels for name, labels in scraped(metrics) if name == "transitwatch_reference_info"]
    assert shown == [frozenset({"b" * 12})]


def test_dead_letter_reasons_are_visible_before_the_first_one() -> None:
    assert {value(Metrics(), "dead_letters_total", reason) for reason in DEAD_LETTER_REASONS} == {0.0}


def test_the_reference_page_is_the_committed_one() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == reference_page()
