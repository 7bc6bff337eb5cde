"""What a person sees of a run in a terminal, and what a log gets of it."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Self

import pytest
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.text import Text

from guide import github
from guide.live import Running
from guide.plan import Planned
from guide.run import DIFFERS, Outcome, Result

MARKS = {Result.PASSED: "[green]✓[/]", Result.FAILED: "[red]✗[/]", Result.SKIPPED: "[yellow]-[/]"}
COLOURS = {"- ": "red", "+ ": "green"}  # of lines of a difference
REFRESHES = 8  # a second
WIDTH = 60  # columns of a command that are shown


class Report:
    """Prints the progress of preparations and steps, with lines that live where there is a terminal."""

    def __init__(self, console: Console, environ: Mapping[str, str] = os.environ) -> None:
        self._console = console
        self._github = github.active(environ)
        self._live: Live | None = None
        self._running: Running | None = None
        self._page = ""
        self.outcomes: list[Outcome] = []
        self.begun = time.monotonic()

    def _show(self, living: Spinner | Running) -> None:
        if not self._console.is_terminal:
            return
        if self._live is None:
            self._live = Live(console=self._console, refresh_per_second=REFRESHES, transient=True)
            self._live.start()
        self._live.update(living)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.still()

    def still(self) -> None:
        """Take the living lines away."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Show what is being done while it lasts."""
        self._show(Spinner("dots", escape(what)))
        try:
            yield
        finally:
            self.still()

    # What the lab tells.

    def started(self, name: str) -> None:
        """Show which part is being made."""
        self._show(Spinner("dots", f"Preparing {escape(name)}"))

    def reached(self, name: str, size: int) -> None:
        """Show how much of a part is there."""
        self._show(Spinner("dots", f"Preparing {escape(name)}: {size / 1e6:.0f} MB"))

    def noted(self, words: str) -> None:
        """Print what went otherwise than was asked for."""
        self._console.print(f"  {escape(words)}", highlight=False, soft_wrap=True)

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

    def pytest_guide_selected(self, plan: list[Planned]) -> None:
        """Know what is to come."""
        self._running = Running(plan)

    def pytest_guide_started(self, planned: Planned) -> None:
        """Show the step that runs."""
        if planned.step.where.page != self._page:
            self._begin_page(planned.step.where.page)
        if self._running:
            self._running.start(planned)
            self._show(self._running)

    def _begin_page(self, page: str) -> None:
        if self._github:
            self._end_group()
            self._print(github.group(page))
        else:
            self._print(Text(f"\n{page}", "bold"))
        self._page = page

    def _end_group(self) -> None:
        if self._github and self._page:
            self._print(github.END_GROUP)

    def _print(self, text: str | Text) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def pytest_guide_attempt(self, attempts: int, problem: str) -> None:
        """Show what a check waits for."""
        if self._running:
            self._running.attempt(attempts, problem)

    def pytest_guide_finished(self, outcome: Outcome) -> None:
        """Print what became of a step."""
        self.outcomes.append(outcome)
        if self._running:
            self._running.finish()
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
            self._print(github.annotation(outcome) if self._github else painted(f"\n{outcome.problem}\n"))

    def pytest_guide_diagnostics(self, files: list[str]) -> None:
        """Print where the nodes' own words are."""
        if files:
            folder = files[0].rpartition("/")[0]
            self._print(f"What the nodes say of themselves: {folder}")

    def pytest_sessionfinish(self) -> None:
        """End what is open."""
        self.still()
        self._end_group()

    def counts(self) -> dict[Result, int]:
        """Give how many steps came to which result."""
        return {result: sum(outcome.result is result for outcome in self.outcomes) for result in Result}


def painted(problem: str) -> Text:
    """Give a problem with the lines of its difference in colours."""
    lines = Text(problem).split("\n", allow_blank=True)
    if DIFFERS in problem:
        for line in lines:
            line.stylize(COLOURS.get(line.plain[2:4], ""))
    return Text("\n").join(lines)


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
