#!/usr/bin/env bash
# Runs a command where Vagrant works on a machine without KVM and without a service manager: in a network namespace of its own, with
# D-Bus, virtlogd and libvirtd started for it and ended after it. Needs the packages vagrant, vagrant-libvirt, libvirt-daemon-system,
# libvirt-daemon-driver-qemu, qemu-system-x86, qemu-utils, dbus and dnsmasq-base.
#
#   tests/vagrant/world.sh COMMAND...
set -euo pipefail

if [ "${WORLD:-}" != inside ]; then
    # The namespaces' first process takes everything with it at its end, however that comes.
    WORLD=inside exec unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private "$0" "$@"
fi

mount -t tmpfs tmpfs /run
mkdir -p /run/dbus /run/lock
folder=$(mktemp --directory)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/etc" "$folder/lib" "$folder/home"
cp -r /etc/libvirt/. "$folder/etc"
mount --bind "$folder/etc" /etc/libvirt
mount --bind "$folder/lib" /var/lib/libvirt
cat >/etc/libvirt/qemu.conf <<'CONF'
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
namespaces = []
CONF
ip link set lo up
# The resolver that libvirt starts for machines answers from this file: it stands in for the internet's.
printf '127.0.0.1 localhost\n192.0.2.1 www.google.de\n' >"$folder/hosts"
mount --bind "$folder/hosts" /etc/hosts
dbus-daemon --system --fork
virtlogd --daemon
libvirtd --daemon
until virsh --connect qemu:///system version >/dev/null 2>&1; do sleep 0.2; done
mkdir -p /var/lib/libvirt/images
virsh --connect qemu:///system pool-define-as default dir --target /var/lib/libvirt/images >/dev/null
virsh --connect qemu:///system pool-start default >/dev/null

export GUIDE_STAND_INS="The machines are emulated by qemu, without KVM, from a box that is built of Debian's packages.
The nodes' upstream resolver is a dnsmasq in their network, without a way to the internet."
export VAGRANT_HOME=${VAGRANT_HOME:-$folder/home} VAGRANT_DEFAULT_PROVIDER=libvirt
status=0
"$@" || status=$?
exit "$status"
