"""What accepted outputs change in the files that pages are made of."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from guide.accept import Fluid, accepted
from guide.block import read_blocks
from guide.errors import GuideError, InputError
from guide.expect import matches
from guide.page import Page
from guide.plan import Planned
from guide.run import Outcome
from guide.source import Line, Region, Signs, locate, place
from guide.step import OUTPUT, Output

Places = dict[tuple[str, int], list[Outcome]]


@dataclass(frozen=True, slots=True)
class Revision:
    """A file that changes."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What one step printed where a region of a file says what it prints."""

    region: Region
    output: Output
    text: str
    node: str

    def fits(self, lines: Sequence[Line], signs: Signs, fluid: Fluid) -> bool:
        """Tell whether it is what `lines` would say on its own page."""
        values = {tag: value for line in self.region.lines for tag, value in line.values(signs.tag).items()}
        said = [signs.tag.sub(lambda match: values.get(match[0], match[0]), line.source) for line in lines]
        return matches(replace(self.output, text="\n".join(said)), self.text, fluid)


def read_sources(root: Path, pages: Sequence[Page]) -> dict[str, str]:
    """Give the text of every file that pages are made of, by path."""
    paths = {place(where)[0] for page in pages for where in page.lines}
    return {path: (root / path).read_text() for path in sorted(paths)}


def revise(
    pages: Sequence[Page],
    plan: Sequence[Planned],
    outcomes: Sequence[Outcome],
    wanted: Container[Planned],
    sources: Mapping[str, str],
    signs: Signs,
    fluid: Fluid,
) -> list[Revision]:
    """Give the files in which outputs change so that they match `outcomes`.

    `plan` has all steps of the lane; only the outputs of those in `wanted` change. Raises GuideError that names
    every output that cannot be written.
    """
    lines = {path: text.split("\n") for path, text in sources.items()}
    changes: dict[str, list[tuple[Region, list[Line]]]] = {}
    errors: list[str] = []
    for group in wrong_places(outcomes, fluid):
        if not any(outcome.planned in wanted for outcome in group):
            continue
        try:
            refuse_unseen(group, plan, outcomes)
            seen = [look_up(outcome, pages, lines) for outcome in group]
            agreed = agree(seen, signs, fluid)
            refuse_signs(seen[0], agreed, lines, signs)
            changes.setdefault(seen[0].region.path, []).append((seen[0].region, agreed))
        except GuideError as error:
            errors.append(str(error))
    if errors:
        raise GuideError("\n".join(errors))
    return [Revision(path, sources[path], written(lines[path], made)) for path, made in sorted(changes.items())]


def wrong_places(outcomes: Sequence[Outcome], fluid: Fluid) -> list[list[Outcome]]:
    """Give the outcomes of each output, as it is written in one place, that some step does not match."""
    places: Places = {}
    for outcome in outcomes:
        output = outcome.planned.step.output
        if output is not None and outcome.reply is not None:
            places.setdefault(place(output.where), []).append(outcome)
    return [group for group in places.values() if any(not holds(outcome, fluid) for outcome in group)]


def holds(outcome: Outcome, fluid: Fluid) -> bool:
    """Tell whether a step printed what its page says."""
    output, reply = outcome.planned.step.output, outcome.reply
    return output is None or reply is None or matches(output, reply.output, fluid)


def refuse_unseen(group: Sequence[Outcome], plan: Sequence[Planned], outcomes: Sequence[Outcome]) -> None:
    """Raise GuideError if the same text stands on a page of the lane that was not run."""
    output = group[0].planned.step.output
    ran = {outcome.planned for outcome in outcomes}
    for planned in plan:
        other = planned.step.output
        if (
            output
            and other
            and place(other.where) == place(output.where)
            and planned not in ran
            and not planned.step.skip
        ):
            raise GuideError(f"{output.where}: {other.where} has the same text and was not run: run its chapter, too")


def look_up(outcome: Outcome, pages: Sequence[Page], lines: Mapping[str, Sequence[str]]) -> Seen:
    """Give what a step printed with the source of what its page says. Raises InputError if that has no one source."""
    output, reply = outcome.planned.step.output, outcome.reply
    assert output is not None and reply is not None  # noqa: S101, PT018 - the caller chose outcomes with both
    [page] = [page for page in pages if page.path == output.where.page]
    blocks = [block for block in read_blocks(page) if block.where == output.where and block.title == OUTPUT]
    if len(blocks) != 1:
        raise InputError(f"{output.where}: a macro repeats this block: write what was seen by hand")
    return Seen(locate(page, blocks[0], lines), output, reply.output, outcome.planned.step.node)


def agree(seen: Sequence[Seen], signs: Signs, fluid: Fluid) -> list[Line]:
    """Give lines that fit all that was seen. Raises GuideError if there are none."""
    for each in seen:
        try:
            lines = accepted(each.output, each.text, fluid, each.region.lines, signs.tag)
            if all(other.fits(lines, signs, fluid) for other in seen):
                return lines
        except ValueError as error:
            raise InputError(
                f"{each.output.where}: the macros in {str(error)!r} are too much: write it by hand"
            ) from error
    places = ", ".join(f"{each.output.where} ({each.node})" for each in seen)
    raise GuideError(f"{places}: one text cannot fit what was seen: elide what differs, or write a block for each")


def refuse_signs(seen: Seen, new: Sequence[Line], lines: Mapping[str, Sequence[str]], signs: Signs) -> None:
    """Raise GuideError if what was seen would end the block or begin a macro."""
    region = seen.region
    opening = lines[region.path][region.first - 2].lstrip()
    fence = re.match(r"`+|~+", opening)
    own = "".join(line.source for line in region.lines)
    for line in new:
        if line in region.lines:
            continue
        if fence and line.source.lstrip().startswith(fence[0]):
            raise GuideError(
                f"{seen.output.where}: {line.source.strip()!r} was seen and ends the block: use a longer fence"
            )
        seen_only = signs.tag.sub(lambda match: "" if match[0] in own else match[0], line.source)
        if any(sign in seen_only for sign in signs.openings):
            raise GuideError(
                f"{seen.output.where}: {line.source.strip()!r} was seen and has a macro's sign: elide it"
            )


def written(lines: Sequence[str], changes: Sequence[tuple[Region, list[Line]]]) -> str:
    """Give a file's text with regions replaced."""
    text = list(lines)
    for region, new in sorted(changes, key=lambda change: -change[0].first):
        inside = slice(region.first - 1, region.first - 1 + len(region.lines))
        as_they_were = dict(zip(region.lines, text[inside], strict=True))
        text[inside] = [as_they_were.get(line, (region.indent + line.source).rstrip()) for line in new]
    return "\n".join(text)
