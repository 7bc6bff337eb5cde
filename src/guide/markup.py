"""What a step looks like on the site: number, node, and how it is run; its output folded beneath it."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from guide.errors import InputError
from guide.plan import Planned
from guide.step import OUTPUT, Kind, titles_in

COLOURS = 6  # that docs/assets/site.css has for nodes
LONG = 8  # lines of an output from which on it is closed until the reader asks

BLOCK = re.compile(
    r'<div class="language-(?P<language>[\w+-]+) highlight"(?P<attributes>(?:[^">]|"[^"]*")*)>'
    r'<span class="filename">(?P<title>[^<]*)</span>(?P<code><pre>.*?</pre>)</div>',
    re.DOTALL,
)
LABELS = re.compile(r'<div class="tabbed-labels">(.*?)</div>', re.DOTALL)
VALUE = re.compile('"([^"]*)"')
TAG = re.compile(r"<[^>]+>")

Remarks = Mapping[tuple[str, str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Palette:
    """Which node has which colour: by its place in nodes.yaml; `host` has one of its own."""

    nodes: tuple[str, ...]
    host: str

    def style(self, node: str) -> str:
        """Give the class that colours a node, or "" if there is no colour left for it."""
        if node == self.host:
            return "node-host"
        place = self.nodes.index(node) + 1
        return f"node-{place}" if place <= COLOURS else ""

    def label(self, node: str) -> str:
        """Give a node's name as the site shows it."""
        return f'<span class="node {self.style(node)}">{html.escape(node)}</span>'


def anchor(planned: Planned) -> str:
    """Give the name by which one can link to a step."""
    return "step-" + planned.label.replace(".", "-")


def dress(content: str, planned: Sequence[Planned], palette: Palette, path: str, remarks: Remarks) -> str:
    """Give a page's HTML with each step as the site shows it.

    `planned` are the steps of all lanes, and `remarks` what runs say of a step, by label, node and command. Raises
    InputError if what the HTML shows is not, in the same order and byte for byte, what is run.
    """
    check_tabs(content, path)
    blocks = [list(group) for _, group in groupby(planned, key=lambda each: each.step.where)]
    waiting = iter(blocks)
    names = {*palette.nodes, palette.host}

    def replace(match: re.Match[str]) -> str:
        title = html.unescape(match["title"])
        if title == OUTPUT:
            return output(match)
        if not set(titles_in(title)) & names or match["language"] != "bash":
            return match[0]
        block = next(waiting, None)
        if block is None or text_of(match["code"]) != block[0].step.command:
            where = block[0].step.where if block else path
            raise InputError(f"{where}: the site shows another command than the one that is run")
        return step(match, block, palette, remarks)

    dressed = BLOCK.sub(replace, content)
    left = next(waiting, None)
    if left is not None:
        raise InputError(f"{left[0].step.where}: this step is run, and does not come out as a block of the site")
    return dressed


def check_tabs(content: str, path: str) -> None:
    """Raise InputError for a set of tabs of which a reader never sees one, since another has the same name."""
    for match in LABELS.finditer(content):
        labels = [html.unescape(TAG.sub("", label)) for label in match[1].split("</label>")[:-1]]
        for label in labels:
            if labels.count(label) > 1:
                raise InputError(f'{path}: one set of tabs has "{label}" twice: begin the second set by ===!')


def text_of(code: str) -> str:
    """Give the text of a highlighted block, without the last line's end."""
    return html.unescape(TAG.sub("", code)).removesuffix("\n")


def step(match: re.Match[str], block: list[Planned], palette: Palette, remarks: Remarks) -> str:
    """Give the HTML of a step."""
    first = block[0]
    said = [line for each in block for line in remarks.get((each.label, each.step.node, each.step.command), ())]
    nodes = " ".join(palette.label(each.step.node) for each in block)
    name = anchor(first)
    head = (
        '<span class="filename" data-search-exclude>'
        f'<a class="step-number" href="#{name}" title="Link to step {first.label}">{first.label}</a> '
        f"{nodes}{notes(first, said)}</span>"
    )
    return (
        f'<div class="step" id="{name}" data-step="{first.label}">'
        f'<div class="language-bash highlight"{quoted(match["attributes"])}>{head}{match["code"]}</div></div>'
    )


def quoted(attributes: str) -> str:
    """Give attributes with values that no program takes for a tag."""
    return VALUE.sub(lambda match: f'"{html.escape(html.unescape(match[1]))}"', attributes)


def notes(planned: Planned, said: Sequence[str]) -> str:
    """Give what a reader must know of a step beside its command; `said` is what runs say of it."""
    asked = planned.step
    words = list(dict.fromkeys(said)) if not asked.skip else []
    if asked.skip:
        words.append(f"not run: {asked.skip}")
    if asked.kubernetes:
        words.append(f"works with Kubernetes {asked.kubernetes}")
    if asked.kind is Kind.CHECK:
        words.append(f"repeat until it holds, for up to {spoken(asked.seconds)}")
    if asked.exit:
        words.append(f"ends with status {asked.exit}")
    if not words:
        return ""
    return f' <span class="step-note">{html.escape("; ".join(words))}</span>'


def spoken(seconds: float) -> str:
    """Give a duration as people say it: 90 s, 2 min."""
    return f"{seconds / 60:g} min" if seconds >= 60 and seconds % 60 == 0 else f"{seconds:g} s"


def output(match: re.Match[str]) -> str:
    """Give the HTML of an output: folded if it is long, and without a button that copies it."""
    text = text_of(match["code"])
    opened = "" if text.count("\n") >= LONG else " open"
    return (
        f'<details class="output"{opened}><summary data-search-exclude>{OUTPUT}</summary>'
        f'<div class="language-text no-copy highlight"{match["attributes"]}>{match["code"]}</div></details>'
    )
