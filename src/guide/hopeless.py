"""Waits that cannot end well: what tells, while a check does not hold, that it never will."""

import time
from collections.abc import Callable, Mapping

from guide.node import Ending, Node, Reply

NOT_FOUND = 127  # the status of a command that bash does not find
PAUSE = 1.0  # seconds between two looks
SHARE = 0.1  # of a node's time, at most, for looks: on a slow one they would take it from what is waited for
TIME = 10.0  # seconds that a look may take


def missing_command(reply: Reply, expected: int) -> str:
    """Give what no waiting heals in a reply itself: a command that is not there."""
    if reply.status == NOT_FOUND != expected:
        return f"there is no such command{': ' + reply.failed if reply.failed else ''}"
    return ""


class Watch:
    """Looks, by commands in a shell beside the step's own, for what no waiting heals.

    A command finds something when it prints it and exits 0. It is told in `$since` how many seconds ago something
    was last changed on purpose: what had failed before that is no news.
    """

    def __init__(self, commands: Mapping[str, str], open_node: Callable[[], Node]) -> None:
        """Watch by `commands`, each under the name of what it finds, on a node that is opened when first needed."""
        self._commands = commands
        self._open = open_node
        self._node: Node | None = None
        self._next = 0.0
        self.changed = time.monotonic()

    def look(self) -> str:
        """Give what was found in one line, or "": nothing, or it is too early for another look."""
        if not self._commands or time.monotonic() < self._next:
            return ""
        if self._node is None:
            self._node = self._open()
        found, begun = "", time.monotonic()
        for name, command in self._commands.items():
            since = max(time.monotonic() - self.changed, 0)
            reply = self._node.run(f"since={since:.3f}\n{command}", TIME)
            if reply.ending is Ending.DONE and reply.status == 0 and reply.output.strip():
                found = f"{name}: {reply.output.strip().splitlines()[0]}"
                break
        now = time.monotonic()
        self._next = now + max(PAUSE, (now - begun) / SHARE)
        return found

    def close(self) -> None:
        """Close its shell."""
        if self._node is not None:
            self._node.close()
            self._node = None
