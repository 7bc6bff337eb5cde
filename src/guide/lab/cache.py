"""Results that are costly to make, kept outside the tree under the digest of what they are made from."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from guide.errors import LabError
from guide.lab.mounts import mount_points

MANIFEST = ".manifest.json"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One regular file of an entry: its size in bytes, time of change in nanoseconds, and SHA-256."""

    size: int
    changed: int
    sha256: str


def cache_root() -> Path:
    """Give the folder of all that can be made again (XDG_CACHE_HOME, or ~/.cache)."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "kubernetes-from-scratch"


def digest(*parts: str | bytes) -> str:
    """Give a short digest of inputs, in which no two lists of parts read the same."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()[:16]


def digest_tree(folder: Path) -> str:
    """Give a digest of names and contents of all files below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return digest(*(part for path in files for part in (str(path.relative_to(folder)), path.read_bytes())))


def sha256(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def regular_files(entry: Path) -> dict[str, Path]:
    """Give the regular files of an entry by relative name; symbolic links and devices are left out."""
    found: dict[str, Path] = {}
    pending = [str(entry)]
    while pending:
        for item in os.scandir(pending.pop()):
            if item.is_dir(follow_symlinks=False):
                pending.append(item.path)
            elif item.is_file(follow_symlinks=False) and item.name != MANIFEST:
                found[os.path.relpath(item.path, entry)] = Path(item.path)
    return found


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of entries, each written whole or not at all, and checked before it is used."""

    root: Path

    def has(self, name: str, inputs: str) -> bool:
        """Tell whether there is an intact entry."""
        return intact(self.root / f"{name}-{inputs}")

    def get(self, name: str, inputs: str, build: Callable[[Path], None]) -> Path:
        """Give the entry `name` for the digest `inputs`; `build` fills an empty folder if there is none.

        Two processes that want the same entry build it once: the second waits. An entry with a missing or altered
        file is built again.
        """
        entry = self.root / f"{name}-{inputs}"
        if intact(entry):
            return entry
        locks = self.root / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        with FileLock(locks / f"{entry.name}.lock"):
            if intact(entry):
                return entry
            remove_tree(entry)
            for left in self.root.glob(f".{entry.name}.*"):  # of a build that was killed; the lock is ours
                remove_tree(left)
            unfinished = Path(tempfile.mkdtemp(prefix=f".{entry.name}.", dir=self.root))
            unfinished.chmod(0o755)
            try:
                build(unfinished)
                write_manifest(unfinished)
                unfinished.rename(entry)
            except BaseException:
                remove_tree(unfinished)
                raise
        return entry


def write_manifest(entry: Path) -> None:
    """Record every regular file of an entry, so that damage is seen."""
    records = {}
    for name, path in sorted(regular_files(entry).items()):
        stat = path.stat()
        records[name] = asdict(FileRecord(stat.st_size, stat.st_mtime_ns, sha256(path)))
    (entry / MANIFEST).write_text(json.dumps(records))


def intact(entry: Path) -> bool:
    """Tell whether every file of an entry is as it was written.

    A file of the recorded size and time of change counts as unchanged; otherwise its content decides.
    """
    try:
        raw = json.loads((entry / MANIFEST).read_text())
        records = {name: FileRecord(**record) for name, record in raw.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return False
    files = regular_files(entry)
    return files.keys() == records.keys() and all(unchanged(files[name], records[name]) for name in records)


def unchanged(path: Path, record: FileRecord) -> bool:
    """Tell whether a file is as recorded."""
    with suppress(OSError):
        stat = path.stat()
        if stat.st_size != record.size:
            return False
        return stat.st_mtime_ns == record.changed or sha256(path) == record.sha256
    return False


def remove_tree(folder: Path) -> None:
    """Remove a folder if it is there. Raises LabError if something is mounted in it, and removes nothing then."""
    inside = f"{folder.absolute()}/"
    mounted = [mount for mount in mount_points() if mount.startswith(inside)]
    if mounted:
        raise LabError(f"{mounted[0]} is mounted: unmount it, then try again.")
    if folder.exists():
        shutil.rmtree(folder)
