"""Steps as one plain bash script, which needs nothing of this package."""

import re
import shlex
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from itertools import groupby
from math import ceil
from pathlib import Path

from guide.expect import VARYING, canonical, spaced, trimmed, wildcard
from guide.plan import Lane, Planned
from guide.step import ELISION, Kind, Output, Step

FUNCTIONS = Path(__file__).with_name("export.sh")


def export(
    steps: Sequence[Planned],
    lane: Lane,
    versions: Mapping[str, str],
    reach: Mapping[str, tuple[str, Sequence[str]]],
    fluid: tuple[IPv4Network, ...],
) -> str:
    """Give a script of the steps.

    `reach` has for each node what its shell begins with, and the command that opens a bash there.
    """
    nodes = dict.fromkeys(planned.step.node for planned in steps)
    parts = [header(steps, lane, versions), FUNCTIONS.read_text()]
    parts.append(
        "# How to reach the machines: change this for your own.\n"
        + "".join(opened(name, *reach[name]) for name in nodes)
    )
    for page, there in groupby(steps, key=lambda planned: planned.step.where.page):
        parts.append(f"# {page}\n")
        parts += [block(planned.step, fluid) for planned in there]
    parts.append("printf '\\nEvery step held, in %s s.\\n' \"$SECONDS\"\n")
    return "\n".join(parts)


def header(steps: Sequence[Planned], lane: Lane, versions: Mapping[str, str]) -> str:
    """Give what a reader has to know first."""
    chapters = sorted({planned.chapter for planned in steps if planned.chapter is not None})
    named = f"chapter {chapters[0]}" if len(chapters) == 1 else f"chapters {chapters[0]} to {chapters[-1]}"
    parts = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        "#!/usr/bin/env bash\n"
        f"# The steps of {named}, made from the guide's pages by ./guide export. Change the pages, not this file.\n"
        f"# Lane: {lane}. Versions: {parts}.\n"
        f"# Run it in the project's folder on `host`, with nodes that are as at the start of chapter {chapters[0]}.\n"
        "# It stops at the first step that does not do what its page says, names page and line, and exits 1.\n"
    )


def opened(name: str, start: str, command: Sequence[str]) -> str:
    """Give the line that opens a node's shell."""
    return f"open {shlex.quote(name)} {shlex.quote(start)} {shlex.join(command)}\n"


def block(step: Step, fluid: tuple[IPv4Network, ...]) -> str:
    """Give the lines that run a step."""
    where, node = shlex.quote(str(step.where)), shlex.quote(step.node)
    if step.skip:
        return f"skip {where} {node} {shlex.quote(step.skip)}\n"
    prints = said(step.output, fluid) if step.output else ""
    call = f"{step.kind} {where} {node} {ceil(step.seconds)} {step.exit}"
    return prints + here(f"{call} {step.times}" if step.kind is Kind.CHECK else call, step.command)


def said(output: Output, fluid: tuple[IPv4Network, ...]) -> str:
    """Give the lines that say what the next step must print."""
    how = ["prints", *(["raw"] if output.pattern else []), *(["unordered"] if output.unordered else [])]
    return here(" ".join(how), expressions(output, fluid))


def here(command: str, text: str) -> str:
    """Give a command that gets a text on its standard input."""
    end = "END"
    while end in text.split("\n"):
        end += "_"
    return f"{command} <<'{end}'\n{text}\n{end}\n"


def expressions(output: Output, fluid: tuple[IPv4Network, ...]) -> str:
    """Give a Perl expression for each line of an output; `...` stays."""
    lines = trimmed(output.text)
    return "\n".join(ELISION if line.strip() == ELISION else line_expression(output, line, fluid) for line in lines)


def line_expression(output: Output, line: str, fluid: tuple[IPv4Network, ...]) -> str:
    """Give a Perl expression for an expected line: as it stands, or with varying parts like its own."""
    if output.pattern:
        return rf"(?:{line})[ \t]*"
    forms = (tolerant(wildcard(form), fluid) for form in (spaced(line), canonical(line, fluid)))
    return "|".join(dict.fromkeys(forms))


def tolerant(expression: str, fluid: tuple[IPv4Network, ...]) -> str:
    """Give an expression for a line with expressions for varying parts in the place of their names."""
    # Escapes that nothing needs go; taken in pairs, as a backslash may be escaped itself.
    expression = re.sub(
        r"\\(.)", lambda pair: pair[0] if re.match(r"[\w.^$*+?{}()\[\]|\\]", pair[1]) else pair[1], expression
    )
    addresses = "|".join(network_expression(network) for network in fluid)
    for name, part in (*VARYING, ("<address>", addresses)):
        expression = expression.replace(name, f"(?:{part})")
    return expression


def network_expression(network: IPv4Network) -> str:
    """Give an expression for the addresses of a network; for one that ends within a byte, for those of more."""
    fixed = str(network.network_address).split(".")[: network.prefixlen // 8]
    return r"\.".join([*fixed, *[r"\d{1,3}"] * (4 - len(fixed))])
