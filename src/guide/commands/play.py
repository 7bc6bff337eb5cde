"""Play a chapter in the terminal."""

import signal
import subprocess
import sys
from pathlib import Path

import click
from rich.console import Console

from guide.commands.common import ROOT, node_options, require, shell_like, the_lab, the_runtime
from guide.errors import GuideError, InputError, Status


@click.command()
@click.argument("chapter", type=int)
@node_options
@click.option("--keep", is_flag=True, help="Leave the nodes up in the end.")
def play(
    chapter: int, provider: str, inventory: Path | None, runtime: str, shim: Path | None, keep: bool, yes: bool
) -> None:
    """Play chapter CHAPTER on clean nodes: read it, and run its commands when you like."""
    from guide.console import Report
    from guide.lab.provide import provided
    from guide.plan import chapter_of, select
    from guide.play.keys import TerminalKeys
    from guide.play.player import Audience, Player
    from guide.play.scene import read_scenes
    from guide.play.stage import Stage
    from guide.project import open_project
    from guide.run import Result
    from guide.session import Session

    project = open_project(ROOT)
    lane = project.lane(provider, runtime)
    plan = project.plan(lane)
    steps = select(plan, chapter, chapter)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError("This needs a terminal to show in and keys to wait for; ./guide verify runs without one.")
    pages = [page for page in project.pages if chapter_of(page.path) == chapter]
    scenes = [scene for page in pages for scene in read_scenes(page, plan, lane)]
    made_of = the_runtime(project, runtime, shim)
    wanted, _ = the_lab(provider, inventory, runtime=made_of, yes=yes)
    require(project.versions, provider, yes)
    console = Console(highlight=False)
    report = Report(console)
    audience = Audience()
    nodes = provided(wanted, project.versions, report, keep=keep)
    with TerminalKeys() as keys, nodes as lab:
        report.still()
        stage = Stage(console, keys, lambda node: open_shell(shell_like(lab, node)))
        session = Session(project, lane, lab, audience, project.place(lab.folder, lane))
        try:
            session.begin(plan, resume=False)
            with stage.busy(f"On the way to chapter {chapter}") as audience.say:
                for planned in plan:
                    if planned.chapter is not None and planned.chapter < chapter:
                        outcome = session.run(planned)
                        if outcome.result is Result.FAILED:
                            raise GuideError(f"Chapter {chapter} cannot begin.\n{outcome.problem}")
            held = Player(stage, session, audience, pages[0].title, steps).play(scenes)
        finally:
            session.close()
    if keep:
        console.print("The nodes are still up: ./guide shell NODE, ./guide verify --resume, ./guide down")
    if not held:
        sys.exit(Status.GUIDE_WRONG)


def open_shell(command: list[str]) -> None:
    """Run a shell in the terminal until it ends. An interrupt by hand is for what runs in it, not for us."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        subprocess.run(command, check=False)
    finally:
        signal.signal(signal.SIGINT, before)
