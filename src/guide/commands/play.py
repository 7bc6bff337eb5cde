"""Play a chapter in the terminal."""

import signal
import subprocess
import sys

import click
from rich.console import Console

from guide.commands.common import ROOT, lane_options, require, shell_like, yes_option
from guide.errors import GuideError, InputError, Status


@click.command()
@click.argument("chapter", type=int)
@lane_options
@click.option("--keep", is_flag=True, help="Leave the nodes up in the end.")
@yes_option
def play(chapter: int, provider: str, runtime: str, keep: bool, yes: bool) -> None:
    """Play chapter CHAPTER on clean nodes: read it, and run its commands when you like."""
    from guide.console import Report, short
    from guide.lab.provide import provided
    from guide.plan import chapter_of, select
    from guide.play.player import Player
    from guide.play.scene import read_scenes
    from guide.play.shells import Shells
    from guide.play.stage import Stage, one_line, unheard
    from guide.project import open_project
    from guide.run import Result

    project = open_project(ROOT)
    lane = project.lane(provider, runtime)
    plan = project.plan(lane)
    steps = select(plan, chapter, chapter)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError("This needs a terminal to show in and keys to wait for; ./guide verify runs without one.")
    pages = [page for page in project.pages if chapter_of(page.path) == chapter]
    require(project.versions, yes)
    console = Console(highlight=False)
    report = Report(console)
    with provided(project.root, project.nodes, project.versions, report, keep=keep) as lab:
        report.still()
        with Shells(lab, project.settings.fluid) as session:
            before = [planned for planned in plan if planned.chapter is not None and planned.chapter < chapter]
            with unheard(), console.status("") as line:
                for number, planned in enumerate(before, start=1):
                    step = f"{planned.label} {planned.step.node}: {short(planned.step.command)}"
                    line.update(one_line(f"On the way to chapter {chapter}: {number} of {len(before)}, {step}"))
                    outcome = session.run(planned)
                    if outcome.result is Result.FAILED:
                        raise GuideError(f"Chapter {chapter} cannot begin.\n{outcome.problem}")
            stage = Stage(console, lambda node: open_shell(shell_like(lab, node)))
            player = Player(stage, session, pages[0].title, steps)
            held = player.play([scene for page in pages for scene in read_scenes(page, plan, lane)])
    if keep:
        console.print("The nodes are still up: ./guide shell NODE, ./guide down")
    if not held:
        sys.exit(Status.GUIDE_WRONG)


def open_shell(command: list[str]) -> None:
    """Run a shell in the terminal until it ends. An interrupt by hand is for what runs in it, not for us."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        subprocess.run(command, check=False)
    finally:
        signal.signal(signal.SIGINT, before)
