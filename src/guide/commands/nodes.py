"""Bring nodes up, look at them, use them, and remove them."""

import os
import time
from pathlib import Path

import click
from rich.console import Console

from guide.commands.common import (
    ROOT,
    addressed,
    node_options,
    place_options,
    require,
    require_root,
    shell_like,
    the_lab,
    the_runtime,
)
from guide.errors import InputError, LabError


@click.command()
@node_options
def up(provider: str, inventory: Path | None, runtime: str, shim: Path | None, yes: bool) -> None:
    """Bring clean nodes up."""
    from guide.console import Report, duration
    from guide.lab.parts import make_parts
    from guide.project import open_project

    project = open_project(ROOT)
    lab, _ = the_lab(provider, inventory, runtime=the_runtime(project, runtime, shim), yes=yes)
    require(project.versions, provider, yes)
    console = Console()
    report = Report(console)
    try:
        parts = make_parts(lab, project.versions, report)
        begun = time.monotonic()
        report.started("nodes")
        record = lab.up(parts, None)
    finally:
        report.still()
    names = ", ".join(f"{name} ({address})" for name, address in record.addresses.items())
    took = duration(time.monotonic() - begun)
    console.print(f"Up in {took}: {names}.\n{addressed('Get a root shell by ./guide shell NODE.')}", highlight=False)


@click.command()
@place_options
def down(provider: str, inventory: Path | None) -> None:
    """Remove the nodes and all that belongs to them."""
    from guide.console import duration

    lab, _ = the_lab(provider, inventory)
    require_root(provider)
    begun = time.monotonic()
    labs = [lab, *(lab.labelled() if provider == "embedded" else ())]  # lanes that were killed leave theirs
    found = [each.down() for each in labs]
    click.echo(f"Down in {duration(time.monotonic() - begun)}." if any(found) else "There was nothing to remove.")


@click.command()
@place_options
def status(provider: str, inventory: Path | None) -> None:
    """Say whether the nodes are up."""
    lab, _ = the_lab(provider, inventory)
    record = lab.record()
    if record is None:
        click.echo(addressed("The nodes are not up. Bring them up by ./guide up."))
        return
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.made))
    user = f", in use by process {record.owner}" if record.owner and not record.abandoned else ""
    click.echo(f"Lab {record.name}, made {since}{user}")
    for name, address in record.addresses.items():
        click.echo(f"  {name:<22}{address:<16}{'up' if lab.runs(name) else 'does not run'}")


@click.command()
@click.argument("node")
@place_options
def shell(node: str, provider: str, inventory: Path | None) -> None:
    """Open a root shell on NODE; `host` is this machine, inside the lab's network."""
    lab, project = the_lab(provider, inventory)
    if node not in project.names:
        raise InputError(f"There is no node {node}; there are {', '.join(project.names)}.")
    require_root(provider)
    if lab.record() is None or not lab.alive():
        raise LabError("The nodes are not up: bring them up by ./guide up.")
    command = shell_like(lab, node)
    os.execvp(command[0], command)  # noqa: S606 - the terminal belongs to the shell from here on
