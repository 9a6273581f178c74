"""A directory of loaded lists: what is in force as NDJSON, and every snapshot before it by content hash.

    DIR/<name>.ndjson                       the records in force, those that ended among them, and the list's state
    DIR/.snapshots/<name>/<sha256>.ndjson.gz  each content once loaded, without what had ended and without the state
    DIR/.snapshots/<name>/history.ndjson    one line a load

A load that fails in any way changes nothing: the list in force stays, and its `fetched_at` goes on ageing.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from streams.errors import InvalidInput, ListRefused
from streams.model.intake import load_json, record_from_json, record_to_json
from streams.model.moments import brussels_day, iso_time
from streams.model.reference import AnyRecord, ListedParty, ListState, Measure
from streams.reference.loaders.base import MEASURES, About, Loaded, Refused

_KEPT = ".snapshots"
_DIGEST = 16
_MOST_REFUSED = 100_000


class Guards(Struct, frozen=True):
    """What a list must hold to be believed: ``floor`` records, and at most ``shrink_pct`` per cent fewer than before.

    Names are held to the same share: a cut file of aliases leaves the number of records as it was.
    """

    floor: int = 1
    shrink_pct: float = 10.0


class Load(Struct, frozen=True):
    """A line of the history: times in ISO 8601 UTC, content hash, counts, and what differs from the load before.

    ``kept`` entries were not found and stay in force all the same, as a refused row is theirs or may be.
    """

    list: str
    format: str
    files: dict[str, str]
    sha256: str
    loaded_at: str
    fetched_at: str
    records: int
    names: int
    refused: int
    added: int
    changed: int
    ended: int
    same: int
    kept: int = 0


class _Written(Struct):
    """What the pass over the loader's records gathered."""

    digests: dict[str, bytes] = {}
    records: int = 0
    names: int = 0
    refused: int = 0
    measures: set[Measure] = set()
    unread: set[str] = set()
    unknown: bool = False
    sha256: str = ""


def file_name(list_: str) -> str:
    """The name under which a list lies in the directory: lower case letters, digits and dashes.

    >>> file_name("OFAC-SDN"), file_name("../x y")
    ('ofac-sdn', 'x-y')
    """
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in list_.lower()).split()) or "list"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file as hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _line(record: AnyRecord) -> bytes:
    return msgspec.json.encode(record_to_json(record)) + b"\n"


def _write(about: About, loaded: Iterable[Loaded], out: IO[bytes], tell: Callable[[Refused], None]) -> _Written:
    done, digest = _Written(), hashlib.sha256()
    for item in loaded:
        refusal = item if isinstance(item, Refused) else _take(item, done, out, digest.update)
        if refusal is not None:
            done.refused += 1
            if refusal.entry is None:
                done.unknown = True
            else:
                done.unread.add(f"{about.list}:{refusal.entry}")
            tell(refusal)
            if done.refused > max(_MOST_REFUSED, done.records):
                raise ListRefused(
                    refusal.file,
                    refusal.where,
                    f"{done.refused} rows refused so far, {done.records} taken: not this list",
                )
    done.sha256 = digest.hexdigest()
    return done


def _take(record: AnyRecord, done: _Written, out: IO[bytes], update: Callable[[bytes], None]) -> Refused | None:
    try:
        line = _line(record)
    except UnicodeEncodeError:
        return _unusable(record, done, "not valid Unicode")
    key = record.record_key
    if key in done.digests:
        return _unusable(record, done, "a second entry of this number; the first one is kept")
    done.digests[key] = hashlib.blake2b(line, digest_size=_DIGEST).digest()
    done.records += 1
    if isinstance(record, ListedParty):
        done.names += len(record.names)
        done.measures.update(record.measures)
    out.write(line)
    update(line)
    return None


def _unusable(record: AnyRecord, done: _Written, because: str) -> Refused:
    where = f"entry {done.records + done.refused + 1}"
    entry = record.id.partition(":")[2] or None
    return Refused(record.source or "", where, f"{record.id}: {because}", entry)


def read_lines(path: Path) -> Iterator[tuple[AnyRecord, bytes]]:
    """The records of an NDJSON file, gzipped or not, each with its line. Raises ListRefused with the line; OSError."""
    number = 0
    with path.open("rb") as plain, contextlib.ExitStack() as stack:
        file = stack.enter_context(gzip.GzipFile(fileobj=plain)) if path.suffix == ".gz" else plain
        try:
            for line in file:
                number += 1
                if line.strip():
                    yield record_from_json(load_json(line))[0], line
        except InvalidInput as error:
            raise ListRefused(str(path), f"line {number}", str(error)) from None
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ListRefused(str(path), "", f"a damaged snapshot: {error}") from None


