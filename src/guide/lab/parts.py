"""All that embedded nodes are made of, made or taken from the cache, with progress."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from guide.lab.cache import Cache
from guide.lab.components import COMPONENTS, Build, build, fetch_modules
from guide.lab.facts import Versions
from guide.lab.images import images
from guide.lab.machine import architecture
from guide.lab.rootfs import node_rootfs
from guide.lab.store import containerd_state
from guide.lab.toolchain import toolchain

T = TypeVar("T")


class Progress(Protocol):
    """Who is told what is being made."""

    def started(self, name: str) -> None:
        """`name` is being made, or waited for."""
        ...

    def finished(self, name: str, seconds: float) -> None:
        """`name` is there; it took `seconds`."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of a node are: binaries by name, root file system, and containerd's store with all images."""

    binaries: dict[str, Path]
    rootfs: Path
    containerd: Path


def make_parts(cache: Cache, tree: Path, versions: Versions, progress: Progress) -> Parts:
    """Give all parts for the project in `tree`; what the cache lacks is made. Raises LabError."""

    def told(name: str, make: Callable[[], T]) -> T:
        progress.started(name)
        start = time.monotonic()
        result = make()
        progress.finished(name, time.monotonic() - start)
        return result

    config = tree / "config"
    go = told("Go toolchain", lambda: toolchain(cache, config / "toolchain.txt", versions.go))
    arch = architecture()
    builds = [Build(each, versions.components[each.module], config / "modules", arch) for each in COMPONENTS]
    # What waits for the network is done while the compiler works.
    with ThreadPoolExecutor() as beside:
        debian = beside.submit(told, f"Debian {versions.debian}", lambda: node_rootfs(cache, tree, versions.debian))
        modules = beside.submit(fetch_modules, cache, go, builds)
        binaries = {}
        for wanted in builds:
            label = f"{wanted.component.name} {wanted.version}"
            binaries[wanted.component.name] = told(label, partial(build, cache, go, wanted))
        modules.result()
        rootfs = debian.result()
    archives = told("images", lambda: images(cache, versions.debian, versions.images, rootfs, binaries["coredns"]))
    store = told("containerd's store", lambda: containerd_state(cache, rootfs, archives))
    return Parts(binaries, rootfs, store)
