"""Build the site, and serve it."""

import subprocess
import sys

import click

from guide.commands.common import ROOT
from guide.errors import InputError


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
    """Build the site. Raises InputError with what MkDocs says if that fails."""
    target = ROOT / "build" / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise InputError(f"The site does not build:\n{(done.stdout + done.stderr).strip()}")
