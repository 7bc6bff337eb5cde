"""Where a machine is that one reaches by SSH; known without SSH itself, which takes a moment to be loaded."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Target:
    """Where a machine is, and how one gets in.

    `known_hosts` names the only host keys that are accepted; `sudo` tells that the user becomes root by it.
    """

    name: str
    address: str
    user: str
    key: Path
    known_hosts: Path
    port: int = 22
    sudo: bool = False
