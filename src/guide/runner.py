"""pytest as the runner: the guide's steps on a lab that is up already."""

import os
from collections.abc import Sequence
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


def run_pytest(
    root: Path, docs: str, runtime: str, first: int | None, last: int | None, plugins: Sequence[object]
) -> Status:
    """Run the pages in the folder `docs` of a guide, from chapter `first` to `last`, and say how that ended."""
    options = [f"--rootdir={root}", f"--guide-runtime={runtime}", f"--junitxml={root}/build/report/junit.xml"]
    options += [f"--guide-from={first}"] if first is not None else []
    options += [f"--guide-to={last}"] if last is not None else []
    # Nothing of the guide's own pytest configuration: that is for tests of code. Output is the plugins' business.
    plain = ["-c", os.devnull, "-s", "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "guide.plugin"]
    return STATUSES[pytest.ExitCode(pytest.main([*plain, *options, str(root / docs)], plugins=plugins))]
