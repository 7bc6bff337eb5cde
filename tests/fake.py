"""Nodes and labs without machines, for tests of what uses them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from guide.local import local_node
from guide.node import Ending, Node, Reply
from guide.page import Location
from guide.plan import Planned
from guide.step import Step


def done(output: str = "", status: int = 0) -> Reply:
    """Give the reply to a command that came to its end."""
    return Reply(Ending.DONE, status, output)


class FakeNode:
    """A node that answers from a list, the last answer again and again, and remembers what it was asked."""

    def __init__(self, *replies: Reply, name: str = "web") -> None:
        self.name = name
        self.asked: list[tuple[str, float]] = []
        self.closed = False
        self._replies = list(replies) or [done()]

    def run(self, command: str, seconds: float) -> Reply:
        self.asked.append((command, seconds))
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def close(self) -> None:
        self.closed = True


class Clock:
    """Time that goes on only when somebody sleeps or works by it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class SlowNode(FakeNode):
    """A node that takes so many seconds of a clock for each command."""

    def __init__(self, clock: Clock, takes: float, *replies: Reply) -> None:
        super().__init__(*replies)
        self._clock = clock
        self._takes = takes

    def run(self, command: str, seconds: float) -> Reply:
        self._clock.now += self._takes
        return super().run(command, seconds)


class FakeLab:
    """A lab whose nodes come from a function."""

    stand_ins = ("Nodes are shells of this machine.",)

    def __init__(self, make: Callable[[str], Node]) -> None:
        self._make = make
        self.made: list[Node] = []

    def node(self, name: str) -> Node:
        self.made.append(self._make(name))
        return self.made[-1]

    def pytest_guide_lab(self) -> "FakeLab":
        return self


def local_bash(name: str, folder: Path) -> Node:
    """Give a node that is a real bash on this machine."""
    return local_node(name, ["bash", "--norc", "--noprofile"], folder)


@contextmanager
def bash(folder: Path) -> Iterator[Node]:
    """Give a real bash on this machine, closed in the end."""
    node = local_bash("web", folder)
    try:
        yield node
    finally:
        node.close()


def planned(command: str = "true", **values: object) -> Planned:
    """Give a step in its place."""
    step = Step(Location("docs/1-page.md", 7), "web", command, **values)  # type: ignore[arg-type] # as the caller likes
    return Planned(step, 1, 1)
