"""Whether a mutant was noticed, by which step, and how far from the place that was changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Any

from guide.errors import Status
from guide.mutation.job import Answer, Seen
from guide.mutation.mutant import Mutant
from guide.mutation.way import Task, Way
from guide.plan import Planned
from guide.run import judge


class Found(StrEnum):
    """What came of a mutant."""

    NOTICED = "noticed"
    UNNOTICED = "unnoticed"
    BROKEN = "broken"  # the trial, not the guide: it proves nothing


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one mutant.

    Attributes:
        mutant: which.
        found: what came of it.
        way: how it was tried.
        step: the number in the plan of the step that failed, or None.
        problem: what it said, in one line.
        steps: how many steps after the first one that the mutant touches.
        chapters: how many chapters after that.
    """

    mutant: Mutant
    found: Found
    way: Way
    step: int | None = None
    problem: str = ""
    steps: int = 0
    chapters: int = 0

    def describe(self) -> dict[str, Any]:
        """Give it as it is written."""
        return {
            "path": self.mutant.path,
            "line": self.mutant.first,
            "kind": str(self.mutant.kind),
            "what": self.mutant.what,
            "found": str(self.found),
            "way": str(self.way),
            "problem": self.problem,
            "steps": self.steps,
            "chapters": self.chapters,
        }


def by_reading(task: Task) -> Verdict:
    """Judge a mutant whose pages are wrong."""
    return Verdict(task.mutant, Found.NOTICED, task.way, None, task.problem.partition("\n")[0])


def by_reply(task: Task, clean: Answer, fluid: tuple[IPv4Network, ...], plan: Sequence[Planned]) -> Verdict:
    """Judge a mutant that only expects something else, by what the nodes answered in the clean run."""
    for number, bent in task.bent:
        reply = clean.steps[number].reply
        problem = judge(bent.step, reply, fluid) if reply else ""
        if problem:
            return noticed(task, number, f"{bent.step.where}: {problem}", plan)
    return Verdict(task.mutant, Found.UNNOTICED, task.way)


def by_looks(task: Task, looks: Sequence[Seen], plan: Sequence[Planned]) -> Verdict:
    """Judge a mutant by its bent looks, which were run in the shared lab."""
    for (number, _), look in zip(task.bent, looks, strict=True):
        if look.result == "failed":
            return noticed(task, number, look.problem, plan)
    return Verdict(task.mutant, Found.UNNOTICED, task.way)


def by_trial(task: Task, answer: Answer, plan: Sequence[Planned]) -> Verdict:
    """Judge a mutant by a run of the whole guide with it."""
    if answer.status is Status.HELD:
        return Verdict(task.mutant, Found.UNNOTICED, task.way)
    if answer.status is Status.INPUT_WRONG:
        return Verdict(task.mutant, Found.NOTICED, task.way, None, answer.said.partition("\n")[0])
    if answer.status is not Status.GUIDE_WRONG or answer.failed is None:
        return Verdict(task.mutant, Found.BROKEN, task.way, None, answer.said.partition("\n")[0] or "no lab")
    problem = answer.steps[answer.failed].problem
    if answer.failed < task.place:
        words = f"a step before it failed, so that the trial proves nothing: {problem.partition(chr(10))[0]}"
        return Verdict(task.mutant, Found.BROKEN, task.way, None, words)
    # A deleted block takes its steps from the plan; those below it keep their lines.
    where = answer.steps[answer.failed].where
    below = (number for number in range(answer.failed, len(plan)) if str(plan[number].step.where) == where)
    return noticed(task, next(below, answer.failed), problem, plan)


def noticed(task: Task, number: int, problem: str, plan: Sequence[Planned]) -> Verdict:
    """Give the verdict on a mutant that the step of this number noticed."""
    chapters = (plan[number].chapter or 0) - (plan[task.place].chapter or 0)
    first = problem.partition("\n")[0]
    return Verdict(task.mutant, Found.NOTICED, task.way, number, first, number - task.place, chapters)
