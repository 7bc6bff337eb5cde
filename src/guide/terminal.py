"""A person at a terminal while a run lasts: a shell on a node where the run pauses or fails."""

import subprocess
from collections.abc import Callable

from rich.console import Console
from rich.markup import escape
from rich.prompt import Confirm

from guide.node import Ending
from guide.plan import Planned
from guide.run import Outcome


class Terminal:
    """Opens shells on nodes for the one who watches."""

    def __init__(self, console: Console, shell: Callable[[str], list[str]], still: Callable[[], None]) -> None:
        """Talk on a console; `shell` gives the command that opens a node, `still` takes a living line away."""
        self._console = console
        self._shell = shell
        self._still = still

    def pytest_guide_paused(self, planned: Planned) -> None:
        """Open a shell on the node of the step that the run pauses at."""
        step = planned.step
        self._still()
        self._console.print(f"\nPaused before {planned.label}, {escape(str(step.where))}:", highlight=False)
        self._console.print(f"  {escape(step.command)}", highlight=False, soft_wrap=True)
        self._open(step.node, "the run goes on")

    def pytest_guide_failed(self, outcome: Outcome) -> None:
        """Offer a shell on the node of a failed step."""
        node = outcome.planned.step.node
        self._still()
        alive = outcome.reply is not None and outcome.reply.ending is not Ending.LOST
        if alive and Confirm.ask(f"Look around on {node}?", console=self._console, default=True):
            self._open(node, "the run ends")

    def _open(self, node: str, then: str) -> None:
        self._console.print(f"This is {node}. When you leave its shell, {then}.", highlight=False)
        subprocess.run(self._shell(node), check=False)  # its status is that of the last command typed there
