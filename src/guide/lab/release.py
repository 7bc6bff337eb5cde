"""Official releases of what no registry has: downloaded once, resumed if interrupted, held to a lock."""

import re
import subprocess
import tarfile
from pathlib import Path

from guide.errors import LabError
from guide.lab.cache import Cache, digest, sha256

LINE = re.compile(r"([0-9a-f]{64})  (\S+)")
TRIES = 3  # downloads that go on where the one before stopped
STALLED = (
    "--speed-limit",
    "1024",
    "--speed-time",
    "20",
)  # fewer bytes a second, for so many seconds, are no download
TIME_TO_CONNECT = "10"  # seconds


def read_lock(lock: Path) -> dict[str, str]:
    """Give the SHA-256 that each address must have, from a lock with comments. Raises LabError if it is damaged."""
    known: dict[str, str] = {}
    for number, line in enumerate(lock.read_text().splitlines() if lock.exists() else (), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = LINE.fullmatch(line.strip())
        if not match:
            raise LabError(
                f"{lock}:{number}: this is no line of a lock, which has a SHA-256, two spaces, and an address"
            )
        known[match[2]] = match[1]
    return known


def download(address: str, file: Path) -> None:
    """Get a file by curl, which goes on with what there is of it. Raises LabError if that cannot be done."""
    command = [
        "curl",
        "--fail",
        "--silent",
        "--show-error",
        "--location",
        "--connect-timeout",
        TIME_TO_CONNECT,
        *STALLED,
    ]
    said = ""
    for _ in range(TRIES):
        done = subprocess.run(
            [*command, "--continue-at", "-", "--output", str(file), address],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return
        said = done.stderr.strip().removeprefix("curl: ")
    raise LabError(f"{address} cannot be downloaded: {said}")


def fetch(cache: Cache, address: str, lock: Path) -> Path:
    """Give the file at an address, downloaded if the cache has none, and the same as in the lock.

    An address that the lock does not have yet is written there with the SHA-256 that it has now. Raises LabError if
    it cannot be had, or is another file.
    """
    known = read_lock(lock)
    name = address.rpartition("/")[2]
    folder = cache.root / "downloads" / digest(address)
    folder.mkdir(parents=True, exist_ok=True)
    file, part = folder / name, folder / f"{name}.part"
    if not file.exists():
        download(address, part)
        part.rename(file)
    seen = sha256(file)
    if address not in known:
        with lock.open("a") as lines:
            lines.write(f"{seen}  {address}\n")
    elif seen != known[address]:
        file.unlink()
        raise LabError(
            f"{address} is not the file that {lock} has: its SHA-256 is {seen}, and not {known[address]}. "
            "If the project has published it anew, and says so, remove the line; else do not use it."
        )
    return file


def member(archive: Path, name: str, cache: Cache) -> Path:
    """Give one file of a tar archive, unpacked into the cache. Raises LabError if it is not in there."""

    def unpack(folder: Path) -> None:
        try:
            with tarfile.open(archive) as files:
                content = files.extractfile(name)
                if content is None:
                    raise LabError(f"{archive.name}: {name} is no file")
                target = folder / Path(name).name
                target.write_bytes(content.read())
                target.chmod(0o755)
        except (KeyError, tarfile.TarError, EOFError) as error:
            raise LabError(f"{archive.name} is no archive with {name}: {error}") from error

    return cache.get(Path(name).name, digest(sha256(archive), name), unpack) / Path(name).name
