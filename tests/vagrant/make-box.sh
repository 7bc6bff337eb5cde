#!/usr/bin/env bash
# Makes a Vagrant box of Debian from its packages, for qemu without KVM, and adds it as guide/debian-13: for machines that cannot
# fetch one. Needs mmdebstrap, qemu-utils and e2fsprogs.
#
#   tests/vagrant/make-box.sh FOLDER      # FOLDER is made, and may be removed once the box is added
# shellcheck disable=SC2016 # $1 is for the shell that mmdebstrap starts
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
folder=$1
mkdir -p "$folder"
cd "$folder"

key=$(find /usr/share /opt -path '*keys/vagrant.pub' -print -quit)
packages=$(sed 's/#.*//' "$project/config/packages.txt" | awk 'NF { print $1 }' | paste --serial --delimiters=,)
mmdebstrap --quiet --variant=minbase --mode=root \
    --include="systemd,systemd-sysv,udev,dbus,openssh-server,sudo,rsync,ca-certificates,initramfs-tools,linux-image-cloud-amd64,$packages" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --customize-hook='chroot "$1" useradd --create-home --shell /bin/bash vagrant' \
    --customize-hook='echo "vagrant ALL=(ALL) NOPASSWD: ALL" >"$1/etc/sudoers.d/vagrant"' \
    --customize-hook="install -D --mode=600 '$key' \"\$1/home/vagrant/.ssh/authorized_keys\"" \
    --customize-hook='chroot "$1" chown --recursive vagrant: /home/vagrant/.ssh' \
    --customize-hook='printf "[Match]\nName=eth*\n[Network]\nDHCP=yes\n" >"$1/etc/systemd/network/90-dhcp.network"' \
    --customize-hook='chroot "$1" systemctl enable --quiet systemd-networkd ssh' \
    --customize-hook='chroot "$1" systemctl mask --quiet apt-daily.timer apt-daily-upgrade.timer systemd-networkd-wait-online' \
    --customize-hook='echo "nameserver 10.10.0.1" >"$1/etc/resolv.conf"' \
    --customize-hook='rm -f "$1/etc/hostname"; : >"$1/etc/machine-id"' \
    --customize-hook='echo "/dev/vda / ext4 defaults 0 1" >"$1/etc/fstab"' \
    trixie root
mkdir box
cp root/boot/vmlinuz-* box/vmlinuz
cp root/boot/initrd.img-* box/initrd
truncate --size=12G disk
mke2fs -q -t ext4 -d root disk
qemu-img convert -c -O qcow2 disk box/box.img
rm -rf disk root

echo '{"provider": "libvirt", "format": "qcow2", "virtual_size": 12}' >box/metadata.json
cat >box/Vagrantfile <<'BOX'
Vagrant.configure("2") do |config|
  config.vm.provider "libvirt" do |machine|
    here = File.dirname(File.expand_path(__FILE__))
    machine.driver = "qemu"
    machine.kernel = File.join(here, "vmlinuz")
    machine.initrd = File.join(here, "initrd")
    machine.cmd_line = "root=/dev/vda rw console=ttyS0 net.ifnames=0"
  end
end
BOX
tar --create --file=guide.box --directory=box metadata.json Vagrantfile vmlinuz initrd box.img
vagrant box add --force --name guide/debian-13 guide.box
