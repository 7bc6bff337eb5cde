"""Run several lanes of the guide, so many at once."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from guide.commands.common import ROOT, require, the_lab, the_runtime
from guide.commands.site import build_site
from guide.errors import InputError, LabError, Status


def verify_lanes(
    lanes: Sequence[Any],
    jobs: int,
    first: int | None,
    last: int | None,
    inventory: Path | None,
    shim: Path | None,
    yes: bool,
) -> None:
    """Run lanes, then build the site if one of them held. Ends the process with the worst status of them."""
    from guide.console import Report
    from guide.lab.facts import chosen
    from guide.lab.parts import make_parts
    from guide.lanes.board import Board
    from guide.lanes.crew import Job, run_lanes
    from guide.lanes.index import index
    from guide.lanes.wanted import worst
    from guide.plan import select
    from guide.project import open_project
    from guide.report import make_folders

    if shim is not None and any(lane.runtime == "docker" for lane in lanes):
        shims = {lane: shim if lane.runtime == "docker" else None for lane in lanes}
    else:
        shims = dict.fromkeys(lanes, shim)
    projects = {}
    for lane in lanes:
        with chosen(lane.kubernetes):
            projects[lane] = project = open_project(ROOT)
            if not select(project.plan(lane), first, last):
                raise InputError(f"There is not one step in these chapters in the lane {lane}.")
    project = projects[lanes[0]]
    project.refuse_faults()
    for lane in lanes:
        make_folders(project.build, project.report / str(lane))
    (project.report / "junit.xml").unlink(missing_ok=True)  # of a run of one lane
    require(project.versions, lanes[0].provider, yes)
    remove_abandoned()
    console = Console()
    board = Board(console, [str(lane) for lane in lanes])
    report = Report(console)
    ready = []
    # Before any lane runs, so that no step waits for a compiler.
    for number, lane in enumerate(lanes):
        try:
            with chosen(lane.kubernetes):
                made_of = the_runtime(projects[lane], lane.runtime, shims[lane])
                lab, _ = the_lab(lane.provider, inventory, runtime=made_of, yes=yes)
                make_parts(lab, projects[lane].versions, report)
        except LabError as error:
            report.still()
            board.refuse(number, str(error))
        else:
            options = lane_options(last, inventory, shims[lane], yes)
            ready.append((number, Job(lane, str(lane), options)))
    report.still()
    try:
        with board.shown():
            run_lanes(ROOT, ready, jobs, board)
    finally:
        board.close()
        (project.report / "index.html").write_text(index(board.lanes))
    click.echo("Report: build/report/index.html")
    statuses = [each.status for each in board.lanes if each.status is not None]
    if Status.HELD in statuses:
        with console.status("Building the site"):
            build_site()
        click.echo("Site: build/site/index.html")
    sys.exit(worst(statuses))


def lane_options(last: int | None, inventory: Path | None, shim: Path | None, yes: bool) -> list[str]:
    """Give the options of the front door that say so."""
    given = {"--to": last, "--inventory": inventory, "--cri-dockerd": shim}
    options = [word for name, value in given.items() if value is not None for word in (name, str(value))]
    return [*options, *(["--yes"] if yes else [])]


def remove_abandoned() -> None:
    """Remove the labs of lanes that were killed; one that still runs is left to its own process."""
    lab, _ = the_lab()
    for each in lab.labelled():
        try:
            each.down()
        except LabError:  # says that a process uses it
            continue
