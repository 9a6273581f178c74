"""The second judge: what the contract asks for, worked out once more by brute force.

It shares nothing with the rules under test: it reads the JSON of the events and of the reference records and was
written from the contract's words. The rules it knows stand in `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from math import prod
from typing import Any, NamedTuple

from streams.feed.oracle_ais import judge_ais
from streams.feed.oracle_cap import judge_cap
from streams.feed.oracle_exports import judge_exports
from streams.feed.oracle_facts import Journey, law_day
from streams.feed.oracle_import import judge_import
from streams.feed.oracle_law import Law
from streams.feed.oracle_listed import judge_banks, judge_end_users, judge_ships
from streams.feed.oracle_mismatch import judge_mismatch
from streams.feed.oracle_parties import judge_parties
from streams.feed.oracle_party_flags import judge_party_flags
from streams.feed.oracle_ports import judge_airports, judge_ports, judge_refineries
from streams.feed.oracle_routes import judge_route
from streams.feed.oracle_transit import judge_ghost, judge_transit, without_limit
from streams.feed.oracle_zones import judge_zone

RULES = frozenset({
    "R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08", "R09", "R10", "R11", "R12", "R13", "R14", "R15", "R16", "R17",
    "R18", "R19", "R20", "R21", "R22", "F01", "F02", "F05", "F06", "F07", "F12", "F16", "F17", "F18", "F22",
})  # fmt: skip
"""The rules the oracle knows."""
_BANS: dict[str, Callable[[Law, Journey, datetime], str | None]] = {
    "R06": judge_import, "R14": judge_end_users, "R16": judge_banks, "R17": judge_ships, "R19": judge_cap,
}  # fmt: skip
_WEIGHTS = {"R07": "r07_advance_weight", "R13": "r13_weight", "R14": "r14_weight"}
"""The policies of the weights of rules that may be red flags; that of R21 depends on the goods."""
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
        findings, answered = self._dealings(journey, now)
        findings.update(judge_transit(self.law, journey))
        parties = judge_parties(self.law, journey, now)
        if parties:
            findings["R15"] = parties
        self._bans(findings, journey, now)
        findings.update(judge_exports(self.law, journey, now))
        zone = judge_zone(self.law, journey, now)
        if zone:
            findings["R20"] = zone
        weight = judge_ghost(self.law, journey, now)
        if weight:
            findings["R21"] = "RED_FLAG"
        elif without_limit(journey):
            findings["R21"] = "INSUFFICIENT_DATA"
        flags: dict[str, float] = {
            **judge_party_flags(self.law, journey, now),
            **judge_route(self.law, journey, now),
        }
        findings.update(dict.fromkeys(flags, "RED_FLAG"))
        for name, mismatch in judge_mismatch(self.law, journey).items():
            findings["R22"], flags[name] = "RED_FLAG", mismatch
        at_sea, flags["R18"] = judge_ais(self.law, journey, now)
        if at_sea:
            findings["R01" if at_sea == "CLEAR" else "R18"] = at_sea
        weight = self._combined(findings, {"R21": weight, **flags}, law_day(now))
        counted = [verdict for rule, verdict in findings.items() if rule not in answered]
        verdict = min(counted, key=_ORDER.index, default="CLEAR")
        return Opinion(verdict, weight, findings)

    def _dealings(self, journey: Journey, now: datetime) -> tuple[dict[str, str], set[str]]:
        """The findings of the bans on dealings with listed places and of their waivers, and which bans are answered."""
        judged = {
            "R02": judge_ports(self.law, journey),
            "R07": judge_refineries(self.law, journey, now),
            "R08": judge_airports(self.law, journey),
        }
        findings = {rule: verdict for found, _ in judged.values() for rule, verdict in found.items()}
        return findings, {rule for rule, (_, answered) in judged.items() if answered}

    def _combined(self, findings: dict[str, str], given: dict[str, float], day: date) -> float:
        """The weights of all red flags together (3.1(4)); of what weighs by what it finds they are given."""
        flags: dict[str, float] = self.law.policy("flag_weights", day)
        raised = [rule for rule, verdict in findings.items() if verdict == "RED_FLAG" and rule not in given]
        own = [self.law.policy(_WEIGHTS[rule], day) if rule in _WEIGHTS else flags.get(rule, 0) for rule in raised]
        return round(100 * (1 - prod(1 - weight / 100 for weight in (*given.values(), *own))), 2)

    def _bans(self, findings: dict[str, str], journey: Journey, now: datetime) -> None:
        """The findings of bans that ask for a nexus, and of R14; where a ban binds nobody, R01 says so."""
        for rule, judge in _BANS.items():
            verdict = judge(self.law, journey, now)
            if verdict:
                findings["R01" if verdict == "CLEAR" else rule] = verdict
