"""Official releases: downloaded once, checked by the publisher's checksum, and from then on held to a lock."""

import gzip
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from guide.errors import InputError, LabError
from guide.lab.cache import Cache, digest, remove_tree, sha256
from guide.lab.download import download
from guide.lab.facts import read_yaml
from guide.lab.lock import Lock

FILE = "releases.yaml"
OPTIONAL = {"member", "checksum"}  # beside the address
NOTE = ".sha256"  # in an entry of the cache: of the file that was downloaded
SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Release:
    """A file that a publisher has released.

    Attributes:
        address: where it is.
        members: what is wanted of it, by the name it gets: a path in the archive, or "" for the file itself.
        checksum: where the publisher has its SHA-256, or "" without one.
    """

    address: str
    members: dict[str, str]
    checksum: str = ""

    @property
    def name(self) -> str:
        """What the publisher calls it."""
        return self.address.rpartition("/")[2]


def read_releases(config: Path, what: str, version: str, arch: str, names: Sequence[str]) -> list[Release]:
    """Give the files that programs of `what` are in, by releases.yaml in the folder `config`. Raises InputError."""
    path = config / FILE
    entry = read_yaml(path).get(what)
    if not isinstance(entry, dict) or "address" not in entry or not entry.keys() <= {"address", *OPTIONAL}:
        raise InputError(f"{path}: {what} should have an address, and may have {' and '.join(sorted(OPTIONAL))}")
    found: dict[str, Release] = {}
    try:
        for name in names:
            values = {"version": version, "arch": arch, "name": name}
            address = str(entry["address"]).format(**values)
            checksum = str(entry.get("checksum", "")).format(**values, address=address)
            release = found.setdefault(address, Release(address, {}, checksum))
            release.members[name] = str(entry.get("member", "")).format(**values)
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(f"{path}: {what}: only version, arch and name stand in braces ({error})") from error
    return list(found.values())


def obtain(
    cache: Cache,
    release: Release,
    lock: Lock,
    check: Callable[[str, Path], None],
    told: Callable[[int], None] = lambda _: None,
) -> dict[str, Path]:
    """Give the programs of a release, downloaded if the cache has none, and the same as in the lock.

    The first time, the publisher's checksum decides, where there is one; then the lock does, which takes it down.
    `check` raises LabError for a program that is not the wanted one, by its name and path; `told` gets how
    many bytes are there. Raises LabError if it cannot be had or is another: nothing of it stays in the cache then.
    """

    def get(folder: Path) -> None:
        wanted = lock.known().get(release.address) or published(release)
        part = cache.root / "downloads" / f"{digest(release.address)}.part"
        part.parent.mkdir(exist_ok=True)
        download(release.address, part, told)
        try:
            seen = sha256(part)
            if wanted and seen != wanted:
                where = lock.path if release.address in lock.known() else release.checksum
                raise LabError(
                    f"{release.address} is not the file that {where} has: its SHA-256 is {seen}, and not {wanted}. "
                    "If it is again another one by the next run, do not use it."
                )
            for name, member in release.members.items():
                take(part, release.name, member, folder / name)
                check(name, folder / name)
        except OSError as error:
            raise LabError(f"{release.name} cannot be kept in {cache.root}: {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)
        (folder / NOTE).write_text(seen)

    entry = cache.get(f"release-{'-'.join(release.members)}", digest(release.address, *release.members.values()), get)
    try:
        lock.hold(release.address, (entry / NOTE).read_text())
    except LabError:
        remove_tree(entry)
        raise
    return {name: entry / name for name in release.members}


def published(release: Release) -> str | None:
    """Give the SHA-256 that a publisher has of a release, or None if it gives none. Raises LabError."""
    if not release.checksum:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "checksums"
        download(release.checksum, file)
        text = file.read_text(errors="replace")
    for line in text.splitlines():
        words = line.split()
        # Alone, or with the name of the file as sha256sum writes it.
        if words and SHA256.fullmatch(words[0]) and (len(words) == 1 or words[1].lstrip("*") == release.name):
            return words[0].lower()
    raise LabError(f"{release.checksum} has no SHA-256 of {release.name}.")


def take(file: Path, called: str, member: str, target: Path) -> None:
    """Move a downloaded program, or one member of an archive, to where it is wanted. Raises LabError without it."""
    if not member:
        file.rename(target)
    else:
        try:
            with tarfile.open(file) as archive:
                content = archive.extractfile(member)
                if content is None:
                    raise LabError(f"{called}: {member} is no file")
                with target.open("wb") as program:
                    shutil.copyfileobj(content, program)
        except (KeyError, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise LabError(f"{called} is no archive with {member}: {error}") from error
    target.chmod(0o755)
