"""Build the site, and serve it."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import click

from guide.commands.common import ROOT
from guide.errors import InputError
from guide.lab.facts import CHOICE


@click.command()
@click.option("--strict", is_flag=True, help="Let a warning be an error: broken links, evidence that is no good.")
def site(strict: bool) -> None:
    """Build the site into build/site/, after its blocks were accounted for."""
    from guide.project import open_project

    # What is wrong with a step is told by page and line here; MkDocs, which knows less of it, does not wait for that.
    with ThreadPoolExecutor() as beside:
        built = beside.submit(build_site, strict=strict)
        project = open_project(ROOT)
        project.plan(project.lane("embedded", "containerd"))
        built.result()
    click.echo("Site: build/site/index.html")


@click.command()
def serve() -> None:
    """Serve the site on this machine; a page that changes is planned and built again, and the browser shows it."""
    from guide.serving import serve_site

    serve_site(ROOT)


def build_site(*, strict: bool = False) -> None:
    """Build the site, and tell what MkDocs warns of. Raises InputError for an error; if `strict`, for that, too."""
    target = ROOT / "build" / "site"
    # Not --quiet: a warning that is not said is not counted either.
    command = [sys.executable, "-m", "mkdocs", "build", *(["--strict"] if strict else []), "--site-dir", str(target)]
    env = {name: value for name, value in os.environ.items() if name != CHOICE}  # pages are of one version
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    said = "\n".join(line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("INFO")).strip()
    if done.returncode != 0:
        raise InputError(f"The site does not build:\n{said}")
    if said:
        click.echo(said, err=True)
