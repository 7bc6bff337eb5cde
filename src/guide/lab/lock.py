"""The lock of what is downloaded: the SHA-256 that each thing had when it was first used."""

import re
from dataclasses import dataclass
from pathlib import Path

from guide.errors import LabError

LINE = re.compile(r"([0-9a-f]{64})  (\S+)")


@dataclass(frozen=True, slots=True)
class Lock:
    """A file with a line for each address: a SHA-256, two spaces, and the address. It may have comments."""

    path: Path

    def known(self) -> dict[str, str]:
        """Give the SHA-256 that each address must have. Raises LabError if the file is damaged."""
        known: dict[str, str] = {}
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            match = LINE.fullmatch(line.strip())
            if not match:
                raise LabError(
                    f"{self.path}:{number}: this is no line of a lock: a SHA-256, two spaces, and an address"
                )
            known[match[2]] = match[1]
        return known

    def hold(self, address: str, seen: str) -> None:
        """Refuse another SHA-256 than the one that an address has here by LabError; take down the first one."""
        wanted = self.known().get(address)
        if wanted is None:
            self._add(f"{seen}  {address}\n")
        elif seen != wanted:
            raise LabError(
                f"{address} is not what {self.path} has: its SHA-256 is {seen}, and not {wanted}. "
                "If the publisher has published it anew, and says so, remove the line; else do not use it."
            )

    def _add(self, line: str) -> None:
        try:
            ended = not self.path.exists() or self.path.read_bytes()[-1:] in (b"", b"\n")
            with self.path.open("a") as lines:
                lines.write(line if ended else f"\n{line}")
        except OSError as error:
            raise LabError(f"{self.path}: what was downloaded cannot be taken down: {error.strerror}") from error
