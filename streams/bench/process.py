"""A process under measurement: started, looked at from outside, ended. Linux only, as /proc is what is looked at."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from streams.errors import TransitwatchError

ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds the package; what a process with another Python needs on its path."""
_TAIL = 1_500


class BenchFailed(TransitwatchError):
    """A benchmark that could not be carried through; the text says which part and what to do."""


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its threads so far, user and system, in seconds. Raises BenchFailed."""
    stat = _proc(pid, "stat")
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    """Resident memory of a process in bytes. Raises BenchFailed."""
    return int(_proc(pid, "statm").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _proc(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text("ascii")
    except OSError as error:
        raise BenchFailed(f"process {pid} cannot be looked at: {error}; benchmarks need Linux's /proc") from None


def script(module: str, *arguments: str, python: str = sys.executable) -> list[str]:
    """The command line that runs ``main`` of a module of ours, in whatever Python: ours comes last on its path."""
    code = f"import sys; sys.path.append({str(ROOT)!r}); from {module} import main; main()"
    return [python, "-P", "-c", code, *arguments]


class Process:
    """A child process with its log; a context manager that ends it."""

    def __init__(self, name: str, line: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        self.name, self.log = name, log
        with log.open("wb") as out:
            self._child = subprocess.Popen(line, env=dict(environ), stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.pid = self._child.pid

    def check(self) -> None:
        """Raises BenchFailed with the end of its log when it has ended."""
        code = self._child.poll()
        if code is not None:
            raise BenchFailed(f"{self.name} ended by itself with code {code}: {self.tail()}")

    def wait_for(self, text: str, timeout_s: float) -> None:
        """Wait until its log holds a text. Raises BenchFailed."""
        deadline = time.monotonic() + timeout_s
        while text not in self.log.read_text("utf-8", "replace"):
            self.check()
            if time.monotonic() > deadline:
                raise BenchFailed(f"{self.name}: not `{text}` within {timeout_s:.0f} s; its log ends: {self.tail()}")
            time.sleep(0.02)

    def tail(self) -> str:
        """The end of its log, for messages."""
        return self.log.read_text("utf-8", "replace")[-_TAIL:].strip() or "it logged nothing"

    def stop(self, timeout_s: float = 20.0) -> None:
        """SIGTERM, and SIGKILL after ``timeout_s``."""
        if self._child.poll() is None:
            self._child.terminate()
        try:
            self._child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
