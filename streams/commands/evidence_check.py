"""Whether an evidence package is whole and agrees with itself; needs the files alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from streams.commands.evidence_package import ALERTS, CONTENT, DECISION, EVENTS, FORMAT, MANIFEST, RECORDS, record_key
from streams.rules.evidence_chain import Anchor, Chain, Fault, Link, is_hash


class Stated(Struct, frozen=True):
    """The SHA-256 and the size of a file as the manifest states them."""

    sha256: str
    bytes: int


class Manifest(Struct, frozen=True):
    """The part of a manifest that is checked."""

    package: str
    format: int
    consignment_id: str
    files: dict[str, Stated]
    heads: tuple[dict[str, Any], ...]
    chain: tuple[Link, ...]
    as_of: str = ""
    records_not_held: tuple[str, ...] = ()


class Report(Struct, frozen=True):
    """What was found: sound when there is no fault. ``vouched`` are the versions that a hash kept elsewhere names."""

    consignment_id: str
    faults: tuple[Fault, ...]
    heads: tuple[dict[str, Any], ...]
    vouched: tuple[Link, ...]
    versions: int
    manifest_sha256: str
    records_not_held: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    @property
    def unvouched(self) -> list[dict[str, Any]]:
        """The heads for which no hash kept elsewhere speaks: their last versions rest on the package alone."""
        named = {(link.alert_id, link.version) for link in self.vouched}
        return [head for head in self.heads if (head["alert_id"], head["version"]) not in named]


def check(
    files: Mapping[str, bytes], anchors: Sequence[Anchor] = (), manifest_sha256: str | None = None,
    unreadable: Sequence[Fault] = (),
) -> Report:  # fmt: skip
    """Check the files of a package by name. ``manifest_sha256``: the manifest's hash as it was kept elsewhere.

    ``unreadable`` are the faults met while the files were read.
    """
    faults = list(unreadable)
    manifest = _manifest(files, faults)
    faults += _files(files, manifest, {fault.where for fault in unreadable})
    chain = Chain(files.get(ALERTS, b"").splitlines(), manifest.chain if manifest is not None else None)
    faults += chain.faults
    heads = tuple(
        {"alert_id": h.alert_id, "rule": chain.field(h, "rule"), "version": h.version, "status": chain.field(h, "status"),
         "hash": h.hash}
        for h in chain.heads
    )  # fmt: skip
    if manifest is not None:
        faults += _agreement(manifest, chain, heads, files)
    more, vouched = chain.anchored(anchors)
    faults += more
    digest = hashlib.sha256(files.get(MANIFEST, b"")).hexdigest()
    if manifest_sha256 is not None and digest != manifest_sha256:
        said = f"has the SHA-256 {digest}, the one kept elsewhere is {manifest_sha256}"
        faults.append(Fault("anchor_differs", MANIFEST, said))
    return Report(
        manifest.consignment_id if manifest is not None else "", tuple(dict.fromkeys(faults)), heads, tuple(vouched),
        len(chain.versions), digest, manifest.records_not_held if manifest is not None else (),
    )  # fmt: skip


def consignment_of(files: Mapping[str, bytes]) -> str:
    """The consignment that a package's manifest names; empty where it has no readable manifest."""
    manifest = _manifest(files, [])
    return manifest.consignment_id if manifest is not None else ""


def _manifest(files: Mapping[str, bytes], faults: list[Fault]) -> Manifest | None:
    data = files.get(MANIFEST)
    if data is None:
        if not any(fault.where == MANIFEST for fault in faults):
            faults.append(
                Fault("file_missing", MANIFEST, "without it the chain is checked alone: nothing shows the end of it")
            )
        return None
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, RecursionError) as error:
        faults.append(Fault("not_a_package", MANIFEST, f"is no manifest ({error})"))
        return None
    if manifest.package != "transitwatch evidence" or manifest.format != FORMAT:
        said = f"{manifest.package!r} of format {manifest.format}; this version reads 'transitwatch evidence' of format {FORMAT}"
        faults.append(Fault("not_a_package", MANIFEST, said))
    return manifest


def _files(files: Mapping[str, bytes], manifest: Manifest | None, told: set[str]) -> Iterator[Fault]:
    stated = manifest.files if manifest is not None else {}
    for name in sorted({*stated, *CONTENT} - told):
        if name not in files:
            yield Fault("file_missing", name, "is not in the package")
        elif manifest is not None and name in stated:
            digest = hashlib.sha256(files[name]).hexdigest()
            if digest != stated[name].sha256:
                said = f"has the SHA-256 {digest}, the manifest states {stated[name].sha256}"
                yield Fault("file_changed", name, said)
    for name in sorted(files.keys() - {MANIFEST, *(stated or CONTENT)}):
        yield Fault("file_extra", name, "the manifest does not name it" if manifest else "no package has it")


