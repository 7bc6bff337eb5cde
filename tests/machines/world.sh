#!/usr/bin/env bash
# Runs a command where Vagrant works on a machine without KVM and without a service manager: in namespaces of its own, with D-Bus,
# virtlogd and libvirtd started for it. All that it changes is on a disk that nobody else sees, and goes with the namespaces.
#
#   BOXES=... LABS=... tests/machines/world.sh COMMAND...
#
# BOXES is a folder of Vagrant's with the box in it, LABS the one in which the guide takes note of its labs.
set -euo pipefail

if [ "${WORLD:-}" != inside ]; then
    # The namespaces' first process takes everything with it at its end, however that comes.
    WORLD=inside exec unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private "$0" "$@"
fi

mount -t tmpfs tmpfs /run
mkdir -p /run/dbus /run/lock /run/world
disk=$(mktemp)
truncate --size=30G "$disk"
mke2fs -q -t ext4 "$disk"
mount -o loop "$disk" /run/world
rm "$disk" # it stays for as long as it is mounted
cd /run/world
mkdir labs lib home home/boxes state
cp -r /etc/libvirt etc
mount --bind etc /etc/libvirt
mount --bind lib /var/lib/libvirt
mount --bind labs "$LABS"
mount --bind "$BOXES" home/boxes
cat >/etc/libvirt/qemu.conf <<'CONF'
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
namespaces = []
CONF
ip link set lo up
# The resolver that libvirt starts for machines answers from this file: it stands in for the internet's.
printf '127.0.0.1 localhost\n192.0.2.10 www.google.de\n' >hosts
mount --bind hosts /etc/hosts
dbus-daemon --system --fork
virtlogd --daemon
libvirtd --daemon
until virsh --connect qemu:///system version >/dev/null 2>&1; do sleep 0.2; done
mkdir -p /var/lib/libvirt/images
virsh --connect qemu:///system pool-define-as default dir --target /var/lib/libvirt/images >/dev/null
virsh --connect qemu:///system pool-start default >/dev/null
cd "$OLDPWD"

export GUIDE_STAND_INS="The machines are emulated by qemu, without KVM, from a box that is built of Debian's packages.
The nodes' upstream resolver is a dnsmasq in their network, without a way to the internet."
export GUIDE_BOX=guide/debian-13 GUIDE_CPUS=2
export VAGRANT_HOME=/run/world/home VAGRANT_DOTFILE_PATH=/run/world/state VAGRANT_DEFAULT_PROVIDER=libvirt
status=0
"$@" || status=$?
exit "$status"
