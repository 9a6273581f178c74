"""The evidence package of one consignment: plain files, the same bytes for the same question, as a folder or a ZIP."""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files as resources
from pathlib import Path
from typing import Any, NamedTuple, assert_never

import msgspec

from streams import __version__
from streams.commands.decide import decision_json
from streams.model.decision import Alert, Decision
from streams.model.intake import event_to_json, record_to_json
from streams.model.moments import iso_time
from streams.reference.store import digest_of
from streams.rules.evidence import canonical
from streams.rules.evidence_chain import Fault, field_marks
from streams.rules.judge import Judge
from streams.rules.state import EventEntry, ReferenceEntry, TimerEntry, entries_of, header_of
from streams.screening import MATCHER_VERSION

MANIFEST = "manifest.json"
ALERTS, EVENTS, RECORDS, HISTORY, DECISION, README = (
    "alerts.ndjson", "events.ndjson", "records.ndjson", "history.ndjson", "decision.json", "README.txt",
)  # fmt: skip
CONTENT = (ALERTS, DECISION, EVENTS, HISTORY, README, RECORDS)
"""What every package holds beside its manifest."""
FORMAT = 1
MOST_BYTES = 1 << 30
"""A larger file is not read: no consignment's evidence comes near it."""
_DATE = re.compile(r"@\d{4}-\d\d-\d\d$")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class Evidence(NamedTuple):
    """What a package is made of: the state with its log, all alert versions in order, the law that decides now."""

    state: bytes
    alerts: Sequence[Alert]
    judge: Judge
    source: str
    warnings: Sequence[str] = ()


def record_key(name: str) -> str:
    """The `kind:id` of a record as findings name it (`kind:id@date`).

    >>> record_key("place:RUULU@2025-02-25")
    'place:RUULU'
    """
    return _DATE.sub("", name)


def _lines(values: Iterable[Any]) -> bytes:
    return b"".join(msgspec.json.encode(value) + b"\n" for value in values)


def _pretty(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _history(state: bytes) -> Iterator[dict[str, str]]:
    """Every input in order of arrival: an event, a timer that fired, a change of law."""
    for entry in entries_of(state):
        if isinstance(entry, EventEntry):
            yield {"event": entry.event.uid, "recorded_at": iso_time(entry.event.recorded_at)}
        elif isinstance(entry, ReferenceEntry):
            yield {"law": entry.record, "at": iso_time(entry.at)}
        elif isinstance(entry, TimerEntry):
            yield {"timer": iso_time(entry.at)}
        else:
            assert_never(entry)


def heads_of(alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    """The last version of each alert: its rule, number, status and hash."""
    last = {alert.alert_id: alert for alert in alerts}
    return [
        {"alert_id": a.alert_id, "rule": a.rule, "version": a.version, "status": a.status, "hash": a.evidence_hash}
        for a in last.values()
    ]


def build(evidence: Evidence) -> dict[str, bytes]:
    """The files of a package by name, the manifest last."""
    header = header_of(evidence.state)
    events = [e.event for e in entries_of(evidence.state) if isinstance(e, EventEntry)]
    decision = evidence.judge.decide(header.consignment_id, events, header.clock)
    records, absent = _records(decision, evidence)
    lines = [canonical(alert) for alert in evidence.alerts]
    made = {
        ALERTS: b"".join(line + b"\n" for line in lines),
        DECISION: _pretty(decision_json(decision, evidence.warnings)),
        EVENTS: _lines(event_to_json(event) for event in events),
        HISTORY: _lines(_history(evidence.state)),
        README: readme(header.consignment_id),
        RECORDS: _lines(records),
    }
    manifest = {
        "package": "transitwatch evidence", "format": FORMAT, "consignment_id": header.consignment_id,
        "as_of": iso_time(header.clock), "source": evidence.source,
        "software": {"transitwatch": __version__, "matcher": MATCHER_VERSION},
        "law": {"digest": digest_of(evidence.judge.law.records.values()), "records": len(evidence.judge.law.records)},
        "files": {n: {"sha256": hashlib.sha256(b).hexdigest(), "bytes": len(b)} for n, b in made.items()},
        "heads": heads_of(evidence.alerts),
        "chain": [
            {"alert_id": a.alert_id, "version": a.version, "hash": a.evidence_hash, "fields": field_marks(line)}
            for a, line in zip(evidence.alerts, lines, strict=True)
        ],
        "records_not_held": absent,
    }  # fmt: skip
    return {**made, MANIFEST: _pretty(manifest)}


def _records(decision: Decision, evidence: Evidence) -> tuple[list[dict[str, Any]], list[str]]:
    """The records that findings and alerts name, as they are held now, and the names of those not held any more."""
    named = [*(r for f in decision.findings for r in f.records), *(r for a in evidence.alerts for r in a.records)]
    keys = sorted({record_key(name) for name in named})
    held = evidence.judge.law.records
    return [record_to_json(held[k]) for k in keys if k in held], [k for k in keys if k not in held]


def readme(consignment: str) -> bytes:
    """The text for whoever receives the package."""
    text = (resources("streams") / "data" / "evidence" / "README.txt").read_text("utf-8")
    return text.replace("{consignment}", consignment).encode()


def write(files: Mapping[str, bytes], to: Path) -> None:
    """Write a package to a folder that is not there yet, or to a ``.zip``. Raises OSError, FileExistsError among them."""
    if to.suffix.lower() == ".zip":
        with to.open("xb") as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                member = zipfile.ZipInfo(name, _ZIP_TIME)
                member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(member, data)
        return
    to.mkdir(parents=True)
    for name, data in files.items():
        (to / name).write_bytes(data)


def read(path: Path) -> tuple[dict[str, bytes], list[Fault]]:
    """The files of a package by name, and what could not be read. Raises OSError; ValueError when it is no package."""
    return _read_folder(path) if path.is_dir() else _read_zip(path)


def _read_folder(path: Path) -> tuple[dict[str, bytes], list[Fault]]:
    found: dict[str, bytes] = {}
    faults: list[Fault] = []
    for file in sorted(p for p in path.rglob("*") if not p.is_dir() or p.is_symlink()):
        name = file.relative_to(path).as_posix()
        if file.is_symlink() or not file.is_file():
            faults.append(Fault("file_extra", name, "is no plain file"))
        elif file.stat().st_size > MOST_BYTES:
            faults.append(Fault("file_changed", name, f"is larger than {MOST_BYTES} bytes"))
        else:
            found[name] = file.read_bytes()
    return found, faults


def _read_zip(path: Path) -> tuple[dict[str, bytes], list[Fault]]:
    found: dict[str, bytes] = {}
    faults: list[Fault] = []
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = member.filename
                if name in found:
                    faults.append(Fault("file_extra", name, "is in the archive twice"))
                    continue
                if member.file_size > MOST_BYTES:
                    faults.append(Fault("file_changed", name, f"is larger than {MOST_BYTES} bytes"))
                    continue
                try:
                    found[name] = archive.read(member)
                except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error) as error:
                    faults.append(Fault("file_changed", name, f"cannot be unpacked: {error}"))
    except zipfile.BadZipFile as error:
        raise ValueError(f"neither a folder nor a readable ZIP archive ({error})") from None
    return found, faults
