#!/bin/sh
# Runs in an embedded node before anything else does, and gives it what a machine of its own would have.
set -eu

# systemd-nspawn hands out cgroup v1 read-only; the kubelet writes its groups.
if [ ! -e /sys/fs/cgroup/cgroup.controllers ]; then
    for mount in /sys/fs/cgroup /sys/fs/cgroup/*/; do
        mount -o remount,bind,rw "$mount"
    done
fi

# The kubelet sets these. They are the carrying machine's, and read-only: give the node files that hold the
# present values and that it can write.
mkdir -p /run/kernel-settings
for setting in kernel/panic kernel/panic_on_oops vm/overcommit_memory; do
    copy=/run/kernel-settings/$(basename "$setting")
    cat "/proc/sys/$setting" >"$copy"
    mount --bind "$copy" "/proc/sys/$setting"
done
