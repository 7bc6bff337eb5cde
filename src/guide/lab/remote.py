"""Nodes on machines that are there already, reached by SSH: prepared, used, and made again what they were."""

import io
import re
import subprocess
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shlex import quote

from guide.errors import InputError, LabError
from guide.lab.cache import Cache, digest, remove_tree
from guide.lab.facts import Nodes
from guide.lab.images import stand_ins
from guide.lab.keys import keygen, public
from guide.lab.machine import ARCHITECTURES
from guide.lab.pace import pace_of
from guide.lab.parts import Parts
from guide.lab.record import Record
from guide.lab.register import Register
from guide.lab.runtime import CONTAINERD, Runtime
from guide.lab.store import LOADERS
from guide.local import local_node
from guide.node import HOST, Ending, Node
from guide.ssh import AS_ROOT, interactive, ssh_command, ssh_node
from guide.target import Target

HERE = Path(__file__).parent
NOTES = "/var/lib/kubernetes-from-scratch"  # on the machine: what it was like before
FOLDERS = ("script", "manifests", "config")  # of the project: what commands name below /vagrant
ROOM = 3 * 2**30  # bytes that packages, unpacked images and the cluster's own files need beside what is put there
TIME_TO_LOOK = 15.0  # seconds
UNIT = re.compile(r"--unit=([\w-]+)")

