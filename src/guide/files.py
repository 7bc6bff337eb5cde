"""The real files of a guide: who names them, and which nobody uses."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from guide.block import read_blocks
from guide.page import Page
from guide.plan import Planned


def files(root: Path, folders: Sequence[str]) -> list[str]:
    """Give every file below `folders` of a project, by its path there."""
    found = (path for folder in folders for path in (root / folder).rglob("*") if path.is_file())
    return sorted(str(path.relative_to(root)) for path in found)


class Mentions:
    """Which real files a command names, and which these name in turn. Reads each file once."""

    def __init__(self, root: Path, folders: Sequence[str]) -> None:
        """Look for the files below `folders` of the project in `root`; pages are none."""
        self._root = root
        self._known = [path for path in files(root, folders) if not path.endswith(".md")]
        self._direct: dict[str, list[str]] = {}

    def of(self, command: str) -> set[str]:
        """Give the files by their paths in the project."""
        found: set[str] = set()
        left = self._in(command)
        while left:
            path = left.pop()
            if path not in found:
                found.add(path)
                left += self._of_file(path)
        return found

    def _of_file(self, path: str) -> list[str]:
        if path not in self._direct:
            self._direct[path] = self._in((self._root / path).read_text(errors="replace"))
        return self._direct[path]

    def _in(self, text: str) -> list[str]:
        return [path for path in self._known if path in text]


def unused(
    root: Path, folders: Sequence[str], others: Mapping[str, str], plan: Sequence[Planned], pages: Sequence[Page]
) -> list[str]:
    """Give every file below `folders` that no step names, no page shows, and `others` does not explain.

    `others` has reasons by path, of a file or of a folder.
    """
    mentions = Mentions(root, folders)
    named = {path for planned in plan for path in mentions.of(planned.step.command)}
    shown = {block.title for page in pages for block in read_blocks(page)}
    return [
        path
        for path in files(root, folders)
        if path not in named | shown and not any(path == each or path.startswith(f"{each}/") for each in others)
    ]
