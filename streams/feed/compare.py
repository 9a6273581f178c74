"""The oracle's expectation against a decision of the judge: where they differ, in words.

Only the rules the oracle knows are compared. Of findings that say CLEAR only R01's has a meaning of its own
(contract 3.1(5)); that another rule says CLEAR, as R21 does to name the delay of a withdrawn flag, is no finding.
"""

from __future__ import annotations

from typing import Any

from streams.feed.oracle import RULES

WEIGHT_TOLERANCE = 1e-6


def findings_that_count(findings: dict[str, str]) -> dict[str, str]:
    """Findings by rule without what says nothing and without rules the oracle does not know."""
    return {r: v for r, v in findings.items() if r in RULES and (v != "CLEAR" or r == "R01")}


def differences(expected: dict[str, Any], verdict: str, weight: float, findings: dict[str, str]) -> list[str]:
    """What differs between a line of expected.ndjson and a decision: verdict, weight (0-100), findings by rule."""
    found = []
    if expected["verdict"] != verdict:
        found.append(f"verdict {verdict}, the oracle says {expected['verdict']}")
    if abs(expected["weight"] - weight) > WEIGHT_TOLERANCE:
        found.append(f"weight {weight:g}, the oracle says {expected['weight']:g}")
    theirs, ours = findings_that_count(findings), findings_that_count(expected["findings"])
    other = [rule for rule in sorted(theirs.keys() | ours.keys()) if theirs.get(rule) != ours.get(rule)]
    return found + [f"{r} {theirs.get(r, 'absent')}, the oracle says {ours.get(r, 'absent')}" for r in other]
