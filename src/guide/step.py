"""What a page asks for: steps and checks with the output that they must give, and nothing unaccounted for."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from guide.block import Block, read_blocks
from guide.errors import InputError
from guide.page import Location, Page
from guide.versions import read_versions

DEADLINE = 60.0  # seconds that a step gets unless it says otherwise
ELISION = "..."
TOUCHING = re.compile(r"(?<!\S)\.{3}\s+\.{3}(?!\S)|\.{6}")
DURATION = re.compile(r"(\d+(?:\.\d+)?)(s|m)")

# Every attribute that a block may have, and what it is for. The documentation's table is made from this.
STEP_ATTRIBUTES = {
    "title": "The nodes that it runs on, by name, separated by commas.",
    "data-deadline": "Seconds (30s) or minutes (2m) that it may take; 60s if not given.",
    "data-check": "It only looks, and is repeated until it holds, for at most this long.",
    "data-times": "A check must hold so many times in a row; once if not given.",
    "data-exit": "The exit status that it must have; 0 if not given.",
    "data-shows": "What it shows in words, such as: etcd answers. It only looks, and holds when its chapter is done.",
    "data-see": "With data-shows: a part of the command that brings it, such as script/etcd.sh.",
    "data-kubernetes": "Versions that it works with, such as `>=1.36`, or `>=1.35,<1.37`; skipped in other lanes.",
    "data-skip": "It is shown but not run; the value tells readers why.",
}
OUTPUT_ATTRIBUTES = {
    "title": "Output: what the step before it prints.",
    "data-match": "regex: every line is a regular expression; unordered: lines may come in any order; or both.",
}
OTHER_ATTRIBUTES = {
    "title": "The path of a real file, which the block must equal.",
    "data-why": "What a block is that is neither step, nor output, nor a real file.",
}
OUTPUT = "Output"
MATCHES = ("regex", "unordered")
LANE_TABS = {
    "containerd": "runtime",
    "docker": "runtime",
    "embedded": "provider",
    "vagrant": "provider",
    "ssh": "provider",
}


class Kind(StrEnum):
    """What a step does: change something, or only look."""

    STEP = "step"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Output:
    """What a step must print.

    Attributes:
        where: its opening line.
        text: its lines.
        pattern: whether the lines are regular expressions.
        unordered: whether the lines may come in any order.
    """

    where: Location
    text: str
    pattern: bool = False
    unordered: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One command block on one node.

    Attributes:
        where: its opening line.
        node: the node's name.
        command: the block's text, byte for byte.
        kind: whether it may be repeated.
        seconds: how long it may take, all attempts together.
        times: how often in a row it must hold.
        exit: the status that it must end with.
        output: what it must print, or None.
        skip: why it is not run, or "".
        shows: what holds when this does, in words; "" where it is no look at what a chapter has brought.
        see: a part of the command of the step that brings it.
        kubernetes: the versions that it works with, such as >=1.36; "" for all.
        tabs: labels of the tabs that it stands under.
    """

    where: Location
    node: str
    command: str
    kind: Kind = Kind.STEP
    seconds: float = DEADLINE
    times: int = 1
    exit: int = 0
    output: Output | None = None
    skip: str = ""
    tabs: tuple[str, ...] = ()
    shows: str = ""
    see: str = ""
    kubernetes: str = ""


def read_steps(page: Page, nodes: tuple[str, ...], root: Path) -> list[Step]:
    """Give the steps of a page in order.

    `nodes` are the names that titles may have, `root` is the folder of real files. Raises InputError that names
    every block in which something is wrong.
    """
    steps: list[Step] = []
    errors: list[str] = []
    before: list[int] = []  # where in `steps` the block before stands, if that was a step
    for block in read_blocks(page):
        try:
            if block.title == OUTPUT:
                attach_output(block, steps, before)
                before = []
            elif is_step(block, nodes):
                made = read_step(block, nodes)
                before = list(range(len(steps), len(steps) + len(made)))
                steps += made
            else:
                account_for(block, nodes, root)
                before = []
        except InputError as error:
            errors.append(str(error))
            before = []
    if errors:
        raise InputError("\n".join(errors))
    return steps


def attach_output(block: Block, steps: list[Step], before: list[int]) -> None:
    """Give the steps of the block before the output in this one."""
    if not before or steps[before[0]].tabs != block.tabs:
        raise InputError(f"{block.where}: an output without a step: the block before it must be one")
    check_attributes(block, OUTPUT_ATTRIBUTES)
    output = read_output(block)
    for index in before:
        steps[index] = replace(steps[index], output=output)


def read_output(block: Block) -> Output:
    """Give what a block says that a step prints. Raises InputError if nothing can be that."""
    words = block.attributes.get("data-match", "").split()
    unknown = [word for word in words if word not in MATCHES]
    if unknown or ("data-match" in block.attributes and not words):
        raise InputError(
            f'{block.where}: data-match="{" ".join(unknown)}" is unknown; {" and ".join(MATCHES)} are known'
        )
    output = Output(block.where, block.text, "regex" in words, "unordered" in words)
    lines = block.text.split("\n")
    for number, line in enumerate(lines):
        if output.pattern and line.strip() != ELISION:
            try:
                re.compile(line)
            except re.error as error:
                raise InputError(f"{block.where}: {line!r} is no regular expression: {error}") from error
        elif TOUCHING.search(line):
            raise InputError(f"{block.where}: {line!r} has two elisions that touch: one `...` stands for any text")
        if number and line.strip() == lines[number - 1].strip() == ELISION:
            raise InputError(f"{block.where}: two lines of `...` touch: one stands for any number of lines")
    return output