def _agreement(
    manifest: Manifest, chain: Chain, heads: Iterable[Mapping[str, Any]], files: Mapping[str, bytes]
) -> Iterator[Fault]:
    """Whether the manifest's heads are those of its chain, and whether what alerts name is in the package."""
    last = {link.alert_id: link for link in manifest.chain}
    stated = {str(head.get("alert_id")): head for head in manifest.heads}
    for ident in sorted({*last, *stated}):
        link, head = last.get(ident), stated.get(ident, {})
        if link is None or (head.get("version"), head.get("hash")) != (link.version, link.hash):
            has = f"version {head['version']}" if head.get("version") else "none"
            ends = f"version {link.version}" if link is not None else "nothing"
            said = f"the manifest's heads have {has} {head.get('hash', '')}, its chain ends with {ends}"
            yield Fault("hash_forged", f"alert {ident}", said)
    for version in chain.versions:
        if version.fields.get("consignment_id") != manifest.consignment_id:
            said = f"is of consignment {version.fields.get('consignment_id')!r}, the package of {manifest.consignment_id!r}"
            yield Fault(
                "version_added", f"alert {version.alert_id} version {version.number} (line {version.line})", said
            )
    yield from _sources(manifest, chain, files)


def _rows(data: bytes) -> Iterator[Mapping[str, Any]]:
    for line in data.splitlines():
        try:
            row = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError):
            continue  # a changed file, which its hash tells
        if isinstance(row, dict):
            yield row


def _sources(manifest: Manifest, chain: Chain, files: Mapping[str, bytes]) -> Iterator[Fault]:
    events = {f"{row.get('source')}/{row.get('event_id')}" for row in _rows(files.get(EVENTS, b""))}
    records = {f"{row.get('kind')}:{row.get('id')}" for row in _rows(files.get(RECORDS, b""))} | {
        *manifest.records_not_held
    }
    told: set[str] = set()
    for version in chain.versions:
        where = f"alert {version.alert_id} version {version.number} (line {version.line})"
        for uid in sorted(_events_of(version.fields) - events - told):
            told.add(uid)
            yield Fault("source_missing", where, f"rests on event {uid}, which is not in {EVENTS}")
        names = version.fields.get("records")
        keys = {record_key(name) for name in names if isinstance(name, str)} if isinstance(names, list) else set()
        for key in sorted(keys - records - told):
            told.add(key)
            yield Fault("source_missing", where, f"rests on record {key}, which is not in {RECORDS}")
    if DECISION in files and next(
        (r.get("consignment_id") for r in _rows(files[DECISION].replace(b"\n", b" "))), None
    ) != (manifest.consignment_id):
        yield Fault("source_missing", DECISION, f"is no decision on {manifest.consignment_id}")


def _events_of(fields: Mapping[str, Any]) -> set[str]:
    """The uids of the events that a version rests on, as far as they can be read."""
    found: set[str] = set()
    trigger, conditions = fields.get("trigger"), fields.get("conditions")
    if isinstance(trigger, dict) and trigger.get("kind") == "EVENT" and isinstance(trigger.get("id"), str):
        found.add(trigger["id"])
    for condition in conditions if isinstance(conditions, list) else ():
        uids = condition.get("events") if isinstance(condition, dict) else None
        found |= {uid for uid in uids if isinstance(uid, str)} if isinstance(uids, list) else set()
    return found


def anchors_of(text: bytes, where: str, consignment: str) -> list[Anchor]:
    """The hashes that a file keeps for a consignment; those of others are passed over.

    A line is ``HASH VERSION ALERT_ID CONSIGNMENT`` (as `export` prints it), or an alert version as JSON (as `alerts tail --json`
    prints it); ``#`` begins a comment. Raises ValueError with file and line for any other.
    """
    found = []
    for number, raw in enumerate(text.decode("utf-8", "replace").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        digest, version, ident, about = _anchor_line(line)
        if not is_hash(digest) or not version.isdecimal() or not ident or not about:
            raise ValueError(
                f"{where}:{number}: {line[:60]!r}; expected HASH VERSION ALERT_ID CONSIGNMENT, or an alert version as JSON"
            )
        if about == consignment:
            found.append(Anchor(digest, ident, int(version)))
    return found


def _anchor_line(line: str) -> tuple[str, str, str, str]:
    if not line.startswith("{"):
        parts = line.split(None, 3)
        return (parts[0], parts[1], parts[2], parts[3]) if len(parts) == 4 else ("", "", "", "")
    try:
        row = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return "", "", "", ""
    return (str(row.get("evidence_hash")), str(row.get("version")), str(row.get("alert_id") or ""),
            str(row.get("consignment_id") or ""))  # fmt: skip
