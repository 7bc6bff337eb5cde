"""The parts of Kubernetes, built from locked Go modules."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from guide.errors import LabError
from guide.lab.cache import Cache, digest, digest_tree
from guide.lab.command import run
from guide.lab.toolchain import Toolchain

KUBERNETES = "k8s.io/component-base/version"
TAGS = "netgo,osusergo"  # Go's own resolver and user lookups: the C library's do not work in static binaries


@dataclass(frozen=True, slots=True)
class Component:
    """One binary: the name it has on a node, the locked module it is built in, and its package there.

    `stamps` are linker variables that carry the version, with {version}, {major} and {minor} filled in.
    `version_arguments` make the binary print its version.
    """

    name: str
    module: str
    package: str
    version_arguments: tuple[str, ...]
    stamps: tuple[str, ...] = ()
    cgo_on: tuple[str, ...] = ()


def kubernetes(name: str, *version_arguments: str) -> Component:
    """Give a component of Kubernetes itself."""
    stamps = (
        f"{KUBERNETES}.gitVersion=v{{version}}",
        f"{KUBERNETES}.gitMajor={{major}}",
        f"{KUBERNETES}.gitMinor={{minor}}",
        f"{KUBERNETES}.gitTreeState=clean",
    )
    return Component(name, "kubernetes", f"k8s.io/kubernetes/cmd/{name}", version_arguments, stamps)


COMPONENTS = (
    kubernetes("kube-apiserver", "--version"),
    kubernetes("kubelet", "--version"),
    kubernetes("kube-controller-manager", "--version"),
    kubernetes("kube-scheduler", "--version"),
    kubernetes("kube-proxy", "--version"),
    kubernetes("kubectl", "version", "--client"),
    Component("etcd", "etcd", "go.etcd.io/etcd/server/v3", ("--version",)),
    Component("etcdctl", "etcd", "go.etcd.io/etcd/etcdctl/v3", ("version",)),
    Component("coredns", "coredns", "github.com/coredns/coredns", ("--version",)),
    Component(
        "flanneld",
        "flannel",
        "github.com/flannel-io/flannel",
        ("--version",),
        ("github.com/flannel-io/flannel/pkg/version.Version=v{version}",),
        cgo_on=("amd64",),  # for its UDP backend, as in the project's own releases
    ),
    Component(
        "cni-flannel",
        "cni-flannel",
        "github.com/containernetworking/plugins/plugins/meta/flannel",
        ("--version",),
        ("github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=v{version}",),
    ),
)


@dataclass(frozen=True, slots=True)
class Build:
    """A component with all that decides what its binary is."""

    component: Component
    version: str
    modules: Path
    arch: str

    @property
    def module_folder(self) -> Path:
        """Where go.mod and go.sum of this version are."""
        return self.modules / f"{self.component.module}-{self.version}"

    @property
    def cgo(self) -> bool:
        """Whether C code is part of it."""
        return self.arch in self.component.cgo_on

    @property
    def entry(self) -> str:
        """What it is called in the cache."""
        return f"{self.component.name}-{self.version}"

    def linker_flags(self) -> str:
        """Give the value of -ldflags. Binaries are static: they run on nodes, not on this machine."""
        major, minor = self.version.split(".")[:2]
        stamps = (stamp.format(version=self.version, major=major, minor=minor) for stamp in self.component.stamps)
        static = " -extldflags=-static" if self.cgo else ""
        return " ".join(["-s -w -buildid=", *(f"-X {stamp}" for stamp in stamps)]) + static

    def inputs(self, go_version: str) -> str:
        """Give the digest of all inputs."""
        parts = (self.component.package, self.linker_flags(), self.arch, str(self.cgo), go_version)
        return digest(*parts, TAGS, digest_tree(self.module_folder))


def build(cache: Cache, toolchain: Toolchain, wanted: Build) -> Path:
    """Give the binary of a component, built if the cache has none. Raises LabError if it cannot be."""
    name = wanted.component.name

    def compile_into(folder: Path) -> None:
        env = {
            **toolchain.environment(),
            "CGO_ENABLED": str(int(wanted.cgo)),
            "GOARCH": wanted.arch,
            "GOOS": "linux",
        }
        flags = ["-trimpath", "-buildvcs=false", f"-tags={TAGS}", f"-ldflags={wanted.linker_flags()}"]
        command: list[str | Path] = [toolchain.go, "build", "-o", folder / name, *flags, wanted.component.package]
        run(command, what=f"Building {name} {wanted.version}", env=env, cwd=wanted.module_folder)
        check_version(folder / name, wanted.component, wanted.version)

    entry = cache.get(wanted.entry, wanted.inputs(toolchain.version), compile_into)
    return entry / name


def fetch_modules(cache: Cache, toolchain: Toolchain, builds: Sequence[Build]) -> None:
    """Get the modules of all components that have to be built, so that building one does not wait for the network."""
    for wanted in builds:
        if not cache.has(wanted.entry, wanted.inputs(toolchain.version)):
            env = {**toolchain.environment(), "GOARCH": wanted.arch, "GOOS": "linux"}
            command: list[str | Path] = [toolchain.go, "list", "-deps", wanted.component.package]
            what = f"Getting the modules of {wanted.component.name}"
            run(command, what=what, env=env, cwd=wanted.module_folder)


def check_version(binary: Path, component: Component, version: str) -> None:
    """Raise LabError if a binary does not say that it is of the wanted version."""
    command: list[str | Path] = [binary, *component.version_arguments]
    try:
        asked = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except OSError as error:
        raise LabError(f"{binary.name} {version} cannot be run: {error.strerror}") from error
    if version not in asked.stdout:
        raise LabError(f"{binary.name} should be {version}, and says: {asked.stdout.strip() or 'nothing'}")
