"""The control groups of a lab: every process of it is in them, so that none is missed at the end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from guide.errors import LabError

ROOT = Path("/sys/fs/cgroup")
TIME_TO_DIE = 10.0  # seconds that killed processes get until they are gone
PAUSE = 0.01  # seconds between two looks


def is_unified() -> bool:
    """Tell whether this machine has cgroup v2 alone."""
    return (ROOT / "cgroup.controllers").exists()


def has_systemd() -> bool:
    """Tell whether systemd manages this machine, and with it the control groups."""
    return Path("/run/systemd/system").is_dir()


def systemd_decides() -> bool:
    """Tell whether nodes have to be units of this machine's systemd: on cgroup v2 it alone writes groups."""
    return has_systemd() and is_unified()


def hierarchies() -> list[Path]:
    """Give every mounted hierarchy: one on cgroup v2, one a controller (and `systemd`, `unified`) on v1."""
    if is_unified():
        return [ROOT]
    mounts = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    return [Path(words[1]) for words in mounts if words[2].startswith("cgroup") and Path(words[1]).parent == ROOT]


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups below one name, in every hierarchy."""

    name: str

    def create(self, part: str) -> None:
        """Make the group of a part of the lab, such as a node."""
        for hierarchy in hierarchies():
            group = hierarchy / self.name / part
            group.mkdir(parents=True, exist_ok=True)
            if is_unified() and not has_systemd():  # which decides there what the root passes on
                for each in (hierarchy, group.parent):
                    pass_on_controllers(each)
            if hierarchy.name == "cpuset":  # starts empty, and takes no process until it is filled
                for each in (group.parent, group):
                    for name in ("cpuset.cpus", "cpuset.mems"):
                        (each / name).write_text((each.parent / name).read_text())

    def enter(self, part: str, command: Sequence[str]) -> list[str]:
        """Give `command` as one that runs inside the group of a part.

        By a shell, which joins and becomes the command. A `preexec_fn` would have Python's hooks run around a fork,
        and an interrupt within one is lost, together with the locks that it holds.
        """
        joins = "".join(f"echo $$ >{each / self.name / part}/cgroup.procs; " for each in hierarchies())
        return ["bash", "-c", f'set -e; {joins}exec "$@"', part, *command]

    def start(self, part: str, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        """Start a process of a part that goes on without us, with its output in a file. Returns when it is inside."""
        self.create(part)
        with log.open("wb") as output:
            process = subprocess.Popen(
                self.enter(part, command),
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        inside = Groups(f"{self.name}/{part}")
        while process.poll() is None and process.pid not in inside.pids():
            time.sleep(PAUSE)

    def pids(self) -> set[int]:
        """Give the processes in all groups."""
        found: set[int] = set()
        for hierarchy in hierarchies():
            for folder, _, _ in os.walk(hierarchy / self.name):
                with suppress(OSError):  # the group went away while we looked
                    found.update(int(pid) for pid in Path(folder, "cgroup.procs").read_text().split())
        return found

    def exist(self) -> bool:
        """Tell whether any group is left."""
        return any((hierarchy / self.name).exists() for hierarchy in hierarchies())

    def remove(self) -> None:
        """Kill every process in the groups, then remove the groups. Raises LabError if some do not die."""
        kill_all(self.pids)
        for hierarchy in hierarchies():
            top = hierarchy / self.name
            if top.exists():
                for folder, _, _ in os.walk(top, topdown=False):
                    remove_group(Path(folder))


def pass_on_controllers(group: Path) -> None:
    """Let the groups below a cgroup v2 group have every controller. Raises LabError where that is not allowed."""
    controllers = (group / "cgroup.controllers").read_text().split()
    try:
        (group / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in controllers))
    except OSError as error:
        raise LabError(
            f"This machine has cgroup v2 without systemd, and {group} does not pass its controllers on "
            f"({error.strerror}): run it where the control groups' root is yours, or where systemd runs."
        ) from error


def remove_group(group: Path) -> None:
    """Remove an empty group; the kernel may need a moment after the last process."""
    end = time.monotonic() + TIME_TO_DIE
    while True:
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if time.monotonic() > end:
                raise LabError(f"The control group {group} cannot be removed: {error.strerror}") from error
            time.sleep(PAUSE)
        else:
            return


def kill_all(pids: Callable[[], set[int]]) -> None:
    """Kill processes until `pids` gives none. Raises LabError if that takes too long."""
    end = time.monotonic() + TIME_TO_DIE
    while left := pids() - {os.getpid()}:
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > end:
            raise LabError(f"Processes of the lab do not die: {' '.join(map(str, sorted(left)))}")
        time.sleep(PAUSE)


def stop_unit(unit: str) -> None:
    """Kill a transient unit of this machine's systemd, and forget it."""
    for command in (["kill", "--signal=KILL", unit], ["stop", unit], ["reset-failed", unit]):
        subprocess.run(["systemctl", "--quiet", *command], capture_output=True, check=False)  # may be gone already
