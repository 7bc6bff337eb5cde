"""Measuring a guide: every mutant gets its verdict, by the shortest way that tells the truth."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from guide.errors import GuideError, InputError, LabError, Status
from guide.mutation.crew import Crew
from guide.mutation.job import Answer, Job
from guide.mutation.mutant import Mutant
from guide.mutation.population import place, used_files
from guide.mutation.verdict import Found, Verdict, by_looks, by_reading, by_reply, by_trial
from guide.mutation.way import Task, Way, compare
from guide.plan import Lane, Planned
from guide.project import Project, open_project


@dataclass(frozen=True, slots=True)
class Measurement:
    """What is measured, and by which means."""

    project: Project
    lane: Lane
    plan: Sequence[Planned]
    crew: Crew

    def tasks(self, mutants: Sequence[Mutant]) -> list[Task]:
        """Give each mutant its way, after reading its pages."""
        used = used_files(self.project, self.plan)
        with tempfile.TemporaryDirectory(prefix="guide-mutate-") as folder:
            copy = Path(folder, "guide")
            self.crew.copy(copy)
            return [self._task(copy, mutant, place(mutant, self.plan, used)) for mutant in mutants]

    def _task(self, copy: Path, mutant: Mutant, first: int) -> Task:
        if Path(mutant.path).suffix != ".md":
            return Task(mutant, first, Way.ALONE)
        file = copy / mutant.path
        before = file.read_text()
        mutant.apply(copy)
        try:
            return compare(mutant, first, self.plan, open_project(copy).plan(self.lane))
        except InputError as error:
            return Task(mutant, first, Way.READING, problem=str(error))
        finally:
            file.write_text(before)

    def clean(self) -> Answer:
        """Run the guide as it is, alone. Raises LabError or InputError unless it holds."""
        [(_, answer)] = self.crew.run([(None, Job(self.lane.runtime))])
        return self._held(answer, "The guide itself does not hold, so nothing can be said of its mutants.")

    def verdicts(self, tasks: Sequence[Task], clean: Answer, told: Callable[[Verdict], None]) -> list[Verdict]:
        """Give the verdict on each task, and tell each one as it comes.

        Raises GuideError if the clean guide does not hold under the same haste and load: the result is void then.
        """
        found: dict[Mutant, Verdict] = {}
        for verdict in self._each(tasks, clean):
            found[verdict.mutant] = verdict
            told(verdict)
        return [found[task.mutant] for task in tasks]

    def _each(self, tasks: Sequence[Task], clean: Answer) -> Iterator[Verdict]:
        fluid = self.project.settings.fluid
        for task in tasks:
            if task.way is Way.READING:
                yield by_reading(task)
            elif task.way is Way.REPLY:
                yield by_reply(task, clean, fluid, self.plan)
        looking = [task for task in tasks if task.way is Way.LOOK]
        alone = [task for task in tasks if task.way is Way.ALONE]
        if not looking and not alone:
            return
        haste = Job(self.lane.runtime, clean.patience())
        shared = Job(self.lane.runtime, haste.patience, [bent for task in looking for bent in task.bent])
        jobs: list[tuple[Mutant | None, Job]] = [(None, haste), (None, shared)]
        jobs += [(task.mutant, haste) for task in alone]
        again: list[Task] = []  # once more: what was no trial at all, by a lab or a machine that was not steady
        for number, answer in self.crew.run(jobs):
            if number == 0:
                self._held(answer, "The clean guide does not hold in the haste of a trial: the machine is too busy.")
            elif number > 1:
                verdict = by_trial(alone[number - 2], answer, self.plan)
                if verdict.found is Found.BROKEN:
                    again.append(alone[number - 2])
                else:
                    yield verdict
            elif answer.status is Status.HELD:
                yield from shared_verdicts(looking, answer, self.plan)
            else:
                again += looking  # a look was more than a look: each gets a lab of its own
        for number, answer in self.crew.run([(task.mutant, haste) for task in again]):
            yield by_trial(again[number], answer, self.plan)

    def _held(self, answer: Answer, otherwise: str) -> Answer:
        if answer.status is Status.HELD:
            return answer
        problem = answer.said if answer.failed is None else answer.steps[answer.failed].problem
        kind = LabError if answer.status is Status.NO_LAB else GuideError
        raise kind(f"{otherwise}\n{problem}")


def shared_verdicts(tasks: Sequence[Task], answer: Answer, plan: Sequence[Planned]) -> Iterator[Verdict]:
    """Give the verdicts on looks: those of a task come in its own order, and tasks' by the step that they follow."""
    order = sorted(
        ((after, number, part) for number, task in enumerate(tasks) for part, (after, _) in enumerate(task.bent)),
        key=lambda each: each[0],
    )
    seen = {(number, part): look for (_, number, part), look in zip(order, answer.looks, strict=True)}
    for number, task in enumerate(tasks):
        yield by_looks(task, [seen[number, part] for part in range(len(task.bent))], plan)
