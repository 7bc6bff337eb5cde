"""Run one of several lanes: what `./guide verify` and `./guide bench` start for each."""

import sys
from pathlib import Path
from typing import IO, cast

import click
from rich.console import Console

from guide.commands.common import ROOT, chapter_options, node_options, the_lab, the_runtime
from guide.commands.verify import run_lane


@click.command(hidden=True)
@click.option("--label", required=True)
@click.option("--evidence/--no-evidence", default=True)
@chapter_options
@node_options
def lane(
    label: str,
    evidence: bool,
    first: int | None,  # noqa: ARG001 - the steps before it are run, too
    last: int | None,
    provider: str,
    inventory: Path | None,
    runtime: str,
    shim: Path | None,
    yes: bool,
) -> None:
    """Run a lane on a lab of its own, and tell the process that has started this one."""
    from guide.lanes.told import Teller, end_with_parent
    from guide.project import open_project
    from guide.runner import Choice

    end_with_parent()
    project = open_project(ROOT)
    chosen = project.lane(provider, runtime)
    made_of = the_runtime(project, runtime, shim)
    lab, _ = the_lab(provider, inventory, runtime=made_of, yes=yes, label=label)
    teller = Teller(sys.stdout)
    console = Console(file=cast("IO[str]", teller), force_terminal=False)
    choice = Choice(runtime, last, provider=provider, evidence=evidence, report=project.report / label)
    run_lane(choice, lab, project, chosen, keep=False, console=console, listeners=[teller])
