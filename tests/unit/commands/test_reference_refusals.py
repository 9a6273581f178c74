"""Whatever a broken file is, `reference load` says where it broke, and the list in force stays and ages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli import cli

_ENTITY = '<sanctionEntity euReferenceNumber="EU.{n}.1"><nameAlias wholeName="Obrazets {n}"/></sanctionEntity>'
_FETCHED = "2026-10-01T00:00:00Z"


def _xml(count: int = 40) -> bytes:
    return ("<export>\n" + "\n".join(_ENTITY.format(n=n) for n in range(count)) + "\n</export>\n").encode()


def _csv(count: int = 40) -> bytes:
    return ("number,name,annex\n" + "".join(f'{n},"Obrazets Número {n}",IV\n' for n in range(count))).encode()


def _laughs(_: bytes) -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    return f"<!DOCTYPE export [{entities}]><export><sanctionEntity>&l9;</sanctionEntity></export>".encode()


def _outside(_: bytes) -> bytes:
    return b'<!DOCTYPE export [<!ENTITY x SYSTEM "file:///etc/hostname">]><export><sanctionEntity>&x;</sanctionEntity></export>'


_HTML = b"<!DOCTYPE html>\n<html><body>Sign in</body></html>"
CASES: list[tuple[str, str, Callable[[bytes], bytes], str]] = [
    ("eu-fsf", "truncated", lambda d: d[:1000], "line 12 column 1: not well-formed XML: unclosed token; the file is cut (in /export)"),
    ("eu-fsf", "shrunken", lambda _: _xml(35), "35 records, 5 fewer than the 40"),
    ("eu-fsf", "html", lambda _: _HTML, "an HTML page"),
    ("eu-fsf", "billion laughs", _laughs, "line 1 column 18: a document type declaration"),
    ("eu-fsf", "external entity", _outside, "line 1 column 18: a document type declaration"),
    ("eu-fsf", "empty", lambda _: b"", "the file is empty"),
    ("eu-fsf", "wrong encoding", lambda d: d.replace(b'Obrazets 3"', b'Obraz\xe9ts"'), "line 5 column "),
    ("eu-fsf", "gzip", gzip.compress, "a gzip file: unpack it first"),
    ("eu-fsf", "gzip bomb", lambda _: gzip.compress(b"\0" * 10_000_000), "a gzip file: unpack it first"),
    ("eu-fsf", "another list", lambda _: b"<CONSOLIDATED_LIST/>", "expected export"),
    ("annex-csv", "truncated", lambda d: d[:-4], "line 41: the last row has 2 fields"),
    ("annex-csv", "truncated in quotes", lambda d: d[:-8], "it is cut"),
    ("annex-csv", "shrunken", lambda _: _csv(35), "35 records, 5 fewer than the 40"),
    ("annex-csv", "html", lambda _: _HTML, "an HTML page"),
    ("annex-csv", "wrong header", lambda d: d.replace(b"number", b"whatever", 1), "line 1: the header has no column number"),
    ("annex-csv", "empty", lambda _: b"", "the file is empty"),
    ("annex-csv", "latin-1", lambda d: d.decode().encode("latin-1"), "line 2 byte 14: not UTF-8: byte 0xfa"),
    ("annex-csv", "utf-16", lambda d: d.decode().encode("utf-16"), "line 1: UTF-16, not UTF-8"),
    ("annex-csv", "gzip bomb", lambda _: gzip.compress(b"\0" * 10_000_000), "a gzip file: unpack it first"),
    ("annex-csv", "a header alone", lambda _: b"number,name,annex\n", "0 records, the floor is 1"),
]  # fmt: skip


def _load(directory: Path, format_: str, data: bytes, *options: str) -> Result:
    file = directory / "list.file"
    file.write_bytes(data)
    return CliRunner().invoke(
        cli, ["reference", "load", format_, str(file), "--to", str(directory / "lists"), *options]
    )


@pytest.mark.parametrize(("format_", "what", "spoil", "because"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_a_spoilt_file_is_refused_with_its_place_and_the_list_in_force_stays_as_it_was(
    tmp_path: Path, format_: str, what: str, spoil: Callable[[bytes], bytes], because: str
) -> None:
    good = _xml() if format_ == "eu-fsf" else _csv()
    assert _load(tmp_path, format_, good, "--fetched-at", _FETCHED).exit_code == 0
    (held,) = (tmp_path / "lists").glob("*.ndjson")
    before = held.read_bytes()
    found = _load(tmp_path, format_, spoil(good))
    assert (found.exit_code, found.stdout) == (1, ""), what
    assert "refused, nothing was changed" in found.stderr
    assert because in found.stderr
    assert held.read_bytes() == before
    state = json.loads(before.splitlines()[-1])  # its age is counted from this time, which a refused load leaves alone
    assert (state["kind"], state["fetched_at"][:10]) == ("list", "2026-10-01")


def test_a_load_that_is_confirmed_later_is_younger_and_says_so(tmp_path: Path) -> None:
    _load(tmp_path, "eu-fsf", _xml(), "--fetched-at", _FETCHED)
    found = _load(tmp_path, "eu-fsf", _xml(), "--fetched-at", "2026-10-02T00:00:00Z", "--json")
    counts = json.loads(found.stdout)
    assert (counts["same"], counts["fetched_at"][:10]) == (40, "2026-10-02")
