"""The terminal of a run with a person: shows a screenful at a time, and waits for keys."""

import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import click
from rich.console import Console, RenderableType
from rich.control import Control
from rich.segment import ControlType, Segment, SegmentLines
from rich.text import Text

ENTER = ("\r", "\n")
HELP = """\
Enter  run the command, show the answer, go on
!      a shell on the node, a new one, without the steps' variables; exit leads back here
q      quit
?      this help
Ctrl-C interrupts at any time"""


class Left(Exception):  # noqa: N818 - no error: the person wants to quit
    """The person quits."""


@contextmanager
def unheard() -> Iterator[None]:
    """Neither show the keys that are pressed meanwhile nor take them for answers."""
    before = termios.tcgetattr(sys.stdin)
    quiet = termios.tcgetattr(sys.stdin)
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSAFLUSH, before)  # and forget them


def one_line(words: str) -> Text:
    """Give text that is cut where the line ends."""
    return Text(words, no_wrap=True, overflow="ellipsis", end="")


class Stage:
    """Shows things and asks for keys."""

    def __init__(
        self,
        console: Console,
        shell: Callable[[str], None],
        key: Callable[[], str] = click.getchar,
        deaf: Callable[[], AbstractContextManager[None]] = unheard,
    ) -> None:
        """Show on `console`; `shell` opens a shell on a node, `key` gives a key, `deaf` ignores them."""
        self._console = console
        self._shell = shell
        self._key = key
        self._deaf = deaf
        self._used = 0  # lines since the person last pressed a key
        self.node = ""  # where a shell is opened

    def show(self, renderable: RenderableType) -> None:
        """Show something; stop for a key before it runs out of the screen."""
        options = self._console.options
        lines = self._console.render_lines(renderable, options, pad=False)
        full = max(self._console.height - 2, 1)
        if self._used + len(lines) > full >= len(lines):
            self.ask("Enter goes on")
        while lines:
            room = full - self._used
            if room <= 0:
                self.ask("Enter goes on")
                continue
            self._put(lines[:room])
            lines = lines[room:]

    def _put(self, lines: list[list[Segment]]) -> None:
        self._console.print(SegmentLines(lines, new_lines=True), end="")
        self._used += len(lines)

    def ask(self, words: str) -> None:
        """Wait for Enter. Raises Left if the person quits."""
        while True:
            prompt = one_line(words).append(f" · ! shell on {self.node} · q quits · ? help", style="dim")
            self._console.print(prompt, end="", style="bold cyan", no_wrap=True, overflow="ellipsis")
            key = self._key()
            self._console.control(Control((ControlType.CARRIAGE_RETURN), (ControlType.ERASE_IN_LINE, 2)))
            self._used = 0
            if key in ENTER:
                return
            if key == "q":
                raise Left
            if key == "!":
                self._shell(self.node)
            if key == "?":
                self._console.print(HELP, highlight=False, markup=False)

    @contextmanager
    def busy(self, words: str) -> Iterator[None]:
        """Show what is being done while it lasts; keys do nothing."""
        with self._deaf(), self._console.status(one_line(words)):
            yield
