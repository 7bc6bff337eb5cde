"""A mutant: a guide that differs from the real one in one place."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What was done to the place."""

    STEP = "step deleted"
    STATEMENT = "statement deleted"
    FLAG = "flag deleted"
    FIELD = "field deleted"
    NODE = "node bent"
    ADDRESS = "address bent"
    PORT = "port bent"
    LABEL = "label bent"
    VALUE = "value bent"
    STATUS = "expected status bent"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One place of a guide that is to be changed.

    Attributes:
        path: the file, relative to the guide.
        first: its first line that changes, from 1.
        last: its last line that changes.
        lines: what stands there instead.
        kind: what was done.
        what: the same in words, with what stood there.
    """

    path: str
    first: int
    last: int
    lines: tuple[str, ...]
    kind: Kind
    what: str

    @property
    def where(self) -> str:
        """Path and line."""
        return f"{self.path}:{self.first}"

    def of(self, text: str) -> str:
        """Give the file's text with the change made."""
        lines = text.split("\n")
        return "\n".join([*lines[: self.first - 1], *self.lines, *lines[self.last :]])

    def apply(self, root: Path) -> None:
        """Make the change in the guide in the folder `root`."""
        file = root / self.path
        file.write_text(self.of(file.read_text()))


def edit(path: str, text: str, start: int, end: int, new: str, kind: Kind, what: str) -> Mutant:
    """Give the mutant that has `new` in the place of the characters from `start` to `end` of a file's text."""
    first, last = text.count("\n", 0, start), text.count("\n", 0, end)
    left, right = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    changed = text[left:start] + new + text[end : right if right >= 0 else len(text)]
    lines = tuple(line.rstrip() for line in changed.split("\n"))
    return Mutant(path, first + 1, last + 1, lines, kind, what)
