"""Reasons at options: what a table says of an option, shown where a script on the site has it."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from guide.markup import TAG, text_of

# A real file as a page shows it, a table, and a heading that ends what belongs to a file.
PIECE = re.compile(
    r'<span class="filename">(?P<title>[\w./-]+)</span>(?P<code><pre>.*?</pre>)'
    r"|<table>(?P<table>.*?)</table>|<h2\b",
    re.DOTALL,
)
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
HEAD = re.compile(r"<th[^>]*>(.*?)</th>", re.DOTALL)
CODE = re.compile(r"<code>(.*?)</code>", re.DOTALL)
PLAIN = re.compile(r"&[#\w]+;|(?:(?<=>)|(?<=;)|\A)[^<&]+")
FLAG = re.compile(r"(?<![\w./-])--?[A-Za-z][\w-]*")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a script has an option.

    Attributes:
        before: words that stand before the option in its command, such as "systemd-run"; none if any command will do.
        option: the option, with its value where the table has both in one place.
        value: what the table's second column has as code, or "".
        why: in words.
    """

    before: tuple[str, ...]
    option: str
    value: str
    why: str

    def fit(self, command: str, rest: str) -> tuple[int, bool, int] | None:
        """Tell how well it is about the option that `rest` begins with, after `command`; None if it is not.

        What names a word closer to the option is better, then what knows its value, then what says more of it.
        """
        after = rest[len(self.option) : len(self.option) + 1]
        if not rest.startswith(self.option) or after.isalnum() or after in ("-", "_"):
            return None
        words = command.split()
        if not set(self.before) <= set(words):
            return None
        near = max((len(words) - words[::-1].index(word) for word in self.before), default=0)
        value = rest.removeprefix(self.option).lstrip("= ")
        return near, bool(self.value) and value.startswith(self.value), len(self.option)


Reasons = Mapping[str, Sequence[Reason]]


def read_reasons(content: str) -> dict[str, list[Reason]]:
    """Give what the tables of a page say of options, by the path of the file above the table."""
    found: dict[str, list[Reason]] = {}
    files: list[str] = []
    told = False  # whether a table has told of these files, so that the next one begins anew
    for piece in PIECE.finditer(content):
        if piece["title"]:
            files = [*([] if told else files), piece["title"]]
            told = False
        elif piece["table"]:
            reasons = list(rows(piece["table"]))
            for file in files:
                found.setdefault(file, []).extend(reasons)
            told = told or bool(reasons)
        else:
            files = []
    return found


def rows(table: str) -> Iterator[Reason]:
    """Give the reasons in a table whose first column has options and whose last one says why."""
    head = [TAG.sub("", cell).strip() for cell in HEAD.findall(table)]
    if not head or head[0] != "option" or head[-1] != "why":
        return
    for row in ROW.findall(table):
        first, *between, last = CELL.findall(row) or ("", "")
        values = [html.unescape(TAG.sub("", code)) for cell in between for code in CODE.findall(cell)]
        why = " ".join(html.unescape(TAG.sub("", last)).split())
        for code in CODE.findall(first):
            *before, option = html.unescape(TAG.sub("", code)).split()
            if FLAG.match(option):
                yield Reason(tuple(before), option, values[0] if values else "", why)


def annotate(content: str, own: Reasons, others: Reasons) -> str:
    """Give a page's HTML with the reason at each option of its files: the page's own, or what other pages say."""

    def replace(piece: re.Match[str]) -> str:
        if not piece["title"]:
            return piece[0]
        known = (own.get(piece["title"], ()), others.get(piece["title"], ()))
        head = piece[0].removesuffix(piece["code"])
        return head + annotate_code(piece["code"], known)

    return PIECE.sub(replace, content)


def annotate_code(code: str, known: Sequence[Sequence[Reason]]) -> str:
    """Give a highlighted block with reasons at its options; its text stays what it is."""
    # Where each character of the text is in the code.
    places: list[int] = []
    text = ""
    for place in PLAIN.finditer(code):
        plain = html.unescape(place[0])
        text += plain
        places += [place.start()] if place[0].startswith("&") else range(place.start(), place.end())
    parts, end = [], 0
    for command, match in options(text):
        why = reason(command, text[match.start() :], known)
        start = places[match.start()]
        if why and code.startswith(match[0], start):
            shown = f'<abbr class="flag" tabindex="0" title="{html.escape(why)}">{match[0]}</abbr>'
            parts += [code[end:start], shown]
            end = start + len(match[0])
    return "".join([*parts, code[end:]])


def options(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Give the options in a script, each with what stands before it in its command; none in words and in tests."""
    for match in FLAG.finditer(text):
        line = text[: match.start()].replace("\\\n", " ").rpartition("\n")[2]
        command = re.split(r"[;&|(]", line)[-1]
        quoted = line.count('"') % 2 or line.count("'") % 2
        if not quoted and "#" not in line.split() and "[" not in command.split():
            yield command, match


def reason(command: str, rest: str, known: Sequence[Sequence[Reason]]) -> str | None:
    """Give the reason that fits best: of the first list that has any, the one that says most of its place."""
    for reasons in known:
        fitting = [(fit, each.why) for each in reasons if (fit := each.fit(command, rest))]
        if fitting:
            return max(fitting)[1]
    return None


def unexplained(content: str, own: Reasons, others: Reasons) -> list[tuple[str, str]]:
    """Give the options that no table explains, each with its file."""
    return [
        (piece["title"], match[0])
        for piece in PIECE.finditer(content)
        if piece["title"] and piece["title"].endswith(".sh")
        for text in [text_of(piece["code"])]
        for command, match in options(text)
        if reason(command, text[match.start() :], (own.get(piece["title"], ()), others.get(piece["title"], ())))
        is None
    ]
