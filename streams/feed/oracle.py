"""The second judge: what the contract asks for, worked out once more by brute force.

It shares nothing with the rules under test: it reads the JSON of the events and of the reference records and was
written from the contract's words. It knows the rules R01 to R05, R09 to R11, R14 to R17, R19 and R21.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from streams.feed.oracle_cap import judge_cap
from streams.feed.oracle_exports import judge_kyrgyzstan
from streams.feed.oracle_facts import Journey, law_day
from streams.feed.oracle_law import Law
from streams.feed.oracle_listed import judge_banks, judge_end_users, judge_ships
from streams.feed.oracle_parties import judge_parties
from streams.feed.oracle_ports import judge_ports
from streams.feed.oracle_transit import judge_ghost, judge_transit

RULES = frozenset({"R01", "R02", "R03", "R04", "R05", "R09", "R10", "R11", "R14", "R15", "R16", "R17", "R19", "R21"})
"""The rules the oracle knows."""
_ORDER = ("BREACH", "NEEDS_WAIVER", "INSUFFICIENT_DATA", "WAIVER_MET", "RED_FLAG", "CLEAR")


class Opinion(NamedTuple):
    """What the oracle says of a consignment: verdict, combined weight (0-100), verdict per rule."""

    verdict: str
    weight: float
    findings: dict[str, str]


class Oracle:
    """Judges consignments by a set of reference records."""

    def __init__(self, law: Law) -> None:
        self.law = law

    @classmethod
    def bundled(cls) -> Oracle:
        """With the records that come with the program."""
        return cls(Law.bundled())

    def judge(self, events: Iterable[dict[str, Any]], now: datetime) -> Opinion:
        """The opinion on the events of one consignment at a clock; their order and repetition do not matter."""
        journey = Journey(events)
        if not journey.actual:
            raise ValueError("the oracle judges consignments with at least one actual event")
        findings, answered = judge_ports(self.law, journey)
        findings.update(judge_transit(self.law, journey))
        parties = judge_parties(self.law, journey, now)
        if parties:
            findings["R15"] = parties
        self._bans(findings, journey, now)
        kyrgyzstan = judge_kyrgyzstan(self.law, journey, now)
        if kyrgyzstan:
            findings["R11"] = kyrgyzstan
        weight = judge_ghost(self.law, journey, now)
        if weight:
            findings["R21"] = "RED_FLAG"
        if findings.get("R14") == "RED_FLAG":
            flag = float(self.law.policy("r14_weight", law_day(now)))
            weight = round(100 - (100 - weight) * (100 - flag) / 100, 2)
        counted = [verdict for rule, verdict in findings.items() if not (rule == "R02" and answered)]
        verdict = min(counted, key=_ORDER.index, default="CLEAR")
        return Opinion(verdict, weight, findings)

    def _bans(self, findings: dict[str, str], journey: Journey, now: datetime) -> None:
        """The findings of R14, R16, R17 and R19; where a ban binds nobody, R01 says so."""
        for rule, judge in (("R14", judge_end_users), ("R16", judge_banks), ("R17", judge_ships), ("R19", judge_cap)):
            verdict = judge(self.law, journey, now)
            if verdict:
                findings["R01" if verdict == "CLEAR" else rule] = verdict
