"""The steps of a lane, in order."""

import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from guide.errors import InputError
from guide.page import Page
from guide.step import LANE_TABS, Step, read_steps
from guide.versions import unfit

CHAPTER = re.compile(r"(\d+)\b")


@dataclass(frozen=True, slots=True)
class Lane:
    """What a run is about: who makes the nodes, what runs containers on them, and which Kubernetes."""

    provider: str
    runtime: str
    kubernetes: str

    def __str__(self) -> str:
        return f"{self.provider}-{self.runtime}-{self.kubernetes}"


@dataclass(frozen=True, slots=True)
class Planned:
    """A step in its place.

    `chapter` is the number that its page's file name begins with, or None; `number` counts the command blocks of
    a page from 1, under whatever tab, so that a block for two nodes has one number, and the same in every lane.
    """

    step: Step
    chapter: int | None
    number: int

    @property
    def label(self) -> str:
        """What people call it, such as 2.4; a page without a number has its own name."""
        place = self.chapter if self.chapter is not None else PurePosixPath(self.step.where.page).stem
        return f"{place}.{self.number}"


def chapter_of(path: str) -> int | None:
    """Give the number that a page's file name begins with."""
    match = CHAPTER.match(PurePosixPath(path).name)
    return int(match[1]) if match else None


def make_plan(pages: list[Page], nodes: tuple[str, ...], root: Path, lane: Lane | None) -> list[Planned]:
    """Give the lane's steps of all pages, without a lane those of every one.

    Raises InputError that names every block in which something is wrong.
    """
    plan: list[Planned] = []
    errors: list[str] = []
    for page in pages:
        try:
            planned = number_steps(page.path, [fitted(step, lane) for step in read_steps(page, nodes, root)])
        except InputError as error:
            errors.append(str(error))
            continue
        plan += planned if lane is None else [each for each in planned if belongs(each.step, lane)]
    if errors:
        raise InputError("\n".join(errors))
    return plan


def number_steps(path: str, steps: list[Step]) -> list[Planned]:
    """Give a page's steps their numbers: those of all lanes, so that a block has one number for every reader."""
    blocks = {where: number for number, where in enumerate(dict.fromkeys(step.where for step in steps), start=1)}
    return [Planned(step, chapter_of(path), blocks[step.where]) for step in steps]


def belongs(step: Step, lane: Lane) -> bool:
    """Tell whether a step is part of a lane: each tab that it stands under must be one of the lane's."""
    return all(getattr(lane, LANE_TABS[label.casefold()]) == label.casefold() for label in step.tabs)


def fitted(step: Step, lane: Lane | None) -> Step:
    """Give a step as it is in a lane: skipped, with the reason, if it does not work with the lane's Kubernetes."""
    if lane is None or not step.kubernetes or step.skip:
        return step
    return replace(step, skip=unfit(step.kubernetes, lane.kubernetes, step.where))


def select(plan: list[Planned], first: int | None, last: int | None) -> list[Planned]:
    """Give the part of a plan from chapter `first` to chapter `last`. Raises InputError if there is none."""
    chapters = sorted({item.chapter for item in plan if item.chapter is not None})
    for wanted in (first, last):
        if wanted is not None and wanted not in chapters:
            there = ", ".join(map(str, chapters)) or "none"
            raise InputError(f"There is no chapter {wanted} with steps; chapters: {there}.")
    if first is not None and last is not None and first > last:
        raise InputError(f"Chapter {first} comes after chapter {last}: give --from a number that is not above --to.")
    if first is None and last is None:
        return plan
    low = chapters[0] if first is None else first
    high = chapters[-1] if last is None else last
    return [item for item in plan if item.chapter is not None and low <= item.chapter <= high]


def find(plan: list[Planned], place: str) -> Planned:
    """Give the first step at or after PAGE:LINE. Raises InputError if there is none."""
    page, _, line = place.rpartition(":")
    if not page or not line.isdecimal():
        raise InputError(f"{place} is no place: give a page and a line, such as docs/2-api-server.md:41.")
    there = [each for each in plan if each.step.where.page in (page, f"docs/{page}")]
    after = [each for each in there if each.step.where.line >= int(line)]
    if not after:
        known = f"its last is in line {there[-1].step.where.line}" if there else "the page has none in this lane"
        raise InputError(f"There is no step at or after {place}; {known}.")
    return min(after, key=lambda each: each.step.where.line)