class Snapshots:
    """The lists of a directory. One process loads a list at a time; readers see the old file or the new one."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def current(self, list_: str) -> Path:
        """Where the records of a list in force lie."""
        return self.directory / f"{file_name(list_)}.ndjson"

    def history(self, list_: str | None = None) -> list[Load]:
        """The loads of a list, or of all, oldest first. Raises ListRefused when a history is damaged."""
        names = (
            [file_name(list_)] if list_ else sorted(p.name for p in (self.directory / _KEPT).glob("*") if p.is_dir())
        )
        found = []
        for name in names:
            path = self.directory / _KEPT / name / "history.ndjson"
            try:
                lines = path.read_bytes().splitlines() if path.exists() else []
                found += [msgspec.json.decode(line, type=Load) for line in lines]
            except msgspec.DecodeError as error:
                raise ListRefused(str(path), "", f"a damaged history: {error}") from None
        return sorted(found, key=lambda load: load.loaded_at)

    def find(self, prefix: str) -> Path:
        """The snapshot whose hash begins with ``prefix``. Raises ListRefused when there is none, or more than one."""
        found = {p.name: p for p in (self.directory / _KEPT).glob(f"*/{prefix}*.ndjson.gz")} if prefix.isalnum() else {}
        if len(found) != 1:
            what = "several snapshots begin" if found else "no snapshot begins"
            raise ListRefused(str(self.directory), "", f"{what} with {prefix!r}; see `transitwatch reference history`")
        return next(iter(found.values()))

    def load(
        self, about: About, format_: str, files: dict[str, str], loaded: Iterable[Loaded], *, fetched_at: int,
        now: int, guards: Guards, tell: Callable[[Refused], None], force: bool = False,
    ) -> Load:  # fmt: skip
        """Put what a loader gives in force, if it can be believed. Times in ms UTC, ``files`` are hashes by name.

        ``tell`` hears each refusal. Raises ListRefused, and nothing changes, when the list is broken, has fewer records
        than the floor, or shrinks more than allowed (not with ``force``); OSError.
        """
        kept = self.directory / _KEPT / file_name(about.list)
        kept.mkdir(parents=True, exist_ok=True)
        fresh, merged = kept / ".loading", kept / ".merging"
        with (kept / ".lock").open("wb") as lock, contextlib.ExitStack() as stack:
            _lock(lock, about)
            stack.callback(fresh.unlink, missing_ok=True)
            stack.callback(merged.unlink, missing_ok=True)
            with fresh.open("wb") as out:
                done = _write(about, loaded, out, tell)
            previous = next(reversed(self.history(about.list)), None)
            _guard(about, done, previous, guards, force)
            with merged.open("wb") as out:
                counts = _merge(fresh, self.current(about.list), done, brussels_day(fetched_at), out, force)
                measures = tuple(m for m in MEASURES if m in (done.measures or about.measures))
                out.write(_line(ListState(
                    id=f"list:{about.list}", list=about.list, measures=measures, fetched_at=fetched_at,
                    records=done.records, source=about.source,
                )))  # fmt: skip
            load = Load(
                list=about.list, format=format_, files=files, sha256=done.sha256, loaded_at=iso_time(now),
                fetched_at=iso_time(fetched_at), records=done.records, names=done.names, refused=done.refused, **counts,
            )  # fmt: skip
            self._keep(kept, fresh, load, previous)
            _replace(merged, self.current(about.list))
            return load

    def _keep(self, kept: Path, fresh: Path, load: Load, previous: Load | None) -> None:
        snapshot = kept / f"{load.sha256}.ndjson.gz"
        if not snapshot.exists():
            packed = kept / ".packing"
            with (
                fresh.open("rb") as source,
                packed.open("wb") as file,
                gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as out,
            ):
                shutil.copyfileobj(source, out)
            _replace(packed, snapshot)
        if previous is None or (previous.sha256, previous.fetched_at) != (load.sha256, load.fetched_at):
            with (kept / "history.ndjson").open("ab") as history:
                history.write(msgspec.json.encode(load) + b"\n")


def _lock(lock: IO[bytes], about: About) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ListRefused(about.list, "", "another process is loading this list into this directory") from None


def _replace(made: Path, place: Path) -> None:
    """Put a file in its place at once, and on the disk before that."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(place)


def _guard(about: About, done: _Written, previous: Load | None, guards: Guards, force: bool) -> None:
    stays = "; the last good list stays in force" if previous else ""
    if done.records < max(1, guards.floor):
        raise ListRefused(
            about.list, "", f"{done.records} records, the floor is {max(1, guards.floor)}: cut, or not this list{stays}"
        )
    if previous is None or force:
        return
    for what, now, before in (("records", done.records, previous.records), ("names", done.names, previous.names)):
        if (before - now) * 100 > guards.shrink_pct * before:
            raise ListRefused(
                about.list, "",
                f"{now} {what}, {before - now} fewer than the {before} of {previous.fetched_at}, more than "
                f"{guards.shrink_pct:g} %: most likely a cut file{stays}; --force to load it",
            )  # fmt: skip


def _merge(fresh: Path, held: Path, done: _Written, day: int, out: IO[bytes], force: bool) -> dict[str, int]:
    """The new records, then what is no longer listed with its end; how many were added, changed, ended, the same.

    What a refused row speaks of does not end, and nothing does when it cannot be told what one speaks of.
    """
    with fresh.open("rb") as source:
        shutil.copyfileobj(source, out)
    counts = {"added": 0, "changed": 0, "ended": 0, "same": 0, "kept": 0}
    for record, line in read_lines(held) if held.exists() else ():
        if isinstance(record, ListState):
            continue
        digest = done.digests.pop(record.record_key, None)
        if digest is not None:
            counts["same" if digest == hashlib.blake2b(line, digest_size=_DIGEST).digest() else "changed"] += 1
        elif record.applies_until is not None and record.applies_until <= day:
            out.write(line)
        elif record.id in done.unread or (done.unknown and not force):
            counts["kept"] += 1
            out.write(line)
        else:
            counts["ended"] += 1
            out.write(_line(msgspec.structs.replace(record, applies_until=max(day, record.applies_from or day))))
    counts["added"] = len(done.digests)
    return counts
