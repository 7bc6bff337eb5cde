"""Processes of ours that run side by side, each of which removes what it has made when it is told to end."""

import signal
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar

TIME_TO_END = 30.0  # seconds that an interrupted process gets to remove its lab
T = TypeVar("T")


class Children:
    """So many processes at once. Leaving it ends in order those that still run."""

    def __init__(self, at_once: int) -> None:
        self._pool = ThreadPoolExecutor(at_once)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = Lock()
        self._ending = False

    def __enter__(self) -> Self:
        return self

    def submit(self, work: Callable[..., T], *arguments: Any) -> "Future[T]":
        """Do work that starts a process, as soon as there is room for one more."""
        return self._pool.submit(work, *arguments)

    def run(
        self, command: Sequence[str], told: Callable[[subprocess.Popen[bytes]], None] = lambda _: None, **options: Any
    ) -> int:
        """Run a process to its end, and give its status; `told` has it while it runs."""
        with self._lock:
            if self._ending:
                raise KeyboardInterrupt
            # In a session of its own: Ctrl-C reaches us alone, and we end it in order.
            process = subprocess.Popen(command, start_new_session=True, **options)
            self._running.add(process)
        try:
            told(process)
            return process.wait()
        finally:
            self._running.discard(process)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._ending = True
            left = [*self._running]
        for process in left:
            process.send_signal(signal.SIGTERM)
        for process in left:
            with suppress(subprocess.TimeoutExpired):
                process.wait(TIME_TO_END)
        self._pool.shutdown()
