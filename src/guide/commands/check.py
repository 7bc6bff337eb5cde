"""Look at what a reader has done by hand."""

import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from guide.commands.common import place_options, require_root, the_lab
from guide.errors import LabError, Status


@click.command()
@click.argument("chapter", type=int)
@place_options
def check(chapter: int, provider: str, inventory: Path | None) -> None:
    """Look whether your nodes are where CHAPTER leaves them; changes nothing on them."""
    from guide.checkup import looks, origin, variables, verdict
    from guide.lab.examination import has_rebooted
    from guide.lab.provide import continued
    from guide.node import rebooted
    from guide.progress import FILE, started
    from guide.run import Result, run_step

    lab, project = the_lab(provider, inventory)
    require_root(provider)
    record = lab.record()
    if record is None:
        raise LabError("The nodes are not up: bring them up by ./guide up, or by ./guide goto CHAPTER.")
    plan = project.plan(project.lane(provider, record.runtime))
    wanted = looks(plan, chapter)
    console = Console(highlight=False)
    nodes: dict[str, Any] = {}
    outcomes = []
    with continued(lab):
        try:
            for look in wanted:
                name = look.step.node
                if name not in nodes:
                    nodes[name] = lab.node(name)
                    for command in variables(plan, chapter, name):
                        nodes[name].run(command, look.step.seconds)
                outcome = run_step(look, nodes[name], project.settings.fluid)
                outcomes.append(outcome)
                held = outcome.result is Result.PASSED
                sign = "[green]✓[/]" if held else "[red]✗[/]"
                console.print(f"  {sign} {look.label:<6}{name:<20}{escape(look.step.shows)}")
                if not held:
                    back = origin(plan, look)
                    console.print(escape(outcome.problem), soft_wrap=True)
                    if back is not None:
                        console.print(f"  See step {back.label}, {back.step.where}.\n", soft_wrap=True)
            if any(outcome.result is Result.FAILED and not outcome.lost for outcome in outcomes):
                for name in filter(project.nodes.addresses.__contains__, nodes):
                    if has_rebooted(nodes[name], record.made):
                        units = started(lab.folder / FILE, project.root, name)
                        console.print(
                            f"\n{rebooted(name, units)}: source its scripts again, in order.", soft_wrap=True
                        )
        finally:
            for node in nodes.values():
                node.close()
    console.print(f"\n{escape(verdict(outcomes, plan))}", soft_wrap=True)
    if any(outcome.lost for outcome in outcomes):
        sys.exit(Status.NO_LAB)
    if any(outcome.result is Result.FAILED for outcome in outcomes):
        sys.exit(Status.GUIDE_WRONG)
