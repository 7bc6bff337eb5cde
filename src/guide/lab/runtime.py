"""What runs containers on nodes: the lane's choice, with the one part that neither Debian nor a registry has."""

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from guide.errors import InputError, LabError
from guide.lab.cache import Cache
from guide.lab.facts import Versions
from guide.lab.machine import architecture
from guide.lab.release import fetch, member

SHIM = "cri-dockerd"
RELEASE = f"https://github.com/Mirantis/{SHIM}/releases/download/v{{version}}/{SHIM}-{{version}}.{{arch}}.tgz"
CAPABILITIES = Path("/proc/self/status")
TIME_TO_ANSWER = 10  # seconds
CAP_SYS_RESOURCE = 24  # see capabilities(7)


@dataclass(frozen=True, slots=True)
class Runtime:
    """A container runtime.

    Attributes:
        name: as lanes have it, "containerd" or "docker".
        shim: the program that speaks CRI for Docker.
        named: whether somebody has named it by its path; else it is the official release.
    """

    name: str = "containerd"
    shim: Path | None = None
    named: bool = False

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What is not the real thing with it, in words for people."""
        if self.shim is None:
            return ()
        digest = hashlib.sha256(self.shim.read_bytes()).hexdigest()
        named = (
            (f"cri-dockerd is a binary that was named by its path, with the SHA-256 {digest}.",) if self.named else ()
        )
        spared = (
            "Docker calls runc by way of a wrapper, as this machine may not spare processes when memory runs out."
        )
        return named if may_spare() else (*named, spared)


CONTAINERD = Runtime()


def choose(name: str, shim: Path | None, versions: Versions, cache: Cache, lock: Path) -> Runtime:
    """Give the runtime that was asked for; where no cri-dockerd is named, its release is downloaded, by a lock.

    Raises InputError for what does not fit, LabError for what cannot be had.
    """
    if name != "docker":
        if shim is not None:
            raise InputError(f"--cri-dockerd belongs to --runtime docker; this is {name}.")
        return CONTAINERD
    wanted = versions.components.get(SHIM)
    if wanted is None:
        raise InputError(f"config/versions.yaml has no {SHIM}: this guide does not run on Docker.")
    if shim is not None:
        refuse_other(shim, wanted)
        return Runtime(name, shim.absolute(), named=True)
    address = RELEASE.format(version=wanted, arch=architecture())
    try:
        released = member(fetch(cache, address, lock), f"{SHIM}/{SHIM}", cache)
    except LabError as error:
        raise LabError(
            f"Docker needs {SHIM} {wanted}, which is in no package registry. {error}\n"
            f"Get it where you can, and name the binary by --{SHIM} PATH."
        ) from error
    refuse_other(released, wanted)
    return Runtime(name, released)


def refuse_other(shim: Path, wanted: str) -> None:
    """Raise InputError unless a binary says that it is cri-dockerd of the wanted version."""
    try:
        command = [str(shim.absolute()), "--version"]
        asked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIME_TO_ANSWER)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"--{SHIM} {shim}: it cannot be run: {error}") from error
    said = (asked.stdout + asked.stderr).strip()
    if said.split()[:2] != [SHIM, wanted]:
        raise InputError(f"--{SHIM} {shim}: it should be {SHIM} {wanted}, and says: {said or 'nothing'}")


def may_spare() -> bool:
    """Tell whether this machine lets processes be spared when memory runs out, as pause containers ask for."""
    lines = CAPABILITIES.read_text().splitlines()
    bounding = next(int(line.split()[1], 16) for line in lines if line.startswith("CapBnd:"))
    return bool(bounding >> CAP_SYS_RESOURCE & 1)
