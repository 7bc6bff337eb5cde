"""A lab for one run: made before it, removed after it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

from guide.lab.facts import Versions
from guide.lab.parts import Parts, Site, make_parts
from guide.lab.progress import Progress
from guide.lab.record import Record
from guide.node import Node


class Provided(Site, Protocol):
    """A lab that a provider makes and removes, whether it is up or not."""

    @property
    def folder(self) -> Path:
        """Where what is noted of it is."""
        ...

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What is not the real thing in it, in words for people."""
        ...

    @property
    def sources(self) -> dict[str, str]:
        """Where its components and images come from, by name, in words; known while it is up."""
        ...

    def record(self) -> Record | None:
        """Give what is written of it, or None if it is not up."""
        ...

    def up(self, parts: Parts, owner: int | None) -> Record:
        """Give clean nodes, for the process `owner` or for anybody. Raises LabError."""
        ...

    def down(self) -> bool:
        """Remove it, and tell whether there was anything to remove. Raises LabError."""
        ...

    def take(self, owner: int) -> None:
        """Let one process use it alone. Raises LabError."""
        ...

    def keep(self) -> None:
        """Let it stay when this process ends."""
        ...

    def share(self) -> None:
        """Let the nodes see the project's files as they are now. Raises LabError."""
        ...

    def alive(self) -> bool:
        """Tell whether every node runs."""
        ...

    def runs(self, name: str) -> bool:
        """Tell whether a node runs."""
        ...

    def node(self, name: str) -> Node:
        """Give a node to run commands on."""
        ...

    def shell(self, name: str, startup: str = "") -> list[str]:
        """Give the command that opens a terminal on a node; its bash begins with `startup`."""
        ...

    def opens(self, name: str) -> list[str]:
        """Give the command that opens a bash for a script on a node."""
        ...


@runtime_checkable
class Restorable(Provided, Protocol):
    """A lab that can keep what its nodes are like, with all that runs on them, and bring that back."""

    def kept(self) -> dict[str, Path]:
        """Give the folders with what was noted of the lab then, by the names under which it was kept."""
        ...

    def save(self, name: str) -> None:
        """Keep the nodes as they are. Raises LabError."""
        ...

    def restore(self, name: str) -> None:
        """Let nodes and notes be what they were. Raises LabError."""
        ...


@contextmanager
def provided(lab: Provided, versions: Versions, progress: Progress, *, keep: bool = False) -> Iterator[Provided]:
    """Give a lab with clean nodes, and remove it in the end unless `keep`."""
    lab.up(make_parts(lab, versions, progress), os.getpid())
    try:
        yield lab
    finally:
        if keep:
            lab.keep()
        else:
            lab.down()


@contextmanager
def continued(lab: Provided) -> Iterator[Provided]:
    """Give a lab that was left up, to this process alone while it lasts. Raises LabError if there is none."""
    lab.take(os.getpid())
    try:
        yield lab
    finally:
        lab.keep()
