"""Give steps as a plain script."""

import click

from guide.commands.common import lane_options, the_lab


@click.command()
@click.argument("chapter", type=int)
@click.option("--from", "first", type=int, metavar="N", help="Begin with this chapter instead.")
@lane_options
def export(chapter: int, first: int | None, provider: str, runtime: str) -> None:
    """Print CHAPTER as a bash script that runs its steps on your nodes, and needs nothing but ssh.

    Bring the nodes to where it starts by ./guide goto, and run it in ./guide shell host.
    """
    from guide.export import export as exported
    from guide.plan import select
    from guide.progress import load, state_file

    lab, project = the_lab()
    lane = project.lane(provider, runtime)
    steps = select(project.plan(lane), chapter if first is None else first, chapter)
    reach = {name: (load(state_file(lab.folder, name)), lab.opens(name)) for name in project.names}
    click.echo(exported(steps, lane, project.versions.components, reach, project.settings.fluid), nl=False)
