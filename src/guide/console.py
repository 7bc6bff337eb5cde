"""What a person sees of a run in a terminal, and what a log gets of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rich.console import Console
from rich.markup import escape
from rich.status import Status as Spinner

from guide.plan import Planned
from guide.run import Outcome, Result

MARKS = {Result.PASSED: "[green]✓[/]", Result.FAILED: "[red]✗[/]", Result.SKIPPED: "[yellow]-[/]"}
WIDTH = 60  # columns of a command that are shown


class Report:
    """Prints the progress of preparations and steps, with a line that lives where there is a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._spinner: Spinner | None = None
        self._page = ""
        self.outcomes: list[Outcome] = []
        self.begun = time.monotonic()

    def _live(self, text: str) -> None:
        if not self._console.is_terminal:
            return
        if self._spinner is None:
            self._spinner = self._console.status(text)
            self._spinner.start()
        else:
            self._spinner.update(text)

    def still(self) -> None:
        """Take the living line away."""
        if self._spinner is not None:
            self._spinner.stop()
            self._spinner = None

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Show what is being done while it lasts."""
        self._live(what)
        try:
            yield
        finally:
            self.still()

    # What the lab tells.

    def started(self, name: str) -> None:
        """Show which part is being made."""
        if self._console.is_terminal:
            self._live(f"Preparing {escape(name)}")

    def finished(self, name: str, seconds: float) -> None:
        """Print what took a while, that is, what did not come from the cache."""
        if seconds > 1:
            self._console.print(f"  {escape(name):<34}{duration(seconds):>10}", highlight=False)

    # What pytest and our plugin tell.

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Print why a session was given up, which pytest calls an interrupt, too."""
        if isinstance(excinfo.value, pytest.exit.Exception):
            self.still()
            self._console.print(f"\n{escape(str(excinfo.value.msg))}", highlight=False, soft_wrap=True)

    def pytest_guide_started(self, planned: Planned) -> None:
        """Show the step that runs."""
        if planned.step.where.page != self._page:
            self._page = planned.step.where.page
            self._console.print(f"\n[bold]{escape(self._page)}[/]", highlight=False)
        step = planned.step
        self._live(f"{planned.label} {step.node}: {escape(short(step.command))}")

    def pytest_guide_finished(self, outcome: Outcome) -> None:
        """Print what became of a step."""
        self.outcomes.append(outcome)
        if outcome.result is Result.NOT_RUN:
            return
        step = outcome.planned.step
        line = (
            f"  {MARKS[outcome.result]} {outcome.planned.label:<5}{duration(outcome.seconds):>8}  "
            f"[cyan]{step.node:<20}[/]{escape(short(step.command))}"
        )
        self._console.print(line, highlight=False, no_wrap=True, overflow="ellipsis")
        if outcome.result is Result.SKIPPED:
            self._console.print(f"      not run: {escape(outcome.problem)}", highlight=False)
        if outcome.result is Result.FAILED:
            self.still()
            self._console.print(f"\n{escape(outcome.problem)}\n", highlight=False, soft_wrap=True)

    def pytest_guide_diagnostics(self, files: list[str]) -> None:
        """Print where the nodes' own words are."""
        if files:
            folder = files[0].rpartition("/")[0]
            self._console.print(
                f"What the nodes say of themselves: {escape(folder)}", highlight=False, soft_wrap=True
            )

    def counts(self) -> dict[Result, int]:
        """Give how many steps came to which result."""
        return {result: sum(outcome.result is result for outcome in self.outcomes) for result in Result}


def short(command: str) -> str:
    """Give a command's first line, shortened to fit."""
    lines = command.split("\n")
    line = lines[0] + (" …" if len(lines) > 1 else "")
    return line if len(line) < WIDTH else line[: WIDTH - 2] + "…"


def duration(seconds: float) -> str:
    """Give seconds as people read them."""
    if seconds >= 60:
        return f"{int(seconds // 60)} min {int(seconds % 60):02} s"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
