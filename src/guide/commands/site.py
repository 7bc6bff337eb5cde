"""Build the site, and serve it."""

import os
import subprocess
import sys

import click

from guide.commands.common import ROOT
from guide.errors import InputError
from guide.lab.facts import CHOICE


@click.command()
def site() -> None:
    """Build the site into build/site/, after its blocks were accounted for."""
    from guide.project import open_project

    project = open_project(ROOT)
    project.plan(project.lane("embedded", "containerd"))
    build_site()
    click.echo("Site: build/site/index.html")


@click.command()
def serve() -> None:
    """Serve the site on this machine, and build it again when a page changes."""
    sys.exit(subprocess.run([sys.executable, "-m", "mkdocs", "serve"], cwd=ROOT, check=False).returncode)


def build_site() -> None:
    """Build the site. Raises InputError with what MkDocs warns of: here, each warning is an error."""
    target = ROOT / "build" / "site"
    # Not --quiet: a warning that is not said is not counted either.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    env = {name: value for name, value in os.environ.items() if name != CHOICE}  # pages are of one version
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("INFO")]
        raise InputError("The site does not build:\n" + "\n".join(said).strip())
