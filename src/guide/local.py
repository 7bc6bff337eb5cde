"""A shell on this machine, behind the same protocol as those on nodes."""

import os
import select
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from guide.shell import Shell

TIME_TO_END = 2.0  # seconds that a killed shell gets until it is gone


class PipeStream:
    """A shell behind two pipes."""

    def __init__(self, command: Sequence[str], cwd: Path) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def send(self, data: bytes) -> None:
        """Write to the shell."""
        assert self._process.stdin is not None  # noqa: S101 - asked for above
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def receive(self, seconds: float) -> bytes:
        """Read from the shell."""
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        readable, _, _ = select.select([self._process.stdout], [], [], seconds)
        if not readable:
            raise TimeoutError
        return os.read(self._process.stdout.fileno(), 65536)

    def ended(self, seconds: float) -> bool:
        """Tell whether the shell's process has ended."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.returncode is not None

    def close(self) -> None:
        """Kill the shell's whole process group."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(TIME_TO_END)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def local_node(name: str, command: Sequence[str], cwd: Path) -> Shell:
    """Give a node whose shell is started by `command` on this machine, in the folder `cwd`."""
    return Shell(name, lambda: PipeStream(command, cwd))
