"""Evidence as Markdown: the page that GitHub shows of a job."""

import re
from typing import Any

from guide.console import duration
from guide.evidence import chapters, complete, counted, facts, shown

LINES = 200  # of one step's output; a summary has room for a megabyte
WIDTH = 1000  # characters of a line


def summary(evidence: dict[str, Any], link: str = "") -> str:
    """Give evidence, as it is written, in GitHub's Markdown. `link` is as `source` gives it."""
    steps = evidence["steps"]
    failed = [step for step in steps if step["status"] == "failed"]
    mark = ":x:" if failed else ":white_check_mark:" if complete(steps) else ":warning:"
    parts = [
        f"## {mark} {'-'.join(evidence['lane'].values())}",
        f"{words(steps)} in {duration(evidence['seconds'])}",
        table(["chapter", "result", "time"], [chapter_row(page, part) for page, part in chapters(evidence)]),
    ]
    for step in failed:
        parts += failure(step, link)
    reasons = [[place(step, link), cell(step["problem"])] for step in steps if step["status"] == "skipped"]
    if reasons:
        parts += ["### Skipped", table(["step", "why"], reasons)]
    rows = [[cell(name), cell(value)] for name, value in facts(evidence)]
    parts.append(folded("What it ran with", table(["what", "value"], rows)))
    return "\n\n".join(parts) + "\n"


def words(steps: list[dict[str, Any]]) -> str:
    """Give how many steps came to which result."""
    return ", ".join(f"{number} {status}" for status, number in counted(steps).items())


def chapter_row(page: str, steps: list[dict[str, Any]]) -> list[str]:
    """Give a row for a page."""
    return [cell(page), words(steps), duration(sum(step["seconds"] for step in steps))]


def failure(step: dict[str, Any], link: str) -> list[str]:
    """Give a failed step: where, what, and what it printed."""
    headline = step["problem"].partition("\n")[0]
    parts = [f"### {place(step, link)} on {step['node']}", cell(headline), block(step["command"], "bash")]
    parts += [block("\n".join(shown(step)), "diff")] if shown(step) else []
    if step["output"]:
        parts.append(folded("All output", block("\n".join(step["output"].split("\n")[-LINES:]))))
    return parts


def place(step: dict[str, Any], link: str) -> str:
    """Give a step's label, page and line, as a link if there is one."""
    text = f"{step['label']} {step['page']}:{step['line']}"
    return f"[{text}]({link.format(**step)})" if link else text


def table(head: list[str], rows: list[list[str]]) -> str:
    """Give a table of cells that are Markdown already."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def cell(text: str) -> str:
    """Give a text as one line of Markdown that shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]<>|~#])", r"\\\1", " ".join(text.split()))


def block(text: str, language: str = "") -> str:
    """Give a code block that its text cannot end."""
    lines = "\n".join(line[:WIDTH] for line in text.rstrip("\n").split("\n"))
    fence = "`" * (max(map(len, re.findall("`+", lines)), default=0) + 1)
    fence = fence if len(fence) > 3 else "```"
    return f"{fence}{language}\n{lines}\n{fence}"


def folded(title: str, content: str) -> str:
    """Give a part that is closed at first."""
    return f"<details><summary>{title}</summary>\n\n{content}\n\n</details>"
