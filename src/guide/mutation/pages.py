"""Mutants of pages and snippets: a step less, or its node, its command or its expected status bent."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from guide.block import FENCE
from guide.mutation.bend import another
from guide.mutation.changes import assigned, changes, uses
from guide.mutation.mutant import Kind, Mutant, edit
from guide.mutation.scripts import flag_mutants
from guide.page import Location
from guide.plan import Planned

TITLE = re.compile(r'title="(?P<names>[^"]*)"')
STATUS = re.compile(r'data-exit="(?P<status>\d+)"')
SETTING = re.compile(r'(?P<before>\[%\s*set\s+\w+\s*=\s*")(?P<names>[^"]*)"')  # text that several steps' titles take
MACRO_NODE = re.compile(r'nodes\["(?P<name>[^"]+)"\]')
MACRO_PORT = re.compile(r'networks\["[\w-]*port"\](?=\s)')


def page_mutants(root: Path, plan: Sequence[Planned], nodes: dict[str, str]) -> list[Mutant]:
    """Give all mutants of the pages and snippets that a plan's steps come from."""
    mutants: list[Mutant] = []
    texts: dict[str, str] = {}
    blocks: dict[tuple[str, int], list[int]] = {}
    for number, planned in enumerate(plan):
        blocks.setdefault(source(planned.step.where), []).append(number)
    for (path, line), numbers in blocks.items():
        text = texts.setdefault(path, (root / path).read_text())
        steps = [plan[number].step for number in numbers]
        first, last = block_at(text, line)
        if any(changes_state(plan, number) for number in numbers):
            mutants.append(without_step(path, text, first, last, steps[0].output is not None))
            mutants += node_mutants(path, text, first, TITLE, nodes, fewer=True)
        else:
            mutants += node_mutants(path, text, first, TITLE, nodes, fewer=False)
        mutants += status_mutants(path, text, first)
        mutants += command_mutants(path, text, first, last, nodes)
    for page in dict.fromkeys(planned.step.where.page for planned in plan):
        text = texts.setdefault(page, (root / page).read_text())
        for setting in SETTING.finditer(text):
            number = text.count("\n", 0, setting.start()) + 1
            mutants += node_mutants(page, text, number, SETTING, nodes, fewer=True)
    return mutants


def source(where: Location) -> tuple[str, int]:
    """Give file and line in which a step is written: the page's, or the snippet's."""
    path, _, line = where.snippet.rpartition(":")
    return (path, int(line)) if path else (where.page, where.line)


def changes_state(plan: Sequence[Planned], number: int) -> bool:
    """Tell whether a step changes what later ones see, be it only by a variable of its shell."""
    step = plan[number].step
    left = assigned(step.command)
    later = (each.step for each in plan[number + 1 :] if each.step.node == step.node)
    return changes(step.command) or any(uses(each.command, left) for each in later)


def block_at(text: str, line: int) -> tuple[int, int]:
    """Give the first and last line of the block that opens in a line."""
    lines = text.split("\n")
    opening = FENCE.match(lines[line - 1])
    fence = opening["fence"] if opening else ""
    for number in range(line, len(lines)):
        closing = FENCE.match(lines[number])
        if closing and closing["fence"].startswith(fence) and not closing["info"].strip():
            return line, number + 1
    return line, len(lines)


def without_step(path: str, text: str, first: int, last: int, output: bool) -> Mutant:
    """Give the mutant without a block and the output that follows it. All other lines keep their numbers."""
    lines = text.split("\n")
    command = lines[first].strip()
    if output:
        opening = next(number for number in range(last, len(lines)) if FENCE.match(lines[number]))
        _, last = block_at(text, opening + 1)
    return Mutant(path, first, last, ("",) * (last - first + 1), Kind.STEP, f"deleted: {command}")


def node_mutants(
    path: str, text: str, line: int, pattern: re.Pattern[str], nodes: dict[str, str], *, fewer: bool
) -> Iterator[Mutant]:
    """Have a step run on another node or, if it is for several and `fewer`, leave one of them out."""
    start = offset(text, line)
    match = pattern.search(text, start, line_end(text, start))
    names = [name.strip() for name in match["names"].split(",")] if match else []
    if match is None or any(name not in nodes for name in names):
        return
    if len(names) == 1:
        changed = [another(names[0], tuple(nodes))]
    else:
        changed = [", ".join(name for name in names if name != left_out) for left_out in names] if fewer else []
    for new in changed:
        what = f"{match['names']} became {new}"
        yield edit(path, text, *match.span("names"), new, Kind.NODE, what)


def status_mutants(path: str, text: str, line: int) -> Iterator[Mutant]:
    """Expect another exit status where one is expected."""
    start = offset(text, line)
    if match := STATUS.search(text, start, line_end(text, start)):
        new = str(int(match["status"]) + 1)
        what = f"expected status {match['status']} became {new}"
        yield edit(path, text, *match.span("status"), new, Kind.STATUS, what)


def command_mutants(path: str, text: str, first: int, last: int, nodes: dict[str, str]) -> Iterator[Mutant]:
    """Bend what stands in the command of a block, macros among it."""
    start, end = offset(text, first + 1), offset(text, last) - 1
    yield from flag_mutants(path, text, start, end, nodes, delete=False)
    for match in MACRO_NODE.finditer(text, start, end):
        new = another(match["name"], tuple(nodes))
        yield edit(path, text, *match.span("name"), new, Kind.ADDRESS, f"{match['name']}'s address became {new}'s")
    for match in MACRO_PORT.finditer(text, start, end):
        yield edit(path, text, match.end(), match.end(), " + 1", Kind.PORT, f"{match[0]} became one more")


def offset(text: str, line: int) -> int:
    """Give where a line starts."""
    return sum(len(each) + 1 for each in text.split("\n")[: line - 1])


def line_end(text: str, start: int) -> int:
    """Give where the line that starts here ends."""
    end = text.find("\n", start)
    return end if end >= 0 else len(text)
