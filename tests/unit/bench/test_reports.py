"""The form of the reports, and what the benchmarks make of what they see."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec
import pytest

from streams.bench import host_limit, restore
from streams.bench.feed import journeys, records, steady_journeys
from streams.bench.hosted import Hosted
from streams.bench.latency import latencies_ms
from streams.bench.prefill import open_states
from streams.bench.process import BenchFailed, Process, cpu_seconds, resident_bytes, script
from streams.bench.rescreen import LISTING, RescreenPlan, changed_anew, expected_alerts, report_of
from streams.bench.stats import Figure
from streams.bench.throughput import Contest, check, report_of as contest_report
from streams.model.intake import record_from_json
from streams.reference.bundled import bundled_records
from streams.reference.source import snapshot_of
from streams.rules.judge import Judge, events_of
from streams.settings import load_settings


def test_a_contest_is_reported_as_one_object_of_contenders_and_ratios() -> None:
    figures = {name: Figure(per_s, 1.0, 10) for name, per_s in
               (("limit", 200.0), ("monitor", 100.0), ("faust", 20.0), ("quix", 50.0))}  # fmt: skip
    report = msgspec.to_builtins(contest_report([figures], Contest()))
    assert report["ratios"] == {"monitor/limit": 0.5, "monitor/faust": 5.0, "monitor/quix": 2.0}
    assert report["faust"] == {"per_s": 20.0, "per_cpu_s": 1.0, "events": 10}


def test_without_the_monitor_there_are_no_ratios() -> None:
    assert contest_report([{"limit": Figure(1, 1, 1)}], Contest(only=("limit",)))["ratios"] == {}


def test_quix_without_its_environment_is_told_before_anything_runs() -> None:
    kafka = load_settings({}).kafka
    with pytest.raises(BenchFailed, match="make bench-setup"):
        check(kafka, Contest(quix_python="/nowhere/python"))


def test_the_same_seed_gives_the_same_feed() -> None:
    assert records(50, 200, 3) == records(50, 200, 3)


def test_the_feed_has_as_many_events_as_asked_for() -> None:
    assert sum(1 for _ in journeys(30, 157, window=7)) == 157


def test_steady_journeys_begin_one_after_the_other_and_hold_all_their_events() -> None:
    events = list(steady_journeys(40, 4, apart=5))
    assert len(events) == 160
    kinds = [e.consignment_id for e in events[60:80]]
    assert len(set(kinds)) == 20, "at any time each event is of another journey"
    for ident in {e.consignment_id for e in events}:
        assert sum(e.consignment_id == ident for e in events) == 4


def test_latency_counts_alerts_of_events_sent_after_the_warm_up() -> None:
    sent = {"early": 1.0, "late": 5.0}
    assert latencies_ms(sent, [(1.5, "early"), (5.25, "late"), (6.0, "a timer")], 2.0) == [250.0]


def test_restoring_is_read_from_the_log_of_the_monitor() -> None:
    log = '{"event": "partitions restored", "consignments": 7, "seconds": 0.25}\n{"event": "other"}\nnot json\n'
    assert restore.restored(log) == (7, 0.25)


def test_restoring_that_was_not_logged_is_nothing() -> None:
    assert restore.restored("") == (0, 0.0)


def test_the_rounds_of_the_feed_bring_new_consignments_and_the_next_events_of_old_ones() -> None:
    plan = restore.RestorePlan(consignments=40, few=4, each=2, events=24)
    first, second = ([r.key for r in restore.feed_of(plan, n)] for n in (0, 1))
    assert set(first) & set(second) == {r.key for r in restore.feed_of(plan, 0)} & set(first[-4:])


def test_the_cost_of_an_event_is_cpu_time_and_its_ratio_the_median_of_the_rounds() -> None:
    plan = restore.RestorePlan(consignments=200, few=10)
    costs = [(Figure(1, 10_000, 1), Figure(1, 10_000, 1)), (Figure(1, 10_000, 1), Figure(1, 8_000, 1))]
    report = restore.report_of(plan, 200, 1.0, 2.0, 1000.0, costs)
    assert report["cpu_per_event"] == {"at_10_us": 100.0, "at_200_us": 112.5, "ratio": 1.125}
    assert report["met"] is True


def test_a_restore_that_takes_too_much_memory_has_not_met_its_target() -> None:
    plan = restore.RestorePlan()
    assert restore.report_of(plan, 1, 1.0, 1.0, 2049.0, [(Figure(1, 1, 1), Figure(1, 1, 1))])["met"] is False


def test_judging_again_and_judging_anew_name_the_same_consignments() -> None:
    old, listed = list(bundled_records()), record_from_json(LISTING)[0]
    states = list(open_states(range(800), 3, Judge(old)))
    expected = expected_alerts(states, snapshot_of([*old, listed], 2, 0))
    changed = changed_anew(states, Judge(old), Judge([*old, listed]))
    assert changed
    assert set(expected) == changed


def test_an_alert_too_many_is_noticed() -> None:
    old, listed = list(bundled_records()), record_from_json(LISTING)[0]
    states = list(open_states(range(800), 3, Judge(old)))
    expected = expected_alerts(states, snapshot_of([*old, listed], 2, 0))
    seen = {**expected, "another": next(iter(expected.values()))}
    report = report_of(RescreenPlan(), seen, expected, set(expected), (1.0, 1.0))
    assert (report["equal_to_judging_anew"], report["differences"]) == (False, ["another"])


def test_a_hosted_decision_leaves_the_state_of_a_duplicate_alone() -> None:
    judge, record = Hosted(), records(1, 1)[0]
    first = judge(None, record.value, 0)
    assert first.state is not None
    assert judge(first.state, record.value, 0).state is None


def test_an_open_state_holds_the_first_events_of_its_journey() -> None:
    [(_, state)] = open_states([5], 3, Judge(bundled_records()))
    assert len(events_of(state)) == 3


def test_the_limit_adds_each_event_to_the_bytes_of_its_consignment() -> None:
    feed = records(1, 3)
    states: dict[str, bytes] = {}
    changed, offsets = host_limit.batch([_Message(r.topic, r.key, r.value, n) for n, r in enumerate(feed)], states)
    assert list(states.values()) == [b"".join(r.value for r in feed)]
    assert (list(changed.values()), {o.offset for o in offsets} <= {1, 2, 3}) == ([4], True)


class _Message:
    def __init__(self, topic: str, key: bytes, value: bytes, offset: int) -> None:
        self._topic, self._key, self._value, self._offset = topic, key, value, offset

    def error(self) -> None:
        return None

    def topic(self) -> str:
        return self._topic

    def partition(self) -> int:
        return 4

    def offset(self) -> int:
        return self._offset

    def value(self) -> bytes:
        return self._value


def test_a_process_that_ends_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    line = [sys.executable, "-c", "print('out of paper'); raise SystemExit(3)"]
    with (
        Process("printer", line, os.environ, tmp_path / "log") as process,
        pytest.raises(BenchFailed, match="printer ended by itself with code 3: out of paper"),
    ):
        process.wait_for("never", 30)


def test_memory_and_time_of_this_process_are_seen() -> None:
    assert resident_bytes(os.getpid()) > 1_000_000
    assert cpu_seconds(os.getpid()) > 0


def test_a_process_that_is_gone_cannot_be_looked_at() -> None:
    with pytest.raises(BenchFailed, match="cannot be looked at"):
        cpu_seconds(2**22 + 5)


def test_another_python_finds_its_own_packages_before_ours() -> None:
    line = script("streams.bench.host_quix", python="python-of-quix")
    assert line[:2] == ["python-of-quix", "-P"]
    assert "sys.path.append" in line[3]
