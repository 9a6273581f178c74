"""Verifies chains of alert versions from their lines alone, by another way than the one that made them.

Nothing here builds an `Alert` or asks the code that announces: a line is bytes, its hash is cut out of it by text, and
the rest is hashed. What a chain shows and what it cannot show without a hash kept elsewhere: docs/evidence.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from msgspec import Struct

FaultKind = Literal[
    "content_changed", "hash_forged", "version_removed", "version_added", "version_repeated", "order_changed",
    "anchor_differs", "not_a_version", "file_changed", "file_missing", "file_extra", "not_a_package", "source_missing",
]  # fmt: skip
_HASH = re.compile(rb'"evidence_hash":"([^"]*)"')
_HEX = re.compile(r"[0-9a-f]{64}")
_MARK = 16
_GAP = 100
"""More missing versions in a row than this are one fault: a forged number must not make a list without end."""
Key = tuple[str, int]


class Fault(Struct, frozen=True):
    """One thing that is wrong: its kind, where, and what in words."""

    kind: FaultKind
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.kind}: {self.what}"


class Link(Struct, frozen=True):
    """An alert version as a manifest lists it: ``fields`` tell which one was changed (`field_marks`)."""

    alert_id: str
    version: int
    hash: str
    fields: dict[str, str] = {}


class Anchor(Struct, frozen=True):
    """A hash that was kept elsewhere; without id and version it may be that of any version."""

    hash: str
    alert_id: str | None = None
    version: int | None = None


class _Version(NamedTuple):
    """A line taken apart: ``body`` is the line with an empty hash."""

    line: int
    alert_id: str
    number: int
    hash: str
    body: bytes
    fields: Mapping[str, Any]

    @property
    def key(self) -> Key:
        """Alert and version."""
        return self.alert_id, self.number


def is_hash(text: object) -> bool:
    """Whether something is a SHA-256 as 64 lower case hexadecimal digits."""
    return isinstance(text, str) and _HEX.fullmatch(text) is not None


def field_marks(line: bytes) -> dict[str, str]:
    """A short hash of each field of a line but its ``evidence_hash``: to name the one that was changed."""
    return _marks(json.loads(line))


def _marks(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: _mark(value) for name, value in fields.items() if name != "evidence_hash"}


def _mark(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]


def _named(key: Key) -> str:
    return f"alert {key[0]} version {key[1]}"


def _read(number: int, line: bytes) -> _Version | Fault:
    where = f"alerts.ndjson line {number}"
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Fault("not_a_version", where, f"not JSON ({error})")
    found = _HASH.findall(line)
    ident, version = (fields.get("alert_id"), fields.get("version")) if isinstance(fields, dict) else (None, None)
    if not isinstance(ident, str) or not isinstance(version, int) or isinstance(version, bool) or version < 1:
        return Fault("not_a_version", where, "no alert_id, or no version from 1 on")
    if len(found) != 1 or not is_hash(fields.get("evidence_hash")):
        return Fault("not_a_version", where, "no evidence_hash of 64 hexadecimal digits, as the monitor writes it")
    return _Version(
        number, ident, version, fields["evidence_hash"], _HASH.sub(b'"evidence_hash":""', line, count=1), fields
    )


class Chain:
    """The alert versions of a package, by line, and the faults that their lines show. Pure."""

    def __init__(self, lines: Iterable[bytes], listed: Sequence[Link] | None) -> None:
        """``listed``: the versions in the order of the manifest; None when there is no manifest to hold them against."""
        read = [_read(number, line) for number, line in enumerate(lines, 1)]
        self.versions = [v for v in read if isinstance(v, _Version)]
        self._listed = {(link.alert_id, link.version): link for link in listed or ()}
        self._held: dict[Key, _Version] = {}
        for version in self.versions:
            self._held.setdefault(version.key, version)
        self.faults = [f for f in read if isinstance(f, Fault)]
        self.faults += self._presence(with_manifest=listed is not None)
        self.faults += self._order()
        self.faults += [fault for v in self.versions if (fault := self._link(v)) is not None]

    @property
    def heads(self) -> list[Link]:
        """The last version of each alert, in the order in which the alerts first come."""
        last: dict[str, Link] = {}
        for ident, number in self._held:
            if ident not in last or number > last[ident].version:
                last[ident] = Link(ident, number, self._held[ident, number].hash)
        return list(last.values())

    def field(self, head: Link, name: str) -> Any:
        """What a version says in a field; None when it does not say."""
        return self._held[head.alert_id, head.version].fields.get(name)

    def _presence(self, *, with_manifest: bool) -> Iterator[Fault]:
        known: dict[str, set[int]] = {}
        for ident, number in (*self._listed, *self._held):
            known.setdefault(ident, set()).add(number)
        for ident, numbers in known.items():
            yield from self._gaps(ident, sorted(numbers))
        for version in self.versions:
            where = f"{_named(version.key)} (line {version.line})"
            if self._held[version.key] is not version:
                yield Fault("version_repeated", where, f"stands already on line {self._held[version.key].line}")
            elif with_manifest and version.key not in self._listed:
                yield Fault("version_added", where, "the manifest does not list it")

    def _gaps(self, ident: str, known: Sequence[int]) -> Iterator[Fault]:
        """The versions that must be there, as a later one or the manifest says, and are not."""
        end = max((n for n in known if (ident, n) in self._held), default=0)
        before = 0
        for number in known:
            if number - before > _GAP:
                yield Fault(
                    "version_removed",
                    f"alert {ident} versions {before + 1} to {number - 1}",
                    "are not in alerts.ndjson",
                )
            else:
                for missing in range(before + 1, number):
                    yield Fault("version_removed", _named((ident, missing)), "is not in alerts.ndjson")
            before = number
            if (ident, number) not in self._held:
                place = ", the last one" if number == known[-1] and number > end else ""
                yield Fault("version_removed", _named((ident, number)), f"is not in alerts.ndjson{place}")

    def _order(self) -> Iterator[Fault]:
        wanted = [key for key in self._listed if key in self._held]
        found = [key for key in self._held if key in self._listed]
        wrong = [n for n, (want, got) in enumerate(zip(wanted, found, strict=True)) if want != got]
        if wrong:
            lines = [self._held[found[n]].line for n in wrong]
            if len(wrong) == 2:
                said = f"lines {lines[0]} and {lines[1]} have changed places"
            else:
                said = f"{len(wrong)} lines are out of place, the first is {_named(found[wrong[0]])}"
            yield Fault(
                "order_changed", f"alerts.ndjson line {lines[0]}", f"{said} ({_named(wanted[wrong[0]])} belongs here)"
            )
            return
        highest: dict[str, int] = {}
        for (ident, number), version in self._held.items():
            if number < highest.get(ident, 0):
                yield Fault("order_changed", f"alerts.ndjson line {version.line}",
                            f"{_named(version.key)} comes after version {highest[ident]}")  # fmt: skip
            highest[ident] = max(highest.get(ident, 0), number)

    def _priors(self, key: Key) -> set[str]:
        """What the hash of the version before is said to be, by its line and by the manifest."""
        if key[1] == 1:
            return {""}
        before = (key[0], key[1] - 1)
        held, listed = self._held.get(before), self._listed.get(before)
        return {each.hash for each in (held, listed) if each is not None and is_hash(each.hash)}

    def _link(self, version: _Version) -> Fault | None:
        priors = self._priors(version.key)
        if not priors:
            return None  # the version before is missing, which is said already
        own = {hashlib.sha256(bytes.fromhex(prior) + version.body).hexdigest() for prior in priors}
        link = self._listed.get(version.key)
        listed = link.hash if link is not None else version.hash
        where = f"{_named(version.key)} (line {version.line})"
        if version.hash == listed:
            if version.hash in own:
                return None
            before = "" if version.number == 1 else f"and the hash of version {version.number - 1} "
            more = "" if version.number == 1 else f"; if no field is named, version {version.number - 1} was forged"
            return Fault("content_changed", where,
                         f"{self._changed(version)}its content {before}does not give its hash{more}")  # fmt: skip
        if listed in own:
            return Fault(
                "hash_forged", where, f"its hash was replaced; its content gives {listed}, as the manifest lists"
            )
        if version.hash in own:
            return Fault("hash_forged", where,
                         f"{self._changed(version)}its hash was made anew to fit; the manifest lists {listed}")  # fmt: skip
        return Fault(
            "content_changed", where, f"{self._changed(version)}neither its hash nor the manifest's fits its content"
        )

    def _changed(self, version: _Version) -> str:
        link = self._listed.get(version.key)
        if link is None or not link.fields:
            return ""
        marks = _marks(version.fields)
        names = sorted(name for name in {*marks, *link.fields} if marks.get(name) != link.fields.get(name))
        return f"changed: {', '.join(names)}; " if names else ""

    def anchored(self, anchors: Iterable[Anchor]) -> tuple[list[Fault], list[Link]]:
        """Holds the chain against hashes kept elsewhere: the faults, and the versions that such a hash vouches for.

        A version that is vouched for vouches for all before it.
        """
        faults: list[Fault] = []
        vouched: list[Link] = []
        by_hash = {version.hash: version for version in self.versions}
        for anchor in anchors:
            if anchor.alert_id is None or anchor.version is None:
                found = by_hash.get(anchor.hash)
                if found is None:
                    faults.append(Fault("anchor_differs", f"kept hash {anchor.hash}",
                                        "no version here has it: that version was removed, or changed and hashed anew"))  # fmt: skip
                    continue
            else:
                key = (anchor.alert_id, anchor.version)
                found = self._held.get(key)
                if found is None:
                    faults.append(
                        Fault("version_removed", _named(key), f"is not here; its hash {anchor.hash} was kept elsewhere")
                    )
                    continue
                if found.hash != anchor.hash:
                    faults.append(Fault("anchor_differs", _named(key),
                                        f"has the hash {found.hash}, the one kept elsewhere is {anchor.hash}: it, or "
                                        "a version before it, was changed and hashed anew"))  # fmt: skip
                    continue
            vouched.append(Link(found.alert_id, found.number, found.hash))
        return faults, vouched
