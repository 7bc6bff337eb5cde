"""What a machine and its nodes are like, for people: what is good, what is wrong, and what to do about it."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from guide.errors import GuideError
from guide.lab.cgroups import is_unified, systemd_decides
from guide.lab.facts import Versions
from guide.lab.machine import (
    BRIDGES,
    architecture,
    lab_needs,
    missing_packages,
    only_reaches,
    require_linux,
    require_namespaces,
)
from guide.lab.provide import Provided
from guide.lab.runtime import may_spare
from guide.node import Ending, Node, rebooted

GIB = 2**30
MEMORY, DISK = 4 * GIB, 20 * GIB  # bytes, free, that chapter 0 asks for
NODE_DISK = 1 * GIB  # bytes, free, below which the kubelet begins to send pods away
TIME = 10.0  # seconds that a node gets for an answer
DRIFT = 5  # seconds by which a node's clock may be wrong
MEMINFO = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is good, what it is, and what to do if it is not."""

    good: bool
    what: str
    remedy: str = ""


def tried(name: str, require: Callable[[], object]) -> Finding:
    """Give what comes of a demand that raises GuideError."""
    try:
        require()
    except GuideError as error:
        return Finding(False, name, str(error))
    return Finding(True, name)


def enough(what: str, there: int, needed: int, remedy: str) -> Finding:
    """Give whether there are enough bytes of something."""
    words = f"{what}: {there / GIB:.1f} GiB free, {needed / GIB:g} needed"
    return Finding(there >= needed, words, "" if there >= needed else remedy)


def available_memory() -> int:
    """Give the bytes of memory that programs can still have."""
    line = next(line for line in MEMINFO.read_text().splitlines() if line.startswith("MemAvailable:"))
    return int(line.split()[1]) * 1024


def examine_machine(versions: Versions, provider: str, cache: Path) -> Iterator[Finding]:
    """Look at a machine that is to carry or make nodes, with its cache in a folder that need not be there yet."""
    missing = missing_packages(lab_needs(versions, provider))
    remedy = f"Run apt-get install {' '.join(missing)}, or ./guide up --yes." if missing else ""
    packages = Finding(not missing, "All packages that the lab uses are installed", remedy)
    if only_reaches(versions, provider):
        yield packages
        return
    system = tried("This is Linux", require_linux)
    yield system
    if not system.good:
        return
    yield tried("Its processor is x86-64 or ARM64", architecture)
    root = os.geteuid() == 0
    yield Finding(root, "You are root", "" if root else "Nodes are made as root: run it again with sudo.")
    if root:
        yield tried("It allows new namespaces", require_namespaces)
    yield packages
    yield enough("Memory", available_memory(), MEMORY, "End other programs, or use a machine with more.")
    there = next(path for path in (cache, *cache.parents) if path.exists())
    free = shutil.disk_usage(there).free
    used = cache.exists() and any(cache.glob("*kubelet-*"))
    yield enough(f"Disk for {cache}", free, NODE_DISK if used else DISK, "Remove files there, or set XDG_CACHE_HOME.")
    version = "version 2" if is_unified() else "version 1"
    who = "systemd starts nodes as its units" if systemd_decides() else "nodes are started by ourselves"
    yield Finding(True, f"Control groups are of {version}: {who}")
    bridges = BRIDGES.exists() or shutil.which("modprobe") is not None
    yield Finding(bridges, "br_netfilter is loaded, or can be", "" if bridges else "Install kmod.")
    if not may_spare():
        yield Finding(True, "It may not spare processes when memory runs out: containers run without that wish")


def examine_lab(lab: Provided, started: Callable[[str], Sequence[str]]) -> Iterator[Finding]:
    """Look at a project's nodes, if they are up. `started` gives the units that are noted as started on a node."""
    try:
        record = lab.record()
    except GuideError as error:
        yield Finding(False, "The nodes' record can be read", str(error))
        return
    if record is None:
        yield Finding(True, "No nodes are up")
        return
    if os.geteuid() != 0:
        return
    for name in record.addresses:
        if not lab.runs(name):
            yield Finding(
                False, f"{name} runs", "It is not there any more: remove the rest by ./guide down, then ./guide up."
            )
            continue
        yield from examine_node(lab, name, record.made, started(name))


def has_rebooted(node: Node, made: float) -> bool:
    """Tell whether a node says that it has started after the time at which it was made."""
    reply = node.run(BOOTED, TIME)
    return reply.ending is Ending.DONE and reply.status == 0 and float(reply.output) > made


def examine_node(lab: Provided, name: str, made: float, started: Sequence[str]) -> Iterator[Finding]:
    """Look at one node that has processes."""
    try:
        node = lab.node(name)
        asked = node.run(QUESTIONS, TIME)
    except GuideError as error:
        yield Finding(False, f"{name} answers", str(error))
        return
    try:
        lines = dict(line.split("=", 1) for line in asked.output.splitlines() if "=" in line)
        if asked.ending is not Ending.DONE or "failed" not in lines:
            yield Finding(False, f"{name} answers", f"It said: {asked.output.strip() or asked.ending}")
            return
        failed = lines["failed"].split()
        remedy = f"See journalctl -u {failed[0]} there." if failed else ""
        yield Finding(not failed, f"{name}: no unit has failed{': ' + ' '.join(failed) if failed else ''}", remedy)
        drift = abs(float(lines["now"]) - time.time())
        yield Finding(drift <= DRIFT, f"{name}: its clock is right", "" if drift <= DRIFT else "Set its clock.")
        remedy = "The kubelet sends pods away when a disk is full: remove files there."
        yield enough(f"{name}: disk", int(lines["free"]), NODE_DISK, remedy)
        new = has_rebooted(node, made)
        remedy = (
            f"{rebooted(name, started)}: source the scripts again in the order of the chapters, or ./guide goto N."
        )
        yield Finding(not new, f"{name} has run since it was made", remedy if new else "")
        by_hand = lines["units"].split()
        yield Finding(True, f"{name} runs {', '.join(by_hand) if by_hand else 'nothing that you started yet'}")
    finally:
        node.close()


BOOTED = 'date +%s --date="$(systemctl show --property=UserspaceTimestamp --value)"'

# Units that were started by systemd-run are transient: their files are below /run/systemd/transient.
QUESTIONS = r"""
echo "failed=$(systemctl list-units --failed --plain --no-legend | awk '{ printf "%s ", $1 }')"
echo "now=$(date +%s)"
echo "free=$(df --output=avail --block-size=1 /var/lib | tail --lines=1 | tr --delete ' ')"
echo "units=$(cd /run/systemd/transient && for unit in *.service; do
    ! systemctl is-active --quiet "$unit" || echo "${unit%.service}"; done | paste --serial --delimiters=' ')"
"""
