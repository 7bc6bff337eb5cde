"""What runs containers on nodes: the lane's choice, with the one part that neither Debian nor a registry has."""

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from guide.errors import InputError, LabError
from guide.lab.cache import Cache
from guide.lab.facts import Versions
from guide.lab.lock import Lock
from guide.lab.machine import architecture, is_linux
from guide.lab.release import obtain, read_releases

SHIM = "cri-dockerd"
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
        if self.shim is None or not self.named:
            return ()
        digest = hashlib.sha256(self.shim.read_bytes()).hexdigest()
        return (f"cri-dockerd is a binary that was named by its path, with the SHA-256 {digest}.",)


CONTAINERD = Runtime()


def choose(name: str, shim: Path | None, versions: Versions, cache: Cache, config: Path) -> Runtime:
    """Give the runtime that was asked for; where no cri-dockerd is named, its release is downloaded.

    `config` is the project's folder of that name: it has where releases are, and their lock.

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
        if problem := wrong(shim, wanted):
            raise InputError(f"--{SHIM} {shim}: it {problem}")
        return Runtime(name, shim.absolute(), named=True)
    [release] = read_releases(config, SHIM, wanted, architecture(), [SHIM])

    def check(_: str, program: Path) -> None:
        if problem := wrong(program, wanted):
            raise LabError(f"{release.address}: {SHIM} in it {problem}")

    try:
        released = obtain(cache, release, Lock(config / "releases.txt"), check)[SHIM]
    except LabError as error:
        raise LabError(
            f"Docker needs {SHIM} {wanted}, which is in no package registry. {error}\n"
            f"Get it where you can, and name the binary by --{SHIM} PATH."
        ) from error
    return Runtime(name, released)


def wrong(shim: Path, wanted: str) -> str:
    """Give what is wrong with a binary that should be cri-dockerd, or nothing; only on Linux it can be asked."""
    if not is_linux():
        return ""
    try:
        command = [str(shim.absolute()), "--version"]
        asked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIME_TO_ANSWER)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"cannot be run: {error}"
    said = (asked.stdout + asked.stderr).strip()
    return "" if said.split()[:2] == [SHIM, wanted] else f"should be {SHIM} {wanted}, and says: {said or 'nothing'}"


def may_spare() -> bool:
    """Tell whether this machine lets processes be spared when memory runs out, as pause containers ask for."""
    lines = CAPABILITIES.read_text().splitlines()
    bounding = next(int(line.split()[1], 16) for line in lines if line.startswith("CapBnd:"))
    return bool(bounding >> CAP_SYS_RESOURCE & 1)
