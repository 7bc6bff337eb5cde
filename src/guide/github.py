"""What GitHub reads out of a job's log, and where it shows the lines of a page."""

import re
from collections.abc import Mapping

from guide.run import Outcome

END_GROUP = "::endgroup::"


def active(environ: Mapping[str, str]) -> bool:
    """Tell whether GitHub reads our log."""
    return environ.get("GITHUB_ACTIONS") == "true"


def source(environ: Mapping[str, str]) -> str:
    """Give the address of a line in a page, with {page} and {line}; "" when this is no job of GitHub's."""
    parts = [environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "SHA")]
    if not all(parts):
        return ""
    server, repository, commit = parts
    return f"{server}/{repository}/blob/{commit}/{{page}}?plain=1#L{{line}}"


def group(title: str) -> str:
    """Give the line that begins a part of the log that can be folded."""
    return f"::group::{escaped(title)}"


def annotation(outcome: Outcome) -> str:
    """Give the line that shows a failed step beside its line in the page."""
    where = outcome.planned.step.where
    title = f"{outcome.planned.label} {outcome.planned.step.node}"
    properties = {"file": where.page, "line": str(where.line), "title": title}
    listed = ",".join(f"{name}={escaped(value, ':,')}" for name, value in properties.items())
    return f"::error {listed}::{escaped(outcome.problem)}"


def escaped(text: str, also: str = "") -> str:
    """Give a text as a workflow command carries it; `also` are characters that end it where it stands."""
    return re.sub(f"[%\r\n{also}]", lambda match: f"%{ord(match[0]):02X}", text)
