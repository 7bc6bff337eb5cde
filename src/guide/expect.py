"""Whether a step printed what its page says, with tolerance for what differs from reader to reader."""

import difflib
import re
from collections.abc import Callable
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv4Network

from guide.step import ELISION, Output

# What no two runs have in common: in an expected line it stands for anything of the same form.
VARYING = (
    ("<time>", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"),
    ("<uuid>", r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ("<id>", r"\b(?=[0-9a-f]*\d)[0-9a-f]{12,64}\b"),
    ("<suffix>", r"(?<=-)[bcdfghjklmnpqrstvwxz2456789]{8,10}(?:-[bcdfghjklmnpqrstvwxz2456789]{5})?(?![\w-])"),
    ("<age>", r"(?<![\w.-])(?:\d+(?:d|h|m(?!s)|s))+(?![\w.-])"),
)
ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


@lru_cache(maxsize=8192)
def canonical(line: str, fluid: tuple[IPv4Network, ...]) -> str:
    """Give a line with its varying parts replaced by names, and with single spaces."""
    for name, pattern in VARYING:
        line = re.sub(pattern, name, line)

    def address(match: re.Match[str]) -> str:
        try:
            value = IPv4Address(match[0])
        except ValueError:
            return match[0]
        return "<address>" if any(value in network for network in fluid) else match[0]

    return spaced(ADDRESS.sub(address, line))


def spaced(line: str) -> str:
    """Give a line with single spaces."""
    return " ".join(line.split())


def line_matcher(output: Output, line: str, fluid: tuple[IPv4Network, ...]) -> Callable[[str], bool]:
    """Give a predicate that tells whether a seen line is as the expected one."""
    if output.pattern:
        regex = re.compile(line)
        return lambda seen: regex.fullmatch(seen.rstrip()) is not None
    # As it stands, too: part of an address may be elided, and then it is none to replace.
    plain, wild = re.compile(wildcard(spaced(line))), re.compile(wildcard(canonical(line, fluid)))
    return lambda seen: bool(plain.fullmatch(spaced(seen)) or wild.fullmatch(canonical(seen, fluid)))


def line_matchers(output: Output, fluid: tuple[IPv4Network, ...]) -> list[Callable[[str], bool] | None]:
    """Give a predicate for each expected line, and None for a line that stands for any number of lines."""
    lines = trimmed(output.text)
    return [None if line.strip() == ELISION else line_matcher(output, line, fluid) for line in lines]


def wildcard(line: str) -> str:
    """Give a regular expression for a line in which `...` stands for any text; between spaces also for none."""
    # Of more than three dots the last three elide: `10.1....` is an address that begins with `10.1.`.
    expression = re.escape(re.sub(r"\.{3}(?!\.)", "\0", line))
    gap, space = re.escape("\0"), re.escape(" ")
    expression = expression.replace(f"{space}{gap}{space}", "(?: .*)? ")
    expression = re.sub(f"^{re.escape(gap)}{re.escape(space)}", "(?:.* )?", expression)
    expression = re.sub(f"{re.escape(space)}{re.escape(gap)}$", "(?: .*)?", expression)
    return expression.replace(gap, ".*")


def matches(output: Output, seen: str, fluid: tuple[IPv4Network, ...] = ()) -> bool:
    """Tell whether what was seen is what the page says.

    `...` in a line stands for any text, a line of `...` for any number of lines, ages, times, generated suffixes
    and identifiers for others of their kind, and addresses in the networks `fluid` for each other. Lines come in the
    order of the page, unless the output says otherwise.
    """
    got = trimmed(seen)
    tests = line_matchers(output, fluid)
    if output.unordered:
        pairs = pair(tests, got)
        more = None in tests or len(pairs) == len(got)
        return more and len(pairs) == sum(test is not None for test in tests)

    @cache
    def fits(i: int, j: int) -> bool:
        if i == len(tests):
            return j == len(got)
        test = tests[i]
        if test is None:
            return fits(i + 1, j) or (j < len(got) and fits(i, j + 1))
        return j < len(got) and test(got[j]) and fits(i + 1, j + 1)

    # From the end, so that the recursion never goes deeper than one line.
    for j in range(len(got), -1, -1):
        for i in range(len(tests), -1, -1):
            fits(i, j)
    return fits(0, 0)


def pair(tests: list[Callable[[str], bool] | None], got: list[str]) -> dict[int, int]:
    """Give, for as many seen lines as possible, the expected line that each can stand for, by their indices."""
    takers: dict[int, int] = {}

    def place(expected: int, tried: set[int]) -> bool:
        test = tests[expected]
        for index, line in enumerate(got):
            if test and index not in tried and test(line):
                tried.add(index)
                if index not in takers or place(takers[index], tried):
                    takers[index] = expected
                    return True
        return False

    for number in range(len(tests)):
        place(number, set())
    return takers


def trimmed(text: str) -> list[str]:
    """Give the lines of a text without blank ones at its start and end."""
    return text.strip("\n").rstrip().split("\n")


def difference(output: Output, seen: str, fluid: tuple[IPv4Network, ...] = ()) -> str:
    """Give what differs: lines that were expected behind `-`, lines that came behind `+`."""
    wanted, got = trimmed(output.text), trimmed(seen)
    tests = line_matchers(output, fluid)
    if output.unordered:
        pairs = pair(tests, got)
        missing = [line for number, line in enumerate(wanted) if tests[number] and number not in pairs.values()]
        surplus = [] if None in tests else [line for index, line in enumerate(got) if index not in pairs]
        there = [f"  {line}" for index, line in enumerate(got) if index in pairs]
        return "\n".join([*there, *(f"- {line}" for line in missing), *(f"+ {line}" for line in surplus)])
    # Lines that fit each other get the same name, so that the comparison takes them for equal.
    names = [next((k for k, test in enumerate(tests) if test and test(line)), line) for line in got]
    compared = difflib.SequenceMatcher(None, [*range(len(wanted))], names, autojunk=False)
    lines: list[str] = []
    for tag, i1, i2, j1, j2 in compared.get_opcodes():
        if tag == "equal":
            lines += [f"  {line}" for line in got[j1:j2]]
        else:
            lines += [f"- {line}" for line in wanted[i1:i2]] + [f"+ {line}" for line in got[j1:j2]]
    return "\n".join(lines)