WHAT_WE_DO = """\
This makes these machines nodes of the guide:
{machines}
On each of them, as root, it
  - installs the packages of config/packages.txt that are missing, and what they need;
  - stops and disables containerd and Docker, turns swap off, and lets the machine forward packets;
  - writes /vagrant, programs into /usr/local/bin, links into /opt/cni/bin, the guide's names into /etc/hosts;
  - lets root of each machine in on the others, by a new key;
  - {verb} the guide's images into {runtime}, whose store is then removed in the end.
./guide down undoes this, and removes all that the guide's steps have made. Keep nothing else on these machines."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a machine says of itself before anything is changed.

    Attributes:
        system: words for what it is, such as "debian".
        machine: its processor, as uname has it.
        free: bytes.
        ours: whether it is a node of the guide already.
    """

    system: tuple[str, ...]
    release: str
    machine: str
    user: int
    systemd: bool
    free: int
    address: bool
    ours: bool
    boot: str
    there: tuple[str, ...]
    busy: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remote:
    """A lab of machines that somebody else made.

    Attributes:
        kind: the provider that gives them, such as "ssh".
        targets: where each node is.
        consent: asked with what will be done to them before it is.
    """

    tree: Path
    nodes: Nodes
    cache: Cache
    kind: str
    targets: dict[str, Target]
    consent: Callable[[str], bool]
    runtime: Runtime = CONTAINERD

    @property
    def name(self) -> str:
        """Its name on this machine: one for each folder that the project is in, and each pair of machines."""
        places = (f"{target.address}:{target.port}" for target in self.targets.values())
        return f"kfs-{self.kind}-{digest(str(self.tree), *places)[:6]}"

    @property
    def register(self) -> Register:
        """What is written down of it."""
        return Register(self.name, self.tree, self.cache)

    @property
    def folder(self) -> Path:
        """Where its notes on this machine are."""
        return self.register.folder

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What is not the real thing in this lab, in words for people."""
        return (*stand_ins(self.sources), *self.runtime.stand_ins)

    @property
    def here(self) -> bool:
        """Whether this machine carries its nodes."""
        return False

    @property
    def sources(self) -> dict[str, str]:
        """Where its components and images come from, by name, in words; known while it is up."""
        return self.register.sources

    def architecture(self) -> str:
        """Give the name of its nodes' architecture: that of the first, as all are of one kind. Raises LabError."""
        name = next(iter(self.targets))
        machine = self.look(name).machine
        if machine not in ARCHITECTURES:
            raise LabError(f"{name} ({self.place(name)}) is {machine}, and nodes are x86_64 or aarch64.")
        return ARCHITECTURES[machine]

    @property
    def pace(self) -> float:
        """How many times as long as pages say its steps may take."""
        return pace_of(self.targets, self.node)

    def record(self) -> Record | None:
        """Give what is written of the lab, or None if it is not up."""
        return self.register.record()

    def up(self, parts: Parts, owner: int | None) -> Record:
        """Make the machines nodes. Raises InputError or LabError, before anything is changed where that can be."""
        with self.register.locked():
            self.register.refuse_present(self.alive)
            looks = {name: self.look(name) for name in self.targets}
            for name, look in looks.items():
                self.refuse(name, look, parts)
            refuse_mixture(looks)
            machines = "\n".join(f"  {name}: {self.place(name)}, {look.release}" for name, look in looks.items())
            verb = "pulls" if parts.pulls else "loads"
            if not self.consent(WHAT_WE_DO.format(machines=machines, verb=verb, runtime=self.runtime.name)):
                raise LabError("Nothing was changed: say yes, or run it again with --yes.")
            for name, look in looks.items():
                if look.ours:
                    self.undo(name)
            self.folder.mkdir(parents=True, exist_ok=True)
            addresses = {name: str(self.nodes.addresses[name]) for name in self.targets}
            self.register.write(owner, addresses, parts)
            try:
                self.put(parts, self.folder)
            except BaseException:
                self._remove()
                raise
            return self.register.write(owner, addresses, parts)

    def place(self, name: str) -> str:
        """Give where a node is, for people."""
        target = self.targets[name]
        return target.address if target.port == 22 else f"{target.address}, port {target.port}"

    def look(self, name: str) -> Look:
        """Ask a machine what it is like. Raises LabError if it lets nobody in."""
        node = ssh_node(self.targets[name])
        try:
            address = self.nodes.addresses[name]
            reply = node.run(f"set -- {address} {NOTES}\n{(HERE / 'remote-look.sh').read_text()}", TIME_TO_LOOK)
        finally:
            node.close()
        if reply.ending is not Ending.DONE:
            raise LabError(
                f"{name} ({self.place(name)}) does not say what it is: {reply.output.strip() or reply.ending}"
            )
        said = dict(line.split("=", 1) for line in reply.output.splitlines() if "=" in line)
        try:
            return Look(
                system=tuple(said["system"].split()),
                release=said["release"],
                machine=said["machine"],
                user=int(said["user"]),
                systemd=said["systemd"] == "yes",
                free=int(said["free"]),
                address=said["address"] == "yes",
                ours=said["ours"] == "yes",
                boot=said["boot"],
                there=tuple(said["there"].split()),
                busy=tuple(said["busy"].split()),
            )
        except (KeyError, ValueError) as error:
            raise LabError(
                f"{name} ({self.place(name)}) is no machine that the guide knows: it said\n{reply.output}"
            ) from error

    def refuse(self, name: str, look: Look, parts: Parts) -> None:
        """Raise LabError or InputError if a machine cannot be a node."""
        where = f"{name} ({self.place(name)})"
        if not {"debian", "ubuntu"} & set(look.system):
            raise LabError(f"{where} is {look.release}: nodes are Debian or Ubuntu machines.")
        if look.user != 0:
            raise InputError(
                f"{where}: {self.targets[name].user} is not root: give user: root, or sudo: true, in the inventory"
            )
        if not look.systemd:
            raise LabError(f"{where} is not managed by systemd, which starts the guide's programs.")
        if ARCHITECTURES.get(look.machine) != parts.arch:
            raise LabError(
                f"{where} is {look.machine}, and the programs that it would get are for {parts.arch}: "
                "run the guide on a machine of the same kind, or with --source releases."
            )
        if not look.address:
            own, size = self.nodes.addresses[name], self.nodes.network.prefixlen
            raise LabError(
                f"{where} has no address {own}, which the guide's files name. Give it that address, in a network "
                f"with the other node: ip address add {own}/{size} dev CARD there, if both are at one switch."
            )
        if look.there and not look.ours:
            raise LabError(
                f"{where} has {' and '.join(look.there)} already: the guide would overwrite it. Use another machine."
            )
        if look.busy and not look.ours:
            raise LabError(f"{where} runs containers, which the guide would stop: use another machine.")
        needed = self.size(parts) + ROOM
        if look.free < needed:
            free, all_of_it = (f"{number / 2**30:.1f} GiB" for number in (look.free, needed))
            raise LabError(f"{where} has {free} of free disk below /var/lib, and {all_of_it} are needed.")

    def size(self, parts: Parts) -> int:
        """Give how many bytes are put on a machine."""
        return sum(path.stat().st_size for path in (*parts.binaries.values(), *parts.archives.values()))

    def put(self, parts: Parts, folder: Path) -> None:
        """Put everything on the machines, and have them provisioned. The key that they get stays in a folder here."""
        key = folder / "id"
        if not key.exists():
            keygen(key, self.name)
        hosts = self.host_keys()
        script = (HERE / "remote-put.sh").read_text()
        words = (NOTES, LOADERS[self.runtime.name], " ".join(parts.pulls))

        def make(name: str) -> None:
            self.send(name, partial(self.add_all, parts=parts, key=key, hosts=hosts))
            self.run(name, script, *words, what="Making it a node")

        with ThreadPoolExecutor() as threads:
            list(threads.map(make, self.targets))

    def host_keys(self) -> str:
        """Give the lines by which nodes know each other: the keys that the machines have themselves."""
        lines = []
        for name in self.targets:
            said = self.run(name, "cat /etc/ssh/ssh_host_*_key.pub", what="Asking for its host keys")
            lines += [
                f"{name},{self.nodes.addresses[name]} {' '.join(line.split()[:2])}\n" for line in said.splitlines()
            ]
        return "".join(lines)

    def share(self) -> None:
        """Let the nodes see the project's files as they are now: they have copies. Raises LabError."""
        for name in self.targets:
            self.send(name, self.add_folders)

    def add_folders(self, archive: tarfile.TarFile) -> None:
        """Put what nodes see of the project into an archive."""
        for folder in FOLDERS:
            archive.add(self.tree / folder, f"vagrant/{folder}")

    def add_all(self, archive: tarfile.TarFile, parts: Parts, key: Path, hosts: str) -> None:
        """Put all that makes a machine a node into an archive."""
        # Notes come first: by them what came is removed again, should the rest not come.
        notes = {
            "id": key.read_text(),
            "id.pub": public(key).read_text(),
            "known_hosts": hosts,
            "binaries": "".join(f"{binary}\n" for binary in parts.binaries),
        }
        for file, text in notes.items():
            entry = tarfile.TarInfo(f"{NOTES[1:]}/{file}")
            entry.size, entry.mode = len(text.encode()), 0o600
            archive.addfile(entry, io.BytesIO(text.encode()))
        self.add_folders(archive)
        for binary, path in parts.binaries.items():
            archive.add(path.resolve(), f"usr/local/bin/{binary}")
        for image, path in parts.archives.items():
            archive.add(path, f"{NOTES[1:]}/archives/{image}.tar")

    def send(self, name: str, fill: Callable[[tarfile.TarFile], None]) -> None:
        """Send our files to a machine, as one archive that is written while it is read there. Raises LabError."""
        receive = self.root(name, "tar --extract --directory=/ --no-same-owner")
        command = [*ssh_command(self.targets[name]), receive]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as there:
            assert there.stdin is not None  # noqa: S101 - asked for above
            try:
                with tarfile.open(fileobj=there.stdin, mode="w|") as archive:
                    fill(archive)
            except BrokenPipeError:
                pass  # its last words say why
            there.stdin.close()
            assert there.stdout is not None  # noqa: S101 - asked for above
            said = there.stdout.read().decode(errors="replace").strip()
        if there.returncode != 0:
            raise LabError(f"{name} ({self.place(name)}) does not take our files: {said or 'the connection ended'}")

    def root(self, name: str, command: str) -> str:
        """Give a command as root runs it on a machine."""
        return f"{AS_ROOT}{command}" if self.targets[name].sudo else command

    def run(self, name: str, script: str, *arguments: str, what: str) -> str:
        """Run a script on a machine to its end, as root, and give what it printed. Raises LabError."""
        words = " ".join(quote(word) for word in arguments)
        command = [*ssh_command(self.targets[name]), self.root(name, f"bash -s -- {words}")]
        done = subprocess.run(command, input=script, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode != 0:
            last = "\n".join(f"  {line}" for line in (done.stdout + done.stderr).strip().splitlines()[-20:])
            raise LabError(f"{name} ({self.place(name)}): {what} ended with status {done.returncode}\n{last}")
        return done.stdout

    def runs(self, name: str) -> bool:
        """Tell whether a node answers, and is one of the guide's."""
        try:
            return self.look(name).ours
        except LabError:
            return False

    def alive(self) -> bool:
        """Tell whether every node answers."""
        return all(self.runs(name) for name in self.targets)

    def take(self, owner: int) -> None:
        """Let the process `owner` alone use nodes that are up. Raises LabError if they are not, or are in use."""
        self.register.take(owner, self.alive)

    def keep(self) -> None:
        """Let the nodes stay when this process ends."""
        self.register.keep()

    def node(self, name: str) -> Node:
        """Give a node to run commands on; `host` is this machine."""
        if name == HOST:
            return local_node(HOST, ["bash", "--norc", "--noprofile"], self.tree)
        return ssh_node(self.targets[name])

    def shell(self, name: str, startup: str = "") -> list[str]:
        """Give the command that opens a terminal on a node, or on `host`; its bash begins with `startup`."""
        bash = interactive(startup)
        if name == HOST:
            return ["bash", "-c", bash]
        return [
            *ssh_command(self.targets[name], "-t"),
            self.root(name, f"bash -c {quote(f'cd; . ~/.profile; {bash}')}"),
        ]

    def opens(self, name: str) -> list[str]:
        """Give the command that opens a bash for a script on a node."""
        if name == HOST:
            return ["bash", "--norc", "--noprofile"]
        return [*ssh_command(self.targets[name]), self.root(name, "bash -l")]

    def down(self) -> bool:
        """Make the machines what they were. Tells whether there was anything to undo. Raises LabError."""
        with self.register.locked():
            self.register.refuse_use()
            return self._remove()

    def _remove(self) -> bool:
        found = [name for name in self.targets if self.look(name).ours]
        for name in found:
            self.undo(name)
        there = self.folder.exists()
        if there:
            remove_tree(self.folder)
        return bool(found) or there

    def undo(self, name: str) -> None:
        """Make one machine what it was."""
        self.run(name, (HERE / "remote-undo.sh").read_text(), NOTES, *dict.fromkeys(self.units()), what="Undoing it")

    def units(self) -> list[str]:
        """Give the units that the guide's scripts start."""
        return [
            unit
            for script in sorted((self.tree / "script").glob("*.sh"))
            for unit in UNIT.findall(script.read_text())
        ]


def refuse_mixture(looks: dict[str, Look]) -> None:
    """Raise LabError if two nodes are of different kinds."""
    kinds = {look.machine: name for name, look in looks.items()}
    if len(kinds) > 1:
        each = ", ".join(f"{name} is {machine}" for machine, name in kinds.items())
        raise LabError(f"All nodes must be of one kind of processor: {each}.")
    boots = {look.boot for look in looks.values()}
    if len(boots) < len(looks):
        raise LabError("Two nodes of the inventory are one machine, by two addresses: each needs its own.")
