"""Calls into a client library that may not come back, bounded from outside.

librdkafka's `send_offsets_to_transaction` ignores its own timeout while the group's coordinator is away (librdkafka
issues 5456 and 5511, open in 2.16). Such a call is made in a thread of its own, which is left behind when it hangs.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any


class CallHangs(Exception):
    """The call did not come back in time; its thread is left behind."""


class BoundedCaller:
    """Makes calls one after the other in one daemon thread."""

    def __init__(self, name: str) -> None:
        self._asked: queue.SimpleQueue[Callable[[], Any] | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        self.hangs = False
        """Whether a call was left behind: then the object it was made on must not be touched any more."""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while (call := self._asked.get()) is not None:
            try:
                call()
            except BaseException as error:
                self._answers.put(error)
            else:
                self._answers.put(None)

    def call(self, call: Callable[[], Any], timeout_s: float, on_wait: Callable[[], None] = lambda: None) -> None:
        """Make a call; ``on_wait`` is called about once a second meanwhile.

        Raises what the call raises, and CallHangs when it does not come back in ``timeout_s`` seconds.
        """
        if self.hangs:
            raise CallHangs
        self._asked.put(call)
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                error = self._answers.get(timeout=min(1.0, max(0.01, deadline - time.monotonic())))
            except queue.Empty:
                on_wait()
                if time.monotonic() > deadline:
                    self.hangs = True
                    raise CallHangs from None
            else:
                if error is not None:
                    raise error
                return

    def close(self) -> None:
        """End the thread, unless it hangs."""
        self._asked.put(None)
        if not self.hangs:
            self._thread.join(5)
