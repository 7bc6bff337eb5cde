"""One node as systemd-nspawn boots it: as a unit where systemd decides over control groups, else as our own child."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from guide.lab.cgroups import Groups, hierarchies, stop_unit, systemd_decides
from guide.lab.command import run
from guide.lab.namespace import BRIDGE, Namespace

BOOT = Path(__file__).with_name("boot-node.sh")
LAST_LINES = 20  # of a console that failed


@dataclass(frozen=True, slots=True)
class Machine:
    """A node's machine, whether it runs or not.

    Attributes:
        lab: the name of its lab.
        name: the node's own.
        folder: the lab's, with a folder for the node in it.
    """

    lab: str
    name: str
    folder: Path

    @property
    def _unit(self) -> str:
        return f"{self.lab}-{self.name}.service"

    @property
    def _console_file(self) -> Path:
        return self.folder / self.name / "console"

    def start(self, namespace: Namespace, rootfs: Path, binaries: Path, tree: Path) -> None:
        """Boot it inside a network namespace. Returns before it has come up."""
        env = {
            "NAME": self.name,
            "LAB": str(self.folder),
            "ROOTFS": str(rootfs),
            "BIN": str(binaries),
            "TREE": str(tree),
            "BRIDGE": BRIDGE,
            "CGROUPS": "" if systemd_decides() else " ".join(shown_hierarchies()),
        }
        command = namespace.enter(str(BOOT))
        if systemd_decides():
            settings = [f"--setenv={key}={value}" for key, value in env.items()]
            options = ["--quiet", "--collect", f"--unit={self._unit}", "--property=Delegate=yes"]
            options.append("--property=TasksMax=infinity")  # a node carries pods of many processes
            run(["systemd-run", *options, *settings, *command], what=f"Booting {self.name}")
            return
        Groups(self.lab).start(self.name, command, self._console_file, env)

    def runs(self) -> bool:
        """Tell whether it has processes."""
        if systemd_decides():
            active = ["systemctl", "is-active", "--quiet", self._unit]
            return subprocess.run(active, check=False).returncode == 0
        return bool(Groups(f"{self.lab}/{self.name}").pids())

    def console(self) -> str:
        """Give the last lines that it has said while booting."""
        if systemd_decides():
            journal = ["journalctl", "--no-pager", f"--lines={LAST_LINES}", "--output=cat", f"--unit={self._unit}"]
            return subprocess.run(journal, capture_output=True, text=True, check=False).stdout
        return "\n".join(self._console_file.read_text(errors="replace").splitlines()[-LAST_LINES:])

    def kill(self) -> None:
        """End its unit; without one, it ends with the lab's control groups."""
        if systemd_decides():
            stop_unit(self._unit)


def shown_hierarchies() -> list[str]:
    """Give the hierarchies that a node sees as its own, as boot-node.sh takes them."""
    return [item.name if item.name != "cgroup" else "." for item in hierarchies()]
