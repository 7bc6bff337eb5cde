"""The way in which it is found out whether a mutant is noticed: the shortest one that tells the truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from guide.mutation.mutant import Mutant
from guide.mutation.pages import changes_state
from guide.plan import Planned


class Way(StrEnum):
    """How a mutant is tried."""

    READING = "reading the pages"  # they are wrong, and nothing is run
    REPLY = "the clean run's reply"  # only what is expected differs
    LOOK = "the shared lab"  # only steps that look differ: they are run beside the clean ones
    ALONE = "a lab of its own"


@dataclass(frozen=True, slots=True)
class Task:
    """A mutant with what is to be done for it.

    Attributes:
        mutant: which.
        place: the number of the first step that it can touch.
        way: how it is tried.
        bent: the steps that differ from the clean plan's, by their number there.
        problem: what is wrong with its pages, or "".
    """

    mutant: Mutant
    place: int
    way: Way
    bent: tuple[tuple[int, Planned], ...] = ()
    problem: str = ""


def compare(mutant: Mutant, place: int, clean: Sequence[Planned], mutated: Sequence[Planned]) -> Task:
    """Choose the way for a mutant whose pages give the plan `mutated`."""
    if len(clean) != len(mutated):
        return Task(mutant, place, Way.ALONE)
    pairs = [(number, before, after) for number, (before, after) in enumerate(zip(clean, mutated, strict=True))]
    differ = [(number, before, after) for number, before, after in pairs if before != after]
    bent = tuple((number, after) for number, _, after in differ)
    if bent and all(_asked(before) == _asked(after) for _, before, after in differ):
        return Task(mutant, bent[0][0], Way.REPLY, bent)
    if bent and not any(changes_state(plan, number) for number, _ in bent for plan in (clean, mutated)):
        return Task(mutant, bent[0][0], Way.LOOK, bent)
    return Task(mutant, place, Way.ALONE)


def _asked(planned: Planned) -> tuple[str, str]:
    return planned.step.node, planned.step.command
