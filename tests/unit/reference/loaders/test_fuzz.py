"""No bytes make a loader fall over or dawdle: mutated fixtures are read or refused. `LOADER_FUZZ=300000` runs as many."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from streams.errors import ListRefused
from streams.model.intake import record_from_json, record_to_json
from tests.unit.reference.loaders.loading import FIXTURES, SAMPLES, loaded

INPUTS = int(os.environ.get("LOADER_FUZZ", "1300"))
LIMIT_S = 0.05
FILES = [(format_, names) for format_, names in SAMPLES.items()] + [
    ("ofac", ("sdn.xml",)),
    ("ofac", ("sdn_advanced.xml",)),
]
PIECES = [
    b'"', b"'", b"<", b">", b"</", b"/>", b"&", b"&a;", b"&#0;", b"&#x110000;", b"<![CDATA[", b"]]>", b"<!--", b"\n", b"\r",
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b",", b"\t", b";", b"{", b"}", b"[", b"null", b"1e400", b"-1", b"9" * 400,
    b"A" * 5000, b"<x>" * 70, b"(" * 500, b"[" * 5000, b"9999-99-99", b"0000", b"29/02/2023", "\u202e\u0130\ufb01\U0001f6a2".encode(),
    b" " * 3000, b"-" * 3000, b"a.k.a. '" * 300, b"1 " * 2000, b"DOB " * 500, b"'" * 2000, b"Passport A1-" * 300,
]  # fmt: skip


def mutated(original: bytes, draw: random.Random) -> bytes:
    """The bytes with one to four pieces put in, cut out, doubled or moved."""
    data = bytearray(original)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(data) + 1)
        end = min(len(data), at + draw.choice((0, 1, 1, 5, 50, 500)))
        kind = draw.randrange(5)
        if kind == 0:
            data[at:end] = draw.choice(PIECES)
        elif kind == 1:
            data[at:at] = draw.choice(PIECES)
        elif kind == 2:
            data[at:end] = data[at:end] * 2
        elif kind == 3:
            data[at:end] = bytes(draw.randrange(256) for _ in range(end - at))
        else:
            piece, to = bytes(data[at:end]), draw.randrange(len(data) + 1)
            data[at:end] = b""
            data[to:to] = piece
    return bytes(data)


def _read(format_: str, files: list[Path]) -> bool:
    """Whether the files are read; they may be refused, and what is read is a record that can be read back."""
    try:
        records, _ = loaded(format_, files)
    except ListRefused:
        return False
    for record in records.values():
        assert record_from_json(record_to_json(record))[0] == record
    return True


def _fastest(format_: str, files: list[Path]) -> float:
    """The least CPU time of five readings, seconds: the machine may be busy, the loader may not be slow."""
    times = []
    for _ in range(5):
        began = time.thread_time()
        _read(format_, files)
        times.append(time.thread_time() - began)
    return min(times)


@pytest.mark.parametrize(("format_", "names"), FILES, ids=[f"{f}-{n[0]}" for f, n in FILES])
def test_mutated_files_are_read_or_refused_at_once(tmp_path: Path, format_: str, names: tuple[str, ...]) -> None:
    draw = random.Random(f"{format_} {names}")
    originals = [(FIXTURES / name).read_bytes() for name in names]
    files = [tmp_path / name for name in names]
    read = 0
    for number in range(INPUTS // len(FILES)):
        spoilt = draw.randrange(len(files))
        for n, file in enumerate(files):
            file.write_bytes(mutated(originals[n], draw) if n == spoilt else originals[n])
        began = time.thread_time()
        read += _read(format_, files)
        if time.thread_time() - began > LIMIT_S:
            slow = _fastest(format_, files)
            assert slow <= LIMIT_S, f"input {number}: {slow * 1000:.0f} ms for {[f.read_bytes() for f in files]!r}"
    assert read  # the mutations leave something to read
