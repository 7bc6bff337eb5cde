"""All that nodes are made of, made, downloaded or taken from the cache, with progress."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from guide.errors import LabError
from guide.lab.cache import Cache
from guide.lab.facts import Source, Versions
from guide.lab.images import BY_NODES
from guide.lab.machine import architecture
from guide.lab.progress import Progress, told
from guide.lab.rootfs import node_rootfs
from guide.lab.runtime import CONTAINERD, SHIM, Runtime
from guide.lab.store import runtime_state
from guide.lab.supply import RELEASED, Supply

NAMED = "named by its path"


class Site(Protocol):
    """Whom parts are made for."""

    @property
    def tree(self) -> Path:
        """The project's folder."""
        ...

    @property
    def cache(self) -> Cache:
        """Where what it is made of is kept."""
        ...

    @property
    def runtime(self) -> Runtime:
        """What runs containers on its nodes."""
        ...

    @property
    def here(self) -> bool:
        """Whether this machine carries its nodes."""
        ...

    def architecture(self) -> str:
        """Give Debian's and Go's name of its nodes' architecture. Raises LabError."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of a node are.

    Attributes:
        binaries: components by name.
        rootfs: the root file system, or None for nodes that have one.
        runtime: what runs containers.
        store: what the runtime keeps, with all images, or None for nodes that carry no containers, or not here.
        archives: the images, by name.
        pulls: references of images that nodes get themselves.
        sources: where components and images come from, by name, in words.
        arch: the nodes' architecture.
    """

    binaries: dict[str, Path]
    rootfs: Path | None
    runtime: Runtime = CONTAINERD
    store: Path | None = None
    archives: dict[str, Path] = field(default_factory=dict)
    pulls: tuple[str, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)
    arch: str = field(default_factory=architecture)


def make_parts(site: Site, versions: Versions, progress: Progress) -> Parts:
    """Give the parts of a lab of these versions; what the cache lacks is made. Raises InputError, LabError.

    Nodes that run elsewhere pull images themselves where releases are asked for: then nothing has to be made here.
    """
    cache, runtime = site.cache, site.runtime
    arch = architecture() if versions.source is Source.MODULES else site.architecture()
    supply = Supply(cache, site.tree / "config", versions, arch, progress)
    # What waits for the network is done while the compiler works.
    with ThreadPoolExecutor() as beside:
        name = f"Debian {versions.debian}"
        debian = None
        if site.here or versions.source is not Source.RELEASES:
            debian = beside.submit(told, progress, name, lambda: node_rootfs(cache, site.tree, versions.debian))
        binaries, sources = supply.components()
        rootfs = debian.result() if debian else None
    if runtime.shim is not None:
        refuse_other_shim(arch)
        binaries[SHIM] = runtime.shim
        sources[SHIM] = NAMED if runtime.named else RELEASED
    if rootfs is None:
        sources |= {f"image {name}": BY_NODES for name in versions.images}
        return Parts(binaries, None, runtime, pulls=tuple(versions.images.values()), sources=sources, arch=arch)
    archives, origins = supply.images(rootfs, binaries)
    sources |= origins
    store = None
    if archives and site.here:
        label = f"{runtime.name}'s store"
        store = told(progress, label, lambda: runtime_state(cache, runtime.name, rootfs, archives))
    return Parts(binaries, rootfs, runtime, store, archives, sources=sources, arch=arch)


def refuse_other_shim(arch: str) -> None:
    """Raise LabError where nodes are of another architecture than this machine, which cri-dockerd was got for."""
    if arch != architecture():
        raise LabError(f"The nodes are {arch}, and {SHIM} is got for this machine, which is {architecture()}.")
