"""Fetching survives bursts of errors and never leaves half a file, against a server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from streams.errors import ListRefused
from streams.reference.fetch import FetchPolicy, fetch


class _Handler(BaseHTTPRequestHandler):
    failures = 0

    def do_GET(self) -> None:
        if self.path == "/moved":
            self._answer(303, {"Location": "/list"})
        elif self.path == "/away":
            self._answer(302, {"Location": "http://example.org/list"})
        elif self.path == "/cut":
            self._answer(200, {"Content-Length": "100"}, b"half")
        elif self.path == "/burst" and _Handler.failures > 0:
            _Handler.failures -= 1
            self._answer(500, {})
        elif self.path == "/missing":
            self._answer(404, {})
        elif self.headers.get("If-None-Match") == '"v1"':
            self._answer(304, {})
        else:
            self._answer(200, {"ETag": '"v1"'}, b"content")

    def _answer(self, code: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests say what matters."""


@pytest.fixture
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_burst_of_http_500_is_waited_out_with_growing_pauses(base: str, tmp_path: Path) -> None:
    _Handler.failures = 3
    pauses: list[float] = []
    assert fetch(f"{base}/burst", tmp_path / "l", sleep=pauses.append).tries == 4
    assert pauses == [2.0, 4.0, 8.0]


def test_an_unchanged_list_is_confirmed_and_not_fetched_again(base: str, tmp_path: Path) -> None:
    assert fetch(f"{base}/list", tmp_path / "l").changed
    assert not fetch(f"{base}/list", tmp_path / "l").changed
    assert (tmp_path / "l").read_bytes() == b"content"


def test_a_redirect_is_followed(base: str, tmp_path: Path) -> None:
    assert fetch(f"{base}/moved", tmp_path / "l").changed


@pytest.mark.parametrize(
    ("path", "because"),
    [("/missing", "404"), ("/away", "only https"), ("/cut", "after 2 tries"), ("/burst", "after 2 tries")],
)
def test_what_fails_leaves_the_file_fetched_before(base: str, tmp_path: Path, path: str, because: str) -> None:
    _Handler.failures = 99
    (tmp_path / "l").write_bytes(b"old")
    with pytest.raises(ListRefused, match=because):
        fetch(f"{base}{path}", tmp_path / "l", FetchPolicy(tries=2), sleep=lambda _: None)
    assert (tmp_path / "l").read_bytes() == b"old"
    assert not (tmp_path / "l.part").exists()


def test_more_than_the_limit_is_refused(base: str, tmp_path: Path) -> None:
    with pytest.raises(ListRefused, match="limit is 3"):
        fetch(f"{base}/list", tmp_path / "l", FetchPolicy(max_bytes=3))


def test_an_address_without_tls_is_refused_and_its_token_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(ListRefused) as refused:
        fetch("http://example.org/list?token=secret", tmp_path / "l")
    assert "secret" not in str(refused.value)
