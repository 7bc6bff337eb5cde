"""Run the guide on nodes."""

import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from guide.commands.common import (
    ROOT,
    addressed,
    chapter_options,
    choose_kubernetes,
    node_options,
    require,
    shell_like,
    the_lab,
    the_runtime,
    versions_options,
)
from guide.commands.lanes import verify_lanes
from guide.commands.site import build_site
from guide.errors import InputError, LabError, Status

if TYPE_CHECKING:
    from guide.runner import Choice


@click.command()
@chapter_options
@partial(node_options, versions=versions_options)
@click.option("--jobs", type=click.IntRange(min=1), default=1, metavar="N", help="Run so many lanes at once.")
@click.option("--keep", is_flag=True, help="Leave the nodes up when the run is over.")
@click.option(
    "--resume", is_flag=True, help="Go on, on nodes that were left up, at the first step that has not passed."
)
@click.option("--pause", metavar="PAGE:LINE", default="", help="Stop before this step, with a shell on its node.")
def verify(
    first: int | None,
    last: int | None,
    provider: str,
    inventory: Path | None,
    runtimes: tuple[str, ...],
    kubernetes: tuple[str, ...],
    jobs: int,
    shim: Path | None,
    keep: bool,
    resume: bool,
    pause: str,
    yes: bool,
) -> None:
    """Run the guide's steps on clean nodes, then build the site.

    With --from, the steps of earlier chapters are run, too: they bring the nodes to where that chapter starts.
    """
    from guide.lanes.wanted import combine, refuse
    from guide.plan import find, select
    from guide.project import open_project
    from guide.report import make_folders
    from guide.runner import Choice

    versions = kubernetes or (open_project(ROOT).lane(provider, runtimes[0]).kubernetes,)
    lanes = combine(provider, runtimes, versions)
    refuse(lanes, jobs, {"--keep": keep, "--resume": resume, "--pause": bool(pause)})
    if len(lanes) > 1:
        verify_lanes(lanes, jobs, first, last, inventory, shim, yes)
    [lane] = lanes
    choose_kubernetes(lane.kubernetes)
    runtime = lane.runtime
    project = open_project(ROOT)
    plan = project.plan(lane)
    if not select(plan, first, last):
        raise InputError("There is not one step in these chapters: a run that executes nothing proves nothing.")
    made_of = the_runtime(project, runtime, shim)
    if pause:
        find(select(plan, None, last), pause)
        if not sys.stdin.isatty():
            raise InputError("--pause opens a shell, and there is no terminal for it.")
    require(project.versions, provider, yes)
    project.refuse_faults()
    make_folders(project.build, project.report)
    choice = Choice(runtime, last, provider=provider, resume=resume, pause=pause)
    lab, _ = the_lab(provider, inventory, runtime=made_of, yes=yes)
    run_lane(choice, lab, project, lane, keep=keep or resume)
    with Console().status("Building the site"):
        build_site()
    click.echo("Site: build/site/index.html")


@click.command()
@click.argument("chapter", type=int)
@node_options
def goto(chapter: int, provider: str, inventory: Path | None, runtime: str, shim: Path | None, yes: bool) -> None:
    """Bring clean nodes to the start of CHAPTER, and leave them up."""
    from guide.console import Report
    from guide.lab.parts import make_parts
    from guide.milestone import before
    from guide.plan import select
    from guide.project import open_project
    from guide.runner import Choice

    project = open_project(ROOT)
    lane = project.lane(provider, runtime)
    plan = project.plan(lane)
    select(plan, chapter, chapter)
    made_of = the_runtime(project, runtime, shim)
    lab, _ = the_lab(provider, inventory, runtime=made_of, yes=yes)
    require(project.versions, provider, yes)
    start = go_back(lab, project, lane, plan, chapter)
    earlier = before(plan, chapter)
    if earlier and start != chapter:
        last = earlier[-1].chapter
        choice = Choice(runtime, last, provider=provider, resume=start is not None, evidence=False)
        run_lane(choice, lab, project, lane, keep=True)
    elif start is None:
        report = Report(Console())
        parts = make_parts(lab, project.versions, report)
        report.still()
        lab.up(parts, None)
    if start != chapter:
        keep_start(lab, project, lane, plan, chapter)
    click.echo(addressed(f"The nodes are at the start of chapter {chapter}: go on by ./guide shell NODE."))


