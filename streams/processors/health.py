"""Health and metrics over HTTP, on a thread of its own: it answers while the loop hangs.

============== ====== =====================================================================================
path           status body
============== ====== =====================================================================================
/health/live   200    the loop makes progress; 503: it does not, restart the process
/health/ready  200    partitions assigned, state restored, reference records loaded; 503: what is missing
/metrics       200    Prometheus text
============== ====== =====================================================================================

Any other path is 404, any method but GET and HEAD 405. Bodies of health are JSON with `ok`.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from msgspec import Struct

from streams.errors import SettingsError
from streams.logs import get_logger
from streams.metrics import CONTENT_TYPE

log = get_logger(__name__)
_JSON = "application/json"
_SLOW_CLIENT_S = 10.0
_CLOSE_S = 5.0


class Health(Struct, frozen=True):
    """An answer: whether all is well, and the body that says what is not."""

    ok: bool
    body: dict[str, Any]


class Answer(Struct, frozen=True):
    """What is sent: HTTP status, media type, body."""

    status: int
    media_type: str
    body: bytes


Page = Callable[[], Answer]


def _health_page(ask: Callable[[], Health]) -> Page:
    def page() -> Answer:
        found = ask()
        return Answer(200 if found.ok else 503, _JSON, msgspec.json.encode({"ok": found.ok, **found.body}))

    return page


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int, pages: dict[str, Page]) -> None:
        self.pages = pages
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""
        log.debug("request broken off", client=str(client_address))


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version, sys_version = "transitwatch", ""
    timeout = _SLOW_CLIENT_S

    def do_GET(self) -> None:
        """A page and its body."""
        self._send(self._answer())

    def do_HEAD(self) -> None:
        """A page without its body."""
        self._send(self._answer(), with_body=False)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The standard handler comes here for what it cannot take: a method without a `do_…` is 405 with us."""
        status = 405 if code == 501 else code
        self._send(Answer(status, _JSON, msgspec.json.encode({"error": message or explain or str(code)})))

    def _answer(self) -> Answer:
        path = self.path.partition("?")[0]
        page = self.server.pages.get(path)
        if page is None:
            return Answer(404, _JSON, msgspec.json.encode({"error": "no such page", "pages": list(self.server.pages)}))
        try:
            return page()
        except Exception as error:  # whatever failed, the probe must get an answer and the thread must live
            log.exception("health page failed", path=path)
            return Answer(500, _JSON, msgspec.json.encode({"ok": False, "error": type(error).__name__}))

    def _send(self, answer: Answer, *, with_body: bool = True) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        if answer.status == 405:
            self.send_header("Allow", "GET, HEAD")
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Probes come every few seconds; they are not logged."""


class HealthServer:
    """Serves `/health/live`, `/health/ready` and `/metrics` from `start` to `close`.

    The callables are called from other threads. Raises SettingsError when the address cannot be taken.
    """

    def __init__(
        self, host: str, port: int, live: Callable[[], Health], ready: Callable[[], Health],
        metrics_text: Callable[[], bytes],
    ) -> None:  # fmt: skip
        pages: dict[str, Page] = {
            "/health/live": _health_page(live),
            "/health/ready": _health_page(ready),
            "/metrics": lambda: Answer(200, CONTENT_TYPE, metrics_text()),
        }
        try:
            self._server = _Server(host, port, pages)
        except OSError as error:
            expected = f"an address that this process can listen on ({error.strerror or error})"
            raise SettingsError("http.host and http.port", f"{host}:{port}", expected) from error
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1},
                                        name="health", daemon=True)  # fmt: skip

    @property
    def port(self) -> int:
        """The port it listens on; the one taken when 0 was asked for."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()
        log.info("health and metrics served", host=str(self._server.server_address[0]), port=self.port)

    def close(self) -> None:
        """Stop answering and let go of the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(_CLOSE_S)
        self._server.server_close()
