"""The provider `embedded`: nodes that systemd-nspawn boots on this machine, in a network of their own."""

import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from guide.errors import LabError
from guide.lab.cache import Cache, digest, remove_tree
from guide.lab.cgroups import Groups, kill_all
from guide.lab.facts import Nodes
from guide.lab.identity import write_hosts, write_identity
from guide.lab.images import stand_ins
from guide.lab.keys import Keys
from guide.lab.machine import architecture, load_modules
from guide.lab.namespace import Namespace
from guide.lab.nspawn import Machine
from guide.lab.pace import pace_of
from guide.lab.parts import Parts
from guide.lab.record import Record
from guide.lab.register import Register
from guide.lab.rootfs import provision_script
from guide.lab.runtime import CONTAINERD, Runtime, may_spare
from guide.lab.store import copy_store
from guide.local import local_node
from guide.node import HOST, Node
from guide.ssh import interactive, ssh_command, ssh_node
from guide.target import Target

RUNTIMES = ("containerd", "docker")  # what they keep, an overlay cannot hold
UNSPARED = Path(__file__).with_name("runc-unspared.sh")
TIME_TO_BOOT = 180.0  # seconds; 1.5 on an idle machine with two cores, 60 and more on an emulated one
PAUSE = 0.02  # seconds between two looks at a booting node


