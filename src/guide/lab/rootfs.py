"""The root file system that all embedded nodes start from."""

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from guide.lab.cache import Cache, digest
from guide.lab.command import run

# Beyond config/packages.txt: what makes a folder of files a machine that one can reach.
MACHINE_PACKAGES = ("systemd", "systemd-sysv", "dbus", "openssh-server", "ca-certificates", "catatonit")

TREE = "/vagrant"  # where a node has the project's folder, and where its shells start

# Units for real hardware, for people who log in at a console, or for a network with a way out.
UNWANTED_UNITS = (
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "console-getty.service",
    "systemd-firstboot.service",
    "systemd-networkd-wait-online.service",
    "systemd-logind.service",
    "modprobe@.service",
    "dev-hugepages.mount",
    "sys-kernel-config.mount",
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
)

PREPARE = Path(__file__).with_name("prepare-node.sh")
PREPARE_UNIT = """\
[Unit]
Description=What a machine of its own would have
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=oneshot
ExecStart=/usr/lib/prepare-node

[Install]
WantedBy=sysinit.target
"""


# What is done in a new root file system, by its path in $1. TREE and PREPARE come by the environment.
# First, what makes it a node of the guide: the project's own script, if it has one.
PROVISION_HOOKS = (
    f'mkdir -p "$1{TREE}/script"',
    f'cp "$TREE/script/provision.sh" "$1{TREE}/script"',
    f'cp -r "$TREE/config" "$1{TREE}/config"',
    f'chroot "$1" bash {TREE}/script/provision.sh',
    f'rm -r "$1"{TREE}/*',  # a node sees the project's folder here
)
PLAIN_HOOKS = (f'echo "cd {TREE}" >>"$1/root/.profile"',)
# Then, what makes it a machine.
MACHINE_HOOKS = (
    'install "$PREPARE" "$1/usr/lib/prepare-node"',
    f'printf %s {shlex.quote(PREPARE_UNIT)} >"$1/etc/systemd/system/prepare-node.service"',
    'chroot "$1" systemctl enable -q systemd-networkd ssh prepare-node',
    f'chroot "$1" systemctl mask -q {" ".join(UNWANTED_UNITS)}',
    'rm -f "$1"/etc/ssh/ssh_host_* "$1/etc/hostname" "$1/etc/resolv.conf"',
    ': >"$1/etc/machine-id"',
    ': >"$1/root/.hushlogin"',
    'touch -r "$1/usr" "$1/etc/.updated" "$1/var/.updated"',  # else every first boot indexes what did not change
)


def debian_mirror() -> str | None:
    """Give the mirror that this machine's apt uses if it is Debian, so that a proxy or a copy serves us too."""
    form = ["--format", "$(ORIGIN) $(LABEL) $(REPO_URI)", "Created-By: Packages"]
    try:
        listed = subprocess.run(["apt-get", "indextargets", *form], capture_output=True, text=True, check=False)
    except OSError:
        return None
    uris = [line.split() for line in listed.stdout.splitlines()]
    return next((words[2] for words in uris if words[:2] == ["Debian", "Debian"] and len(words) == 3), None)


def bootstrap(
    target: Path,
    release: str,
    packages: Sequence[str],
    hooks: Sequence[str],
    what: str,
    env: Mapping[str, str] | None = None,
) -> None:
    """Make a small Debian root file system in a folder that exists. Raises LabError if that fails.

    `hooks` are shell commands that are run in the end, with the folder as $1 and `env` in their environment.
    """
    options = ["--variant=minbase", "--mode=root", "--format=directory", f"--include={','.join(packages)}"]
    slim = ["--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/doc/*"]
    slim += ["--dpkgopt=path-exclude=/usr/share/locale/*", "--aptopt=Acquire::Retries 3"]
    customize = [f"--customize-hook={hook}" for hook in hooks]
    mirror = debian_mirror()
    target_and_mirror: list[str | Path] = [release, target, *([mirror] if mirror else [])]
    # In a mount namespace of its own: what it mounts goes with it, however it ends.
    isolated = ["unshare", "--mount", "--propagation", "private"]
    run([*isolated, "mmdebstrap", "--quiet", *options, *slim, *customize, *target_and_mirror], what=what, env=env)


def listed_packages(path: Path) -> list[str]:
    """Give the package names in a list with comments."""
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    return [line for line in lines if line]


def provision_script(tree: Path) -> Path | None:
    """Give the project's own script that makes a machine a node, or None without one."""
    script = tree / "script" / "provision.sh"
    return script if script.exists() else None


def node_rootfs(cache: Cache, tree: Path, release: str) -> Path:
    """Give the root file system of a node.

    `tree` is the project's folder: config/packages.txt has what it needs beyond a machine, and script/provision.sh
    makes it a node of the guide. Both may be missing.
    """
    config = tree / "config"
    wanted, script = config / "packages.txt", provision_script(tree)
    packages = [*MACHINE_PACKAGES, *(listed_packages(wanted) if wanted.exists() else ())]
    hooks = (*(PROVISION_HOOKS if script else PLAIN_HOOKS), *MACHINE_HOOKS)
    inputs = [script, config / "nodes.yaml", wanted] if script else []
    env = {"TREE": str(tree), "PREPARE": str(PREPARE)}

    def make(folder: Path) -> None:
        root = folder / "root"
        root.mkdir()
        bootstrap(root, release, packages, hooks, "Making the nodes' root file system", env)

    own = digest(
        release,
        *packages,
        *hooks,
        PREPARE.read_bytes(),
        *(path.read_bytes() for path in inputs),
    )
    return cache.get(f"rootfs-{release}", own, make) / "root"
