"""What is mounted, as the kernel sees it: os.path.ismount misses bind mounts within one file system."""

from pathlib import Path


def mount_points() -> list[str]:
    """Give every mount point of this process's mount namespace."""
    return [line.split(" ")[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
