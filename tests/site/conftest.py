"""Sites built from copies of the project, with evidence that is made up, and a browser to look at them."""

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from guide.evidence import describe_step, digest_inputs
from guide.plan import Lane
from guide.project import open_project
from tests.conftest import copy_parts

STARTED = "2026-11-20T10:00:00.000+00:00"
FINISHED = "2026-11-20T10:01:01.500+00:00"


class Copy:
    """A copy of the project whose pages and evidence a test may change."""

    def __init__(self, root, folder):
        self.root = folder
        copy_parts(root, folder)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def only(self, pages):
        """Leave these pages, by name, and no other."""
        shutil.rmtree(self.root / "docs")
        shutil.copytree(Path(__file__).parents[2] / "docs" / "assets", self.root / "docs" / "assets")
        for name, text in pages.items():
            self.write(f"docs/{name}", text)
        config = (self.root / "mkdocs.yml").read_text()
        before, after = config.split("nav:\n", 1)
        nav = "".join(f"  - {name}\n" for name in pages)
        self.write("mkdocs.yml", f"{before}nav:\n{nav}\ntheme:{after.split('theme:', 1)[1]}")

    def evidence(self, runtime="containerd", provider="embedded", kubernetes=None, results=None, **changes):
        """Write evidence as a run would, in which steps passed unless `results` says otherwise by their label."""
        project = open_project(self.root)
        lane = Lane(provider, runtime, kubernetes or project.lane(provider, runtime).kubernetes)
        steps = []
        for each in project.plan(lane):
            status, problem = (results or {}).get(each.label, ("passed", ""))
            seen = {
                "status": status,
                "seconds": 0.25,
                "problem": problem,
                "exit": 0,
                "attempts": 1,
                "output": "seen\n",
            }
            steps.append({**describe_step(each), **seen})
        written = {
            "lane": {"provider": provider, "runtime": runtime, "kubernetes": lane.kubernetes},
            "versions": project.versions.components,
            "images": project.versions.images,
            "stand_ins": ["The sun is a lamp."],
            "sources": {"sun": "shop", "moon": "attic", "stars": "attic"},
            "inputs": digest_inputs(self.root, project.settings.inputs),
            "started": STARTED,
            "finished": FINISHED,
            "seconds": 61.5,
            "diagnostics": [],
            "steps": steps,
        }
        self.write(f"build/evidence/{lane}.json", json.dumps({**written, **changes}))

    def build(self, strict=True, **published):
        """Build the site, with variables that say where it is `published`. Gives what MkDocs warns of."""
        env = {**os.environ, "PYTHONPATH": f"{self.root}/src", "NO_MKDOCS_2_WARNING": "1", **published}
        command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(self.site)]
        command += ["--strict"] if strict else []
        done = subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, check=False)
        lines = (done.stdout + done.stderr).splitlines()
        return "\n".join(line for line in lines if line and not line.startswith("INFO"))

    @property
    def site(self):
        return self.root / "build" / "site"

    def html(self, page):
        return (self.site / page).read_text()


@pytest.fixture
def copy(root, tmp_path):
    return Copy(root, tmp_path / "copy")


@pytest.fixture(scope="session")
def built(root, tmp_path_factory):
    """The project's own site, with evidence of one lane."""
    made = Copy(root, tmp_path_factory.mktemp("own") / "copy")
    made.evidence()
    score = {"score": 0.9666, "mutants": 60, "noticed": 58, "started": datetime.now(UTC).isoformat()}
    made.write("build/mutation.json", json.dumps(score))
    assert made.build() == ""
    return made


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def serve():
    """Serve a folder on this machine, and give the address."""
    servers = []

    def serve_folder(folder):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve_folder
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


class Window:
    """A browser's tab that remembers what went wrong in it, and which addresses it asked."""

    def __init__(self, context):
        self.tab = context.new_page()
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.tab.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        self.tab.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.tab.on("request", lambda request: self.asked.append(request.url))

    def outside(self, own):
        return [url for url in self.asked if not url.startswith((own, "data:", "blob:", "about:"))]


@pytest.fixture
def window(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield Window(context)
    context.close()
