"""Marks: what may be said of a page after what runs have seen of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from guide.plan import Planned, belongs
from guide.run import Result
from guide.seen import Run, Seen


class State(StrEnum):
    """What a lane's last run says of a page."""

    VERIFIED = "verified"
    CHANGED = "changed"
    FAILED = "failed"
    PARTLY = "partly"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a lane's last run says of a page.

    Attributes:
        run: the run.
        state: in one word.
        steps: what became of the page's steps.
        changed: the files, and "its commands", that are not what they were in the run.
    """

    run: Run
    state: State
    steps: tuple[Seen, ...]
    changed: tuple[str, ...]

    def count(self, result: Result) -> int:
        """Give how many of the page's steps came to a result."""
        return sum(step.result == result for step in self.steps)

    @property
    def seconds(self) -> float:
        """How long the page's steps took."""
        return sum(step.seconds for step in self.steps)


def mark_page(
    page: str, planned: Sequence[Planned], run: Run, used: Collection[str], digests: Mapping[str, str]
) -> Mark | None:
    """Give what a run says of a page, or None where it says nothing.

    `planned` are the page's steps in all lanes, `used` the files that decide what they do, and `digests` the SHA-256
    that the guide's files have now, by path.
    """
    steps = tuple(step for step in run.steps if step.page == page)
    if not steps:
        return None
    changed = sorted(path for path in used if digests.get(path) != run.inputs.get(path))
    now = [(each.step.node, each.step.command) for each in planned if belongs(each.step, run.lane)]
    if not changed and now != [(step.node, step.command) for step in steps]:
        changed.append("its commands")
    return Mark(run, judge(steps, changed), steps, tuple(changed))


def judge(steps: Sequence[Seen], changed: Sequence[str]) -> State:
    """Say in one word what became of steps."""
    results = {step.result for step in steps}
    if Result.FAILED in results:
        return State.FAILED
    if changed:
        return State.CHANGED
    if Result.NOT_RUN in results or Result.PASSED not in results:
        return State.PARTLY
    return State.VERIFIED
