"""The front door's commands."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.prompt import Confirm

from guide.errors import GuideError, InputError, LabError, Status

Command = Callable[..., Any]

ROOT = Path(os.environ.get("GUIDE_ROOT", ".")).absolute()

yes_option = click.option("--yes", is_flag=True, help="Install missing packages without asking.")


def lane_options(command: Command) -> Command:
    """Add the options that choose a lane."""
    provider = click.option("--provider", type=click.Choice(["embedded"]), default="embedded", show_default=True)
    runtime = click.option("--runtime", type=click.Choice(["containerd"]), default="containerd", show_default=True)
    return provider(runtime(command))


def chapter_options(command: Command) -> Command:
    """Add the options that choose chapters."""
    last = click.option("--to", "last", type=int, metavar="N", help="Last chapter.")
    first = click.option("--from", "first", type=int, metavar="N", help="First chapter.")
    return first(last(command))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def guide() -> None:
    """Kubernetes from scratch: a guide whose every command is run on real nodes."""


@guide.command()
@chapter_options
@lane_options
@click.option("--keep", is_flag=True, help="Leave the nodes up when the run is over.")
@yes_option
def verify(first: int | None, last: int | None, provider: str, runtime: str, keep: bool, yes: bool) -> None:
    """Run the guide's steps on clean nodes, then build the site."""
    from guide.console import Report, duration
    from guide.lab.provide import provided
    from guide.plan import select
    from guide.project import open_project
    from guide.run import Result
    from guide.runner import LabPlugin, run_pytest

    begun = time.monotonic()
    project = open_project(ROOT)
    lane = project.lane(provider, runtime)
    if not select(project.plan(lane), first, last):
        raise InputError("There is not one step in these chapters: a run that executes nothing proves nothing.")
    require(yes)
    console = Console()
    report = Report(console)
    console.print(f"Lane {lane}. Preparing nodes.", highlight=False)
    with provided(project.root, project.nodes, project.versions, report, keep=keep) as lab:
        report.still()
        status = run_pytest(ROOT, project.docs, runtime, first, last, [LabPlugin(lab), report])
        if any(outcome.lost for outcome in report.outcomes):
            status = Status.NO_LAB
    report.still()
    counts = report.counts()
    summary = ", ".join(f"{number} {result}" for result, number in counts.items() if number)
    console.print(f"\n{summary or 'nothing run'} in {duration(time.monotonic() - begun)}", highlight=False)
    console.print(f"Evidence: build/evidence/{lane}.json", highlight=False)
    if keep:
        console.print("The nodes are still up: ./guide shell NODE, ./guide down", highlight=False)
    if status is Status.HELD and not counts[Result.PASSED]:
        raise InputError("Not one step was executed: a run that executes nothing proves nothing.")
    if status is not Status.HELD:
        sys.exit(status)
    with report.doing("Building the site"):
        build_site()
    console.print("Site: build/site/index.html", highlight=False)


@guide.command()
@chapter_options
@lane_options
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
def plan(first: int | None, last: int | None, provider: str, runtime: str, as_json: bool) -> None:
    """List the steps of a lane, and run none."""
    from guide.console import short
    from guide.evidence import describe_step
    from guide.plan import select
    from guide.project import open_project

    project = open_project(ROOT)
    planned = select(project.plan(project.lane(provider, runtime)), first, last)
    if as_json:
        click.echo(json.dumps([describe_step(each) for each in planned], indent=1, ensure_ascii=False))
        return
    for each in planned:
        step = each.step
        click.echo(f"{each.label:<6}{step.where!s:<40}{step.node:<20}{step.kind:<7}{short(step.command)}")
    click.echo(f"{len(planned)} steps")


@guide.command()
@yes_option
def up(yes: bool) -> None:
    """Bring clean nodes up."""
    from guide.console import Report, duration
    from guide.lab.cache import Cache, cache_root
    from guide.lab.parts import make_parts

    lab, project = the_lab()
    require(yes)
    console = Console()
    report = Report(console)
    try:
        parts = make_parts(Cache(cache_root()), project.root, project.versions, report)
        begun = time.monotonic()
        report.started("nodes")
        record = lab.up(parts, None)
    finally:
        report.still()
    names = ", ".join(f"{name} ({address})" for name, address in record.addresses.items())
    took = duration(time.monotonic() - begun)
    console.print(f"Up in {took}: {names}.\nGet a root shell by ./guide shell NODE.", highlight=False)


@guide.command()
def down() -> None:
    """Remove the nodes and all that belongs to them."""
    from guide.console import duration

    lab, _ = the_lab()
    require_root()
    begun = time.monotonic()
    found = lab.down()
    click.echo(f"Down in {duration(time.monotonic() - begun)}." if found else "There was nothing to remove.")


