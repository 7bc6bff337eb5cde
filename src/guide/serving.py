"""The site while one writes: planned and built again at each change, with what is wrong shown in the browser."""

import html
import logging
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError, MkDocsException
from mkdocs.livereload import LiveReloadServer
from rich.console import Console
from rich.logging import RichHandler

from guide.errors import GuideError, InputError
from guide.page import Messages
from guide.project import open_project

PROBLEM = "problem.html"
PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>This does not build</title>
<meta name="color-scheme" content="light dark"><style>
body {{ max-width: 60rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif }}
pre {{ padding: 1rem; border-left: .3rem solid #b3261e; overflow-x: auto; white-space: pre-wrap }}</style></head>
<body><h1>This does not build</h1><pre role="alert">{problem}</pre>
<p>Change the file, and this page shows the site again.</p></body></html>
"""
log = logging.getLogger("mkdocs.guide")


class Server(LiveReloadServer):
    """MkDocs' own server, which shows the page of a problem in place of every page while there is one."""

    def serve_request(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request. A page comes from the last build; files of other kinds always do."""
        path: str = environ["PATH_INFO"]
        if path.endswith(("/", ".html")) and Path(self.root, PROBLEM).exists():
            environ = {**environ, "PATH_INFO": f"{self.mount_path}{PROBLEM}"}
        return super().serve_request(environ, start_response)


def serve_site(root: Path) -> None:
    """Serve the site of the guide in `root` until it is interrupted. Raises InputError if it cannot be served."""
    shown = RichHandler(console=Console(stderr=True), show_path=False)
    logging.basicConfig(level=logging.INFO, format="%(message)s", datefmt="%X", handlers=[shown])
    logging.getLogger("mkdocs.plugins").setLevel(logging.WARNING)  # the macros list themselves at every build
    folder = Path(tempfile.mkdtemp(prefix="guide-site-"))
    try:
        config = read(root, folder)
        config.plugins.on_startup(command="serve", dirty=False)
        host, port = config.dev_addr
        server = Server(lambda: renew(root, folder, server.url), host=host, port=port, root=str(folder))
        renew(root, folder, server.url)
        for place in (config.docs_dir, str(root / "mkdocs.yml"), *config.watch):
            server.watch(place)
        try:
            server.serve()  # type: ignore[no-untyped-call] # MkDocs types all but this
        except OSError as error:
            raise InputError(
                f"{host}:{port} cannot be served: {error.strerror}. Another dev_addr can stand in mkdocs.yml."
            ) from error
        finally:
            server.shutdown()
            config.plugins.on_shutdown()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read(root: Path, folder: Path) -> MkDocsConfig:
    """Read mkdocs.yml. Raises InputError if it is wrong."""
    try:
        return load_config(str(root / "mkdocs.yml"), site_dir=str(folder))
    except ConfigurationError as error:
        raise InputError(f"mkdocs.yml: {error}") from error


def renew(root: Path, folder: Path, address: str) -> None:
    """Plan the guide and build the site; where that fails, leave a page that says why."""
    errors = Messages()  # those who build hear from MkDocs only that there was an error
    logging.getLogger("mkdocs").addHandler(errors)
    try:
        project = open_project(root)
        steps = project.plan(project.lane("embedded", "containerd"))
        config = read(root, folder)
        config.site_url = address
        build(config, serve_url=address)
        log.info("%d steps planned", len(steps))
    except (GuideError, MkDocsException, SystemExit) as error:
        problem = "\n".join(dict.fromkeys(errors.texts)) or str(error)
        if not errors.texts:
            log.error(problem)
        (folder / PROBLEM).write_text(PAGE.format(problem=html.escape(problem)))
    finally:
        logging.getLogger("mkdocs").removeHandler(errors)