def go_back(lab: Any, project: Any, lane: Any, plan: Any, chapter: int) -> int | None:
    """Bring a lab to the latest start of a chapter that it has kept, and give it; without one, remove the lab."""
    from guide.lab.provide import Restorable, continued
    from guide.milestone import called, latest

    able = isinstance(lab, Restorable) and lab.record() is not None and lab.alive()
    start = latest(lab.kept(), lambda notes: project.place(notes, lane), plan, chapter) if able else None
    if start is None:
        lab.down()
        return None
    click.echo(f"Going back to the start of chapter {start}, which was kept.")
    with continued(lab):
        lab.restore(called(start))
        lab.share()
    return start


def keep_start(lab: Any, project: Any, lane: Any, plan: Any, chapter: int) -> None:
    """Have a lab that can keep what its nodes are like at the start of a chapter."""
    from guide.lab.provide import Restorable, continued
    from guide.milestone import before, called
    from guide.progress import boots_of

    if not isinstance(lab, Restorable):
        return
    with continued(lab):
        earlier = before(plan, chapter)
        if not earlier:
            project.place(lab.folder, lane).begin(boots_of(project.nodes.addresses, lab.node), earlier)
        try:
            lab.save(called(chapter))
        except LabError as error:
            click.echo(f"The next time, all of it is done again: this state cannot be kept. {error}")


def run_lane(
    choice: "Choice",
    wanted: Any,
    project: Any,
    lane: Any,
    *,
    keep: bool,
    console: Console | None = None,
    listeners: Sequence[object] = (),
) -> None:
    """Run a lane and tell of it; ends the process with its status unless everything held.

    `listeners` hear what pytest and our plugin tell, too.
    """
    from dataclasses import replace

    from guide.console import Report, duration
    from guide.lab.provide import continued, provided
    from guide.run import Result
    from guide.runner import LabPlugin, run_pytest
    from guide.terminal import Terminal

    begun = time.monotonic()
    console = console or Console()
    report = Report(console)
    console.print(f"Lane {lane}. Preparing nodes.", highlight=False)
    nodes = continued(wanted) if choice.resume else provided(wanted, project.versions, report, keep=keep)
    with report, nodes as lab:
        report.still()
        if choice.resume:
            lab.share()
        plugins: list[object] = [LabPlugin(lab), report, *listeners]
        if sys.stdin.isatty() and console.is_terminal:
            plugins.append(Terminal(console, lambda node: shell_like(lab, node), report.still))
        status = run_pytest(project.root, project.docs, replace(choice, state=lab.folder), plugins)
        if any(outcome.lost for outcome in report.outcomes):
            status = Status.NO_LAB
    report.still()
    counts = report.counts()
    summary = ", ".join(f"{number} {result}" for result, number in counts.items() if number)
    console.print(f"\n{summary or 'nothing run'} in {duration(time.monotonic() - begun)}", highlight=False)
    if choice.evidence and report.outcomes:
        folder = (choice.report or project.report).relative_to(project.root)
        console.print(f"Evidence: build/evidence/{lane}.json\nReport: {folder}/index.html", highlight=False)
    if keep:
        console.print(
            addressed("The nodes are still up: ./guide shell NODE, ./guide verify --resume, ./guide down"),
            highlight=False,
        )
    if status is Status.HELD and not counts[Result.PASSED] and not choice.resume:
        raise InputError("Not one step was executed: a run that executes nothing proves nothing.")
    if status is not Status.HELD:
        sys.exit(status)
