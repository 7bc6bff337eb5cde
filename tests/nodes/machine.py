"""What a lab could leave on the machine that carried it."""

import os
from dataclasses import astuple, dataclass
from pathlib import Path

from guide.lab.cgroups import has_systemd


@dataclass(frozen=True)
class State:
    """Everything of a machine that a lab touches, as names that can be compared."""

    labs: frozenset[str]
    namespaces: frozenset[str]
    mounts: frozenset[str]
    groups: frozenset[str]
    processes: frozenset[str]

    def left_over(self, before, name):
        """Give what is here and was not before; beside other labs only what has this lab's name."""
        alone = self.labs <= {name} and before.labs <= {name}
        new = set().union(*astuple(self)) - set().union(*astuple(before))
        return {each for each in new if alone or name in each}


def names(folder):
    return frozenset(path.name for path in folder.iterdir()) if folder.is_dir() else frozenset()


def groups():
    """Give the control groups; where systemd makes and removes some at any time, only those of labs."""
    paths = (path for path, _, _ in os.walk("/sys/fs/cgroup"))
    return frozenset(path for path in paths if "/kfs-" in path or not has_systemd())


def lab_processes():
    """Give the processes in a lab's control groups, or in another network than ours."""
    ours, found = Path("/proc/self/ns/net").readlink(), set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                group = (folder / "cgroup").read_text()
                elsewhere = (folder / "ns/net").readlink() != ours
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue  # it ended while we looked
            if elsewhere or "/kfs-" in group:
                found.add(f"{folder.name} {command} {group}")
    return frozenset(found)


def state(cache):
    """Look at the machine, and at the labs in a cache folder."""
    mounts = (line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines())
    return State(names(cache / "labs"), names(Path("/run/netns")), frozenset(mounts), groups(), lab_processes())
