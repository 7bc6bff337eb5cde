"""Guides on real embedded nodes. Each test has its own folder, and so its own lab."""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from guide.lab.cache import Cache, cache_root
from guide.lab.embedded import Embedded
from guide.lab.facts import read_nodes
from guide.lab.parts import make_parts
from guide.labs import TerminalProgress
from guide.project import open_project
from tests.conftest import Guide, copy_parts
from tests.nodes.machine import state

FENCE = "```"
CONTROL_PLANE = "kube-control-plane"


def step(command, node=CONTROL_PLANE, attributes=""):
    return f'{FENCE}{{ .bash title="{node}" {attributes} }}\n{command}\n{FENCE}\n\n'


class Caller:
    """Calls the front door's package on a guide."""

    def __init__(self, guide, project):
        self.guide = guide
        self.within: list[str] = []  # the command that starts it elsewhere
        self.env = {**os.environ, "PYTHONPATH": str(project / "src"), "GUIDE_ROOT": str(guide.root)}

    @property
    def lab(self):
        return Embedded(self.guide.root, read_nodes(self.guide.root / "config"), Cache(cache_root()))

    def start(self, *arguments):
        command = [*self.within, sys.executable, "-m", "guide", *arguments]
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
        self.wait_until(path.exists)

    def wait_until(self, holds):
        """Wait until something holds."""
        end = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < end, f"{holds} does not hold"
            time.sleep(0.02)


@pytest.fixture(scope="session", autouse=True)
def parts(pytestconfig):
    """What nodes are made of: made before the first test, as building it takes longer than a test may."""
    project = open_project(pytestconfig.rootpath)
    lab = Embedded(project.root, project.nodes, Cache(cache_root()))
    return make_parts(lab, project.versions, TerminalProgress(pytestconfig))


@pytest.fixture
def call(guide, root):
    """A guide with the project's own nodes, and a machine that is as before in the end."""
    copy_parts(root, guide.root, ("config", "script", "manifests"))
    before = state(cache_root())
    caller = Caller(guide, root)
    try:
        yield caller
    finally:
        for lab in (caller.lab, *caller.lab.labelled()):
            lab.down()
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
def copy(tmp_path, root):
    """A copy of the whole guide, with a lab of its own."""
    guide = Guide(tmp_path)
    copy_parts(root, guide.root)
    caller = Caller(guide, root)
    yield caller
    caller.lab.down()


class Terminal:
    """A person's terminal, on which a command of the front door runs."""

    def __init__(self, call, *arguments):
        self._master, slave = pty.openpty()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
        command = ["setsid", "--ctty", sys.executable, "-m", "guide", *arguments]
        self.process = subprocess.Popen(
            command,
            cwd=call.guide.root,
            env={**call.env, "TERM": "xterm"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        self.text = ""

    def read_until(self, pattern, seconds=60):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            assert select.select([self._master], [], [], max(end - time.monotonic(), 0))[0], self.text
            try:
                data = os.read(self._master, 65536)
            except OSError:
                data = b""
            assert data, self.text
            self.text += data.decode(errors="replace")

    def type(self, line):
        self.press(f"{line}\n")

    def press(self, keys):
        self.text = ""
        os.write(self._master, keys.encode())

    def end(self):
        try:
            while os.read(self._master, 65536):
                pass
        except OSError:
            pass
        os.close(self._master)
        return self.process.wait(60)


@pytest.fixture
def sit(call):
    opened = []

    def start(*arguments):
        opened.append(Terminal(call, *arguments))
        return opened[-1]

    yield start
    for terminal in opened:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()


@pytest.fixture
def interrupt():
    """Interrupt a process as Ctrl-C does."""
    return lambda process: process.send_signal(signal.SIGINT)


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.nodes)
