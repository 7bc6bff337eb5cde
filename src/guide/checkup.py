"""What a reader's own nodes show of a chapter: the looks at what it has brought, and where to go back to."""

import re
from collections.abc import Sequence
from dataclasses import replace

from guide.errors import InputError
from guide.plan import Planned
from guide.run import Outcome, Result
from guide.step import Kind

PATIENCE = 5.0  # seconds that a look gets: what the reader has started some time ago is there by now
VARIABLE = re.compile(r"export \w+=[^\s;&|`$()]*")


def looks(plan: Sequence[Planned], chapter: int) -> list[Planned]:
    """Give the looks of a chapter, as they are made on nodes that nobody is changing. Raises InputError for none."""
    there = sorted({each.chapter for each in plan if each.step.shows and each.chapter is not None})
    if chapter not in there:
        raise InputError(f"Chapter {chapter} has nothing to check; chapters that have: {', '.join(map(str, there))}.")
    return [hasty(each) for each in plan if each.chapter == chapter and each.step.shows]


def hasty(planned: Planned) -> Planned:
    """Give a look that is repeated for a short time only."""
    step = planned.step
    return replace(planned, step=replace(step, kind=Kind.CHECK, seconds=min(step.seconds, PATIENCE)))


def variables(plan: Sequence[Planned], chapter: int, node: str) -> list[str]:
    """Give the commands by which a reader has set variables on a node by the end of a chapter, and nothing else."""
    mine = (each for each in plan if each.step.node == node and (each.chapter or 0) <= chapter)
    return [line for each in mine for line in each.step.command.split("\n") if VARIABLE.fullmatch(line)]


def origin(plan: Sequence[Planned], look: Planned) -> Planned | None:
    """Give the step that brings what a look shows: the last before it on its node, else on any."""
    before = []
    for each in plan:
        if each.step.where == look.step.where:
            break
        if look.step.see in each.step.command and not each.step.shows:
            before.append(each)
    return next(
        (each for each in reversed(before) if each.step.node == look.step.node), before[-1] if before else None
    )


def refuse_lost(plan: Sequence[Planned]) -> None:
    """Raise InputError for a look that leads back to no step."""
    for each in plan:
        if each.step.shows and origin(plan, each) is None:
            raise InputError(
                f'{each.step.where}: data-see="{each.step.see}": no step before it has this in its command'
            )


def verdict(outcomes: Sequence[Outcome], plan: Sequence[Planned]) -> str:
    """Say in a sentence what is there and what is not, and where to go on."""
    held = [spoken(each) for each in outcomes if each.result is Result.PASSED]
    failed = [each for each in outcomes if each.result is Result.FAILED]
    if not failed:
        return "All of it holds: go on with the next chapter."
    first = origin(plan, failed[0].planned)
    there = f"These hold: {', '.join(held)}. " if held else ""
    not_so = f"This does not: {spoken(failed[0])}."
    back = ""
    if first is not None:
        line = first.step.command.splitlines()[0]
        back = f" See step {first.label} ({first.step.where}) on {first.step.node}: {line}"
    return there + not_so + back


def spoken(outcome: Outcome) -> str:
    """Give what an outcome's step shows, and where."""
    step = outcome.planned.step
    return f"{step.shows} ({step.node})"
