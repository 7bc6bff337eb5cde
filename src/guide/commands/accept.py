"""Write into the pages what their steps print."""

import difflib
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.syntax import Syntax
from rich.text import Text

from guide.commands.common import ROOT, chapter_options, node_options, require, the_lab, the_runtime
from guide.errors import GuideError, InputError, Status


@click.command()
@chapter_options
@node_options
def accept(
    first: int | None,
    last: int | None,
    provider: str,
    inventory: Path | None,
    runtime: str,
    shim: Path | None,
    yes: bool,
) -> None:
    """Run the guide on clean nodes, and write what its steps print into the pages.

    Chapters before --from are run and stay as they are. What still holds of an output stays as it is written: macros,
    elisions, patterns. Nothing is written if a step fails by anything else than its output.
    """
    from guide.acceptance import Acceptance
    from guide.console import Report
    from guide.lab.provide import provided
    from guide.page import read_pages
    from guide.plan import select
    from guide.project import open_project
    from guide.revision import read_sources, revise
    from guide.runner import Choice, LabPlugin, run_pytest
    from guide.source import read_signs

    project = open_project(ROOT)
    plan = project.plan(project.lane(provider, runtime))
    wanted = set(select(plan, first, last))
    if not wanted:
        raise InputError("There is not one step in these chapters: nothing can be seen.")
    pages = read_pages(ROOT)
    sources = read_sources(ROOT, pages)
    signs = read_signs(ROOT)
    made_of = the_runtime(project, runtime, shim)
    machines, _ = the_lab(provider, inventory, runtime=made_of, yes=yes)
    require(project.versions, provider, yes)
    console = Console()
    report = Report(console)
    acceptance = Acceptance(project.settings.fluid)
    with provided(machines, project.versions, report) as lab:
        report.still()
        status = run_pytest(
            ROOT, project.docs, Choice(runtime, last, provider=provider), [LabPlugin(lab), acceptance, report]
        )
    report.still()
    if any(outcome.lost for outcome in acceptance.outcomes):
        status = Status.NO_LAB
    if status not in (Status.HELD, Status.GUIDE_WRONG):
        sys.exit(status)
    if acceptance.refused:
        where = acceptance.refused[0].planned.step.where
        raise GuideError(f"Nothing was written: {where} failed, and not by its output alone.")
    revisions = revise(pages, plan, acceptance.outcomes, wanted, sources, signs, project.settings.fluid)
    if read_sources(ROOT, pages) != sources:
        raise GuideError("Nothing was written: a page changed while its steps ran. Run it again.")
    for revision in revisions:
        (ROOT / revision.path).write_text(revision.after)
        before, after = revision.before.split("\n"), revision.after.split("\n")
        diff = "\n".join(difflib.unified_diff(before, after, revision.path, revision.path, lineterm=""))
        console.print(Syntax(diff, "diff") if console.is_terminal else Text(diff), soft_wrap=True)
    console.print(f"{len(revisions)} files written" if revisions else "Every output holds: nothing to write.")
