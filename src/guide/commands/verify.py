"""Run the guide."""

import sys
import time

import click
from rich.console import Console

from guide.commands.common import ROOT, chapter_options, lane_options, require, yes_option
from guide.commands.site import build_site
from guide.errors import InputError, Status


@click.command()
@chapter_options
@lane_options
@click.option("--keep", is_flag=True, help="Leave the nodes up when the run is over.")
@yes_option
def verify(first: int | None, last: int | None, provider: str, runtime: str, keep: bool, yes: bool) -> None:
    """Run the guide's steps on clean nodes, then build the site."""
    from guide.console import Report, duration
    from guide.lab.provide import provided
    from guide.plan import select
    from guide.project import open_project
    from guide.run import Result
    from guide.runner import LabPlugin, run_pytest

    begun = time.monotonic()
    project = open_project(ROOT)
    lane = project.lane(provider, runtime)
    if not select(project.plan(lane), first, last):
        raise InputError("There is not one step in these chapters: a run that executes nothing proves nothing.")
    require(yes)
    console = Console()
    report = Report(console)
    console.print(f"Lane {lane}. Preparing nodes.", highlight=False)
    with provided(project.root, project.nodes, project.versions, report, keep=keep) as lab:
        report.still()
        status = run_pytest(ROOT, project.docs, runtime, first, last, [LabPlugin(lab), report])
        if any(outcome.lost for outcome in report.outcomes):
            status = Status.NO_LAB
    report.still()
    counts = report.counts()
    summary = ", ".join(f"{number} {result}" for result, number in counts.items() if number)
    console.print(f"\n{summary or 'nothing run'} in {duration(time.monotonic() - begun)}", highlight=False)
    console.print(f"Evidence: build/evidence/{lane}.json", highlight=False)
    if keep:
        console.print("The nodes are still up: ./guide shell NODE, ./guide down", highlight=False)
    if status is Status.HELD and not counts[Result.PASSED]:
        raise InputError("Not one step was executed: a run that executes nothing proves nothing.")
    if status is not Status.HELD:
        sys.exit(status)
    with report.doing("Building the site"):
        build_site()
    console.print("Site: build/site/index.html", highlight=False)
