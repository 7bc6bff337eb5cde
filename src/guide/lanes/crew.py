"""Lanes that run side by side: a process of the front door for each, with a lab of its own."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from guide.children import Children
from guide.errors import Status
from guide.lanes.board import Board
from guide.lanes.told import read_told
from guide.plan import Lane


@dataclass(frozen=True, slots=True)
class Job:
    """A lane to run.

    Attributes:
        lane: which.
        label: what tells its lab and its reports from others of the same folder.
        options: the options of the front door beside those that choose the lane.
    """

    lane: Lane
    label: str
    options: Sequence[str] = ()

    @property
    def command(self) -> list[str]:
        """The command that runs it."""
        lane = self.lane
        chosen = ["--provider", lane.provider, "--runtime", lane.runtime, "--kubernetes", lane.kubernetes]
        return [sys.executable, "-m", "guide", "lane", "--label", self.label, *chosen, *self.options]


def run_lanes(root: Path, jobs: Sequence[tuple[int, Job]], at_once: int, board: Board) -> list[Status]:
    """Run jobs, each with its number on the board, and give how they ended. One that fails does not stop others."""
    with Children(at_once) as children:
        futures = [children.submit(follow, children, root, number, job, board) for number, job in jobs]
        return [future.result() for future in futures]


def follow(children: Children, root: Path, number: int, job: Job, board: Board) -> Status:
    """Run one job, and show what it tells."""

    def read(process: "subprocess.Popen[bytes]") -> None:
        for line in process.stdout or ():
            board.told(number, read_told(line))

    board.begin(number)
    # Its standard input is never written to: its end tells the lane that we are gone.
    pipe = subprocess.PIPE
    code = children.run(job.command, read, cwd=root, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT)
    status = Status(code) if code in [*Status] else Status.NO_LAB  # killed
    board.end(number, status)
    return status
