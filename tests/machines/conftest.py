"""Real machines, emulated by qemu: they take minutes, and are made only where that is asked for."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from guide.lab.cache import Cache, cache_root
from guide.lab.embedded import Embedded
from guide.lab.machine import program, require_packages
from guide.lab.parts import make_parts
from guide.mutation.trial import Nobody
from guide.project import open_project
from tests.machines.debian import boxes

ASKED = "GUIDE_MACHINES"
NEEDS = (
    program("vagrant", "vagrant"),
    program("virsh", "libvirt-clients"),
    program("libvirtd", "libvirt-daemon-system"),
    program("qemu-img", "qemu-utils"),
    program("dnsmasq", "dnsmasq-base"),
    program("dbus-daemon", "dbus"),
)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    if ASKED not in os.environ:
        skip = pytest.mark.skip(reason=f"emulated machines take minutes: ask for them by {ASKED}=yes")
        for item in items:
            if HERE in item.path.parents:
                item.add_marker(skip)


class World:
    """Where Vagrant works: it starts commands there, and what they have left in the end is gone."""

    def __init__(self, root: Path, cache: Cache) -> None:
        self.root = root
        self.labs = cache.root / "labs"
        self.labs.mkdir(exist_ok=True)
        self.env = {**os.environ, "PYTHONPATH": str(root / "src"), "GUIDE_ROOT": str(root)}
        self.env |= {"BOXES": str(boxes(cache, root)), "LABS": str(self.labs)}

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, as a terminal does."""
        return subprocess.Popen(
            [HERE / "world.sh", *command],
            cwd=self.root,
            env=self.env,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script in which `guide` is the front door's package."""
        guide = f'guide() {{ "{sys.executable}" -m guide "$@" --provider vagrant; }}\n'
        process = self.start("bash", "-c", guide + script)
        try:
            said, _ = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGINT)
            process.communicate()
            raise
        return subprocess.CompletedProcess(script, process.returncode, said)


@pytest.fixture(scope="module")
def world(root):
    """Everything that machines are made of, and where to make them."""
    require_packages(NEEDS, install=lambda _: True)
    project, cache = open_project(root), Cache(cache_root())
    make_parts(Embedded(root, project.nodes, cache), project.versions, Nobody())
    return World(root, cache)