def is_step(block: Block, nodes: tuple[str, ...]) -> bool:
    """Tell whether a block is meant as a step: its title names a node, or it has what only steps have."""
    titled = any(name in nodes for name in titles_in(block.title))
    return block.language == "bash" and (
        titled or bool(block.attributes.keys() & (STEP_ATTRIBUTES.keys() - {"title"}))
    )


def titles_in(title: str) -> list[str]:
    """Give the names in a title."""
    return [name.strip() for name in title.split(",") if name.strip()]


def read_step(block: Block, nodes: tuple[str, ...]) -> list[Step]:
    """Give a block's step on each of its nodes."""
    check_attributes(block, STEP_ATTRIBUTES)
    names = titles_in(block.title)
    unknown = [name for name in names if name not in nodes]
    if unknown or not names:
        known = ", ".join(nodes)
        raise InputError(f"{block.where}: there is no node {', '.join(unknown) or 'in the title'}; there are {known}")
    if not block.text.strip():
        raise InputError(f"{block.where}: this step is empty")
    check = block.attributes.get("data-check")
    if check is not None and "data-deadline" in block.attributes:
        raise InputError(f"{block.where}: data-check is a deadline already: leave data-deadline out")
    limit = check if check is not None else block.attributes.get("data-deadline")
    seconds = DEADLINE if limit is None else duration(limit, block.where)
    status = block.attributes.get("data-exit", "0")
    if not status.isdecimal() or int(status) > 255:
        raise InputError(f'{block.where}: data-exit="{status}" is no exit status: give a number from 0 to 255')
    skip = block.attributes.get("data-skip", "")
    if "data-skip" in block.attributes and not skip:
        raise InputError(f"{block.where}: data-skip tells readers why the step is not run: give the reason")
    check_tabs(block)
    kind = Kind.STEP if check is None else Kind.CHECK
    times = read_times(block, kind)
    shows, see = read_shows(block)
    wanted = block.attributes.get("data-kubernetes")
    step = Step(
        block.where,
        names[0],
        block.text,
        kind,
        seconds,
        times,
        exit=int(status),
        skip=skip,
        tabs=block.tabs,
        shows=shows,
        see=see,
        kubernetes="" if wanted is None else read_versions(wanted, block.where),
    )
    return [replace(step, node=name) for name in names]


def read_times(block: Block, kind: Kind) -> int:
    """Give how often in a row a block's check must hold."""
    times = block.attributes.get("data-times", "1")
    if not times.isdecimal() or int(times) == 0:
        raise InputError(f'{block.where}: data-times="{times}" is no number: give how often in a row it must hold')
    if "data-times" in block.attributes and kind is not Kind.CHECK:
        raise InputError(f"{block.where}: data-times is for what may be repeated: give data-check, too")
    return int(times)


def read_shows(block: Block) -> tuple[str, str]:
    """Give what a block shows, and a part of the command that brings it."""
    shows, see = (block.attributes.get(name, "") for name in ("data-shows", "data-see"))
    if bool(shows) != bool(see):
        raise InputError(
            f"{block.where}: data-shows and data-see belong together: give what it shows, and what brings it"
        )
    return shows, see


def check_tabs(block: Block) -> None:
    """Raise InputError if a step stands under tabs that belong to no lane."""
    chosen: dict[str, str] = {}
    for label in block.tabs:
        if label.casefold() not in LANE_TABS:
            known = ", ".join(LANE_TABS)
            raise InputError(f'{block.where}: the tab "{label}" belongs to no lane; lanes have {known}')
        before = chosen.setdefault(LANE_TABS[label.casefold()], label)
        if before != label:
            raise InputError(f'{block.where}: no lane is both "{before}" and "{label}": this step would never run')


def account_for(block: Block, nodes: tuple[str, ...], root: Path) -> None:
    """Raise InputError unless a block is a real file or says what it is."""
    if block.language == "mermaid":
        return
    check_attributes(block, OTHER_ATTRIBUTES)
    if block.attributes.get("data-why"):
        return
    path = root / block.title
    if block.title and path.is_file():
        if path.read_text().rstrip("\n") != block.text.rstrip("\n"):
            raise InputError(f"{block.where}: this is not what {block.title} holds: show the file by a macro")
        return
    if "/" in block.title:
        raise InputError(f"{block.where}: the file {block.title} is missing")
    if block.language == "bash" and block.title:
        raise InputError(f"{block.where}: there is no node {block.title}; there are {', '.join(nodes)}")
    raise InputError(
        f"{block.where}: this block is neither a step nor an output nor a real file: "
        'title it with a node, "Output" or a path, or say in data-why what it is'
    )


def check_attributes(block: Block, known: dict[str, str]) -> None:
    """Raise InputError for an attribute that a block of its sort does not have."""
    unknown = sorted(block.attributes.keys() - known.keys())
    if unknown:
        raise InputError(f"{block.where}: unknown attribute {', '.join(unknown)}; known are {', '.join(known)}")


def duration(text: str, where: Location) -> float:
    """Give a duration such as 30s or 2m in seconds."""
    match = DURATION.fullmatch(text)
    if match is None or float(match[1]) == 0:
        raise InputError(f'{where}: "{text}" is no duration: write 30s or 2m')
    return float(match[1]) * (60 if match[2] == "m" else 1)
