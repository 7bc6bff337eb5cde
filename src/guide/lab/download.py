"""Files by HTTPS, with curl: gone on with where an earlier download stopped, and given up when nothing comes."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from guide.errors import LabError

TRIES = 3  # downloads that go on where the one before stopped
STALLED = (
    "--speed-limit",
    "1024",
    "--speed-time",
    "20",
)  # fewer bytes a second, for so many seconds, are no download
TIME_TO_CONNECT = "10"  # seconds
LOOKS = 0.2  # seconds between two looks at how much is there
CURL = ("curl", "--fail", "--silent", "--show-error", "--location", "--proto-redir", "=https")


def download(address: str, file: Path, told: Callable[[int], None] = lambda _: None) -> None:
    """Get a file, going on with what there is of it; `told` how many bytes there are. Raises LabError."""
    said = ""
    for _ in range(TRIES):
        before = size(file)
        said = curl(address, file, told)
        if not said:
            return
        if size(file) == before:  # it will not come by asking again
            break
    raise LabError(f"{address} cannot be downloaded: {said}")


def curl(address: str, file: Path, told: Callable[[int], None]) -> str:
    """Run curl once. Gives what went wrong in its words, or nothing."""
    command = [*CURL, "--connect-timeout", TIME_TO_CONNECT, *STALLED, "--continue-at", "-", "--output", str(file)]
    with subprocess.Popen(
        [*command, address], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            while True:
                try:
                    _, said = running.communicate(timeout=LOOKS)
                    break
                except subprocess.TimeoutExpired:
                    told(size(file))
        except BaseException:
            running.kill()
            raise
    words = said.strip().removeprefix("curl: ")
    return "" if running.returncode == 0 else words or f"curl ended with status {running.returncode}"


def size(file: Path) -> int:
    """Give how many bytes of a file are there."""
    return file.stat().st_size if file.exists() else 0
