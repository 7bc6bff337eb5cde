"""The embedded lab in a stock machine: systemd as its first process, cgroup v2, and Debian's own kernel."""

import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from guide.lab.cache import MANIFEST, Cache, cache_root
from guide.lab.embedded import Embedded
from guide.lab.keys import keygen, public
from guide.lab.machine import program, require_packages
from guide.lab.parts import make_parts
from guide.lab.toolchain import toolchain
from guide.mutation.trial import Nobody
from guide.project import open_project
from guide.ssh import ssh_command
from guide.target import Target
from tests.conftest import copy_parts
from tests.machines.debian import COMMAND_LINE, boot_files, disk, stock

NEEDS = (program("qemu-system-x86_64", "qemu-system-x86"), program("mke2fs", "e2fsprogs"))
PORT = 2222  # on the loopback interface of a network that only the machine is in
MEMORY = "4G"
TIME_TO_BOOT = 180.0  # seconds; 21 when nothing else runs
CACHE = "root/.cache/kubernetes-from-scratch"


def forget_fractions(manifest: Path) -> None:
    """Let an entry of the cache be known by whole seconds, which are all that a disk is filled with."""
    records = json.loads(manifest.read_text())
    for record in records.values():
        record["changed"] -= record["changed"] % 10**9
    manifest.unlink()  # it is a link
    manifest.write_text(json.dumps(records))


def fill(content: Path, root: Path, cache: Cache) -> None:
    """Put the project, and all that its nodes are made of, on a machine; files of the cache are links to them."""
    project = open_project(root)
    parts = make_parts(Embedded(root, project.nodes, cache), project.versions, Nobody())
    assert parts.store
    assert parts.rootfs
    for part in (*parts.binaries.values(), *parts.archives.values(), parts.rootfs, parts.store):
        entry = part.parent
        subprocess.run(["cp", "-a", "--link", entry, content / CACHE], check=True)
        forget_fractions(content / CACHE / entry.name / MANIFEST)
    copy_parts(root, content / "root/guide")
    for file in ("guide", "requirements.txt"):
        shutil.copy2(root / file, content / "root/guide")
    # What was built is known by the version of the compiler, so that is asked there, too.
    go = toolchain(cache, root / "config" / "toolchain.txt", project.versions.go).go.resolve().parent.parent
    for folder in ("bin", "pkg/tool", "src"):  # without all of them it does not know where it is
        (content / "usr/local/go" / folder).mkdir(parents=True)
    for file in ("VERSION", "go.env", "bin/go"):
        shutil.copy2(go / file, content / "usr/local/go" / file)


class Machine:
    """A machine that qemu emulates, in a network of its own without a way out."""

    def __init__(self, folder: Path, content: Path) -> None:
        self._key = folder / "key"
        keygen(self._key, "stock")
        access = content / "root/.ssh"
        access.mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(public(self._key), access / "authorized_keys")
        host_key = (content / "etc/ssh/ssh_host_ed25519_key.pub").read_text()
        self._known_hosts = folder / "known_hosts"
        self._known_hosts.write_text(f"[127.0.0.1]:{PORT} {host_key}")
        (content / "etc/hostname").write_text("stock\n")
        kernel, initrd = boot_files(content)
        disk(content, folder / "disk")
        self.console = folder / "console"
        qemu = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", MEMORY]
        qemu += [
            "-kernel",
            str(kernel),
            "-initrd",
            str(initrd),
            "-append",
            COMMAND_LINE,
            "-nodefaults",
            "-display",
            "none",
        ]
        qemu += ["-drive", f"file={folder / 'disk'},format=raw,if=virtio", "-serial", f"file:{self.console}"]
        qemu += ["-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{PORT}-:22"]
        qemu += ["-device", "virtio-net-pci,netdev=net", "-device", "virtio-rng-pci"]
        alone = ["unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]
        with_us = ["setpriv", "--pdeathsig", "KILL"]  # it ends when we do, however that comes
        self._process = subprocess.Popen([*with_us, *alone, *qemu], stdin=subprocess.DEVNULL)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as root."""
        target = Target("stock", "127.0.0.1", "root", self._key, self._known_hosts, PORT)
        ssh = [*ssh_command(target, "-o", "ConnectTimeout=20"), command]
        inside = ["nsenter", f"--net=/proc/{self._process.pid}/ns/net", *ssh]
        return subprocess.run(inside, capture_output=True, text=True, check=False)

    def wait(self) -> None:
        """Wait until it has come up."""
        end = time.monotonic() + TIME_TO_BOOT
        while (state := self.run("systemctl is-system-running")).stdout not in ("running\n", "degraded\n"):
            assert self._process.poll() is None, self.console.read_text(errors="replace")
            assert time.monotonic() < end, f"{state.stderr}\n{self.console.read_text(errors='replace')}"
            time.sleep(1)

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def machine(root):
    require_packages(NEEDS, install=lambda _: True)
    cache = Cache(cache_root())
    made = stock(cache, root)
    folder = Path(tempfile.mkdtemp(prefix=".stock.", dir=cache.root))  # where links to the cache's files can be
    content = folder / "content"
    started = None
    try:
        subprocess.run(["cp", "-a", "--link", made, content], check=True)
        fill(content, root, cache)
        started = Machine(folder, content)
        started.wait()
        yield started
    finally:
        if started:
            started.end()
        shutil.rmtree(folder)


LEFT = "ls -A /run/netns; systemctl list-units --all --no-legend 'kfs-*'; ls -A ~/.cache/kubernetes-from-scratch/labs"


def test_the_guide_holds_in_a_stock_machine_and_leaves_nothing_there(machine, root):
    said = machine.run("cd guide && ./guide doctor")
    assert "Control groups are of version 2: systemd starts nodes as its units" in said.stdout, (
        said.stdout + said.stderr
    )
    done = machine.run("cd guide && ./guide verify")
    assert done.returncode == 0, done.stdout + done.stderr
    brought = machine.run("cat guide/build/evidence/embedded-containerd-*.json").stdout
    kept = root / "build" / "stock"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "evidence.json").write_text(brought)
    assert {each["status"] for each in json.loads(brought)["steps"]} == {"passed"}
    assert machine.run(LEFT).stdout == ""
