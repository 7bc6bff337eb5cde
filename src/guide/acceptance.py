"""A lenient run: it goes on where a step's output is all that is not as its page says."""

import time
from ipaddress import IPv4Network

from guide.expect import canonical, trimmed
from guide.node import Ending, Reply
from guide.plan import Planned
from guide.run import Outcome, Result

SETTLED = 10.0  # seconds in which the output of a check must stay the same to be taken for its last


class Acceptance:
    """Tells the pytest plugin where to go on, and keeps the outcomes."""

    def __init__(self, fluid: tuple[IPv4Network, ...]) -> None:
        self._fluid = fluid
        self._planned: Planned | None = None
        self._lines: list[str] = []
        self._since = 0.0
        self.outcomes: list[Outcome] = []

    @property
    def refused(self) -> list[Outcome]:
        """The steps for which no page can be written: they failed otherwise, or were not run."""
        return [
            outcome
            for outcome in self.outcomes
            if outcome.result is Result.NOT_RUN or (outcome.result is Result.FAILED and not only_output(outcome))
        ]

    def pytest_guide_enough(self, planned: Planned, reply: Reply) -> bool:
        """Give a check up when its output is all that is wrong and has not changed for a while."""
        if planned.step.output is None or reply.status != planned.step.exit:
            self._planned = None
            return False
        lines = [canonical(line, self._fluid) for line in trimmed(reply.output)]
        if planned is not self._planned or lines != self._lines:
            self._planned, self._lines, self._since = planned, lines, time.monotonic()
        return time.monotonic() - self._since >= SETTLED

    def pytest_guide_goes_on(self, outcome: Outcome) -> bool:
        """Go on after a step whose output is all that is wrong."""
        return only_output(outcome)

    def pytest_guide_finished(self, outcome: Outcome) -> None:
        """Keep an outcome."""
        self.outcomes.append(outcome)


def only_output(outcome: Outcome) -> bool:
    """Tell whether the output is all that can be wrong with a step."""
    step, reply = outcome.planned.step, outcome.reply
    return step.output is not None and reply is not None and (reply.ending, reply.status) == (Ending.DONE, step.exit)
