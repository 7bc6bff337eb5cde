"""pytest as the runner: the guide's steps on a lab that is up already."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from guide.errors import Status
from guide.hooks import Lab

STATUSES = {
    pytest.ExitCode.OK: Status.HELD,
    pytest.ExitCode.TESTS_FAILED: Status.GUIDE_WRONG,
    pytest.ExitCode.INTERRUPTED: Status.INTERRUPTED,
    pytest.ExitCode.INTERNAL_ERROR: Status.NO_LAB,  # the plugin ends the session with this number, too
    pytest.ExitCode.USAGE_ERROR: Status.INPUT_WRONG,
    pytest.ExitCode.NO_TESTS_COLLECTED: Status.INPUT_WRONG,
}


class LabPlugin:
    """Gives the pytest plugin a lab."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def pytest_guide_lab(self) -> Lab:
        """Give the lab."""
        return self._lab


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a guide is run, and how.

    Attributes:
        runtime: of the lane.
        last: the last chapter, or None for all.
        state: the lab's folder that keeps note of how far the run comes, or None if the nodes go with it.
        provider: of the lane.
        resume: whether to go on after the steps that are noted there.
        pause: a place, PAGE:LINE, to pause at, or "".
        report: the folder for reports, if it is not the project's.
        evidence: whether to write down what was seen.
    """

    runtime: str
    last: int | None = None
    state: Path | None = None
    provider: str = "embedded"
    resume: bool = False
    pause: str = ""
    report: Path | None = None
    evidence: bool = True

    @property
    def options(self) -> list[str]:
        """The options of the pytest plugin that say so."""
        given = {
            "provider": self.provider,
            "runtime": self.runtime,
            "to": self.last,
            "state": self.state,
            "pause": self.pause or None,
            "report": self.report,
        }
        options = [f"--guide-{name}={value}" for name, value in given.items() if value is not None]
        flags = {"--guide-resume": self.resume, "--guide-no-evidence": not self.evidence}
        return [*options, *(flag for flag, given in flags.items() if given)]


def run_pytest(root: Path, docs: str, choice: Choice, plugins: Sequence[object]) -> Status:
    """Run the pages in the folder `docs` of a guide, and say how that ended."""
    options = [f"--rootdir={root}", *choice.options]
    # Nothing of the guide's own pytest configuration: that is for tests of code. Output is the plugins' business.
    plain = ["-c", os.devnull, "-s", "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "guide.plugin"]
    return STATUSES[pytest.ExitCode(pytest.main([*plain, *options, str(root / docs)], plugins=plugins))]
