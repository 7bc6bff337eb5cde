"""Check the code."""

import subprocess
import sys

import click

from guide.commands.common import ROOT, asker, require, yes_option
from guide.errors import Status


@click.command(context_settings={"ignore_unknown_options": True})
@yes_option
@click.argument("pytest_arguments", nargs=-1)
def test(yes: bool, pytest_arguments: tuple[str, ...]) -> None:
    """Check the code, then run all tests; arguments go to pytest."""
    from guide.lab.machine import program, require_packages
    from guide.project import open_project

    require(open_project(ROOT).versions, "embedded", yes)
    require_packages((program("chromium", "chromium"),), install=asker(yes))
    prose = ["docs", "snippets", "script", "manifests", "src", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
    scripts = [str(path) for tree in ("src", "tests") for path in sorted(ROOT.glob(f"{tree}/**/*.sh"))]
    checks = {
        "ruff": [sys.executable, "-m", "ruff", "check"],
        "format": [sys.executable, "-m", "ruff", "format", "--check"],
        "mypy": [sys.executable, "-m", "mypy"],
        "codespell": [sys.executable, "-m", "codespell_lib", *prose],
        "shellcheck": ["shellcheck", "--shell=bash", *scripts],
    }
    for name, command in checks.items():
        click.echo(f"{name}: ", nl=False)
        sys.stdout.flush()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        click.echo("ok" if done.returncode == 0 else f"\n{done.stdout}{done.stderr}")
        if done.returncode != 0:
            sys.exit(Status.GUIDE_WRONG)
    click.echo("pages: ", nl=False)
    open_project(ROOT).refuse_faults()
    click.echo("ok")
    tests = [sys.executable, "-m", "pytest", *pytest_arguments]
    result = subprocess.run(tests, cwd=ROOT, check=False).returncode
    sys.exit(Status.HELD if result == 0 else Status.INTERRUPTED if result == 2 else Status.GUIDE_WRONG)
