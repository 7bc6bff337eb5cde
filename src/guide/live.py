"""The lines that live at the bottom of a terminal while steps run."""

import time
from collections.abc import Sequence

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from guide.plan import Planned
from guide.step import Kind


class Running:
    """The step that runs, with its time and what it waits for, above a bar of the whole run.

    Rich asks for it some times a second, so its times go on by themselves.
    """

    def __init__(self, plan: Sequence[Planned]) -> None:
        self._plan = plan
        self._chapters = list(dict.fromkeys(each.step.where.page for each in plan))
        self._begun = time.monotonic()
        self._spinner = Spinner("dots")
        self._done = 0
        self._step: Planned | None = None
        self._since = 0.0
        self._waiting = ""

    def start(self, planned: Planned) -> None:
        """Show a step."""
        self._step, self._since, self._waiting = planned, time.monotonic(), ""

    def attempt(self, attempts: int, problem: str) -> None:
        """Show that the step was tried and does not hold yet."""
        self._waiting = f", attempt {attempts + 1}: {problem}"

    def finish(self) -> None:
        """Count a step."""
        self._done += 1

    def __rich__(self) -> Group:
        if self._step is None:
            return Group(self._bar_line())
        return Group(self._step_line(self._step), self._state_line(self._step), self._bar_line())

    def _step_line(self, planned: Planned) -> Table:
        line = Table.grid(padding=(0, 1))
        line.add_column(no_wrap=True)
        line.add_column(no_wrap=True, overflow="ellipsis")
        first = planned.step.command.split("\n")[0]
        name = Text.assemble(f"{planned.label} ", (planned.step.node, "cyan"))
        line.add_row(self._spinner, name + Text(f"  {first}"))
        return line

    def _state_line(self, planned: Planned) -> Text:
        step = planned.step
        verb = "waiting" if step.kind is Kind.CHECK else "running"
        passed = time.monotonic() - self._since
        text = f"  {verb} {passed:.1f} s of {step.seconds:g} s{self._waiting}"
        return Text(text, style="dim", no_wrap=True, overflow="ellipsis")

    def _bar_line(self) -> Table:
        line = Table.grid(padding=(0, 2), expand=True)
        line.add_column(ratio=1)
        for _ in range(3):
            line.add_column(no_wrap=True, justify="right")
        page = self._step.step.where.page if self._step else self._chapters[0]
        place = f"page {self._chapters.index(page) + 1} of {len(self._chapters)}"
        steps = f"{self._done}/{len(self._plan)} steps"
        spent = clock(time.monotonic() - self._begun)
        line.add_row(ProgressBar(total=len(self._plan), completed=self._done), steps, place, spent)
        return line


def clock(seconds: float) -> str:
    """Give seconds as a clock shows them, in one width."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
