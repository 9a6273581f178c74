"""All rules on one case, and what they amount to (contract 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from streams.model.consignment import Consignment
from streams.model.decision import PRECEDENCE, Decision, Finding, Verdict, combine_weights
from streams.rules.ais import r18
from streams.rules.banks import r16
from streams.rules.case import ALONE, Case
from streams.rules.cleared import with_clearances
from streams.rules.end_users import r14
from streams.rules.exports import exports
from streams.rules.facilities import r07, r08
from streams.rules.ghost import r21
from streams.rules.imports import r06
from streams.rules.law import Law
from streams.rules.mismatch import RULE as MISMATCH, r22
from streams.rules.parties import r15
from streams.rules.party_flags import party_flags
from streams.rules.ports import PORTS, dealings, finding_of, unknown_port
from streams.rules.price_cap import r19
from streams.rules.quotas import relied_on
from streams.rules.routes import f05, f17
from streams.rules.ships import r17
from streams.rules.transit import BANS, transit_ban
from streams.rules.waivers import answer


def _ports(case: Case) -> list[Finding]:
    found = dealings(case)
    unknown = unknown_port(case)
    case.ports = bool(found or unknown)
    bound = [d for d in found if d.nexus.state != "NOT_MET"]
    if not bound:
        return [*finding_of(case, PORTS, found, None), *unknown]
    reply = answer(case, bound, PORTS.rule)
    return [*finding_of(case, PORTS, found, reply.answered_by), *reply.findings, *unknown]


def _quotas(case: Case) -> list[Finding]:
    return relied_on(case) if case.c.waivers else []


def _transit(case: Case) -> list[Finding]:
    return [finding for ban in BANS for finding in transit_ban(case, ban)]


RULES: tuple[tuple[str, Callable[[Case], list[Finding]]], ...] = (
    ("R01-R05, R24, R25", _ports), ("R06", r06), ("R07", r07), ("R08", r08), ("R24 relied on", _quotas),
    ("R09, R10", _transit), ("R11-R13, R20, F01, F02, F16", exports), ("R14", r14), ("R15", r15), ("R16", r16),
    ("R17", r17), ("R18", r18), ("R19", r19), ("R21", r21), ("R22", r22), ("F05", f05), ("F17", f17),
    ("F06, F07, F12, F18, F22", party_flags),
)  # fmt: skip
"""All rules in the order in which they are asked, by what they find. The first that asks for a fact works it out for all."""


def _once(findings: list[Finding]) -> list[Finding]:
    """Equal findings once; R01 CLEAR once for all rules that asked."""
    seen: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        seen.setdefault((finding.rule, finding.subject), finding)
    return sorted(seen.values(), key=lambda f: (f.rule, f.subject))


def evaluate(consignment: Consignment, law: Law, now: int, grants: Mapping[str, int] = ALONE) -> tuple[Decision, Case]:
    """The decision on a consignment at ``now`` (ms UTC), and the case it was made on.

    ``grants``: what it has of quotas, grams by waiver (`streams.rules.ledger`); without them it is judged alone.
    """
    case = Case(consignment, law, now, grants)
    findings: list[Finding] = []
    for _, rule in RULES:
        findings += rule(case)
    findings = with_clearances(case, findings)
    findings = _once(findings) if findings else findings
    verdict, weight = _amount_to(findings) if findings else ("CLEAR", 0.0)
    warnings = [*consignment.warnings, *case.warnings]
    decision = Decision(
        consignment_id=consignment.id,
        verdict=verdict,
        weight=weight,
        findings=tuple(findings),
        warnings=tuple(dict.fromkeys(warnings)) if warnings else (),
        due=case.due,
    )
    return decision, case


def _amount_to(findings: list[Finding]) -> tuple[Verdict, float]:
    """The gravest verdict of those not answered by another finding, and the weights of the flags together."""
    flags: dict[str, int] = {}
    for finding in findings:
        if finding.verdict == "RED_FLAG":
            flag = finding.subject if finding.rule == MISMATCH else finding.rule
            flags[flag] = max(flags.get(flag, 0), finding.weight)
    standing: list[Verdict] = [f.verdict for f in findings if f.answered_by is None]
    verdict: Verdict = max(standing, key=PRECEDENCE.__getitem__, default="CLEAR")
    return verdict, combine_weights(list(flags.values())) if flags else 0.0
