"""What a lane's process tells the one that has started it: a line of JSON for each thing."""

import json
import os
import signal
from dataclasses import asdict, dataclass
from threading import Thread
from typing import TextIO

from guide.plan import Planned
from guide.run import Outcome


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that is told; the others are None.

    Attributes:
        said: a line for people.
        planned: how many steps there are.
        doing: what goes on now, in words.
        result: what became of a step.
    """

    said: str | None = None
    planned: int | None = None
    doing: str | None = None
    result: str | None = None


def read_told(line: bytes) -> Told:
    """Give what a line tells; one that is not ours is for people as it is."""
    text = line.decode(errors="replace").rstrip("\n")
    try:
        return Told(**json.loads(text))
    except (ValueError, TypeError):
        return Told(said=text)


class Teller:
    """Tells, in a lane's process: it is the file of a console, and listens to what pytest and our plugin say."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._begun = ""  # of a line whose end has not been written yet
        self._doing = ""

    def tell(self, told: Told) -> None:
        """Tell one thing."""
        given = {name: value for name, value in asdict(told).items() if value is not None}
        self._out.write(json.dumps(given) + "\n")
        self._out.flush()

    def write(self, text: str) -> int:
        """Tell the lines of a text."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self.tell(Told(said=line))
        return len(text)

    def flush(self) -> None:
        """Keep a line until its end is there."""

    def pytest_guide_selected(self, plan: list[Planned]) -> None:
        """Tell how much there is to do."""
        self.tell(Told(planned=len(plan)))

    def pytest_guide_started(self, planned: Planned) -> None:
        """Tell which step runs."""
        step = planned.step
        self._doing = f"{planned.label} {step.node}: {step.command.splitlines()[0]}"
        self.tell(Told(doing=self._doing))

    def pytest_guide_attempt(self, attempts: int, problem: str) -> None:
        """Tell what a check waits for."""
        self.tell(Told(doing=f"{self._doing} (attempt {attempts + 1}: {problem})"))

    def pytest_guide_finished(self, outcome: Outcome) -> None:
        """Tell what became of a step."""
        self.tell(Told(result=str(outcome.result)))


def end_with_parent() -> None:
    """Interrupt this process when its standard input ends: the one who has started it is gone then."""

    def wait() -> None:
        # Not by sys.stdin, whose lock a thread that still waits would keep from Python's own end.
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, daemon=True).start()
