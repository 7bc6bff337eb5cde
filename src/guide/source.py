"""Lines of a page as their author wrote them, beside what the macros in them give."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2.defaults import BLOCK_START_STRING, COMMENT_START_STRING, VARIABLE_END_STRING, VARIABLE_START_STRING

from guide.block import Block
from guide.errors import InputError
from guide.page import Location, Page, load_site

# What stands between words of a regular expression, and what they are made of.
PATTERN_GAP = r"(?:(?: |\\s)[+*]?)*"
PATTERN_CHARACTER = r"(?:\\[^s]|[^\s\\])"


@dataclass(frozen=True, slots=True)
class Signs:
    """How macros look in a source.

    Attributes:
        tag: what matches a tag that stands for a value.
        openings: what begins a macro of any sort.
    """

    tag: re.Pattern[str]
    openings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between spaces, with a macro's tag as part of a word.

    Attributes:
        source: as written.
        shown: as the page shows it, which may be several words.
        gap: the white space before it.
    """

    source: str
    shown: str
    gap: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line as written, and as the page shows it, without the indentation of its block."""

    source: str
    shown: str

    def words(self, tag: re.Pattern[str], *, pattern: bool = False) -> list[Word]:
        """Give its words; `tag` matches a macro's tag, and `pattern` tells that it is a regular expression.

        Raises ValueError if they cannot be told apart.
        """
        gap, character = (PATTERN_GAP, PATTERN_CHARACTER) if pattern else (r"\s*", r"\S")
        word = re.compile(rf"(?P<gap>{gap})(?P<word>(?:{tag.pattern}|{character})+)")
        written = [(match["gap"], match["word"]) for match in word.finditer(self.source.rstrip())]
        expression = "".join(f"{re.escape(gap)}({shows(word, tag)})" for gap, word in written)
        found = re.fullmatch(expression, self.shown.rstrip())
        if found is None:
            raise ValueError(self.source)
        return [Word(word, shown, gap) for (gap, word), shown in zip(written, found.groups(), strict=True)]

    def values(self, tag: re.Pattern[str]) -> dict[str, str]:
        """Give what the macros' tags in it stand for."""
        found = re.fullmatch(shows(self.source.rstrip(), tag, "(.*?)"), self.shown.rstrip())
        return dict(zip(tag.findall(self.source), found.groups(), strict=True)) if found else {}


@dataclass(frozen=True, slots=True)
class Region:
    """What stands between the fences of a block, in its source.

    Attributes:
        path: the page or snippet.
        first: the first line's number, from 1.
        indent: white space before every line.
        lines: what stands there.
    """

    path: str
    first: int
    indent: str
    lines: tuple[Line, ...]


def read_signs(root: Path) -> Signs:
    """Give how macros look in the guide in `root`; none do where the site has no macros."""
    macros: Any = load_site(root).plugins.get("macros")
    if macros is None:
        return Signs(re.compile(r"(?!)"), ())
    start = macros.config["j2_variable_start_string"] or VARIABLE_START_STRING
    end = macros.config["j2_variable_end_string"] or VARIABLE_END_STRING
    block = macros.config["j2_block_start_string"] or BLOCK_START_STRING
    comment = macros.config["j2_comment_start_string"] or COMMENT_START_STRING
    return Signs(re.compile(f"{re.escape(start)}.*?{re.escape(end)}"), (start, block, comment))


def shows(word: str, tag: re.Pattern[str], anything: str = ".*?") -> str:
    """Give an expression for all that a part of the source may look like on the page."""
    position, expression = 0, ""
    for match in tag.finditer(word):
        expression += re.escape(word[position : match.start()]) + anything
        position = match.end()
    return expression + re.escape(word[position:])


def place(where: Location) -> tuple[str, int]:
    """Give the file and the line that somebody wrote."""
    if where.snippet:
        path, _, line = where.snippet.rpartition(":")
        return path, int(line)
    return where.page, where.line


def locate(page: Page, block: Block, sources: Mapping[str, Sequence[str]]) -> Region:
    """Give the source of a block; `sources` has the lines of files by path.

    Raises InputError if its lines are not those of one file, one by one.
    """
    path, first = place(page.lines[block.first])
    inside = range(block.first + 1, block.last)
    written = sources[path][first : first + len(inside)]
    indent = sources[path][first - 1][: -len(sources[path][first - 1].lstrip())]
    content = [line.removeprefix(indent) if line.startswith(indent) else line.lstrip() for line in written]
    shown = block.text.split("\n") if inside else []
    traced = len(content) == len(shown) and all(
        bool(source.strip()) == bool(show.strip()) and (not show.strip() or place(page.lines[number]) == (path, at))
        for number, at, source, show in zip(
            inside, range(first + 1, first + 1 + len(inside)), content, shown, strict=True
        )
    )
    closing = place(page.lines[block.last]) == (path, first + len(inside) + 1)
    if not traced or not closing:
        raise InputError(f"{block.where}: a macro makes lines of this block: write what was seen by hand")
    return Region(path, first + 1, indent, tuple(map(Line, content, shown)))
