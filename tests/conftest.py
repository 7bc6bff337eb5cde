import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from guide.lab.facts import CHOICE

ROOT = Path(__file__).parent.parent

MKDOCS = """\
site_name: A small guide
use_directory_urls: false
theme: {name: mkdocs}
plugins:
  - macros:
      module_name: macros
      include_dir: snippets
      on_undefined: strict
      on_error_fail: true
      j2_variable_start_string: "[="
      j2_variable_end_string: "=]"
      j2_block_start_string: "[%"
      j2_block_end_string: "%]"
extra:
  guide: {config: config, inputs: [docs, script], diagnostics: {who: whoami}}
nav: [1-page.md]
"""
MACROS = "from guide.site import register\n\n\ndef define_env(env):\n    register(env)\n"
NODES = "host: 10.20.0.1\nnetwork: 10.20.0.0/24\nnodes: {web: 10.20.0.10, db: 10.20.0.11}\n"
VERSIONS = "thing: 1.2.3\ngo: 1.26.6\ndebian: trixie\nimages: {}\n"


WHOLE = (
    "config",
    "docs",
    "macros",
    "manifests",
    "overrides",
    "script",
    "snippets",
    "src",
    "tests/guides",
    "mkdocs.yml",
)


def copy_parts(root: Path, folder: Path, parts: Iterable[str] = WHOLE) -> None:
    """Copy parts of the project, by default all that its site is made of, over those of a folder."""
    for part in parts:
        shutil.rmtree(folder / part, ignore_errors=True)
        if (root / part).is_dir():
            shutil.copytree(root / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "build"))
        else:
            shutil.copyfile(root / part, folder / part)


class Guide:
    """A small guide in a folder, with pages as the test writes them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("mkdocs.yml", MKDOCS)
        self.write("macros/__init__.py", MACROS)
        self.write("config/nodes.yaml", NODES)
        self.write("config/versions.yaml", VERSIONS)
        self.write("script/start.sh", "echo started\n")
        self.write("snippets/.keep", "")

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def page(self, text: str, path: str = "docs/1-page.md") -> None:
        self.write(path, text)


@pytest.fixture(autouse=True)
def outside_of_github(monkeypatch):
    """Guides in tests write nothing about themselves into the job that tests them."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def no_other_version(monkeypatch):
    """A command line that a test reads chooses nothing for the tests after it."""
    monkeypatch.setenv(CHOICE, "")


@pytest.fixture
def guide(tmp_path):
    return Guide(tmp_path)


@pytest.fixture(scope="session")
def root():
    """The project's own folder."""
    return ROOT
