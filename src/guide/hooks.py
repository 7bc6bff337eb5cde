"""Hooks that the pytest plugin calls: where nodes come from, and who wants to know what happens."""

from typing import Protocol

import pytest

from guide.node import Node, Reply
from guide.plan import Planned
from guide.run import Outcome


class Lab(Protocol):
    """What the plugin needs of a lab that is up."""

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What is not the real thing in this lab, in words for people; it goes into the evidence."""
        ...

    def node(self, name: str) -> Node:
        """Give a node to run commands on."""
        ...


@pytest.hookspec(firstresult=True)
def pytest_guide_lab(config: pytest.Config) -> Lab | None:
    """Give a lab that is up. Asked once, before the first step; the one who gives it takes it down."""


@pytest.hookspec(firstresult=True)
def pytest_guide_enough(planned: Planned, reply: Reply) -> bool | None:
    """Tell whether a check is to be given up, although it does not hold and has time left."""


@pytest.hookspec(firstresult=True)
def pytest_guide_goes_on(outcome: Outcome) -> bool | None:
    """Tell whether the steps after a failed one are run all the same."""


@pytest.hookspec
def pytest_guide_selected(plan: list[Planned]) -> None:
    """Tell which steps will run, before the first of them."""


@pytest.hookspec
def pytest_guide_started(planned: Planned) -> None:
    """Tell that a step is about to run."""


@pytest.hookspec
def pytest_guide_paused(planned: Planned) -> None:
    """Let somebody look around before the step that the run was to pause at; returns when it may go on."""


@pytest.hookspec
def pytest_guide_attempt(planned: Planned, attempts: int, problem: str) -> None:
    """Tell that a check has not held in so many attempts, and what the last one lacked."""


@pytest.hookspec
def pytest_guide_finished(outcome: Outcome) -> None:
    """Tell what became of a step."""


@pytest.hookspec
def pytest_guide_diagnostics(files: list[str]) -> None:
    """Tell which files hold what the nodes said of themselves after a failure."""


@pytest.hookspec
def pytest_guide_failed(outcome: Outcome) -> None:
    """Let somebody look around on the nodes after a failure, before they are removed."""