@guide.command()
def status() -> None:
    """Say whether the nodes are up."""
    lab, _ = the_lab()
    record = lab.record()
    if record is None:
        click.echo("The nodes are not up. Bring them up by ./guide up.")
        return
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.made))
    user = f", in use by process {record.owner}" if record.owner and not record.abandoned else ""
    click.echo(f"Lab {record.name}, made {since}{user}")
    for name, address in record.addresses.items():
        click.echo(f"  {name:<22}{address:<16}{'up' if lab.runs(name) else 'gone'}")


@guide.command()
@click.argument("node")
def shell(node: str) -> None:
    """Open a root shell on NODE; `host` is this machine, inside the lab's network."""
    lab, project = the_lab()
    if node not in project.names:
        raise InputError(f"There is no node {node}; there are {', '.join(project.names)}.")
    require_root()
    if lab.record() is None or not lab.alive():
        raise LabError("The nodes are not up: bring them up by ./guide up.")
    command = lab.shell(node)
    os.execvp(command[0], command)  # noqa: S606 - the terminal belongs to the shell from here on


@guide.command()
def site() -> None:
    """Build the site into build/site/, after its blocks were accounted for."""
    from guide.project import open_project

    project = open_project(ROOT)
    project.plan(project.lane("embedded", "containerd"))
    build_site()
    click.echo("Site: build/site/index.html")


@guide.command()
def serve() -> None:
    """Serve the site on this machine, and build it again when a page changes."""
    sys.exit(subprocess.run([sys.executable, "-m", "mkdocs", "serve"], cwd=ROOT, check=False).returncode)


@guide.command(context_settings={"ignore_unknown_options": True})
@yes_option
@click.argument("pytest_arguments", nargs=-1)
def test(yes: bool, pytest_arguments: tuple[str, ...]) -> None:
    """Check the code, then run all tests; arguments go to pytest."""
    from guide.lab.machine import program, require_packages

    require(yes)
    require_packages((program("shellcheck", "shellcheck"),), install=asker(yes))
    scripts = [str(path) for pattern in ("script/*.sh", "src/guide/lab/*.sh") for path in sorted(ROOT.glob(pattern))]
    checks = {
        "ruff": [sys.executable, "-m", "ruff", "check"],
        "format": [sys.executable, "-m", "ruff", "format", "--check"],
        "mypy": [sys.executable, "-m", "mypy"],
        "shellcheck": ["shellcheck", "--shell=bash", *scripts],
    }
    for name, command in checks.items():
        click.echo(f"{name}: ", nl=False)
        sys.stdout.flush()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        click.echo("ok" if done.returncode == 0 else f"\n{done.stdout}{done.stderr}")
        if done.returncode != 0:
            sys.exit(Status.GUIDE_WRONG)
    tests = [sys.executable, "-m", "pytest", *pytest_arguments]
    result = subprocess.run(tests, cwd=ROOT, check=False).returncode
    sys.exit(Status.HELD if result == 0 else Status.INTERRUPTED if result == 2 else Status.GUIDE_WRONG)


def the_lab() -> tuple[Any, Any]:
    """Give the project's lab, and the project."""
    from guide.lab.cache import Cache, cache_root
    from guide.lab.embedded import Embedded
    from guide.project import open_project

    project = open_project(ROOT)
    return Embedded(project.root, project.nodes, Cache(cache_root())), project


def require(yes: bool) -> None:
    """Make sure that this machine can carry nodes."""
    from guide.lab.machine import require_lab

    require_lab(install=asker(yes))


def require_root() -> None:
    """Raise LabError unless we are root."""
    if os.geteuid() != 0:
        raise LabError("Nodes are made and reached as root: run it again with sudo.")


def asker(yes: bool) -> Callable[[list[str]], bool]:
    """Give what says which packages will be installed, and asks unless `yes`."""

    def ask(packages: list[str]) -> bool:
        names = " ".join(packages)
        if yes:
            click.echo(f"Installing {names}")
            return True
        return sys.stdin.isatty() and Confirm.ask(f"This machine lacks {names}. Install by apt-get?", default=True)

    return ask


def build_site() -> None:
    """Build the site. Raises InputError with what MkDocs says if that fails."""
    target = ROOT / "build" / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise InputError(f"The site does not build:\n{(done.stdout + done.stderr).strip()}")


def interrupted(_signal: int, _frame: object) -> NoReturn:
    """Treat an end by signal as an interrupt by hand, so that the nodes are removed."""
    raise KeyboardInterrupt


def main() -> NoReturn:
    """Run the command line, and turn what people can act on into one message and an exit status."""
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    try:
        guide(prog_name="./guide", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(Status.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(Status.INPUT_WRONG)
    except GuideError as error:
        click.echo(str(error), err=True)
        sys.exit(error.status)
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        sys.exit(Status.INTERRUPTED)
    sys.exit(Status.HELD)