@dataclass(frozen=True, slots=True)
class Embedded:
    """The embedded lab of a project on this machine, whether it is up or not.

    Attributes:
        tree: the project's folder.
        nodes: who is in it.
        cache: where what it is made of is kept.
        runtime: what runs containers on its nodes.
        label: what tells it from other labs of the same folder, where there are several; "" for the reader's own.
    """

    tree: Path
    nodes: Nodes
    cache: Cache
    runtime: Runtime = CONTAINERD
    label: str = ""

    @property
    def name(self) -> str:
        """Its name on this machine: one lab for each folder that the project is in, and beside it one for a label."""
        return "-".join(filter(None, (f"kfs-{digest(str(self.tree))[:6]}", self.label)))

    def labelled(self) -> list["Embedded"]:
        """Give the labs of this folder that have a label, as far as anything is left of them."""
        begin = f"{self.name}-"
        there = {path.name for path in self.folder.parent.glob(f"{begin}*")}
        there |= {path.stem[1:] for path in self.folder.parent.glob(f".{begin}*")}  # half removed
        return [replace(self, label=name.removeprefix(begin)) for name in sorted(there)]

    @property
    def register(self) -> Register:
        """What is written down of it."""
        return Register(self.name, self.tree, self.cache)

    @property
    def folder(self) -> Path:
        """Where all its files are."""
        return self.register.folder

    @property
    def namespace(self) -> Namespace:
        """Its network."""
        return Namespace(self.name)

    @property
    def groups(self) -> Groups:
        """Its control groups."""
        return Groups(self.name)

    @property
    def keys(self) -> Keys:
        """Its SSH keys."""
        return Keys(self.folder / "keys")

    @property
    def here(self) -> bool:
        """Whether this machine carries its nodes."""
        return True

    def architecture(self) -> str:
        """Give the name of its nodes' architecture."""
        return architecture()

    @property
    def sources(self) -> dict[str, str]:
        """Where its components and images come from, by name, in words; known while it is up."""
        return self.register.sources

    @property
    def _binaries(self) -> Path:
        return self.folder / "bin"

    @property
    def pace(self) -> float:
        """How many times as long as pages say its steps may take."""
        return pace_of(self.nodes.addresses, self.node)

    def record(self) -> Record | None:
        """Give what is written of the lab, or None if it is not up."""
        return self.register.record()

    def up(self, parts: Parts, owner: int | None) -> Record:
        """Boot clean nodes and wait until they answer.

        `owner` is the process that will remove them, or None. Raises LabError if there are nodes already.
        """
        with self.register.locked():
            self.register.refuse_present(self.alive)
            self._remove()
            try:
                return self._boot(parts, owner)
            except BaseException:
                self._remove()
                raise

    def _boot(self, parts: Parts, owner: int | None) -> Record:
        if parts.store:
            load_modules()  # for the network of containers
        self.folder.mkdir(parents=True)
        self.keys.create(self.nodes.addresses)
        self._binaries.mkdir()
        for name, binary in parts.binaries.items():
            give(binary, self._binaries / name)
        self.namespace.create(self.nodes.host, self.nodes.network)
        addresses = {name: str(address) for name, address in self.nodes.addresses.items()}
        self.register.write(owner, addresses, parts)
        self.groups.create(HOST)  # where there is no resolver, too
        # Processes are started in threads, which an interrupt does not reach: none is left between fork and group.
        with ThreadPoolExecutor() as threads:
            threads.submit(self._start_resolver).result()
            list(threads.map(lambda name: self._start(name, parts), addresses))
            list(threads.map(self._wait, addresses))
        return self.register.write(owner, addresses, parts)

    @property
    def _resolver(self) -> Path:
        return self.tree / "config" / "upstream.corefile"

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What is not the real thing in this lab, in words for people."""
        resolver = "The nodes' upstream resolver is a CoreDNS in the lab's network, without a way to the internet."
        spared = (
            "Docker calls runc by way of a wrapper, as this machine may not spare processes when memory runs out."
        )
        return (
            *stand_ins(self.sources),
            *((resolver,) if self._resolver.exists() else ()),
            *self.runtime.stand_ins,
            *((spared,) if self.runtime.name == "docker" and not may_spare() else ()),
        )

    def _start_resolver(self) -> None:
        """Start what answers where nodes ask for names, if the project has a configuration for it."""
        if not self._resolver.exists():
            return
        command = self.namespace.enter(str(self._binaries / "coredns"), "-conf", str(self._resolver))
        self.groups.start(HOST, command, self.folder / "resolver.log")

    def _start(self, name: str, parts: Parts) -> None:
        folder = self.folder / name
        for part in ("upper", "work", "root", "var-lib"):
            (folder / part).mkdir(parents=True)
        if parts.store:
            for runtime in RUNTIMES:
                (folder / "var-lib" / runtime).mkdir()
            (folder / "var-lib" / parts.runtime.name).rmdir()
            copy_store(parts.store, folder / "var-lib" / parts.runtime.name)
            if parts.runtime.name == "docker" and not may_spare():
                write_unspared(folder / "upper")
        write_identity(folder / "upper", name, self.nodes, self.keys)
        if provision_script(self.tree) is None:
            write_hosts(folder / "upper", self.nodes)
        assert parts.rootfs is not None  # noqa: S101 - nodes that are here have one
        self._machine(name).start(self.namespace, parts.rootfs, self._binaries, self.tree)

    def _machine(self, name: str) -> Machine:
        return Machine(self.name, name, self.folder)

    def _wait(self, name: str) -> None:
        end = time.monotonic() + TIME_TO_BOOT
        address = str(self.nodes.addresses[name])
        while not self.namespace.answers(address, 22, 1.0):
            if time.monotonic() > end or not self.runs(name):
                raise LabError(f"{name} did not come up. Its console said:\n{self._machine(name).console()}")
            time.sleep(PAUSE)

    def runs(self, name: str) -> bool:
        """Tell whether a node has processes."""
        return self._machine(name).runs()

    def alive(self) -> bool:
        """Tell whether every node still runs."""
        return self.namespace.exists() and all(self.runs(name) for name in self.nodes.addresses)

    def take(self, owner: int) -> None:
        """Let the process `owner` alone use nodes that are up. Raises LabError if they are not, or are in use."""
        self.register.take(owner, self.alive)

    def keep(self) -> None:
        """Let the nodes stay when this process ends."""
        self.register.keep()

    def share(self) -> None:
        """Do nothing: nodes see the project's folder itself."""

    def target(self, name: str) -> Target:
        """Give where a node's SSH server is, as seen from inside the lab's network."""
        return Target(name, str(self.nodes.addresses[name]), "root", self.keys.client, self.keys.known_hosts)

    def node(self, name: str) -> Node:
        """Give a node to run commands on; `host` is this machine, inside the lab's network."""
        if name == HOST:
            return local_node(HOST, self._host_shell("--norc", "--noprofile"), self.tree)
        return ssh_node(self.target(name), self.namespace.dial)

    def _host_shell(self, *options: str) -> list[str]:
        return self.groups.enter(HOST, self.namespace.enter("bash", *options))

    def shell(self, name: str, startup: str = "") -> list[str]:
        """Give the command that opens a terminal on a node, or on `host`; its bash begins with `startup`."""
        bash = interactive(startup)
        if name == HOST:
            return self._host_shell("-c", bash)
        return self.namespace.enter(*ssh_command(self.target(name), "-t"), bash)

    def opens(self, name: str) -> list[str]:
        """Give the command that opens a bash for a script on a node, from within the lab's network."""
        return (
            ["bash", "--norc", "--noprofile"] if name == HOST else [*ssh_command(self.target(name)), "exec bash -l"]
        )

    def down(self) -> bool:
        """Remove the lab, in whatever state it is. Tells whether there was anything to remove.

        Raises LabError if a process that is still running uses it.
        """
        with self.register.locked():
            self.register.refuse_use()
            there = self.folder.exists() or self.namespace.exists() or self.groups.exist()
            self._remove()
            return there

    def _remove(self) -> None:
        for name in self.nodes.addresses:
            self._machine(name).kill()
        self.groups.remove()
        kill_all(lambda: set(self.namespace.pids()))
        self.namespace.delete()
        if self.folder.exists():
            aside = self.folder.with_name(f".{self.folder.name}.{os.getpid()}")
            self.folder.rename(aside)
        # One that was killed while it removed files may have left some.
        for aside in self.folder.parent.glob(f".{self.folder.name}.*"):
            remove_tree(aside)


def give(binary: Path, target: Path) -> None:
    """Put a binary where nodes see it, without a copy where the file system allows that."""
    try:
        target.hardlink_to(binary)
    except OSError:  # another file system
        shutil.copy2(binary, target)


def write_unspared(root: Path) -> None:
    """Have Docker on a node start containers by a runc that asks for no priority when memory runs out."""
    wrapper = root / "usr" / "local" / "lib" / "runc-unspared"
    wrapper.parent.mkdir(parents=True)
    shutil.copy2(UNSPARED, wrapper)
    name = wrapper.name
    settings = {"default-runtime": name, "runtimes": {name: {"path": f"/{wrapper.relative_to(root)}"}}}
    (root / "etc" / "docker").mkdir(parents=True)
    (root / "etc" / "docker" / "daemon.json").write_text(json.dumps(settings))
