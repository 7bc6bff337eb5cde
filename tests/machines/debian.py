"""Debian machines for qemu, made of packages: a box for Vagrant, and a stock machine for the embedded lab."""

import json
import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path

from guide.lab.cache import Cache, digest
from guide.lab.command import run
from guide.lab.rootfs import bootstrap, listed_packages

RELEASE = "trixie"
BOX = "guide/debian-13"
SIZE = "20G"  # of a disk; what is not written takes no room
COMMAND_LINE = "root=/dev/vda rw console=ttyS0 net.ifnames=0"
PACKAGES = (
    "systemd",
    "systemd-sysv",
    "udev",
    "dbus",
    "openssh-server",
    "ca-certificates",
    "initramfs-tools",
    "linux-image-cloud-amd64",
)
HOOKS = (
    'printf "[Match]\\nName=eth*\\n[Network]\\nDHCP=yes\\n" >"$1/etc/systemd/network/90-dhcp.network"',
    'chroot "$1" systemctl enable --quiet systemd-networkd ssh',
    'chroot "$1" systemctl mask --quiet apt-daily.timer apt-daily-upgrade.timer systemd-networkd-wait-online',
    'rm -f "$1/etc/hostname"; : >"$1/etc/machine-id"',
    'echo "/dev/vda / ext4 defaults 0 1" >"$1/etc/fstab"',
)

BOX_PACKAGES = ("sudo", "rsync")
BOX_HOOKS = (
    'chroot "$1" useradd --create-home --shell /bin/bash vagrant',
    'echo "vagrant ALL=(ALL) NOPASSWD: ALL" >"$1/etc/sudoers.d/vagrant"',
    'install -D --mode=600 "$KEY" "$1/home/vagrant/.ssh/authorized_keys"',
    'chroot "$1" chown --recursive vagrant: /home/vagrant/.ssh',
    'echo "nameserver 10.10.0.1" >"$1/etc/resolv.conf"',
)
BOX_FILE = f"""\
Vagrant.configure("2") do |config|
  config.vm.provider "libvirt" do |machine|
    here = File.dirname(File.expand_path(__FILE__))
    machine.driver = "qemu"
    machine.kernel = File.join(here, "vmlinuz")
    machine.initrd = File.join(here, "initrd")
    machine.cmd_line = "{COMMAND_LINE}"
  end
end
"""

# What the front door and the lab ask for: a stock machine has no way to packages.
STOCK_PACKAGES = (
    "python3",
    "python3-venv",
    "systemd-container",
    "mmdebstrap",
    "debian-archive-keyring",
    "iproute2",
    "openssh-client",
    "curl",
    "shellcheck",
    "gcc",
    "libc6-dev",
    "buildah",
    "kmod",
)
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"  # who is trusted here leads to the package index
# The front door makes the Python environment for the machine's own Python, while there is a way to the package index.
STOCK_HOOKS = (
    'mkdir "$1/guide" && cp -r "$TREE/guide" "$TREE/requirements.txt" "$TREE/src" "$1/guide"',
    'mv "$1$TRUSTED" "$1/guide/trusted" && cp "$TRUSTED" "$1$TRUSTED"',
    'chroot "$1" env HOME=/root /guide/guide --help >/dev/null',
    'mv "$1/guide/trusted" "$1$TRUSTED" && rm -r "$1/guide"',
)


def root(folder: Path, packages: Sequence[str], hooks: Sequence[str], env: dict[str, str]) -> None:
    """Make the root file system of a machine in a folder."""
    folder.mkdir()
    bootstrap(folder, RELEASE, (*PACKAGES, *packages), (*HOOKS, *hooks), "Making a Debian machine", env)


def disk(content: Path, target: Path) -> None:
    """Make a disk with what is in a folder."""
    run(["truncate", f"--size={SIZE}", target], what="Making a disk")
    run(["mke2fs", "-q", "-t", "ext4", "-d", content, target], what="Filling a disk")


def boot_files(content: Path) -> tuple[Path, Path]:
    """Give a machine's kernel and the file system that it starts with."""
    [kernel], [initrd] = (list((content / "boot").glob(f"{name}-*")) for name in ("vmlinuz", "initrd.img"))
    return kernel, initrd


def boxes(cache: Cache, tree: Path) -> Path:
    """Give a folder of Vagrant's with the box in it, made if the cache has none. Raises LabError."""
    key = next(path for top in ("/usr/share", "/opt") for path in Path(top).rglob("keys/vagrant.pub"))
    packages = (*BOX_PACKAGES, *listed_packages(tree / "config" / "packages.txt"))

    def make(folder: Path) -> None:
        content, box = folder / "root", folder / "box"
        root(content, packages, BOX_HOOKS, {"KEY": str(key)})
        box.mkdir()
        for source, name in zip(boot_files(content), ("vmlinuz", "initrd"), strict=True):
            shutil.copyfile(source, box / name)
        disk(content, folder / "disk")
        convert: list[str | Path] = ["qemu-img", "convert", "-c", "-O", "qcow2", folder / "disk", box / "box.img"]
        run(convert, what="Packing a disk")
        metadata = {"provider": "libvirt", "format": "qcow2", "virtual_size": int(SIZE.removesuffix("G"))}
        (box / "metadata.json").write_text(json.dumps(metadata))
        (box / "Vagrantfile").write_text(BOX_FILE)
        with tarfile.open(folder / "guide.box", "w") as archive:
            for part in box.iterdir():
                archive.add(part, part.name)
        add: list[str | Path] = ["vagrant", "box", "add", "--name", BOX, folder / "guide.box"]
        run(add, what="Giving Vagrant the box", env={"VAGRANT_HOME": str(folder / "home")})
        (folder / "home" / "boxes").rename(folder / "boxes")
        run(["rm", "-rf", content, box, folder / "disk", folder / "guide.box", folder / "home"], what="Cleaning up")

    inputs = digest(*PACKAGES, *packages, *HOOKS, *BOX_HOOKS, BOX_FILE, SIZE, key.read_bytes())
    return cache.get("box", inputs, make) / "boxes"


def stock(cache: Cache, tree: Path) -> Path:
    """Give the root file system of a stock machine with the guide's Python environment. Raises LabError."""

    def make(folder: Path) -> None:
        root(folder / "root", STOCK_PACKAGES, STOCK_HOOKS, {"TREE": str(tree), "TRUSTED": TRUSTED})

    locked = (tree / "requirements.txt").read_bytes()
    return cache.get("stock", digest(*PACKAGES, *STOCK_PACKAGES, *HOOKS, *STOCK_HOOKS, locked), make) / "root"
