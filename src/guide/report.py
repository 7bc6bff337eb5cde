"""The report of a run, made from its evidence: a page for people, JUnit for programs, a summary for GitHub."""

import os
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import jinja2

from guide.console import duration
from guide.errors import InputError
from guide.evidence import chapters, complete, counted, facts, shown
from guide.github import source
from guide.junit import junit
from guide.run import DIFFERS
from guide.summary import summary

FROM_REPORT = "../../{page}"  # where a page is, seen from build/report/index.html
SLOWEST = 10  # steps in the list of slow ones
TEMPLATE = Path(__file__).with_name("report.html.j2")


def make_folders(build: Path, report: Path) -> None:
    """Make the folders of results, `report` for reports, without what an earlier run left there on its failure.

    Raises InputError if nothing can be written there.
    """
    try:
        for folder in (build / "evidence", report):
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=folder):
                pass
        if (report / "diagnostics").exists():
            shutil.rmtree(report / "diagnostics")
    except OSError as error:
        raise InputError(f"Results cannot be written to {build}: {error.strerror} ({error.filename}).") from error


def write_reports(
    evidence: dict[str, Any], build: Path, folder: Path, environ: Mapping[str, str] = os.environ
) -> None:
    """Write the reports of evidence, as it is written, into `folder` of the folder of results. Raises OSError."""
    link, deeper = source(environ), len(folder.relative_to(build).parts) - 1
    diagnostics = {Path(path).name: (build / path).read_text() for path in evidence["diagnostics"]}
    address = link or "../" * deeper + FROM_REPORT
    (folder / "index.html").write_text(render(evidence, diagnostics, lambda step: address.format(**step)))
    (folder / "junit.xml").write_text(junit(evidence))
    if path := environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a") as file:
            file.write(summary(evidence, link))


def render(evidence: dict[str, Any], diagnostics: Mapping[str, str], link: Callable[[dict[str, Any]], str]) -> str:
    """Give evidence, as it is written, as a page that needs no other file.

    `diagnostics` are what the nodes said after a failure, by name; `link` gives the address of a step.
    """
    steps = evidence["steps"]
    nodes = sorted({step["node"] for step in steps})
    template = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(TEMPLATE.read_text())
    return template.render(
        lane="-".join(evidence["lane"].values()),
        verdict=verdict(steps),
        counts=counted(steps),
        started=datetime.fromisoformat(evidence["started"]),
        finished=datetime.fromisoformat(evidence["finished"]),
        seconds=evidence["seconds"],
        facts=facts(evidence),
        chapters=chapters(evidence),
        slowest=sorted(steps, key=lambda step: -step["seconds"])[:SLOWEST],
        longest=max(step["seconds"] for step in steps) or 1.0,
        failed=[step for step in steps if step["status"] == "failed"],
        colours={node: number % 6 for number, node in enumerate(nodes)},
        diagnostics=diagnostics,
        link=link,
        identity=identity,
        duration=duration,
        counted=counted,
        shown=shown,
        differs=lambda step: DIFFERS in step["problem"].split("\n")[0],
    )


def verdict(steps: list[dict[str, Any]]) -> str:
    """Give what became of the run, in a word."""
    if "failed" in counted(steps):
        return "failed"
    return "passed" if complete(steps) else "interrupted"


def identity(step: dict[str, Any]) -> str:
    """Give a name for a step within the report."""
    return f"step-{step['label']}-{step['node']}"
