"""What is written down of a lab, and who may use it: the same for every provider."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from guide.errors import LabError
from guide.lab.cache import Cache
from guide.lab.parts import Parts
from guide.lab.record import Record, read_record

RECORD = "lab.json"
TIME_TO_MAKE = 60.0  # seconds that another process gets to make or remove the same lab


@dataclass(frozen=True, slots=True)
class Register:
    """The record of one lab, in its folder, and the lock of those who make or remove it."""

    name: str
    tree: Path
    cache: Cache

    @property
    def folder(self) -> Path:
        """Where all files of the lab are."""
        return self.cache.root / "labs" / self.name

    @property
    def _file(self) -> Path:
        return self.folder / RECORD

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody else make or remove the lab. Raises LabError if somebody does."""
        locks = self.cache.root / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(locks / f"{self.name}.lock", timeout=TIME_TO_MAKE):
                yield
        except Timeout as error:
            raise LabError("Another ./guide is making or removing the nodes: wait for it, then try again.") from error

    def record(self) -> Record | None:
        """Give what is written of the lab, or None if it is not up."""
        return read_record(self._file)

    def write(self, owner: int | None, addresses: dict[str, str], parts: Parts) -> Record:
        """Write down of what the lab is made now: when that begins, and again when it is complete."""
        made = time.time()
        record = Record(self.name, str(self.tree), made, owner, addresses, parts.runtime.name, parts.sources)
        record.write(self._file)
        return record

    @property
    def sources(self) -> dict[str, str]:
        """Where its components and images came from, by name, in words; nothing if it is not up."""
        record = self.record()
        return record.sources if record else {}

    def take(self, owner: int, alive: Callable[[], bool]) -> None:
        """Let the process `owner` alone use nodes that are up. Raises LabError if they are not, or are in use."""
        with self.locked():
            present = self.record()
            refuse_while_in_use(present)
            if present is None or not alive():
                raise LabError("There are no nodes to go on with: start by ./guide verify --keep.")
            replace(present, owner=owner).write(self._file)

    def keep(self) -> None:
        """Let the nodes stay when this process ends."""
        present = self.record()
        if present:
            present.kept().write(self._file)

    def refuse_present(self, alive: Callable[[], bool]) -> None:
        """Raise LabError if the lab is up already, or in use."""
        present = self.record()
        refuse_while_in_use(present)
        if present and not present.abandoned and alive():
            raise LabError(
                "The nodes are up already: go on by ./guide verify --resume, or remove them by ./guide down."
            )

    def refuse_use(self) -> None:
        """Raise LabError if a process that still runs uses the lab; a damaged record is nobody's."""
        try:
            present = self.record()
        except LabError:
            present = None
        refuse_while_in_use(present)


def refuse_while_in_use(record: Record | None) -> None:
    """Raise LabError if another process that still runs uses the lab."""
    if record and record.owner not in (None, os.getpid()) and not record.abandoned:
        raise LabError(f"The nodes are in use by process {record.owner}: wait for it, or end it.")
