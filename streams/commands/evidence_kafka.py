"""What `transitwatch evidence` takes from a running system: the state with its log, and the alert versions as published."""

from __future__ import annotations

from streams.commands._common import current_settings
from streams.commands.evidence_package import Evidence
from streams.commands.explain import UnknownConsignment
from streams.commands.explain_kafka import records_in_force, state_of
from streams.errors import InvalidInput
from streams.kafka.codec import decode_alert
from streams.kafka.reading import scan
from streams.kafka.registry import registry_of
from streams.kafka.topics import ALERTS, topic_name
from streams.model.decision import Alert
from streams.reference.bundled import bundled_records
from streams.rules.announce import alert_id
from streams.rules.judge import Judge
from streams.rules.state import header_of
from streams.settings import Settings


def published(settings: Settings, consignment: str) -> tuple[list[Alert], list[str]]:
    """Every alert version of a consignment on the topic in order, and what could not be read. Raises KafkaTrouble."""
    topic, key = topic_name(settings.kafka.topic_prefix, ALERTS), consignment.encode()
    registry = registry_of(settings.registry)
    found: list[Alert] = []
    bad: list[str] = []
    for message in scan(settings.kafka, topic):
        value = message.value()
        if message.key() != key or value is None:
            continue
        try:
            found.append(decode_alert(value, registry))
        except InvalidInput as error:
            bad.append(f"{topic}[{message.partition()}]@{message.offset()}: cannot be read: {error}")
    return found, bad


def upto(state: bytes, alerts: list[Alert]) -> tuple[list[Alert], list[str]]:
    """The versions that a state has announced, and where they are not the ones that it has announced.

    The state says the last version of each alert and its hash; what is on the topic beyond it came after the state was read.
    """
    header = header_of(state)
    last = {alert_id(header.consignment_id, a.rule, a.subject): a for a in header.announced}
    kept = [a for a in alerts if a.alert_id in last and a.version <= last[a.alert_id].version]
    held = {(a.alert_id, a.version): a.evidence_hash for a in kept}
    wrong = []
    for ident, said in last.items():
        found = held.get((ident, said.version))
        if found != said.evidence.hex():
            what = f"has the hash {found} on the topic alerts" if found else "is not on the topic alerts any more"
            wrong.append(f"alert {ident} version {said.version} ({said.rule}): {what}; consignments.state has announced "
                         f"{said.evidence.hex()}")  # fmt: skip
    return kept, wrong


def published_evidence(consignment: str, bootstrap: str) -> tuple[Evidence, list[str]]:
    """The evidence of a running system, and where topic and state do not agree. Raises KafkaTrouble, UnknownConsignment."""
    settings = current_settings({"kafka.bootstrap": bootstrap})
    state = state_of(settings, consignment)
    if state is None:
        raise UnknownConsignment(consignment, f"consignments.state at {bootstrap}")
    alerts, bad = published(settings, consignment)
    kept, wrong = upto(state, alerts)
    records, warnings = records_in_force(settings)
    return Evidence(state, kept, Judge(records or bundled_records()), "topics", warnings), [*bad, *wrong]
