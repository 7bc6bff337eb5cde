"""Measure how long things take."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from guide.commands.common import ROOT, require, the_lab, yes_option
from guide.errors import GuideError, Status

NAMES = ("plan", "site", "nodes", "lanes")
AT_ONCE = {2: 1.3, 4: 2.0}  # lanes, with how many times as long as one they may take


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option(
    "--repeat", type=click.IntRange(min=1), default=3, show_default=True, metavar="N", help="Times of each."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
@yes_option
def bench(names: tuple[str, ...], repeat: int, as_json: bool, yes: bool) -> None:
    """Measure plan, site, nodes and lanes, or those that are named. The result goes to build/bench.json.

    The site is compared with MkDocs alone on the same pages; two and four lanes at once with one. A lane is the
    whole guide on embedded nodes with containerd.
    """
    from guide.bench import Timed
    from guide.evidence import now
    from guide.project import open_project

    project = open_project(ROOT)
    wanted = [name for name in NAMES if name in (names or NAMES)]
    if {"nodes", "lanes"} & {*wanted}:
        require(project.versions, "embedded", yes)
    console = Console(stderr=as_json)
    started, load = now(), os.getloadavg()[0]
    measures: dict[str, Callable[[Any, Callable[[str, Callable[[], float]], Timed]], list[Timed]]] = {
        "plan": bench_plan,
        "site": bench_site,
        "nodes": bench_nodes,
        "lanes": bench_lanes,
    }

    def timed(name: str, once: Callable[[], float]) -> Timed:
        with console.status(name):
            return Timed(name, [once() for _ in range(repeat)])

    found = [each for name in wanted for each in measures[name](project, timed)]
    seen = {
        "started": started.isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load before": round(load, 2),
        "results": [each.describe() for each in found],
    }
    project.build.mkdir(exist_ok=True)
    (project.build / "bench.json").write_text(json.dumps(seen, indent=1) + "\n")
    if as_json:
        click.echo(json.dumps(seen, indent=1))
        return
    console.print(table(found))
    console.print(f"{os.cpu_count()} cores, load {load:.1f} before. All times: build/bench.json", highlight=False)


def table(found: list[Any]) -> Table:
    """Give results as people read them."""
    from guide.console import duration

    made = Table("", "median", "least", "most", "ratio", "wanted")
    for each in found:
        ratio = [f"{each.ratio:.2f} x", f"<= {each.most:g} x"] if each.base else ["", ""]
        made.add_row(each.name, *map(duration, (each.typical, min(each.seconds), max(each.seconds))), *ratio)
    return made


def bench_plan(project: Any, timed: Callable[..., Any]) -> list[Any]:
    """Measure `./guide plan`."""
    from guide.bench import time_command

    return [timed("plan", lambda: time_command(["guide", "plan"], project.root, os.environ))]


def bench_site(project: Any, timed: Callable[..., Any]) -> list[Any]:
    """Measure `./guide site`, and MkDocs alone."""
    from dataclasses import replace

    from guide.bench import plain_copy, time_command

    with TemporaryDirectory(prefix="guide-bench-") as folder:
        copy = Path(folder)
        plain_copy(project.root, project.pages, copy)
        alone = timed("site, by MkDocs alone", lambda: time_command(["mkdocs", "build", "-q"], copy, os.environ))
    ours = timed("site", lambda: time_command(["guide", "site"], project.root, os.environ))
    return [alone, replace(ours, base=alone, most=2.0)]


def bench_nodes(project: Any, timed: Callable[..., Any]) -> list[Any]:
    """Measure how long two clean nodes take to come up."""
    from guide.lab.parts import make_parts
    from guide.mutation.trial import Nobody

    lab, _ = the_lab(label="bench")
    parts = make_parts(lab, project.versions, Nobody())

    def once() -> float:
        begun = time.monotonic()
        try:
            lab.up(parts, os.getpid())
            return time.monotonic() - begun
        finally:
            lab.down()

    return [timed("nodes up", once)]


def bench_lanes(project: Any, timed: Callable[..., Any]) -> list[Any]:
    """Measure the guide on one lab, and on several at once."""
    from dataclasses import replace

    from guide.lab.parts import make_parts
    from guide.mutation.trial import Nobody

    lab, _ = the_lab()
    make_parts(lab, project.versions, Nobody())
    one = timed("one lane", lambda: run_at_once(project, 1))
    return [
        one,
        *(
            replace(
                timed(f"{number} lanes at once", lambda number=number: run_at_once(project, number)),
                base=one,
                most=most,
            )
            for number, most in AT_ONCE.items()
        ),
    ]


def run_at_once(project: Any, number: int) -> float:
    """Run the same lane on so many labs at once, and give the seconds. Raises GuideError if one does not hold."""
    from guide.lanes.board import Board
    from guide.lanes.crew import Job, run_lanes

    lane = project.lane("embedded", "containerd")
    jobs = [(each, Job(lane, f"bench-{each}", ["--no-evidence"])) for each in range(number)]
    board = Board(Console(quiet=True), [job.label for _, job in jobs])
    begun = time.monotonic()
    statuses = run_lanes(project.root, jobs, number, board)
    seconds = time.monotonic() - begun
    for each, status in zip(board.lanes, statuses, strict=True):
        if status is not Status.HELD:
            raise GuideError("\n".join([f"{each.name} did not hold, so its time says nothing.", *each.last]))
        (project.report / each.name).rmdir()  # empty: there are no reports without evidence
    return seconds
