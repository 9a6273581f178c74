"""`bench rules`: what each rule costs a judged consignment, and each step around the rules, in CPU time of this process.

The feed of the other benchmarks is folded event by event as the judge does it; every event that is judged is timed rule by
rule. A fact that several rules ask for is paid by the first of them. The clock itself is timed and taken off.
"""

from __future__ import annotations

import gc
from statistics import median
from time import perf_counter_ns

from msgspec import Struct

from streams.bench.feed import journeys
from streams.model.consignment import fold
from streams.model.events import Event
from streams.reference.bundled import bundled_records
from streams.rules.case import Case
from streams.rules.evaluate import RULES, evaluate
from streams.rules.judge import Judge
from streams.rules.law import Law

EACH = 4
FOLD, CASE = "fold", "case"
_CLOCKS = 20_000


class RulesPlan(Struct, frozen=True, kw_only=True):
    """How many consignments of four events, and how often all of it is done; of the rounds the median counts."""

    consignments: int = 5_000
    rounds: int = 3
    seed: int = 1


def _judged(plan: RulesPlan, judge: Judge) -> list[tuple[str, tuple[Event, ...]]]:
    """The consignments as they stand at every event that is judged, by id, in order."""
    states: dict[str, bytes] = {}
    told: dict[str, list[Event]] = {}
    found = []
    for event in journeys(plan.consignments, plan.consignments * EACH, plan.seed):
        ident = event.consignment_id
        outcome = judge.apply(states.get(ident), event)
        states[ident] = outcome.state
        if outcome.kind != "duplicate":
            told.setdefault(ident, []).append(event)
        if outcome.kind in ("folded", "refolded"):
            found.append((ident, tuple(told[ident])))
    return found


def _clock_ns() -> float:
    """What reading the clock twice costs, ns."""
    readings = sorted(-(perf_counter_ns() - perf_counter_ns()) for _ in range(_CLOCKS))
    return float(readings[_CLOCKS // 2])


def _round(judged: list[tuple[str, tuple[Event, ...]]], law: Law) -> dict[str, float]:
    """Nanoseconds by rule over all judgements, the clock taken off."""
    clock, now = _clock_ns(), perf_counter_ns
    spent = dict.fromkeys((FOLD, CASE, *(name for name, _ in RULES)), 0.0)
    for ident, events in judged:
        start = now()
        consignment = fold(ident, events)
        folded = now()
        case = Case(consignment, law, consignment.clock)
        at = now()
        spent[FOLD] += folded - start - clock
        spent[CASE] += at - folded - clock
        for name, rule in RULES:
            start = now()
            rule(case)
            spent[name] += now() - start - clock
    return spent


def run_rules(plan: RulesPlan) -> dict[str, object]:
    """Measure and report: microseconds a judgement by rule, and the share of a judgement as a whole."""
    judge = Judge(bundled_records())
    judged = _judged(plan, judge)
    events = plan.consignments * EACH
    gc.collect()
    rounds = [_round(judged, judge.law) for _ in range(plan.rounds)]
    whole = []
    for _ in range(plan.rounds):
        consignments = [fold(ident, told) for ident, told in judged]
        start = perf_counter_ns()
        for consignment in consignments:
            evaluate(consignment, judge.law, consignment.clock)
        whole.append((perf_counter_ns() - start) / len(judged) / 1000)
    costs = {name: median(r[name] for r in rounds) / len(judged) / 1000 for name in rounds[0]}
    total = median(whole)
    return {
        "rules": [
            {"rule": name, "us": round(us, 2), "share_pct": round(100 * us / total, 1)}
            for name, us in costs.items() if name not in {FOLD, CASE}
        ],
        "fold_us": round(costs[FOLD], 2), "case_us": round(costs[CASE], 2), "evaluate_us": round(total, 2),
        "judged": len(judged), "judged_share_pct": round(100 * len(judged) / events, 1), "events": events,
    }  # fmt: skip
