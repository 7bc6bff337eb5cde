"""What a trial is told and what it answers, as files between two processes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from guide.errors import Status
from guide.node import Ending, Reply
from guide.page import Location
from guide.plan import Planned
from guide.run import Outcome
from guide.step import Kind, Output, Step

JOB, ANSWER = "build/job.json", "build/answer.json"  # in the trial's copy of the guide
PATIENCE_TIMES, PATIENCE_MORE = 4.0, 5.0  # a step gets so many times what it took in the clean run, and seconds more


@dataclass(frozen=True, slots=True)
class Job:
    """A run of a copy of the guide.

    Attributes:
        runtime: of the lane.
        patience: seconds that a step may take at most, by its place.
        looks: steps that only look, each to be run after the plan's step of that number.
    """

    runtime: str
    patience: Mapping[str, float] = field(default_factory=dict)
    looks: Sequence[tuple[int, Planned]] = ()

    def write(self, tree: Path) -> None:
        """Write it into the copy of the guide in `tree`."""
        file = tree / JOB
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(asdict(self)))

    def patient(self, planned: Planned) -> Planned:
        """Give a step with the time that this job leaves it."""
        step = planned.step
        limit = self.patience.get(str(step.where), step.seconds)
        return replace(planned, step=replace(step, seconds=min(step.seconds, limit)))


def read_job(tree: Path) -> Job:
    """Read the job of the copy in `tree`."""
    raw = json.loads((tree / JOB).read_text())
    return Job(raw["runtime"], raw["patience"], [(number, read_planned(each)) for number, each in raw["looks"]])


def read_planned(raw: dict[str, Any]) -> Planned:
    """Give the step that `asdict` made this of."""
    step = raw["step"]
    changed: dict[str, Any] = {
        "where": Location(**step["where"]),
        "kind": Kind(step["kind"]),
        "tabs": tuple(step["tabs"]),
    }
    if step["output"]:
        changed["output"] = Output(**{**step["output"], "where": Location(**step["output"]["where"])})
    return Planned(Step(**{**step, **changed}), raw["chapter"], raw["number"])


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one step: its result, seconds and problem, and what the node answered."""

    where: str
    result: str
    seconds: float
    problem: str
    reply: Reply | None


@dataclass(frozen=True, slots=True)
class Answer:
    """How a job ended.

    Attributes:
        status: as of the front door.
        said: an error in words, or "".
        steps: of the plan, as far as it came.
        looks: of the job, in its order, as far as it came.
    """

    status: Status
    said: str = ""
    steps: Sequence[Seen] = ()
    looks: Sequence[Seen] = ()

    def write(self, tree: Path) -> None:
        """Write it into the copy of the guide in `tree`."""
        (tree / ANSWER).write_text(json.dumps(asdict(self)))

    @property
    def failed(self) -> int | None:
        """The number of the step that failed."""
        return next((number for number, step in enumerate(self.steps) if step.result == "failed"), None)

    def patience(self) -> dict[str, float]:
        """Give how long a step may take in trials, if this was the clean run."""
        longest: dict[str, float] = {}
        for step in self.steps:
            longest[step.where] = max(step.seconds, longest.get(step.where, 0))
        return {where: PATIENCE_TIMES * seconds + PATIENCE_MORE for where, seconds in longest.items()}


def seen(outcome: Outcome) -> Seen:
    """Give what an outcome tells."""
    return Seen(str(outcome.planned.step.where), str(outcome.result), outcome.seconds, outcome.problem, outcome.reply)


def read_answer(tree: Path) -> Answer | None:
    """Read the answer in `tree`; None if the trial did not come to one."""
    try:
        raw = json.loads((tree / ANSWER).read_text())
    except FileNotFoundError:
        return None
    return Answer(
        Status(raw["status"]),
        raw["said"],
        [read_seen(each) for each in raw["steps"]],
        [read_seen(each) for each in raw["looks"]],
    )


def read_seen(raw: dict[str, Any]) -> Seen:
    """Give the outcome of one step."""
    reply = raw["reply"] and Reply(**{**raw["reply"], "ending": Ending(raw["reply"]["ending"])})
    return Seen(raw["where"], raw["result"], raw["seconds"], raw["problem"], reply)
