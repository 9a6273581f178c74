"""From findings to alert versions: open, updated, withdrawn; nothing is overwritten (contract 3.1(7), 3.2)."""

from __future__ import annotations

import hashlib
import uuid

import msgspec

from streams.model.decision import ALERTING, Alert, AlertStatus, Decision, Finding, Trigger
from streams.model.moments import iso_time
from streams.rules.case import Case
from streams.rules.evidence import chained
from streams.rules.state import Announced

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:transitwatch:alert")
TITLES = {
    "F01": "High priority goods, tier 1 or 2", "F02": "High priority goods, tier 3 or 4", "F16": "No-Russia clause not stated",
    "R02": "Dealing with a listed port", "R03": "Kazakh coal waiver", "R04": "Oil through a listed port",
    "R05": "Exempt cargo through a listed port", "R06": "Import of Russian goods",
    "R07": "Dealing with a listed refinery", "R08": "Dealing with a listed airport", "R09": "EU goods in transit through Russia",
    "R10": "EU goods in transit through Belarus", "R11": "Export to Kyrgyzstan",
    "R12": "No-Russia clause", "R13": "Diligence on high priority goods", "R14": "Listed end user", "R15": "Frozen party",
    "R16": "Bank under a transaction ban", "R17": "Listed ship", "R18": "Silence or transfer at sea", "R19": "Oil price cap", "R20": "Special zone",
    "R21": "Transit without arrival", "R22": "Document mismatch", "R24": "Quota of a waiver", "R25": "Authorisation",
    "F05": "Unloaded in Russia on the way elsewhere", "F17": "Way off every corridor",
    "F06": "Consignee is an intermediary", "F07": "Buyer founded lately", "F12": "Address of a listed party", "F18": "Banned bank behind a payment",
    "F22": "Russian contact or forwarder",
}  # fmt: skip


_json = msgspec.json.Encoder(order="deterministic").encode


def alert_id(consignment_id: str, rule: str, subject: str = "") -> str:
    """The UUIDv5 (RFC 9562, 5.5) of consignment, rule and, where a rule can hit twice, subject."""
    name = f"{consignment_id}\n{rule}" + (f"\n{subject}" if subject else "")
    number = hashlib.sha1(NAMESPACE.bytes + name.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(number[16], 16) & 3]
    return f"{number[:8]}-{number[8:12]}-5{number[13:16]}-{variant}{number[17:20]}-{number[20:32]}"


def digest(finding: Finding) -> bytes:
    """What makes a finding another finding: everything but clocks and the events it rests on."""
    conditions = [(c.name, c.state, c.because) for c in finding.conditions]
    substance = (
        finding.verdict, finding.weight, finding.planned, finding.answered_by, finding.because, conditions,
        finding.missing, finding.exposed, finding.records, finding.version, finding.legal_basis,
    )  # fmt: skip
    return hashlib.blake2b(_json(substance), digest_size=8).digest()


def announce(
    decision: Decision, case: Case, before: list[Announced], trigger: Trigger, notices: tuple[str, ...]
) -> tuple[list[Alert], list[Announced]]:
    """The alerts that a decision leads to, and what is announced from now on."""
    if not decision.findings and not before:
        return [], before
    held = {(a.rule, a.subject): a for a in before}
    alerts: list[Alert] = []
    seen = set()
    for finding in decision.findings:
        key = (finding.rule, finding.subject)
        old = held.get(key)
        if finding.verdict in ALERTING and finding.answered_by is None:
            seen.add(key)
            mark = digest(finding)
            if old is not None and old.live and old.digest == mark:
                continue
            status: AlertStatus = "UPDATED" if old is not None and old.live else "OPEN"
            held[key] = _add(alerts, finding, status, old, mark, case, trigger, notices)
        elif old is not None and old.live:
            seen.add(key)
            held[key] = _add(alerts, finding, "WITHDRAWN", old, b"", case, trigger, notices)
    for key, old in list(held.items()):
        if old.live and key not in seen:
            gone = Finding(
                rule=old.rule, subject=old.subject, verdict="CLEAR", legal_basis="",
                because=f"No longer found after {trigger.kind.lower()} {trigger.id}.",
            )  # fmt: skip
            held[key] = _add(alerts, gone, "WITHDRAWN", old, b"", case, trigger, notices)
    return alerts, list(held.values())


def _add(
    alerts: list[Alert], finding: Finding, status: AlertStatus, old: Announced | None, mark: bytes, case: Case,
    trigger: Trigger, notices: tuple[str, ...],
) -> Announced:  # fmt: skip
    version = old.version + 1 if old is not None else 1
    alert = _alert(finding, status, version, case, trigger, notices)
    previous = old.evidence if old is not None else b""
    alert, evidence = chained(previous, alert)
    alerts.append(alert)
    return Announced(finding.rule, finding.subject, version, status != "WITHDRAWN", mark, evidence, finding.verdict)


def _alert(
    finding: Finding, status: AlertStatus, version: int, case: Case, trigger: Trigger, notices: tuple[str, ...]
) -> Alert:
    c = case.c
    references, goods_hs, places, parties = case.shown()
    return Alert(
        alert_id=alert_id(c.id, finding.rule, finding.subject),
        version=version,
        status=status,
        consignment_id=c.id,
        rule=finding.rule,
        verdict=finding.verdict,
        weight=finding.weight,
        title=TITLES.get(finding.rule, finding.rule),
        because=finding.because,
        legal_basis=finding.legal_basis,
        conditions=finding.conditions,
        missing=finding.missing,
        exposed=finding.exposed,
        references=references,
        goods_hs=goods_hs,
        places=places,
        parties=parties,
        occurred_at=finding.clocks.dealing,
        decided_at=iso_time(case.now),
        trigger=trigger,
        records=finding.records,
        previous_version=version - 1 if version > 1 else None,
        evidence_hash="",
        warnings=notices,
    )
