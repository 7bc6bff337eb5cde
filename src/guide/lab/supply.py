"""Where components and images come from: built here, the publishers' releases, or what can be had of the two."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from guide.errors import InputError, LabError
from guide.lab.cache import Cache
from guide.lab.components import COMPONENTS, Build, build, check_version, fetch_modules
from guide.lab.facts import Source, Versions
from guide.lab.images import MADE, PULLED, images, pulled
from guide.lab.lock import Lock
from guide.lab.machine import architecture, runs
from guide.lab.progress import Progress, told
from guide.lab.release import obtain, read_releases
from guide.lab.toolchain import toolchain

RELEASED = "official release"
BUILT = "Go modules, built here"
OTHERWISE = (
    "Without a way to the publishers, --source modules builds all of it here, --source either what cannot be had."
)


@dataclass(frozen=True, slots=True)
class Supply:
    """What parts are taken from.

    Attributes:
        config: the project's folder of that name.
        arch: the nodes' architecture.
    """

    cache: Cache
    config: Path
    versions: Versions
    arch: str
    progress: Progress

    @property
    def lock(self) -> Lock:
        """What is downloaded is held to it."""
        return Lock(self.config / "releases.txt")

    def components(self) -> tuple[dict[str, Path], dict[str, str]]:
        """Give all components by name, and where they come from, by the names of versions.yaml."""
        there = [each for each in self.versions.components if any(each == known.module for known in COMPONENTS)]
        found: dict[str, Path] = {}
        sources: dict[str, str] = {}
        if self.versions.source is not Source.MODULES:
            for module in there:
                label = f"{module} {self.versions.components[module]}"
                if self._tried(f"{label} is built here", partial(self._release, module, found)):
                    sources[module] = RELEASED
        left = replace(
            self.versions, components={each: self.versions.components[each] for each in there if each not in sources}
        )
        built = self._build(wanted_builds(self.config, left, self.arch))
        return {**found, **built}, {each: sources.get(each, BUILT) for each in there}

    def _tried(self, instead: str, get: Callable[[], None]) -> bool:
        """Tell whether something came from its publisher; say so if it did not and may be made here."""
        try:
            get()
        except LabError as error:
            if self.versions.source is not Source.EITHER:
                raise LabError(f"{error}\n{OTHERWISE}") from error
            self.progress.noted(f"{instead}: {error}")
            return False
        return True

    def _release(self, module: str, found: dict[str, Path]) -> None:
        version = self.versions.components[module]
        parts = {each.name: each for each in COMPONENTS if each.module == module}

        def check(name: str, program: Path) -> None:
            if runs(self.arch):
                check_version(program, parts[name], version)

        for release in read_releases(self.config, module, version, self.arch, list(parts)):
            label = f"{', '.join(release.members)} {version}"
            reached = partial(self.progress.reached, label)
            found |= told(self.progress, label, partial(obtain, self.cache, release, self.lock, check, reached))

    def _build(self, builds: list[Build]) -> dict[str, Path]:
        if not builds:
            return {}
        if self.arch != architecture():
            raise LabError(
                f"{builds[0].component.name} cannot be built for the nodes, which are {self.arch}: "
                f"this machine is {architecture()}. Take --source releases."
            )
        lock = self.config / "toolchain.txt"
        go = told(self.progress, "Go toolchain", lambda: toolchain(self.cache, lock, self.versions.go))
        binaries = {}
        # What waits for the network is done while the compiler works.
        with ThreadPoolExecutor() as beside:
            modules = beside.submit(fetch_modules, self.cache, go, builds)
            for wanted in builds:
                label = f"{wanted.component.name} {wanted.version}"
                binaries[wanted.component.name] = told(self.progress, label, partial(build, self.cache, go, wanted))
            modules.result()
        return binaries

    def images(self, rootfs: Path, binaries: dict[str, Path]) -> tuple[dict[str, Path], dict[str, str]]:
        """Give an archive of each image by name, and where they come from."""
        found: dict[str, Path] = {}
        if self.versions.source is not Source.MODULES:
            for name, reference in self.versions.images.items():
                self._tried(f"The image {reference} is made here", partial(self._pull, name, found))
        left = {name: reference for name, reference in self.versions.images.items() if name not in found}
        made: dict[str, Path] = {}
        if left:
            wanted = replace(self.versions, images=left)
            made = told(self.progress, "images", lambda: images(self.cache, wanted, rootfs, binaries))
        origins = {f"image {name}": PULLED if name in found else MADE for name in self.versions.images}
        return {**found, **made}, origins

    def _pull(self, name: str, found: dict[str, Path]) -> None:
        reference = self.versions.images[name]
        get = partial(pulled, self.cache, name, reference, self.arch, self.lock)
        found[name] = told(self.progress, reference, get)


def wanted_builds(config: Path, versions: Versions, arch: str) -> list[Build]:
    """Give what has to be built of the versions in `config`. Raises InputError if there is no toolchain for it."""
    there = versions.components
    builds = [
        Build(each, there[each.module], config / "modules", arch) for each in COMPONENTS if each.module in there
    ]
    if builds and not versions.go:
        name = builds[0].component.module
        raise InputError(f"{config / 'versions.yaml'}: go is missing: {name} is built by the version that it names")
    return builds
