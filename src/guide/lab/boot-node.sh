#!/bin/sh
# Boots one embedded node, and becomes it. Started in the lab's network namespace and in the node's control
# group; everything that it mounts is seen by the node alone and goes with it.
#
#   NAME      the node's name
#   LAB       the lab's folder; the node's is $LAB/$NAME
#   ROOTFS    the root file system that all nodes start from, never written
#   BIN       a folder with the components, which may be empty
#   TREE      the project's folder
#   BRIDGE    the bridge of the lab's network
#   CGROUPS   the hierarchies to show to the node as its own, "" where systemd-nspawn does that itself
set -eu

if [ "${1:-}" != inside ]; then
    exec unshare --mount --propagation private ${CGROUPS:+--cgroup} "$0" inside
fi

for hierarchy in $CGROUPS; do
    umount "/sys/fs/cgroup/$hierarchy"
    case $hierarchy in
        .) mount -t cgroup2 cgroup2 /sys/fs/cgroup ;;
        unified) mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified ;;
        systemd) mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd ;;
        *) mount -t cgroup -o "$hierarchy" cgroup "/sys/fs/cgroup/$hierarchy" ;;
    esac
done

node=$LAB/$NAME
mount -t overlay overlay -o "lowerdir=$ROOTFS,upperdir=$node/upper,workdir=$node/work" "$node/root"

# Runtimes keep what an overlay cannot hold; components are there if any were built.
set --
for store in "$node"/var-lib/*; do
    [ ! -e "$store" ] || set -- "$@" "--bind=$store:/var/lib/${store##*/}"
done
[ -z "$(ls -A "$BIN")" ] || set -- "$@" "--bind-ro=$BIN:/usr/local/bin"

# systemd-nspawn leaves locks and mount points here when it is killed.
mkdir -p /run/systemd/nspawn
mount -t tmpfs -o mode=755 tmpfs /run/systemd/nspawn

# systemd in a node does not take cgroup v1 unless told that it is meant.
legacy=
[ -e /sys/fs/cgroup/cgroup.controllers ] || legacy=SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1

# shellcheck disable=SC2086 # no argument at all where it is empty
exec systemd-nspawn --quiet --directory="$node/root" --machine="$NAME" --register=no --keep-unit --boot \
    --network-bridge="$BRIDGE" --capability=all --system-call-filter='add_key keyctl bpf perf_event_open' \
    --bind=/dev/kmsg --resolv-conf=off --timezone=off --link-journal=no --console=pipe \
    --bind-ro="$TREE:/vagrant" "$@" -- $legacy
