"""Guides on real embedded nodes. Each test has its own folder, and so its own lab."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from guide.lab.cache import Cache, cache_root
from guide.lab.embedded import Embedded
from guide.lab.facts import read_nodes
from tests.nodes.machine import state

FENCE = "```"
CONTROL_PLANE = "kube-control-plane"


def step(command, node=CONTROL_PLANE, attributes=""):
    return f'{FENCE}{{ .bash title="{node}" {attributes} }}\n{command}\n{FENCE}\n\n'


class Caller:
    """Calls the front door's package on a guide."""

    def __init__(self, guide, project):
        self.guide = guide
        self.env = {**os.environ, "PYTHONPATH": str(project / "src"), "GUIDE_ROOT": str(guide.root)}

    @property
    def lab(self):
        return Embedded(self.guide.root, read_nodes(self.guide.root / "config"), Cache(cache_root()))

    def start(self, *arguments):
        command = [sys.executable, "-m", "guide", *arguments]
        return subprocess.Popen(
            command,
            cwd=self.guide.root,
            env=self.env,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def left_over(self, before):
        """Give what the lab has left on the machine since `before`."""
        return state(cache_root()).left_over(before, self.lab.name)

    def __call__(self, *arguments):
        process = self.start(*arguments)
        out, err = process.communicate(timeout=900)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def wait_for(self, path: Path):
        """Wait until a step has left a file in the lab's host shell's folder."""
        end = time.monotonic() + 60
        while not path.exists():
            assert time.monotonic() < end, f"{path} did not come"
            time.sleep(0.02)


@pytest.fixture
def call(guide, root):
    """A guide with the project's own nodes, and a machine that is as before in the end."""
    for folder in ("config", "script", "manifests"):
        shutil.rmtree(guide.root / folder, ignore_errors=True)
        shutil.copytree(root / folder, guide.root / folder)
    before = state(cache_root())
    caller = Caller(guide, root)
    try:
        yield caller
    finally:
        caller.lab.down()
    assert caller.left_over(before) == set()


class Copy:
    """A copy of a guide, which has a lab of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root


@pytest.fixture
def nginx(tmp_path, root):
    """A copy of the guide, and a machine that is as before in the end."""
    before = state(cache_root())
    folder = tmp_path / "nginx"
    shutil.copytree(root / "tests/guides/nginx", folder, ignore=shutil.ignore_patterns("build"))
    caller = Caller(Copy(folder), root)
    try:
        yield caller
    finally:
        caller.lab.down()
    assert caller.left_over(before) == set()


@pytest.fixture
def interrupt():
    """Interrupt a process as Ctrl-C does."""
    return lambda process: process.send_signal(signal.SIGINT)


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.nodes)
