"""A page as a row of scenes: what is told, shown, asked and run, in order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from guide.block import TAB, Block, read_blocks
from guide.page import Page
from guide.plan import Lane, Planned
from guide.step import LANE_TABS, OUTPUT

BOX = re.compile(r"""^(?P<sign>!!!|\?\?\?\+?)\s+(?P<kind>[\w-]+)[^"]*(?:"(?P<title>.*)")?\s*$""")
HTML = re.compile(r"^<(?P<tag>figure|svg|div|details|table|p|img)\b")
LABEL = re.compile(r"""\b(?:aria-label|alt)="(?P<label>[^"]*)\"""")
INDENT = 4  # spaces of what stands in a tab or a box

Numbered = tuple[int, str]  # a line of the page's text, with its number from 0


@dataclass(frozen=True, slots=True)
class Told:
    """Prose, in Markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class Pictured:
    """A picture, in words."""

    words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A block that is read, not run, such as a file."""

    title: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Boxed:
    """A box with a title; `closed` tells that what is in it is an answer that comes when one asks for it."""

    kind: str
    title: str
    inside: tuple["Scene", ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A command, on each of its nodes."""

    steps: tuple[Planned, ...]


Scene = Told | Pictured | Shown | Boxed | Run


def read_scenes(page: Page, plan: Sequence[Planned], lane: Lane) -> list[Scene]:
    """Give the scenes of a page for a lane whose steps are `plan`."""
    reader = Reader({block.first: block for block in read_blocks(page)}, plan, lane)
    return reader.read(list(enumerate(page.text.split("\n"))))


class Reader:
    """Reads the lines of one page."""

    def __init__(self, blocks: dict[int, Block], plan: Sequence[Planned], lane: Lane) -> None:
        self._blocks = blocks
        self._plan = plan
        self._lane = lane

    def read(self, lines: list[Numbered]) -> list[Scene]:
        """Give the scenes in some lines, whose indentation is that of where they stand."""
        scenes: list[Scene] = []
        prose: list[str] = []

        def end_prose() -> None:
            text = plain("\n".join(prose))
            prose.clear()
            if text:
                scenes.append(Told(text))

        while lines:
            number, line = lines[0]
            found, taken = self._scenes_at(number, line, lines)
            if taken:
                end_prose()
                scenes += found
            else:
                prose.append(line)
            lines = lines[taken or 1 :]
        end_prose()
        return scenes

    def _scenes_at(self, number: int, line: str, lines: list[Numbered]) -> tuple[list[Scene], int]:
        """Give what begins at a line other than prose, and how many lines it takes; 0 for none."""
        if block := self._blocks.get(number):
            return self._block(block), block.last - block.first + 1
        if tab := TAB.match(line):
            inside = indented(lines)
            return self._tab(tab["label"], inside), len(inside) + 1
        if box := BOX.match(line):
            inside = indented(lines)
            title = box["title"] if box["title"] is not None else box["kind"].capitalize()
            return [Boxed(box["kind"], title, tuple(self.read(inside)), box["sign"] == "???")], len(inside) + 1
        if html := HTML.match(line):
            taken = html_lines(html["tag"], lines)
            label = LABEL.search("\n".join(text for _, text in lines[:taken]))
            return [Pictured(label["label"])] if label and label["label"] else [], taken
        return [], 0

    def _tab(self, label: str, inside: list[Numbered]) -> list[Scene]:
        of_lane = LANE_TABS.get(label.casefold())
        if of_lane and getattr(self._lane, of_lane) != label.casefold():
            return []
        return ([] if of_lane else [Told(f"**{label}**")]) + self.read(inside)

    def _block(self, block: Block) -> list[Scene]:
        steps = tuple(planned for planned in self._plan if planned.step.where == block.where)
        if steps:
            return [Run(steps)]
        if block.title == OUTPUT:
            return []  # the real one comes from the node
        return [Shown(block.title or block.attributes.get("data-why", ""), block.language, block.text)]


def indented(lines: list[Numbered]) -> list[Numbered]:
    """Give the lines below the first one that stand in it, without their indentation."""
    inside: list[Numbered] = []
    for number, line in lines[1:]:
        if line.strip() and not line.startswith((" " * INDENT, "\t")):
            break
        inside.append((number, line[1:] if line.startswith("\t") else line[INDENT:]))
    return inside


def html_lines(tag: str, lines: list[Numbered]) -> int:
    """Give how many lines a piece of HTML takes: to its closing tag, or else to the next blank line."""
    for count, (_, line) in enumerate(lines, start=1):
        if f"</{tag}>" in line:
            return count
    return next((count for count, (_, line) in enumerate(lines) if not line.strip()), len(lines))


PLAIN = (
    (re.compile(r"^\*\[[^\]]+\]:.*$", re.MULTILINE), ""),  # an abbreviation's meaning
    (re.compile(r"^\[\^[\w-]+\]:", re.MULTILINE), "Note:"),  # a footnote, which stands below its paragraph
    (re.compile(r"\[\^[\w-]+\]"), ""),
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"[ \t]*\{:?[ \t]*(?:[.#][\w-]+|[\w-]+=\S+)[^{}\n]*\}"), ""),  # attributes
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"(picture: \1)"),
    (re.compile(r"\[([^\]]+)\]\((?!\w+:)[^)]*\)"), r"\1"),  # a link to another page
    (re.compile(r"</?[a-z][^<>\n]*>"), ""),
)
CODE = re.compile(r"(`+)(?:.|\n)*?\1")


def plain(text: str) -> str:
    """Give Markdown without what only a browser can show; code in it stays as it is."""
    codes: list[str] = []

    def keep(match: re.Match[str]) -> str:
        codes.append(match[0])
        return f"\ue200{len(codes) - 1}\ue201"

    text = CODE.sub(keep, text)
    for pattern, replacement in PLAIN:
        text = pattern.sub(replacement, text)
    return re.sub("\ue200(\\d+)\ue201", lambda match: codes[int(match[1])], text).strip("\n")
