"""Examine the machine, and the nodes if they are up."""

import sys
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from guide.commands.common import addressed, place_options, source_option, the_lab
from guide.errors import Status


@click.command()
@place_options
@source_option
def doctor(provider: str, inventory: Path | None) -> None:
    """Examine this machine and the nodes, and say what is wrong and what to do; changes nothing."""
    from guide.lab.examination import examine_lab, examine_machine
    from guide.progress import FILE, started

    lab, project = the_lab(provider, inventory)
    console = Console(highlight=False)
    units = partial(started, lab.folder / FILE, project.root)
    findings = [*examine_machine(project.versions, provider, lab.cache.root), *examine_lab(lab, units)]
    for finding in findings:
        sign = "[green]✓[/]" if finding.good else "[red]✗[/]"
        console.print(f"{sign} {escape(finding.what)}", soft_wrap=True)
        if finding.remedy:
            console.print(f"    {escape(addressed(finding.remedy))}", soft_wrap=True)
    wrong = sum(not finding.good for finding in findings)
    console.print(f"\n{wrong or 'Nothing'} wrong." if wrong != 1 else "\nOne thing is wrong.")
    if wrong:
        sys.exit(Status.NO_LAB)
