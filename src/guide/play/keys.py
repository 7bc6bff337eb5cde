"""The keys of a terminal, each when it is pressed."""

import os
import sys
import termios
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Keys(Protocol):
    """What a stage needs of a keyboard."""

    def press(self) -> str:
        """Wait for a key, and give it; "" if there will be none any more."""
        ...

    def forget(self) -> None:
        """Forget the keys that were pressed while nobody waited for one."""
        ...

    def lent(self) -> AbstractContextManager[None]:
        """Let another program have the keys while it lasts."""
        ...


class TerminalKeys:
    """The keys of this process's terminal, which does not show them while `with` lasts; Ctrl-C still interrupts."""

    def __init__(self) -> None:
        self._before = termios.tcgetattr(sys.stdin)
        self._silent = termios.tcgetattr(sys.stdin)
        self._silent[3] &= ~(termios.ECHO | termios.ICANON)

    def __enter__(self) -> "TerminalKeys":
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._silent)
        return self

    def __exit__(self, *_: object) -> None:
        termios.tcsetattr(sys.stdin, termios.TCSAFLUSH, self._before)

    def press(self) -> str:
        """Wait for a key, and give it; one that sends several characters gives them together."""
        return os.read(sys.stdin.fileno(), 16).decode(errors="replace")

    def forget(self) -> None:
        """Forget what was pressed and not read."""
        termios.tcflush(sys.stdin, termios.TCIFLUSH)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Put the terminal back as it was while it lasts."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()
