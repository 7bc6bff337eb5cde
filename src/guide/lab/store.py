"""What a runtime keeps under /var/lib: a copy with all images in it, so that nodes need no registry."""

import shutil
from pathlib import Path

from guide.lab.cache import Cache, digest
from guide.lab.command import run

# Runs the nodes' own runtime on a scratch copy of their root file system, in namespaces that take everything with
# them at their end.
LOAD = r"""
set -eu
mkdir "$WORK/upper" "$WORK/work" "$WORK/root"
mount -t overlay overlay -o "lowerdir=$ROOTFS,upperdir=$WORK/upper,workdir=$WORK/work" "$WORK/root"
root=$WORK/root
mkdir -p "$root/archives" "$root/var/lib/$RUNTIME"
mount --bind "$STATE" "$root/var/lib/$RUNTIME"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
for archive; do
    touch "$root/archives/$(basename "$(dirname "$archive")").tar"
    mount --bind "$archive" "$root/archives/$(basename "$(dirname "$archive")").tar"
done
chroot "$root" sh -euc "$LOADER"
"""

# What gives a runtime its images: archives in /archives, and those that PULLS names, from their registries.
LOADERS = {
    # Only the part of containerd that speaks CRI is left out: it would look for pods to start.
    "containerd": r"""
        printf 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n' >/run/containerd.toml
        containerd --config /run/containerd.toml >/run/log 2>&1 &
        until ctr version >/dev/null 2>&1; do
            kill -0 $! || { cat /run/log >&2; exit 1; }
            sleep 0.05
        done
        for archive in /archives/*.tar; do
            [ ! -e "$archive" ] || ctr --namespace k8s.io images import --digests=false "$archive"
        done
        for image in $PULLS; do
            ctr --namespace k8s.io images pull --hosts-dir /etc/containerd/certs.d "$image" >/run/pulled || {
                cat /run/pulled
                exit 1
            }
        done
        kill $!
        wait $! || exit 0
    """,
    "docker": r"""
        command -v docker
        dockerd --bridge=none --iptables=false --ip6tables=false >/run/log 2>&1 &
        until docker version >/dev/null 2>&1; do
            kill -0 $! || { cat /run/log >&2; exit 1; }
            sleep 0.05
        done
        for archive in /archives/*.tar; do
            [ ! -e "$archive" ] || docker load --quiet --input "$archive"
        done
        for image in $PULLS; do
            docker pull --quiet "$image"
        done
        kill $!
        wait $! || exit 0
    """,
}


def runtime_state(cache: Cache, runtime: str, rootfs: Path, archives: dict[str, Path]) -> Path:
    """Give a folder to be copied to a node's /var/lib/containerd or /var/lib/docker, with every image unpacked."""

    def make(folder: Path) -> None:
        state, work = folder / "state", folder / "work"
        state.mkdir()
        work.mkdir()
        env = {
            "ROOTFS": str(rootfs),
            "STATE": str(state),
            "WORK": str(work),
            "RUNTIME": runtime,
            "LOADER": LOADERS[runtime],
            "PULLS": "",
        }
        isolated = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--propagation", "private"]
        command: list[str | Path] = [*isolated, "sh", "-c", LOAD, "load", *archives.values()]
        run(command, what=f"Loading images into {runtime}'s store", env=env)
        run(["rm", "-rf", work], what="Cleaning up")

    parts = (archive.parent.name for archive in archives.values())
    inputs = digest(rootfs.parent.name, *parts, LOAD, LOADERS[runtime])
    return cache.get(runtime, inputs, make) / "state"


def copy_store(state: Path, target: Path) -> None:
    """Give a node its own store in the folder `target`, which must not be there.

    Blobs and unpacked layers are never written again, so hard links to them do; databases are copied.
    """
    run(["cp", "-a", "--link", state, target], what="Giving a node its images")
    for database in [*target.rglob("*.db")]:
        original = state / database.relative_to(target)
        database.unlink()
        shutil.copy2(original, database)
