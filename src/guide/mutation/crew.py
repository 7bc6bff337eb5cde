"""Several labs side by side, each with a copy of the guide, and each in a process that removes it."""

import queue
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from guide.children import Children
from guide.errors import LabError, Status
from guide.lab.cache import Cache, cache_root
from guide.lab.embedded import Embedded
from guide.lab.record import read_record
from guide.mutation.job import Answer, Job, read_answer
from guide.mutation.mutant import Mutant
from guide.project import Project

# What a copy of the guide does not need: results, and what tools keep.
LEFT_OUT = shutil.ignore_patterns("build", ".*", "__pycache__", "*.egg-info")
FOLDERS = "guide-mutate-"  # what the folders with copies begin with


class Crew:
    """Runs jobs, so many at once. Leaving it ends what still runs, and removes every lab and copy."""

    def __init__(self, project: Project, labs: int) -> None:
        self._project = project
        remove_abandoned(project, Cache(cache_root()))
        self._folder = Path(tempfile.mkdtemp(prefix=FOLDERS))
        # What is tried is the guide as it was at the start, whatever its author does meanwhile.
        self._clean = self._folder / "clean"
        shutil.copytree(project.root, self._clean, ignore=LEFT_OUT, symlinks=True)
        self._trees = [self._folder / str(number) for number in range(labs)]
        self._free: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for tree in self._trees:
            self._free.put(tree)
        self._children = Children(labs)

    def __enter__(self) -> Self:
        return self

    def run(self, jobs: Sequence[tuple[Mutant | None, Job]]) -> Iterator[tuple[int, Answer]]:
        """Run jobs on the guide with a mutant, or on the clean one; give their numbers and answers as they come."""
        numbers = {self._children.submit(self._run, mutant, job): number for number, (mutant, job) in enumerate(jobs)}
        for future in as_completed(numbers):
            yield numbers[future], future.result()

    def _run(self, mutant: Mutant | None, job: Job) -> Answer:
        tree = self._free.get()
        try:
            self.copy(tree)
            if mutant:
                mutant.apply(tree)
            job.write(tree)
            command = [sys.executable, "-m", "guide.mutation.trial", str(tree)]
            with (tree / "build/said.txt").open("wb") as said:
                status = self._children.run(command, cwd=tree, stdout=said, stderr=said)
            answer = read_answer(tree)
            words = (tree / "build/said.txt").read_text(errors="replace").strip()
            return answer or Answer(Status.NO_LAB, f"the trial ended with status {status}: {words[-1000:]}")
        finally:
            self._free.put(tree)

    def copy(self, tree: Path) -> None:
        """Make a fresh copy of the guide in the folder `tree`."""
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(self._clean, tree, symlinks=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._children.__exit__(kind, error, trace)
        for tree in self._trees:
            with suppress(LabError):  # says that nobody of ours: a trial that did not end in time goes on with it
                Embedded(tree, self._project.nodes, Cache(cache_root())).down()
        shutil.rmtree(self._folder, ignore_errors=True)


def remove_abandoned(project: Project, cache: Cache) -> None:
    """Remove labs and copies of a crew that was killed, and could not do it itself."""
    for path in cache.root.glob("labs/*/lab.json"):
        try:
            record = read_record(path)
        except LabError:  # of another project on this machine, which says so itself
            continue
        folder = Path(record.tree).parent if record else None
        if record and record.abandoned and folder and folder.name.startswith(FOLDERS):
            Embedded(Path(record.tree), project.nodes, cache).down()
            shutil.rmtree(folder, ignore_errors=True)
