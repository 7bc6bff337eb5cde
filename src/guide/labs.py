"""Where a plain `pytest` gets its lab from: machines that an inventory names, or embedded nodes of its own."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from guide.hooks import Lab
from guide.interrupt import take_signals_as_interrupts
from guide.lab.cache import Cache, cache_root
from guide.lab.embedded import Embedded
from guide.lab.machine import require_lab
from guide.lab.provide import provided
from guide.lab.runtime import choose
from guide.local import local_node
from guide.node import HOST, Node
from guide.project import Project
from guide.ssh import ssh_node
from guide.target import Target


@dataclass(frozen=True, slots=True)
class Machines:
    """A lab of machines that somebody else made: it boots none, removes none, and changes nothing but by steps.

    Attributes:
        tree: the guide's folder, where the shell on `host`, this machine, starts.
        host: the name that pages have for this machine.
        targets: where each node is.
    """

    tree: Path
    host: str
    targets: dict[str, Target]

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What is not the real thing: nothing."""
        return ()

    def node(self, name: str) -> Node:
        """Give a node to run commands on."""
        if name == self.host:
            return local_node(name, ["bash", "--norc", "--noprofile"], self.tree)
        return ssh_node(self.targets[name])


class TerminalProgress:
    """Prints a line for each part that took a while, past pytest's capture."""

    def __init__(self, config: pytest.Config) -> None:
        self._reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        self._capture: Any = config.pluginmanager.get_plugin("capturemanager")

    def started(self, name: str) -> None:
        """Say nothing yet."""

    def reached(self, name: str, size: int) -> None:
        """Say nothing: there is no line that lives."""

    def finished(self, name: str, seconds: float) -> None:
        """Print it unless it came from the cache."""
        if seconds > 1:
            self.noted(f"{name}: {seconds:.0f} s")

    def noted(self, words: str) -> None:
        """Print it."""
        if self._reporter:
            with self._capture.global_and_fixture_disabled() if self._capture else nullcontext():
                self._reporter.ensure_newline()
                self._reporter.write_line(words)


@contextmanager
def session_lab(config: pytest.Config, project: Project, targets: dict[str, Target]) -> Iterator[Lab]:
    """Give the lab of a session, and remove in the end what was made for it. Raises LabError."""
    if targets:
        yield Machines(project.root, HOST, targets)
        return
    take_signals_as_interrupts()
    require_lab(project.versions, "embedded", install=lambda _: False)
    name, shim = config.getoption("guide_runtime"), config.getoption("guide_cri_dockerd")
    cache = Cache(cache_root())
    runtime = choose(name, shim, project.versions, cache, project.root / project.settings.config)
    nodes = Embedded(project.root, project.nodes, cache, runtime)
    with provided(nodes, project.versions, TerminalProgress(config)) as lab:
        yield lab
