"""The provider `vagrant`: machines that Vagrant makes by the project's Vagrantfile, and are then nodes by SSH."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from guide.errors import LabError
from guide.lab.cache import Cache, digest, remove_tree
from guide.lab.facts import Nodes
from guide.lab.images import stand_ins
from guide.lab.machine import architecture
from guide.lab.parts import Parts
from guide.lab.record import Record
from guide.lab.register import Register
from guide.lab.remote import Remote
from guide.lab.runtime import CONTAINERD, Runtime
from guide.lab.snapshots import Snapshots
from guide.node import Node
from guide.target import Target

RUNNING, NOT_MADE = "running", "not_created"
LAST_LINES = 20  # of what Vagrant said when it failed
FIELD = re.compile(r"\s*(\S+)\s+(.+)")


@dataclass(frozen=True, slots=True)
class Vagrant:
    """A lab of machines that Vagrant makes and destroys.

    Who runs Vagrant where something is not what it seems says so in the environment, in GUIDE_STAND_INS, a line each.
    """

    tree: Path
    nodes: Nodes
    cache: Cache
    runtime: Runtime = CONTAINERD

    @property
    def name(self) -> str:
        """Its name on this machine: one lab for each folder that the project is in."""
        return f"kfs-vagrant-{digest(str(self.tree))[:6]}"

    @property
    def register(self) -> Register:
        """What is written down of it."""
        return Register(self.name, self.tree, self.cache)

    @property
    def folder(self) -> Path:
        """Where its notes on this machine are."""
        return self.register.folder

    @property
    def _ssh_config(self) -> Path:
        return self.folder / "ssh-config"

    @property
    def _known_hosts(self) -> Path:
        return self.folder / "known_hosts"

    @property
    def _machines(self) -> Remote:
        """The machines as nodes by SSH. Raises LabError if there are none."""
        try:
            text = self._ssh_config.read_text()
        except FileNotFoundError as error:
            said = (
                "The nodes are not up: bring them up by ./guide up."
                if self.record() is None
                else "The machines were not made to their end: begin again by ./guide down and ./guide up."
            )
            raise LabError(said) from error
        targets = read_ssh_config(text, tuple(self.nodes.addresses), self._known_hosts)
        return Remote(self.tree, self.nodes, self.cache, "vagrant", targets, lambda _: True, self.runtime)

    @property
    def here(self) -> bool:
        """Whether this machine carries its nodes."""
        return False

    def architecture(self) -> str:
        """Give the name of its nodes' architecture: this machine's, as virtual machines have it."""
        return architecture()

    @property
    def sources(self) -> dict[str, str]:
        """Where its components and images come from, by name, in words; known while it is up."""
        return self.register.sources

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What is not the real thing in this lab, in words for people."""
        given = os.environ.get("GUIDE_STAND_INS", "").splitlines()
        return (*stand_ins(self.sources), *self.runtime.stand_ins, *given)

    @property
    def pace(self) -> float:
        """How many times as long as pages say its steps may take."""
        return self._machines.pace

    def record(self) -> Record | None:
        """Give what is written of the lab, or None if it is not up."""
        return self.register.record()

    def up(self, parts: Parts, owner: int | None) -> Record:
        """Have Vagrant make the machines, and make them nodes. Raises LabError."""
        with self.register.locked():
            self.register.refuse_present(self.alive)
            self._refuse_others()
            self._remove()
            self.folder.mkdir(parents=True)
            addresses = {name: str(address) for name, address in self.nodes.addresses.items()}
            self.register.write(owner, addresses, parts)
            try:
                vagrant(self.tree, "up")
                self._meet()
                self._machines.put(parts, self.folder)
            except BaseException:
                self._remove()
                raise
            return self.register.write(owner, addresses, parts)

    def _refuse_others(self) -> None:
        """Raise LabError for machines that are not known to the guide: somebody may be at work on them."""
        made = [name for name, state in self._states().items() if state != NOT_MADE]
        if made and not self.folder.exists():
            raise LabError(
                f"{' and '.join(made)} was made by Vagrant, but not by ./guide up: remove it by ./guide down, "
                "if nobody needs it."
            )

    def _meet(self) -> None:
        """Take down where machines are that were made a moment ago, and their keys: later they must have the same."""
        self._ssh_config.write_text(vagrant(self.tree, "ssh-config"))
        self._known_hosts.touch()
        for target in self._machines.targets.values():
            scan = ["ssh-keyscan", "-p", str(target.port), "-t", "ed25519", target.address]
            done = subprocess.run(scan, capture_output=True, text=True, check=False)
            if not done.stdout:
                raise LabError(f"{target.name} ({target.address}) does not tell its host key: {done.stderr.strip()}")
            with self._known_hosts.open("a") as file:
                file.write(done.stdout)

    def runs(self, name: str) -> bool:
        """Tell whether a machine runs."""
        return self._states().get(name) == RUNNING

    def alive(self) -> bool:
        """Tell whether every machine runs."""
        states = self._states()
        return all(states.get(name) == RUNNING for name in self.nodes.addresses)

    def _states(self) -> dict[str, str]:
        return read_states(vagrant(self.tree, "status", "--machine-readable"))

    def take(self, owner: int) -> None:
        """Let the process `owner` alone use nodes that are up. Raises LabError if they are not, or are in use."""
        self.register.take(owner, self.alive)

    def keep(self) -> None:
        """Let the nodes stay when this process ends."""
        self.register.keep()

    def share(self) -> None:
        """Let the machines see the project's files as they are now. Raises LabError."""
        self._machines.share()

    @property
    def _snapshots(self) -> Snapshots:
        return Snapshots(self.folder, tuple(self.nodes.addresses), lambda *words: vagrant(self.tree, *words))

    def kept(self) -> dict[str, Path]:
        """Give the folders with what was noted of the lab then, by the names under which it was kept."""
        return self._snapshots.kept()

    def save(self, name: str) -> None:
        """Keep the machines as they are, with all that runs on them. Raises LabError where the provider cannot."""
        self._snapshots.save(name)

    def restore(self, name: str) -> None:
        """Let machines and notes be what they were, but for the time of day. Raises LabError."""
        self._snapshots.restore(name)
        for machine in self.nodes.addresses:
            self._machines.run(machine, f"date --utc --set=@{time.time():.0f}", what="Setting its clock")

    def node(self, name: str) -> Node:
        """Give a node to run commands on; `host` is this machine."""
        return self._machines.node(name)

    def shell(self, name: str, startup: str = "") -> list[str]:
        """Give the command that opens a terminal on a node, or on `host`; its bash begins with `startup`."""
        return self._machines.shell(name, startup)

    def opens(self, name: str) -> list[str]:
        """Give the command that opens a bash for a script on a node."""
        return self._machines.opens(name)

    def down(self) -> bool:
        """Have Vagrant destroy the machines. Tells whether there was anything to remove."""
        with self.register.locked():
            self.register.refuse_use()
            require_vagrant()
            return self._remove()

    def _remove(self) -> bool:
        states = self._states()
        made = any(state != NOT_MADE for state in states.values())
        if made:
            vagrant(self.tree, "destroy", "--force")
        there = self.folder.exists()
        if there:
            remove_tree(self.folder)
        return made or there


