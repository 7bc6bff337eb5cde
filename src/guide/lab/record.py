"""What is written down of a lab that is up, so that another process can find, use and remove it."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from guide.errors import LabError

PROCESSES = Path("/proc")  # on Linux
OWNERS = (b"guide", b"pytest")  # what is in the command line of a process that runs a guide


@dataclass(frozen=True, slots=True)
class Record:
    """A lab that is up.

    Attributes:
        name: the lab's name on this machine, of its network namespace and control groups.
        tree: the project's folder, which nodes see as /vagrant.
        made: when it was complete, as seconds since 1970; until then, when that began.
        owner: the process that uses it and removes it in the end; None for one that stays until `down`.
        addresses: node names with addresses.
        runtime: what runs containers there.
        sources: where components and images came from, by name, in words.
    """

    name: str
    tree: str
    made: float
    owner: int | None
    addresses: dict[str, str]
    runtime: str = "containerd"
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def abandoned(self) -> bool:
        """Whether the process that was to remove it is gone."""
        if self.owner is None:
            return False
        if not PROCESSES.exists():
            return not there(self.owner)
        with suppress(OSError):
            command = (PROCESSES / str(self.owner) / "cmdline").read_bytes()
            return not any(word in command for word in OWNERS)  # another program with the same number
        return True

    def kept(self) -> "Record":
        """Give the record of the same lab when nobody is to remove it but `down`."""
        return replace(self, owner=None)

    def write(self, path: Path) -> None:
        """Write it, whole or not at all."""
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps(asdict(self)))
        beside.replace(path)


def there(process: int) -> bool:
    """Tell whether a process exists, as every system can say."""
    try:
        os.kill(process, 0)
    except OSError as error:
        return isinstance(error, PermissionError)  # somebody else's
    return True


def read_record(path: Path) -> Record | None:
    """Give the record in a file, or None without one. Raises LabError for one that is no record."""
    try:
        return Record(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise LabError(f"{path} is damaged ({error}): run ./guide down, which removes the lab.") from error
