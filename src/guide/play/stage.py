"""The terminal of a run with a person: shows a screenful at a time, and waits for keys."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.control import Control
from rich.segment import ControlType, Segment, SegmentLines
from rich.text import Text

from guide.play.keys import Keys

ENTER = ("\r", "\n")
HELP = """\
Enter  run the command, show the answer, go on
!      a shell on the node, which knows what its steps know; exit leads back here
q      quit
?      this help
Ctrl-C interrupts at any time"""


class Left(Exception):  # noqa: N818 - no error: the person wants to quit
    """The person quits."""


def one_line(words: str) -> Text:
    """Give text that is cut where the line ends."""
    return Text(words, no_wrap=True, overflow="ellipsis", end="")


class Stage:
    """Shows things and asks for keys."""

    def __init__(self, console: Console, keys: Keys, shell: Callable[[str], object]) -> None:
        """Show on `console`, take answers from `keys`; `shell` opens a shell on a node until the person leaves it."""
        self._console = console
        self._keys = keys
        self._shell = shell
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
            key = self._keys.press()
            self._console.control(Control((ControlType.CARRIAGE_RETURN), (ControlType.ERASE_IN_LINE, 2)))
            self._used = 0
            if key in ENTER:
                return
            if key in ("q", ""):
                raise Left
            if key == "!":
                with self._keys.lent():
                    self._shell(self.node)
            if key == "?":
                self._console.print(HELP, highlight=False, markup=False)

    @contextmanager
    def busy(self, words: str) -> Iterator[Callable[[str], None]]:
        """Show what is being done while it lasts, and give what changes it; keys do nothing."""
        with self._console.status(one_line(words)) as status:
            yield lambda words: status.update(one_line(words))
        self._keys.forget()
