"""An expected output that takes up what was seen, and keeps all in it that still holds."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network

from guide.alignment import Part, align
from guide.expect import ADDRESS, VARYING, canonical, line_matcher, matches, trimmed
from guide.source import Line, Word
from guide.step import ELISION, Output

# What stands for a varying part where lines are regular expressions: for people, so shorter than in expect.
PATTERNS = {
    "<time>": r"\d{4}-\d\d-\d\d[T ][\d:.]+\S*",
    "<uuid>": r"[0-9a-f-]{36}",
    "<id>": r"[0-9a-f]+",
    "<suffix>": r"[\w-]+",
    "<age>": r"(?:\d+[dhms])+",
    "<address>": r"\d+\.\d+\.\d+\.\d+",
}
SPECIAL = re.compile(r"[\\.^$*+?{}\[\]|()]")

Fluid = tuple[IPv4Network, ...]


def accepted(output: Output, seen: str, fluid: Fluid, source: Sequence[Line], tag: re.Pattern[str]) -> list[Line]:
    """Give the lines of an output that what was seen matches, with as little changed as possible.

    `source` are its lines now, and `tag` matches a macro's tag in them. Raises ValueError for a line whose words
    cannot be told apart.
    """
    if matches(output, seen, fluid):
        return list(source)
    head, body, tail = without_blank_ends(source)
    got = [line.replace("\r", " ").rstrip() for line in trimmed(seen)] if seen.strip() else []
    lines: list[Line] = []
    for pair in align([line_part(output, line, got, fluid) for line in body], len(got)):
        if pair.item is None:
            lines.append(taken(output, got[pair.seen.start], fluid))
        elif not pair.fits:
            lines.append(changed(output, pair.item, got[pair.seen.start], fluid, tag))
        elif not (lines and is_elision(pair.item) and is_elision(lines[-1])):
            lines.append(pair.item)
    return [*head, *lines, *tail]


def is_elision(line: Line) -> bool:
    """Tell whether a line stands for any number of lines."""
    return line.shown.strip() == ELISION


def without_blank_ends(source: Sequence[Line]) -> tuple[list[Line], list[Line], list[Line]]:
    """Give blank lines at the start, what is between, and blank lines at the end."""
    filled = [number for number, line in enumerate(source) if line.shown.strip()]
    if not filled:
        return [], [], []
    first, last = filled[0], filled[-1] + 1
    return list(source[:first]), list(source[first:last]), list(source[last:])


def line_part(output: Output, line: Line, got: Sequence[str], fluid: Fluid) -> Part[Line]:
    """Give an expected line for the alignment with the lines `got`."""
    if is_elision(line):
        return Part(line, elides=True)
    matcher = line_matcher(output, line.shown, fluid)
    words = set(canonical(line.shown, fluid).split())

    def likeness(j: int) -> float:
        others = set(canonical(got[j], fluid).split())
        return len(words & others) / max(len(words), len(others), 1)

    return Part(line, lambda j: (1,) if matcher(got[j]) else (), likeness)


def taken(output: Output, got: str, fluid: Fluid) -> Line:
    """Give a line for what was seen, a regular expression where the output's lines are."""
    text = pattern(got, fluid) if output.pattern else got
    return Line(text, text)


def changed(output: Output, line: Line, got: str, fluid: Fluid, tag: re.Pattern[str]) -> Line:
    """Give a line in which those words that still hold are as they were."""
    merged = merge(output, line.words(tag, pattern=output.pattern), got, fluid)
    return merged if fits(output, merged.shown, got, fluid) else taken(output, got, fluid)


def fits(output: Output, text: str, got: str, fluid: Fluid) -> bool:
    """Tell whether what was seen is as a line or a word expects; a part of an expression may be none."""
    try:
        return line_matcher(output, text, fluid)(got)
    except re.error:
        return False


def merge(output: Output, words: Sequence[Word], got: str, fluid: Fluid) -> Line:
    """Give a line of the expected words that still hold, and of seen ones where they do not."""
    found = re.findall(r"(\s*)(\S+)", got)
    seen = [seen_word(output, gap, text, fluid) for gap, text in found]
    texts = [text for _, text in found]
    pairs = align([word_part(output, word, texts, fluid) for word in words], len(texts))
    if not any(pair.fits for pair in pairs):
        return taken(output, got, fluid)  # with the columns that it came in
    source = shown = last = ""
    spare = 0  # columns that the word before has become shorter by
    for pair in pairs:
        old = pair.item
        word = old if old is not None and pair.fits else seen[pair.seen.start]
        if word.shown == last == ELISION:
            continue
        first = word.gap if old is words[0] else seen[0].gap
        gap = (padded((old or word).gap, spare) or " ") if source else first
        source, shown, last = source + gap + word.source, shown + gap + word.shown, word.shown
        spare = len(old.shown) - len(word.shown) if old is not None else 0
    return Line(source, shown)


def seen_word(output: Output, gap: str, text: str, fluid: Fluid) -> Word:
    """Give a seen word as it would be written."""
    if not output.pattern:
        return Word(text, text, gap)
    expression = pattern(text, fluid)
    return Word(expression, expression, " +" if len(gap) > 1 else gap)


def word_part(output: Output, word: Word, seen: Sequence[str], fluid: Fluid) -> Part[Word]:
    """Give an expected word for the alignment with the words `seen`; a macro's tag may stand for several."""
    if word.shown == ELISION and not output.pattern:
        return Part(word, elides=True)
    count = len(word.shown.split())
    elided = ELISION in word.shown and not output.pattern

    def takes(j: int) -> list[int]:
        most = len(seen) - j if elided else min(count, len(seen) - j)
        joined = {number: " ".join(seen[j : j + number]) for number in range(count, most + 1)}
        return [number for number, text in joined.items() if number and fits(output, word.shown, text, fluid)]

    return Part(word, takes)


def padded(gap: str, spare: int) -> str:
    """Give white space between columns so that the next column stays where it is."""
    return " " * max(len(gap) + spare, 2) if len(gap) > 1 and not gap.strip(" ") else gap


def pattern(line: str, fluid: Fluid) -> str:
    """Give a regular expression for a line and for others that differ in varying parts only."""
    names = [name for name, _ in VARYING] + ["<address>"]
    marks = {name: chr(0xE100 + number) for number, name in enumerate(names)}
    for name, expression in VARYING:
        line = re.sub(expression, marks[name], line)
    line = ADDRESS.sub(
        lambda match: marks["<address>"] if canonical(match[0], fluid) == "<address>" else match[0], line
    )
    line = SPECIAL.sub(r"\\\g<0>", line)
    line = re.sub(" {2,}|^ +", " +", line)
    for name, mark in marks.items():
        line = line.replace(mark, PATTERNS[name])
    return line
