"""Tell what would be run."""

import json

import click

from guide.commands.common import ROOT, chapter_options, lane_options


@click.command()
@chapter_options
@lane_options
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
def plan(first: int | None, last: int | None, provider: str, runtime: str, as_json: bool) -> None:
    """List the steps of a lane, and run none."""
    from guide.console import short
    from guide.evidence import describe_step
    from guide.plan import select
    from guide.project import open_project
    from guide.run import counted

    project = open_project(ROOT)
    planned = select(project.plan(project.lane(provider, runtime)), first, last)
    if as_json:
        click.echo(json.dumps([describe_step(each) for each in planned], indent=1, ensure_ascii=False))
        return
    rows = [(each.label, str(each.step.where), each.step.node, str(each.step.kind)) for each in planned]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, each in zip(rows, planned, strict=True):
        cells = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        click.echo(f"{cells}  {short(each.step.command)}")
        if each.step.skip:
            click.echo(f"      not run: {each.step.skip}")
    click.echo(counted(len(planned), "step"))
