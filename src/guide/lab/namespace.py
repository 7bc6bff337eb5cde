"""A network of the lab's own: nothing on this machine's network changes, and no packet finds a way out."""

import ctypes
import os
import socket
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import TypeVar

from guide.lab.command import run
from guide.lab.mounts import mount_points

BRIDGE = "lab0"
NAMES = Path("/run/netns")
T = TypeVar("T")

TIME_TO_CONNECT = 0.1  # seconds; less than the kernel waits before it knocks again
CLONE_NEWNET = 0x40000000  # linux/sched.h; os.setns came with Python 3.12


@dataclass(frozen=True, slots=True)
class Namespace:
    """A named network namespace."""

    name: str

    @property
    def path(self) -> Path:
        """Its file, which nsenter takes."""
        return NAMES / self.name

    def exists(self) -> bool:
        """Tell whether it is there."""
        return self.path.exists()

    def create(self, host: IPv4Address, network: IPv4Network) -> None:
        """Make it, with a bridge that has the address `host` and no way to anywhere else."""
        run(["ip", "netns", "add", self.name], what="Making the lab's network namespace")
        batch = [
            "link set lo up",
            f"link add {BRIDGE} type bridge forward_delay 0",
            f"address add {host}/{network.prefixlen} dev {BRIDGE}",
            f"link set {BRIDGE} up",
            # A node is looked for before it is there; ask again sooner than after a second.
            f"ntable change name arp_cache dev {BRIDGE} retrans 20",
        ]
        run(["ip", "-n", self.name, "-batch", "-"], what="Making the lab's network", stdin="\n".join(batch))

    def delete(self) -> None:
        """Remove it if it is there."""
        if self.exists():
            run(["ip", "netns", "delete", self.name], what="Removing the lab's network namespace")
        if str(NAMES) in mount_points() and not any(NAMES.iterdir()):
            # ip makes this mount for the first name and leaves it. If a name has come since, it is busy, and stays.
            subprocess.run(["umount", NAMES], capture_output=True, check=False)

    def pids(self) -> list[int]:
        """Give the processes that live in it."""
        if not self.exists():
            return []
        listed = subprocess.run(["ip", "netns", "pids", self.name], capture_output=True, text=True, check=False)
        return [int(pid) for pid in listed.stdout.split()]

    def enter(self, *command: str) -> list[str]:
        """Give `command` as one that runs inside. Not by `ip netns exec`, which mounts another /sys."""
        return ["nsenter", f"--net={self.path}", *command]

    def dial(self, address: str, port: int) -> socket.socket:
        """Open a TCP connection from inside, for use by this process outside."""

        def connect() -> socket.socket:
            return socket.create_connection((address, port), timeout=5)

        return self._inside(connect)

    def answers(self, address: str, port: int, seconds: float) -> bool:
        """Tell whether an SSH server takes a connection now, and greets within `seconds`."""

        def greet() -> bool:
            try:
                with socket.create_connection((address, port), timeout=TIME_TO_CONNECT) as connection:
                    connection.settimeout(seconds)
                    return connection.recv(4) == b"SSH-"
            except OSError:
                return False

        return self._inside(greet)

    def _inside(self, action: Callable[[], T]) -> T:
        # A thread can be in another namespace than its process; this one ends with the action.
        def enter() -> T:
            descriptor = os.open(self.path, os.O_RDONLY)
            try:
                if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET) != 0:
                    error = ctypes.get_errno()
                    raise OSError(error, os.strerror(error), str(self.path))
            finally:
                os.close(descriptor)
            return action()

        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(enter).result()
