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
