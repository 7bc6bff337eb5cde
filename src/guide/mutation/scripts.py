"""Mutants of shell scripts: a statement or flag less, a flag's value or an address bent."""

import re
from collections.abc import Iterator

from guide.mutation.bend import bend_parts, bend_value
from guide.mutation.mutant import Kind, Mutant, edit

FLAG = re.compile(r"(?<=\s)--(?P<name>[A-Za-z][\w-]*)(?:=(?P<value>(?:\"[^\"]*\"|'[^']*'|[^\s\"'])+))?")
# The shell's own words, and what only says something.
STRUCTURE = re.compile(r"\s*(?:#|echo\b|if\b|then\b|else\b|fi\b|for\b|do\b|done\b|$)")
SETTING = re.compile(r"(?P<name>[\w-]+)=(?P<value>.+)")  # --property=Delegate=yes


def script_mutants(path: str, text: str, nodes: dict[str, str]) -> list[Mutant]:
    """Give all mutants of a script."""
    mutants: list[Mutant] = []
    for start, end in statements(text):
        command = text[start:end]
        if not STRUCTURE.match(command):
            indent = len(command) - len(command.lstrip())
            first = command.strip().split("\n")[0].removesuffix("\\").strip()
            gone = ":" + "\n" * command.count("\n")
            mutants.append(edit(path, text, start + indent, end, gone, Kind.STATEMENT, f"deleted: {first}"))
        if not re.match(r"\s*(?:#|echo\b)", command):
            mutants += flag_mutants(path, text, start, end, nodes, delete=True)
    return mutants


def flag_mutants(
    path: str, text: str, start: int, end: int, nodes: dict[str, str], *, delete: bool
) -> Iterator[Mutant]:
    """Give the mutants of the command from `start` to `end` of a text, without those that delete it."""
    inside: list[tuple[int, int]] = []
    for match in FLAG.finditer(text, start, end):
        inside.append(match.span())
        if delete:
            yield edit(path, text, *match.span(), "", Kind.FLAG, f"deleted: {match[0]}")
        if match["value"]:
            setting = SETTING.fullmatch(match["value"])
            name, value = (setting["name"], setting["value"]) if setting else (match["name"], match["value"])
            offset = match.end() - len(value)
            for bend in bend_value(name, value, nodes):
                new = match[0][: -len(value)] + value[: bend.start] + bend.new + value[bend.end :]
                what = f"{match[0]} became {new}"
                yield edit(path, text, offset + bend.start, offset + bend.end, bend.new, bend.kind, what)
    for bend in bend_parts(text[start:end], nodes):
        low, high = start + bend.start, start + bend.end
        if not any(a <= low < b for a, b in inside):
            what = f"{text[low:high]} became {bend.new}"
            yield edit(path, text, low, high, bend.new, bend.kind, what)


def statements(text: str) -> Iterator[tuple[int, int]]:
    """Give where each statement of a script starts and ends: a line with those that continue it."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        while text[start:end].endswith("\\") and end < len(text):
            after = text.find("\n", end + 1)
            end = len(text) if after < 0 else after
        yield start, end
        start = end + 1
