"""What a person sees of several lanes: a living line for each in a terminal, lines with the lane's name in a log."""

import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from guide.console import REFRESHES, duration
from guide.errors import Status
from guide.lanes.told import Told
from guide.live import clock

LAST = 60  # lines of a lane that did not hold, as a terminal shows them
WORDS = {
    Status.HELD: "held",
    Status.GUIDE_WRONG: "failed",
    Status.INPUT_WRONG: "wrong input",
    Status.NO_LAB: "no lab",
    Status.INTERRUPTED: "interrupted",
}


@dataclass(slots=True)
class Progress:
    """How far a lane has come. Seconds are those of a clock that only goes on."""

    name: str
    planned: int = 0
    doing: str = "waits"
    counts: Counter[str] = field(default_factory=Counter)
    begun: float | None = None
    ended: float | None = None
    status: Status | None = None
    last: deque[str] = field(default_factory=lambda: deque(maxlen=LAST))

    @property
    def seconds(self) -> float:
        """For how long it has been running, or was."""
        return (self.ended or time.monotonic()) - self.begun if self.begun else 0.0

    @property
    def word(self) -> str:
        """How it has ended."""
        return WORDS[Status.INTERRUPTED if self.status is None else self.status]

    @property
    def summary(self) -> str:
        """What became of its steps."""
        return ", ".join(f"{number} {result}" for result, number in self.counts.items()) or "nothing run"


class Board:
    """Follows lanes by their numbers."""

    def __init__(self, console: Console, names: Sequence[str]) -> None:
        self._console = console
        self._width = max(map(len, names))
        self.lanes = [Progress(name) for name in names]
        self._spinner = Spinner("dots")

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the living lines, where there is a terminal."""
        if not self._console.is_terminal:
            yield
            return
        with Live(self, console=self._console, refresh_per_second=REFRESHES, transient=True):
            yield

    def begin(self, number: int) -> None:
        """Know that a lane is started."""
        lane = self.lanes[number]
        lane.begun, lane.doing = time.monotonic(), "Preparing nodes"

    def told(self, number: int, told: Told) -> None:
        """Take in what a lane tells."""
        lane = self.lanes[number]
        lane.planned = told.planned or lane.planned
        lane.doing = told.doing or lane.doing
        if told.result:
            lane.counts[told.result] += 1
        if told.said is not None:
            lane.last.append(told.said)
            if not self._console.is_terminal and told.said.strip():
                self._print(f"{lane.name:<{self._width}}  {told.said}")

    def end(self, number: int, status: Status) -> None:
        """Know how a lane has ended; what went wrong is shown."""
        lane = self.lanes[number]
        lane.ended, lane.status = time.monotonic(), status
        if status is not Status.HELD and self._console.is_terminal:
            self._print("\n".join([f"\n{lane.name}", *lane.last]))

    def refuse(self, number: int, words: str) -> None:
        """Know that a lane cannot be run, and show why."""
        self.lanes[number].status = Status.NO_LAB
        self._print(f"{self.lanes[number].name:<{self._width}}  {words}")

    def close(self) -> None:
        """Print a line for each lane."""
        self._print("")
        for lane in self.lanes:
            took = f" in {duration(lane.seconds)}" if lane.begun else ""
            self._print(f"{lane.name:<{self._width}}  {lane.word:<11}  {lane.summary}{took}")

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def __rich__(self) -> Table:
        table = Table.grid(padding=(0, 1), expand=True)
        table.add_column(width=1)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, justify="right")
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        table.add_column(no_wrap=True, justify="right")
        for lane in self.lanes:
            done = f"{lane.counts.total()}/{lane.planned}" if lane.planned else ""
            table.add_row(self._sign(lane), Text(lane.name, "cyan"), done, escape(lane.doing), clock(lane.seconds))
        return table

    def _sign(self, lane: Progress) -> Spinner | str:
        if lane.status is not None:
            return "[green]✓[/]" if lane.status is Status.HELD else "[red]✗[/]"
        return self._spinner if lane.begun else ""
