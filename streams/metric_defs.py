"""The closed set of metrics: name, kind, unit, labels, meaning, and what to do when a metric rises.

Nothing outside this file names a metric. `docs/metrics.md` is written from it, and the dashboards and alert
rules are checked against it. Every label is bounded: either a closed set of values, or at most `most`
different values of a given form; anything else becomes ``other``.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from streams.model.decision import PRECEDENCE
from streams.model.events import EVENT_TYPES

Kind = Literal["counter", "gauge", "histogram"]
OTHER = "other"


class Label(Struct, frozen=True):
    """A label with its values.

    ``values``: all it can have (beside ``other``). Empty: any value of at most 64 characters out of letters,
    digits, ``.``, ``_``, ``-``, until ``most`` different ones were seen.
    """

    name: str
    values: tuple[str, ...] = ()
    most: int = 40


class Spec(Struct, frozen=True, kw_only=True):
    """One metric. ``at_zero`` makes every combination of closed labels visible from the start."""

    name: str
    kind: Kind
    unit: str
    labels: tuple[Label, ...] = ()
    meaning: str
    rises: str
    buckets: tuple[float, ...] = ()
    at_zero: bool = False


FLAGS = ("F01", "F02", "F05", "F06", "F07", "F12", "F13", "F15", "F16", "F17", "F18", "F22")
"""The red flags that are findings of their own; the others are told by a rule (contract 6(32))."""
RULES = (*(f"R{number:02d}" for number in range(1, 26)), *FLAGS)
DEAD_LETTER_REASONS = (
    "not_avro", "unknown_schema", "truncated", "wrong_enum", "missing_field", "invalid_value", "wrong_key", "too_large",
)  # fmt: skip
TYPE = Label("type", EVENT_TYPES)
OUTCOME = Label("outcome", ("folded", "refolded", "duplicate", "conflict", "neutral", "dead_letter"))
RULE = Label("rule", RULES)
VERDICT = Label("verdict", tuple(PRECEDENCE))
STATUS = Label("status", ("OPEN", "UPDATED", "WITHDRAWN"))
REASON = Label("reason", (*DEAD_LETTER_REASONS, OTHER))
LIST = Label("list", most=60)
TOPIC = Label("topic", ("shipments.events", "customs.events"))
RESULT = Label("result", ("committed", "aborted", "unknown"))
STATE = Label("state", ("fresh", "held", "missing"))
REDIS_ERROR = Label("kind", ("connection", "timeout", "authentication", "data"))
CAUSE = Label("cause", ("fenced", "commit_unknown", "fatal", "timeout"))
VERSION = Label("version", most=1)  # one child at a time: the one before is removed

_FAST = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
_TRANSACTION = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
_REJUDGE = (0.01, 0.05, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)

EVENTS = Spec(
    name="transitwatch_events_total", kind="counter", unit="events", labels=(TYPE, OUTCOME),
    meaning="Events judged and committed, by type and by what became of them.",
    rises="Wanted. Many `duplicate`: a sender repeats itself. `conflict`: one event id with two contents; ask the sender. "
    "`refolded`: late or corrected events, which cost more.",
)  # fmt: skip
FINDINGS = Spec(
    name="transitwatch_findings_total", kind="counter", unit="findings", labels=(RULE, VERDICT),
    meaning="Findings of the alert versions and decisions committed, by rule and verdict; WAIVER_MET and CLEAR included.",
    rises="Many INSUFFICIENT_DATA of one rule: a sender leaves out a fact; `transitwatch explain` names it.",
)  # fmt: skip
ALERTS = Spec(
    name="transitwatch_alerts_total", kind="counter", unit="alert versions", labels=(RULE, VERDICT, STATUS),
    meaning="Alert versions published, by rule, verdict and status.",
    rises="A sudden rise of one rule: look at the last change of the reference records before at the traffic.",
)  # fmt: skip
DEAD_LETTERS = Spec(
    name="transitwatch_dead_letters_total", kind="counter", unit="records", labels=(REASON,), at_zero=True,
    meaning="Records put on `deadletters`, by reason.",
    rises="`transitwatch deadletters list`; tell the sender; after the repair `transitwatch deadletters replay`.",
)  # fmt: skip
OLDEST_EVENT_AGE = Spec(
    name="transitwatch_oldest_unprocessed_event_age_seconds", kind="gauge", unit="seconds",
    meaning="Age of the oldest event read or waiting in Kafka that is not committed yet; 0 when there is none. Grows by itself.",
    rises="The monitor is behind or stuck: see lag, transaction time and the log.",
)  # fmt: skip
EVENT_TO_ALERT = Spec(
    name="transitwatch_event_to_alert_seconds", kind="histogram", unit="seconds", buckets=_FAST,
    meaning="From the Kafka timestamp of the event to the commit of the alert that it caused.",
    rises="Look at the transaction time, then at lag; smaller batches or more workers.",
)  # fmt: skip
TRANSACTION = Spec(
    name="transitwatch_transaction_seconds", kind="histogram", unit="seconds", buckets=_TRANSACTION,
    meaning="Time of one Kafka transaction, from its beginning to its commit or abort.",
    rises="The brokers are slow (disk, replication, `min.insync.replicas`) or batches are too large.",
)  # fmt: skip
TRANSACTIONS = Spec(
    name="transitwatch_transactions_total", kind="counter", unit="transactions", labels=(RESULT,), at_zero=True,
    meaning="Kafka transactions by result; `unknown` are commits with no answer, read again afterwards.",
    rises="`aborted` and `unknown` beyond rebalances: the brokers are in trouble.",
)  # fmt: skip
PRODUCER_REPLACEMENTS = Spec(
    name="transitwatch_kafka_producer_replacements_total", kind="counter", unit="producers", labels=(CAUSE,), at_zero=True,
    meaning="Transactional producers thrown away and replaced, by cause. Nothing is lost; the batch is read again.",
    rises="`fenced`: two workers share one slot. Else the brokers are in trouble.",
)  # fmt: skip
CONSIGNMENTS_OPEN = Spec(
    name="transitwatch_consignments_open", kind="gauge", unit="consignments",
    meaning="Consignments that are not closed, in the partitions of this worker.",
    rises="Traffic grows, or movements are never closed: look at R21 and at DELIVERED and DISCHARGED events.",
)  # fmt: skip
STATE_BYTES = Spec(
    name="transitwatch_state_bytes", kind="gauge", unit="bytes",
    meaning="Encoded states of the consignments in memory in this worker.",
    rises="Plan memory: see sizing in the runbook.",
)  # fmt: skip
TIMERS_DUE = Spec(
    name="transitwatch_timers_due", kind="gauge", unit="timers",
    meaning="Timers (non-arrival, expiry of a waiver) whose time has come and which have not fired yet.",
    rises="Short peaks at midnight in Brussels are normal. Staying: the loop does not keep up.",
)  # fmt: skip
TIMERS_WAITING = Spec(
    name="transitwatch_timers_waiting", kind="gauge", unit="timers",
    meaning="Timers set for later, in the partitions of this worker.",
    rises="Follows the open consignments.",
)  # fmt: skip
RESTORE_PROGRESS = Spec(
    name="transitwatch_restore_progress_ratio", kind="gauge", unit="ratio",
    meaning="Share of `consignments.state` read back for the partitions of this worker; 1 when restored.",
    rises="Wanted. Below 1 and still: the topic cannot be read.",
)  # fmt: skip
RESTORE_SECONDS = Spec(
    name="transitwatch_restore_seconds", kind="gauge", unit="seconds",
    meaning="How long the last restore took.",
    rises="More consignments per worker, or compaction is behind: see `consignments.state` in the runbook.",
)  # fmt: skip
READY = Spec(
    name="transitwatch_ready", kind="gauge", unit="0 or 1",
    meaning="1 when partitions are assigned, the state restored and the reference records loaded (`/health/ready`).",
    rises="Wanted. 0: `curl /health/ready` says what is missing.",
)  # fmt: skip
LOOP_PROGRESS = Spec(
    name="transitwatch_loop_progress_timestamp_seconds", kind="gauge", unit="seconds since 1970",
    meaning="When the loop of the monitor last came round.",
    rises="Wanted. Standing still: the process hangs; `/health/live` fails and the supervisor restarts it.",
)  # fmt: skip
ASSIGNED = Spec(
    name="transitwatch_assigned_partitions", kind="gauge", unit="partitions",
    meaning="Partition numbers assigned to this worker (of both event topics together counted once).",
    rises="0 on a worker for long: more workers than partitions, or it cannot join the group.",
)  # fmt: skip
LAG = Spec(
    name="transitwatch_consumer_lag_records", kind="gauge", unit="records", labels=(TOPIC,), at_zero=True,
    meaning="Records behind the end of the topic, over the partitions of this worker.",
    rises="More comes in than is judged: add workers up to the number of partitions.",
)  # fmt: skip
LIST_AGE = Spec(
    name="transitwatch_list_age_seconds", kind="gauge", unit="seconds", labels=(LIST,),
    meaning="Time since each list of the reference records was fetched. Grows by itself.",
    rises="The job that fetches the list does not run, or its file was refused: `transitwatch reference status`.",
)  # fmt: skip
REFERENCE_STATE = Spec(
    name="transitwatch_reference_state", kind="gauge", unit="0 or 1", labels=(STATE,), at_zero=True,
    meaning="1 for the state the reference records are in: fresh, held (Redis does not confirm them), missing.",
    rises="`held` or `missing`: bring Redis and `transitwatch agents` back before the staleness limit stops the monitor.",
)  # fmt: skip
REFERENCE_DEGRADED = Spec(
    name="transitwatch_reference_degraded_seconds_total", kind="counter", unit="seconds",
    meaning="Time spent with reference records held or missing. Decisions made then carry a warning.",
    rises="See the state of the reference records.",
)  # fmt: skip
REFERENCE_CONFIRMED_AGE = Spec(
    name="transitwatch_reference_confirmed_age_seconds", kind="gauge", unit="seconds",
    meaning="Time since Redis last confirmed what is held. Grows by itself.",
    rises="As above; compare with the configured staleness limit.",
)  # fmt: skip
REFERENCE_INFO = Spec(
    name="transitwatch_reference_info", kind="gauge", unit="1", labels=(VERSION,),
    meaning="The version of the reference records in force in this worker (first 12 characters of their digest).",
    rises="Workers with different versions for more than a minute: one of them does not follow Redis.",
)  # fmt: skip
REJUDGED = Spec(
    name="transitwatch_rejudged_consignments_total", kind="counter", unit="consignments",
    meaning="Consignments judged again because a change of the reference records touched them.",
    rises="A large change of a list; expect new alert versions.",
)  # fmt: skip
REJUDGE_SECONDS = Spec(
    name="transitwatch_rejudge_seconds", kind="histogram", unit="seconds", buckets=_REJUDGE,
    meaning="Time from taking a change of the reference records to the last commit of what it touched.",
    rises="Long: publish large changes in quiet hours, or add workers.",
)  # fmt: skip
REDIS_ERRORS = Spec(
    name="transitwatch_redis_errors_total", kind="counter", unit="errors", labels=(REDIS_ERROR,), at_zero=True,
    meaning="Errors of Redis, by kind; the monitor goes on with what it holds.",
    rises="`authentication`: wrong password. Else the network or Redis itself.",
)  # fmt: skip
BUILD = Spec(
    name="transitwatch_build_info", kind="gauge", unit="1", labels=(VERSION,),
    meaning="The version of the program.",
    rises="Two versions at a time: a rolling restart is under way.",
)  # fmt: skip

METRICS: tuple[Spec, ...] = (
    EVENTS, FINDINGS, ALERTS, DEAD_LETTERS, OLDEST_EVENT_AGE, EVENT_TO_ALERT, TRANSACTION, TRANSACTIONS,
    PRODUCER_REPLACEMENTS, CONSIGNMENTS_OPEN, STATE_BYTES, TIMERS_DUE, TIMERS_WAITING, RESTORE_PROGRESS,
    RESTORE_SECONDS, READY, LOOP_PROGRESS, ASSIGNED, LAG, LIST_AGE, REFERENCE_STATE, REFERENCE_DEGRADED,
    REFERENCE_CONFIRMED_AGE, REFERENCE_INFO, REJUDGED, REJUDGE_SECONDS, REDIS_ERRORS, BUILD,
)  # fmt: skip


def reference_page() -> str:
    """`docs/metrics.md`; write it anew with ``python -m streams.metric_defs > docs/metrics.md``."""
    lines = [
        "# Metrics", "",
        "Written from `streams/metric_defs.py` (`python -m streams.metric_defs > docs/metrics.md`); a test keeps them equal.",
        "Counters count what was committed: a transaction that is aborted or read again counts once.",
        f"A label has only the values listed, or the number of values given; anything else is `{OTHER}`.", "",
    ]  # fmt: skip
    for spec in METRICS:
        lines += [f"## `{spec.name}`", "", f"{spec.kind}, {spec.unit}. {spec.meaning}", ""]
        for label in spec.labels:
            values = ", ".join(f"`{value}`" for value in label.values) or f"at most {label.most} values"
            lines.append(f"* label `{label.name}`: {values}")
        if spec.buckets:
            lines.append(f"* buckets: {', '.join(f'{bound:g}' for bound in spec.buckets)} s")
        lines += [f"* when it rises: {spec.rises}", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    print(reference_page(), end="")
