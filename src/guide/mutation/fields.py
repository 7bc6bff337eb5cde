"""Mutants of manifests and configuration: a field less, or its value bent."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from guide.mutation.bend import bend_value
from guide.mutation.mutant import Kind, Mutant, edit

LABELS = ("labels", "matchLabels", "selector")
HEADINGS = (("apiVersion",), ("kind",))  # without these a manifest is none at all: anybody notices
TOML = re.compile(r"^[ \t]*(?P<name>[\w.-]+)[ \t]*=[ \t]*(?P<value>[^#\n]*[^#\s])", re.MULTILINE)


def field_mutants(path: str, text: str, nodes: dict[str, str]) -> list[Mutant]:
    """Give all mutants of a file in YAML or JSON. Those that mean the same as the file are none."""
    meant = [*yaml.safe_load_all(text)]
    found = [mutant for root in yaml.compose_all(text) for mutant in node_mutants(path, text, root, (), nodes)]
    return [mutant for mutant in found if meaning(mutant.of(text)) != meant]


def meaning(text: str) -> Any:
    """Give what a text in YAML says, or None if it says nothing."""
    try:
        return [*yaml.safe_load_all(text)]
    except yaml.YAMLError:
        return None


def node_mutants(
    path: str, text: str, node: yaml.Node, names: tuple[str, ...], nodes: dict[str, str]
) -> Iterator[Mutant]:
    """Give the mutants of what is below a node; `names` are the fields that lead to it."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = (*names, str(key.value))
            if below in HEADINGS:
                continue
            if is_leaf(value):
                field = text[key.start_mark.index : value.end_mark.index].rstrip()
                start = key.start_mark.index
                start, end = widened(text, start, start + len(field), node.flow_style)
                yield edit(path, text, start, end, "", Kind.FIELD, f"deleted: {' '.join(field.split())}")
            yield from node_mutants(path, text, value, below, nodes)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from node_mutants(path, text, each, names, nodes)
    elif isinstance(node, yaml.ScalarNode) and node.style == "|":
        yield from line_mutants(path, text, node, nodes)
    else:
        yield from bent(path, text, node.start_mark.index, node.end_mark.index, names, nodes)


def is_leaf(node: yaml.Node) -> bool:
    """Tell whether a node has no fields below it: deleting more than a field breaks a file for anybody."""
    if isinstance(node, yaml.SequenceNode):
        return all(isinstance(each, yaml.ScalarNode) for each in node.value)
    return isinstance(node, yaml.ScalarNode) and node.style != "|"


def bent(
    path: str, text: str, start: int, end: int, names: tuple[str, ...], nodes: dict[str, str]
) -> Iterator[Mutant]:
    """Give the mutants of a value that stands from `start` to `end`."""
    name = names[-1] if names else ""
    label = any(each in LABELS for each in names[-2:])
    for bend in bend_value(name, text[start:end], nodes, Kind.LABEL if label else Kind.VALUE):
        old, low, high = text[start:end], start + bend.start, start + bend.end
        what = f"{name}: {old} became {old[: bend.start]}{bend.new}{old[bend.end :]}"
        yield edit(path, text, low, high, bend.new, bend.kind, what)


def line_mutants(path: str, text: str, node: yaml.Node, nodes: dict[str, str]) -> Iterator[Mutant]:
    """Give the mutants of a text of several lines, which is another program's configuration."""
    start = text.index("\n", node.start_mark.index) + 1
    for line in re.finditer(
        r"^(?P<indent>[ \t]*)(?P<words>[\w/].*[^\s{])[ \t]*$", text[start : node.end_mark.index], re.M
    ):
        low, high = start + line.start("words"), start + line.end("words")
        yield edit(path, text, low, high, "", Kind.FIELD, f"deleted: {line['words']}")
        first, _, last = line["words"].rpartition(" ")
        if first:
            yield from bent(path, text, high - len(last), high, (first,), nodes)


def widened(text: str, start: int, end: int, flow: bool) -> tuple[int, int]:
    """Take a comma beside a field in braces along with it."""
    if flow and (after := re.compile(r"\s*,").match(text, end)):
        return start, after.end()
    if flow and (before := re.search(r",\s*$", text[:start])):
        return before.start(), end
    return start, end


def toml_mutants(path: str, text: str, nodes: dict[str, str]) -> list[Mutant]:
    """Give all mutants of a file in TOML whose values are on one line each."""
    mutants: list[Mutant] = []
    for match in TOML.finditer(text):
        start = match.start("name")
        mutants.append(edit(path, text, start, match.end(), "", Kind.FIELD, f"deleted: {match[0].strip()}"))
        mutants += bent(path, text, *match.span("value"), (match["name"],), nodes)
    return mutants
