"""Reference records from files: the bundled set and what users add (contract 2).

The bundled set lies as dated NDJSON in ``streams/data/reference``; each record names its source, its
legal basis and how sure the source is. `docs/reference-data.md` describes the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from streams.errors import InvalidInput
from streams.model.intake import load_json, record_from_json
from streams.model.reference import AnyRecord

BUNDLED_DIR = Path(__file__).resolve().parent.parent / "data" / "reference"


class Refusal(Struct, frozen=True):
    """A line of a file that is no record: where, what is wrong, the value and what would be right."""

    file: str
    line: int
    what: str
    path: str
    value: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.path}: {self.what}: {self.value}; expected {self.expected}"


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            line = raw.strip()
            if line:
                yield number, line.removeprefix(b"\xef\xbb\xbf")


def _refusal(path: Path, line: int, error: InvalidInput) -> Refusal:
    return Refusal(str(path), line, error.what, error.path, str(error.value), error.expected)


def _read(path: Path, records: list[AnyRecord], refusals: list[Refusal]) -> None:
    for number, line in _lines(path):
        try:
            records.append(record_from_json(load_json(line))[0])
        except InvalidInput as error:
            refusals.append(_refusal(path, number, error))


def files_of(path: Path) -> list[Path]:
    """The NDJSON files behind a path: itself, or the ``*.ndjson`` of a directory by name.

    Raises FileNotFoundError when the path does not exist or a directory holds no such file.
    """
    if path.is_dir():
        files = sorted(path.glob("*.ndjson"))
        if not files:
            raise FileNotFoundError(f"{path}: no *.ndjson in this directory")
        return files
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file or directory")
    return [path]


def load_records(path: str | Path) -> tuple[list[AnyRecord], list[Refusal]]:
    """Records of a file, or of all ``*.ndjson`` of a directory, and the lines that were refused.

    Raises FileNotFoundError; OSError when a file cannot be read.
    """
    records: list[AnyRecord] = []
    refusals: list[Refusal] = []
    for file in files_of(Path(path)):
        _read(file, records, refusals)
    return records, refusals


def merge_records(*sets: Iterable[AnyRecord]) -> list[AnyRecord]:
    """Several sets as one: a later record with the same kind and id replaces an earlier one."""
    merged: dict[str, AnyRecord] = {}
    for records in sets:
        merged.update((record.record_key, record) for record in records)
    return list(merged.values())


@lru_cache(maxsize=1)
def _bundled() -> tuple[AnyRecord, ...]:
    records, refusals = load_records(BUNDLED_DIR)
    if refusals:  # the bundle is part of the program: a bad line in it is a fault of ours
        first = refusals[0]
        raise InvalidInput(first.what, f"{first.file}:{first.line} {first.path}", first.value, first.expected)
    return tuple(merge_records(records))


def bundled_records() -> list[AnyRecord]:
    """The bundled records, read once per process. Raises InvalidInput when the bundle is damaged."""
    return list(_bundled())
