"""One trial, in a process of its own: run a copy of the guide on clean nodes until a step fails."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from guide.errors import GuideError, Status
from guide.hooks import Lab
from guide.interrupt import take_signals_as_interrupts
from guide.lab.cache import Cache, cache_root
from guide.lab.embedded import Embedded
from guide.lab.provide import provided
from guide.mutation.job import Answer, Job, read_job, seen
from guide.node import Node
from guide.plan import Planned
from guide.progress import TIME, load, save, state_file
from guide.project import Project, open_project
from guide.run import Outcome, Result, run_step
from guide.session import Session


class Shells:
    """A lab that remembers the shell that a node's steps run in: the first one that was opened there."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.first: dict[str, Node] = {}

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What the lab says of itself."""
        return self._lab.stand_ins

    def node(self, name: str) -> Node:
        """Open another shell on a node."""
        node = self._lab.node(name)
        self.first.setdefault(name, node)
        return node

    def copy(self, name: str, tree: Path) -> Node:
        """Open a shell that has the variables and the folder of the one that the steps run in."""
        path = state_file(tree / "build", name)
        copied = self._lab.node(name)
        if name in self.first:
            self.first[name].run(save(path), TIME)
            copied.run(load(path), TIME)
        return copied


class Nobody:
    """Listens to what a session and a lab tell, and does nothing."""

    def __getattr__(self, name: str) -> Any:
        """Take any call."""
        return lambda *_words, **_told: None


def try_guide(tree: Path, job: Job) -> Answer:
    """Run the guide in `tree` on a lab of its own."""
    try:
        project = open_project(tree)
        plan = project.plan(project.lane("embedded", job.runtime))
        nodes = Embedded(tree, project.nodes, Cache(cache_root()))
        with provided(nodes, project.versions, Nobody()) as lab:
            return run_plan(project, plan, lab, job)
    except GuideError as error:
        return Answer(error.status, str(error))


def run_plan(project: Project, plan: Sequence[Planned], lab: Lab, job: Job) -> Answer:
    """Run a plan's steps as the guide's own runner does, with the job's looks in between."""
    # Nobody reads what the nodes say of themselves after a failure that is meant.
    project = replace(project, settings=replace(project.settings, diagnostics={}))
    lane = project.lane("embedded", job.runtime)
    shells = Shells(lab)
    session = Session(project, lane, shells, Nobody(), None)
    done: list[Outcome] = []
    looked: list[Outcome] = []
    try:
        session.begin(plan, resume=False)
        for number, planned in enumerate(plan):
            done.append(session.run(job.patient(planned)))
            if done[-1].result is Result.FAILED:
                break
            for after, look in job.looks:
                if after == number:
                    node = shells.copy(look.step.node, project.root)
                    looked.append(run_step(job.patient(look), node, project.settings.fluid))
                    node.close()
    finally:
        session.close()
    status = Status.GUIDE_WRONG if done and done[-1].result is Result.FAILED else Status.HELD
    if any(outcome.lost for outcome in done + looked):
        status = Status.NO_LAB
    return Answer(status, "", [seen(each) for each in done], [seen(each) for each in looked])


def main() -> None:
    """Do the job in the folder that the first argument names."""
    take_signals_as_interrupts()
    tree = Path(sys.argv[1])
    try:
        try_guide(tree, read_job(tree)).write(tree)
    except KeyboardInterrupt:
        sys.exit(Status.INTERRUPTED)


if __name__ == "__main__":
    main()
