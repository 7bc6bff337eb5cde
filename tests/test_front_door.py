"""The front door itself, before there is an environment: it needs nothing but Python."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def door(root, tmp_path):
    """Call the front door with an empty cache, and without a package index."""
    offline = {"XDG_CACHE_HOME": str(tmp_path), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}

    def call(*arguments, code=None):
        command = [sys.executable, "-c", code, *arguments] if code else [sys.executable, root / "guide", *arguments]
        return subprocess.run(
            command,
            env={**os.environ, **offline},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


CHANGED = """
import runpy, sys
sys.argv[0] = {path!r}
{change}
runpy.run_path({path!r}, run_name="__main__")
"""


def says(done, words):
    assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (3, True, False), done.stderr


def test_an_environment_that_cannot_be_made_is_told_and_leaves_none_that_counts(door, tmp_path):
    done = door("plan")
    says(done, "The Python environment cannot be made; is there a way to the package index?")
    assert list(tmp_path.rglob("complete")) == []


def test_a_python_that_is_too_old(door, root):
    change = "sys.version_info = (3, 9, 2); sys.version = '3.9.2 (main)'"
    done = door(code=CHANGED.format(path=str(root / "guide"), change=change))
    says(done, "Python 3.11 or later is needed; this is 3.9.2.")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("import shutil; shutil.which = lambda name: None", "there is no apt-get here to install it"),
        ("import os; os.geteuid = lambda: 1000", "The package python3-venv is missing: run it again with sudo"),
        ("pass", "run apt-get install python3-venv, or run it again with --yes"),
    ],
)
def test_a_python_without_venv(door, root, change, words):
    change = f"sys.modules['ensurepip'] = None; {change}"
    if "which" not in change:
        change += "; import shutil; shutil.which = lambda name: '/usr/bin/' + name"
    says(door(code=CHANGED.format(path=str(root / "guide"), change=change)), words)


def test_it_starts_from_any_folder(root, tmp_path):
    done = subprocess.run([root / "guide", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Kubernetes from scratch" in done.stdout
