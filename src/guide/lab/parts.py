"""All that embedded nodes are made of, made or taken from the cache, with progress."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from guide.errors import InputError
from guide.lab.cache import Cache
from guide.lab.components import COMPONENTS, Build, build, fetch_modules
from guide.lab.facts import Versions
from guide.lab.images import images
from guide.lab.machine import architecture
from guide.lab.rootfs import node_rootfs
from guide.lab.runtime import CONTAINERD, SHIM, Runtime
from guide.lab.store import runtime_state
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
    """Where the parts of a node are.

    Attributes:
        binaries: components by name.
        rootfs: the root file system.
        runtime: what runs containers.
        store: what the runtime keeps, with all images, or None for nodes that carry no containers.
        archives: the images, by name.
    """

    binaries: dict[str, Path]
    rootfs: Path
    runtime: Runtime
    store: Path | None
    archives: dict[str, Path] = field(default_factory=dict)


def make_parts(
    cache: Cache, tree: Path, versions: Versions, progress: Progress, runtime: Runtime = CONTAINERD
) -> Parts:
    """Give the parts that the project in `tree` names; what the cache lacks is made. Raises InputError, LabError."""

    def told(name: str, make: Callable[[], T]) -> T:
        progress.started(name)
        start = time.monotonic()
        result = make()
        progress.finished(name, time.monotonic() - start)
        return result

    builds = wanted_builds(tree / "config", versions)
    binaries: dict[str, Path] = {}
    # What waits for the network is done while the compiler works.
    with ThreadPoolExecutor() as beside:
        debian = beside.submit(told, f"Debian {versions.debian}", lambda: node_rootfs(cache, tree, versions.debian))
        if builds:
            lock = tree / "config" / "toolchain.txt"
            go = told("Go toolchain", lambda: toolchain(cache, lock, versions.go))
            modules = beside.submit(fetch_modules, cache, go, builds)
            for wanted in builds:
                label = f"{wanted.component.name} {wanted.version}"
                binaries[wanted.component.name] = told(label, partial(build, cache, go, wanted))
            modules.result()
        rootfs = debian.result()
    if runtime.shim is not None:
        binaries[SHIM] = runtime.shim
    if not versions.images:
        return Parts(binaries, rootfs, runtime, None)
    archives = told("images", lambda: images(cache, versions, rootfs, binaries))
    name = runtime.name
    store = told(f"{name}'s store", lambda: runtime_state(cache, name, rootfs, archives))
    return Parts(binaries, rootfs, runtime, store, archives)


def wanted_builds(config: Path, versions: Versions) -> list[Build]:
    """Give what has to be built of the versions in `config`. Raises InputError if there is no toolchain for it."""
    arch = architecture()
    there = versions.components
    builds = [
        Build(each, there[each.module], config / "modules", arch) for each in COMPONENTS if each.module in there
    ]
    if builds and not versions.go:
        name = builds[0].component.module
        raise InputError(f"{config / 'versions.yaml'}: go is missing: {name} is built by the version that it names")
    return builds
