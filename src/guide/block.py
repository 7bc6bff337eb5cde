"""Fenced blocks of a page, found by Sybil, with what their opening lines say."""

import re
from dataclasses import dataclass

from sybil import Document, Region
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

from guide.errors import InputError
from guide.page import Location, Page

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
BRACES = re.compile(r"^\{\s*(?P<inside>.*?)\s*\}$")
WORD = re.compile(r"""\s*(?:\.(?P<language>[\w+-]+)|(?P<name>[\w-]+)=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'))""")
TAB = re.compile(r"""^(?P<indent>\s*)===[+!]*\s+["'](?P<label>.*)["']\s*$""")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Attributes:
        where: its opening line.
        language: the word after the fence, or "".
        attributes: name="value" pairs of its opening line, title among them.
        text: what it holds, as a reader copies it, without the last line's end.
        tabs: labels of the content tabs that it stands under, outermost first.
        first: its opening line, in the page's text, from 0.
        last: its closing line there.
    """

    where: Location
    language: str
    attributes: dict[str, str]
    text: str
    tabs: tuple[str, ...]
    first: int
    last: int

    @property
    def title(self) -> str:
        """What stands over it on the page, or ""."""
        return self.attributes.get("title", "")


def read_blocks(page: Page) -> list[Block]:
    """Give the blocks of a page in order. Raises InputError for one that is malformed."""
    document = Document(page.text, page.path)
    lexer = RawFencedCodeBlockLexer(info_pattern=re.compile(r"(?P<info>[^\n]*)\n?"))
    end = 0
    for region in sorted(lexer(document), key=lambda region: (region.start, -region.end)):
        if region.start >= end:  # not a block that a longer fence shows
            document.add(region)
            end = region.end
    return [read_block(page, region) for _, region in document.regions]


def read_block(page: Page, region: Region) -> Block:
    """Give the block in a region that Sybil found."""
    first = page.text.count("\n", 0, region.start)
    where = page.lines[first]
    lines = page.text[region.start : region.end].split("\n")
    opening = FENCE.match(lines[0])
    if opening is None:
        raise InputError(
            f"{where}: a block cannot stand in a list's first line or in a quotation: give it its own line"
        )
    check_closed(page, first, lines, opening)
    indent = len(opening["indent"])
    content = [line[indent:] if not line[:indent].strip() else line for line in lines[1:-1]]
    language, attributes = read_info(opening["info"].strip(), where)
    tabs = tabs_around(page.text.split("\n"), first)
    return Block(where, language, attributes, "\n".join(content), tabs, first, first + len(lines) - 1)


def check_closed(page: Page, first: int, lines: list[str], opening: re.Match[str]) -> None:
    """Raise InputError if a block runs into the next one or to the end of the page."""
    where = page.lines[first]
    last = FENCE.match(lines[-1])
    for number, line in enumerate(lines[1:-1], start=first + 1):
        inner = FENCE.match(line)
        if inner and inner["fence"].startswith(opening["fence"]) and inner["info"].strip():
            raise InputError(f"{where}: this block is not closed: another one opens at {page.lines[number]}")
    if len(lines) < 2 or last is None or not last["fence"].startswith(opening["fence"]) or last["info"].strip():
        raise InputError(f"{where}: this block is not closed before the page ends")


def read_info(info: str, where: Location) -> tuple[str, dict[str, str]]:
    """Give language and attributes of an opening line: `bash title="x"` or `{ .bash title="x" data-y="z" }`."""
    braces = BRACES.match(info)
    rest = braces["inside"] if braces else info
    language = ""
    if not braces:
        language, _, rest = rest.partition(" ")
    attributes: dict[str, str] = {}
    position = 0
    while rest[position:].strip():
        match = WORD.match(rest, position)
        if match is None:
            raise InputError(f'{where}: {rest[position:].strip()!r} is not an attribute: write name="value"')
        position = match.end()
        if match["language"]:
            language = match["language"]
        elif match["name"] in attributes:
            raise InputError(f"{where}: {match['name']} is given twice")
        else:
            attributes[match["name"]] = match["double"] if match["double"] is not None else match["single"]
    return language, attributes


def tabs_around(lines: list[str], number: int) -> tuple[str, ...]:
    """Give the labels of the tabs that line `number` (from 0) stands under."""
    labels: list[str] = []
    indent = len(lines[number]) - len(lines[number].lstrip())
    for line in reversed(lines[:number]):
        if not line.strip():
            continue
        own = len(line) - len(line.lstrip())
        if own < indent:
            indent = own
            if tab := TAB.match(line):
                labels.insert(0, tab["label"])
        if indent == 0:
            break
    return tuple(labels)