def require_vagrant() -> None:
    """Raise LabError if there is no Vagrant."""
    if shutil.which("vagrant") is None:
        raise LabError(
            "Vagrant is not installed: get it, and VirtualBox, libvirt, Parallels or VMware with it; "
            "or use embedded nodes, which need neither."
        )


def vagrant(tree: Path, *arguments: str) -> str:
    """Run Vagrant on the project's machines, and give what it printed. Raises LabError with its last words."""
    require_vagrant()
    env = {**os.environ, "VAGRANT_CWD": str(tree), "VAGRANT_NO_COLOR": "1"}
    command = ["vagrant", *arguments]
    process = subprocess.Popen(
        command,
        env=env,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,  # which an interrupt by hand does not reach: at a second one it leaves half a machine
    )
    try:
        said, errors = process.communicate()
    except BaseException:
        process.send_signal(signal.SIGINT)
        process.communicate()
        raise
    if process.returncode != 0:
        last = "\n".join(f"  {line}" for line in (said + errors).strip().splitlines()[-LAST_LINES:])
        raise LabError(f"vagrant {arguments[0]} ended with status {process.returncode}:\n{last}")
    return said


def read_states(text: str) -> dict[str, str]:
    """Give the state of each machine from what `vagrant status --machine-readable` prints."""
    lines = (line.split(",") for line in text.splitlines())
    return {fields[1]: fields[3] for fields in lines if len(fields) > 3 and fields[2] == "state"}


def sections(text: str) -> Iterator[dict[str, str]]:
    """Give the hosts in a configuration of OpenSSH, each as fields in lower case."""
    host: dict[str, str] = {}
    for match in filter(None, map(FIELD.fullmatch, text.splitlines())):
        field, value = match[1].lower(), match[2].strip().strip('"')
        if field == "host":
            if host:
                yield host
            host = {}
        host.setdefault(field, value)  # of several keys the first
    if host:
        yield host


def read_ssh_config(text: str, nodes: tuple[str, ...], known_hosts: Path) -> dict[str, Target]:
    """Give where each node is from what `vagrant ssh-config` prints. Raises LabError if one is missing."""
    found: dict[str, Target] = {}
    for host in sections(text):
        try:
            key = Path(host["identityfile"])
            found[host["host"]] = Target(
                host["host"], host["hostname"], host["user"], key, known_hosts, int(host.get("port", "22")), sudo=True
            )
        except (KeyError, ValueError) as error:
            raise LabError(
                f"vagrant ssh-config says nothing that can be used of {host.get('host')}: {error}"
            ) from error
    missing = [name for name in nodes if name not in found]
    if missing:
        raise LabError(f"Vagrant does not know the machine {missing[0]}: remove what there is by vagrant destroy.")
    return {name: replace(found[name], name=name) for name in nodes}
