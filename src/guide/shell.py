"""A bash that stays open and runs one command after the other, each with an end that cannot be mistaken."""

import secrets
import shlex
import time
from collections.abc import Callable
from typing import Protocol

from guide.node import Ending, Reply

KEPT = 512 * 1024  # bytes of output kept from the start, and as many from the end
TIME_TO_DIE = 2.0  # seconds that a shell whose output ended gets to tell whether it ended itself

# Descriptor 19 stays the way back, whatever a step does to the shell's standard output.
PROLOGUE = b"exec 19>&1 2>&1\n"

# ERR notes the first command that fails and lets the rest run, as a terminal does. The command gets no
# standard input: it would eat the steps that are still to come.
FRAME = """\
_guide_failed=
trap '_guide_now="$? $BASH_COMMAND"; [ -n "$_guide_failed" ] || _guide_failed=$_guide_now' ERR
eval {command} </dev/null
_guide_status=$?
trap - ERR
printf '\\036%s %s %s\\036' {nonce} "$_guide_status" "$_guide_failed" >&19
unset _guide_failed _guide_now _guide_status
"""


class Stream(Protocol):
    """The way to a shell and back."""

    def send(self, data: bytes) -> None:
        """Write all of `data`. Raises OSError when nobody reads it any more."""
        ...

    def receive(self, seconds: float) -> bytes:
        """Give what comes within `seconds`, or b"" at the end. Raises TimeoutError when nothing comes."""
        ...

    def ended(self, seconds: float) -> bool:
        """Tell, within `seconds`, whether the shell itself came to an end rather than the way to it."""
        ...

    def close(self) -> None:
        """End the shell, and what was started in it and still runs."""
        ...


class Output:
    """Bytes as they come: the first and the last `kept` of them, and how many were between."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0

    def add(self, data: bytes) -> None:
        """Take more bytes."""
        room = self._kept - len(self._head)
        self._head += data[:room]
        self._tail += data[max(room, 0) :]
        surplus = len(self._tail) - self._kept
        if surplus > self._kept:  # in large bites: moving a buffer for each packet would take longer than the step
            del self._tail[:surplus]
            self._dropped += surplus

    def result(self) -> tuple[str, int]:
        """Give the text, with what is no text escaped, and how many bytes in its middle were left out."""
        surplus = max(len(self._tail) - self._kept, 0)
        dropped = self._dropped + surplus
        head, tail = readable(bytes(self._head)), readable(bytes(self._tail[surplus:]))
        gap = f"\n... {dropped} bytes left out ...\n" if dropped else ""
        return head + gap + tail, dropped


CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127) if code not in (9, 10, 13)}


def readable(data: bytes) -> str:
    """Give bytes as text that is safe to print: no control characters, escapes for what is not UTF-8."""
    return data.decode("utf-8", "backslashreplace").replace("\r\n", "\n").translate(CONTROL)


class Shell:
    """One shell on one node."""

    def __init__(self, name: str, connect: Callable[[], Stream]) -> None:
        """Open a shell on the node `name`, by a stream to a fresh bash."""
        self.name = name
        self._connect = connect
        self._stream: Stream | None = None

    def _open(self) -> Stream:
        if self._stream is None:
            self._stream = self._connect()
            self._stream.send(PROLOGUE)
        return self._stream

    def run(self, command: str, seconds: float) -> Reply:
        """Run a command; after anything but Ending.DONE the next one gets a fresh shell."""
        end = time.monotonic() + seconds
        nonce = secrets.token_hex(12)
        output = Output()
        try:
            stream = self._open()
            stream.send(FRAME.format(command=shlex.quote(command), nonce=nonce).encode())
        except OSError:
            return self._give_up(Ending.LOST, output)
        marker = f"\x1e{nonce} ".encode()
        pending = b""
        while True:
            try:
                data = stream.receive(max(end - time.monotonic(), 0))
            except TimeoutError:
                output.add(pending)
                return self._give_up(Ending.TIMEOUT, output)
            except OSError:
                data = b""
            if not data:
                output.add(pending)
                itself = stream.ended(TIME_TO_DIE)
                return self._give_up(Ending.SHELL_ENDED if itself else Ending.LOST, output)
            pending += data
            found = pending.find(marker)
            if found < 0:
                safe = max(len(pending) - len(marker), 0)
                output.add(pending[:safe])
                pending = pending[safe:]
            elif (close := pending.find(b"\x1e", found + len(marker))) >= 0:
                output.add(pending[:found])
                return reply(pending[found + len(marker) : close], output)

    def _give_up(self, ending: Ending, output: Output) -> Reply:
        self.close()
        text, left_out = output.result()
        return Reply(ending, None, text, left_out=left_out)

    def close(self) -> None:
        """End the shell. May be called again."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def reply(report: bytes, output: Output) -> Reply:
    """Give the reply for what FRAME reported: the last status, then status and text of the first failure."""
    last, _, first = report.decode("utf-8", "backslashreplace").partition(" ")
    status, _, failed = first.partition(" ")
    text, left_out = output.result()
    return Reply(Ending.DONE, int(status or last), text, failed, left_out)
