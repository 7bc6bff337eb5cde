"""What Vagrant keeps of machines that run, memory and all, with our notes of that moment."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from guide.lab.cache import remove_tree
from guide.lab.register import RECORD


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The snapshots of a lab's machines.

    Attributes:
        lab: the folder with our notes of the lab.
        machines: those that others depend on come first.
        vagrant: runs Vagrant with arguments. Raises LabError.
    """

    lab: Path
    machines: tuple[str, ...]
    vagrant: Callable[..., str]

    @property
    def _folder(self) -> Path:
        return self.lab / "snapshots"

    def kept(self) -> dict[str, Path]:
        """Give the folders with our notes, by the names of the snapshots."""
        return {path.name: path for path in self._folder.iterdir()} if self._folder.exists() else {}

    def save(self, name: str) -> None:
        """Keep what the machines are like now. Raises LabError where Vagrant's provider cannot."""
        notes = self._folder / name
        remove_tree(notes)
        # A cluster's state is kept last: then no other machine has seen of it what it does not know itself.
        for machine in reversed(self.machines):
            self.vagrant("snapshot", "save", "--force", machine, name)
        unfinished = self.lab / "unfinished"
        remove_tree(unfinished)
        unfinished.mkdir()
        for file in self._files():
            shutil.copy2(file, unfinished)
        self._folder.mkdir(exist_ok=True)
        unfinished.rename(notes)

    def restore(self, name: str) -> None:
        """Let machines and notes be what they were. Raises LabError."""
        for machine in self.machines:
            self.vagrant("snapshot", "restore", "--no-provision", machine, name)
        for file in self._files():
            file.unlink()
        for note in (self._folder / name).iterdir():
            shutil.copy2(note, self.lab)

    def _files(self) -> list[Path]:
        """Give our notes, but for the record, which says who uses the lab at present."""
        return [path for path in self.lab.iterdir() if path.is_file() and path.name != RECORD]
