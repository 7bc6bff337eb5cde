"""What this machine must have to carry an embedded lab, and how it gets what it lacks."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from guide.errors import LabError
from guide.lab.command import run
from guide.lab.facts import Source, Versions

BRIDGES = Path("/proc/sys/net/bridge")  # there where br_netfilter is
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}  # as Linux and macOS say it


@dataclass(frozen=True, slots=True)
class Need:
    """A program or file that the lab uses, and the Debian and Ubuntu package that brings it."""

    package: str
    found: Callable[[], bool]


def program(name: str, package: str) -> Need:
    """Need a program on PATH."""
    return Need(package, lambda: shutil.which(name) is not None)


def file(path: str, package: str) -> Need:
    """Need a file."""
    return Need(package, lambda: Path(path).exists())


LAB_NEEDS = (
    program("systemd-nspawn", "systemd-container"),
    program("mmdebstrap", "mmdebstrap"),
    program("ip", "iproute2"),
    program("nsenter", "util-linux"),
    program("ssh", "openssh-client"),
    program("curl", "curl"),
    program("shellcheck", "shellcheck"),
    file("/usr/share/keyrings/debian-archive-keyring.gpg", "debian-archive-keyring"),
    file("/etc/ssl/certs/ca-certificates.crt", "ca-certificates"),
)
BUILD_NEEDS = (program("gcc", "gcc"), file("/usr/include/stdio.h", "libc6-dev"))
IMAGE_NEEDS = (program("buildah", "buildah"),)
REACH_NEEDS = (program("ssh", "openssh-client"), program("curl", "curl"))  # of nodes that run elsewhere


def architecture() -> str:
    """Give Debian's and Go's name of this machine's architecture. Raises LabError if none is built for it."""
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise LabError(
            f"This machine is {machine}; embedded nodes are built for x86_64 and aarch64. "
            "Use a machine of one of these kinds."
        )
    return ARCHITECTURES[machine]


def runs(arch: str) -> bool:
    """Tell whether this machine runs the nodes' programs."""
    return is_linux() and ARCHITECTURES.get(platform.machine()) == arch


def is_linux() -> bool:
    """Tell whether this is Linux."""
    return sys.platform.startswith("linux")


def only_reaches(versions: Versions, provider: str) -> bool:
    """Tell whether this machine makes nothing: nodes that run elsewhere get releases."""
    return provider != "embedded" and versions.source is Source.RELEASES


def require_lab(versions: Versions, provider: str, *, install: Callable[[list[str]], bool]) -> None:
    """Make sure that this machine can do what a provider needs for these versions, or raise LabError with what to do.

    `install` is asked with the names of missing packages, and answers whether they may be installed.
    """
    if not only_reaches(versions, provider):
        require_linux()
        architecture()
        if os.geteuid() != 0:
            raise LabError("Embedded nodes need root: run it again with sudo.")
        require_namespaces()
    require_packages(lab_needs(versions, provider), install=install)


def require_linux() -> None:
    """Raise LabError unless this is Linux."""
    if not is_linux():
        raise LabError(
            "Embedded nodes need Linux, as builds do; this is not. "
            "Use a Linux machine, or --provider vagrant with --source releases."
        )


def lab_needs(versions: Versions, provider: str) -> tuple[Need, ...]:
    """Give what a provider's lab of these versions needs of this machine."""
    if only_reaches(versions, provider):
        return REACH_NEEDS
    builds = versions.go and versions.source is not Source.RELEASES
    return (*LAB_NEEDS, *(BUILD_NEEDS if builds else ()), *(IMAGE_NEEDS if versions.images else ()))


def require_namespaces() -> None:
    """Raise LabError if this machine does not let us make the namespaces that nodes live in."""
    unshare = shutil.which("unshare")
    if unshare is None:
        raise LabError("unshare is missing: install the package util-linux.")
    tried = subprocess.run([unshare, "-n", "-m", "-p", "-f", "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise LabError(
            f"This machine does not allow new namespaces ({tried.stderr.strip()}): "
            "use a machine or a container with full privileges."
        )


def load_modules() -> None:
    """Load br_netfilter, which nodes ask for and cannot load: they have no modules. Others come by themselves.

    Each network has switches of its own for it. They start on; this machine's own bridges are left as they were.
    """
    modprobe = shutil.which("modprobe")
    if BRIDGES.exists() or modprobe is None:
        return
    if subprocess.run([modprobe, "br_netfilter"], capture_output=True, check=False).returncode == 0:
        for switch in BRIDGES.glob("bridge-nf-call-*"):
            switch.write_text("0")


def missing_packages(needs: tuple[Need, ...]) -> list[str]:
    """Give the packages of the needs that are not met."""
    return sorted({need.package for need in needs if not need.found()})


def require_packages(needs: tuple[Need, ...], *, install: Callable[[list[str]], bool]) -> None:
    """Install the packages of all needs that are not met, or raise LabError."""
    missing = missing_packages(needs)
    if not missing:
        return
    names = " ".join(missing)
    if shutil.which("apt-get") is None:
        raise LabError(f"This machine lacks {names} and has no apt-get to install them: install them by hand.")
    if not install(missing):
        raise LabError(f"This machine lacks {names}: run apt-get install {names}, or run it again with --yes.")
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-q"], what="Refreshing package lists", env=env)
    what = f"Installing {names}"
    run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing], what=what, env=env)
    unmet = missing_packages(needs)
    if unmet:
        raise LabError(f"Installed {' '.join(unmet)}, but what the lab needs of it is still not there.")
