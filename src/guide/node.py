"""What the engine asks of a node: run a command in a shell that lasts, and say what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

HOST = "host"  # the reader's own machine, as titles name it


class Ending(StrEnum):
    """How a command came to its end."""

    DONE = "done"
    TIMEOUT = "timeout"  # the deadline passed
    SHELL_ENDED = "shell ended"  # the command ended the shell that it ran in
    LOST = "lost"  # the node does not answer any more


@dataclass(frozen=True, slots=True)
class Reply:
    """What a node answered to one command.

    Attributes:
        ending: how it ended.
        status: exit status, of the first command in it that failed or else the last; None without one.
        output: what it printed on standard output and standard error, as a terminal would show it.
        failed: the command within it that failed first, or "".
        left_out: bytes of output in the middle that were not kept.
    """

    ending: Ending
    status: int | None
    output: str
    failed: str = ""
    left_out: int = 0


class Node(Protocol):
    """A machine with one shell open, as a reader has one terminal: `cd` and `export` last."""

    @property
    def name(self) -> str:
        """The name that pages call it by."""
        ...

    def run(self, command: str, seconds: float) -> Reply:
        """Run a command and wait for its end, at most `seconds`. Never raises for what the command does."""
        ...

    def close(self) -> None:
        """End the shell, and what still runs in it. May be called again."""
        ...


def rebooted(name: str, units: Sequence[str]) -> str:
    """Say that a node has rebooted, and what is therefore gone."""
    named = f" ({', '.join(units)})" if units else ""
    return f"{name} has rebooted since, and what was started on it is gone{named}"
